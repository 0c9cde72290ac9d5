"""The jobs that carry the work, and what can be seen of it from outside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from analytics.watch.crosscheck import Agreement

QUESTION = "question"
"""Kind of the task to answer a question, the one whose turn it is; its key: "team/id" of one that waits."""


@dataclass(frozen=True)
class Task:
    """A hint that there is work.  kind: whose; key: which.  While one waits, an equal one is not added."""

    kind: str
    key: str = ""

    @classmethod
    def to_answer(cls, team: str, id_: str) -> Task:
        """Make the task to answer a question: one more is in the inbox, this one."""
        return cls(QUESTION, f"{team}/{id_}")


class Jobs(Protocol):
    """Carries tasks to workers; what is lost here is found again by a sweep."""

    async def enqueue(self, tasks: Sequence[Task]) -> None:
        """Add those that are not waiting already."""
        ...

    def on(self, kind: str, handler: Callable[[str], Awaitable[None]], at_once: int) -> None:
        """Register who works on a kind: `handler(key)`, at most `at_once` at the same time; before `run`."""
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop, then finish what is under way."""
        ...


class Understood(StrEnum):
    """What was made of words that are not the grammar's."""

    READ_AS = "read as"
    """Surely one question, which is answered and said beside the answer."""
    BUTTONS = "refused with buttons"
    BARE = "refused without buttons"
    NO_FUNDS = "no funds named"
    """Understood, but nobody knows of which funds."""
    UNKNOWN_SYMBOL = "unknown symbol"


class HttpRefusal(StrEnum):
    """Why the HTTP port did not take a connection or a request."""

    FULL = "full"
    """There are as many connections as may be, and all are being answered."""
    CROWDED = "crowded"
    """There were as many as may be: the one that waited longest for its peer made room."""
    SLOW = "slow"
    """Headers, body or answer took too long."""
    MALFORMED = "malformed"
    LARGE = "large"
    """A body, or all bodies that are being read together."""
    UNSIGNED = "unsigned"
    """The headers of Slack's signature are not there, or not of its form."""
    STALE = "stale"
    """The timestamp is too old or ahead of time: one's own clock may be wrong."""
    FORGED = "forged"
    """The signature is not that of the body: one's own signing secret may be wrong."""


class Metrics(Protocol):
    """What can be seen from outside."""

    def run(self, session: date, seconds: float, now: datetime) -> None:
        """Record that a daily run came to its end."""
        ...

    def notice(self, kind: str, outcome: str) -> None:
        """Count a notice as "sent", "possibly repeated", "put back", "dropped" or "stopped".

        kind: of the notice; "answer": that to a question was "possibly repeated".
        """
        ...

    def prices(self, session: date, now: datetime) -> None:
        """Record the newest session with prices."""
        ...

    def sources(self, compared: Agreement) -> None:
        """Record what holding prices against a second source came to."""
        ...

    def observe_ack(self, seconds: float) -> None:
        """Record how long a command took to be acknowledged."""
        ...

    def count_refusal(self, reason: HttpRefusal) -> None:
        """Count a connection or request that the HTTP port did not take."""
        ...

    def count_understood(self, kind: Understood) -> None:
        """Count what was said in other words than the grammar's, without them."""
        ...
