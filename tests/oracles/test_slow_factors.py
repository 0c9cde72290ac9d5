"""Rates, regimes, style and alpha against loops over plain numbers; what must hold of them in any world."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics import PricePanel, Query, compare, parse_window
from analytics.evidence.alpha import alphas
from analytics.evidence.rates import RateSensitivity, rate_sensitivity
from analytics.evidence.regimes import RegimeKind, regimes
from analytics.evidence.regression import Estimate, regress
from analytics.evidence.style import FACTORS, StyleRow, style
from tests.oracles import slow_factors as slow
from tests.oracles import slow_series, slow_windows
from tests.oracles.worlds import FUNDS, World, ends, worlds

if TYPE_CHECKING:
    from datetime import date

    from analytics.panel import FloatArray

HISTORY = "30m"
SYMBOLS = (*FUNDS[:2],)
ANSWERS = settings(max_examples=25)


def ask(world: World, symbols: tuple[str, ...] = SYMBOLS, cut: int = 1, window: str = "1y") -> Query:
    return Query(symbols, parse_window(window), world.panel.sessions[-cut].item())


def until(world: World, cut: int) -> PricePanel:
    """What was known on that evening; the next session is a weekday, as where nothing else is known."""
    return replace(world.panel.through(world.panel.sessions[-cut].item()), following=None)


def span_of(held: PricePanel, symbols: tuple[str, ...], window: str, end: date) -> slow_windows.Laid | None:
    days = held.sessions.tolist()
    rows = [held.close[held.row(symbol)].tolist() for symbol in symbols]
    priced = {day for at, day in enumerate(days) if all(row[at] == row[at] for row in rows)}
    after = np.busday_offset(held.sessions[-1], 1).item()
    return slow_windows.laid(window, [*days, after], priced, end)


def same(found: Estimate, value: float, error: float) -> None:
    assert found.value.value is not None
    assert found.t.value is not None
    assert found.value.value == pytest.approx(value, rel=1e-8, abs=1e-9 * error)
    assert found.t.value == pytest.approx(value / error, rel=1e-8, abs=1e-8)
    low, high = ends(found)
    assert high - low == pytest.approx(2 * 1.959963984540054 * error, rel=1e-8)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(8, 60), width=st.integers(1, 4))
def test_a_line_is_that_of_exact_fractions(seed: int, count: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    factors = rng.normal(0, 1, (width, count)) * 10.0 ** rng.integers(-3, 2, (width, 1))
    own = rng.normal(0.001, 0.02, count) + factors.sum(axis=0)
    found = regress(own[None], factors)
    twin = slow.line(own.tolist(), factors.tolist(), slow.lags_of(count))
    assert found.lags == slow.lags_of(count)
    largest = max(map(abs, twin.coefficients))
    assert found.coefficients[0] == pytest.approx(twin.coefficients, rel=1e-9, abs=1e-11 * largest)
    assert found.errors[0] == pytest.approx(twin.errors, rel=1e-9)
    assert found.r_squared[0] == pytest.approx(twin.r_squared, rel=1e-9, abs=1e-12)


@ANSWERS
@given(world=worlds(years=4), cut=st.integers(1, 25))
def test_rates_by_hand(world: World, cut: int) -> None:
    held = until(world, cut)
    query = ask(world, cut=cut)
    answer = rate_sensitivity(held, query, parse_window(HISTORY))
    span = span_of(held, SYMBOLS, HISTORY, held.as_of)
    assert span is not None
    assert (answer.provenance.start, answer.provenance.end) == (span.start, span.end)
    days = held.sessions.tolist()
    paths = [
        {d: v for d, v in world.path(one).items() if d <= held.as_of} for one in (*SYMBOLS, "SPY", "^TNX")
    ]
    every = [end for _, end in slow.period_ends(paths, days, slow.week)]
    inside = [end for end in every if span.start <= end <= span.end]
    if min(paths[2]) > span.start or min(paths[3]) > span.start:
        assert answer.funds[0].held.reason is not None  # a proxy that begins later is no proxy
        return
    assert answer.weeks == len(inside) - 1
    if answer.weeks < 104:
        assert answer.funds[0].held.reason == "fewer than 104 weeks"
        return
    for found, own in _subjects(answer.funds, answer.differences, paths, inside):
        moves, market = slow.steps(paths[3], inside), slow.changes(paths[2], inside)
        lags = slow.lags_of(len(own))
        both, alone = slow.line(own, [market, moves], lags), slow.line(own, [moves], lags)
        same(found.held, 25 * both.coefficients[2], 25 * both.errors[2])
        same(found.beta, both.coefficients[1], both.errors[1])
        same(found.alone, 25 * alone.coefficients[1], 25 * alone.errors[1])
        assert found.r_squared.value == pytest.approx(both.r_squared, rel=1e-8, abs=1e-10)
    # The last point of the rolling series that three years fill is the line over these three years.
    rolling = answer.funds[0].rolling
    if rolling.ends.size:
        end = rolling.ends[-1].item()
        back = span_of(held, (*SYMBOLS, "SPY", "^TNX"), "3y", end)
        assert back is not None
        assert back.full
        assert (len(inside) - 1 - inside.index(end)) % 13 == 0
        kept = [each for each in every if back.start <= each <= end]
        own = slow.changes(paths[0], kept)
        factors = [slow.changes(paths[2], kept), slow.steps(paths[3], kept)]
        twin = slow.line(own, factors, slow.lags_of(len(own)))
        assert rolling.values[-1] == pytest.approx(25 * twin.coefficients[2], rel=1e-8, abs=1e-12)
        assert rolling.t[-1] == pytest.approx(twin.coefficients[2] / twin.errors[2], rel=1e-8, abs=1e-8)


def _subjects(
    funds: tuple[RateSensitivity, ...],
    differences: tuple[RateSensitivity, ...],
    paths: list[slow.Path],
    ends: list[date],
) -> list[tuple[RateSensitivity, list[float]]]:
    one, other = (slow.changes(path, ends) for path in paths[:2])
    return [
        (funds[0], one),
        (funds[1], other),
        (differences[0], [a - b for a, b in zip(one, other, strict=True)]),
    ]


def test_the_rolling_series_begins_with_the_span_where_prices_reach_back() -> None:
    world = World(7, 6, 0.005, 0.0, 0, 0)
    rolling = rate_sensitivity(world.panel, ask(world), parse_window("2y")).funds[0].rolling
    assert rolling.ends.size == 9  # 104 or 105 weeks, a quarter apart
    short = World(7, 4, 0.005, 0.0, 0, 0)
    rolling = rate_sensitivity(short.panel, ask(short), parse_window("2y")).funds[0].rolling
    assert 3 <= rolling.ends.size <= 5  # three of the four years are looked back on


def kinds(
    yields: dict[tuple[int, int], float],
    market: dict[tuple[int, int], float],
    small: dict[tuple[int, int], float],
    volatility: dict[tuple[int, int], float],
    months: list[tuple[int, int]],
) -> dict[RegimeKind, list[tuple[int, int]]]:
    """Which months are of which kind, told one by one."""
    known = [volatility[month] for month in months if month in volatility]
    low, high = slow.thirds(known) if known else (math.nan, math.nan)
    found: dict[RegimeKind, list[tuple[int, int]]] = {kind: [] for kind in RegimeKind}
    for month in months:
        held = []
        if month in yields:
            held += [RegimeKind.YIELD_UP] * (yields[month] > 0) + [RegimeKind.YIELD_DOWN] * (
                yields[month] < 0
            )
            held += [RegimeKind.YIELD_MOVED] * (abs(yields[month]) > 20)
        if month in market:
            held += [RegimeKind.MARKET_UP if market[month] > 0 else RegimeKind.MARKET_DOWN]
        if month in market and month in small:
            ahead = small[month] > market[month]
            held += [RegimeKind.SMALL_AHEAD if ahead else RegimeKind.SMALL_BEHIND]
        if month in volatility:
            calm, wild = volatility[month] <= low, volatility[month] > high
            held += [RegimeKind.CALM if calm else RegimeKind.TURBULENT if wild else RegimeKind.MIDDLING]
        for kind in held:
            found[kind].append(month)
    return found


@ANSWERS
@given(world=worlds(), cut=st.integers(1, 25))
def test_regimes_by_hand(world: World, cut: int) -> None:
    held = until(world, cut)
    answer = regimes(held, ask(world, cut=cut), parse_window(HISTORY))
    span = span_of(held, SYMBOLS, HISTORY, held.as_of)
    assert span is not None
    days = held.sessions.tolist()
    cut_paths = {
        one: {d: v for d, v in world.path(one).items() if d <= held.as_of}
        for one in (*SYMBOLS, "SPY", "IWM", "^TNX")
    }
    funds = [{d: v for d, v in cut_paths[one].items() if span.start <= d <= span.end} for one in SYMBOLS]
    returns = slow.shared_months(funds, days)
    months = list(returns)
    assert [(m.year, m.month) for m in answer.months.tolist()] == months
    assert answer.returns.T.tolist() == pytest.approx(
        np.array(list(returns.values())).reshape(-1, 2), rel=1e-12
    )
    volatility = {
        month: found
        for month in months
        if (found := slow.volatility_before(cut_paths["SPY"], held.as_of.replace(*month, 1))) is not None
    }
    expected = kinds(
        slow.by_month(cut_paths["^TNX"], days, in_points=True),
        slow.by_month(cut_paths["SPY"], days),
        slow.by_month(cut_paths["IWM"], days),
        volatility,
        months,
    )
    for regime in answer.regimes:
        chosen = expected[regime.kind]
        assert [(m.year, m.month) for m in regime.months.tolist()] == chosen
        one, other = ([returns[month][row] for month in chosen] for row in (0, 1))
        gap = [a - b for a, b in zip(one, other, strict=True)]
        for mean_of, values in zip((*regime.funds, *regime.differences), (one, other, gap), strict=True):
            mean, width = slow.mean_and_half(values)
            assert mean_of.value.value == (pytest.approx(mean, rel=1e-9, abs=1e-14) if values else None)
            if mean is not None and width is not None:
                both = mean - width, mean + width
                assert ends(mean_of) == pytest.approx(both, rel=1e-9, abs=1e-14)
            else:
                assert mean_of.interval.low is None
                assert mean_of.reason == ("fewer than 12 months" if values else "no months")


@ANSWERS
@given(world=worlds())
def test_falls_by_hand(world: World) -> None:
    held = world.panel
    answer = regimes(held, ask(world), parse_window(HISTORY))
    span = span_of(held, SYMBOLS, HISTORY, held.as_of)
    assert span is not None
    path = {d: v for d, v in world.path("SPY").items() if d <= span.end}
    falls = slow_series.drawdowns(list(path.values()), list(path), len(path))
    deep = [fall for fall in falls if fall.depth <= -0.1 and (fall.recovery or span.end) > span.start]
    deep.sort(key=lambda fall: fall.peak)
    assert [(one.market.peak, one.market.trough, one.market.recovery) for one in answer.falls] == [
        (fall.peak, fall.trough, fall.recovery) for fall in deep
    ]
    for found in answer.falls:
        end = found.market.recovery or span.end
        assert found.end == end
        for symbol in SYMBOLS:
            own = world.path(symbol)
            for number, (a, b) in (
                (found.down[symbol], (found.market.peak, found.market.trough)),
                (found.up[symbol], (found.market.trough, end)),
            ):
                if a in own and b in own:
                    assert number.value == pytest.approx(own[b] / own[a] - 1, rel=1e-12)
                else:
                    assert number.reason == f"no price of {symbol} on {a if a not in own else b}"


@ANSWERS
@given(world=worlds())
def test_style_by_hand(world: World) -> None:
    held = world.panel
    answer = style(held, ask(world), parse_window(HISTORY))
    assume(answer.weeks >= 104 and len(answer.factors) == len(FACTORS))
    days, span = held.sessions.tolist(), span_of(held, SYMBOLS, HISTORY, held.as_of)
    assert span is not None
    proxies = dict.fromkeys(symbol for factor in FACTORS for symbol in factor.symbols)
    paths = {one: world.path(one) for one in (*SYMBOLS, *proxies)}
    ends = [
        d for _, d in slow.period_ends(list(paths.values()), days, slow.week) if span.start <= d <= span.end
    ]
    moves = {one: slow.changes(path, ends) for one, path in paths.items()}
    factors = [
        [a - b for a, b in zip(moves[one.long], moves[one.short], strict=True)]
        if one.short
        else moves[one.long]
        for one in FACTORS
    ]
    own = [a - b for a, b in zip(moves["AAA"], moves["BBB"], strict=True)]
    twin = slow.line(own, factors, slow.lags_of(len(own)))
    found = answer.differences[0]
    same(found.alpha, 52 * twin.coefficients[0], 52 * twin.errors[0])
    for at, loading in enumerate(found.loadings.values(), 1):
        same(loading, twin.coefficients[at], twin.errors[at])


def numbers(row: StyleRow | RateSensitivity) -> FloatArray:
    """All that is not a name."""
    held = (
        (row.alpha, *row.loadings.values()) if isinstance(row, StyleRow) else (row.held, row.alone, row.beta)
    )
    return np.array([math.nan if each.value.value is None else each.value.value for each in held])


def scaled(held: PricePanel, symbol: str, factor: float) -> PricePanel:
    """The same fund with another price of a share, as another share class has."""
    levels, close, row = held.total_return.copy(), held.close.copy(), held.row(symbol)
    levels[row] *= factor
    close[row] *= factor
    return replace(held, total_return=levels, close=close)


@settings(max_examples=15)
@given(world=worlds(), factor=st.sampled_from([1e-3, 0.5, 7.0, 1e4]), symbol=st.sampled_from(["AAA", "SPY"]))
def test_what_a_share_costs_changes_nothing(world: World, factor: float, symbol: str) -> None:
    held, other, query = world.panel, scaled(world.panel, symbol, factor), ask(world)
    one, two = (numbers(style(each, query).funds[0]) for each in (held, other))
    assert one == pytest.approx(two, rel=1e-7, abs=1e-10, nan_ok=True)
    one, two = (numbers(rate_sensitivity(each, query).differences[0]) for each in (held, other))
    assert one == pytest.approx(two, rel=1e-7, abs=1e-10, nan_ok=True)
    assert [each.months.tolist() for each in regimes(held, query).regimes] == [
        each.months.tolist() for each in regimes(other, query).regimes
    ]


@settings(max_examples=15)
@given(world=worlds(), share=st.sampled_from([-0.3, 0.25, 1.0]))
def test_a_fund_that_adds_the_market_moves_with_it_by_so_much_more(world: World, share: float) -> None:
    """Its beta to the market grows by the share; what yields and styles do to it, and its alpha, stay."""
    calm = replace(world, gaps=0.0, hole=0, late=0)
    held = calm.panel
    at, market = held.row("AAA"), held.row("SPY")
    closes = held.total_return
    # By weeks, for the sum of two daily returns is not the sum of two weekly ones.
    fridays = np.append(
        np.flatnonzero(np.diff((held.sessions.astype(np.int64) + 3) // 7)), closes.shape[1] - 1
    )
    weeks = closes[:, fridays][:, 1:] / closes[:, fridays][:, :-1] - 1.0
    both = np.cumprod(np.append(100.0, 1.0 + weeks[at] + share * weeks[market]))
    thin = replace(
        held,
        sessions=held.sessions[fridays],
        total_return=closes[:, fridays],
        close=held.close[:, fridays],
        volume=held.volume[:, fridays],
    )
    levels = thin.total_return.copy()
    levels[at] = both
    more = replace(
        thin,
        total_return=levels,
        close=np.where(np.arange(levels.shape[0])[:, None] == at, levels, thin.close),
    )
    query = replace(ask(calm), window=parse_window("max"))
    for answer in (style, rate_sensitivity):
        one, two = (answer(each, query).funds[0] for each in (thin, more))
        moved = np.zeros(numbers(one).size)
        moved[2 if answer is rate_sensitivity else 1] = share
        if answer is rate_sensitivity:
            kept = [0, 2]  # without the market it is part of what came with the yield
            assert (numbers(two) - numbers(one))[kept] == pytest.approx(moved[kept], abs=1e-9)
        else:
            assert numbers(two) - numbers(one) == pytest.approx(moved, abs=1e-9)


@ANSWERS
@given(world=worlds(), window=st.sampled_from(["1m", "1y", "2y", "max"]))
def test_styles_and_the_rest_add_up_to_the_gap_that_is_told(world: World, window: str) -> None:
    held, query = world.panel, ask(world, FUNDS, window=window)
    answer, told = style(held, query, parse_window(HISTORY)), compare(held, {}, query)
    totals = [told.metrics[symbol]["total_return"].value for symbol in FUNDS]
    assert (answer.start, answer.end) == (told.span.start, told.span.end)
    pairs = [(0, 2), (1, 2)]
    expected = [*totals, *(totals[a] - totals[b] for a, b in pairs)]  # type: ignore[operator]
    for row, total in zip((*answer.funds, *answer.differences), expected, strict=True):
        gap = row.attribution
        assert gap.total.value == pytest.approx(total, rel=1e-12, abs=1e-14)
        if gap.reason is None:
            assert gap.rest.value is not None
            assert math.fsum([*gap.parts.values(), gap.rest.value]) == pytest.approx(
                total, rel=1e-12, abs=1e-14
            )
            assert list(gap.parts) == [factor.name for factor in answer.factors]
        else:
            assert (gap.parts, gap.rest.value) == ({}, None)
    for row, (a, b) in zip(answer.differences, pairs, strict=True):
        one, two = answer.funds[a], answer.funds[b]
        assert numbers(row) == pytest.approx(numbers(one) - numbers(two), rel=1e-7, abs=1e-10, nan_ok=True)


@ANSWERS
@given(world=worlds())
def test_kinds_part_the_months(world: World) -> None:
    answer = regimes(world.panel, ask(world), parse_window(HISTORY))

    def joined(*of: RegimeKind) -> list[object]:
        return sorted(month for kind in of for month in answer.of(kind).months.tolist())

    signals = answer.signals
    for parted, known in (
        (
            joined(RegimeKind.YIELD_UP, RegimeKind.YIELD_DOWN),
            np.isfinite(signals.yields) & (signals.yields != 0),
        ),
        (joined(RegimeKind.MARKET_UP, RegimeKind.MARKET_DOWN), np.isfinite(signals.market)),
        (
            joined(RegimeKind.SMALL_AHEAD, RegimeKind.SMALL_BEHIND),
            np.isfinite(signals.small) & np.isfinite(signals.market),
        ),
        (
            joined(RegimeKind.CALM, RegimeKind.MIDDLING, RegimeKind.TURBULENT),
            np.isfinite(signals.volatility),
        ),
    ):
        assert parted == answer.months[known].tolist()
    thirds = [
        answer.of(kind).months.size for kind in (RegimeKind.CALM, RegimeKind.MIDDLING, RegimeKind.TURBULENT)
    ]
    assert max(thirds) - min(thirds) <= 2


@ANSWERS
@given(world=worlds(), window=st.sampled_from(["3m", "1y", "2y"]), weekly=st.booleans())
def test_an_alpha_is_the_one_that_is_told(world: World, window: str, weekly: bool) -> None:
    query = replace(ask(world, window=window), weekly=weekly)
    for found in alphas(world.panel, query, ("BBB", "IWM")):
        told = compare(world.panel, {}, replace(query, benchmark=found.benchmark)).relative[found.symbol]
        assert found.alpha.value == told["alpha"]
        assert found.beta.value == told["beta"]
        if told["alpha"].value is not None:
            assert sum(ends(found.alpha)) / 2 == pytest.approx(told["alpha"].value, rel=1e-7, abs=1e-9)
        else:
            assert found.alpha.interval.low is None
            assert found.alpha.reason == told["alpha"].reason
