"""What was stored and sent before things got their present names is read as it was meant.

`before/` holds a database as SQL and the values of the buttons under its messages, written by the bot of
November 2026: a month of three rules in a channel, one of which fired, was acknowledged and relapsed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from analytics.watch.states import Phase
from bot.bootstrap.roles import routes
from bot.clock import FixedClock
from bot.model import AuditAction, DigestContent, RuleReport, RuleStatus
from bot.ports import Handler, Place
from bot.store import SqlStore, open_store

BEFORE = Path(__file__).parent / "before"
NOW = datetime(2026, 2, 11, 12, 0, tzinfo=UTC)
TEAM, PORTFOLIO, ANN, BEN = "T0TEAM", "C0PORTFOLIO", "U0ANN", "U0BEN"
CARD, ANSWER = "1770107460.709059", "1768910412.806500"
BUTTONS = [
    (name, value)
    for name, values in json.loads((BEFORE / "buttons.json").read_text(encoding="utf-8")).items()
    for value in values
]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    file = tmp_path / "watchpoint.db"
    with sqlite3.connect(file) as connection:
        connection.executescript((BEFORE / "watchpoint.sql").read_text(encoding="utf-8"))
    connection.close()
    async with open_store(f"sqlite:///{file}") as store:
        yield store


async def test_rules_stand_where_they_stood(store: SqlStore) -> None:
    workspace = store.of(TEAM)
    first, second, third = await workspace.rules()
    assert (first.watched.text, first.watched.owner) == ("ISCB sortino 1y < 1 for 5 sessions then SPSM", ANN)
    assert first.rule_state.state.phase is Phase.FIRING
    assert first.rule_state.state.fired == date(2026, 2, 2)
    assert first.rule_state.state.acknowledged
    assert first.rule_state.state.acknowledged.by == BEN
    assert second.watched.status is RuleStatus.PAUSED
    assert third.watched.rule.conditions[0].quantity.measure == "correlation"


async def test_what_happened_to_a_rule_is_known(store: SqlStore) -> None:
    history = await store.of(TEAM).history(1)
    assert [entry.act for entry in history.deeds] == [AuditAction.ACKNOWLEDGED, AuditAction.MADE]
    assert (history.incidents[0].fired, history.incidents[0].ts) == (date(2026, 2, 2), CARD)
    assert history.transitions[0].after is Phase.FIRING


async def test_messages_still_say_what_they_tell(store: SqlStore) -> None:
    workspace = store.of(TEAM)
    card = await workspace.content_of_message(PORTFOLIO, CARD)
    assert isinstance(card, RuleReport)
    assert (card.watched.name, card.session) == ("R1", date(2026, 2, 10))
    digest = await workspace.content_of_message(PORTFOLIO, "1770712260.044905")
    assert isinstance(digest, DigestContent)
    assert [report.watched.name for report in digest.stories] == ["R1", "R3"]
    context = await workspace.recall(PORTFOLIO, ANSWER)
    assert context
    assert context.comparing.symbols == ("ISCB", "SPSM")


async def test_work_goes_on(store: SqlStore) -> None:
    assert await store.teams() == [TEAM]
    assert [stored.watched.number for stored in await store.rules_behind([TEAM], date(2026, 2, 11))] == [1, 3]
    assert await store.inbox.claim(NOW, timedelta(seconds=20)) is None
    assert await store.outbox.due_channels(NOW) == []


@pytest.mark.parametrize(("name", "value"), BUTTONS)
def test_a_button_is_taken(name: str, value: str) -> None:
    place = Place(TEAM, PORTFOLIO, ANN, CARD, within=True)
    ack = taker(name).receive(value, place)
    assert ack.work or ack.form
    assert ack.reply is None


def taker(name: str) -> Handler:
    """Who takes a press of this name: the longest name that it begins with."""
    presses = routes(FixedClock(NOW)).presses
    begun = [each for each in presses if name == each or (each.endswith(".") and name.startswith(each))]
    return presses[max(begun, key=len)]
