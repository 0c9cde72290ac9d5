"""Lists of rules: every one is reached from the first page by what it offers, and some are asked for."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.language import ListedState, RuleListing, list_text, read_watch
from bot.model import RuleState, SectionQuery, StoredRule
from bot.render.message import Message
from bot.render.rules.lists import PAGE, list_message
from bot.use_cases.rule_status import page_of_rules
from bot.use_cases.services import rule_report
from tests.integration.use_cases.room import MET, QUIET, Room
from tests.unit.bot.render.rules.stories import DIGEST
from tests.unit.bot.render.rules.stories import QUIET as CALM
from tests.violations import violations

FRIDAY = date(2026, 1, 16)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 250),
    st.sampled_from([RuleListing(), RuleListing(("ISCB",)), RuleListing(stand=ListedState.QUIET)]),
)
@example(0, RuleListing())
@example(PAGE, RuleListing())
@example(PAGE + 1, RuleListing())
@example(120, RuleListing())
@example(250, RuleListing())
def test_every_rule_is_reached_by_the_next_steps_of_the_list(count: int, asked: RuleListing) -> None:
    """By the buttons, which ask what the lines beside them say: whatever is asked first."""
    told = walked(count, asked)
    named = [row[0].split()[0] for message in told for row in rows_of(message)]
    assert named == [f"R{at}" for at in range(1, count + 1)]
    assert all(violations(message.blocks) == [] for message in told)


def walked(count: int, asked: RuleListing) -> list[Message]:
    """The pages of a list of so many rules, from the first on, by what each offers."""
    stored_rules = [
        StoredRule(replace(CALM.watched, number=at), RuleState(CALM.state, reading=CALM.reading))
        for at in range(1, count + 1)
    ]
    pages, left = list[Message](), [list_text(asked)]
    while left:
        turned = read_watch(left.pop(), FRIDAY)
        assert isinstance(turned, RuleListing)
        meant, page = page_of_rules(stored_rules, turned)
        pages.append(list_message([rule_report(each) for each in meant], DIGEST, page))
        offered = buttons(pages[-1])
        lines = {html.unescape(line) for line in re.findall(r"`/watch (list[^`]*)`", str(pages[-1].blocks))}
        assert {typed for label, typed in offered.items() if label in ("Next", "Previous")} <= lines
        left += [typed for label, typed in offered.items() if label == "Next"]
    return pages


def buttons(message: Message) -> dict[str, str]:
    rows = [each["elements"] for each in message.blocks if each["type"] == "actions"]
    return {
        each["text"]["text"]: SectionQuery.read(each["value"]).text.removeprefix("watch ")
        for row in rows
        for each in row
    }


def rows_of(message: Message) -> list[list[str]]:
    tables = [each for each in message.blocks if each["type"] == "table"]
    return [[cell["text"] for cell in row] for table in tables for row in table["rows"][1:]]


@pytest.mark.slow
async def test_a_list_of_this_channel_is_narrowed_and_its_last_page_stands_for_all_beyond(here: Room) -> None:
    await here.watch(MET)
    await here.watch(QUIET + " then AAA")
    await here.watch("CCC drawdown 3m < -5% for 1")
    await here.watch("pause R3")
    for typed, names in {
        "list": "R1 R2 R3",
        "list page 9": "R1 R2 R3",
        "list firing": "R1",
        "list open": "R1",
        "list quiet": "R2",
        "list paused": "R3",
        "list AAA": "R1 R2",
        "list AAA quiet": "R2",
        "list AAA BBB": "R2",
        "list acknowledged": "",
        "list IWM": "",
    }.items():
        here.told()
        await here.watch(typed)
        message = here.messenger.told[-1].message
        assert " ".join(row[0].split()[0] for row in rows_of(message)) == names, typed
        if not names:
            assert "No rule in this channel is listed for" in message.text
            assert "`/watch list` shows all 3." in message.text
    await here.watch("ack R1 known")
    await here.watch("snooze R1 1w")
    for typed in ("list acknowledged", "list snoozed"):
        await here.watch(typed)
        assert [row[0].split()[0] for row in rows_of(here.messenger.told[-1].message)] == ["R1"]
