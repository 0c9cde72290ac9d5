"""How easily a position is traded; the size of a fund says little about it."""

from __future__ import annotations

import numpy as np

from analytics.panel import FloatArray

SESSIONS = 63
PARTICIPATION = 0.10
MOST_ON_EXCHANGE = 5.0
"""Days of volume up to which an order is worked on exchange; larger ones are created or redeemed in kind."""


def dollar_volume(close: FloatArray, volume: FloatArray, sessions: int = SESSIONS) -> FloatArray:
    """Return the average value traded per session over the last `sessions` sessions.

    Parameters
    ----------
    close, volume : (N, T) unadjusted close and shares traded; NaN where not known

    Returns
    -------
    (N,) in the quote currency.  Missing sessions are left out; NaN where fewer than half are known.

    Examples
    --------
    >>> dollar_volume(np.array([[10.0, 20.0]]), np.array([[100.0, 200.0]]), sessions=2).tolist()
    [2500.0]
    """
    traded = (close * volume)[:, -sessions:]
    count = np.isfinite(traded).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(2 * count >= sessions, np.nansum(traded, axis=1) / count, np.nan)


def days_to_trade(amount: float, traded: FloatArray, participation: float = PARTICIPATION) -> FloatArray:
    """Return sessions needed to trade an amount without being more than `participation` of the volume.

    Q / (participation x ADV$).

    Parameters
    ----------
    amount : Q, in the quote currency
    traded : (N,) average value traded per session, see `dollar_volume`

    Returns
    -------
    (N,) sessions, positive.

    Examples
    --------
    25 M in a fund that trades 50 M a day take five sessions:

    >>> days_to_trade(25e6, np.array([50e6])).tolist()
    [5.0]
    """
    return np.asarray(amount / (participation * traded))


def impact(amount: float, traded: FloatArray, daily_volatility: FloatArray) -> FloatArray:
    """Estimate the rough cost of trading an amount at once (square-root law).

    sigma per session x sqrt(Q / ADV$).

    Parameters
    ----------
    amount : Q, in the quote currency
    traded : (N,) average value traded per session
    daily_volatility : (N,) standard deviation of the daily returns, fraction

    Returns
    -------
    (N,) fraction of the amount, 0.01 = 1 %, positive = a cost.

    References
    ----------
    Almgren, Thum, Hauptmann and Li 2005, Direct estimation of equity market impact.

    Examples
    --------
    >>> impact(25e6, np.array([100e6]), np.array([0.014])).tolist()
    [0.007]
    """
    return np.asarray(daily_volatility * np.sqrt(amount / traded))
