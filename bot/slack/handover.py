"""From the listener to the work: tasks that outlive the acknowledgement, and whose failures are told.

handler.receive(text, place) -> Received     at once: parse; bad input is answered here
listener acknowledges with Received.reply
Handover.start(place, Received.work)         runs on, and the asker hears of it whatever goes wrong
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable

from bot.errors import Unavailable, UserError
from bot.ports import CommandHandler, Place, Received
from bot.render import advice
from bot.render.message import Message

log = logging.getLogger(__name__)
Work = Callable[[], Awaitable[None]]
Tell = Callable[[Place, Message], Awaitable[None]]

AT_ONCE = 16
MOST = 200
"""Work under way and waiting; beyond it a command is declined at once instead of answered too late."""
FAREWELL = 5.0
"""Seconds to tell those whose work was cut off by a restart."""

RESTARTING = Message("I am restarting. Ask again in a minute.", ())
RESTARTED = Message("I was restarted before I could answer. Please ask again.", ())
TOO_MUCH = Message("I have too much to do right now. Ask again in a few minutes.", ())


def _reference() -> str:
    return secrets.token_hex(4)


class Handover:
    """Runs work beside the listeners: a bounded number at once, every failure logged and told.

    tell: shows a message to the asking person only.
    at_once, most: how much work may run, and how much may run and wait.
    reference: makes the ids that link a person's message to the log.
    """

    def __init__(
        self,
        tell: Tell,
        *,
        at_once: int = AT_ONCE,
        most: int = MOST,
        reference: Callable[[], str] = _reference,
    ) -> None:
        self._tell, self._reference, self._most = tell, reference, most
        self._turns = asyncio.Semaphore(at_once)
        self._tasks: dict[asyncio.Task[None], Place] = {}
        self._closing = False

    def receive(self, handler: CommandHandler, text: str, place: Place) -> Received:
        """What the handler makes of the text; never raises, for that would lose the acknowledgement."""
        if self._closing:
            return Received(RESTARTING)
        if len(self._tasks) >= self._most:
            return Received(TOO_MUCH)
        try:
            return handler.receive(text, place)
        except Exception as error:
            return Received(self._apology(error, place))

    def start(self, place: Place, work: Work | None) -> None:
        """Run the work in the background; returns at once."""
        if work is None:
            return
        task = asyncio.get_running_loop().create_task(self._run(place, work))
        self._tasks[task] = place
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    def tell_later(self, place: Place, message: Message) -> None:
        """Show a message to the asking person, in the background."""
        self.start(place, lambda: self._tell(place, message))

    async def idle(self) -> None:
        """Wait until no work is under way; more is taken meanwhile."""
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def drain(self, deadline: float) -> int:
        """Take nothing more, wait for the work under way up to `deadline` seconds, cut off the rest.

        Those whose work is cut off are told.  Returns how many that were.
        """
        self._closing = True
        if not self._tasks:
            return 0
        log.info("Finishing %d answers", len(self._tasks))
        _, late = await asyncio.wait(list(self._tasks), timeout=deadline)
        places = [self._tasks[task] for task in late if task in self._tasks]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await self._bid_farewell(places)
        return len(late)

    async def _bid_farewell(self, places: list[Place]) -> None:
        if not places:
            return
        log.warning("%d answers were cut off by the shutdown", len(places))
        telling = asyncio.gather(*(self._tell(place, RESTARTED) for place in places), return_exceptions=True)
        try:
            await asyncio.wait_for(telling, FAREWELL)
        except TimeoutError:
            log.warning("Not everybody could be told")

    async def _run(self, place: Place, work: Work) -> None:
        async with self._turns:
            try:
                await work()
            except Exception as error:
                await self._own_up(place, self._apology(error, place))

    async def _own_up(self, place: Place, message: Message) -> None:
        try:
            await self._tell(place, message)
        except Exception:
            log.exception("Could not tell %s in %s of a failure", place.user, place.channel)

    def _apology(self, error: Exception, place: Place) -> Message:
        """What the asker is told: advice as it is, everything else with the reference that the log has."""
        if isinstance(error, UserError):
            return advice.refused(error)
        reference = self._reference()
        where = (place.user, place.team, place.channel)
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
