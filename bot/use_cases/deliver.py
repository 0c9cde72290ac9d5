"""The story of a notice: claimed, put into words, posted once, remembered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

from bot.errors import Unavailable, Undelivered, Verdict
from bot.model import ChannelKey, Notice, NoticeKind
from bot.ports import ChartRenderer, Metrics, Place, Publisher, Store
from bot.render.rules.card import CHART
from bot.schedule import settled
from bot.use_cases.compare import MarketData
from bot.use_cases.recheck import ObsoleteNotice, OutgoingNotice, recheck
from bot.use_cases.replay import exchanges_of
from bot.use_cases.wording import Worded, Wording

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
        desk: MarketData,
        metrics: Metrics,
        holder: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store, self._publisher, self._metrics, self._holder = store, publisher, metrics, holder
        self._sleep = sleep
        self._clock, self._calendar = desk.clock, desk.calendar
        self._wording = Wording(desk, renderer)
        self._behind: dict[ChannelKey, float] = {}

    async def deliver_channel(self, team: str, channel: str) -> int:
        """Keep what may be tried now in one channel; how many attempts there were."""
        channel_key, attempts = ChannelKey(team, channel), 0
        if await self._is_behind(channel_key):
            log.info("%s/%s first comes to the newest session", team, channel)
            return 0
        while notice := await self._store.outbox.claim(channel_key, self._clock.now(), LEASE, self._holder):
            await self._keep(notice)
            attempts += 1
        return attempts

    async def _keep(self, notice: Notice) -> None:
        try:
            left = await recheck(notice.new, self._store.of(notice.new.team), self._publisher)
            worded = await self._wording.of(left.notice, left.links, left.closed, shown=bool(left.picture))
        except ObsoleteNotice as why:
            await self._drop(notice, str(why), logging.INFO)
        except Exception:
            await self._stumble(notice)
        else:
            await self._send(notice, left, worded)

    async def _is_behind(self, channel_key: ChannelKey) -> bool:
        """Whether a digest is unsent although a newer session has settled and is about to be decided.

        So it is where the bot was down, or the channel took nothing for a day: the newest one tells of both.
        One that goes on at an exchange which the channel needs is not about to be decided.
        """
        newest = self._calendar.last_complete(self._clock.now())
        if channel_key not in await self._store.unsent([channel_key.team], newest):
            self._behind.pop(channel_key, None)
            return False
        undecided = await self._store.rules_behind([channel_key.team], newest)
        rules = [kept for kept in undecided if kept.watched.channel == channel_key.channel]
        end = settled(self._calendar, newest, exchanges_of(rules))
        if not rules or end.at > self._clock.now():
            return False
        now = self._clock.monotonic()
        return now - self._behind.setdefault(channel_key, now) < OVERTAKEN

    async def _send(self, notice: Notice, left: OutgoingNotice, worded: Worded) -> None:
        """What raises anything else than Undelivered may have arrived: the claim is left to run out."""
        try:
            ts, picture = await self._sent(notice, left, worded)
        except Undelivered as fault:
            await self._undelivered(notice, left, fault)
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

    async def _sent(
        self, notice: Notice, left: OutgoingNotice, worded: Worded
    ) -> tuple[str | None, str | None]:
        """The ts of the message that says it now, and the id of the picture that a card shows."""

        async def ours() -> bool:
            return await self._store.outbox.holds(notice, self._clock.now() + REQUEST)

        if left.root:
            shown = {CHART: left.picture} if left.picture else {}
            done = await self._publisher.rewrite(
                left.place, left.root, worded.message, worded.pictures, ours, shown
            )
            return left.root, done.files.get(CHART)
        if notice.doubtful and (found := await self._found(notice, left.place)):
            return found, None
        done = await self._publisher.publish(left.place, worded.message, worded.pictures, notice.key, ours)
        return done.ts, done.files.get(CHART)

    async def _found(self, notice: Notice, place: Place) -> str | None:
        """The message of an earlier attempt; where the bot may not look for it, it may be repeated."""
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

    async def _undelivered(self, notice: Notice, left: OutgoingNotice, fault: Undelivered) -> None:
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
            await self._later(notice, cause, pause)

    async def _later(self, notice: Notice, cause: str, pause: float | None) -> None:
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

    async def _stumble(self, notice: Notice) -> None:
        reference = uuid4().hex[:8]
        log.exception("%s has no words (reference %s)", notice.key, reference, extra={"reference": reference})
        cause = f"a fault of the bot, reference {reference}"
        if notice.attempt >= TRIES:
            await self._drop(notice, cause, logging.ERROR)
        else:
            await self._later(notice, cause, None)


def _tells_of_the_channel(notice: Notice, left: OutgoingNotice) -> bool:
    """Whether a refusal says that the channel takes no posts.

    Not of a direct message to one person; and not of other words in a message, which Slack may refuse where
    it takes new ones: in a public channel that the bot is not in.
    """
    return notice.new.kind not in (NoticeKind.STOPPED, NoticeKind.ALERT) and left.root is None
