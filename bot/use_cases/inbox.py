"""From the inbox to the answer: a worker leases a request, answers it, and it is done."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.errors import Unavailable, UserError
from bot.model import Request
from bot.ports import Clock, Inbox, Place, Task
from bot.render import advice
from bot.render.message import Message

log = logging.getLogger(__name__)

Answer = Callable[[Request], Awaitable[None]]
Tell = Callable[[Place, Message], Awaitable[None]]
Stands = Callable[[Request], Awaitable[bool]]
"""Whether an earlier attempt is known to have answered a question."""

LONGEST = 100.0
"""Seconds that an answer may take; then its asker is told that there is none."""
SLOW, SOON = 8.0, 2.0
"""Seconds from the question until its asker is told that it takes longer; and from the start of the work."""
ATTEMPTS = 3
"""How often an answer is begun: a question that ends its worker must not do so for ever."""
MOST = 1000
"""Questions that are found again at once; the others are found when these are answered."""
PUT_BACK = 3.0
"""Seconds that putting a question back may hold up a shutdown."""

LONGER = Message("This takes longer than usual; the answer comes here.", ())
BEGUN_AGAIN = Message("I was restarted while I worked on this; the answer comes here.", ())
RESTARTED = Message("I was restarted three times before I could answer this. Please ask again.", ())


def _reference() -> str:
    return secrets.token_hex(4)


class RequestWorker:
    """Works on questions; every failure is logged and told.

    tell: shows a message to the asking person only.  answers: by `Request.handler`.
    unasked: handlers of what nobody has asked, so that nobody waits.
    longest: seconds.  sleep: waits, in seconds of the clock.
    reference: makes the ids that link a person's message to the log.
    """

    def __init__(
        self,
        inbox: Inbox,
        tell: Tell,
        answers: Mapping[str, Answer],
        clock: Clock,
        stands: Stands,
        *,
        unasked: Container[str] = (),
        longest: float = LONGEST,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        reference: Callable[[], str] = _reference,
    ) -> None:
        self._inbox, self._tell, self._answers, self._clock = inbox, tell, dict(answers), clock
        self._stands, self._unasked = stands, unasked
        self._longest, self._sleep, self._reference = longest, sleep, reference
        self._holding = RequestLeases(inbox, clock, sleep)

    async def work(self, _hint: str) -> None:
        """Answer the question whose turn it is; nothing where none waits.

        The hint says that a question waits, not which one is next.
        Raises Unavailable where the inbox does not answer.
        """
        request = await self._holding.claim()
        if request is None:
            return
        try:
            async with self._holding.keep_lease(request):
                await self._answer(request)
        except LeaseLost:
            log.warning("Another worker has the question %s; its answer is stopped here", request.id)
            return
        except asyncio.CancelledError:
            await self._put_back(request)
            raise
        await self._inbox.mark_done(request.team, request.id)

    async def waiting(self) -> list[Task]:
        """Return a task for every question that nobody works on: for the start of a worker, and for the
        sweep.
        """
        found = await self._inbox.open(self._clock.now(), MOST)
        return [Task.to_answer(team, id_) for team, id_ in found]

    async def _answer(self, request: Request) -> None:
        if request.attempt > ATTEMPTS:
            await self._give_up(request)
            return
        try:
            async with self._tell_if_slow(request):
                await self._answer_in_time(request)
        except Exception as error:
            apology = self._apology(error, request)
            if not await self._stands(request):
                await self._tell_failure(request, apology)

    async def _give_up(self, request: Request) -> None:
        if await self._stands(request):
            log.warning("The answer to %s stands; its last worker was ended before it was noted", request.id)
            return
        log.error("A question for %s was given up after %d attempts", request.handler, ATTEMPTS)
        await self._tell_failure(request, RESTARTED)

    @asynccontextmanager
    async def _tell_if_slow(self, request: Request) -> AsyncIterator[None]:
        """Tell the asker once where the block lasts long."""
        if request.handler in self._unasked:
            yield
            return
        telling = asyncio.create_task(self._tell_of_wait(request))
        try:
            yield
        finally:
            telling.cancel()

    async def _tell_of_wait(self, request: Request) -> None:
        waited = (self._clock.now() - request.asked).total_seconds()
        await self._sleep(max(SOON, SLOW - max(waited, 0.0)))
        if await self._stands(request):
            return
        try:
            await self._tell(Place.of(request), LONGER if request.attempt == 1 else BEGUN_AGAIN)
        except Exception as fault:
            log.warning("Could not tell %s that an answer takes longer: %r", request.user, fault)

    async def _answer_in_time(self, request: Request) -> None:
        try:
            async with asyncio.timeout(self._longest) as limit:
                await self._answers[request.handler](request)
        except TimeoutError:
            if limit.expired():
                cause = f"nothing had come after {self._longest:.0f} s"
                raise Unavailable("One of my sources", cause) from None
            raise

    async def _put_back(self, request: Request) -> None:
        try:
            # Not asyncio.timeout: in a task that was cancelled it is silent before Python 3.11.4.
            await asyncio.wait_for(self._inbox.put_back(request.team, request.id), PUT_BACK)
            log.warning("An answer to %s was cut off by the shutdown; it is asked again", request.user)
        except Exception:
            log.exception("An answer to %s was cut off; it is asked again when its lease ends", request.user)

    async def _tell_failure(self, request: Request, message: Message) -> None:
        try:
            await self._tell(Place.of(request), message)
        except Exception:
            log.exception("Could not tell %s in %s of a failure", request.user, request.channel)

    def _apology(self, error: Exception, request: Request) -> Message:
        """Return what the asker is told: advice as it is, everything else with the reference that the log
        has.
        """
        if isinstance(error, UserError):
            return advice.refusal_message(error)
        reference = self._reference()
        where = (request.user, request.team, request.channel)
        log.error(
            "An answer to %s in %s/%s failed (reference %s): %s",
            *where,
            reference,
            error,
            exc_info=error,
            extra={"reference": reference},
        )
        if isinstance(error, Unavailable):
            return advice.unavailable_message(error, reference)
        return advice.failure_message(reference)


LEASE = timedelta(seconds=20)
"""How long nobody else takes a question of whose worker nothing is heard: so long it waits after a kill."""
RENEWAL = 5.0
"""Seconds between two renewals: three of them may fail."""


class LeaseLost(Exception):
    """Another worker has the question: its lease had ended before it could be renewed."""


class RequestLeases:
    """Holds questions for one worker.  sleep: waits between two renewals, in seconds of the clock."""

    def __init__(
        self, inbox: Inbox, clock: Clock, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._inbox, self._clock, self._sleep = inbox, clock, sleep

    async def claim(self) -> Request | None:
        """Claim the question whose turn it is, to work on it; None where none waits."""
        return await self._inbox.claim(self._clock.now(), LEASE)

    @asynccontextmanager
    async def keep_lease(self, request: Request) -> AsyncIterator[None]:
        """Renew the lease until the block ends.

        Raises Overtaken, by cutting the block off, where another worker has the question.
        """
        working = asyncio.current_task()
        assert working
        overtaken = False

        async def renew_on() -> None:
            nonlocal overtaken
            while await self._renew(request):
                pass
            overtaken = True
            working.cancel()

        renewing = asyncio.create_task(renew_on())
        try:
            yield
        except asyncio.CancelledError:
            if overtaken and working.uncancel() == 0:
                raise LeaseLost from None
            raise
        finally:
            renewing.cancel()

    async def _renew(self, request: Request) -> bool:
        """Renew the lease; False where another has it.  A silent store gives it to nobody else, either."""
        await self._sleep(RENEWAL)
        try:
            return await self._inbox.renew(request, self._clock.now(), LEASE)
        except Exception as fault:
            log.warning("The lease of %s is not renewed: %r", request.id, fault)
            return True
