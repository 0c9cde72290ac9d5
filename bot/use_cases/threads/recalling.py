"""What a place is about: as it was asked there, else as a card or a digest of ours that stands there says."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from analytics.query import Query as Comparing
from analytics.returns import ZERO
from analytics.watch.rules import YEAR, Quantity, Rule
from bot.errors import Unavailable
from bot.language import MOST_SYMBOLS
from bot.model import DigestContent, RuleReport, ThreadContext
from bot.ports import Delivered, Place, WorkspaceRepository
from bot.use_cases.compare import ComparisonData
from bot.use_cases.watch.services import Services

log = logging.getLogger(__name__)
Value = TypeVar("Value", bound=Hashable)

AT_LARGE = ""
"""Stands for the thread of what is said to the bot alone, outside threads."""


def is_direct(channel: str) -> bool:
    """Whether a channel is a conversation with the bot alone."""
    return channel.startswith("D")


async def recalled(repository: WorkspaceRepository, place: Place) -> ThreadContext | None:
    """What the place is about; None where nothing was asked there and nothing of ours stands there.

    Raises Unavailable where the store is silent.
    """
    if place.thread is None:
        return await repository.recall(place.channel, AT_LARGE) if is_direct(place.channel) else None
    if found := await repository.recall(place.channel, place.thread):
        return found
    told = await repository.content_of_message(place.channel, place.thread)
    return told_of(told) if told else None


async def remember(parts: Services, place: Place, delivered: Delivered, topic: ThreadContext) -> None:
    """From now on the thread of what was delivered is about this; the same twice is the same once.

    What was shown to one person only has no thread.  The answer stands already, so it is not taken back
    where the store is silent: who asks on is told to name the funds.
    """
    repository, now = parts.store.of(place.team), parts.desk.clock.now()
    try:
        for thread in _threads(place, delivered):
            await repository.remember(delivered.channel, thread, topic, now)
    except Unavailable:
        log.exception("What %s/%s is about is not kept", place.team, delivered.channel)


def _threads(place: Place, delivered: Delivered) -> Iterator[str]:
    """Where one can ask on: the thread it was asked in, else under the answer; alone with the bot anywhere.

    An answer that could not be posted where it was asked may stand in direct messages.
    """
    here = delivered.channel == place.channel and "channel" not in delivered.compromises
    if here and place.thread:
        yield place.thread
        return
    if delivered.ts:
        yield delivered.ts
    if is_direct(delivered.channel) and (here or delivered.ts):
        yield AT_LARGE


def topic_of(asked: Comparing, evidence: ComparisonData) -> ThreadContext:
    """What was asked, with the session and the source that the answer came to.

    A window with an end of its own, like 2025, says nothing of how far the prices reach: what is asked next
    is asked of all of them.
    """
    comparison = evidence.comparison
    as_of = evidence.panel.through(asked.as_of).as_of if asked.window.end else comparison.span.end
    return ThreadContext(replace(asked, as_of=as_of), comparison.source)


def told_of(told: RuleReport | DigestContent) -> ThreadContext | None:
    """What a card or a digest is about: the funds of its rules, as those are read; None without any rule."""
    stories = [told] if isinstance(told, RuleReport) else list(told.stories)
    rules = [story.watched.rule for story in stories]
    symbols = _symbols(rules)
    if not symbols:
        return None
    read = [each for rule in rules for each in _quantities(rule) if not each.is_fact]
    return ThreadContext(
        Comparing(
            symbols[:MOST_SYMBOLS],
            _agreed(each.window for each in read) or YEAR,
            told.session,
            _agreed(each.against for each in read),
            _agreed(each.rate for each in read) or ZERO,
        ),
        _agreed(story.source for story in stories if story.source) or "",
        len(symbols[MOST_SYMBOLS:]),
    )


def _symbols(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Of each rule those that are watched, then the one to look at; each once."""
    named = [symbol for rule in rules for symbol in (*_watched(rule), rule.then)]
    return tuple(dict.fromkeys(symbol for symbol in named if symbol))


def _watched(rule: Rule) -> Iterator[str | None]:
    return (symbol for each in _quantities(rule) for symbol in (each.symbol, each.other))


def _quantities(rule: Rule) -> Iterator[Quantity]:
    return (condition.quantity for condition in rule.conditions)


def _agreed(values: Iterable[Value]) -> Value | None:
    """The one value that all have; None where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
