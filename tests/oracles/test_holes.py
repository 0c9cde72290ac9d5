"""One missing session of a real series: what stands still, and by how much the rest may move.

The return across a hole is known and counts as one.  Of two returns r and s it leaves r + s + r s, so a mean
keeps its numerator and a scatter loses 2 r s: little, unless two large days in a row cancelled each other, as
in March 2020.  The bounds are what was found over every session of every series at hand, rounded up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from analytics import Sample, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from analytics.panel import DateArray, FloatArray

YEAR = 252
SHARES = ("AVUV", "DFAS", "IJR", "ISCB", "IWM", "SPMD", "SPSM", "SPY")
BONDS = ("TLT", "BIL")
BOUNDS = {
    "volatility": 0.04,  # 4 pp, ISCB without 16 March 2020
    "downside_deviation": 0.033,
    "sharpe": 0.24,
    "sortino": 0.51,  # SPY without 27 October 1997
    "omega": 0.026,
    "cvar_95": 0.0062,
}
MEAN_BOUND = 0.0065
"""Mean move of the Sortino ratio over all sessions of a fund of shares."""


def years(folder: Path, symbol: str) -> Iterator[tuple[DateArray, FloatArray]]:
    """Every year of a series that ends on every 21st session."""
    frame = pd.read_csv(folder / "prices_adjclose" / f"{symbol}.csv").dropna()
    days = pd.to_datetime(frame["Date"].str[:10]).to_numpy().astype("datetime64[D]")
    levels = frame["Close"].to_numpy(dtype=np.float64)
    for end in range(YEAR, levels.size, 21):
        part = slice(end - YEAR + 1, end + 1)
        yield days[part], levels[part]


def without_each(levels: FloatArray) -> FloatArray:
    """(T - 2, T) the levels without the second session, without the third, ... without the last but one."""
    rows = np.repeat(levels[None, :], levels.size - 2, axis=0)
    inside = np.arange(levels.size - 2)
    rows[inside, inside + 1] = np.nan
    return rows


@pytest.mark.parametrize("symbol", SHARES)
def test_return_measures_move_by_no_more_than_bridging_costs(market_dir: Path, symbol: str) -> None:
    moved = []
    for days, levels in years(market_dir, symbol):
        whole = table(BOUNDS, Sample(levels[None, :], days))
        found = table(BOUNDS, Sample(without_each(levels), days))
        for name, bound in BOUNDS.items():
            assert np.abs(found[name] - whole[name]).max() <= bound, (name, days[-1])
        moved.append(np.abs(found["sortino"] - whole["sortino"]))
    assert np.mean(moved) <= MEAN_BOUND


@pytest.mark.parametrize("symbol", [*SHARES, *BONDS])
def test_level_measures_do_not_move(market_dir: Path, symbol: str) -> None:
    names = ("total_return", "cagr", "max_drawdown")
    for days, levels in years(market_dir, symbol):
        whole = table(names, Sample(levels[None, :], days, years=1.0))
        found = table(names, Sample(without_each(levels), days, years=1.0))
        assert (found["total_return"] == whole["total_return"]).all()
        assert (found["cagr"] == whole["cagr"]).all()
        # The drawdown stands still unless the missing session is its own high or low.
        low = int((levels / np.maximum.accumulate(levels)).argmin())
        high = int(levels[: low + 1].argmax())
        others = ~np.isin(np.arange(1, levels.size - 1), [high, low])
        assert (found["max_drawdown"][others] == whole["max_drawdown"]).all()
        assert (found["max_drawdown"] >= whole["max_drawdown"]).all()


def test_the_published_figures_without_the_third_of_april(market_dir: Path) -> None:
    # Dropping both returns around the hole gave 1.67 and 1.30.
    for symbol, published in (("ISCB", 1.18), ("SPSM", 0.87)):
        frame = pd.read_csv(market_dir / "prices_adjclose" / f"{symbol}.csv")
        inside = frame[(frame["Date"] >= "2025-01-16") & (frame["Date"] < "2026-01-17")]
        days = pd.to_datetime(inside["Date"].str[:10]).to_numpy().astype("datetime64[D]")
        levels = inside["Close"].to_numpy(dtype=np.float64, copy=True)
        levels[days == np.datetime64("2025-04-04")] = np.nan
        (found,) = table(["sortino"], Sample(levels[None, :], days))["sortino"]
        assert found == pytest.approx(published, abs=0.12)
