"""A team at work for weeks: the embedded workspace, the assembled bot before it, and time that is let pass.

async with office(database, "http", tmp_path) as here, here.at_work():
    await here.type(ANN, "/watch ISCB sortino < 1.0")
    await here.travel.sessions(5)
    assert "R1 ISCB Sortino below 1.0 is met" in here.words(here.cards()[0])
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import bootstrap
from bot.bootstrap import Bot
from bot.clock import ShiftedClock, SystemClock
from bot.config import Settings, load
from bot.playground.actions import Actions
from bot.playground.api.server import Slack
from bot.playground.model import BOT, SCOPES, Payload, PostedMessage, View
from bot.playground.payloads import ClickSource, Payloads
from bot.playground.plain_text import message_lines
from bot.playground.play import Stage, play_script
from bot.playground.run import around
from bot.playground.script import read_script
from bot.playground.storage import PORTFOLIO
from bot.playground.time_travel import Around, Travel
from bot.playground.transport import AppTransport
from bot.slack.publisher import NOTICE_EVENT
from tests.fakes.workspace import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, line_to, loopback

USUAL = ("sqlite-http", "postgresql-socket")
"""Database and transport."""
FEW_WORLDS = 50
"""In which a rule is weighed: words are the matter of journeys, the oracles weigh the figures."""
FEW_RESAMPLES = 400
"""In which a gap is weighed."""
IN_BOTH = pytest.mark.parametrize("away", USUAL, indirect=True)
"""What is remembered over days, on either database."""
ASOF = date(2026, 1, 20)
"""A Tuesday morning after a holiday; the last complete session is Friday the 16th."""
BURST = 5
"""Posts to a channel at once before the workspace asks for one a second."""
PATIENCE = 20.0
"""Seconds; Slack has 3, and this machine is shared."""
LONDON = ZoneInfo("Europe/London")


class HastyClock(ShiftedClock):
    """Nobody waits really: whoever sleeps moves the time on for all."""

    def __init__(self, start: datetime) -> None:
        super().__init__(SystemClock(), start)
        self._slept = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._slept

    async def sleep(self, seconds: float) -> None:
        self._slept += seconds
        self.move(self.now() + timedelta(seconds=seconds))
        await asyncio.sleep(0)


@dataclass
class Office:
    """The workspace with its people; the bot while it is at work."""

    slack: Slack
    clock: HastyClock
    settings: Settings
    kind: str
    bot: Bot
    deeds: Actions
    line: AppTransport
    travel: Travel

    # What people do

    async def type(self, user: str, text: str, channel: str = PORTFOLIO, thread: str | None = None) -> str:
        """Send it, and wait until the bot has nothing more to do; what the person sees then that is new."""
        before = {(each.ts, each.edited) for each in self.seen_by(user, channel)}
        await self.deeds.type(user, channel, text, thread)
        await self.bot.shift.quiet()
        new = [each for each in self.seen_by(user, channel) if (each.ts, each.edited) not in before]
        return "\n\n".join(self.words(each) for each in new if each.user == BOT)

    async def deliver(self, payload: Payload) -> Any:
        """Have Slack send this; what was acknowledged with."""
        ack = await self.line.deliver(payload)
        assert ack.status == 200
        await self.bot.shift.quiet()
        return ack.body

    async def press(self, user: str, message: PostedMessage, label: str) -> str:
        """Press the button with this label; what the person is told then that is new."""
        return await self._click(user, message, button(message, label))

    async def choose(self, user: str, message: PostedMessage, menu: str, label: str) -> str:
        """Choose this in the menu with this placeholder; what the person is told then that is new."""
        return await self._click(user, message, choice(message, menu, label))

    async def _click(self, user: str, message: PostedMessage, action: Payload) -> str:
        before = {each.ts for each in self.seen_by(user, message.channel)}
        await self.deeds.click(user, ClickSource(message.channel, message.ts), action)
        await self.bot.shift.quiet()
        new = [each for each in self.seen_by(user, message.channel) if each.ts not in before]
        return "\n\n".join(self.words(each) for each in new)

    async def send_in(self, user: str, text: str) -> Mapping[str, str]:
        """Fill in the one field of the form that is open, and send it; what is wrong with it, if it stays."""
        view = self.form(user)
        await self.deeds.submit(user, view.id, filled(view, text))
        await self.bot.shift.quiet()
        left = self.slack.workspace.views.top(user)
        return left.errors if left else {}

    def form(self, user: str) -> View:
        """The form that the person looks at."""
        view = self.slack.workspace.views.top(user)
        assert view is not None, "no form is open"
        return view

    async def play(self, script: str) -> str:
        """Play a script (docs/script.md); what it prints."""
        printed: list[str] = []
        stage = Stage(self.deeds, self.slack, self.bot.shift.quiet, self.travel.sessions, self.travel.to)
        await play_script(read_script(script), stage, printed.append)
        return "\n".join(printed).replace("*", "").replace("\u00a0", " ")

    # What they see

    def seen_by(self, user: str, channel: str = PORTFOLIO) -> list[PostedMessage]:
        """All that a person sees of a channel and its threads."""
        return self.slack.workspace.messages(channel, user)

    def posts(self, kind: str = "", channel: str = PORTFOLIO) -> list[PostedMessage]:
        """What was queued and kept in a channel, as it is now; kind: of the notice."""
        return [
            each
            for each in self.slack.workspace.everything(channel)
            if (key := key_of(each)) and kind in ("", key.split("/")[3])
        ]

    def replies(self, message: PostedMessage) -> list[PostedMessage]:
        """What stands in a message's thread."""
        return self.slack.workspace.thread(message.channel, message.ts)[1:]

    def now(self, message: PostedMessage) -> PostedMessage:
        """A message as it is now."""
        found = self.slack.workspace.message(message.channel, message.ts)
        assert found is not None
        return found

    def words(self, message: PostedMessage) -> str:
        """A message as it is now, as plain text; tables and pictures too."""
        return "\n".join(message_lines(self.now(message), self.slack.workspace)).replace("\u00a0", " ")

    def said(self, message: PostedMessage) -> str:
        """What the notification of a message says."""
        return self.now(message).text.replace("\u00a0", " ")

    # Who is at work

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """The bot is there until the block ends, and finishes what it is at."""
        bot = bootstrap.assemble_bot(self.settings, self.clock, renderers=0, sleep=self.clock.sleep)
        async with bot as self.bot:
            ready, stop = asyncio.Queue[str](), asyncio.Event()
            listening = bootstrap.listen(self.bot, self.settings, stop, ready.put_nowait)
            served = asyncio.create_task(listening)
            sentence = await asyncio.wait_for(ready.get(), PATIENCE)
            async with line_to(self.slack, self.kind, sentence) as self.line:
                self.deeds = Actions(self.slack, self.line, patience=PATIENCE, retries=())
                try:
                    yield
                finally:
                    stop.set()
                    await served

    def around(self) -> Around:
        """What time passes by."""
        return around(self.bot, self.clock, self.settings)

    @property
    def payloads(self) -> Payloads:
        """What Slack would send."""
        return Payloads(self.slack)

    async def until(self, day: date, at: time, zone: ZoneInfo = LONDON) -> None:
        """Let time pass until a local time."""
        await self.travel.to(datetime.combine(day, at, zone).astimezone(UTC))


@asynccontextmanager
async def office(database: str, kind: str, home: Path, asof: date = ASOF) -> AsyncIterator[Office]:
    """A workspace in which the bot is installed and not at work yet; nobody has asked it anything.

    database: its address, with a schema.  kind: of transport, "http" or "socket".
    """
    clock = HastyClock(datetime.combine(asof, time(12), UTC))
    async with loopback(clock, scopes=SCOPES) as slack:
        slack.rate.burst = BURST
        settings = load(
            data="sample",
            transport=kind,
            home=home,
            host="127.0.0.1",
            port=0,
            SLACK_BOT_TOKEN=BOT_TOKEN,
            SLACK_APP_TOKEN=APP_TOKEN,
            SLACK_SIGNING_SECRET=SIGNING_SECRET,
            SLACK_API_URL=slack.api_url,
            DATABASE_URL=database,
        )
        unset: Any = None
        here = Office(slack, clock, settings, kind, unset, unset, unset, unset)
        here.travel = Travel(clock, here.around)
        yield here


def key_of(message: PostedMessage) -> str:
    """The key of the notice that a message keeps; empty for any other."""
    metadata = message.metadata or {}
    payload = metadata.get("event_payload") or {}
    return str(payload.get("key") or "") if metadata.get("event_type") == NOTICE_EVENT else ""


def _pressable(block: Payload) -> Sequence[Payload]:
    """What stands in a row of buttons, or beside a paragraph."""
    if block["type"] == "actions":
        elements: Sequence[Payload] = block["elements"]
        return elements
    return [block["accessory"]] if "accessory" in block else []


def button(message: PostedMessage, label: str) -> Payload:
    """The button of a message with this label, as it is pressed."""
    found = [
        {"block_id": block["block_id"], **{key: each[key] for key in ("type", "action_id", "value")}}
        for block in message.blocks
        for each in _pressable(block)
        if each["type"] == "button" and each["text"]["text"] == label
    ]
    assert found, f"no button {label}"
    return found[0]


def choice(message: PostedMessage, menu: str, label: str) -> Payload:
    """What is chosen in a menu of a message, as Slack sends it."""
    found = [
        {"block_id": block["block_id"], **{key: each[key] for key in ("type", "action_id")}}
        | {"selected_option": option}
        for block in message.blocks
        if block["type"] == "actions"
        for each in block["elements"]
        if each["type"] == "static_select" and each["placeholder"]["text"] == menu
        for option in each["options"]
        if option["text"]["text"] == label
    ]
    assert found, f"no {label} in a menu {menu}"
    return found[0]


def labels(message: PostedMessage) -> list[str]:
    """What stands on the buttons of a message, and on its menus before anything is chosen."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [(each.get("text") or each["placeholder"])["text"] for row in rows for each in row]


def filled(view: View, text: str) -> Payload:
    """The state of a form with one field that was filled in; of a choice beside it the last is taken."""
    state: dict[str, Any] = {}
    for block in view.body["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            first = {"selected_option": element["options"][-1]} if "options" in element else {"value": text}
            state[block["block_id"]] = {element["action_id"]: {"type": element["type"], **first}}
    return state


def local(message: PostedMessage, zone: ZoneInfo = LONDON) -> datetime:
    """When a message was posted, on the watch of somebody in the zone."""
    return datetime.fromtimestamp(float(message.ts), zone)
