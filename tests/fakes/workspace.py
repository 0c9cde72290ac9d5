"""The playground's workspace as the Slack of tests, and the eyes of the people in it.

async with loopback() as slack, connected(BOT_TOKEN, slack.api_url) as client:
    ...
assert everybody_sees(slack) == [...]
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.clock import SystemClock
from bot.playground.api.server import Slack
from bot.playground.model import BOT, EVENTS, HOME_TAB, Installed, Payload, PostedMessage
from bot.playground.payloads import Payloads
from bot.playground.storage import ANN, PORTFOLIO, seed_workspace
from bot.playground.transport import AppTransport, OverHttp, OverSocket
from bot.ports import Clock

BOT_TOKEN = "xoxb-fake-bot-token"
APP_TOKEN = "xapp-fake-app-token"
SIGNING_SECRET = "fake-signing-secret"
SCOPES = ("commands", "chat:write", "files:write", "app_mentions:read")
"""Those that the bot cannot do without."""


@asynccontextmanager
async def loopback(
    clock: Clock | None = None,
    *,
    scopes: tuple[str, ...] = SCOPES,
    events: tuple[str, ...] = EVENTS,
    home_tab: bool = HOME_TAB,
) -> AsyncIterator[Slack]:
    """A seeded workspace, served on a free port until the block ends."""
    installed = Installed(BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, scopes, events, home_tab)
    async with Slack(seed_workspace(clock or SystemClock()), installed).running() as slack:
        yield slack


@asynccontextmanager
async def line_to(slack: Slack, transport: str, ready: str) -> AsyncIterator[AppTransport]:
    """The way to a served app; transport: "http" or "socket"; ready: ends with its address."""
    if transport == "socket":
        yield OverSocket(slack)
        return
    async with OverHttp.to(ready.split()[-1], SIGNING_SECRET, SystemClock()) as line:
        yield line


def everybody_sees(slack: Slack, channel: str = PORTFOLIO) -> list[PostedMessage]:
    """What the bot posted for all in a channel, in threads too."""
    return [each for each in slack.workspace.messages(channel) if each.user == BOT and not each.subtype]


def only_for(slack: Slack, user: str = ANN) -> list[PostedMessage]:
    """What the bot showed to this person alone: ephemeral messages anywhere, and direct ones."""
    space = slack.workspace
    return [
        message
        for channel in space.channels_of(user)
        for message in space.messages(channel.id, user)
        if message.user == BOT and (message.ephemeral_for == user or channel.kind == "dm")
    ]


def command(
    slack: Slack, text: str, name: str = "/compare", *, user: str = ANN, channel: str = PORTFOLIO
) -> Payload:
    """The payload of a slash command."""
    return Payloads(slack).command(user, channel, name, text)


def mention(slack: Slack, text: str, *, user: str = ANN, thread: str | None = None, **event: Any) -> Payload:
    """The payload of an app_mention event, with a fresh event id; event: fields to put in place."""
    said = slack.workspace.say(PORTFOLIO, user, f"<@{BOT}> {text}", thread)
    payload = Payloads(slack).mention(said)
    return payload | {"event": payload["event"] | event}


def unserved() -> Slack:
    """A workspace without a server, for its payloads."""
    return Slack(seed_workspace(SystemClock()), Installed(BOT_TOKEN, APP_TOKEN, SIGNING_SECRET))


def kick(slack: Slack, channel: str = PORTFOLIO) -> None:
    """The bot is not in the channel any more."""
    slack.workspace.leave(channel, BOT)
