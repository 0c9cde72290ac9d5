"""Mixes of funds on real prices, against figures of another program and against pandas.

The figures are total returns of 60 % ISCB and 40 % TLT from 15 January 2021 to 16 January 2026 in percent, as
worked out outside this project; R's PerformanceAnalytics agrees with them, `Return.portfolio(R, weights,
rebalance_on)` with NA, "days", "months", "quarters" and "years".
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.comparison import compare
from analytics.mixes import Component, Mix, Rebalancing, mix_levels
from analytics.panel import PricePanel
from analytics.query import Query
from analytics.returns import with_mixes
from analytics.window import parse

pytestmark = pytest.mark.slow
FIGURES = {
    Rebalancing.NEVER: 12.63,
    Rebalancing.DAILY: 10.15,
    Rebalancing.MONTHLY: 7.99,
    Rebalancing.QUARTERLY: 7.45,
    Rebalancing.YEARLY: 7.17,
}
PERIODS = {
    Rebalancing.NEVER: None,
    Rebalancing.DAILY: "D",
    Rebalancing.MONTHLY: "M",
    Rebalancing.QUARTERLY: "Q",
    Rebalancing.YEARLY: "Y",
}


@pytest.fixture(scope="module")
def closes(market_dir: Path) -> pd.DataFrame:
    folder = market_dir / "prices_adjclose"
    read = {
        symbol: pd.read_csv(folder / f"{symbol}.csv", index_col=0, parse_dates=True).iloc[:, 0]
        for symbol in ("ISCB", "TLT", "SPY")
        if (folder / f"{symbol}.csv").exists()
    }
    return pd.DataFrame(read).dropna().loc[:"2026-01-16"]


@pytest.mark.parametrize("rule", Rebalancing)
def test_a_comparison_tells_the_figure_of_the_other_program(closes: pd.DataFrame, rule: Rebalancing) -> None:
    symbol = Mix((Component("ISCB", 60.0), Component("TLT", 40.0)), rule).symbol
    panel = with_mixes(PricePanel.from_frame(closes, source="Yahoo Finance"), [symbol, "ISCB"])
    found = compare(panel, {}, Query((symbol, "ISCB"), parse("5y"), date(2026, 1, 16)))
    assert (found.span.start, found.span.end) == (date(2021, 1, 15), date(2026, 1, 16))
    told = found.metrics[symbol]["total_return"].value
    assert told is not None
    assert 100 * told == pytest.approx(FIGURES[rule], abs=0.006)


@pytest.mark.parametrize("rule", Rebalancing)
def test_levels_are_those_that_pandas_chains_by_period(closes: pd.DataFrame, rule: Rebalancing) -> None:
    """The growth of each period, bought anew with the weights, one after the other."""
    span = closes.loc["2021-01-15":, ["ISCB", "TLT"]]
    returns = span.pct_change().iloc[1:]
    unit = PERIODS[rule]
    periods = pd.DatetimeIndex(returns.index).to_period(unit) if unit else np.zeros(len(returns))
    growth = (1 + returns).groupby(periods).prod().to_numpy() @ np.array([0.6, 0.4])
    days = span.index.to_numpy().astype("datetime64[D]")
    levels = mix_levels(span.to_numpy().T.astype(np.float64), np.array([0.6, 0.4]), rule.resets(days))
    assert levels[-1] == pytest.approx(float(np.prod(growth)), rel=1e-12)
