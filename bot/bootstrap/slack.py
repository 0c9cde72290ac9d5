"""The ways to Slack: one client, one rate limit for all that is posted; which workspace the token serves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.config import Settings
from bot.errors import Unavailable
from bot.model import Request
from bot.ports import Channels, Clock, HomeTabs, Messenger, Place, Publisher, Store, Users
from bot.slack.directory import Installation
from bot.slack.listeners import ELSEWHERE
from bot.use_cases.inbox import Answer

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient


Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class SlackClients:
    """What reaches people.  installation: what the token is for."""

    client: AsyncWebClient
    installation: Installation
    messenger: Messenger
    publisher: Publisher
    users: Users
    channels: Channels
    home_tabs: HomeTabs


@asynccontextmanager
async def connect_slack(
    settings: Settings, clock: Clock, sleep: Sleep = asyncio.sleep, turns: Clock | None = None
) -> AsyncIterator[SlackClients]:
    """Connect to Slack until the block ends; nothing is asked of it before it is used.

    sleep: how the channel's next turn is waited for, in seconds of the clock.
    turns: the clock by which they come; None: the same.
    """
    from bot.slack.client import slack_client
    from bot.slack.directory import Installation, SlackChannels, SlackUsers
    from bot.slack.messenger import SlackMessenger
    from bot.slack.publisher import SlackHomeTabs, SlackPublisher
    from bot.slack.rate_limit import RateLimit

    async with slack_client(secret_text(settings.slack_bot_token), str(settings.slack_api_url)) as client:
        turn = turns or clock
        pace, installation = RateLimit(turn, sleep), Installation(client)
        yield SlackClients(
            client,
            installation,
            SlackMessenger(client, clock, sleep, pace=pace),
            SlackPublisher(client, clock, pace, sleep, installation),
            SlackUsers(client, clock, installation),
            SlackChannels(client, clock),
            SlackHomeTabs(client, turn, sleep),
        )


def secret_text(secret: SecretStr | None) -> str:
    """Return a secret in clear; empty where none is set."""
    return secret.get_secret_value() if secret else ""


log = logging.getLogger(__name__)

LEARN_EVERY = 15.0
"""Seconds until Slack is asked again which workspace the token is for."""


@asynccontextmanager
async def learn_workspace(installation: Installation, store: Store) -> AsyncIterator[None]:
    """Find out beside the work which workspace is served, and warn of all others, until the block ends."""
    learning = asyncio.create_task(_learn(installation, store))
    try:
        yield
    finally:
        learning.cancel()
        with suppress(asyncio.CancelledError):
            await learning


async def _learn(installation: Installation, store: Store) -> None:
    installed = await installation.look()
    while installed is None:
        await asyncio.sleep(LEARN_EVERY)
        installed = await installation.look()
    try:
        others = [team for team in await store.teams() if not installed.keeps(team)]
    except Unavailable as fault:
        log.warning("Whose rules are kept could not be looked at: %s", fault)
        return
    if others:
        log.warning(
            "The database has rules or digests of %d other workspaces (%s): the token is for %s, and nothing "
            "of theirs is posted with it. Run the bot for each with a token and a database of its own.",
            len(others),
            ", ".join(sorted(others)),
            installed.team,
        )


def only_own_workspace(installation: Installation, messenger: Messenger, answer: Answer) -> Answer:
    """Answer the same; to a question that came before it was known whose the token is, where it is
    another's.

    Where Slack does not say whose it is, the question is answered: it is lost to nobody.
    """

    async def answered(request: Request) -> None:
        installed = await installation.look()
        if installed is None or installed.keeps(request.team):
            await answer(request)
        elif request.reply_url:
            await messenger.tell(Place.of(request), ELSEWHERE)
        else:
            log.warning("A question of the workspace %s is not answered", request.team)

    return answered
