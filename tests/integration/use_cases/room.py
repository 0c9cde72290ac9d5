"""A channel to ask in: the real store, prices worked out by hand, people, a messenger that remembers.

async with room(tmp_path) as here:
    await here.watch("AAA drawdown 3m < -5% for 1")
    assert "R1 BBB drawdown 3m below -5\u00a0% is set" in here.heard()
"""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.clock import FixedClock
from bot.errors import Unavailable, UserError
from bot.market.calendar import ExchangeCalendar
from bot.model import ChannelKey, Notice, NoticeKind, Request, RuleIncident, StoredRule
from bot.ports import Place, User, WorkspaceRepository
from bot.render import advice
from bot.render.chart_specs import ChartSpec
from bot.render.message import Message
from bot.store import SqlStore, migrate, open_store
from bot.use_cases.buttons import ButtonAnswers, button_handlers
from bot.use_cases.digest import DigestAnswers, DigestHandler
from bot.use_cases.gather import MarketData
from bot.use_cases.rules import WatchAnswers, WatchHandler
from bot.use_cases.services import Services
from tests.fakes.channels import KnownChannels
from tests.fakes.hand_market import HandMarket, RecordingJobs
from tests.fakes.messenger import RecordingMessenger
from tests.fakes.metrics import QuietMetrics
from tests.fakes.users import KnownUsers

TEAM, HERE, ELSEWHERE = "T1", "C1", "C2"
ANN, BEN, ADA = "U1", "U2", "U9"
"""Who mostly asks; somebody else; an admin."""
NOW = datetime(2026, 1, 16, 22, 0, tzinfo=UTC)
"""After the close of Friday 16 January 2026, which is complete."""
MET = "AAA drawdown 3m < -5% for 1"
"""Met on every day of the tests' markets: AAA has lost 20 %."""
QUIET = "BBB drawdown 3m < -5% for 1"
CALENDAR = ExchangeCalendar()


class QuickRenderer:
    """Draws nothing; down: cannot draw."""

    def __init__(self) -> None:
        self.down = False
        self.drawn: list[ChartSpec] = []

    async def draw(self, pictures: Sequence[ChartSpec], turn: str = "") -> Mapping[str, bytes]:
        if self.down:
            raise Unavailable("The painter", "no processes")
        self.drawn += pictures
        return {picture.name: b"png" for picture in pictures}


@dataclass
class Room:
    """What the answers are made with, and what came of them."""

    file: Path
    store: SqlStore
    market: HandMarket
    parts: Services
    clock: FixedClock
    messenger: RecordingMessenger
    users: KnownUsers
    channels: KnownChannels
    jobs: RecordingJobs
    renderer: QuickRenderer
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def repository(self) -> WorkspaceRepository:
        return self.store.of(TEAM)

    def question(self, text: str, **more: Any) -> Request:
        """Asked now by Ann, here."""
        number = next(self.numbers)
        given = {"id": f"q{number}", "handler": "", "team": TEAM, "channel": HERE, "user": ANN}
        return Request(text=text, asked=self.clock.now(), **{**given, **more})

    async def watch(self, text: str, **more: Any) -> Request:
        """`/watch text`, through its handler; a text that the handler turns away is an error of the test."""
        request = self.question(text, **more)
        taken = WatchHandler(self.clock, lambda symbol: ()).receive(text, place(request))
        assert taken.work, taken.reply
        await self.again("/watch", request)
        return request

    async def digest(self, text: str, **more: Any) -> Request:
        """`/digest text`, as `watch`."""
        request = self.question(text, **more)
        assert DigestHandler(lambda symbol: ()).receive(text, place(request)).work
        await self.again("/digest", request)
        return request

    async def press(self, action: str, value: str, **more: Any) -> Request:
        """A button that needs no form."""
        request = self.question(value, **more)
        assert button_handlers(self.clock)[action].receive(value, place(request)).work
        await self.again(action, request)
        return request

    async def send(
        self, form: str, key: str, fields: Mapping[str, str], ts: str = "", **more: Any
    ) -> Request:
        """A form that is sent in with good fields."""
        meta = json.dumps({"rule": key, "channel": HERE, "ts": ts})
        request = self.question(json.dumps({"metadata": meta, **fields}), **{"channel": "", **more})
        taken = button_handlers(self.clock)[form].receive(request.text, place(request))
        assert taken.work, (taken.reply, taken.faults)
        await self.again(form, request)
        return request

    async def again(self, handler: str, request: Request) -> None:
        """Answer a question, for the first time or once more; advice is told as a worker tells it."""
        answers = {"/watch": WatchAnswers(self.parts).answer, "/digest": DigestAnswers(self.parts).answer}
        try:
            if handler in answers:
                await answers[handler](request)
            else:
                await ButtonAnswers(self.parts).answer(handler, request)
        except UserError as fault:
            await self.messenger.tell(place(request), advice.refusal_message(fault))

    def heard(self) -> str:
        """All that was posted since this was asked last, as it is shown."""
        said = "\n\n".join(_shown(posted.message) for posted in self.messenger.posted)
        self.messenger.posted.clear()
        return said

    def told(self) -> str:
        """All that was told to one person since this was asked last."""
        said = "\n\n".join(_shown(told.message) for told in self.messenger.told)
        self.messenger.told.clear()
        return said

    async def rule(self, number: int = 1) -> StoredRule:
        """The newest version."""
        stored = await self.repository.rule(number)
        assert stored
        return stored

    async def incident(self, number: int = 1, version: int = 1) -> RuleIncident | None:
        return await self.repository.incident(number, version)

    async def deliver(self, until: datetime | None = None) -> list[Notice]:
        """Everything that is due is sent and gets a ts: "ts1", "ts2", …"""
        sent, now = [], until or self.clock.now()
        while notice := await self.store.outbox.claim(
            ChannelKey(TEAM, HERE), now, timedelta(minutes=2), "me"
        ):
            ts = f"ts{notice.id}" if notice.new.kind in {NoticeKind.CARD, NoticeKind.REPLY} else None
            await self.store.outbox.mark_sent(notice, ts)
            sent.append(notice)
        return sent

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that is kept, by table."""
        with closing(sqlite3.connect(self.file)) as connection:
            found = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence'"
            ).fetchall()
            names = [name for (name,) in found]
            return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names}


@asynccontextmanager
async def room(folder: Path, *, everyone: bool = False, now: datetime = NOW) -> AsyncIterator[Room]:
    """A workspace of nobody's rules yet, on Friday evening after the close."""
    file = folder / "watchpoint.db"
    shutil.copy(_migrated(), file)
    clock, market = FixedClock(now), HandMarket(CALENDAR)
    messenger, jobs, renderer = RecordingMessenger(), RecordingJobs(), QuickRenderer()
    users = KnownUsers({ANN: User(ANN, "Europe/London"), BEN: User(BEN), ADA: User(ADA, None, admin=True)})
    async with open_store(f"sqlite:///{file}") as store:
        market_data = MarketData(market, market, CALENDAR, clock)
        channels = KnownChannels({HERE, ELSEWHERE})
        services = Services(
            market_data, store, messenger, renderer, users, channels, jobs, QuietMetrics(), everyone
        )
        yield Room(file, store, market, services, clock, messenger, users, channels, jobs, renderer)


def place(request: Request) -> Place:
    return Place(request.team, request.channel, request.user, request.thread)


def later(request: Request) -> Request:
    """The same one, taken up again after its worker was lost."""
    return replace(request, attempt=request.attempt + 1)


@cache
def _migrated() -> Path:
    """An empty database; made once, for making one takes longer than most tests."""
    file = Path(tempfile.mkdtemp()) / "empty.db"
    migrate(f"sqlite:///{file}")
    return file


def _shown(message: Message) -> str:
    """What is read: the notification, then the blocks."""
    return "\n".join([f"[{message.text}]", *(line for block in message.blocks for line in _lines(block))])


def _lines(block: Mapping[str, Any]) -> list[str]:
    if block["type"] == "section":
        return [block["text"]["text"]]
    if block["type"] == "context":
        return [f"  {each['text']}" for each in block["elements"]]
    if block["type"] == "actions":
        return [" ".join(f"({each['text']['text']})" for each in block["elements"])]
    if block["type"] == "table":
        return [" | ".join(_cell(cell) for cell in row) for row in block["rows"]]
    return [f"<{block['type']} {block.get('alt_text', '')}>"]


def _cell(cell: Mapping[str, Any]) -> str:
    return str(cell.get("text") or cell["elements"][0]["elements"][0]["text"])
