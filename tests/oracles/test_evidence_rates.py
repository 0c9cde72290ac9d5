"""What moves a fund, against other people's arithmetic: statsmodels, R, and the figures of the house."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import PricePanel, Query, compare, parse_window
from analytics.evidence.alpha import alphas
from analytics.evidence.closes import FEWEST_WEEKS, monthly_closes, weekly_closes
from analytics.evidence.rates import RateAnswer, rate_sensitivity
from analytics.evidence.regimes import RegimeKind, regimes
from analytics.evidence.regression import CLEAR, Estimate, newey_west_lags, regress
from analytics.evidence.style import FACTORS, style
from bot.market.calendar import ExchangeCalendar
from tests.oracles.outside import quietly_import
from tests.oracles.worlds import FUNDS, World, ends, worlds
from tests.panels import day

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.panel import FloatArray

linear_model = quietly_import("statsmodels.regression.linear_model")
JANUARY = "2026-01-16"
ISCB, SPSM, GAP = 0, 1, 2


def theirs(own: FloatArray, factors: FloatArray, lags: int) -> Any:
    """The line of statsmodels through the same points, its errors with the same lags."""
    design = np.column_stack([np.ones(own.size), factors.T])
    fitted = linear_model.OLS(own, design)
    return fitted.fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(12, 320),
    width=st.integers(1, 5),
    scale=st.sampled_from([1e-4, 0.01, 1.0, 30.0]),
    follow=st.sampled_from([-0.5, 0.0, 0.7]),
)
def test_errors_equal_those_of_statsmodels(
    seed: int, count: int, width: int, scale: float, follow: float
) -> None:
    rng = np.random.default_rng(seed)
    factors = rng.standard_t(5, (width, count)) * 0.02
    factors[-1] *= scale
    noise = rng.normal(0, 0.01, (3, count))
    for at in range(1, count):
        noise[:, at] += follow * noise[:, at - 1]
    returns = rng.normal(0, 1, (3, width)) @ factors + noise
    found = regress(returns, factors)
    assert found.lags == newey_west_lags(count)
    for row in range(3):
        other = theirs(returns[row], factors, found.lags)
        # A coefficient near zero is known to a part of its error, not of itself.
        assert np.abs(found.coefficients[row] - other.params).max() <= 1e-10 * np.abs(other.params).max()
        assert found.errors[row] == pytest.approx(other.bse, rel=1e-10)
        assert found.r_squared[row] == pytest.approx(other.rsquared, rel=1e-10, abs=1e-13)
        assert found.coefficients[row] / found.errors[row] == pytest.approx(other.tvalues, rel=1e-9, abs=1e-9)


@settings(max_examples=20)
@given(world=worlds())
def test_style_equals_a_line_through_the_same_weeks(world: World) -> None:
    """The proxies are not among the prices at hand: made-up worlds stand in."""
    held = world.panel
    query = Query(FUNDS, parse_window("1y"), held.as_of)
    answer = style(held, query, parse_window("3y"))
    symbols = [*FUNDS, *dict.fromkeys(symbol for factor in answer.factors for symbol in factor.symbols)]
    closes = weekly_closes(held, symbols).within(answer.provenance.start, answer.provenance.end)
    if answer.weeks < FEWEST_WEEKS:
        assert answer.funds[0].alpha.reason == f"fewer than {FEWEST_WEEKS} weeks"
        return
    moves = np.vstack(
        [
            closes.returns_of([one.long])[0] - (closes.returns_of([one.short])[0] if one.short else 0.0)
            for one in answer.factors
        ]
    )
    funds = closes.returns_of(FUNDS)
    for row, own in zip((*answer.funds, *answer.differences), (*funds, *(funds[:2] - funds[2])), strict=True):
        other = theirs(own, moves, answer.lags)
        found = [row.alpha, *row.loadings.values()]
        values = np.array([one.value.value for one in found]) / np.array([52.0, *[1.0] * len(moves)])
        assert values == pytest.approx(other.params, rel=1e-8, abs=1e-12)
        assert [one.t.value for one in found] == pytest.approx(other.tvalues, rel=1e-8, abs=1e-9)
        assert row.r_squared.value == pytest.approx(other.rsquared, rel=1e-9, abs=1e-12)
    design = np.vstack([np.ones(moves.shape[1]), moves])
    scaled = design / np.linalg.norm(design, axis=1, keepdims=True)
    assert answer.condition.value == pytest.approx(np.linalg.cond(scaled.T), rel=1e-9)


def real(market_dir: Path, *symbols: str) -> PricePanel:
    """Real prices on every session of New York; skips where one of them is not at hand."""
    folder = market_dir / "prices_adjclose"
    for symbol in symbols:
        if not (folder / f"{symbol}.csv").is_file():
            pytest.skip(f"the prices of {symbol} are not at hand")
    frames = {
        symbol: pd.read_csv(folder / f"{symbol}.csv", index_col=0, parse_dates=True)["Close"]
        for symbol in symbols
    }
    sessions = ExchangeCalendar().sessions(date(2008, 1, 2), date(2026, 8, 3))
    frame = pd.DataFrame({name: each.reindex(pd.DatetimeIndex(sessions)) for name, each in frames.items()})
    return PricePanel.from_frame(frame, source="csv")


def ask(window: str = "1y", as_of: str = JANUARY) -> Query:
    return Query(("ISCB", "SPSM"), parse_window(window), day(as_of))


@pytest.fixture
def rates(market_dir: Path) -> RateAnswer:
    return rate_sensitivity(real(market_dir, "ISCB", "SPSM", "SPY", "^TNX"), ask())


def told(estimate: Estimate, digits: int = 2) -> tuple[float, float]:
    """In percent, and t to one decimal, as it is printed."""
    assert estimate.value.value is not None
    assert estimate.t.value is not None
    return round(100 * estimate.value.value, digits), round(estimate.t.value, 1)


def test_errors_equal_those_of_r(market_dir: Path) -> None:
    """NeweyWest(lag=4, prewhite=FALSE, adjust=TRUE) of R's sandwich, for ISCB less SPSM on SPY and the yield.

    the figures are those of decision 0049; which line they are of was found by trying.
    """
    held = real(market_dir, "ISCB", "SPSM", "SPY", "^TNX")
    closes = weekly_closes(held, held.symbols).within(day("2021-01-15"), day(JANUARY))
    returns = closes.returns_of(["ISCB", "SPSM", "SPY"])
    found = regress(returns[:1] - returns[1:2], np.vstack([returns[2], closes.yield_changes()]))
    assert (found.count, found.lags) == (261, 4)
    assert found.errors[0] == pytest.approx([3.114128319e-4, 1.808327598e-2, 3.479531411e-5], rel=1e-9)


def test_five_years_of_weeks(rates: RateAnswer) -> None:
    assert (rates.weeks, rates.lags, rates.provenance.start) == (261, 4, day("2021-01-15"))
    iscb, spsm, gap = (*rates.funds, *rates.differences)
    assert told(iscb.held) == (-0.15, -0.5)
    assert told(spsm.held) == (-0.23, -0.8)
    assert told(gap.held) == (0.09, 1.0)
    assert [told(fund.alone)[0] for fund in (iscb, spsm)] == [-0.63, -0.70]
    assert not any(each.held.is_clear for each in (iscb, spsm, gap))


def test_by_months_the_sign_is_the_markets(market_dir: Path) -> None:
    """By months rates seem to hurt; with the market held still nothing is left of it."""
    held = real(market_dir, "ISCB", "SPSM", "SPY", "^TNX")
    closes = monthly_closes(held, held.symbols).within(day("2021-01-15"), day("2025-12-31"))
    own, factors = closes.returns[0], np.vstack([closes.returns_of(["SPY"]), closes.yield_changes()])
    alone, with_market = regress(own[None], factors[1:]), regress(own[None], factors)
    assert alone.count == 59
    assert told(alone.estimate(0, 1, 25)) == (-2.28, -3.6)
    assert told(with_market.estimate(0, 2, 25)) == (0.11, 0.2)


def test_the_first_clear_value_of_three_years(market_dir: Path) -> None:
    held = real(market_dir, "ISCB", "SPSM", "SPY", "^TNX")
    rolling = rate_sensitivity(held, ask(as_of="2026-07-17")).funds[ISCB].rolling
    (first,) = np.flatnonzero(np.abs(rolling.t) >= CLEAR)
    assert rolling.ends[first] == np.datetime64("2026-07-17")
    assert (round(100 * rolling.values[first], 2), round(rolling.t[first], 1)) == (-0.83, -2.5)
    assert first == rolling.ends.size - 1
    assert rolling.ends.size == 21


def test_a_bond_funds_sensitivity_is_its_duration(market_dir: Path) -> None:
    """TLT's issuer told 15 to 16 years in these years; 20-year yields move less than the 10-year one."""
    held = real(market_dir, "TLT", "BIL", "SPY", "^TNX")
    answer = rate_sensitivity(held, Query(("TLT", "BIL"), parse_window("1y"), day(JANUARY)))
    long, short = answer.funds
    assert long.duration.value is not None
    assert short.duration.value is not None
    assert 13.0 < long.duration.value < 16.0
    assert abs(short.duration.value) < 0.1
    assert long.held.is_clear


def half(estimate: Estimate) -> float:
    assert estimate.value.value is not None
    low, high = ends(estimate)
    up, down = high - estimate.value.value, estimate.value.value - low
    assert up == pytest.approx(down)
    return round(100 * up, 2)


def test_months_of_one_kind(market_dir: Path) -> None:
    held = real(market_dir, "ISCB", "SPSM", "SPY", "IWM", "^TNX")
    five = regimes(held, ask())
    assert (five.months.size, str(five.months[0]), str(five.months[-1])) == (59, "2021-02", "2025-12")
    up, down = five.of(RegimeKind.YIELD_UP), five.of(RegimeKind.YIELD_DOWN)
    assert (up.months.size, told(up.differences[0])[0], half(up.differences[0])) == (31, 0.06, 0.33)
    assert (down.months.size, told(down.differences[0])[0], half(down.differences[0])) == (28, 0.04, 0.47)
    ten = regimes(held, ask(), parse_window("10y")).of(RegimeKind.SMALL_AHEAD)
    assert (ten.months.size, told(ten.differences[0])) == (49, (-0.38, -2.2))


def test_market_falls_of_ten_years(market_dir: Path) -> None:
    held = real(market_dir, "ISCB", "SPSM", "SPY", "IWM", "^TNX")
    falls = regimes(held, ask(), parse_window("10y")).falls
    assert [(str(fall.market.peak), round(100 * fall.market.depth, 1)) for fall in falls] == [
        ("2015-07-20", -13.0),
        ("2018-01-26", -10.1),
        ("2018-09-20", -19.3),
        ("2020-02-19", -33.7),
        ("2022-01-03", -24.5),
        ("2025-02-19", -18.8),
    ]
    corona = falls[3]
    frame = pd.DataFrame(held.total_return.T, pd.DatetimeIndex(held.sessions), held.symbols)
    peak, trough, back = (
        frame.loc[str(each)] for each in (corona.market.peak, corona.market.trough, corona.end)
    )
    assert corona.down["ISCB"].value == pytest.approx(trough["ISCB"] / peak["ISCB"] - 1)
    assert corona.up["SPSM"].value == pytest.approx(back["SPSM"] / trough["SPSM"] - 1)


def test_alpha_against_two_benchmarks(market_dir: Path) -> None:
    """The design had -0.4 % against IWM; by the measure's own definition it is -2.4 % on these prices.

    docs/decisions/0049 has what was tried.
    """
    held = real(market_dir, "ISCB", "SPSM", "SPY", "IWM")
    found = {(one.symbol, one.benchmark): one for one in alphas(held, ask(), ("SPSM", "IWM"))}
    own, broad = found["ISCB", "SPSM"], found["ISCB", "IWM"]
    assert told(own.alpha, 1) == (4.6, 1.2)
    assert told(broad.alpha, 1) == (-2.4, -0.7)
    assert own.alpha.value == compare(held, {}, ask()).relative["ISCB"]["alpha"]
    assert (own.returns, own.lags) == (251, 4)
    for one in (own, broad):
        low, high = ends(one.alpha)
        assert low < 0 < high
        levels = held.total_return[[held.row("ISCB"), held.row(one.benchmark)]]
        first, last = np.searchsorted(held.sessions, [np.datetime64(d, "D") for d in (one.start, one.end)])
        moves = np.diff(levels[:, first : last + 1]) / levels[:, first:last]
        other = theirs(moves[0], moves[1:], one.lags)
        assert one.alpha.t.value == pytest.approx(other.tvalues[0], rel=1e-9)
        assert (low, high) == pytest.approx(252 * other.conf_int()[0], rel=1e-8)


def test_the_real_gap_by_what_styles_are_at_hand(market_dir: Path) -> None:
    """IWN, IWO and XSMO are not at hand, so the published loadings cannot be had; what lacks is said."""
    held = real(market_dir, "ISCB", "SPSM", "SPY", "IWM", "IJR", "TLT")
    answer = style(held, ask())
    assert answer.left_out == {"VALUE": "no prices of IWN", "MOMENTUM": "no prices of XSMO"}
    gap = answer.differences[0].attribution
    returns = [compare(held, {}, ask()).metrics[one]["total_return"].value for one in ("ISCB", "SPSM")]
    assert gap.total.value == pytest.approx(returns[0] - returns[1], rel=1e-12)  # type: ignore[operator]
    assert gap.rest.value is not None
    assert math.fsum([*gap.parts.values(), gap.rest.value]) == pytest.approx(gap.total.value, rel=1e-14)


def test_all_styles_of_the_real_gap(market_dir: Path) -> None:
    """As designed: VALUE -.21 (t -5.1), MKT +.05, SIZE -.02, MOMENTUM -.09 (t -2.0), alpha +0.4 % (t 0.2)."""
    symbols = dict.fromkeys(symbol for factor in FACTORS for symbol in factor.symbols)
    gap = style(real(market_dir, "ISCB", "SPSM", *symbols), ask()).differences[0]
    assert told(gap.alpha, 1) == (0.4, 0.2)
    assert told(gap.loadings["VALUE"], 0) == (-21.0, -5.1)
    assert told(gap.loadings["MOMENTUM"], 0) == (-9.0, -2.0)
    assert [told(gap.loadings[name], 0)[0] for name in ("MKT", "SIZE")] == [5.0, -2.0]
