"""What Slack said of people and channels: believed for a while, and asked for with little patience."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Generic, TypeVar

from bot.slack.faults import FaultKind, SlackFault, asked

Answer = TypeVar("Answer")
Value = TypeVar("Value")

FRESH_FAILURE = 60.0
"""Seconds that Slack is not asked again after it did not say."""
PATIENCE = 5.0
"""Seconds that an answer waits for Slack to say."""
DIRECT = "D"
"""What the ids of direct messages begin with."""
MOST = 5000
"""Answers that are remembered."""


class Believed(Generic[Value]):
    """What Slack said, by workspace and id, each until its time; the oldest gives way to the newest."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], tuple[float, Value]] = {}

    def __len__(self) -> int:
        return len(self._said)

    def find(self, key: tuple[str, str], now: float) -> Value | None:
        """What was said, if it still holds.  now: seconds that never go back."""
        until, value = self._said.get(key, (now, None))
        return value if now < until else None

    def keep(self, key: tuple[str, str], value: Value, until: float) -> None:
        """Believe it up to this second."""
        self._said.pop(key, None)
        if len(self._said) >= MOST:
            del self._said[next(iter(self._said))]
        self._said[key] = (until, value)


class DirectoryCache:
    """Asks, and says in the log why there is no answer: what only new settings change, once.

    what: what is to be done without one, "Nothing is known of people".
    """

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log, self._what = log, what
        self._told: set[str] = set()

    async def ask(self, call: Awaitable[Answer]) -> Answer | SlackFault:
        """The answer, or why there is none."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await asked(call)
        except SlackFault as fault:
            self._tell(fault)
            return fault
        except TimeoutError:
            late = SlackFault(FaultKind.BUSY, "", "no answer in time")
            self._tell(late)
            return late

    def _tell(self, fault: SlackFault) -> None:
        settled = fault.kind is FaultKind.SETUP
        expected = (
            settled or fault.kind is FaultKind.CHANNEL
        )  # that a channel is not to be seen is an answer, too
        if fault.cause not in self._told:
            self._log.log(logging.INFO if expected else logging.WARNING, "%s: %s", self._what, fault.cause)
        if settled:
            self._told.add(fault.cause)
