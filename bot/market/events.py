"""What happens to a share beside trading: distributions and splits, on the sessions of a series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.panel import DateArray, FloatArray

IntArray = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Events:
    """Distributions and splits, each on the first session on or after its day.

    dividends, gains : (T,) income and capital gains paid a share, in the currency of the prices; 0 where
        none, NaN where it was told in another currency, and cannot be held against a price
    splits : (T,) new shares for one old one, 4.0 for 4:1 and 0.1 for 1:10; 1 where none
    """

    dividends: FloatArray
    gains: FloatArray
    splits: FloatArray

    @property
    def paid(self) -> FloatArray:
        """Add up (T,) all that was paid a share."""
        return self.dividends + self.gains


def place_events(sessions: DateArray, days: DateArray, amounts: FloatArray) -> FloatArray:
    """Sum amounts by session; a day that is no session counts for the next one.

    Parameters
    ----------
    sessions : (T,), days : (D,), both increasing; amounts : (D,), NaN counts as 0

    Returns
    -------
    (T,) amounts; what comes after the last session is left out.

    Examples
    --------
    A fund goes ex on Friday 4 July, no session in New York:

    >>> days = np.array(["2025-07-03", "2025-07-04"], dtype="datetime64[D]")
    >>> sessions = np.array(["2025-07-03", "2025-07-07"], dtype="datetime64[D]")
    >>> place_events(sessions, days, np.array([0.0, 0.3])).tolist()
    [0.0, 0.3]
    """
    at = np.searchsorted(sessions, days)
    placed = np.bincount(at, np.nan_to_num(amounts), sessions.size + 1)
    return np.asarray(placed[: sessions.size], dtype=np.float64)
