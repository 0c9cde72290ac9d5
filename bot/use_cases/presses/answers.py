"""What a press or a form does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

from analytics.watch.states import State
from bot.errors import Unavailable, UserError
from bot.ports import Place
from bot.records import Act, Deed, Kept, Kind, Question, Status
from bot.render import advice
from bot.render.watch import changed, ids, stopped
from bot.use_cases.presses.doors import edited, read_form, reason_of, rule_of
from bot.use_cases.watch import changing, looking, making
from bot.use_cases.watch.finding import deed_of, find_alive, is_done, read_key, where_heard
from bot.use_cases.watch.parts import Declined, Parts, by_hand, story_of

Answer = Callable[[Question], Awaitable[None]]

TRIES = 5
"""How often a change is tried while others change the same rule."""
AHEAD = timedelta(days=60)
"""Holds the sessions of a snooze, whatever the holidays."""
_FORMS = frozenset({ids.ACK_FORM, ids.EDIT_FORM})


class PressAnswers:
    """Answers presses and forms; safe to ask twice."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stories: dict[str, Answer] = {
            ids.ACK_FORM: self._acknowledge,
            ids.SNOOZE: self._snooze,
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

    async def answer(self, id_: str, question: Question) -> None:
        """id_: of what was pressed or sent in.  Raises Unavailable; what is not to be is told."""
        if id_ in _FORMS:
            question = in_place(question)
        try:
            await self._stories[id_](question)
        except Declined as declined:
            await self._parts.tell(question, declined.message)
        except UserError as fault:
            await self._parts.tell(question, advice.refused(fault))

    async def _set_alone(self, question: Question) -> None:
        """The rule is set in the direct messages with who asks; they are what a post there says they are."""
        watch = rule_of(question.text, question.asked.date())
        nowhere = Place(question.team, "", question.user)
        posted = await self._parts.messenger.post(nowhere, stopped.alone(question.channel), {})
        there = replace(question.moved(posted.channel, None, within=False), reply_url=None)
        await making.make(self._parts, watch, there)
        await self._parts.tell(question, stopped.set_alone(watch.text))

    async def _acknowledge(self, question: Question) -> None:
        sent = read_form(question.text)
        deed = deed_of(question, Act.ACKNOWLEDGED, reason_of(sent))
        kept = await self._alter(sent.key, sent.ts, question, deed, lambda known: _in_hand(known, deed))
        await self._parts.tell(question, changed.acknowledged(kept.watched, question.user, deed.detail))

    async def _snooze(self, question: Question) -> None:
        until = self._after_sessions(ids.SNOOZED_SESSIONS)
        deed = deed_of(question, Act.SNOOZED, until.isoformat())
        card = question.thread or ""
        kept = await self._alter(question.text, card, question, deed, lambda known: _quiet(known, until))
        state = kept.standing.state
        told = changed.snoozed(
            kept.watched,
            question.user,
            state.snoozed_until or until,
            in_hand=state.acknowledged is not None,
        )
        await self._parts.tell(question, told)

    async def _alter(
        self, key: str, card: str, question: Question, deed: Deed, change: Callable[[Kept], State]
    ) -> Kept:
        """The rule in its new state, with the promises that its card and thread tell of it."""
        book = self._parts.book(question)
        for _ in range(TRIES):
            kept = await self._current(key, question)
            if await is_done(book, kept.watched.number, deed):
                return kept
            await self._require_open(kept, card, question)
            after = replace(kept, standing=replace(kept.standing, state=change(kept)))
            story = await story_of(self._parts, after, deed)
            now = self._parts.desk.clock.now()
            promises = [by_hand(story, kind, question, now) for kind in (Kind.UPDATE, Kind.REPLY)]
            altered = await book.alter(kept, after.standing.state, deed, promises)
            if altered:
                await self._parts.hurry(where_heard(kept.watched, question))
                return altered
        raise Unavailable("The store", f"{kept.watched.name} is being changed by others")

    async def _current(self, key: str, question: Question) -> Kept:
        """The rule of a button, if it is still the version that the button was made for."""
        number, version = _key(key)
        kept = await find_alive(self._parts.book(question), number, question)
        if kept.watched.version != version:
            raise Declined(changed.superseded(kept.watched))
        return kept

    async def _require_open(self, kept: Kept, card: str, question: Question) -> None:
        """Raises Declined where the rule has nothing open, UserError where the card's incident is over."""
        watched = kept.watched
        if not kept.standing.state.open or watched.status is not Status.ACTIVE:
            raise Declined(changed.no_open_incident(watched))
        history = await self._parts.book(question).history(watched.number)
        if card and any(each.ts == card and each.recovered for each in history.incidents):
            raise UserError(
                f"This card is of an incident of {watched.name} that is over; "
                "the open one has a card of its own."
            )

    def _after_sessions(self, count: int) -> date:
        """The session that is `count` after the newest complete one."""
        desk = self._parts.desk
        settled = desk.calendar.last_complete(desk.clock.now())
        ahead: list[date] = desk.calendar.sessions(settled + timedelta(days=1), settled + AHEAD).tolist()
        return ahead[count - 1]

    async def _why(self, question: Question) -> None:
        kept = await self._current(question.text, question)
        await looking.why(self._parts, kept.watched.number, question)

    async def _history(self, question: Question) -> None:
        number, _ = _key(question.text)
        await looking.tell_history(self._parts, number, question)

    async def _edit(self, question: Question) -> None:
        sent = read_form(question.text)
        _, version = _key(sent.key)
        watch = edited(sent, question.asked.date())
        await changing.edit(self._parts, watch, replace(question, thread=None), seen=version)

    async def _delete(self, question: Question) -> None:
        number, version = _key(question.text)
        await changing.delete(self._parts, number, replace(question, thread=None), seen=version)

    async def _keep(self, question: Question) -> None:
        kept = await self._current(question.text, question)
        await self._parts.tell(question, changed.kept(kept.watched))


def in_place(question: Question) -> Question:
    """A form is asked where its card is."""
    sent = read_form(question.text)
    thread = sent.ts or question.thread
    return question.moved(sent.channel or question.channel, thread, within=sent.within)


def _in_hand(kept: Kept, deed: Deed) -> State:
    state = kept.standing.state
    if state.acknowledged:
        raise Declined(changed.acknowledged_before(kept.watched, state.acknowledged))
    return state.acknowledge(deed.user, deed.detail)


def _quiet(kept: Kept, until: date) -> State:
    state = kept.standing.state
    if state.snoozed_until and state.snoozed_until >= until:
        raise Declined(changed.snoozed_before(kept.watched, state.snoozed_until))
    return state.snooze(until)


def _key(text: str) -> tuple[int, int]:
    found = read_key(text)
    assert found, "the door lets nothing else in"
    return found
