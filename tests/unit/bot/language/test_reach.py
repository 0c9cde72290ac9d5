"""What is typed is refused with a way out that is read, or makes a rule that can end."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.measures import MEASURES
from analytics.watch.operators import Op
from analytics.watch.rules import FACTS, WATCHABLE, Combine, can_meet, can_miss, reach
from bot.errors import Unclear
from bot.language import Watch, read_watch
from bot.language.amounts import UnitScale, amount_text, scale_of
from bot.language.rule_words import measure_name
from bot.render.rules.conditions import recovery_words
from tests.unit.bot.language.making import TODAY

LEVELS = [op for op in Op if op is not Op.CHANGES]
KINDS = [
    (measure, pair)
    for measure in sorted(WATCHABLE)
    for pair in (None, *Combine)
    if not (pair and measure in FACTS)
]
UNITS = {
    UnitScale.PLAIN: 0.01,
    UnitScale.PERCENT: 0.001,
    UnitScale.POINTS: 0.001,
    UnitScale.MONEY: 50e6,
    UnitScale.PRICE: 0.5,
}
"""Of amounts as people type them."""
COUNTS = st.integers(-40, 40) | st.sampled_from([-200, -100, 100, 200, 98, 120, -1000, 980, 1000, 1200])
OFFER = re.compile(r"`(recover [^`]+)`, or leave|what ends it is (\S+) or")


def asked(text: str) -> Watch | Unclear:
    """What a text is read as."""
    try:
        read = read_watch(text, TODAY)
    except Unclear as fault:
        return fault
    assert isinstance(read, Watch)
    return read


def level(measure: str, pair: Combine | None, op: Op, count: int) -> str:
    first, second = ("^TNX", "^IRX") if measure == "interest_rate" else ("ISCB", "IWM")
    funds = f"{first} {pair} {second}" if pair else first
    versus = " vs SPY" if measure in MEASURES and MEASURES[measure].relative else ""
    name = "technology weight" if measure == "sector_weight" else measure_name(measure)
    return f"{funds} {name}{versus} {op} {amount(measure, pair, count)}"


def amount(measure: str, pair: Combine | None, count: int) -> str:
    scale = scale_of(measure, "IWM" if pair else None, pair or Combine.DIFFERENCE)
    return amount_text(round(count * UNITS[scale], 6), scale)


def check(text: str) -> None:
    """A refusal has words, and its offer is read; a rule can fire and end, and comes back as itself."""
    read = asked(text)
    if isinstance(read, Unclear):
        assert read.complaints
        for complaint in read.complaints:
            for whole, bare in OFFER.findall(complaint):
                check_offer(f"{text.partition(' recover ')[0]} {whole or f'recover {bare}'}", read, complaint)
        return
    (held,) = read.rule.conditions
    bounds = reach(held.quantity.measure, pair=held.quantity.pair)
    assert can_meet(held.op, held.threshold, bounds), text
    assert can_miss(held.op, held.threshold, bounds), text
    assert bounds.low <= held.recovery <= bounds.high, text
    assert held.recovery >= held.threshold if held.op.falling else held.recovery <= held.threshold, text
    assert asked(read.text) == read, text


def check_offer(text: str, refused: Unclear, complaint: str) -> None:
    """What a complaint offers cures it; what else was wrong stays wrong."""
    taken = asked(text)
    if isinstance(taken, Watch):
        check(taken.text)
    else:
        assert {*taken.complaints} <= {*refused.complaints} - {complaint}, (text, refused.complaints)


@given(st.sampled_from(KINDS), st.sampled_from(LEVELS), COUNTS, st.none() | COUNTS)
@example(("price", Combine.DIFFERENCE), Op.BELOW, 0, -100)  # refused for two reasons
@settings(max_examples=150, deadline=None)
def test_every_measure_is_refused_or_can_end(
    kind: tuple[str, Combine | None], op: Op, count: int, over: int | None
) -> None:
    recover = "" if over is None else f" recover {amount(*kind, over)}"
    check(f"{level(*kind, op, count)}{recover}")


@given(st.sampled_from(KINDS), st.sampled_from(LEVELS), COUNTS)
@example(("assets", None), Op.BELOW, 19)  # 1.045 bn, not 1 bn
@settings(max_examples=80, deadline=None)
def test_the_recovery_value_that_is_read_back_can_be_typed(
    kind: tuple[str, Combine | None], op: Op, count: int
) -> None:
    text = level(*kind, op, count)
    read = asked(text)
    if isinstance(read, Watch):
        (held,) = read.rule.conditions
        shown = re.sub(r"^at or (above|below) |^(above|below) ", "", recovery_words(held))
        typed = asked(f"{text} recover {shown}")
        assert isinstance(typed, Watch), (text, shown)
        assert typed.rule.conditions[0].recovery == pytest.approx(held.recovery), (text, shown)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "ISCB correlation vs SPSM < 0.98 recover 1.2",
            "`recover 1.2` is out of reach: values of correlation are above -1 and below 1; write "
            "`recover 0.982`, or leave it out.",
        ),
        (
            "ISCB - IWM positive months < -5pp recover 2",
            "`2` has no unit; write `2pp`.",
        ),
        (
            "ISCB - IWM positive months < -5pp recover 101pp",
            "`recover 101pp` is out of reach: differences in positive months are between -100pp and 100pp; "
            "write `recover -4.5pp`, or leave it out.",
        ),
        (
            "ISCB / IWM volatility > 1.2 recover -0.1",
            "`recover -0.1` is out of reach: ratios of volatility are above 0; write `recover 1.08`, or "
            "leave it out.",
        ),
        (
            "ISCB correlation vs SPSM < 1",
            "`correlation < 1` is always met: its values are above -1 and below 1.",
        ),
        (
            "ISCB correlation vs SPSM > 1",
            "`correlation > 1` is never met: its values are above -1 and below 1.",
        ),
        (
            "ISCB - IWM correlation vs SPSM > 2",
            "`correlation > 2` is never met: differences in correlation are above -2 and below 2.",
        ),
        (
            "ISCB / IWM volatility > 0",
            "`volatility > 0` is always met: ratios of volatility are above 0.",
        ),
        ("ISCB calmar > -1", "`calmar > -1` is always met: its values are above -1."),
    ],
)
def test_what_can_never_end_is_refused_with_what_there_can_be(text: str, complaint: str) -> None:
    read = asked(text)
    assert isinstance(read, Unclear)
    assert read.complaints == (complaint,)


@pytest.mark.parametrize(
    ("text", "recovery"),
    [
        ("ISCB correlation vs SPSM < 0.98", 0.982),
        ("ISCB drawdown < -15% recover 0%", 0.0),
        ("ISCB - SPSM total return < 0% recover 1%", 0.01),
        ("ISCB - SPSM sharpe < 0", 0.1),
        ("ISCB - SPSM sharpe < 0 recover 0", 0.0),
    ],
)
def test_what_can_end_is_taken(text: str, recovery: float) -> None:
    read = asked(text)
    assert isinstance(read, Watch)
    assert read.rule.conditions[0].recovery == pytest.approx(recovery)
