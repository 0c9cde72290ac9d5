"""From the inbox to the answer: whoever works takes a question, answers it, and it is done.

What ends in the middle leaves the question open: by a shutdown it is put back at once, by a crash its lease
ends.  So an answer may run twice, and each is written to bear that.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from bot.errors import Unavailable, UserError
from bot.ports import Clock, Inbox, Place, Task
from bot.records import Question
from bot.render import advice
from bot.render.message import Message

log = logging.getLogger(__name__)

Answer = Callable[[Question], Awaitable[None]]
Tell = Callable[[Place, Message], Awaitable[None]]

LONGEST = 100.0
"""Seconds that an answer may take; then its asker is told that there is none."""
LEASE = timedelta(seconds=120)
"""How long a question is one worker's: longer than an answer may take and its asker be told."""
ATTEMPTS = 2
MOST = 1000
"""Questions that are found again at once; the others are found when these are answered."""
PUT_BACK = 3.0
"""Seconds that putting a question back may hold up a shutdown."""

RESTARTED = Message("I was restarted twice before I could answer this. Please ask again.", ())


def _reference() -> str:
    return secrets.token_hex(4)


class Answering:
    """Works on questions; every failure is logged and told.

    tell: shows a message to the asking person only.  answers: by `Question.handler`.
    longest: seconds, well below the lease.  reference: makes the ids that link a person's message to the log.
    """

    def __init__(
        self,
        inbox: Inbox,
        tell: Tell,
        answers: Mapping[str, Answer],
        clock: Clock,
        *,
        longest: float = LONGEST,
        reference: Callable[[], str] = _reference,
    ) -> None:
        self._inbox, self._tell, self._answers, self._clock = inbox, tell, dict(answers), clock
        self._longest, self._reference = longest, reference

    async def work(self, _hint: str) -> None:
        """Answer the question whose turn it is; nothing where none waits.

        The hint says that a question waits, not which one is next.
        Raises Unavailable where the inbox does not answer.
        """
        question = await self._inbox.claim(self._clock.now(), LEASE)
        if question is None:
            return
        try:
            await self._answer(question)
        except asyncio.CancelledError:
            await self._put_back(question)
            raise
        await self._inbox.done(question.team, question.id)

    async def waiting(self) -> list[Task]:
        """A task for every question that nobody works on: for the start of a worker, and for the sweep."""
        found = await self._inbox.open(self._clock.now(), MOST)
        return [Task.to_answer(team, id_) for team, id_ in found]

    async def _answer(self, question: Question) -> None:
        if question.attempt > ATTEMPTS:
            log.error("A question for %s was given up after %d attempts", question.handler, ATTEMPTS)
            await self._own_up(question, RESTARTED)
            return
        try:
            await self._in_time(question)
        except Exception as error:
            await self._own_up(question, self._apology(error, question))

    async def _in_time(self, question: Question) -> None:
        try:
            async with asyncio.timeout(self._longest) as limit:
                await self._answers[question.handler](question)
        except TimeoutError:
            if limit.expired():
                cause = f"nothing had come after {self._longest:.0f} s"
                raise Unavailable("One of my sources", cause) from None
            raise

    async def _put_back(self, question: Question) -> None:
        try:
            # Not asyncio.timeout: in a task that was cancelled it is silent before Python 3.11.4.
            await asyncio.wait_for(self._inbox.put_back(question.team, question.id), PUT_BACK)
            log.warning("An answer to %s was cut off by the shutdown; it is asked again", question.user)
        except Exception:
            log.exception("An answer to %s was cut off; it is asked again when its lease ends", question.user)

    async def _own_up(self, question: Question, message: Message) -> None:
        try:
            await self._tell(Place.of(question), message)
        except Exception:
            log.exception("Could not tell %s in %s of a failure", question.user, question.channel)

    def _apology(self, error: Exception, question: Question) -> Message:
        """What the asker is told: advice as it is, everything else with the reference that the log has."""
        if isinstance(error, UserError):
            return advice.refused(error)
        reference = self._reference()
        where = (question.user, question.team, question.channel)
        log.error(
            "An answer to %s in %s/%s failed (reference %s): %s",
            *where,
            reference,
            error,
            exc_info=error,
            extra={"reference": reference},
        )
        if isinstance(error, Unavailable):
            return advice.unavailable(error, reference)
        return advice.broken(reference)
