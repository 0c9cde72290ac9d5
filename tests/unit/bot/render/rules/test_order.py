"""One order of rules in the daily post, its table and its board, in lists and on the Home tab."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from analytics.watch.readings import Readings
from bot.language import RuleListing
from bot.model import DigestContent, RuleState, StoredRule
from bot.render.home import Freshness, HomeFacts, home_view
from bot.render.rules.charts import overview_chart
from bot.render.rules.digest import MOST_LINES, digest_details, digest_message
from bot.render.rules.state import urgency
from bot.use_cases.rule_status import page_of_rules
from tests.unit.bot.render.rules.stories import (
    FALL,
    FIRED,
    FIRING,
    IN_BAND,
    NO_DATA,
    PAUSED,
    PENDING,
    QUIET,
    RECOVERED,
    RECOVERING,
    SESSION,
    SNOOZED,
    TWO_OF_THREE,
    UNDECIDED,
    WAITING,
    high,
    of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import RuleReport
    from bot.render.message import Message


ORDERED = [
    FIRED,
    FIRING,
    IN_BAND,
    SNOOZED,
    TWO_OF_THREE,
    NO_DATA,  # of an open incident
    RECOVERING,
    RECOVERED,
    PENDING,
    UNDECIDED,
    WAITING,
    replace(QUIET, reading=high(1.05)),
    replace(QUIET, reading=high(1.18)),
    of(FALL, high(-0.07)),
    replace(PAUSED, deed=None),
]
"""Triggered, clearing, cleared today, waiting, in trouble, quiet by nearness, not read."""


def numbered(reports: Sequence[RuleReport], first: int = 1) -> list[RuleReport]:
    return [
        replace(each, watched=replace(each.watched, number=at))
        for at, each in enumerate(reports, start=first)
    ]


def names(reports: Sequence[RuleReport]) -> list[str]:
    return [each.watched.name for each in reports]


def named(words: object) -> list[str]:
    """Rules in the order in which they are named first."""
    return list(dict.fromkeys(re.findall(r"\bR\d+\b", str(words))))


def first_cells(message: Message) -> list[str]:
    (table,) = (block for block in message.blocks if block["type"] == "table")
    return [row[0]["text"].split()[0] for row in table["rows"][1:]]


def shuffled(reports: Sequence[RuleReport], seed: int) -> list[RuleReport]:
    mixed = list(reports)
    random.Random(seed).shuffle(mixed)
    return mixed


def test_what_asks_for_attention_comes_first_whatever_its_number() -> None:
    for seed in range(5):
        reports = numbered(ORDERED)
        # Numbers say nothing between groups: here the last group has the smallest ones.
        backwards = [
            replace(each, watched=replace(each.watched, number=100 - 10 * urgency(each)[0] + at))
            for at, each in enumerate(reports)
        ]
        assert names(sorted(shuffled(backwards, seed), key=urgency)) == names(backwards)


def test_ties_go_by_number() -> None:
    for like in (FIRING, RECOVERING, PENDING, WAITING, QUIET):
        same = numbered([like] * 12)
        assert sorted(shuffled(same, 1), key=urgency) == same


def test_it_is_the_same_everywhere() -> None:
    reports = numbered(ORDERED, first=11)
    mixed, expected = shuffled(reports, 7), names(reports)
    active = expected[:-1]
    digest_content = DigestContent(SESSION, tuple(each for each in mixed if each.watched.name in active))
    known = [StoredRule(each.watched, RuleState(each.state, reading=each.reading)) for each in mixed]
    listed = [each.watched.name for each in page_of_rules(known, RuleListing())[0]]
    assert listed == names(sorted((replace(each, flip=None) for each in mixed), key=urgency))
    assert first_cells(digest_details(digest_content)) == active
    now = datetime(2026, 1, 20, 12, tzinfo=UTC)
    seen = HomeFacts("U0ANN", tuple(mixed), (), Freshness(SESSION), now)
    sections = [block for block in home_view(seen)["blocks"] if block["type"] == "section"]
    assert named(" ".join(block["text"]["text"] for block in sections)) == expected
    assert named(digest_message(digest_content, {}).text)[:MOST_LINES] == active[:MOST_LINES]
    items = [(each, flat(each)) for each in digest_content.stories]
    picture = overview_chart(items, SESSION, source="by hand")
    assert [cell.rule for cell in picture.cells] == active[: len(picture.cells)]


def flat(report: RuleReport) -> Readings:
    """Readings of a rule on two sessions."""
    quantities = dict.fromkeys(condition.quantity for condition in report.watched.rule.conditions)
    days = np.array(["2026-01-15", "2026-01-16"], dtype="datetime64[D]")
    values = np.ones((len(quantities), 2))
    reasons = np.full(values.shape, "", dtype=object)
    return Readings(days, values, reasons, {each: row for row, each in enumerate(quantities)}, {})
