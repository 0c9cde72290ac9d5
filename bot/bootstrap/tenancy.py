"""One token serves one workspace: which that is, and whose rules it cannot serve."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.errors import Unavailable
from bot.model import Request
from bot.ports import Messenger, Place, Store
from bot.slack.directory import Installation
from bot.slack.listeners import ELSEWHERE
from bot.use_cases.answering import Answer

log = logging.getLogger(__name__)

ROUND = 15.0
"""Seconds until Slack is asked again which workspace the token is for."""


@asynccontextmanager
async def learn_workspace(installation: Installation, store: Store) -> AsyncIterator[None]:
    """Until the block ends, find out beside the work which workspace is served, and warn of all others."""
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
        await asyncio.sleep(ROUND)
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


def serving_own(installation: Installation, messenger: Messenger, answer: Answer) -> Answer:
    """The same answer; to a question that came before it was known whose the token is, where it is another's.

    Where Slack does not say whose it is, the question is answered: it is lost to nobody.
    """

    async def answered(question: Request) -> None:
        installed = await installation.look()
        if installed is None or installed.keeps(question.team):
            await answer(question)
        elif question.reply_url:
            await messenger.tell(Place.of(question), ELSEWHERE)
        else:
            log.warning("A question of the workspace %s is not answered", question.team)

    return answered
