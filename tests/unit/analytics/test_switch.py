"""What a switch costs and needs: worked cases, a slow twin, and what holds of any order."""

from __future__ import annotations

import math
import statistics
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import FundProfile, Kind, PricePanel, Query, compare, parse_window, weigh_window
from analytics.fund import Fact
from analytics.liquidity import SESSIONS
from analytics.measures.number import Interval, Number
from analytics.panel import NEW_YORK, Doubt, DoubtKind, Exchange, FloatArray
from analytics.switch import (
    DEFAULT_ORDER,
    NO_TERMS,
    Leg,
    Switch,
    SwitchAnswer,
    SwitchTerms,
    break_even_months,
    daily_volatility,
    needed_edge,
    weigh_orders,
    weigh_switches,
)
from tests.unit.analytics.discriminate import assert_is

END = date(2026, 1, 16)
NO_INTERVAL = Interval(None, None, 0.95, "", "not asked for")
SIGMA = 0.224 / math.sqrt(252)
"""A volatility of 22.4 % a year, a session's."""


def leg(
    symbol: str, amount: float, traded: float, spread: float | None, sigma: float = SIGMA, **parts: float
) -> Leg:
    """A trade on exchange whose impact is written out by hand."""
    return Leg(
        symbol,
        Number(traded),
        Number(sigma),
        amount / traded,
        Number(None, "not known") if spread is None else Number(spread / 2),
        Number(sigma * math.sqrt(amount / traded)),
        **parts,
    )


def worked(spreads: tuple[float | None, float | None] = (0.0012, 0.0003), **parts: float) -> Switch:
    """100 k from ISCB to SPSM on 16 Jan 2026: value traded 0.662 M and 123 M, fees 4 and 3 bp."""
    return Switch(
        sold=leg("ISCB", 1e5, 0.662e6, spreads[0]),
        bought=leg("SPSM", 1e5, 123e6, spreads[1]),
        tax=parts.get("tax", 0.0),
        fee_gap=Number(0.0003 - 0.0004),
        gap=Number(-0.036),
        interval=Interval(-0.076, 0.006, 0.95, "by hand"),
    )


def test_the_worked_case_to_its_printed_digits() -> None:
    switch = worked()
    halves = [switch.sold.half_spread.value, switch.bought.half_spread.value]
    moves = [switch.sold.impact.value, switch.bought.impact.value]
    assert sum(value or 0.0 for value in halves) == pytest.approx(7.5e-4)
    assert round(sum(value or 0.0 for value in moves) * 1e4) == 59
    once = switch.once.value or 0.0
    assert (round(once * 1e4), round(once * 1e5)) == (66, 664)
    assert [round((switch.needed(years).value or 0.0) * 1e4) for years in (1, 3, 5)] == [65, 21, 12]
    assert round((switch.months_to_earn(0.0).value or 0.0) / 12) == 66
    mistakes = {
        "whole spreads": once + 7.5e-4,
        "one fund": once - (moves[1] or 0.0) - (halves[1] or 0.0),
        "impact of the sum": 7.5e-4 + SIGMA * math.sqrt(1e5 / 123.662e6),
        "fee in it": once - 1e-4,
    }
    assert_is(once, 7.5e-4 + (moves[0] or 0.0) + (moves[1] or 0.0), mistakes)


def test_the_textbook_case() -> None:
    # Commission 4 bp each way, spread 16 bp, fee 28 bp: .33 % in four months, 1.64 % in five years.
    once = 2 * 0.0004 + 2 * 0.0016 / 2
    assert needed_edge(once, 0.0028, 4 / 12) * 4 / 12 == pytest.approx(0.0033, abs=5e-5)
    assert needed_edge(once, 0.0028, 5) * 5 == pytest.approx(0.0164)


def test_what_is_earned_back_and_what_never_is() -> None:
    # 60 bp at 1 pp a year, of which a fee 20 bp higher leaves 80 bp: 9 months.
    assert break_even_months(0.006, 0.002, 0.01) == pytest.approx(9.0)
    assert break_even_months(0.006, 0.01, 0.01) == math.inf
    assert break_even_months(0.0, 0.01, 0.0) == 0.0
    assert worked().months_to_earn(-0.01) == Number(None, "never")


def test_tax_and_commissions_are_added_once() -> None:
    plain = worked().once.value or 0.0
    taxed = worked(tax=SwitchTerms(tax=(0.238, 0.4)).tax_cost).once.value or 0.0
    assert taxed - plain == pytest.approx(0.0952)
    paid = replace(worked(), sold=replace(worked().sold, commission=0.0002)).once.value or 0.0
    assert paid - plain == pytest.approx(0.0002)


def test_without_a_spread_it_is_a_floor() -> None:
    floor = worked((None, 0.0003))
    assert floor.is_floor
    assert not worked().is_floor
    assert (worked().once.value or 0.0) - (floor.once.value or 0.0) == pytest.approx(0.0006)


def test_gaps_that_fit_are_moved_onto_the_ground_of_the_needed_edge() -> None:
    moved = worked().interval_before_fees
    assert [moved.low, moved.high] == pytest.approx([-0.0761, 0.0059])
    # After fees the same cost needs cost / years, so both sides differ by the same gap.
    after = (worked().once.value or 0.0) / 3
    assert (moved.high or 0.0) - (worked().needed(3).value or 0.0) == pytest.approx(0.006 - after)


def test_volatility_is_that_of_the_last_sessions_across_holes() -> None:
    levels = [100.0, 101.0, np.nan, 99.0, 102.0]
    by_hand = statistics.stdev([0.01, 99 / 101 - 1, 102 / 99 - 1])
    assert float(daily_volatility(np.array([levels]), sessions=4)[0]) == pytest.approx(by_hand)
    assert np.isnan(daily_volatility(np.array([[100.0, np.nan, np.nan, np.nan, 102.0]]), sessions=4))[0]
    longer = np.array([[50.0, 100.0, 90.0, *levels]])
    assert float(daily_volatility(longer, sessions=4)[0]) == pytest.approx(by_hand)


def made_up(*, shares: tuple[float, ...] = (7e3, 1.2e6), seed: int = 5, count: int = 300) -> PricePanel:
    """Prices of funds that trade so many shares a day."""
    names = ("AAA", "BBB", "CCC")[: len(shares)]
    days = np.busday_offset(np.datetime64(END, "D"), np.arange(1 - count, 1))
    steps = np.random.default_rng(seed).normal(3e-4, 0.011, (len(names), count))
    levels: FloatArray = np.multiply(100.0, np.cumprod(1.0 + steps, axis=1), dtype=np.float64)
    volume = np.tile(np.array(shares)[:, None], (1, count))
    return PricePanel(days, names, levels, levels, volume, "made up", currencies=("USD",) * len(names))


FEES = {"AAA": 0.0004, "BBB": 0.0019, "CCC": 0.0003}
PROFILES = {
    name: FundProfile(name, Kind.FUND, expense_ratio=Fact(fee, "by hand")) for name, fee in FEES.items()
}


def asked(
    panel: PricePanel,
    amount: float | None = 1e5,
    terms: SwitchTerms = NO_TERMS,
    symbols: tuple[str, ...] = ("AAA", "BBB"),
    window: str = "1y",
    profiles: dict[str, FundProfile] | None = None,
) -> SwitchAnswer:
    query = Query(symbols, parse_window(window), END)
    found = compare(panel, PROFILES if profiles is None else profiles, query)
    return weigh_switches(panel, found, amount, terms, weigh_window(panel, query))


def slow_once(panel: PricePanel, sold: int, bought: int, amount: float, spreads: list[float]) -> float:
    """Write the cost out a number at a time."""
    total = 0.0
    for row, spread in ((sold, spreads[0]), (bought, spreads[1])):
        closes, shares = panel.close[row].tolist(), panel.volume[row].tolist()
        traded = [close * count for close, count in zip(closes, shares, strict=True)][-SESSIONS:]
        returns = [closes[at] / closes[at - 1] - 1 for at in range(len(closes) - SESSIONS, len(closes))]
        mean = sum(returns) / len(returns)
        sigma = math.sqrt(sum((each - mean) ** 2 for each in returns) / (len(returns) - 1))
        total += spread / 2 + sigma * (amount / (sum(traded) / len(traded))) ** 0.5
    return total


def test_it_equals_its_slow_twin() -> None:
    panel = made_up()
    (switch,) = asked(panel, terms=SwitchTerms(spreads=(0.0012, 0.0003))).switches
    assert switch.once.value == pytest.approx(slow_once(panel, 0, 1, 1e5, [0.0012, 0.0003]), rel=1e-12)
    assert switch.fee_gap.value == pytest.approx(0.0015)


def test_what_a_fund_trades_does_not_depend_on_what_it_stands_beside() -> None:
    """The second fund trades every day: of 63 days of its calendar 45 are sessions of the first one."""
    days = np.arange(np.datetime64("2025-01-01"), np.datetime64(END, "D") + 1)
    own = np.is_busday(days)
    steps = np.random.default_rng(3).normal(3e-4, 0.011, (2, days.size))
    levels = np.where([own, np.ones_like(own)], 100.0 * np.cumprod(1.0 + steps, axis=1), np.nan)
    volume = np.where(np.isnan(levels), np.nan, np.linspace(1e4, 9e4, days.size))
    traded = (NEW_YORK, Exchange("24/7", 365, 24.0))
    both = PricePanel(
        days, ("AAA", "BBB"), levels, levels, volume, "x", exchanges=traded, held=np.isfinite(levels)
    )
    (sold, bought), (alone,) = (
        weigh_orders(panel, compare(panel, PROFILES, Query(panel.symbols, parse_window("6m"), END)), 1e4)
        for panel in (both, both.alone("AAA"))
    )
    assert (sold.traded, sold.volatility, sold.impact) == (alone.traded, alone.volatility, alone.impact)
    assert sold.traded.value == pytest.approx(float(np.mean((levels * volume)[0, own][-SESSIONS:])))
    assert bought.traded.value == pytest.approx(float(np.mean((levels * volume)[1, -SESSIONS:])))


def test_the_gap_is_of_the_fund_bought_less_the_one_sold() -> None:
    panel = made_up()
    (switch,) = asked(panel).switches
    (row,) = weigh_window(panel, Query(("AAA", "BBB"), parse_window("1y"), END))
    assert switch.gap.value == -(row.growth.value.value or 0.0)
    ends = row.growth.interval
    assert (switch.interval.low, switch.interval.high) == (-(ends.high or 0.0), -(ends.low or 0.0))


def test_below_a_year_there_is_no_gap_a_year() -> None:
    (switch,) = asked(made_up(), window="3m").switches
    assert switch.interval.low is None
    assert "below one year" in (switch.interval.reason or "")


def test_beyond_one_days_volume_no_number_is_told_unless_the_issuers_is() -> None:
    panel = made_up(shares=(7e3, 1.2e6))
    (large,) = asked(panel, 2e6).switches
    assert large.once.value is None
    assert large.sold.is_large
    assert not large.bought.is_large
    assert large.needed(3).value is None
    assert large.months_to_earn(0.01).value is None
    (told,) = asked(panel, 2e6, SwitchTerms(creations=(0.0005,), spreads=(0.0003,))).switches
    assert told.sold.cost.value == pytest.approx(0.0005)
    assert told.bought.creation is None
    assert told.once.value == pytest.approx(0.0005 + (told.bought.cost.value or 0.0))


def test_exactly_one_days_volume_still_has_an_impact() -> None:
    panel = made_up(shares=(1e4, 1e6))
    held = replace(panel, close=np.full_like(panel.close, 50.0))
    (switch,) = asked(held, 5e5).switches
    assert switch.sold.days == 1.0
    assert switch.sold.impact.value == switch.sold.volatility.value


@pytest.mark.parametrize(
    ("shares", "size"), [((1e7, 1e7), 1e6), ((7e3, 1e7), 5e5), ((30.0, 1e7), 2e3), ((3e3, 200.0), 1e4)]
)
def test_where_no_size_is_named_it_is_a_round_one_within_a_days_volume(
    shares: tuple[float, float], size: float
) -> None:
    panel = made_up(shares=shares)
    answer = asked(replace(panel, close=np.full_like(panel.close, 99.0)), None)
    assert (answer.amount, answer.chosen) == (size, True)
    assert answer.switches[0].once.value is not None


def test_without_volume_the_cost_is_not_told_and_says_why() -> None:
    panel = made_up()
    blind = replace(panel, volume=np.full_like(panel.volume, np.nan))
    answer = asked(blind, None, SwitchTerms(spreads=(0.0003,)))
    assert answer.amount == DEFAULT_ORDER
    assert answer.switches[0].once == Number(None, f"volume not known on the last {SESSIONS} sessions")
    still = asked(replace(panel, volume=np.zeros_like(panel.volume))).switches[0]
    assert still.once == Number(None, f"nothing traded on the last {SESSIONS} sessions")
    priced = asked(blind, 1e5, SwitchTerms(creations=(0.0,))).switches[0]
    assert priced.once.value == 0.0


def test_a_price_that_looks_wrong_leaves_its_fund_without_an_impact() -> None:
    panel = made_up()
    recent, old = panel.sessions[-20].item(), panel.sessions[-200].item()
    for day, told in ((recent, False), (old, True)):
        doubtful = replace(panel, doubts=(Doubt(DoubtKind.DISTRIBUTION, "AAA", day, 0.02),))
        (switch,) = asked(doubtful).switches
        assert (switch.sold.impact.value is not None) is told
        assert switch.bought.impact.value is not None


def test_a_share_has_no_fee_and_an_unknown_fee_is_left_out() -> None:
    stock = {**PROFILES, "BBB": FundProfile("BBB", Kind.STOCK)}
    assert asked(made_up(), profiles=stock).switches[0].fee_gap.value == pytest.approx(-0.0004)
    (unknown,) = asked(made_up(), profiles={"AAA": PROFILES["AAA"]}).switches
    assert unknown.fee_gap.value is None
    assert unknown.needed(1).value == unknown.once.value


def test_several_funds_are_each_bought_with_what_the_first_one_brings() -> None:
    panel = made_up(shares=(1e5, 2e5, 3e5))
    several = asked(panel, symbols=("AAA", "BBB", "CCC"))
    assert [(each.sold.symbol, each.bought.symbol) for each in several.switches] == [
        ("AAA", "BBB"),
        ("AAA", "CCC"),
    ]
    (alone,) = asked(panel, symbols=("AAA", "CCC")).switches
    assert several.switches[1].once == alone.once


SIZES = st.floats(1e3, 6e5)
SPREADS = st.floats(0.0, 0.02)
HELD = made_up()


def once_of(amount: float, spreads: tuple[float, float], *, turned: bool = False) -> Switch:
    symbols = ("BBB", "AAA") if turned else ("AAA", "BBB")
    query = Query(symbols, parse_window("1y"), END)
    terms = SwitchTerms(spreads=spreads)
    return weigh_switches(HELD, compare(HELD, PROFILES, query), amount, terms, ()).switches[0]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SIZES, SIZES, SPREADS, SPREADS)
def test_it_rises_with_size_and_spread_and_is_the_same_the_other_way_round(
    one: float, other: float, sold: float, bought: float
) -> None:
    small, large = sorted((one, other))
    cheap, dear = (once_of(amount, (sold, bought)).once.value or 0.0 for amount in (small, large))
    assert cheap <= dear
    wider = once_of(small, (sold + 0.001, bought)).once.value or 0.0
    assert wider == pytest.approx(cheap + 0.0005)
    there, back = once_of(small, (sold, bought)), once_of(small, (bought, sold), turned=True)
    assert back.once.value == pytest.approx(there.once.value)
    assert back.fees_more == pytest.approx(-there.fees_more)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.floats(1e-6, 0.2), st.floats(-0.02, 0.02), st.floats(0.1, 30.0), st.floats(0.1, 30.0))
def test_the_needed_edge_falls_with_the_horizon_and_breaks_even_at_it(
    once: float, fees: float, one: float, other: float
) -> None:
    short, long = sorted((one, other))
    assert needed_edge(once, fees, short) >= needed_edge(once, fees, long)
    edge = needed_edge(once, fees, long)
    assert break_even_months(once, fees, edge) == pytest.approx(12 * long, rel=1e-6)
