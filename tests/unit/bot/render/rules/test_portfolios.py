"""What is said of named mixes, and that no symbol of a mix is shown where people read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.model import Portfolio
from bot.render.message import Message, labelled
from bot.render.rules.portfolios import (
    portfolio_message,
    portfolios_message,
    refused_message,
    retired_message,
    saved_message,
)
from bot.render.text import code_span
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.reading import as_read
from tests.violations import violations

FIRST = Portfolio("T1", "core", 1, "core@1=60%SPSM+40%ISCB", "U1", "U1", datetime(2026, 1, 20, 8, tzinfo=UTC))
SECOND = replace(FIRST, version=2, symbol="core@2=50%SPY+40%TLT+10%cash@4%:never", author="U2")


def test_every_message(snapshot: Snapshot) -> None:
    many = {f"m{chr(97 + at)}": replace(FIRST, name=f"m{chr(97 + at)}") for at in range(22)}
    messages = {
        "made": saved_message(FIRST, None),
        "changed": saved_message(SECOND, FIRST),
        "shown": portfolio_message([FIRST, SECOND]),
        "list": portfolios_message({"core": SECOND}),
        "many": portfolios_message(many),
        "none": portfolios_message({}),
        "refused": refused_message(FIRST),
        "given up": retired_message(SECOND, "U1"),
    }
    assert [violations(message.blocks) for message in messages.values()] == [[]] * len(messages)
    snapshot(
        "watch_portfolios",
        "\n\n".join(f"--- {name}\n{as_read(message)}" for name, message in messages.items()),
    )


def test_labels_stand_where_people_read_and_symbols_where_they_do_not() -> None:
    block = {"type": "button", "text": {"type": "plain_text", "text": "60%A+40%B"}, "value": "60%A+40%B"}
    shown = Message("60%A+40%B is 5% ahead", (block,))
    assert shown.text == "60/40 A/B is 5% ahead"
    assert shown.blocks[0]["text"]["text"] == "60/40 A/B"
    assert shown.blocks[0]["value"] == "60%A+40%B"
    assert labelled(("core@1=100%SPY", {"core@2=60%A+40%B": 1})) == ("core v1", {"core v2": 1})


def test_what_can_be_typed_is_written_as_it_is_typed() -> None:
    assert code_span("60%A+40%B:daily sortino 1y < 1") == "`60% A 40% B rebalanced daily sortino 1y &lt; 1`"
    assert code_span("core@2=60%A+40%B drawdown") == "`core@2 drawdown`"
