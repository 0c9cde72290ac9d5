"""A question that is answered again was perhaps answered before: its worker was killed after the post."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import Undelivered
from bot.model import Request
from bot.ports import Clock, Delivered, Messenger, Metrics, Place

log = logging.getLogger(__name__)

ANSWER = "answer"
"""Kind of the notice by which repetitions are counted."""
AHEAD = timedelta(hours=1)
"""How far back is looked where the question seems yet to come: it was noted by a clock that was ahead."""


@dataclass(frozen=True)
class Repeats:
    """Looks for what an earlier attempt has posted, where Slack lets the bot look.

    What one person saw alone, and what stands in direct messages that the question does not name, cannot be
    looked for.
    """

    messenger: Messenger
    clock: Clock
    metrics: Metrics

    async def before_posting(self, question: Request, files: Sequence[str] = ()) -> Delivered | None:
        """The answer that stands already; where nobody may look for it, it may be repeated, and that is said.

        files: names of those that are shared, where the answer is files.
        """
        if question.attempt > 1 and not question.channel:
            self._possibly(question, "its channel is not known")
            return None
        try:
            found = await self._found(question, files)
        except Undelivered as fault:
            self._possibly(question, fault.cause)
            return None
        if found:
            log.info("%s was answered already in %s/%s", question.id, question.team, question.channel)
        return found

    async def stands(self, question: Request) -> bool:
        """Whether an answer is known to stand; False where nobody may look."""
        try:
            return await self._found(question) is not None
        except Undelivered as fault:
            log.info("The answer to %s cannot be looked for: %s", question.id, fault.cause)
            return False

    async def _found(self, question: Request, files: Sequence[str] = ()) -> Delivered | None:
        if question.attempt == 1 or not question.channel:
            return None
        now = self.clock.now()
        since = question.asked if question.asked <= now else now - AHEAD
        return await self.messenger.find(Place.of(question), question.id, since, files)

    def _possibly(self, question: Request, cause: str) -> None:
        log.warning("The answer to %s is possibly repeated: it cannot be looked for (%s)", question.id, cause)
        self.metrics.notice(ANSWER, "possibly repeated")
