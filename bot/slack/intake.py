"""Keeps a request in the inbox before it is acknowledged, and hands it to the queue."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

from bot.errors import Unavailable, UserError
from bot.model import NO_LIMITS, Crowded, Request, RequestLimits
from bot.ports import Ack, Clock, Handler, Inbox, Jobs, Place, Task
from bot.render import advice
from bot.render.limits import INPUT_VALUE
from bot.render.message import Message

log = logging.getLogger(__name__)
Tell = Callable[[Place, Message], Awaitable[None]]
Expand = Callable[[Request], Awaitable[Request]]

PATIENCE = 2.0
"""Seconds that keeping a question may take: Slack waits for three."""
PROMPT = 0.5
"""Seconds that handing it out may take."""
MOST = 200
"""Questions that wait; beyond it one is declined at once instead of answered too late."""
FRESH = 2.0
"""Seconds after which those that wait are counted anew."""

LONGEST = 40_000
"""Characters of the longest message that Slack delivers; what is longer is no question and is not read."""
STRANGER = Message("Only members of the workspace that I belong to can do this.", ())
TOO_MUCH = Message("I have too much to do right now. Ask again in a few minutes.", ())


def _reference() -> str:
    return secrets.token_hex(4)


class Intake:
    """Takes questions; never raises, for that would lose the acknowledgement.

    tell: shows a message to the asking person only.
    patience: seconds that keeping a question may take.  most: how many may wait.
    limits: how many of a person, a channel and a workspace may be open.
    reference: makes the ids that link a person's message to the log.
    expand: puts names that a workspace has given in a request by what they stand for.
    """

    def __init__(
        self,
        inbox: Inbox,
        jobs: Jobs,
        tell: Tell,
        clock: Clock,
        *,
        patience: float = PATIENCE,
        most: int = MOST,
        limits: RequestLimits = NO_LIMITS,
        reference: Callable[[], str] = _reference,
        expand: Expand | None = None,
    ) -> None:
        self._inbox, self._jobs, self._tell = inbox, jobs, tell
        self._patience, self._limits, self._reference = patience, limits, reference
        self._expand = expand
        self._backlog = _Backlog(inbox, clock, most)
        self._tasks: set[asyncio.Task[None]] = set()

    async def receive(self, handler: Handler, request: Request, stranger: bool = False) -> Ack:
        """Hand over a question to its handler; with `work` in the answer, the question is kept.

        Where it could not be kept, `work` is False and the reply says so.
        stranger: who asks belongs to another workspace, and is refused all that is not open to everybody.
        """
        if refused := _length_refusal(request):
            return refused
        if self._expand:
            request = await self._expand(request)
        try:
            taken = handler.receive(request.text, Place.of(request))
        except Exception as error:
            return Ack(reply=advice.failure_message(self._log_error(error, Place.of(request))))
        if stranger and not taken.open:
            return Ack(reply=STRANGER)
        if not taken.work:
            return taken
        refusal = await self._keep(_request_as_kept(request, taken))
        return replace(taken, work=False, reply=refusal) if refusal else taken

    def tell_later(self, place: Place, message: Message) -> None:
        """Show a message to the asking person, in the background; a failure is logged."""
        self._start(self._tell_safely(place, message))

    def show_later(self, place: Place, show: Callable[[], Awaitable[object]]) -> None:
        """Open something before the asking person, in the background; a failure is logged and told.

        show: raises UserError with what the person can do.
        """
        self._start(self._show_safely(place, show))

    @property
    def busy(self) -> bool:
        """Whether something is under way in the background."""
        return bool(self._tasks)

    async def idle(self) -> None:
        """Wait until nothing is; more is taken meanwhile."""
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def drain(self, deadline: float) -> int:
        """Wait for what is under way in the background up to `deadline` seconds; how many were cut off."""
        if not self._tasks:
            return 0
        _, late = await asyncio.wait(list(self._tasks), timeout=deadline)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            log.warning("%d people could not be told before the shutdown", len(late))
        return len(late)

    async def _keep(self, request: Request) -> Message | None:
        """Keep it in the inbox, with a task; return what to say instead where there is no time for that."""
        if self._backlog.is_old():
            self._start(self._backlog.count())
        if self._backlog.is_full():
            return TOO_MUCH
        keeping = asyncio.ensure_future(self._inbox.put(request, self._limits))
        done, _ = await asyncio.wait({keeping}, timeout=self._patience)
        if not done:
            self._start(self._withdraw(keeping, request))
            return self._not_kept_message(
                Unavailable("The database", f"no answer within {self._patience:g} s"), request
            )
        try:
            kept = keeping.result()
        except Exception as error:
            return self._not_kept_message(error, request)
        if isinstance(kept, Crowded):
            return advice.busy_message(kept)
        if kept:
            await self._hand_out(request)
        return None

    async def _hand_out(self, request: Request) -> None:
        """Hand the request out; the sweep makes good what fails here, for it finds it in the inbox."""
        try:
            async with asyncio.timeout(PROMPT):
                await self._jobs.enqueue([Task.to_answer(request.team, request.id)])
        except Exception as error:
            log.warning("A question of %s waits for the next sweep: %r", request.user, error)

    async def _withdraw(self, keeping: asyncio.Future[bool | Crowded], request: Request) -> None:
        """Withdraw a request whose asker was told that it is not taken, so that it is not answered."""
        try:
            if await keeping is True:
                await self._inbox.mark_done(request.team, request.id)
        except Exception as error:
            log.warning("A question of %s may be answered although it was declined: %r", request.user, error)

    def _not_kept_message(self, error: Exception, request: Request) -> Message:
        reference = self._log_error(error, Place.of(request))
        away = Unavailable("The database", "the question could not be kept")
        return advice.unavailable_message(error if isinstance(error, Unavailable) else away, reference)

    async def _tell_safely(self, place: Place, message: Message) -> None:
        try:
            await self._tell(place, message)
        except Exception:
            log.exception("Could not tell %s in %s", place.user, place.channel)

    async def _show_safely(self, place: Place, show: Callable[[], Awaitable[object]]) -> None:
        try:
            await show()
        except UserError as fault:
            log.info("Not shown to %s: %s", place.user, fault.__cause__ or fault)
            await self._tell_safely(place, advice.refusal_message(fault))
        except Exception as error:
            reference = self._log_error(error, place)
            if isinstance(error, Unavailable):
                await self._tell_safely(place, advice.unavailable_message(error, reference))
            else:
                await self._tell_safely(place, advice.failure_message(reference))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _log_error(self, error: Exception, place: Place) -> str:
        """Log an error and return the reference under which the log has it."""
        reference = self._reference()
        where = (place.user, place.team, place.channel)
        log.error(
            "What %s in %s/%s asked could not be taken (reference %s): %s",
            *where,
            reference,
            error,
            exc_info=error,
            extra={"reference": reference},
        )
        return reference


def _length_refusal(request: Request) -> Ack | None:
    """Return the refusal of a text, or of a form's fields, longer than Slack lets anybody type; None for
    others.
    """
    fields = request.extra.get("fields")
    if fields is None:
        return Ack(reply=_too_long_message(request.text, LONGEST)) if len(request.text) > LONGEST else None
    typed = ((name, value) for name, value in fields.items() if isinstance(value, str))
    over = {
        name: _too_long_message(value, INPUT_VALUE).text for name, value in typed if len(value) > INPUT_VALUE
    }
    return Ack(faults=over) if over else None


def _too_long_message(text: str, most: int) -> Message:
    return Message(f"This has {len(text):,} characters; at most {most:,} are taken. Ask in fewer words.", ())


def _request_as_kept(request: Request, taken: Ack) -> Request:
    """Return the question as it is kept: answered by whom and where the handler says; who asked it stays."""
    to = taken.place or Place.of(request)
    return replace(
        request.with_place(to.channel, to.thread, within=to.within),
        handler=taken.handler or request.handler,
        text=request.text if taken.text is None else taken.text,
        reply_url=to.reply_url,
    )


class _Backlog:
    """How many questions wait, counted anew every few seconds while some come in."""

    def __init__(self, inbox: Inbox, clock: Clock, most: int) -> None:
        self._inbox, self._clock, self._most = inbox, clock, most
        self._waiting = self._since = 0
        self._counted: float | None = None

    def is_full(self) -> bool:
        """Return whether too many questions wait."""
        return self._waiting >= self._most

    def is_old(self) -> bool:
        """Return whether to count; asked once for every question."""
        self._since += 1
        now = self._clock.monotonic()
        if self._counted is not None and now - self._counted < FRESH and self._since < self._most:
            return False
        self._counted, self._since = now, 0
        return True

    async def count(self) -> None:
        """Count those that wait now; what cannot be counted stays as it was."""
        try:
            self._waiting = len(await self._inbox.open(self._clock.now(), self._most))
        except Exception as error:
            log.warning("The questions that wait could not be counted: %r", error)
