"""A question about funds is answered where it was asked, and what it was about is kept for the next one."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.errors import UnknownSymbols, UserError
from bot.language import Compare, FollowUp, applied, follow_text, read_compare, read_follow
from bot.model import Request, Section, SectionQuery, ThreadContext
from bot.ports import Delivered, Place
from bot.render.advice import MOST_QUESTIONS, note_funds_left_out, unknown_symbols_message
from bot.render.blocks import follow_up_buttons
from bot.render.sections.comparison import comparison_message as comparison_answer
from bot.render.sections.export import export_message
from bot.use_cases.compare import look_into, today
from bot.use_cases.threads.recalling import is_direct, recalled, remember, topic_of
from bot.use_cases.threads.sections import Case, files, laid_out, render, require_currency
from bot.use_cases.watch.services import Services

log = logging.getLogger(__name__)

EXAMPLE = ("ISCB", "SPSM")


class ThreadAnswers:
    """Answers questions about funds; safe to ask twice.

    Each raises UserError with what to do, Unavailable where a source, Slack or the store is silent.
    """

    def __init__(self, parts: Services) -> None:
        self._parts = parts

    async def ask(self, question: Request) -> None:
        """What was said, or pressed; about what is named, else about what the place is about."""
        asked = SectionQuery.read(question.text)
        topic = asked.topic
        day = await self._parts.day_of(question)
        follow = _follow(asked.text, day, topic)
        if topic is None:
            question = _unthreaded(question)
        if topic is None and not follow.symbols:
            topic = await recalled(self._parts.repository(question), Place.of(question))
            if topic is None:
                raise UserError(_nothing_here(follow, question))
            follow = _follow(asked.text, day, topic)
        await self._answer(follow, topic, question)

    async def compare(self, question: Request) -> None:
        """What follows `/compare`, read on the asker's day."""
        asked = read_compare(question.text, await self._parts.day_of(question))
        assert isinstance(asked, Compare), "the door answers help itself"
        await self._answer(_of_command(asked), None, question)

    async def sectors(self, question: Request) -> None:
        """What follows `/sectors`, read on the asker's day."""
        day = await self._parts.day_of(question)
        await self._answer(_follow(f"{Section.SECTORS} {question.text}", day), None, question)

    async def _answer(self, follow: FollowUp, topic: ThreadContext | None, question: Request) -> None:
        """Gather, compute, render, deliver, and keep what it was about where the funds were named."""
        asked = applied(follow, topic, today(self._parts.desk))
        source = topic.source if topic and not follow.symbols else ""
        try:
            evidence = await look_into(laid_out(follow.study, asked), self._parts.desk, source)
        except UnknownSymbols as fault:
            meant = list(itertools.islice(_meant(fault, follow, topic), MOST_QUESTIONS))
            await self._parts.tell(question, unknown_symbols_message(fault, meant))
            return
        require_currency(follow, evidence.comparison)
        now = topic_of(asked, evidence)
        if topic and topic.comparing.symbols == asked.symbols:
            now = replace(now, more=topic.more)
        delivered = await self._deliver(Case(follow, evidence, question.user), now, question)
        if follow.symbols:
            await remember(self._parts, Place.of(question), delivered, now)
        log.info("Answered %s in %s/%s", follow_text(follow), question.team, question.channel)

    async def _deliver(self, case: Case, topic: ThreadContext, question: Request) -> Delivered:
        if case.follow.study is Section.CSV:
            documents = await asyncio.to_thread(files, case)
            return await self._parts.attach(question, export_message(case.found), documents)
        if case.follow.study is Section.COMPARE:
            notes = case.evidence.notes
            message = comparison_answer(case.comparison, notes, case.asked_by, follow_up_buttons(topic))
        else:
            message = await asyncio.to_thread(render, case)
        return await self._parts.post(question, note_funds_left_out(message, topic.more))


def _follow(words: str, day: date, topic: ThreadContext | None = None) -> FollowUp:
    """What is asked; "last year" is told from the day that the place is about, else from the asker's."""
    about = topic.comparing.as_of if topic else None
    follow = read_follow(words, day, about)
    assert isinstance(follow, FollowUp), "the door answers help itself"
    return follow


def _unthreaded(question: Request) -> Request:
    """Alone with the bot, what a button outside threads asks about nothing in particular is asked there too.

    Such a button stands under what was not understood: its answer belongs to the talk, not under the slip.
    """
    pressed = "message_ts" in question.extra
    if pressed and is_direct(question.channel) and not question.within:
        return replace(question, thread=None)
    return question


def _of_command(asked: Compare) -> FollowUp:
    return FollowUp(
        symbols=asked.symbols,
        window=asked.window,
        versus=asked.versus,
        rate=asked.rate,
        as_of=asked.as_of,
        weekly=asked.weekly,
    )


def _meant(fault: UnknownSymbols, follow: FollowUp, topic: ThreadContext | None) -> Iterator[SectionQuery]:
    """The same question with the nearest known symbols in place of those that nobody has.

    None where the unknown ones were not named in it, but come from what the place is about.
    """
    if not set(fault.nearest) <= {*follow.symbols, *follow.add, *follow.without, follow.versus}:
        return
    for like in itertools.product(*fault.nearest.values()):
        again = _swapped(follow, dict(zip(fault.nearest, like, strict=True)))
        if len(set(again.symbols)) == len(again.symbols):
            yield SectionQuery(follow_text(again), topic)


def _swapped(follow: FollowUp, other: Mapping[str, str]) -> FollowUp:
    def swapped(symbols: Sequence[str]) -> tuple[str, ...]:
        return tuple(other.get(symbol, symbol) for symbol in symbols)

    return replace(
        follow,
        symbols=swapped(follow.symbols),
        add=swapped(follow.add),
        without=swapped(follow.without),
        versus=other.get(follow.versus, follow.versus) if follow.versus else None,
    )


def _nothing_here(follow: FollowUp, question: Request) -> str:
    """What to type where nobody knows which funds are meant."""
    named = follow_text(replace(follow, symbols=EXAMPLE, add=(), without=()))
    where = "in this thread" if question.thread else "here"
    said = named if is_direct(question.channel) else f"@watchpoint {named}"
    return f"No funds have been compared {where} that I remember. Name them: `{said}`."
