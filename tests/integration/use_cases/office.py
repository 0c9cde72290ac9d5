"""A workspace whose sessions a test writes: the real store, scripted prices, a publisher that remembers.

async with office(tmp_path) as here:
    await here.rule()                      R1: AAA below 90 for 2 sessions, over at 95
    await here.live("o b b b r r")         six sessions from Friday 2 January 2026 on, evening and morning
    assert here.posts() == [...]
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

from analytics import Condition, Op, Policy, Quantity, Rule
from bot.clock import FixedClock
from bot.errors import Unavailable
from bot.market.calendar import ExchangeCalendar
from bot.model import ChannelKey, Digest, DigestMode, NewNotice, Notice, StoredRule
from bot.ports import Funds, Prices, RuleDraft, Store
from bot.render.chart_specs import ChartSpec
from bot.store import migrate, open_store
from bot.use_cases.daily_run import DailyRun, RunReport
from bot.use_cases.deliver import Delivery
from bot.use_cases.gather import MarketData
from tests.fakes.level_market import LevelMarket
from tests.fakes.metrics import QuietMetrics
from tests.fakes.publisher import RecordingPublisher

CALENDAR = ExchangeCalendar()
TEAM, HERE = "T1", "C1"
SESSIONS: list[date] = CALENDAR.sessions(date(2026, 1, 2), date(2026, 6, 30)).tolist()
"""The first is Friday 2 January 2026."""

LEVELS = {"o": 100.0, "b": 80.0, "m": 93.0, "r": 100.0, "-": float("nan")}
"""Closes: in order, in breach, neither, safe again, none."""

PATIENCE = timedelta(hours=6)
TWICE = Policy(2, 2)
NAMES = {"card": "CARD", "update": "UPDATE", "reply": "REPLY", "digest": "DIGEST", "details": "DETAILS"}


class Source(Prices, Funds, Protocol):
    """Both in one."""


class DotRenderer:
    """Draws a dot; down: cannot draw."""

    def __init__(self) -> None:
        self.down = False
        self.drawn: list[ChartSpec] = []

    async def draw(self, pictures: Sequence[ChartSpec], turn: str = "") -> Mapping[str, bytes]:
        if self.down:
            raise Unavailable("The painter", "no processes")
        self.drawn += pictures
        return {picture.name: b"png" for picture in pictures}


def below(
    symbol: str = "AAA", threshold: float = -0.10, recover: float = -0.05, then: str | None = None
) -> Rule:
    """The close is more than 10 % below that of a year before, over at -5 %."""
    return Rule((Condition(Quantity("price_change", symbol), Op.BELOW, threshold, recover),), then=then)


class SetClock(FixedClock):
    """A clock that may have been set wrong while it is not `trusted`."""

    believed = True

    @property
    def trusted(self) -> bool:
        return self.believed


@dataclass
class Office:
    """What a run is made with, and what came of it."""

    store: Store
    market: LevelMarket
    clock: SetClock
    publisher: RecordingPublisher
    renderer: DotRenderer
    metrics: QuietMetrics
    daily: DailyRun
    delivery: Delivery
    desk: MarketData
    second: LevelMarket
    seen: int = 0
    questions: int = 0
    holders: int = 0
    reports: list[RunReport] = field(default_factory=list)

    async def rule(
        self,
        rule: Rule | None = None,
        policy: Policy = TWICE,
        *,
        team: str = TEAM,
        channel: str = HERE,
    ) -> StoredRule:
        self.questions += 1
        made = RuleDraft(
            channel,
            "U1",
            "AAA price_change < -10%",
            rule or below(),
            policy,
            self.clock.now(),
            f"q{self.questions}",
        )
        return await self.store.of(team).add(made)

    async def digest(
        self, mode: DigestMode = DigestMode.QUIET, *, team: str = TEAM, channel: str = HERE, **more: object
    ) -> Digest:
        kept = Digest(team, channel, "U1", time(8, 30), "America/New_York", mode)
        kept = replace(kept, **more)  # type: ignore[arg-type]
        await self.store.of(team).save_digest(kept)
        return kept

    def write(self, letters: str, *, symbol: str = "AAA", first: int = 0) -> list[date]:
        """Closes of a symbol, from the session of this number on."""
        days = SESSIONS[first : first + len(letters.split())]
        for day, letter in zip(days, letters.split(), strict=True):
            self.market.levels[symbol, day] = LEVELS[letter]
        return days

    async def evening(self, session: date, later: timedelta = timedelta(minutes=1)) -> RunReport:
        """The run after a session has settled."""
        self.clock.set(CALENDAR.settles(session) + later)
        report = await self.daily.run(session, self.clock.now())
        self.reports.append(report)
        return report

    async def morning(self, session: date, *, later: timedelta = timedelta()) -> None:
        """Half past eight in New York, after the session."""
        self.clock.set(self.due(session) + later)
        await self.deliver()

    def due(self, session: date) -> datetime:
        day = session + timedelta(days=3 if session.weekday() == 4 else 1)
        return datetime.combine(day, time(13, 30), UTC)

    async def deliver(self) -> int:
        """Everything that may be tried now."""
        tried = 0
        while channel_keys := await self.store.outbox.due_channels(self.clock.now()):
            now = sum(
                [
                    await self.delivery.deliver_channel(channel_key.team, channel_key.channel)
                    for channel_key in channel_keys
                ]
            )
            if not now:
                break
            tried += now
        return tried

    async def live(self, letters: str, *, symbol: str = "AAA", first: int = 0) -> list[date]:
        """Sessions, each with its evening and the morning after."""
        days = self.write(letters, symbol=symbol, first=first)
        for day in days:
            await self.evening(day)
            await self.morning(day)
        return days

    def posts(self) -> list[str]:
        """What was posted since this was asked last, e.g. "01-06 CARD R1v1 x2" of a card rewritten twice."""
        found = self.publisher.published[self.seen :]
        self.seen = len(self.publisher.published)
        return [_post(each.key, each.place.thread, each.rewritten) for each in found]

    async def waiting(self, channel: str = HERE) -> list[NewNotice]:
        """Everything that is queued in a channel and not kept, looked at in the year 2100."""
        outbox, channel_key = self.store.outbox, ChannelKey(TEAM, channel)
        found: list[Notice] = []
        then = datetime(2100, 1, 1, tzinfo=UTC)
        while notice := await outbox.claim(channel_key, then, timedelta(minutes=2), "a look"):
            found.append(notice)
            await outbox.drop(notice, "looked at")
        return [notice.new for notice in found]

    async def kept(self, number: int = 1, team: str = TEAM) -> StoredRule:
        stored = await self.store.of(team).rule(number)
        assert stored
        return stored

    async def flips(self, number: int = 1) -> list[str]:
        """What happened, the oldest first: "01-06 ok>pending"."""
        history = await self.store.of(TEAM).history(number, 1000)
        return [
            f"{transition.session:%m-%d} {transition.before}>{transition.after}"
            for transition in reversed(history.transitions)
        ]

    def another(self) -> Delivery:
        """One more process that delivers."""
        self.holders += 1
        return Delivery(
            self.store, self.publisher, self.renderer, self.desk, self.metrics, f"other {self.holders}"
        )


@asynccontextmanager
async def office(
    folder: Path,
    source: Callable[[FixedClock], Source] | None = None,
    calendar: ExchangeCalendar = CALENDAR,
    patience: timedelta = PATIENCE,
    *,
    compared: bool = False,
) -> AsyncIterator[Office]:
    """source: where prices come from, else from what the test writes.  calendar: the workspace's.

    compared: there is a second source, with levels of its own.
    """
    file = folder / "watchpoint.db"
    shutil.copy(_migrated(), file)
    clock = SetClock(datetime(2026, 1, 2, 12, tzinfo=UTC))
    market = LevelMarket(calendar, clock=clock)
    publisher, renderer, metrics = RecordingPublisher(clock), DotRenderer(), QuietMetrics()
    prices = source(clock) if source else market
    second = LevelMarket(calendar, clock=clock, source="Second")
    sources = {"Level Market": market, "Second": second} if compared else {}
    market_data = MarketData(prices, prices, calendar, clock, sources=sources)
    async with open_store(f"sqlite:///{file}") as store:
        daily = DailyRun(store, market_data, metrics, patience)
        delivery = Delivery(store, publisher, renderer, market_data, metrics, "me")
        yield Office(store, market, clock, publisher, renderer, metrics, daily, delivery, market_data, second)


@cache
def _migrated() -> Path:
    """An empty database; made once, for making one takes longer than most tests."""
    file = Path(tempfile.mkdtemp()) / "empty.db"
    migrate(f"sqlite:///{file}")
    return file


def _post(key: str, thread: str | None, rewritten: int) -> str:
    _, _, session, kind, subject = key.split("/", 4)
    parts = [
        session[5:],
        NAMES.get(kind, kind),
        subject,
        "in thread" if thread else "",
        f"x{rewritten}" * bool(rewritten),
    ]
    return " ".join(part for part in parts if part)
