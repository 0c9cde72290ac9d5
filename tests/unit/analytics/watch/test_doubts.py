"""Prices that look wrong: a rule waits a session for them, and says later that they are in its window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics import (
    Condition,
    Doubt,
    DoubtKind,
    Op,
    Policy,
    PricePanel,
    Quantity,
    Rule,
    Window,
    read,
    replay,
)
from analytics.panel import Exchange
from analytics.watch.readings import doubt_words
from tests.panels import day, panel
from tests.unit.analytics.markets import SESSIONS, market

MONTH = Window("1m")
THURSDAY, FRIDAY, MONDAY, TUESDAY = 553, 554, 555, 556
"""Columns of 12, 13, 16 and 17 February 2026."""


def on(column: int) -> str:
    return str(SESSIONS[column])


def doubt(symbol: str, column: int, kind: DoubtKind = DoubtKind.JUMP, value: float = -0.3) -> Doubt:
    return Doubt(kind, symbol, day(on(column)), value)


def rule(measure: str = "sortino", symbol: str = "AAA", then: str | None = None, **parts: object) -> Rule:
    asked = Quantity(measure, symbol, window=MONTH, **parts)  # type: ignore[arg-type]
    return Rule((Condition(asked, Op.BELOW, 1.0),), then=then)


def told(asked: Rule, held: PricePanel, columns: range = range(THURSDAY, TUESDAY + 1)) -> list[str]:
    """By session: v for a value, w where it waits, - without data; and how many doubts it carries."""
    found = read([asked], held, day(on(columns[0])), day(on(columns[-1])))
    return [
        f"{'w' if each.waits else '-' if each.value is None else 'v'}{len(each.doubts)}"
        for _, each in found.every(asked)
    ]


def test_the_session_of_the_price_is_waited_out_and_the_next_ones_carry_the_doubt() -> None:
    held = replace(market(), doubts=(doubt("AAA", FRIDAY),))
    assert told(rule(), held) == ["v0", "w1", "v1", "v1"]
    reading = read([rule()], held, day(on(FRIDAY)), day(on(FRIDAY))).at(rule(), day(on(FRIDAY)))
    assert (reading.value, reading.met, reading.safe, reading.failed) == (None, None, None, False)
    assert reading.reason == "AAA's price of 13 Feb 2026 looks wrong (-30.0 %)"
    assert reading.doubts == held.doubts
    # What it says on the other sessions is what it says without a doubt.
    clean, doubtful = (
        read([rule()], each, day(on(THURSDAY)), day(on(TUESDAY))).series(rule().conditions[0].quantity)
        for each in (market(), held)
    )
    assert np.isnan(doubtful).tolist() == [False, True, False, False]
    assert doubtful[[0, 2, 3]].tolist() == clean[[0, 2, 3]].tolist()


def test_a_doubt_leaves_the_window_with_its_price() -> None:
    # A month before 16 March 2026 lies the 16th of February, before 17 March the 17th.
    days = np.busday_offset(np.datetime64("2026-01-01"), np.arange(60), roll="forward")
    levels = np.linspace(100.0, 120.0, 60)[None, :]
    held = PricePanel(days, ("AAA",), levels, levels, np.full_like(levels, np.nan), "by hand")
    held = replace(held, doubts=(Doubt(DoubtKind.JUMP, "AAA", day("2026-02-17"), -0.3),))
    found = read([rule()], held, day("2026-03-16"), day("2026-03-18"))
    assert [len(each.doubts) for _, each in found.every(rule())] == [1, 0, 0]


@pytest.mark.parametrize(
    ("measure", "parts", "symbol", "waits"),
    [
        ("sortino", {}, "AAA", True),
        ("sortino", {}, "BBB", False),
        ("sharpe", {"other": "BBB"}, "BBB", True),
        ("beta", {"benchmark": "BBB"}, "BBB", True),
        ("drawdown", {"benchmark": "BBB"}, "BBB", False),  # not held against it
    ],
)
def test_any_fund_of_the_quantity_makes_it_wait(
    measure: str, parts: dict[str, str], symbol: str, waits: bool
) -> None:
    held = replace(market(), doubts=(doubt(symbol, FRIDAY),))
    assert told(rule(measure, **parts), held)[1] == ("w1" if waits else "v0")


def test_the_fund_to_look_at_has_no_value_and_the_rule_goes_on() -> None:
    held = replace(market(), doubts=(doubt("BBB", FRIDAY),))
    asked = rule(then="BBB")
    found = dict(read([asked], held, day(on(FRIDAY)), day(on(MONDAY))).every(asked))
    friday, monday = found[day(on(FRIDAY))], found[day(on(MONDAY))]
    assert (friday.waits, friday.value is None, friday.then) == (False, False, None)
    assert monday.then is not None
    assert friday.doubts == monday.doubts == held.doubts


def test_distributions_are_no_matter_of_closes() -> None:
    lacking = doubt("AAA", FRIDAY, DoubtKind.DISTRIBUTION, -0.004)
    held = replace(market(), doubts=(lacking,))
    assert told(rule("total_return"), held) == ["v0", "w1", "v1", "v1"]
    assert told(rule("price_change"), held) == ["v0"] * 4
    split = replace(held, doubts=(doubt("AAA", FRIDAY, DoubtKind.SPLIT, -0.5),))
    assert told(rule("price_change"), split) == ["v0", "w1", "v1", "v1"]


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (DoubtKind.JUMP, -0.99, "AAA's price of 2 Oct 2025 looks wrong (-99.0 %)"),
        (DoubtKind.UNIT, 99.0, "AAA's price of 2 Oct 2025 looks wrong (+9900.0 %)"),
        (
            DoubtKind.SPLIT,
            -0.5,
            "AAA's price of 2 Oct 2025 looks wrong (-50.0 %, a split that the prices lack)",
        ),
        (
            DoubtKind.DISTRIBUTION,
            -0.0041,
            "AAA's adjusted price of 2 Oct 2025 looks wrong (-0.41 % against the distribution due)",
        ),
        (DoubtKind.NEGATIVE, -3.5, "AAA's price of 2 Oct 2025 looks wrong (-3.5)"),
    ],
)
def test_what_looks_wrong_is_named(kind: DoubtKind, value: float, words: str) -> None:
    assert doubt_words(Doubt(kind, "AAA", day("2025-10-02"), value)) == words


def test_of_several_conditions_those_in_doubt_may_not_matter() -> None:
    held = replace(market(), doubts=(doubt("BBB", FRIDAY), doubt("CCC", MONDAY)))
    sure, waiting, other = (
        Condition(Quantity("volatility", symbol, window=MONTH), Op.BELOW, 1e6)
        for symbol in ("AAA", "BBB", "CCC")
    )
    found = read([Rule((sure, waiting, other), needed=2)], held, day(on(THURSDAY)), day(on(TUESDAY)))
    either = Rule((sure, waiting, other), needed=2)
    assert [each.value for _, each in found.every(either)] == [3.0, 2.0, 2.0, 3.0]
    assert [each.waits for _, each in found.every(either)] == [False] * 4
    every = Rule((sure, waiting, other), needed=3)
    found = read([every], held, day(on(THURSDAY)), day(on(TUESDAY)))
    assert [each.waits for _, each in found.every(every)] == [False, True, True, False]
    assert [[each.symbol for each in reading.doubts] for _, reading in found.every(every)] == [
        [],
        ["BBB"],
        ["CCC", "BBB"],
        ["CCC", "BBB"],
    ]


def test_a_price_of_zero_is_waited_out_too_and_the_return_leads_across_it() -> None:
    held = market(AAA=(FRIDAY,))  # there is no total return of it
    held = replace(held, doubts=(doubt("AAA", FRIDAY, DoubtKind.NEGATIVE, 0.0),))
    assert told(rule("total_return"), held) == ["v0", "w1", "v1", "v1"]


def test_a_doubt_of_a_day_that_the_other_fund_rested_is_waited_out_on_their_next_session() -> None:
    held = panel("""
                    AAA    BBB
        2026-01-12  100.0  50.0
        2026-02-11  101.0  51.0
        2026-02-12  70.0   -
        2026-02-13  71.0   52.0
        2026-02-16  72.0   53.0
    """)
    held = replace(
        held,
        exchanges=(Exchange("XLON"), Exchange("XNYS")),
        held=np.array([[True] * 5, [True, True, False, True, True]]),
        doubts=(Doubt(DoubtKind.JUMP, "AAA", day("2026-02-12"), -0.31),),
    )
    alone, pair = rule("total_return"), rule("total_return", other="BBB")
    found = read([alone, pair], held, day("2026-02-11"), day("2026-02-16"))
    assert [each.waits for _, each in found.every(alone)] == [False, True, False, False]
    assert [(f"{session:%d}", each.waits) for session, each in found.every(pair)] == [
        ("11", False),
        ("13", True),
        ("16", False),
    ]


def test_a_doubt_counts_as_no_data_in_the_past() -> None:
    """A fall by a hundredth for one day never fires, a rule that goes on waiting is told of once."""
    held = market()
    levels = held.total_return.copy()
    levels[0, FRIDAY] *= 0.01
    fell = replace(
        held,
        total_return=levels,
        close=levels,
        doubts=(doubt("AAA", FRIDAY, value=-0.99), doubt("AAA", MONDAY, value=99.0)),
    )
    asked = Rule((Condition(Quantity("drawdown", "AAA", window=MONTH), Op.BELOW, -0.5),))
    found = read([asked], fell, day(on(THURSDAY)), day(on(TUESDAY)))
    decisions = replay(asked, found, Policy(1))
    assert [each.state.phase.value for each in decisions] == ["ok", "in doubt", "in doubt", "ok"]
    assert [each.notice.value if each.notice else None for each in decisions] == [
        None,
        "in doubt",
        None,
        None,
    ]
    believed = read([asked], replace(fell, doubts=()), day(on(THURSDAY)), day(on(TUESDAY)))
    phases = [each.state.phase.value for each in replay(asked, believed, Policy(1))]
    assert phases == ["ok", "firing", "ok", "ok"]
