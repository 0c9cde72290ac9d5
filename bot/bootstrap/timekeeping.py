"""The machine's clock held against Slack's, so that a leap of it decides and deletes nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial

from bot.bootstrap.outside import plain
from bot.clock import TOLERANCE, SteadyClock
from bot.config import Settings
from bot.ports import Finding, Level
from bot.telemetry.health import duration_words, leap_words

log = logging.getLogger(__name__)

ROUND = 30.0
"""Seconds between two looks at the clock."""
SOON = 5.0
"""Seconds until the next look while nobody knows what time it is."""
FRESH = 3600.0
"""Seconds after which Slack is asked again although nothing has leapt."""
FIRST = 5.0
"""Seconds that Slack has for its first answer before the work begins without one."""

Ask = Callable[[], Awaitable[datetime | None]]
"""Gives the time by another clock, None where it does not say."""


class Timekeeper:
    """Compares a clock with another one: at the start, after each leap, and once an hour."""

    def __init__(self, clock: SteadyClock, ask: Ask) -> None:
        self._clock, self._ask = clock, ask
        self._asked = 0.0
        self._leaps = 0

    async def look(self) -> None:
        """Ask where there is something to ask for, and log what has leapt."""
        at = self._clock.monotonic()
        if not self._clock.settled or at - self._asked > FRESH:
            told = await self._ask()
            if told is not None:
                self._clock.settle(told)
                self._asked = at
        self._log()

    def _log(self) -> None:
        leap, leaps = self._clock.leap, self._clock.leaps
        if leap and leaps != self._leaps:
            log.error("The machine's clock %s; it is not followed", leap_words(leap))
        self._leaps = leaps


@asynccontextmanager
async def keep_time(clock: object, ask: Ask, every: float = ROUND) -> AsyncIterator[None]:
    """Compare the clock until the block ends, for the first time before it begins.

    clock: one that is no `SteadyClock` is left alone.  every: seconds between two looks.
    """
    if not isinstance(clock, SteadyClock):
        yield
        return
    keeper = Timekeeper(clock, ask)
    with suppress(TimeoutError):
        await asyncio.wait_for(keeper.look(), FIRST)
    going_on = asyncio.create_task(_go_on(keeper, clock, every))
    try:
        yield
    finally:
        going_on.cancel()
        with suppress(asyncio.CancelledError):
            await going_on


@asynccontextmanager
async def keep_time_by_slack(clock: SteadyClock, settings: Settings) -> AsyncIterator[None]:
    """Compare the clock with Slack's until the block ends: for a command that needs nothing else of Slack.

    Without a token Slack refuses, and its refusal tells the time.
    """
    from bot.slack.client import server_time, slack_client

    token, url = plain(settings.slack_bot_token) or None, str(settings.slack_api_url)
    async with slack_client(token, url) as client, keep_time(clock, partial(server_time, client)):
        yield


def examine_clock(clock: SteadyClock) -> Finding:
    """Say whether the machine's clock is right, for `watchpoint doctor`."""
    if not clock.settled:
        unknown = "Slack did not tell the time, so nobody knows whether the clock of this machine is right."
        return Finding(Level.NOTE, unknown)
    ahead = clock.ahead
    if abs(ahead) <= TOLERANCE:
        return Finding(Level.OK, "The clock of this machine agrees with Slack's within a minute.")
    way = "ahead of" if ahead > timedelta() else "behind"
    wrong = f"The clock of this machine is {way} Slack's by {duration_words(abs(ahead))}."
    return Finding(Level.FAULT, wrong, "Set it right: the bot goes by Slack's, where Slack answers.")


async def _go_on(keeper: Timekeeper, clock: SteadyClock, every: float) -> None:
    while True:
        await asyncio.sleep(every if clock.settled else min(every, SOON))
        try:
            await keeper.look()
        except Exception:
            log.exception("The clock could not be compared; the next look is in %.0f s", every)
