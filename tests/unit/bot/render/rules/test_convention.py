"""The line at the foot says what a measure is made from, on every message about its rule."""

from __future__ import annotations

import pytest

from analytics.watch.operators import Op
from analytics.watch.readings import Reading
from analytics.watch.rules import FACTS, WATCHABLE, Condition, Quantity
from bot.model import RuleReport
from bot.render.message import Message
from bot.render.rules import read_back as making
from bot.render.rules.card import card_message, reply_message
from bot.render.rules.lists import ListPage, list_message, rule_message, why_message
from tests.unit.bot.render.rules.stories import CALM, DIGEST, FIRED, HISTORY, of

MADE_FROM = {
    **dict.fromkeys(FACTS, "fund facts as published"),
    **dict.fromkeys(("best_month", "worst_month", "positive_months"), "monthly total return"),
    **dict.fromkeys(("volatility_monthly", "capture_up", "capture_down"), "monthly total return"),
    **dict.fromkeys(("correlation_weekly", "tracking_error_weekly"), "weekly total return"),
    **dict.fromkeys(("best_year", "worst_year"), "total return by calendar year"),
    "price_change": "closes without dividends",
    "price": "closes as quoted",
    "interest_rate": "yields as quoted, in percent a year",
}
"""What is not made from daily total returns."""
KINDS = {*MADE_FROM.values(), "daily total return"}


def messages(report: RuleReport) -> dict[str, Message]:
    return {
        "created": making.created_message(report, CALM, DIGEST, None, edited=False, digest_is_new=False),
        "tested": making.tested_message(report, CALM),
        "card": card_message(report),
        "reply": reply_message(report),
        "list": list_message([report], DIGEST, ListPage(1, 1, 1, 1)),
        "show": rule_message(report, CALM, HISTORY),
        "why": why_message(report),
    }


@pytest.mark.parametrize("measure", sorted(WATCHABLE))
def test_a_measure_is_said_to_be_made_from_what_it_is_made_from(measure: str) -> None:
    sector = "Technology" if measure == "sector_weight" else None
    benchmark = None if measure in FACTS else "SPY"
    quantity = Quantity(measure, "ISCB", benchmark=benchmark, sector=sector)
    condition = Condition(quantity, Op.ABOVE, 0.1)
    assert FIRED.flip
    report = of(condition, Reading(0.2, True, False), FIRED.state, flip=FIRED.flip)
    for name, message in messages(report).items():
        said = str(message.blocks[-1 if name != "card" else -2]["elements"][-1])
        told = {kind for kind in KINDS if f"{kind} ·" in said}
        assert told == {MADE_FROM.get(measure, "daily total return")}, (name, said)
