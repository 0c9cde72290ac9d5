"""From a promise to its message: words from what was stored, the picture from the prices of that evening."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.ports import Painter
from bot.records import Edition, Kind, NewPromise, Outcome, Story
from bot.render.message import Message
from bot.render.pictures import Picture
from bot.render.watch.card import card, reply
from bot.render.watch.charts import overview_picture, watch_picture
from bot.render.watch.digest import details, digest, resumed
from bot.render.watch.stopped import alert, stopped
from bot.use_cases.compare import Desk
from bot.use_cases.gather import Gathered, gather

log = logging.getLogger(__name__)

TWO_YEARS, ONE_YEAR = timedelta(days=731), timedelta(days=366)
"""Of readings in the picture of a rule, and of a channel."""

PATIENCE = 30.0
"""Seconds that a message waits for its picture; far less than a claim lasts."""


@dataclass(frozen=True)
class Worded:
    """A message with its drawn pictures, by name."""

    message: Message
    pictures: Mapping[str, bytes]


def words(
    promise: NewPromise,
    links: Mapping[str, str] | None = None,
    picture: Picture | None = None,
    closed: str = "",
    *,
    shown: bool = False,
) -> Message:
    """What keeps a promise.

    links: addresses of cards by the rule's name.  closed: why the channel of an alert takes no posts.
    shown: the card has its chart already and keeps it.
    """
    content = promise.content
    if isinstance(content, Story):
        return _of_story(promise.kind, content, picture, closed, shown=shown)
    if isinstance(content, Edition):
        return _of_edition(promise.kind, content, links or {}, picture)
    return stopped(promise.subject, content, promise.session)


def _of_story(kind: Kind, story: Story, picture: Picture | None, closed: str, *, shown: bool) -> Message:
    if kind is Kind.ALERT:
        return alert(story, closed, picture)
    return reply(story, picture) if kind is Kind.REPLY else card(story, picture, shown=shown)


def _of_edition(kind: Kind, edition: Edition, links: Mapping[str, str], picture: Picture | None) -> Message:
    if kind is Kind.DETAILS:
        return details(edition, picture)
    return resumed(edition, links) if kind is Kind.RESUMED else digest(edition, links)


def preview(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """What would be told, line by line, for operators: when, where, what kind, and the words."""
    for outcome in outcomes:
        for new in outcome.promises:
            due = f"{new.not_before:%Y-%m-%d %H:%M} UTC"
            yield f"{due} {new.team}/{new.channel} {new.kind} {new.subject}".rstrip()
            yield from (f"    {line}" for line in words(new).text.splitlines())


class Wording:
    """Makes messages with their pictures; a message is never lost to a picture."""

    def __init__(self, desk: Desk, painter: Painter) -> None:
        self._desk, self._painter = desk, painter

    async def of(
        self,
        promise: NewPromise,
        links: Mapping[str, str] | None = None,
        closed: str = "",
        *,
        shown: bool = False,
    ) -> Worded:
        """The message, with a picture where it has one and where that can be drawn in time.

        closed: why the channel of an alert takes no posts.
        shown: the card has its chart already and keeps it: none is drawn.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                picture = None if shown else await self._picture(promise)
                message = words(promise, links, picture, closed, shown=shown)
                drawn = await self._painter.draw(message.pictures) if message.pictures else {}
        except Exception:
            log.exception("%s of %s is told without its picture", promise.kind, promise.channel)
            return Worded(words(promise, links, closed=closed, shown=shown), {})
        return Worded(message, drawn)

    async def _picture(self, promise: NewPromise) -> Picture | None:
        content = promise.content
        if isinstance(content, Edition):
            return await self._overview(content) if promise.kind is Kind.DETAILS else None
        if isinstance(content, Story) and _is_pictured(promise.kind, content):
            return await self._of_rule(content)
        return None

    async def _of_rule(self, story: Story) -> Picture:
        last = story.session
        gathered = await gather([story.watched.rule], self._desk, last)
        return await asyncio.to_thread(_drawn, gathered, story, last)

    async def _overview(self, edition: Edition) -> Picture | None:
        if not edition.stories:
            return None
        rules = dict.fromkeys(story.watched.rule for story in edition.stories)
        gathered = await gather(rules, self._desk, edition.session)
        return await asyncio.to_thread(_overview_drawn, gathered, edition)


def _drawn(gathered: Gathered, story: Story, last: date) -> Picture:
    rule = story.watched.rule
    readings = gathered.readings([rule], last - TWO_YEARS, last).own(rule)
    panel = gathered.panel
    return watch_picture(
        story.watched, readings, last, source=panel.source, simulated=panel.simulated, state=story.state
    )


def _overview_drawn(gathered: Gathered, edition: Edition) -> Picture:
    last, panel = edition.session, gathered.panel
    rules = dict.fromkeys(story.watched.rule for story in edition.stories)
    readings = gathered.readings(rules, last - ONE_YEAR, last)
    items = [(story, readings.own(story.watched.rule)) for story in edition.stories]
    return overview_picture(items, last, source=panel.source, simulated=panel.simulated)


def _is_pictured(kind: Kind, story: Story) -> bool:
    """A card, also one with other words that has no picture yet; and the reply that ends an incident."""
    return kind is not Kind.REPLY or bool(story.flip and not story.state.open and not story.deed)
