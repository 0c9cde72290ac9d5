"""What a message offers to type is understood when it is typed."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, time

import pytest

from analytics.watch.readings import Reading
from analytics.watch.rules import Op
from analytics.watch.states import State
from bot.grammar import About, DigestOff, DigestOn, Help, Watch, read_digest, read_watch
from bot.records import Mode
from bot.render.watch.created import created, remarks
from bot.render.watch.digest import digest
from bot.render.watch.lists import Page, listing, shown
from tests.unit.bot.render.comparison.reading import as_read
from tests.unit.bot.render.watch.moods import in_turn
from tests.unit.bot.render.watch.stories import (
    BUSY,
    CALM,
    DIGEST,
    FIRED,
    HISTORY,
    NEXT,
    NOISY,
    QUIET,
    SESSION,
)
from tests.unit.bot.render.watch.test_changed import MESSAGES

OFFERED = re.compile(r"`(/(?:watch|digest)[^`]*)`")


def offers(words: str) -> set[str]:
    return {html.unescape(found) for found in OFFERED.findall(words)}


def asked(text: str) -> Watch:
    found = read_watch(text, SESSION)
    assert isinstance(found, Watch)
    return found


def test_every_command_that_a_message_names_is_understood() -> None:
    told = [
        in_turn(MESSAGES),
        as_read(created(QUIET, CALM, DIGEST, NEXT, edited=False, digest_is_new=True)),
        as_read(shown(FIRED, CALM, HISTORY)),
        as_read(listing([], None, Page(1, 1, 0, 0))),
        as_read(listing([QUIET], DIGEST, Page(1, 1, 1, 1))),
        as_read(digest(BUSY, {})),
    ]
    found = set().union(*map(offers, told))
    assert len(found) > 12
    for offer in sorted(found):
        command, _, text = offer.partition(" ")
        if not text.endswith("…") and not text.startswith("edit "):
            read = read_watch(text, SESSION) if command == "/watch" else read_digest(text)
            assert isinstance(read, Help) == (text == "help"), offer


def test_the_off_switch_and_the_quiet_days() -> None:
    assert isinstance(read_digest("off"), DigestOff)
    on = read_digest("on 08:30 always")
    assert isinstance(on, DigestOn)
    assert (on.at, on.mode) == (time(8, 30), Mode.ALWAYS)


def test_the_level_offered_for_a_crossing_is_the_same_rule_as_a_level() -> None:
    crossing = asked("ISCB sortino crosses below 1.0 for 3 sessions then SPSM")
    beyond = Reading(0.94, met=True, safe=False, crossing=True)
    watched = replace(QUIET.watched, text=crossing.text, rule=crossing.rule, policy=crossing.policy)
    story = replace(QUIET, watched=watched, reading=beyond, state=State(session=date(2026, 1, 16), held=1))
    (offer,) = offers(remarks(story)[0])
    level = asked(offer.removeprefix("/watch "))
    assert level.policy == crossing.policy
    condition = crossing.rule.conditions[0]
    assert level.rule == replace(crossing.rule, conditions=(replace(condition, op=Op.BELOW),))


@pytest.mark.parametrize(
    "text",
    ["ISCB - SPSM sharpe 3y < 0", "ISCB - SPSM total return < 0%", "ISCB sharpe > 0", "ISCB return < 0%"],
)
def test_the_band_offered_for_zero_gives_the_rule_a_band(text: str) -> None:
    read = asked(text)
    story = replace(QUIET, watched=replace(QUIET.watched, text=read.text, rule=read.rule))
    (offer,) = re.findall(r"`(recover [^`]*)`", remarks(story)[0])
    banded = asked(f"{text} {offer}").rule.conditions[0]
    assert banded.recovery != banded.threshold


def test_the_confirmation_offered_for_noise_is_the_one_that_was_tried() -> None:
    words = as_read(created(QUIET, NOISY, DIGEST, NEXT, edited=False, digest_is_new=False))
    (offer,) = re.findall(r"`(for [^`]*)`", words)
    assert NOISY.suggested is not None
    assert asked(f"ISCB sortino < 1.0 {offer}").policy.confirm == NOISY.suggested.policy.confirm


def test_looking_up_a_rule_names_it() -> None:
    assert read_watch("why R7", SESSION) == read_watch("why 7", SESSION)
    assert isinstance(read_watch("why R7", SESSION), About)
