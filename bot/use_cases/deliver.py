"""The story of a notice: claimed, checked again, put into words and charts, posted once, recorded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import uuid4

from bot.errors import Unavailable, Undelivered, Verdict
from bot.model import (
    OFF,
    ChannelKey,
    Digest,
    DigestContent,
    DigestMode,
    NewNotice,
    Notice,
    NoticeKind,
    RuleIncident,
    RuleReport,
    RuleStatus,
    RuleVersion,
    StoredRule,
)
from bot.ports import ChartRenderer, Metrics, Place, Publisher, Store, WorkspaceRepository
from bot.render.chart_specs import ChartSpec
from bot.render.message import Message
from bot.render.rules.card import CHART
from bot.render.rules.channel import notice_message
from bot.render.rules.charts import overview_chart, rule_chart
from bot.schedule import find_settled
from bot.use_cases.gather import Gathered, MarketData, gather
from bot.use_cases.replay import exchanges_of

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
"""How long a claim lasts: far longer than any request that is made under it."""

REQUEST = timedelta(seconds=30)
"""What must be left of a claim when a request begins: longer than the longest one lasts."""

PAUSES = (5.0, 15.0, 60.0, 300.0)
"""Seconds until a refused notice is tried again, where Slack does not say."""
RECORD_PAUSE = 0.5
"""Seconds until a delivery is noted again, where the database is away; then twice as long."""
OVERTAKEN = 600.0
"""Seconds that a channel waits for a run that tells of a digest which a newer session has overtaken."""
SETUP_PAUSE = 900.0
"""Seconds where somebody has to change the app's settings."""

GIVEN_UP = timedelta(hours=24)
"""After so long from the first attempt a notice is dropped: it is no news any more."""

MANY = 10
"""But not before so many attempts: the bot itself may have been down."""

TRIES = 5
"""Attempts at a notice that cannot be put into words, which is a bug of ours."""


class Delivery:
    """Delivers notices, in each channel one after the other; safe to repeat and to run beside others.

    holder: the name of this process among all that deliver.
    """

    def __init__(
        self,
        store: Store,
        publisher: Publisher,
        renderer: ChartRenderer,
        market_data: MarketData,
        metrics: Metrics,
        holder: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store, self._publisher, self._metrics, self._holder = store, publisher, metrics, holder
        self._sleep = sleep
        self._clock, self._calendar = market_data.clock, market_data.calendar
        self._wording = NoticeRenderer(market_data, renderer)
        self._behind: dict[ChannelKey, float] = {}

    async def deliver_channel(self, team: str, channel: str) -> int:
        """Keep what may be tried now in one channel; how many attempts there were."""
        channel_key, attempts = ChannelKey(team, channel), 0
        if await self._is_behind(channel_key):
            log.info("%s/%s first comes to the newest session", team, channel)
            return 0
        while notice := await self._store.outbox.claim(channel_key, self._clock.now(), LEASE, self._holder):
            await self._deliver_notice(notice)
            attempts += 1
        return attempts

    async def _deliver_notice(self, notice: Notice) -> None:
        try:
            left = await recheck(notice.new, self._store.of(notice.new.team), self._publisher)
            shown = bool(left.picture)
            worded = await self._wording.render(left.notice, left.links, left.closed, shown=shown)
        except ObsoleteNotice as why:
            await self._drop(notice, str(why), logging.INFO)
        except Exception:
            await self._put_back_after_error(notice)
        else:
            await self._send(notice, left, worded)

    async def _is_behind(self, channel_key: ChannelKey) -> bool:
        """Return whether a digest is unsent although a newer session has settled and is about to be decided.

        So it is where the bot was down, or the channel took nothing for a day: the newest one tells of both.
        One that goes on at an exchange which the channel needs is not about to be decided.
        """
        newest = self._calendar.last_complete(self._clock.now())
        if channel_key not in await self._store.unsent([channel_key.team], newest):
            self._behind.pop(channel_key, None)
            return False
        undecided = await self._store.rules_behind([channel_key.team], newest)
        rules = [stored for stored in undecided if stored.watched.channel == channel_key.channel]
        end = find_settled(self._calendar, newest, exchanges_of(rules))
        if not rules or end.at > self._clock.now():
            return False
        now = self._clock.monotonic()
        return now - self._behind.setdefault(channel_key, now) < OVERTAKEN

    async def _send(self, notice: Notice, left: OutgoingNotice, worded: NoticeMessage) -> None:
        """Send a notice; after a failure other than Undelivered it may have arrived: its claim runs out."""
        try:
            ts, picture = await self._post_or_rewrite(notice, left, worded)
        except Undelivered as fault:
            await self._record_failure(notice, left, fault)
        except Exception:
            log.exception("Nobody knows whether %s arrived; it is looked for when its claim ends", notice.key)
        else:
            await self._record(notice, ts, picture)
            self._metrics.notice(notice.new.kind, "sent")

    async def _record(self, notice: Notice, ts: str | None, picture: str | None) -> None:
        """Note that it arrived, also where the database is away for a while: what is not noted is repeated.

        Raises Unavailable where the claim ends first.
        """
        pause = RECORD_PAUSE
        while True:
            try:
                await self._store.outbox.mark_sent(notice, ts, picture)
            except Unavailable as fault:
                if self._clock.now() + timedelta(seconds=pause) >= notice.lease:
                    raise
                log.warning("%s has arrived and cannot be noted yet: %s", notice.key, fault)
                await self._sleep(pause)
                pause *= 2
            else:
                return

    async def _post_or_rewrite(
        self, notice: Notice, left: OutgoingNotice, worded: NoticeMessage
    ) -> tuple[str | None, str | None]:
        """Post or rewrite; return the ts of the message that says it now, and the id of a card's picture."""

        async def ours() -> bool:
            return await self._store.outbox.holds(notice, self._clock.now() + REQUEST)

        if left.root:
            shown = {CHART: left.picture} if left.picture else {}
            done = await self._publisher.rewrite(
                left.place, left.root, worded.message, worded.pictures, ours, shown
            )
            return left.root, done.files.get(CHART)
        if notice.doubtful and (found := await self._find_earlier(notice, left.place)):
            return found, None
        done = await self._publisher.publish(left.place, worded.message, worded.pictures, notice.key, ours)
        return done.ts, done.files.get(CHART)

    async def _find_earlier(self, notice: Notice, place: Place) -> str | None:
        """Find the message of an earlier attempt; where the bot may not look for it, it may be repeated."""
        now = self._clock.now()
        # A first attempt yet to come was noted by a clock that was ahead.
        since = notice.first_tried if notice.first_tried <= now else now - GIVEN_UP
        try:
            return await self._publisher.find(place, notice.key, since)
        except Undelivered as fault:
            if fault.verdict in (Verdict.LATER, Verdict.DOUBT):
                raise
            log.warning("%s is possibly repeated: it cannot be looked for (%s)", notice.key, fault.cause)
            self._metrics.notice(notice.new.kind, "possibly repeated")
            return None

    async def _record_failure(self, notice: Notice, left: OutgoingNotice, fault: Undelivered) -> None:
        now, cause = self._clock.now(), fault.code or fault.cause
        if fault.verdict is Verdict.DOUBT:
            log.warning("Nobody knows whether %s arrived (%s)", notice.key, cause)
        elif fault.verdict is Verdict.CLOSED and _tells_of_the_channel(notice, left):
            await self._store.outbox.stop(notice, cause, now)
            log.error("%s takes no posts (%s): what fires goes to its owner", notice.new.channel, cause)
            self._metrics.notice(notice.new.kind, "stopped")
        elif fault.verdict in (Verdict.REFUSED, Verdict.CLOSED):
            await self._drop(notice, cause, logging.ERROR)
        else:
            pause = SETUP_PAUSE if fault.verdict is Verdict.SETUP else fault.retry_after
            await self._put_back_later(notice, cause, pause)

    async def _put_back_later(self, notice: Notice, cause: str, pause: float | None) -> None:
        now = self._clock.now()
        if now - notice.first_tried > GIVEN_UP and notice.attempt >= MANY:
            await self._drop(notice, f"given up after {GIVEN_UP.days} day: {cause}", logging.ERROR)
            return
        wait = PAUSES[min(notice.attempt, len(PAUSES)) - 1] if pause is None else max(pause, 1.0)
        await self._store.outbox.put_back(notice, now + timedelta(seconds=wait), cause)
        log.warning("%s is tried again in %.0f s: %s", notice.key, wait, cause)
        self._metrics.notice(notice.new.kind, "put back")

    async def _drop(self, notice: Notice, cause: str, level: int) -> None:
        await self._store.outbox.drop(notice, cause)
        log.log(level, "%s is dropped: %s", notice.key, cause)
        self._metrics.notice(notice.new.kind, "dropped")

    async def _put_back_after_error(self, notice: Notice) -> None:
        reference = uuid4().hex[:8]
        log.exception("%s has no words (reference %s)", notice.key, reference, extra={"reference": reference})
        cause = f"a fault of the bot, reference {reference}"
        if notice.attempt >= TRIES:
            await self._drop(notice, cause, logging.ERROR)
        else:
            await self._put_back_later(notice, cause, None)


def _tells_of_the_channel(notice: Notice, left: OutgoingNotice) -> bool:
    """Return whether a refusal says that the channel takes no posts.

    Not of a direct message to one person; and not of other words in a message, which Slack may refuse where
    it takes new ones: in a public channel that the bot is not in.
    """
    return notice.new.kind not in (NoticeKind.STOPPED, NoticeKind.ALERT) and left.root is None


TWO_YEARS, ONE_YEAR = timedelta(days=731), timedelta(days=366)
"""Of readings in the picture of a rule, and of a channel."""

PATIENCE = 30.0
"""Seconds that a message waits for its picture; far less than a claim lasts."""


@dataclass(frozen=True)
class NoticeMessage:
    """A message with its drawn pictures, by name."""

    message: Message
    pictures: Mapping[str, bytes]


class NoticeRenderer:
    """Makes messages with their pictures; a message is never lost to a picture."""

    def __init__(self, market_data: MarketData, renderer: ChartRenderer) -> None:
        self._desk, self._renderer = market_data, renderer

    async def render(
        self,
        notice: NewNotice,
        links: Mapping[str, str] | None = None,
        closed: str = "",
        *,
        shown: bool = False,
    ) -> NoticeMessage:
        """Return the message, with a picture where it has one and where that can be drawn in time.

        closed: why the channel of an alert takes no posts.
        shown: the card has its chart already and keeps it: none is drawn.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                picture = None if shown else await self._notice_chart(notice)
                message = notice_message(notice, links, picture, closed, shown=shown)
                drawn = await self._renderer.draw(message.pictures) if message.pictures else {}
        except Exception:
            log.exception("%s of %s is told without its picture", notice.kind, notice.channel)
            return NoticeMessage(notice_message(notice, links, closed=closed, shown=shown), {})
        return NoticeMessage(message, drawn)

    async def _notice_chart(self, notice: NewNotice) -> ChartSpec | None:
        content = notice.content
        if isinstance(content, DigestContent):
            return await self._overview_chart(content) if notice.kind is NoticeKind.DETAILS else None
        if isinstance(content, RuleReport) and _has_chart(notice.kind, content):
            return await self._rule_chart(content)
        return None

    async def _rule_chart(self, report: RuleReport) -> ChartSpec:
        last = report.session
        gathered = await gather([report.watched.rule], self._desk, last)
        return await asyncio.to_thread(_rule_chart_spec, gathered, report, last)

    async def _overview_chart(self, digest_content: DigestContent) -> ChartSpec | None:
        if not digest_content.stories:
            return None
        rules = dict.fromkeys(report.watched.rule for report in digest_content.stories)
        gathered = await gather(rules, self._desk, digest_content.session)
        return await asyncio.to_thread(_overview_chart_spec, gathered, digest_content)


def _rule_chart_spec(gathered: Gathered, report: RuleReport, last: date) -> ChartSpec:
    rule = report.watched.rule
    readings = gathered.readings([rule], last - TWO_YEARS, last).own(rule)
    panel = gathered.panel
    return rule_chart(
        report.watched, readings, last, source=panel.source, simulated=panel.simulated, state=report.state
    )


def _overview_chart_spec(gathered: Gathered, digest_content: DigestContent) -> ChartSpec:
    last, panel = digest_content.session, gathered.panel
    rules = dict.fromkeys(report.watched.rule for report in digest_content.stories)
    readings = gathered.readings(rules, last - ONE_YEAR, last)
    items = [(report, readings.own(report.watched.rule)) for report in digest_content.stories]
    return overview_chart(items, last, source=panel.source, simulated=panel.simulated)


def _has_chart(kind: NoticeKind, report: RuleReport) -> bool:
    """Return a card, also one with other words that has no picture yet; and the reply that ends an
    incident.
    """
    return kind is not NoticeKind.REPLY or bool(report.flip and not report.state.open and not report.deed)


class ObsoleteNotice(Exception):
    """There is nothing left to tell; the text says why."""


@dataclass(frozen=True)
class OutgoingNotice:
    """A notice on its way.

    root: the ts of the message that gets other words, None where one is posted.
    picture: Slack's id of the file that it shows, None where it shows none.
    links: addresses of cards by the rule's name.
    closed: why the channel of an alert takes no posts, empty where it takes some again.
    """

    notice: NewNotice
    place: Place
    root: str | None = None
    picture: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    closed: str = ""


async def recheck(notice: NewNotice, repository: WorkspaceRepository, publisher: Publisher) -> OutgoingNotice:
    """Look at what has become of the rule, the incident and the channel's digest meanwhile.

    What a person has done by hand is told in any case.  Raises ObsoleteNotice.
    """
    place = Place(notice.team, notice.channel, user="")
    content = notice.content
    if isinstance(content, str):
        return OutgoingNotice(notice, place)
    if isinstance(content, RuleReport) and notice.kind is NoticeKind.ALERT:
        return await _recheck_alert(notice, content, repository, place)
    digest = await repository.digest(notice.channel)
    # One that was stopped meanwhile is tried: what the channel refuses is told to the rules' owners.
    if not _by_hand(notice) and not (digest and digest.on):
        raise ObsoleteNotice(OFF)
    if isinstance(content, RuleReport):
        return await _recheck_report(notice, content, repository, place)
    if notice.kind is NoticeKind.DETAILS:
        return await _recheck_details(notice, content, repository, place)
    digest_content = await _live_content(notice, content, repository, digest)
    return OutgoingNotice(
        replace(notice, content=digest_content),
        place,
        links=await _card_links(digest_content, repository, publisher, place),
    )


def _by_hand(notice: NewNotice) -> bool:
    """Return whether a person's deed is told, or was asked for."""
    return "/" in notice.subject


async def _recheck_report(
    notice: NewNotice, report: RuleReport, repository: WorkspaceRepository, place: Place
) -> OutgoingNotice:
    stored = await repository.rule(report.watched.number)
    if not _by_hand(notice):
        if not _is_read(stored, report.watched):
            raise ObsoleteNotice(f"{report.watched.key} is not read any more")
        report = _with_acknowledgement(report, stored)
    notice, incident = replace(notice, content=report), await _incident(report, repository)
    root = incident.ts if incident else None
    if notice.kind is NoticeKind.REPLY and root:
        return OutgoingNotice(notice, replace(place, thread=root))
    if notice.kind is NoticeKind.CARD or root:
        return OutgoingNotice(notice, place, root, incident.picture if incident else None)
    raise ObsoleteNotice(f"no card of {report.watched.key} was posted")


async def _recheck_alert(
    notice: NewNotice, report: RuleReport, repository: WorkspaceRepository, place: Place
) -> OutgoingNotice:
    watched = report.watched
    stored, digest = await repository.rule(watched.number), await repository.digest(watched.channel)
    if stored is None or stored.watched.key != watched.key or stored.watched.status is RuleStatus.DELETED:
        raise ObsoleteNotice(f"{watched.key} is not read any more")
    if digest is None or not digest.on:
        raise ObsoleteNotice(OFF)
    incident = await _incident(report, repository)
    if digest.active and incident and incident.ts:
        raise ObsoleteNotice("the channel takes posts again and has the card")
    return OutgoingNotice(
        replace(notice, content=_with_acknowledgement(report, stored)), place, closed=digest.stopped
    )


def _is_read(stored: StoredRule | None, watched: RuleVersion) -> bool:
    now = stored.watched if stored else None
    return now is not None and now.key == watched.key and now.status is RuleStatus.ACTIVE


def _with_acknowledgement(report: RuleReport, stored: StoredRule | None) -> RuleReport:
    """Add whoever has taken the incident in hand since the story was decided."""
    if stored is None or stored.rule_state.state.fired != report.state.fired or not report.state.open:
        return report
    return replace(report, state=report.state.in_hand_as(stored.rule_state.state))


async def _incident(report: RuleReport, repository: WorkspaceRepository) -> RuleIncident | None:
    """Return the incident that a report is about, as it is known where its card was posted."""
    watched, newest = report.watched, next(iter(report.incidents), None)
    if newest and newest.ts and newest.version == watched.version:
        return newest
    fired = report.state.fired or (newest and newest.fired)
    incident = await repository.incident(watched.number, watched.version)
    if incident is None or incident.fired == fired:
        return incident
    older = (await repository.history(watched.number)).incidents  # another one has begun since
    mine = (each for each in older if (each.version, each.fired) == (watched.version, fired))
    return next(mine, None)


async def _recheck_details(
    notice: NewNotice, digest_content: DigestContent, repository: WorkspaceRepository, place: Place
) -> OutgoingNotice:
    """Put the details into the thread of their digest."""
    parent = await repository.delivered_ts(
        notice.channel, notice.session, NoticeKind.DIGEST.value, notice.subject
    )
    if parent is None:
        raise ObsoleteNotice("its digest was not posted")
    reports = await _live_reports(digest_content, repository, notice.channel)
    return OutgoingNotice(
        replace(notice, content=replace(digest_content, stories=reports)), replace(place, thread=parent)
    )


async def _live_content(
    notice: NewNotice, digest_content: DigestContent, repository: WorkspaceRepository, digest: Digest | None
) -> DigestContent:
    """Drop the rules that were paused, edited or deleted since."""
    reports = await _live_reports(digest_content, repository, notice.channel)
    names = {report.watched.name for report in reports}
    missed = tuple((name, transition) for name, transition in digest_content.missed if name in names)
    silent = digest is not None and digest.mode is DigestMode.QUIET and not missed
    quiet = silent and not any(report.flip for report in reports)
    if not _by_hand(notice) and (not reports or quiet):
        raise ObsoleteNotice("none of the rules that it tells of is read any more")
    return replace(digest_content, stories=reports, missed=missed)


async def _live_reports(
    digest_content: DigestContent, repository: WorkspaceRepository, channel: str
) -> tuple[RuleReport, ...]:
    read = {stored.watched.key: stored for stored in await repository.rules(channel)}
    return tuple(
        report for report in digest_content.stories if _is_read(read.get(report.watched.key), report.watched)
    )


async def _card_links(
    digest_content: DigestContent, repository: WorkspaceRepository, publisher: Publisher, place: Place
) -> dict[str, str]:
    """Link to the cards of what is open or has changed, as far as Slack says."""
    links = {}
    for report in digest_content.stories:
        if not (report.state.open or report.flip):
            continue
        incident = await _incident(report, repository)
        if not incident or not incident.ts:
            continue
        try:
            link = await publisher.link(place, incident.ts)
        except Unavailable:
            link = None
        if link:
            links[report.watched.name] = link
    return links
