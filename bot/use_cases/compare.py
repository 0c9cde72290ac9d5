"""The story of `/compare`, `/sectors` and follow-ups: read, gather, compute, render, post, remember."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from analytics.comparison import Comparison, compare
from analytics.errors import NoCommonHistory
from analytics.evidence import rates
from analytics.evidence.edge import window_evidence
from analytics.notes import Note
from analytics.query import Query, settle_regime
from analytics.window import REGIME, parse
from bot.commands import COMMANDS, SECTORS
from bot.errors import NothingPriced, Unavailable, Unclear, UnknownSymbols, UserError
from bot.language import (
    Compare,
    FollowUp,
    Help,
    Reading,
    follow_text,
    read_compare,
    read_follow,
    resolve_query,
)
from bot.model import Request, Section, SectionQuery, ThreadContext, take_seats
from bot.ports import Ack, Clock, Delivered, Place, Understood
from bot.render import advice
from bot.render.advice import MOST_QUESTIONS, note_funds_left_out, unknown_symbols_message
from bot.render.blocks import follow_up_buttons, next_buttons
from bot.render.chart_specs import paint
from bot.render.message import Message, labelled
from bot.render.sections.comparison import comparison_message as comparison_answer
from bot.render.sections.export import export_message
from bot.sections import WITH_MEASURE
from bot.use_cases.gather import (
    ComparisonData,
    MarketData,
    add_proxies,
    newest_session_of,
    priced_query,
    today,
    too_young,
)
from bot.use_cases.sections import (
    SectionCase,
    export_files,
    gather_lists,
    gather_quotes,
    moved_day,
    next_orders,
    proxies_of,
    query_for_section,
    render_section,
    require_currency,
)
from bot.use_cases.services import Services, SoonFunds
from bot.use_cases.threads import (
    BY_EXAMPLE,
    EXAMPLE,
    EnglishReader,
    by_example,
    context_of_answer,
    is_direct,
    not_offered,
    recall_context,
    recall_seats,
    remember_context,
    remember_seats,
)

log = logging.getLogger(__name__)


async def compare_funds(ask: Compare, market_data: MarketData) -> ComparisonData:
    """Gather and compute what was asked for.  Raises as `compute_comparison`."""
    as_of = ask.as_of or today(market_data)
    query = Query(ask.symbols, ask.window, as_of, ask.versus, ask.rate, ask.weekly)
    return await weigh_evidence(await compute_comparison(query, market_data), market_data)


async def compute_comparison(query: Query, market_data: MarketData, source: str = "") -> ComparisonData:
    """Gather and compute, on nothing newer than the newest session of the funds that has settled.

    source: whose prices the answer must rest on, empty for any: one conversation does not mix two.
    Raises UserError where the question cannot be answered as asked, Unavailable where a source is silent.
    """
    query = replace(query, as_of=min(query.as_of, today(market_data)))
    try:
        (query, history), facts = await asyncio.gather(
            priced_query(query, market_data.keeping(source)), market_data.funds.profiles(query.symbols)
        )
    except (Unavailable, UnknownSymbols) as fault:
        slip = isinstance(fault, UnknownSymbols) and all(fault.nearest.values())
        if source not in market_data.sources or len(market_data.sources) == 1 or slip:
            raise
        log.info("%s is kept to in a thread, and gives no prices: %s", source, fault)
        raise UserError(advice.silent_source_text(fault, query.symbols)) from fault
    if source and history.panel.source != source:
        raise UserError(advice.other_source_text(source, history.panel.source, query.symbols))
    query = replace(query, as_of=min(query.as_of, newest_session_of(history.panel, query.symbols)))
    query = settle_regime(query, facts.by_symbol)
    try:
        comparison = compare(history.panel, facts.by_symbol, query)
    except NoCommonHistory as none:
        if young := too_young(history.panel, query):
            raise NothingPriced(young, query.window.words) from none
        raise UserError(f"{none}. Choose a longer window or other funds.") from none
    return ComparisonData(
        history.panel, comparison, (*_relevant_notes(history.notes, comparison), *facts.notes)
    )


async def weigh_evidence(data: ComparisonData, market_data: MarketData) -> ComparisonData:
    """Add what the window of a comparison tells of its gap, and what rates do to bond funds.

    In a thread, for it takes a while.
    """
    weigh = partial(market_data.computed.of, window_evidence, data.panel)
    query = data.comparison.query
    evidence = await asyncio.to_thread(weigh, data.comparison.profiles, query)
    return replace(await _add_rates(data, market_data), evidence=evidence)


async def _add_rates(data: ComparisonData, market_data: MarketData) -> ComparisonData:
    """Add the rate sensitivity where a bond fund is compared: only then are its proxies asked for."""
    if not data.comparison.bond_funds:
        return data
    wide = await add_proxies(data, market_data, rates.PROXIES)
    query = replace(data.comparison.query, benchmark=None)
    found = await asyncio.to_thread(rates.rate_sensitivity, wide.panel, query)
    return replace(data, comparison=replace(data.comparison, rates=found))


def _relevant_notes(notes: Sequence[Note], comparison: Comparison) -> Iterator[Note]:
    """Yield the notes on days that a figure shown rests on, or was to: sources check their whole history."""
    shown = [period.start for period in comparison.trailing if period.label != "max"]
    first = min([comparison.span.asked or comparison.span.start, comparison.span.start, *shown])
    for note in notes:
        last = note.facts.get("last", date.max)
        if isinstance(last, date) and last >= first:
            yield note


async def gather_section(
    follow: FollowUp,
    query: Query,
    market_data: MarketData,
    source: str = "",
    asked_by: str | None = None,
) -> SectionCase:
    """Gather and compute what one section is made from.  Raises as `compute_comparison`.

    query: of named funds, as `resolve_query` gives it.  asked_by: Slack id of the person named under it.
    """
    section = follow.section
    data = await compute_comparison(query_for_section(follow, query), market_data, source)
    require_currency(follow, data.comparison)
    if proxies := proxies_of(section):
        data = await add_proxies(data, market_data, proxies)
    return SectionCase(
        follow,
        data,
        asked_by,
        market_data.computed,
        await gather_lists(section, data, market_data),
        await gather_quotes(follow, data, market_data),
    )


class CompareHandler:
    """Takes `/compare`; needs no data."""

    def __init__(self, clock: Clock, reader: EnglishReader) -> None:
        self._clock, self._reader = clock, reader

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002 (the protocol's)
        """Return what is wrong with the text and what may be meant, or the usage; else it goes on."""
        today = self._clock.now().date()
        try:
            asked = read_compare(text, today)
        except Unclear as fault:
            return Ack(reply=self._reader.advise(fault, f"compare {text}", today), open=True)
        if isinstance(asked, Help):
            return Ack(reply=advice.usage(asked.command), open=True)
        return Ack(work=True, open=True)


class FundAnswers:
    """Answers questions about funds; safe to ask twice.

    reader: of what the grammar does not read.
    Each raises UserError with what to do, Unavailable where a source, Slack or the store is silent.
    """

    def __init__(self, services: Services, reader: EnglishReader | None = None) -> None:
        self._parts = services
        self._reader = reader or EnglishReader()

    async def ask(self, request: Request) -> None:
        """Answer what was said, or pressed; about what is named, else about what the place is about."""
        section_query = SectionQuery.read(request.text)
        context = section_query.topic
        day = await self._parts.day_of(request)
        if context is None:
            request = _leave_thread(request)
        follow = _read_exactly(section_query, day)
        if isinstance(follow, Help):
            await self._help(request)
            return
        if isinstance(follow, Unclear):
            await self._ask_in_english(section_query.text, follow, day, request)
            return
        if context is None and not follow.symbols:
            context = await recall_context(self._parts.repository(request), Place.of(request))
            if context is None:
                await self._ask_without_funds(Reading(follow), request)
                return
            follow = _read_question(section_query.text, day, context)
        await self._answer(follow, context, request)

    async def _help(self, request: Request) -> None:
        """Say what can be asked, of the funds of the place where there are any."""
        context = await recall_context(self._parts.repository(request), Place.of(request))
        await self._parts.tell(request, advice.talk_help(COMMANDS, context))

    async def _ask_in_english(self, text: str, fault: Unclear, day: date, request: Request) -> None:
        """Answer what is surely one question, saying so; else say what can be asked here."""
        context = await recall_context(self._parts.repository(request), Place.of(request))
        reading = self._reader.read(text, day, context)
        if reading is None:
            await self._parts.tell(request, self._reader.advise(fault, text, day, context))
        elif reading.follow is None:
            await self._parts.tell(request, self._reader.answer_beside(reading, context))
        elif context or reading.follow.symbols:
            await self._answer_reading(reading.follow, reading, context, request)
        else:
            await self._ask_without_funds(reading, request)

    async def _ask_without_funds(self, reading: Reading, request: Request) -> None:
        """Explain a figure by an example; else ask of which funds the question is."""
        assert reading.follow, "neither a rule nor help"
        if reading.follow.section is WITH_MEASURE:
            says = (*reading.says, BY_EXAMPLE.format(*EXAMPLE))
            follow = by_example(reading.follow)
            await self._answer_reading(follow, replace(reading, follow=follow, says=says), None, request)
            return
        told = _no_funds_text(reading.follow, request)
        await self._parts.tell(request, self._reader.ask_for_funds(reading.follow, told))

    async def _answer_reading(
        self, follow: FollowUp, reading: Reading, context: ThreadContext | None, request: Request
    ) -> None:
        self._reader.count(Understood.READ_AS)
        await self._answer(follow, context, request, reading)

    async def compare(self, request: Request) -> None:
        """Answer what follows `/compare`, read on the asker's day."""
        asked = read_compare(request.text, await self._parts.day_of(request))
        assert isinstance(asked, Compare), "the door answers help itself"
        await self._answer(_as_follow_up(asked), None, request)

    async def sectors(self, request: Request) -> None:
        """Answer what follows `/sectors`, read on the asker's day."""
        day = await self._parts.day_of(request)
        await self._answer(_read_question(f"{Section.SECTORS} {request.text}", day), None, request)

    async def _answer(
        self,
        follow: FollowUp,
        context: ThreadContext | None,
        request: Request,
        reading: Reading | None = None,
    ) -> None:
        """Gather, compute, render, deliver, and keep what it was about where the funds were named.

        reading: of a question in plain English; one of those that a thread is about leaves it as it is.
        """
        query = resolve_query(follow, context, today(self._parts.market_data))
        source = context.source if context and not follow.symbols else ""
        soon = self._soon_funds(follow, query)
        case = await self._gather(follow, query, source, context, request, soon)
        if case is None:
            return
        place = Place.of(request)
        before = await recall_seats(self._parts, place) or (context.seated if context else ())
        seats = take_seats(before, query.funds)
        now = context_of_answer(query, case.data).with_seats(seats)
        if context and context.comparing.symbols == query.symbols:
            now = replace(now, more=context.more)
        delivered = await self._deliver(case, now, request, reading)
        stays = context and {*follow.symbols} <= {*context.comparing.symbols}
        if follow.symbols and not stays:
            await remember_context(self._parts, place, delivered, now)
        elif seats != before:
            await remember_seats(self._parts, place, seats)
        log.info("Answered %s in %s/%s", follow_text(follow), request.team, request.channel)
        if soon and await soon.arrived():
            try:  # the same question again, of prices and facts that are in the cache now
                case = await gather_section(follow, query, self._parts.market_data, source, request.user)
                await self._parts.rewrite(
                    request, delivered, await self._message(case, now, request, reading)
                )
            except (UserError, Unavailable):  # what stands is an answer all the same
                log.warning("No facts are added to the answer to %s", request.id, exc_info=True)

    def _soon_funds(self, follow: FollowUp, query: Query) -> SoonFunds | None:
        """Return fund facts that figures do not wait for; None where the figures need them."""
        if follow.section is not Section.COMPARE or query.window.label == REGIME:
            return None
        parts = self._parts
        return SoonFunds(parts.market_data.funds, parts.facts_within, parts.market_data.regimes)

    async def _gather(
        self,
        follow: FollowUp,
        query: Query,
        source: str,
        context: ThreadContext | None,
        request: Request,
        soon: SoonFunds | None,
    ) -> SectionCase | None:
        """Gather what the answer is made from; None where the asker was told why there is none."""
        market_data = replace(self._parts.market_data, funds=soon) if soon else self._parts.market_data
        try:
            async with self._parts.progress(request, query.funds):
                return await gather_section(follow, query, market_data, source, request.user)
        except NothingPriced as young:
            meant = list(_older_queries(young, follow, query, context))
            await self._parts.tell(request, unknown_symbols_message(young, meant))
        except UnknownSymbols as fault:
            self._reader.count(Understood.UNKNOWN_SYMBOL)
            meant = list(itertools.islice(_suggested_queries(fault, follow, context), MOST_QUESTIONS))
            await self._parts.tell(request, unknown_symbols_message(fault, meant))
        return None

    async def _deliver(
        self, case: SectionCase, context: ThreadContext, request: Request, reading: Reading | None
    ) -> Delivered:
        if case.follow.section is not Section.CSV:
            return await self._parts.post(request, await self._message(case, context, request, reading))
        line = advice.reading_line(reading.text, reading.says) if reading else ""
        moved = moved_day(case.follow.as_of, case.data, self._parts.market_data)
        documents = labelled(await asyncio.to_thread(export_files, case))
        words = labelled("\n".join(filter(None, (line, moved, export_message(case.found)))))
        return await self._parts.attach(request, words, documents)

    async def _message(
        self, case: SectionCase, context: ThreadContext, request: Request, reading: Reading | None
    ) -> Message:
        line = advice.reading_line(reading.text, reading.says) if reading else ""
        moved = moved_day(case.follow.as_of, case.data, self._parts.market_data)
        bonds = bool(case.comparison.bond_funds)
        if case.follow.section is Section.COMPARE:
            below = follow_up_buttons(context, bonds=bonds, peers=self._peers(case.comparison))
            first = comparison_answer(case.comparison)
            shown = replace(first, pictures=paint(first.pictures, labelled(context.seated)))
            # The chart needs nothing of what chance explains: one is drawn while the other is worked out.
            weighing = weigh_evidence(case.data, self._parts.market_data)
            _, data = await asyncio.gather(self._parts.draw_charts(shown, request.team), weighing)
            message = comparison_answer(data.comparison, data.notes, case.asked_by, below, data.evidence)
        else:
            message = await asyncio.to_thread(render_section, case)
            ends = next_buttons(case.follow.section, context, bonds=bonds, own=next_orders(case))
            message = replace(message, blocks=(*message.blocks, *ends))
        message = advice.say_above(message, moved)
        if reading:
            others = [SectionQuery(follow_text(each), context) for each in reading.others]
            message = advice.say_reading(message, line, not_offered(others, message, context))
        message = replace(message, pictures=paint(message.pictures, labelled(context.seated)))
        return note_funds_left_out(message, context.more)

    def _peers(self, comparison: Comparison) -> Sequence[str]:
        """Name two funds beside which one alone can be looked at."""
        if len(comparison.symbols) > 1:
            return ()
        (symbol,) = comparison.symbols
        profile = comparison.profiles.get(symbol)
        return self._parts.market_data.peers(symbol, profile.category if profile else None)


def _read_question(words: str, day: date, context: ThreadContext | None = None) -> FollowUp:
    """Read what is asked; "last year" is told as the place tells it, else from the asker's day."""
    about = context.told_from(day) if context else None
    follow = read_follow(words, day, about)
    assert isinstance(follow, FollowUp), "the door answers help itself"
    return follow


def _read_exactly(asked: SectionQuery, day: date) -> FollowUp | Help | Unclear:
    """Read by the grammar what is said; what it does not read is returned, but raised for a button."""
    try:
        return read_follow(asked.text, day, asked.topic.told_from(day) if asked.topic else None)
    except Unclear as fault:
        if asked.topic:
            raise
        return fault


def _leave_thread(request: Request) -> Request:
    """Leave the thread: what a button outside threads asks about nothing, alone with the bot, is asked there.

    Such a button stands under what was not understood: its answer belongs to the talk, not under the slip.
    """
    pressed = "message_ts" in request.extra
    if pressed and is_direct(request.channel) and not request.within:
        return replace(request, thread=None)
    return request


def _as_follow_up(asked: Compare) -> FollowUp:
    return FollowUp(
        symbols=asked.symbols,
        window=asked.window,
        versus=asked.versus,
        rate=asked.rate,
        as_of=asked.as_of,
        weekly=asked.weekly,
    )


def _suggested_queries(
    fault: UnknownSymbols, follow: FollowUp, context: ThreadContext | None
) -> Iterator[SectionQuery]:
    """Yield the same question with the nearest known symbols in place of those that nobody has.

    None where the unknown ones were not named in it, but come from what the place is about.
    """
    if not set(fault.nearest) <= {*follow.symbols, *follow.add, *follow.without, follow.versus}:
        return
    for like in itertools.product(*fault.nearest.values()):
        again = _swap_symbols(follow, dict(zip(fault.nearest, like, strict=True)))
        if len(set(again.symbols)) == len(again.symbols):
            yield SectionQuery(follow_text(again), context)


def _older_queries(
    fault: NothingPriced, follow: FollowUp, query: Query, context: ThreadContext | None
) -> Iterator[SectionQuery]:
    """Yield the same question over the first whole year of the youngest fund, over all there is, and without
    the funds that are too young.
    """
    born = max(fault.first.values())
    year = date(born.year + 1, 12, 31)
    if born < query.as_of:
        windows = [*([parse(str(year.year))] if year <= query.as_of else []), parse("max")]
        for window in windows:
            yield SectionQuery(follow_text(replace(follow, window=window)), context)
    old = tuple(symbol for symbol in query.symbols if symbol not in fault.first)
    pair = follow.section is Section.COMPARE or follow.section.needs_two
    if old and (len(old) > 1 or query.benchmark or not pair):
        yield SectionQuery(follow_text(replace(follow, symbols=old, add=(), without=())), context)
    elif old:
        again = FollowUp(Section.RETURNS, symbols=old, window=follow.window, as_of=follow.as_of)
        yield SectionQuery(follow_text(again), context)


def _swap_symbols(follow: FollowUp, other: Mapping[str, str]) -> FollowUp:
    def swapped(symbols: Sequence[str]) -> tuple[str, ...]:
        return tuple(other.get(symbol, symbol) for symbol in symbols)

    return replace(
        follow,
        symbols=swapped(follow.symbols),
        add=swapped(follow.add),
        without=swapped(follow.without),
        versus=other.get(follow.versus, follow.versus) if follow.versus else None,
    )


def _no_funds_text(follow: FollowUp, request: Request) -> str:
    """Return what to type where nobody knows which funds are meant."""
    named = follow_text(replace(follow, symbols=EXAMPLE, add=(), without=()))
    where = "in this thread" if request.thread else "here"
    said = named if is_direct(request.channel) else f"@watchpoint {named}"
    return f"No funds have been compared {where} that I remember. Name them: `{said}`."


class SectorsHandler:
    """Takes `/sectors`; there is no thread to follow up on, so funds must be named."""

    def __init__(self, clock: Clock, reader: EnglishReader) -> None:
        self._clock, self._reader = clock, reader

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """Read the text: the answer is what is wrong with it, or the usage; else the question goes on."""
        asked, today = f"{Section.SECTORS} {text}", self._clock.now().date()
        try:
            read = read_follow(asked, today)
        except Unclear as fault:
            return Ack(reply=self._reader.advise(fault, asked, today), open=True)
        if isinstance(read, FollowUp) and read.symbols:
            return Ack(work=True, open=True)
        return Ack(reply=advice.usage(SECTORS), open=True)
