"""The ways to Slack: one client, one pace for all that is posted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.config import Settings
from bot.ports import Clock, Messenger, People, Publisher

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient


Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Outside:
    """What reaches people."""

    client: AsyncWebClient
    messenger: Messenger
    publisher: Publisher
    people: People


@asynccontextmanager
async def outside(
    settings: Settings, clock: Clock, sleep: Sleep = asyncio.sleep, turns: Clock | None = None
) -> AsyncIterator[Outside]:
    """Until the block ends; nothing is asked of Slack before it is used.

    sleep: how the channel's next turn is waited for, in seconds of the clock.
    turns: the clock by which they come; None: the same.
    """
    from bot.slack.client import connected
    from bot.slack.messenger import SlackMessenger
    from bot.slack.people import SlackPeople
    from bot.slack.posting.pace import Pace
    from bot.slack.publisher import SlackPublisher

    async with connected(plain(settings.slack_bot_token), str(settings.slack_api_url)) as client:
        pace = Pace(turns or clock, sleep)
        messenger = SlackMessenger(client, clock, sleep, pace=pace)
        publisher = SlackPublisher(client, clock, pace, sleep)
        yield Outside(client, messenger, publisher, SlackPeople(client, clock))


def plain(secret: SecretStr | None) -> str:
    """A secret in clear; empty where none is set."""
    return secret.get_secret_value() if secret else ""
