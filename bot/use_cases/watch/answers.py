"""Which story answers a question asked with `/watch`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.language import (
    About,
    Acknowledge,
    ByHand,
    Help,
    RuleListing,
    Snooze,
    Unsnooze,
    Verb,
    Watch,
    read_watch,
)
from bot.model import Request
from bot.use_cases.watch import acting, changing, looking, making
from bot.use_cases.watch.services import Declined, Services

_ABOUT: dict[Verb, Callable[[Services, int, Request], Awaitable[None]]] = {
    Verb.SHOW: looking.show,
    Verb.PAUSE: changing.pause,
    Verb.RESUME: changing.resume,
    Verb.DELETE: changing.ask_to_delete,
    Verb.HISTORY: looking.tell_history,
    Verb.WHY: looking.why,
}


class WatchAnswers:
    """Answers `/watch`; safe to ask twice."""

    def __init__(self, parts: Services) -> None:
        self._parts = parts

    async def answer(self, question: Request) -> None:
        """Raises UserError with what to do, Unavailable where a source, Slack or the store is silent."""
        asked = read_watch(question.text, await self._parts.day_of(question))
        try:
            await self._story(asked, question)
        except Declined as declined:
            await self._parts.tell(question, declined.message)

    async def _story(self, asked: Watch | About | RuleListing | ByHand | Help, question: Request) -> None:
        match asked:
            case Watch(test=True):
                await making.try_out(self._parts, asked, question)
            case Watch(number=None):
                await making.make(self._parts, asked, question)
            case Watch():
                await changing.edit(self._parts, asked, question)
            case RuleListing():
                await looking.list_rules(self._parts, asked, question)
            case About():
                await _ABOUT[asked.verb](self._parts, asked.number, question)
            case Acknowledge() | Snooze() | Unsnooze():
                await acting.act(self._parts, asked, question)
            case _:
                raise AssertionError(f"the door answers {asked}")
