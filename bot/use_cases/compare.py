"""The story of `/compare`: gather, compute, render, deliver."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from analytics.comparison import Comparison, Question, compare
from analytics.errors import NoCommonHistory
from analytics.notes import Note
from bot.commands import COMMANDS
from bot.errors import Unavailable, Unclear, UserError
from bot.grammar import Compare, Help, read_compare
from bot.ports import Calendar, Clock, Funds, Messenger, Painter, Place, Prices, Received
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


class CompareCommand:
    """Takes `/compare` and its mentions: parses at once, answers later."""

    def __init__(self, desk: Desk, painter: Painter, messenger: Messenger, nearest: advice.Nearest) -> None:
        self._desk, self._painter, self._messenger = desk, painter, messenger
        self._nearest = nearest

    def receive(self, text: str, place: Place) -> Received:
        """What to show at once, or the work that answers; never raises for what a person typed."""
        try:
            ask = read_compare(text, self._desk.clock.now().date())
        except Unclear as fault:
            return Received(reply=advice.unclear(fault, self._nearest))
        if isinstance(ask, Help):
            return Received(reply=advice.usage(ask.command))
        return Received(work=partial(self.answer, ask, place))

    async def answer(self, ask: Compare, place: Place) -> None:
        """Gather, compute, render, deliver."""
        answered = await compare_funds(ask, self._desk)
        message = answer(answered.comparison, answered.notes, place.user)
        await self._messenger.post(place, message, await self._drawn(message))
        log.info("Answered /compare %s in %s/%s", ask.text, place.team, place.channel)

    async def _drawn(self, message: Message) -> dict[str, bytes]:
        """The pictures; none where they cannot be drawn, for an answer is not lost to a chart."""
        try:
            return dict(await self._painter.draw(message.pictures))
        except Unavailable:
            log.exception("The charts could not be drawn")
            return {}


class Mentioned:
    """Takes `@watchpoint …`: the commands without their slash; anything else is told what there is."""

    def __init__(self, compare_command: CompareCommand) -> None:
        self._compare = compare_command

    def receive(self, text: str, place: Place) -> Received:
        """As the command of that name; the usage where there is none."""
        word, _, rest = text.strip().partition(" ")
        if word.lower().lstrip("/") == "compare":
            return self._compare.receive(rest, place)
        return Received(reply=advice.usage(COMMANDS[0]))
