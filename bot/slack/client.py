"""The way to Slack's Web API: one client, one pool of connections, and no retries that it was not told of."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)

TIMEOUT = 20
"""Seconds for one call, all in all."""


@asynccontextmanager
async def connected(token: str | None, api_url: str) -> AsyncIterator[AsyncWebClient]:
    """A client that shares one session and never repeats a call by itself.

    The SDK's default repeats a call whose connection was cut, which posts a message twice.
    """
    log.setLevel(logging.INFO)  # the SDK's debug lines carry reply URLs and what people ask
    timeout = aiohttp.ClientTimeout(total=TIMEOUT, sock_connect=TIMEOUT / 2)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = AsyncWebClient(
            token=token, base_url=api_url, timeout=TIMEOUT, session=session, retry_handlers=[], logger=log
        )
        if is_loopback(api_url):
            client.proxy = None
        yield client


def session_of(client: AsyncWebClient) -> aiohttp.ClientSession:
    """The session that `connected` gave the client."""
    if client.session is None:
        raise ValueError("The Slack client has no session: make it with bot.slack.client.connected.")
    return client.session


def is_loopback(url: str) -> bool:
    """Whether the URL is this machine, which no proxy of the environment must be asked for."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
