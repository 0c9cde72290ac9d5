"""What the answers of `/watch`, `/digest` and the cards' buttons are made with."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.watch.since import since_fired
from bot.errors import BotError, Unavailable
from bot.model import AuditEntry, NewNotice, NoticeKind, Request, RuleIncident, RuleReport, StoredRule
from bot.ports import (
    Channels,
    ChartRenderer,
    Delivered,
    Document,
    Jobs,
    Messenger,
    Metrics,
    Place,
    Store,
    Task,
    Users,
    WorkspaceRepository,
)
from bot.render.message import Message
from bot.use_cases.compare import MarketData
from bot.use_cases.gather import gather
from bot.use_cases.repeats import Repeats

log = logging.getLogger(__name__)

EXCHANGE_ZONE = "America/New_York"
SHOWN = 3
"""Incidents on a card."""
PATIENCE = 5.0
"""Seconds that an answer waits for the name of a source."""


class Declined(BotError):
    """The answer is no; `message` tells the asker why."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(message.text)


@dataclass(frozen=True)
class Services:
    """Sources, store, ways to people.

    everyone: anybody in the channel may change its rules and its daily post, else their owner and workspace
    admins.
    patience: how long the daily post waits for prices that are late.
    metrics: counts answers that may be repeated.
    zone: IANA name of the exchange's, for people of whom Slack knows none.
    """

    desk: MarketData
    store: Store
    messenger: Messenger
    renderer: ChartRenderer
    users: Users
    channels: Channels
    jobs: Jobs
    metrics: Metrics
    everyone: bool = False
    zone: str = EXCHANGE_ZONE
    patience: timedelta = timedelta(hours=6)

    def repository(self, question: Request) -> WorkspaceRepository:
        """Of the asker's workspace."""
        return self.store.of(question.team)

    async def tell(self, question: Request, message: Message) -> None:
        """For the asker's eyes only."""
        await self.messenger.tell(Place.of(question), message)

    async def post(self, question: Request, message: Message) -> Delivered:
        """For all in the channel, with its pictures; what an earlier attempt has posted stands for it."""
        if found := await self.repeats.before_posting(question):
            return found
        pictures = await self._drawn(message, question.team)
        return await self.messenger.post(Place.of(question), message, pictures, question.id)

    async def attach(self, question: Request, words: str, documents: Sequence[Document]) -> Delivered:
        """Files for all in the channel, as `post`."""
        names = [each.name for each in documents]
        if found := await self.repeats.before_posting(question, names):
            return found
        return await self.messenger.attach(Place.of(question), words, documents)

    @property
    def repeats(self) -> Repeats:
        """Looks for what earlier attempts have posted."""
        return Repeats(self.messenger, self.desk.clock, self.metrics)

    async def hurry(self, question: Request) -> None:
        """Something is queued in the channel and may be due."""
        await self.jobs.enqueue([Task("deliver", f"{question.team}/{question.channel}")])

    async def zone_of(self, question: Request) -> str:
        """The asker's time zone, else the exchange's."""
        return await self._own_zone(question) or self.zone

    async def day_of(self, question: Request) -> date:
        """The date on the asker's calendar when it was asked, else UTC's: "last year" is told from it."""
        return question.asked.astimezone(ZoneInfo(await self._own_zone(question) or "UTC")).date()

    async def _own_zone(self, question: Request) -> str | None:
        person = await self.users.person(question.team, question.user)
        return person.zone if person.zone and _is_zone(person.zone) else None

    async def _drawn(self, message: Message, team: str) -> dict[str, bytes]:
        """The pictures; none where they cannot be drawn, for an answer is not lost to a chart."""
        try:
            return dict(await self.renderer.draw(message.pictures, team)) if message.pictures else {}
        except Unavailable:
            log.exception("The charts could not be drawn")
            return {}


def as_told(
    kept: StoredRule, incidents: Sequence[RuleIncident] = (), deed: AuditEntry | None = None
) -> RuleReport:
    """A rule as it stands; before its first decision, on the day it was made."""
    watched, state = kept.watched, kept.standing.state
    session = state.session or watched.made.date()
    return RuleReport(watched, session, state, kept.standing.reading, None, tuple(incidents), deed)


async def story_of(parts: Services, kept: StoredRule, deed: AuditEntry | None = None) -> RuleReport:
    """A version as it stands, with the last incidents up to it."""
    watched = kept.watched
    history = await parts.store.of(watched.team).history(watched.number)
    incidents = [each for each in history.incidents if each.version <= watched.version]
    return await with_since(parts, await with_source(parts, as_told(kept, incidents[:SHOWN], deed)))


async def stories_of(parts: Services, team: str, kept: Sequence[StoredRule]) -> list[RuleReport]:
    """Many rules of a workspace as they stand, each with the last incidents of its version."""
    known = await parts.store.incidents([team])
    stories = [as_told(each, known.get((team, each.watched.key), ())) for each in kept]
    first = [await with_source(parts, story) for story in stories[:1]]
    return [replace(each, source=first[0].source, simulated=first[0].simulated) for each in stories]


async def with_source(parts: Services, story: RuleReport) -> RuleReport:
    """With the name of who gave its prices, where that can be had without much ado."""
    rule = story.watched.rule
    try:
        async with asyncio.timeout(PATIENCE):
            found = await parts.desk.prices.history([*rule.priced, *rule.profiled][:1], story.session)
    except (BotError, TimeoutError):
        return story
    return replace(story, source=found.panel.source, simulated=found.panel.simulated)


async def with_since(parts: Services, story: RuleReport) -> RuleReport:
    """With what has become of the funds since the open incident fired, where that can be had soon."""
    rule, fired = story.watched.rule, story.state.fired
    if not story.state.open or fired is None:
        return story
    try:
        async with asyncio.timeout(PATIENCE):
            panel = (await gather([rule], parts.desk, story.session)).panel
    except TimeoutError:
        return story
    return replace(story, since=since_fired(rule, panel, fired, story.session))


def by_hand(story: RuleReport, kind: NoticeKind, question: Request, due: datetime) -> NewNotice:
    """The notice that a card shows what a person did; the same for the same question."""
    watched, deed = story.watched, story.deed
    assert deed, "a story of a deed"
    subject = f"{watched.key}/{deed.act}/{question.id}"
    return NewNotice(watched.team, watched.channel, story.session, kind, subject, story, due)


def of_card(parts: Services, story: RuleReport, question: Request) -> list[NewNotice]:
    """The notice that puts a deed on the card of what was open; the delivery drops it where there is none."""
    if not story.state.open:
        return []
    return [by_hand(story, NoticeKind.UPDATE, question, parts.desk.clock.now())]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, or no name of one
        return False
    return True
