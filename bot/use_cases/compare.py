"""The story of `/compare`: gather, compute, render, deliver."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analytics.comparison import Comparison, compare
from analytics.errors import NoCommonHistory
from analytics.notes import Note
from analytics.question import Question
from bot.commands import COMMANDS
from bot.errors import Unavailable, Unclear, UserError
from bot.grammar import Compare, Help, read_compare
from bot.ports import Calendar, Clock, Funds, Handler, Messenger, Painter, Place, Prices, Taken
from bot.records import Question as Asked
from bot.render import advice
from bot.render.comparison.answer import answer
from bot.render.message import Message

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """What a comparison is made with: sources and time."""

    prices: Prices
    funds: Funds
    calendar: Calendar
    clock: Clock


@dataclass(frozen=True)
class Answered:
    """A comparison with what its sources had to say."""

    comparison: Comparison
    notes: tuple[Note, ...]


async def compare_funds(ask: Compare, desk: Desk) -> Answered:
    """Gather and compute.

    Raises UserError where the question cannot be answered as asked, Unavailable where a source is silent.
    """
    settled = desk.calendar.last_complete(desk.clock.now())
    through = min(ask.as_of or settled, settled)
    question = Question(ask.symbols, ask.window, through, ask.versus, ask.rate)
    history, facts = await asyncio.gather(
        desk.prices.history(question.priced, through), desk.funds.profiles(question.symbols)
    )
    try:
        comparison = compare(history.panel, facts.by_symbol, question)
    except NoCommonHistory as none:
        raise UserError(f"{none}. Choose a longer window or other funds.") from none
    return Answered(comparison, (*_of_interest(history.notes, comparison), *facts.notes))


def _of_interest(notes: Sequence[Note], comparison: Comparison) -> Iterator[Note]:
    """The notes on days that a figure shown rests on: sources check prices over their whole history."""
    shown = [period.start for period in comparison.trailing if period.label != "max"]
    first = min([comparison.span.start, *shown])
    for note in notes:
        days = [note.facts[name] for name in ("session", "last") if name in note.facts]
        if all(isinstance(day, date) and day >= first for day in days):
            yield note


class CompareDoor:
    """Takes `/compare` and its mentions; needs no data."""

    def __init__(self, clock: Clock, nearest: advice.Nearest) -> None:
        self._clock, self._nearest = clock, nearest

    def receive(self, text: str, place: Place) -> Taken:  # noqa: ARG002 (the protocol's)
        """What is wrong with the text, or the usage; else the question goes on."""
        try:
            asked = read_compare(text, self._clock.now().date())
        except Unclear as fault:
            return Taken(reply=advice.unclear(fault, self._nearest))
        return Taken(reply=advice.usage(asked.command)) if isinstance(asked, Help) else Taken(work=True)


class CompareAnswers:
    """Answers `/compare`."""

    def __init__(self, desk: Desk, painter: Painter, messenger: Messenger) -> None:
        self._desk, self._painter, self._messenger = desk, painter, messenger

    async def answer(self, question: Asked) -> None:
        """Gather, compute, render, deliver; read on the day it was asked.

        Raises as `compare_funds`, and Unavailable where nothing could be delivered.
        """
        ask = read_compare(question.text, question.asked.date())
        assert isinstance(ask, Compare), "the door answers help itself"
        answered = await compare_funds(ask, self._desk)
        message = answer(answered.comparison, answered.notes, question.user)
        await self._messenger.post(Place.of(question), message, await self._drawn(message))
        log.info("Answered /compare %s in %s/%s", ask.text, question.team, question.channel)

    async def _drawn(self, message: Message) -> dict[str, bytes]:
        """The pictures; none where they cannot be drawn, for an answer is not lost to a chart."""
        try:
            return dict(await self._painter.draw(message.pictures))
        except Unavailable:
            log.exception("The charts could not be drawn")
            return {}


class Mentioned:
    """Takes `@watchpoint …`: the commands without their slash; anything else is told what there is.

    doors: by the command's name, e.g. "/compare".
    """

    def __init__(self, doors: Mapping[str, Handler]) -> None:
        self._doors = dict(doors)

    def receive(self, text: str, place: Place) -> Taken:
        """As the command of that name; the usage where there is none."""
        word, rest = (*text.split(maxsplit=1), "", "")[:2]
        name = f"/{word.lower().lstrip('/')}"
        if name not in self._doors:
            return Taken(reply=advice.overview([each for each in COMMANDS if each.name in self._doors]))
        taken = self._doors[name].receive(rest, place)
        return replace(taken, handler=name, text=rest)
