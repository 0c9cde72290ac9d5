"""What a press or a form does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.errors import UserError
from bot.language import Snooze
from bot.model import Request
from bot.ports import Place
from bot.render import advice, ids
from bot.render.rules import changes, channel
from bot.use_cases.buttons.handlers import edited, read_form, reason_of, rule_of
from bot.use_cases.watch import acting, changing, looking, making
from bot.use_cases.watch.acting import Meant
from bot.use_cases.watch.finding import read_key
from bot.use_cases.watch.services import Declined, Services

Answer = Callable[[Request], Awaitable[None]]

_FORMS = frozenset({ids.ACK_FORM, ids.EDIT_FORM})


class ButtonAnswers:
    """Answers presses and forms; safe to ask twice."""

    def __init__(self, parts: Services) -> None:
        self._parts = parts
        self._stories: dict[str, Answer] = {
            ids.ACK_FORM: self._acknowledge,
            ids.SNOOZE: self._snooze,
            ids.UNSNOOZE: self._unsnooze,
            ids.WHY: self._why,
            ids.HISTORY: self._history,
            ids.EDIT_FORM: self._edit,
            ids.DELETE: self._delete,
            ids.KEEP: self._keep,
            ids.ALONE: self._set_alone,
        }

    @property
    def answered(self) -> tuple[str, ...]:
        """Action ids of buttons and callback ids of forms."""
        return tuple(self._stories)

    async def answer(self, id_: str, question: Request) -> None:
        """id_: of what was pressed or sent in.  Raises Unavailable; what is not to be is told."""
        if id_ in _FORMS:
            question = in_place(question)
        try:
            await self._stories[id_](question)
        except Declined as declined:
            await self._parts.tell(question, declined.message)
        except UserError as fault:
            await self._parts.tell(question, advice.refusal_message(fault))

    async def _set_alone(self, question: Request) -> None:
        """The rule is set in the direct messages with who asks; they are what a post there says they are."""
        watch = rule_of(question.text, question.asked.date())
        there = replace(question.moved(await self._alone(question), None, within=False), reply_url=None)
        await making.make(self._parts, watch, there)
        await self._parts.tell(question, channel.set_in_messages_message(watch.text))

    async def _alone(self, question: Request) -> str:
        """The direct messages with who asks; asked again, they are where the rule was set."""
        if made := await self._parts.repository(question).rule_made_by(question.id):
            return made.watched.channel
        nowhere = Place(question.team, "", question.user)
        posted = await self._parts.messenger.post(
            nowhere, channel.set_in_messages_heading(question.channel), {}
        )
        return posted.channel

    async def _acknowledge(self, question: Request) -> None:
        sent = read_form(question.text)
        await acting.acknowledge(self._parts, _meant(sent.key, sent.ts), reason_of(sent), question)

    async def _snooze(self, question: Request) -> None:
        meant = _meant(question.text, question.thread or "")
        await acting.snooze(self._parts, meant, Snooze(meant.number), question)

    async def _unsnooze(self, question: Request) -> None:
        meant = _meant(question.text, question.thread or "")
        await acting.unsnooze(self._parts, meant, question)

    async def _why(self, question: Request) -> None:
        kept = await acting.current(self._parts, _meant(question.text), question)
        await looking.why(self._parts, kept.watched.number, question)

    async def _history(self, question: Request) -> None:
        number, _ = _key(question.text)
        await looking.tell_history(self._parts, number, question)

    async def _edit(self, question: Request) -> None:
        sent = read_form(question.text)
        _, version = _key(sent.key)
        watch = edited(sent, await self._parts.day_of(question))
        await changing.edit(self._parts, watch, replace(question, thread=None), seen=version)

    async def _delete(self, question: Request) -> None:
        number, version = _key(question.text)
        await changing.delete(self._parts, number, replace(question, thread=None), seen=version)

    async def _keep(self, question: Request) -> None:
        kept = await acting.current(self._parts, _meant(question.text), question)
        await self._parts.tell(question, changes.kept_message(kept.watched))


def in_place(question: Request) -> Request:
    """A form is asked where its card is."""
    sent = read_form(question.text)
    thread = sent.ts or question.thread
    return question.moved(sent.channel or question.channel, thread, within=sent.within)


def _meant(key: str, card: str = "") -> Meant:
    return Meant(*_key(key), card)


def _key(text: str) -> tuple[int, int]:
    found = read_key(text)
    assert found, "the door lets nothing else in"
    return found
