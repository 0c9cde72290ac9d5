"""The page on loopback, before a line to an app that records, and a browser without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.playground.actions import Actions
from bot.playground.api.server import Slack
from bot.playground.model import Installed
from bot.playground.page import routes
from bot.playground.storage import ANN, PORTFOLIO, seed_workspace
from bot.playground.time_travel import Travel
from bot.playground.workspace import Workspace
from bot.ports import Clock
from tests.fakes.workspace import APP_TOKEN, BOT_TOKEN, SCOPES, SIGNING_SECRET
from tests.integration.playground.test_deliver import Recorded
from tests.unit.bot.playground.page.reading import Html, harmless, read

EVENTS = ("app_mention", "app_home_opened")
PAGE_TAGS = ("script", "link", "meta")


@dataclass
class Stand:
    """slack: the workspace behind the page; line: what the app was told; session: a browser."""

    slack: Slack
    line: Recorded
    session: aiohttp.ClientSession

    @property
    def base(self) -> str:
        return self.slack.base

    async def get(self, path: str, **headers: str) -> tuple[int, Html]:
        """Status and page; a whole page may have its own script and style, and nothing else."""
        async with self.session.get(f"{self.base}{path}", headers=headers) as answer:
            html = await answer.text()
            whole = html.lstrip().startswith("<!doctype html>")
            return answer.status, (read if whole else harmless)(html)

    async def post(self, path: str, origin: str | None = None, **fields: Any) -> aiohttp.ClientResponse:
        """A form sent by the page itself, or from elsewhere."""
        headers = {"Origin": origin or self.base}
        url = f"{self.base}{path}"
        async with self.session.post(url, data=fields, headers=headers, allow_redirects=False) as answer:
            await answer.read()
            return answer

    async def press(self, ts: str, what: str, user: str = ANN, channel: str = PORTFOLIO) -> int:
        """Press something in a message."""
        answer = await self.post(f"/as/{user}/{channel}/messages/{ts}/press", press=what)
        return answer.status


@asynccontextmanager
async def standing(clock: Clock, travel: Callable[[Workspace], Travel] | None = None) -> AsyncIterator[Stand]:
    """Everything but the bot, until the block ends; travel: how time is let pass there."""
    installed = Installed(BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, SCOPES, EVENTS, home_tab=True)
    slack, line = Slack(seed_workspace(clock), installed), Recorded()
    deeds = Actions(slack, line, patience=1.0, retries=())
    pages = routes(slack.workspace, deeds, travel(slack.workspace) if travel else None)
    async with slack.running(routes=pages), aiohttp.ClientSession() as session:
        yield Stand(slack, line, session)
