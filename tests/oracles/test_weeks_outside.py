"""Weeks as pandas makes them, and their measures as empyrical has them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from analytics import MEASURES, PricePanel, Query, Sample, compare, parse_window
from analytics.measures.resample import weekly
from tests.oracles.outside import Pair, quietly_import
from tests.panels import day

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.panel import FloatArray

RATE = 0.03 / 252
SEEDS = range(4)


def held(seed: int, *, rate: float = 0.0, closed: float = 0.03, gaps: float = 0.02) -> Sample:
    """A pair without the sessions on which the exchange was closed, and with prices missing for both.

    Sessions from Tuesday, 2 January 2024 into 2025: over a new year, and the last week is not over.
    """
    whole, rng = Pair(seed).sample, np.random.default_rng(seed)
    assert whole.benchmark is not None
    opened = rng.random(whole.sessions.size) >= closed
    opened[-2:] = True
    levels, benchmark = whole.levels[:, opened].copy(), whole.benchmark[opened].copy()
    missing = rng.random(benchmark.size) < gaps
    levels[:, missing], benchmark[missing] = np.nan, np.nan
    return Sample(levels, whole.sessions[opened], rate, benchmark)


def fridays(values: FloatArray, sample: Sample) -> pd.Series[float]:
    """Last price of each week that is over, by pandas."""
    by_week = pd.Series(values, index=pd.DatetimeIndex(sample.sessions)).resample("W-FRI").last()
    return by_week[by_week.index <= pd.Timestamp(sample.sessions[-1])]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_closes_and_returns_of_complete_weeks(seed: int) -> None:
    sample = held(seed)
    found = weekly(sample)
    theirs = fridays(sample.levels[0], sample)
    assert sample.sessions[-1].astype("datetime64[D]").item().weekday() < 4
    assert found.levels[0].tolist() == theirs.tolist()
    assert found.returns[0] == pytest.approx(theirs.pct_change(fill_method=None).to_numpy()[1:], rel=1e-12)
    # Every close lies in the week that ends on their Friday.
    ahead = theirs.index.to_numpy().astype("datetime64[D]") - found.sessions
    assert (ahead >= np.timedelta64(0, "D")).all()
    assert (ahead <= np.timedelta64(4, "D")).all()


def test_the_rate_of_a_week() -> None:
    sample = held(1, gaps=0.0)
    rates = np.random.default_rng(3).uniform(0.0, 2e-4, sample.sessions.size - 1)
    charged = Sample(sample.levels, sample.sessions, rates, sample.benchmark)
    theirs = pd.Series(rates, index=pd.DatetimeIndex(sample.sessions[1:])).resample("W-FRI").sum()
    # Their first week leads from the base close to the first Friday, before our base; their last is not over.
    assert np.asarray(weekly(charged).rate) == pytest.approx(theirs.to_numpy()[1:-1], rel=1e-12)


FUNDS = ("ISCB", "SPSM")


@pytest.fixture(scope="module")
def real(market_dir: Path) -> pd.DataFrame:
    folder = market_dir / "prices_adjclose"
    frames = {name: pd.read_csv(folder / f"{name}.csv", index_col=0, parse_dates=True) for name in FUNDS}
    return pd.DataFrame({name: frame.iloc[:, 0] for name, frame in frames.items()}).dropna()


@pytest.mark.parametrize(("window", "count"), [("1y", 52), ("5y", 261)])
def test_real_funds_by_real_weeks(real: pd.DataFrame, window: str, count: int) -> None:
    # Five years of holidays, Good Fridays among them; the 16th is a Friday, so that its week is over.
    query = Query(FUNDS, parse_window(window), day("2026-01-16"), weekly=True)
    found = compare(PricePanel.from_frame(real, source="csv"), {}, query)
    inside = real.loc[pd.Timestamp(found.span.start) : pd.Timestamp(found.span.end)]
    returns = inside.resample("W-FRI").last().pct_change().dropna()
    assert found.returns == len(returns) == count
    for symbol in FUNDS:
        own = returns[symbol]
        short = math.sqrt((own.clip(upper=0.0) ** 2).mean())
        shown = {name: found.metrics[symbol][name].value for name in ("volatility", "sortino")}
        assert shown["volatility"] == pytest.approx(own.std() * math.sqrt(52), rel=1e-9)
        assert shown["sortino"] == pytest.approx(own.mean() / short * math.sqrt(52), rel=1e-9)
    correlated = found.relative["ISCB"]["correlation"].value
    assert correlated == pytest.approx(returns["ISCB"].corr(returns["SPSM"]), rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_measures_of_weeks_by_empyrical(seed: int) -> None:
    theirs = quietly_import("empyrical")
    sample = held(seed, closed=0.0, gaps=0.0)
    assert sample.benchmark is not None
    own, other = (
        fridays(values, sample).pct_change().dropna() for values in (sample.levels[0], sample.benchmark)
    )
    target = 5 * RATE
    charged = weekly(Sample(sample.levels, sample.sessions, RATE, sample.benchmark))
    assert np.asarray(charged.rate) == pytest.approx(np.full(own.size, target))
    same = {
        "volatility": theirs.annual_volatility(own, annualization=52),
        "sharpe": theirs.sharpe_ratio(own, risk_free=target, annualization=52),
        "sortino": theirs.sortino_ratio(own, required_return=target, annualization=52),
        "downside_deviation": theirs.downside_risk(own, required_return=target, annualization=52),
        "beta": theirs.beta(own, other, risk_free=target),
        "tracking_error": theirs.annual_volatility(own - other, annualization=52),
        "information_ratio": theirs.excess_sharpe(own, other) * math.sqrt(52),
    }
    for name, value in same.items():
        assert float(MEASURES[name].compute(charged)[0]) == pytest.approx(float(value), rel=1e-9), name
