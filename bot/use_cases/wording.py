"""From a notice to its message: words from what was stored, the picture from the prices of that evening."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.model import DigestContent, NewNotice, NoticeKind, RuleReport, SessionResult
from bot.ports import ChartRenderer
from bot.render.chart_specs import ChartSpec
from bot.render.message import Message
from bot.render.rules.card import card_message, reply_message
from bot.render.rules.channel import alert_message, digest_stopped_message
from bot.render.rules.charts import overview_chart, rule_chart
from bot.render.rules.digest import digest_details, digest_message, resumed_digest
from bot.use_cases.compare import MarketData
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
    notice: NewNotice,
    links: Mapping[str, str] | None = None,
    picture: ChartSpec | None = None,
    closed: str = "",
    *,
    shown: bool = False,
) -> Message:
    """What delivers a notice.

    links: addresses of cards by the rule's name.  closed: why the channel of an alert takes no posts.
    shown: the card has its chart already and keeps it.
    """
    content = notice.content
    if isinstance(content, RuleReport):
        return _of_story(notice.kind, content, picture, closed, shown=shown)
    if isinstance(content, DigestContent):
        return _of_digest(notice.kind, content, links or {}, picture)
    return digest_stopped_message(notice.subject, content, notice.session)


def _of_story(
    kind: NoticeKind, story: RuleReport, picture: ChartSpec | None, closed: str, *, shown: bool
) -> Message:
    if kind is NoticeKind.ALERT:
        return alert_message(story, closed, picture)
    return (
        reply_message(story, picture)
        if kind is NoticeKind.REPLY
        else card_message(story, picture, shown=shown)
    )


def _of_digest(
    kind: NoticeKind, digest_content: DigestContent, links: Mapping[str, str], picture: ChartSpec | None
) -> Message:
    if kind is NoticeKind.DETAILS:
        return digest_details(digest_content, picture)
    return (
        resumed_digest(digest_content, links)
        if kind is NoticeKind.RESUMED
        else digest_message(digest_content, links)
    )


def preview(outcomes: Iterable[SessionResult]) -> Iterator[str]:
    """What would be told, line by line, for operators: when, where, what kind, and the words."""
    for outcome in outcomes:
        for new in outcome.notices:
            due = f"{new.not_before:%Y-%m-%d %H:%M} UTC"
            yield f"{due} {new.team}/{new.channel} {new.kind} {new.subject}".rstrip()
            yield from (f"    {line}" for line in words(new).text.splitlines())


class Wording:
    """Makes messages with their pictures; a message is never lost to a picture."""

    def __init__(self, desk: MarketData, renderer: ChartRenderer) -> None:
        self._desk, self._renderer = desk, renderer

    async def of(
        self,
        notice: NewNotice,
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
                picture = None if shown else await self._picture(notice)
                message = words(notice, links, picture, closed, shown=shown)
                drawn = await self._renderer.draw(message.pictures) if message.pictures else {}
        except Exception:
            log.exception("%s of %s is told without its picture", notice.kind, notice.channel)
            return Worded(words(notice, links, closed=closed, shown=shown), {})
        return Worded(message, drawn)

    async def _picture(self, notice: NewNotice) -> ChartSpec | None:
        content = notice.content
        if isinstance(content, DigestContent):
            return await self._overview(content) if notice.kind is NoticeKind.DETAILS else None
        if isinstance(content, RuleReport) and _is_pictured(notice.kind, content):
            return await self._of_rule(content)
        return None

    async def _of_rule(self, story: RuleReport) -> ChartSpec:
        last = story.session
        gathered = await gather([story.watched.rule], self._desk, last)
        return await asyncio.to_thread(_drawn, gathered, story, last)

    async def _overview(self, digest_content: DigestContent) -> ChartSpec | None:
        if not digest_content.stories:
            return None
        rules = dict.fromkeys(story.watched.rule for story in digest_content.stories)
        gathered = await gather(rules, self._desk, digest_content.session)
        return await asyncio.to_thread(_overview_drawn, gathered, digest_content)


def _drawn(gathered: Gathered, story: RuleReport, last: date) -> ChartSpec:
    rule = story.watched.rule
    readings = gathered.readings([rule], last - TWO_YEARS, last).own(rule)
    panel = gathered.panel
    return rule_chart(
        story.watched, readings, last, source=panel.source, simulated=panel.simulated, state=story.state
    )


def _overview_drawn(gathered: Gathered, digest_content: DigestContent) -> ChartSpec:
    last, panel = digest_content.session, gathered.panel
    rules = dict.fromkeys(story.watched.rule for story in digest_content.stories)
    readings = gathered.readings(rules, last - ONE_YEAR, last)
    items = [(story, readings.own(story.watched.rule)) for story in digest_content.stories]
    return overview_chart(items, last, source=panel.source, simulated=panel.simulated)


def _is_pictured(kind: NoticeKind, story: RuleReport) -> bool:
    """A card, also one with other words that has no picture yet; and the reply that ends an incident."""
    return kind is not NoticeKind.REPLY or bool(story.flip and not story.state.open and not story.deed)
