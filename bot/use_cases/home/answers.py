"""The Home tab is shown, and shown anew when something has changed; the first words in a channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from weakref import WeakValueDictionary

from bot.errors import Unavailable
from bot.model import ChannelKey, Request
from bot.ports import HomeTabs, Task
from bot.render.home import Pages, home_view, welcome_message
from bot.use_cases.home.seeing import see
from bot.use_cases.watch.hearing import reopen
from bot.use_cases.watch.services import Services

log = logging.getLogger(__name__)

HOME = "home"
"""Kind of the task to show somebody's Home tab anew; its key: "team/user"."""
LOOKING = timedelta(days=1)
"""Who has opened the tab since is taken to look at it: Slack tells when it is opened, not when it is left."""
MOST = 50
"""People whose tabs are shown anew after one change; everybody else's is when they open it."""

FIRST = Pages()

Answer = Callable[[Request], Awaitable[None]]


class HomeAnswers:
    """Shows Home tabs; safe to ask twice."""

    def __init__(self, parts: Services, home_tabs: HomeTabs) -> None:
        self._parts, self._home_tabs = parts, home_tabs
        self._turns = WeakValueDictionary[str, asyncio.Lock]()

    async def opened(self, question: Request) -> None:
        """Somebody looks, or turns to other pages.  Raises Unavailable where Slack or the store is silent."""
        now = self._parts.desk.clock.now()
        first = await self._parts.repository(question).note_visit(question.user, now)
        pages = Pages.read(question.text)
        is_first = (first or question.attempt > 1) and not question.text
        await self._show(question.team, question.user, first=is_first, pages=pages)

    async def joined(self, question: Request) -> None:
        """The bot has come into a channel: what is watched there is told, else what one can ask.

        Raises Unavailable where nothing could be said.
        """
        if await reopen(self._parts, ChannelKey(question.team, question.channel), question.id):
            return
        await self._parts.post(question, welcome_message())

    async def work(self, key: str) -> None:
        """Show one person's tab anew, "team/user"; what fails is made good when it is opened again."""
        team, _, user = key.partition("/")
        try:
            await self._show(team, user)
        except Unavailable as fault:
            log.warning("The Home tab of %s in %s stays as it was: %s", user, team, fault)

    async def changed(self, team: str) -> None:
        """Something has changed in a workspace; never raises, for what was done is done."""
        try:
            await self.refresh(team)
        except Exception:
            log.exception("The Home tabs of %s are not shown anew", team)

    async def refresh(self, team: str) -> None:
        """Have the tabs that people may look at shown anew.  Raises Unavailable."""
        since = self._parts.desk.clock.now() - LOOKING
        looking = await self._parts.store.of(team).visitors(since)
        await self._parts.jobs.enqueue([Task(HOME, f"{team}/{user}") for user in looking[:MOST]])

    def refreshing(self, answer: Answer) -> Answer:
        """The same answer, and the tabs after it, also where it has failed half way."""

        async def answered(question: Request) -> None:
            try:
                await answer(question)
            finally:
                await self.changed(question.team)

        return answered

    async def _show(self, team: str, user: str, *, first: bool = False, pages: Pages = FIRST) -> None:
        """One after the other for each person: what was seen earlier must not be shown later."""
        turn = self._turns.setdefault(f"{team}/{user}", asyncio.Lock())
        async with turn:
            seen = await see(self._parts, team, user, first=first)
            await self._home_tabs.show(team, user, home_view(replace(seen, pages=pages)))
