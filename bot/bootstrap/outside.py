"""The ways to Slack: one client, one pace for all that is posted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.config import Settings
from bot.ports import Channels, Clock, HomeTabs, Messenger, Publisher, Users

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.directory import Installation


Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Outside:
    """What reaches people.  installation: what the token is for."""

    client: AsyncWebClient
    installation: Installation
    messenger: Messenger
    publisher: Publisher
    users: Users
    channels: Channels
    home_tabs: HomeTabs


@asynccontextmanager
async def outside(
    settings: Settings, clock: Clock, sleep: Sleep = asyncio.sleep, turns: Clock | None = None
) -> AsyncIterator[Outside]:
    """Until the block ends; nothing is asked of Slack before it is used.

    sleep: how the channel's next turn is waited for, in seconds of the clock.
    turns: the clock by which they come; None: the same.
    """
    from bot.slack.client import slack_client
    from bot.slack.directory import Installation, SlackChannels, SlackUsers
    from bot.slack.messenger import SlackMessenger
    from bot.slack.publisher import SlackHomeTabs, SlackPublisher
    from bot.slack.rate_limit import RateLimit

    async with slack_client(plain(settings.slack_bot_token), str(settings.slack_api_url)) as client:
        turn = turns or clock
        pace, installation = RateLimit(turn, sleep), Installation(client)
        yield Outside(
            client,
            installation,
            SlackMessenger(client, clock, sleep, pace=pace),
            SlackPublisher(client, clock, pace, sleep, installation),
            SlackUsers(client, clock, installation),
            SlackChannels(client, clock),
            SlackHomeTabs(client, turn, sleep),
        )


def plain(secret: SecretStr | None) -> str:
    """A secret in clear; empty where none is set."""
    return secret.get_secret_value() if secret else ""
