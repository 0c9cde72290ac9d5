"""Socket Mode as Slack offers it: an address for one connection, ten at most, and ends that are announced."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from bot.playground.api.server import MOST_CONNECTIONS, Slack


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def first_word(session: aiohttp.ClientSession, slack: Slack, stack: AsyncExitStack) -> Any:
    """Open a connection that stays open; what comes first."""
    url = slack.sockets.ask({})["url"]
    socket = await stack.enter_async_context(session.ws_connect(url))
    return await socket.receive_json()


async def test_the_eleventh_connection_is_ended_with_a_reason(
    slack: Slack, session: aiohttp.ClientSession
) -> None:
    async with AsyncExitStack() as stack:
        words = [await first_word(session, slack, stack) for _ in range(MOST_CONNECTIONS + 1)]
    assert [each["type"] for each in words] == ["hello"] * MOST_CONNECTIONS + ["disconnect"]
    assert words[-1]["reason"] == "too_many_websockets"
    assert words[MOST_CONNECTIONS - 1]["num_connections"] == MOST_CONNECTIONS


async def test_every_connection_is_ended_where_that_is_wanted(
    slack: Slack, session: aiohttp.ClientSession
) -> None:
    slack.sockets.ending = "link_disabled"
    async with AsyncExitStack() as stack:
        assert await first_word(session, slack, stack) == {"type": "disconnect", "reason": "link_disabled"}
    assert not slack.sockets.connected.is_set()


async def test_an_address_is_good_once(slack: Slack, session: aiohttp.ClientSession) -> None:
    url = slack.sockets.ask({})["url"]
    async with session.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(url)
