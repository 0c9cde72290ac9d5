"""Bacon's portfolio of 24 months, and the figures of it that ffn's own tests state.

ffn publishes no tests: neither its wheels nor its sdists (0.2 to 1.4.1) hold any.  Its repository does, and
the ones about figures (`tests/test_reference_values.py`) hold what R's PerformanceAnalytics 2.1.0 gives for
the example of Bacon 2008, Practical Portfolio Performance Measurement and Attribution.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics import MEASURES, Sample
from tests.oracles.outside import Library, quietly_import
from tests.panels import levels_of

BACON = [0.3, 2.6, 1.1, -1.0, 1.5, 2.5, 1.6, 6.7, -1.4, 4.0, -0.5, 8.1]
BACON += [4.0, -3.7, -6.1, 1.7, -4.9, -2.2, 7.0, 5.8, -6.5, 2.4, -0.5, -0.9]
"""Percent, January 2000 to December 2001 there."""
STATED = {
    "cagr": 0.10360382151099112,
    "sharpe": 0.7883202548144859,
    "sortino": 1.3592165786838633,
    "max_drawdown": -0.144672955739218,
    "calmar": 0.7161243162664309,
}
"""Sharpe and drawdown by PerformanceAnalytics, the others by their definition; all without a rate."""


@pytest.fixture(scope="module")
def portfolio() -> Sample:
    ends = pd.date_range("1999-12-31", periods=len(BACON) + 1, freq=pd.offsets.MonthEnd())
    days = ends.to_numpy().astype("datetime64[D]")
    return Sample(levels_of([month / 100 for month in BACON])[None, :], days, periods=12)


@pytest.mark.parametrize("name", STATED)
def test_the_figures_are_ours(portfolio: Sample, name: str) -> None:
    assert float(MEASURES[name].compute(portfolio)[0]) == pytest.approx(STATED[name], rel=1e-9)


@pytest.mark.slow
def test_the_figures_are_those_of_the_installed_library(portfolio: Sample) -> None:
    theirs: Library = quietly_import("ffn")
    prices = pd.Series(portfolio.levels[0], index=pd.DatetimeIndex(portfolio.sessions))
    returns = prices.pct_change().iloc[1:]
    found = {
        "cagr": theirs.calc_cagr(prices),
        "sharpe": theirs.calc_sharpe(returns, nperiods=12),
        "sortino": theirs.calc_sortino_ratio(returns, nperiods=12),
        "max_drawdown": theirs.calc_max_drawdown(prices),
        "calmar": theirs.calc_calmar_ratio(prices),
    }
    assert {name: float(np.asarray(value)) for name, value in found.items()} == pytest.approx(
        STATED, rel=1e-9
    )
