"""The story of a notice: claimed, checked again, put into words and charts, posted once, recorded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import uuid4

from analytics.watch.followed import pair_of
from bot.errors import Unavailable, Undelivered, Verdict
from bot.model import (
    ChannelKey,
    DigestContent,
    NewNotice,
    Notice,
    NoticeKind,
    RuleReport,
)
from bot.ports import ChartRenderer, Document, Metrics, Place, Publisher, Store
from bot.render.chart_specs import ChartSpec
from bot.render.message import Message
from bot.render.rules.card import CHART
from bot.render.rules.channel import notice_message
from bot.render.rules.charts import overview_chart, rule_chart
from bot.render.rules.month import month_document
from bot.schedule import find_settled
from bot.use_cases.daily.recheck import ObsoleteNotice, OutgoingNotice, recheck
from bot.use_cases.gather import Gathered, MarketData, gather
from bot.use_cases.outcomes.worth import find_earlier
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
        if notice.doubtful and (found := await self._find_earlier(notice, left.place, worded.documents)):
            return found, None
        if worded.documents:
            words = worded.message.text
            done = await self._publisher.share(left.place, words, worded.documents, notice.key, ours)
            return done.ts, None
        done = await self._publisher.publish(left.place, worded.message, worded.pictures, notice.key, ours)
        return done.ts, done.files.get(CHART)

    async def _find_earlier(
        self, notice: Notice, place: Place, documents: Sequence[Document] = ()
    ) -> str | None:
        """Find the message of an earlier attempt; where the bot may not look for it, it may be repeated."""
        now = self._clock.now()
        # A first attempt yet to come was noted by a clock that was ahead.
        since = notice.first_tried if notice.first_tried <= now else now - GIVEN_UP
        try:
            if documents:
                return await self._publisher.find_shared(place, [each.name for each in documents], since)
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
    """A message with its drawn pictures, by name; or with files, and then its words alone."""

    message: Message
    pictures: Mapping[str, bytes]
    documents: tuple[Document, ...] = ()


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
                notice = await self._with_record(notice)
                picture = None if shown else await self._notice_chart(notice)
                message = notice_message(notice, links, picture, closed, shown=shown)
                drawn = await self._renderer.draw(message.pictures) if message.pictures else {}
        except Exception:
            log.exception("%s of %s is told without its picture", notice.kind, notice.channel)
            return NoticeMessage(notice_message(notice, links, closed=closed, shown=shown), {})
        content = notice.content
        if notice.kind is NoticeKind.FILE and isinstance(content, DigestContent):
            return NoticeMessage(message, {}, (month_document(content),))
        return NoticeMessage(message, drawn)

    async def _with_record(self, notice: NewNotice) -> NewNotice:
        """Add to the card of an open incident what followed earlier firings, as the past tells."""
        report = notice.content
        cards = (NoticeKind.CARD, NoticeKind.UPDATE)
        if notice.kind not in cards or not isinstance(report, RuleReport) or not report.state.open:
            return notice
        if pair_of(report.watched.rule) is None:
            return notice
        rule, policy = report.watched.rule, report.watched.policy
        gathered = await gather([rule], self._desk, report.session)
        found = await find_earlier(self._desk, rule, policy, gathered, report.session)
        return replace(notice, content=replace(report, followed=found))

    async def _notice_chart(self, notice: NewNotice) -> ChartSpec | None:
        content = notice.content
        if isinstance(content, DigestContent):
            return await self._overview_chart(content) if notice.kind is NoticeKind.DIGEST else None
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
    panel = gathered.panel
    # What a second source put in doubt is known of the day's run alone, which the report is from.
    told = report.reading.doubts if report.reading else ()
    doubted = replace(panel, doubts=tuple(dict.fromkeys([*panel.doubts, *told])))
    readings = replace(gathered, panel=doubted).readings([rule], last - TWO_YEARS, last).own(rule)
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
