"""What funds are compared from: sources are asked once, and everything is computed on what they said."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from analytics.comparison import Comparison, compare
from analytics.errors import NoCommonHistory
from analytics.notes import Note
from analytics.panel import PricePanel
from analytics.query import Query
from bot.errors import Unclear, UserError
from bot.language import Compare, Help, nearest, read_compare
from bot.ports import Ack, Clock, Place
from bot.render import advice
from bot.render.advice import not_understood_message
from bot.use_cases.market_data import ComparisonData, MarketData, today


async def compare_funds(ask: Compare, desk: MarketData) -> ComparisonData:
    """Gather and compute what was asked for.  Raises as `look_into`."""
    as_of = ask.as_of or today(desk)
    question = Query(ask.symbols, ask.window, as_of, ask.versus, ask.rate, ask.weekly)
    return await look_into(question, desk)


async def look_into(question: Query, desk: MarketData, source: str = "") -> ComparisonData:
    """Gather and compute, on nothing newer than the newest session of the funds that has settled.

    source: whose prices the answer must rest on, empty for any: one conversation does not mix two.
    Raises UserError where the question cannot be answered as asked, Unavailable where a source is silent.
    """
    question = replace(question, as_of=min(question.as_of, today(desk)))
    history, facts = await asyncio.gather(
        desk.prices.history(question.priced, question.as_of), desk.funds.profiles(question.symbols)
    )
    if source and history.panel.source != source:
        raise UserError(_other_source(source, history.panel.source, question))
    question = replace(question, as_of=min(question.as_of, _newest(history.panel, question.symbols)))
    try:
        comparison = compare(history.panel, facts.by_symbol, question)
    except NoCommonHistory as none:
        raise UserError(f"{none}. Choose a longer window or other funds.") from none
    return ComparisonData(history.panel, comparison, (*_of_interest(history.notes, comparison), *facts.notes))


def _newest(panel: PricePanel, symbols: Sequence[str]) -> date:
    """The newest session of a panel that the exchange of any of these funds held."""
    if panel.held is None:
        return panel.as_of
    held = panel.held[[panel.row(symbol) for symbol in symbols]].any(axis=0)
    newest: date = panel.sessions[held][-1].item() if held.any() else panel.as_of
    return newest


def _other_source(source: str, now: str, question: Query) -> str:
    return (
        f"The answer above rests on prices from {source}; this bot now takes them from {now}, and the two "
        f"are not mixed. Ask anew: `compare {' '.join(question.symbols)}`."
    )


def _of_interest(notes: Sequence[Note], comparison: Comparison) -> Iterator[Note]:
    """The notes on days that a figure shown rests on, or was to: sources check their whole history."""
    shown = [period.start for period in comparison.trailing if period.label != "max"]
    first = min([comparison.span.asked or comparison.span.start, comparison.span.start, *shown])
    for note in notes:
        last = note.facts.get("last", date.max)
        if isinstance(last, date) and last >= first:
            yield note


class CompareHandler:
    """Takes `/compare`; needs no data."""

    def __init__(self, clock: Clock, like: advice.Nearest) -> None:
        self._clock, self._like = clock, like

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002 (the protocol's)
        """What is wrong with the text, with what may be meant, or the usage; else the question goes on."""
        today = self._clock.now().date()
        try:
            asked = read_compare(text, today)
        except Unclear as fault:
            meant = nearest(f"compare {text}", self._like, today=today)
            return Ack(reply=not_understood_message(fault, meant), open=True)
        if isinstance(asked, Help):
            return Ack(reply=advice.usage(asked.command), open=True)
        return Ack(work=True, open=True)
