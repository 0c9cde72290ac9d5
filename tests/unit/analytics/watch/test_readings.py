"""What rules read: conditions, two funds, K of N, facts, missing data, and never tomorrow's price."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import (
    Basis,
    Combine,
    Condition,
    Fact,
    FundProfile,
    Kind,
    Op,
    PricePanel,
    Quantity,
    Query,
    Rate,
    Reading,
    Rule,
    SectorWeights,
    Window,
    compare,
    parse_window,
    read,
)
from tests.panels import day, panel
from tests.unit.analytics.markets import LAST, SESSIONS, market, with_bill

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.panel import FloatArray

END = day(LAST)
MONTH = Window("1m")


def rule(*conditions: Condition, needed: int = 1, then: str | None = None) -> Rule:
    return Rule(conditions, needed, then)


def below(threshold: float, measure: str = "sortino", symbol: str = "AAA", **parts: object) -> Condition:
    return Condition(Quantity(measure, symbol, **parts), Op.BELOW, threshold)  # type: ignore[arg-type]


def now(asked: Rule, held: PricePanel, on: date = END, **parts: object) -> Reading:
    return read([asked], held, on, on, **parts).at(asked, on)  # type: ignore[arg-type]


def fall(op: Op, threshold: float, recover: float | None = None) -> Reading:
    """A fund 10 % below its high, exactly."""
    held = panel("""
                    AAA
        2025-12-15  80.0
        2026-01-05  100.0
        2026-01-15  90.0
    """)
    asked = rule(Condition(Quantity("drawdown", "AAA", window=MONTH), op, threshold, recover))
    return now(asked, held, day("2026-01-15"))


@pytest.mark.parametrize(
    ("op", "threshold", "met"),
    [
        (Op.BELOW, -0.09, True),
        (Op.BELOW, -0.11, False),
        (Op.CROSSES_BELOW, -0.09, True),
        (Op.ABOVE, -0.09, False),
        (Op.ABOVE, -0.11, True),
        (Op.CROSSES_ABOVE, -0.11, True),
    ],
)
def test_a_value_against_a_threshold(op: Op, threshold: float, met: bool) -> None:
    reading = fall(op, threshold)
    assert reading.value == pytest.approx(-0.1)  # not -0.1 / 0.8, and not the deepest fall of some other day
    assert (reading.met, reading.crossing) == (met, op.crossing)


def test_the_threshold_itself() -> None:
    exactly = 90.0 / 100.0 - 1.0
    met = {
        op: fall(op, exactly).met for op in (Op.BELOW, Op.AT_MOST, Op.ABOVE, Op.AT_LEAST, Op.CROSSES_BELOW)
    }
    assert met == {
        Op.BELOW: False,
        Op.AT_MOST: True,
        Op.ABOVE: False,
        Op.AT_LEAST: True,
        Op.CROSSES_BELOW: False,
    }


def test_between_threshold_and_recovery_is_neither() -> None:
    assert (fall(Op.BELOW, -0.105).met, fall(Op.BELOW, -0.105).safe) == (False, False)
    assert (fall(Op.BELOW, -0.105, -0.1).met, fall(Op.BELOW, -0.105, 90.0 / 100.0 - 1.0).safe) == (
        False,
        True,
    )
    assert (fall(Op.BELOW, -0.12).met, fall(Op.BELOW, -0.12).safe) == (False, True)
    # At a threshold of zero, which has no band, a breach is never safe at once.
    flat = now(rule(Condition(Quantity("total_return", "AAA", "BBB"), Op.AT_MOST, 0.0)), two(1.0, 1.0))
    assert (flat.value, flat.met, flat.safe) == (0.0, True, False)


def two(one: float, other: float) -> PricePanel:
    """Two funds that gain so many per cent in the last session."""
    levels = np.full((2, SESSIONS.size), 100.0)
    levels[:, -1] += one, other
    return PricePanel(SESSIONS, ("AAA", "BBB"), levels, levels, np.full_like(levels, np.nan), "by hand")


def test_two_funds_differ_or_compare() -> None:
    quantities = [Quantity("total_return", "AAA", "BBB", how) for how in (Combine.DIFFERENCE, Combine.RATIO)]
    less, over = (rule(Condition(quantity, Op.BELOW, 0.0)) for quantity in quantities)
    assert now(less, two(3.0, 2.0)).value == pytest.approx(0.01)
    assert now(over, two(3.0, 2.0)).value == pytest.approx(1.5)
    assert now(over, two(-3.0, -2.0)).value == pytest.approx(1.5)
    for held in (two(3.0, -2.0), two(3.0, 0.0)):
        assert (
            now(over, held).reason == "the two values do not have the same sign, so their ratio says nothing"
        )


@pytest.mark.parametrize("measure", ["sortino", "volatility", "calmar"])
@pytest.mark.parametrize("rate", [Rate(), Rate(0.04), Rate(None)])
def test_a_difference_is_what_compare_shows(measure: str, rate: Rate) -> None:
    held = with_bill(np.linspace(3.0, 5.0, SESSIONS.size))
    held.total_return[0, [400, 555]] = np.nan
    held.total_return[1, [380, 381]] = np.nan
    shown = compare(held, {}, Query(("AAA", "BBB"), Window("1y"), END, rate=rate)).metrics
    one, other = (shown[symbol][measure].value for symbol in ("AAA", "BBB"))
    assert one is not None
    assert other is not None
    asked = rule(below(0.0, measure, other="BBB", rate=rate))
    assert now(asked, held).value == pytest.approx(one - other, rel=1e-12)


@pytest.mark.parametrize("measure", ["beta", "alpha", "capture_up", "tracking_error_weekly", "correlation"])
def test_a_relative_measure_is_what_compare_shows(measure: str) -> None:
    held = market(AAA=(520, 530, 531), CCC=(534, 540))
    shown = compare(held, {}, Query(("AAA",), Window("1y"), END, benchmark="CCC")).relative
    assert now(rule(below(0.0, measure, benchmark="CCC")), held).value == pytest.approx(
        shown["AAA"][measure].value, rel=1e-12
    )


@pytest.mark.parametrize("measure", ["tracking_error_weekly", "capture_up", "beta"])
def test_one_funds_gap_is_not_anothers(measure: str) -> None:
    rules = [rule(below(0.0, measure, symbol=symbol, benchmark="CCC")) for symbol in ("AAA", "BBB")]
    held = market(AAA=(534, 539))  # two Fridays
    together = read(rules, held, END, END)
    assert [together.at(each, END) for each in rules] == [now(each, held) for each in rules]
    assert together.at(rules[1], END) == now(rules[1], market())


@pytest.mark.parametrize("measure", ["cagr", "calmar", "martin", "sortino"])
def test_a_range_of_sessions_is_each_of_them_alone(measure: str) -> None:
    # A year of weekdays has 261 or 262 returns over 365 to 368 calendar days.
    asked, held = rule(below(0.0, measure)), market(AAA=(290, 291, 292))
    found = read([asked], held, SESSIONS[530].item(), END)
    for session, reading in found.every(asked):
        assert reading.value == pytest.approx(now(asked, held, session).value, rel=1e-13)


def test_a_window_that_has_not_begun_has_no_value() -> None:
    asked = rule(below(0.0, "total_return", window=parse_window("since 2026-02-18")))
    values = read([asked], market(), day("2026-02-16"), END).series(asked.conditions[0].quantity)
    assert np.isfinite(values).tolist() == [False, False, False, True, True]


def test_a_level_is_the_raw_close_of_the_session() -> None:
    """Dividends are in the total return and in no price; a rate is quoted in percent."""
    days = np.array(["2026-01-14", "2026-01-15", "2026-01-16"], dtype="datetime64[D]")
    close = np.array([[100.0, 98.0, np.nan], [4.5, -0.1, 4.6]])
    returns = np.array([[95.0, 98.0, np.nan], [np.nan, np.nan, np.nan]])
    held = PricePanel(days, ("AAA", "^TNX"), returns, close, np.full(close.shape, np.nan), "by hand")
    price, rate = below(99.0, "price"), Condition(Quantity("interest_rate", "^TNX"), Op.ABOVE, 0.045)
    found = read([rule(price), rule(rate)], held, day("2026-01-14"), day("2026-01-16"))
    assert found.series(price.quantity).tolist()[:2] == [100.0, 98.0]
    assert found.series(rate.quantity) == pytest.approx([0.045, -0.001, 0.046])
    readings = [found.at(rule(price), each) for each in map(day, ("2026-01-14", "2026-01-15", "2026-01-16"))]
    assert [(each.met, each.reason) for each in readings] == [
        (False, None),
        (True, None),
        (None, "no price of AAA on 2026-01-16"),
    ]
    assert [found.at(rule(rate), each).met for each in map(day, ("2026-01-14", "2026-01-16"))] == [
        False,
        True,
    ]
    assert price.recovery == pytest.approx(108.9)
    assert not rule(price).quantities[0].of("BBB").currency


def test_price_change_leaves_dividends_out() -> None:
    held = market()
    held = PricePanel(
        held.sessions,
        held.symbols,
        held.total_return,
        held.close * np.linspace(1, 0.9, 560),
        held.volume,
        "x",
    )
    change = now(rule(below(0.0, "price_change")), held).value
    total = now(rule(below(0.0, "total_return")), held).value
    assert change is not None
    assert total is not None
    assert change < total - 0.04


def test_one_quantity_is_computed_once_however_many_rules_ask() -> None:
    rules = [rule(below(threshold), then="BBB") for threshold in (0.5, 1.0, 1.5)]
    found = read(rules, market(), END, END)
    assert found.values.shape == (2, 1)
    assert len({found.at(each, END).value for each in rules}) == 1


def test_the_target_beside_the_rule() -> None:
    found = read([rule(below(1.0), then="BBB")], market(BBB=(559,)), day("2026-02-19"), END)
    before, last = (found.at(rule(below(1.0), then="BBB"), each) for each in (day("2026-02-19"), END))
    assert before.then == now(rule(below(1.0, symbol="BBB")), market(), day("2026-02-19")).value
    assert (last.then, last.met is None) == (None, False)


def parts(met: int, not_met: int, unknown: int) -> tuple[Condition, ...]:
    """So many conditions that hold, do not hold, and cannot be known at the end of `market(BBB=559)`."""
    return (
        *(below(1e6 + at, "volatility") for at in range(met)),
        *(below(-1e6 - at, "volatility") for at in range(not_met)),
        *(below(float(at), symbol="BBB") for at in range(unknown)),
    )


@pytest.mark.parametrize(
    ("of", "needed", "met", "safe"),
    [
        ((2, 1, 0), 2, True, False),
        ((1, 2, 0), 2, False, True),
        ((2, 0, 1), 2, True, False),  # the missing one cannot change it
        ((1, 1, 1), 2, None, None),  # it could
        ((0, 2, 1), 2, False, True),
        ((0, 0, 2), 1, None, None),
    ],
)
def test_some_of_several(of: tuple[int, int, int], needed: int, met: bool | None, safe: bool | None) -> None:
    reading = now(rule(*parts(*of), needed=needed), market(BBB=(559,)))
    assert (reading.met, reading.safe) == (met, safe)
    assert reading.value == (None if met is None else of[0])
    assert len(reading.parts) == sum(of)
    assert reading.reason == ("no price of BBB on 2026-02-20" if of[2] else None)


@pytest.mark.parametrize(
    ("asked", "gaps", "reason"),
    [
        (below(1.0), {"AAA": (559,)}, "no price of AAA on 2026-02-20"),
        (below(1.0, other="BBB"), {"BBB": (559,)}, "no price of BBB on 2026-02-20"),
        (
            below(1.0),
            {"AAA": tuple(range(299))},
            "prices of AAA begin 2025-02-21; the window needs one on or before 2025-02-20",
        ),
        (
            below(1.0, window=parse_window("3y")),
            {},
            "prices of AAA begin 2024-01-01; the window needs one on or before 2023-02-20",
        ),
        (below(1.0, window=MONTH), {"AAA": tuple(range(545, 555))}, "fewer than 15 returns"),
        (
            below(1.0),
            {"AAA": tuple(range(400, 411))},  # eleven sessions: what was before is another history
            "prices of AAA begin 2025-07-29; the window needs one on or before 2025-02-20",
        ),
        (below(1.0, "cagr", window=parse_window("6m")), {}, "not annualised below one year"),
    ],
)
def test_what_does_not_suffice_has_a_reason(
    asked: Condition, gaps: dict[str, tuple[int, ...]], reason: str
) -> None:
    reading = now(rule(asked), market(**gaps))
    assert (reading.value, reading.met, reading.safe, reading.failed) == (None, None, None, False)
    assert reading.reason == reason


def test_a_gap_inside_shortens_nothing_and_the_base_is_the_close_before() -> None:
    # A year before 20 February 2026 is 20 February 2025, column 298.
    found = [
        now(rule(below(0.0, "total_return")), market(AAA=gaps)).value for gaps in ((), (298,), (298, 400))
    ]
    levels = market().total_return[0]
    assert found == pytest.approx(
        [levels[559] / levels[298] - 1, levels[559] / levels[297] - 1, levels[559] / levels[297] - 1],
        rel=1e-12,
    )


def test_a_symbol_without_any_prices_fails_alone() -> None:
    good, bad = rule(below(1.0)), rule(below(1.0, symbol="ZZZ"), then="AAA")
    found = read([bad, good], market(), END, END)
    assert found.at(bad, END) == Reading(None, None, None, "no prices of ZZZ at all", failed=True)
    assert found.at(good, END).met is not None
    assert np.isnan(found.series(bad.conditions[0].quantity)).all()
    lost = read([rule(below(1.0), then="ZZZ")], market(), END, END).at(rule(below(1.0), then="ZZZ"), END)
    assert (lost.failed, lost.then) == (False, None)


@pytest.mark.parametrize("on", ["2026-02-22", "2027-01-04", "2020-01-01"])
def test_a_day_without_a_session_has_no_data(on: str) -> None:
    assert now(rule(below(1.0)), market(), day(on)).reason == f"no prices on {on}"


POISONS: list[Callable[[PricePanel], FloatArray]] = [
    lambda held: held.total_return,
    lambda held: held.close,
    lambda held: held.volume,
]


@pytest.mark.parametrize("rate", [Rate(), Rate(None)])
def test_tomorrows_price_never_surfaces(rate: Rate) -> None:
    rules = [
        rule(below(1.0, rate=rate), then="BBB"),
        rule(below(1.0, "sharpe", other="CCC", rate=rate)),
        rule(below(1.0, "beta", benchmark="CCC", rate=rate)),
        rule(below(1.0, "price_change", window=MONTH), below(-0.1, "drawdown", window=Window("max"))),
    ]
    clean, poisoned = (with_bill(np.full(SESSIONS.size, 3.6)) for _ in range(2))
    for rows in POISONS:
        rows(poisoned)[:, 556:] = 1e9
    first, last = SESSIONS[540].item(), SESSIONS[555].item()
    for held in (poisoned, poisoned.through(SESSIONS[557].item())):
        found, expected = read(rules, held, first, last), read(rules, clean, first, last)
        assert [found.every(each) for each in rules] == [expected.every(each) for each in rules]
    # Within one range too: a later session of it changes no earlier reading.
    longer = read(rules, poisoned, first, SESSIONS[559].item())
    assert [longer.every(each)[:16] for each in rules] == [expected.every(each) for each in rules]


FUND = FundProfile(
    "AAA",
    Kind.FUND,
    expense_ratio=Fact(0.0004, "issuer"),
    assets=Fact(2.5e8, "issuer"),
    sectors=Fact(SectorWeights("GICS", {"Technology": 0.31}), "issuer"),
)


@pytest.mark.parametrize(
    ("condition", "value", "met"),
    [
        (Condition(Quantity("expense_ratio", "AAA"), Op.CHANGES, 0.0003), 0.0004, True),
        (Condition(Quantity("expense_ratio", "AAA"), Op.CHANGES, 0.0004 + 1e-12), 0.0004, False),
        (Condition(Quantity("assets", "AAA"), Op.BELOW, 3e8), 2.5e8, True),
        (Condition(Quantity("sector_weight", "AAA", sector="technology"), Op.ABOVE, 0.3), 0.31, True),
    ],
)
def test_facts(condition: Condition, value: float, met: bool) -> None:
    found = read([rule(condition)], market(), SESSIONS[558].item(), END, {"AAA": FUND})
    reading = found.at(rule(condition), END)
    assert (reading.value, reading.met, reading.safe) == (value, met, not met)
    earlier = found.at(rule(condition), SESSIONS[558].item())
    assert earlier.reason == "facts are known for the newest session only"


OF_SHARES = Fact(SectorWeights("GICS", {"Technology": 1.0}, Basis.SHARES), "issuer")


@pytest.mark.parametrize(
    ("quantity", "profiles", "reason"),
    [
        (Quantity("assets", "AAA"), {}, "no facts about AAA"),
        (
            Quantity("assets", "BBB"),
            {"BBB": FundProfile("BBB", Kind.FUND)},
            "the assets of BBB are not known",
        ),
        (
            Quantity("sector_weight", "AAA", sector="Oil"),
            {"AAA": FUND},
            "no sector Oil of AAA under GICS",
        ),
        (
            Quantity("sector_weight", "BBB", sector="Oil"),
            {"BBB": FundProfile("BBB", Kind.FUND)},
            "the sector weights of BBB are not known",
        ),
        (
            Quantity("sector_weight", "BBB", sector="Technology"),
            {"BBB": FundProfile("BBB", Kind.FUND, sectors=OF_SHARES)},
            "the sector weights of BBB are of its shares alone: what part of BBB is in shares is not known",
        ),
    ],
)
def test_facts_that_are_not_known(quantity: Quantity, profiles: dict[str, FundProfile], reason: str) -> None:
    assert now(rule(Condition(quantity, Op.BELOW, 1.0)), market(), profiles=profiles).reason == reason
