"""The playground's workspace as the Slack of tests, and the eyes of the people in it.

async with loopback() as slack, connected(BOT_TOKEN, slack.api_url) as client:
    ...
assert everybody_sees(slack) == [...]
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.clock import SystemClock
from bot.playground.api.server import Slack
from bot.playground.model import BOT, EVENTS, Installed, Message
from bot.playground.seed import ANN, PORTFOLIO, RESEARCH, seeded
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
    home_tab: bool = False,
) -> AsyncIterator[Slack]:
    """A seeded workspace, served on a free port until the block ends."""
    installed = Installed(BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, scopes, events, home_tab)
    async with Slack(seeded(clock or SystemClock()), installed).running() as slack:
        yield slack


def everybody_sees(slack: Slack, channel: str = PORTFOLIO) -> list[Message]:
    """What the bot posted for all in a channel, in threads too."""
    return [each for each in slack.workspace.messages(channel) if each.user == BOT and not each.subtype]


def only_for(slack: Slack, user: str = ANN) -> list[Message]:
    """What the bot showed to this person alone: ephemeral messages anywhere, and direct ones."""
    space = slack.workspace
    return [
        message
        for channel in space.channels_of(user)
        for message in space.messages(channel.id, user)
        if message.user == BOT and (message.ephemeral_for == user or channel.kind == "dm")
    ]


def kick(slack: Slack, channel: str = PORTFOLIO) -> None:
    """The bot is not in the channel any more."""
    slack.workspace.leave(channel, BOT)


__all__ = ["ANN", "APP_TOKEN", "BOT_TOKEN", "PORTFOLIO", "RESEARCH", "SCOPES", "SIGNING_SECRET"]
__all__ += ["everybody_sees", "kick", "loopback", "only_for"]
