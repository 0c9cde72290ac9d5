"""What a message offers to type is understood when it is typed."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from analytics.watch.operators import Op
from analytics.watch.readings import Reading
from analytics.watch.states import State
from bot.commands import COMMANDS, FOLLOW, PORTFOLIO, UNFOLLOW
from bot.errors import Unclear
from bot.language import (
    Acknowledge,
    DigestOff,
    DigestOn,
    FollowUp,
    Help,
    RuleCommand,
    Snooze,
    Unsnooze,
    Watch,
    daily_text,
    read_compare,
    read_digest,
    read_follow,
    read_pair,
    read_watch,
)
from bot.language.portfolios.names import expand_names, read_portfolio
from bot.model import DigestMode, Portfolio
from bot.render.advice import usage
from bot.render.rules.read_back import Worth, created_message, remarks
from tests.unit.bot.render.rules.moods import in_turn
from tests.unit.bot.render.rules.stories import CALM, DIGEST, NEXT, QUIET, SESSION
from tests.unit.bot.render.rules.test_changed import MESSAGES
from tests.unit.bot.render.rules.weighed import OFFERED as QUIETER
from tests.unit.bot.render.sections.reading import as_read

OFFERED = re.compile(
    r"(?<!I could not read )`(/(?:watch|digest|compare|sectors|follow|unfollow|portfolio)\b[^`]*)`"
)
SNAPSHOTS = Path(__file__).resolve().parents[4] / "snapshots"
CORE = Portfolio("T1", "core", 1, "core@1=60%SPSM+40%ISCB", "U1", "U1", datetime(2026, 1, 20, tzinfo=UTC))
USAGES = {f"{command.name} {command.usage}" for command in COMMANDS}
"""What stands behind "Usage:" is explained, and not typed as it is."""


def offers(words: str) -> set[str]:
    return {html.unescape(found) for found in OFFERED.findall(words)}


def asked(text: str) -> Watch:
    found = read_watch(text, SESSION)
    assert isinstance(found, Watch)
    return found


def is_understood(line: str) -> bool:
    """Whether a line that a message offers is read for what it offers, and not answered with help."""
    command, _, text = line.partition(" ")
    if command == PORTFOLIO.name:
        mix = text.replace("…", "60% ISCB 40% TLT")
        return isinstance(read_portfolio(mix), Help) == (text == "help")
    text = expand_names(text, [CORE])  # of a workspace that has named a mix so
    if text.endswith("…"):  # what is to be put in there: `/watch edit R7 …`
        text = f"{text.rstrip('… ')} ISCB sortino < 1.0"
    if command == "/watch" and (daily := daily_text(text)) is not None:
        return not isinstance(read_digest(daily), Help)
    if command == "/watch":
        return isinstance(read_watch(text, SESSION), Help) == (text in {"", "help"})
    if command == "/digest":
        return isinstance(read_digest(text), Help) == (text in {"", "help"})
    if command in {FOLLOW.name, UNFOLLOW.name}:
        pair = FOLLOW if command == FOLLOW.name else UNFOLLOW
        return text == "" or isinstance(read_pair(pair, text), Help) == (text == "help")
    if command == "/compare":
        return isinstance(read_compare(text, SESSION), Help) == (text in {"", "help"})
    return isinstance(read_follow(f"sectors {text}".strip(), SESSION), Help | FollowUp)


def test_every_command_that_a_message_names_is_understood() -> None:
    """Of all messages of which a reading is accepted, and of the help."""
    told = [
        *(path.read_text(encoding="utf-8") for path in sorted(SNAPSHOTS.glob("*.txt"))),
        *(usage(command).text for command in COMMANDS),
        in_turn(MESSAGES),
        as_read(created_message(QUIET, CALM, DIGEST, NEXT, edited=False, digest_is_new=True)),
    ]
    found = set().union(*map(offers, told)) - USAGES
    assert len(found) > 45
    assert {"/watch list page 3", "/watch unsnooze R7", "/watch list triggered"} <= found
    assert [line for line in sorted(found) if not is_understood(line)] == []


@pytest.mark.parametrize(
    "offer", ["ack R7 looking at it", "snooze R7 5 sessions", "1w", "until 2 Feb", "unsnooze R7"]
)
def test_every_act_is_understood(offer: str) -> None:
    typed = offer if "R7" in offer else f"snooze R7 {offer}"
    assert isinstance(read_watch(typed, SESSION), Acknowledge | Snooze | Unsnooze)


@pytest.mark.parametrize(
    "text", ["snooze R3 9 months", "snoze R3", "unsnoze R7", "lst", "list fireing", "akc R3"]
)
def test_what_a_complaint_offers_is_understood(text: str) -> None:
    with pytest.raises(Unclear) as told:
        read_watch(text, SESSION)
    complaints = re.sub(r"^`[^`]*`|and not `[^`]*`", "", " ".join(told.value.complaints))  # what was typed
    offered = re.findall(r"`([^`$]*)`", complaints)
    assert offered
    for each in offered:
        more = " R3" if each in ("snooze", "unsnooze", "ack") else ""
        assert not isinstance(read_watch(each + more, SESSION), Help)


def test_the_off_switch_and_the_quiet_days() -> None:
    assert isinstance(read_digest("off"), DigestOff)
    on = read_digest("on 08:30 always")
    assert isinstance(on, DigestOn)
    assert (on.at, on.mode) == (time(8, 30), DigestMode.ALWAYS)


def test_the_level_offered_for_a_crossing_is_the_same_rule_as_a_level() -> None:
    crossing = asked("ISCB sortino crosses below 1.0 for 3 sessions then SPSM")
    beyond = Reading(0.94, met=True, safe=False, crossing=True)
    watched = replace(QUIET.watched, text=crossing.text, rule=crossing.rule, policy=crossing.policy)
    report = replace(QUIET, watched=watched, reading=beyond, state=State(session=date(2026, 1, 16), held=1))
    (offer,) = offers(remarks(report)[0])
    level = asked(offer.removeprefix("/watch "))
    assert level.policy == crossing.policy
    condition = crossing.rule.conditions[0]
    assert level.rule == replace(crossing.rule, conditions=(replace(condition, op=Op.BELOW),))


def test_what_is_offered_is_the_rule_that_was_found() -> None:
    worth = Worth(offered=QUIETER)
    words = as_read(
        created_message(QUIET, CALM, DIGEST, NEXT, edited=False, digest_is_new=False, worth=worth)
    )
    for each in QUIETER:
        assert f"/watch {each.typed}" in offers(words)
        found = asked(each.typed)
        assert (found.rule, found.policy) == (each.offer.rule, each.offer.policy)


def test_looking_up_a_rule_names_it() -> None:
    assert read_watch("why R7", SESSION) == read_watch("why 7", SESSION)
    assert isinstance(read_watch("why R7", SESSION), RuleCommand)
