"""The ways to Slack: one client, one pace for all that is posted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.config import Settings
from bot.ports import Clock, Messenger, People, Publisher

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient


@dataclass(frozen=True)
class Outside:
    """What reaches people."""

    client: AsyncWebClient
    messenger: Messenger
    publisher: Publisher
    people: People


@asynccontextmanager
async def outside(settings: Settings, clock: Clock) -> AsyncIterator[Outside]:
    """Until the block ends; nothing is asked of Slack before it is used."""
    from bot.slack.client import connected
    from bot.slack.messenger import SlackMessenger
    from bot.slack.people import SlackPeople
    from bot.slack.posting.pace import Pace
    from bot.slack.publisher import SlackPublisher

    async with connected(plain(settings.slack_bot_token), str(settings.slack_api_url)) as client:
        pace = Pace(clock)
        messenger = SlackMessenger(client, clock, pace=pace)
        yield Outside(client, messenger, SlackPublisher(client, clock, pace), SlackPeople(client, clock))


def plain(secret: SecretStr | None) -> str:
    """A secret in clear; empty where none is set."""
    return secret.get_secret_value() if secret else ""
