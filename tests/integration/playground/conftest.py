"""A workspace on loopback, its own time, and the real Slack client before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.api.server import Slack
from bot.slack.client import slack_client
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, loopback

Refused = Callable[[Awaitable[Any]], Awaitable[Any]]
GENEROUS = (
    *("commands", "chat:write", "chat:write.public", "files:write", "app_mentions:read"),
    *("channels:history", "groups:history", "im:history", "channels:read", "groups:read", "im:read"),
    *("im:write", "users:read", "files:read"),
)


@pytest.fixture
def clock() -> SleptClock:
    return SleptClock()


@pytest.fixture
async def slack(clock: SleptClock) -> AsyncIterator[Slack]:
    events = ("app_mention", "message.im", "app_home_opened")
    async with loopback(clock, scopes=GENEROUS, events=events, home_tab=True) as slack:
        yield slack


@pytest.fixture
async def client(slack: Slack) -> AsyncIterator[AsyncWebClient]:
    async with slack_client(BOT_TOKEN, slack.api_url) as client:
        yield client


@pytest.fixture
def refused() -> Refused:
    """Slack's answer to a call that it refuses."""

    async def refused(call: Awaitable[Any]) -> Any:
        with pytest.raises(SlackApiError) as caught:
            await call
        return caught.value.response

    return refused
