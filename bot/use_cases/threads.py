"""What is said or pressed in a thread, read at once; and what a thread is about, recalled and remembered.

What the grammar does not read is a sure reading of plain English, or advice with three questions; both are
counted by their kind, never with their words.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import TypeVar

from analytics.errors import UnknownWindow
from analytics.fund import is_mix
from analytics.query import Query as Comparing
from analytics.returns import ZERO
from analytics.watch.rules import YEAR, Quantity, Rule
from analytics.window import parse
from bot.commands import COMMANDS, COMPARE, SECTORS, TALK, WATCH, Command
from bot.errors import Unavailable, Unclear, UserError
from bot.language import (
    ACTS,
    MOST_CHARACTERS,
    MOST_SYMBOLS,
    FollowUp,
    Help,
    Reading,
    follow_text,
    is_about_pronouns,
    read_compare,
    read_english,
    read_follow,
    resolve_query,
    suggestions,
    symbols_in,
)
from bot.language.words import EARLIEST, MOST_RATE, safe_word, symbol_of
from bot.model import (
    MOST_SEATS,
    DigestContent,
    RuleReport,
    Section,
    SectionQuery,
    ThreadContext,
    take_seats,
)
from bot.ports import Ack, Clock, Delivered, Handler, Place, Understood, WorkspaceRepository
from bot.render import advice, ids
from bot.render.message import Message
from bot.use_cases.gather import ComparisonData
from bot.use_cases.services import Services

ASK = "ask"
"""Handler of every question in a conversation; its text is the JSON of a `SectionQuery`."""

_OWN = frozenset({COMPARE.name, SECTORS.name})
"""Commands that are read here where they are said, so that they may follow up on what was asked before."""


EXAMPLE = ("ISCB", "SPSM")
"""Funds of a question where nobody has named any."""
BY_EXAMPLE = "No funds are compared here yet: the figures are those of {} and {}, as an example."


def _no_symbols(symbol: str) -> Sequence[str]:  # noqa: ARG001
    return ()


def _uncounted(kind: Understood) -> None:
    """Count nothing."""


@dataclass(frozen=True)
class EnglishReader:
    """Reads what is said in plain English, and advises where it is in doubt.

    like: the known symbols most like one.  known: symbols that are funds in small letters too.
    count: told of each kind of thing that was not the grammar's.
    """

    like: advice.Nearest = _no_symbols
    known: Container[str] = frozenset()
    count: Callable[[Understood], None] = _uncounted

    def read(self, text: str, today: date, context: ThreadContext | None = None) -> Reading | None:
        """Return what a question is surely about; None where that is in doubt, or nearly a command."""
        reading = read_english(text, today, self.known, context)
        if reading and reading.watching and self._is_nearly_rule(text, today):
            return None
        return reading

    def advise(
        self,
        fault: Unclear,
        text: str,
        today: date,
        context: ThreadContext | None = None,
        acts: Sequence[str] = (),
    ) -> Message:
        """Say what was wrong with a text, with three things that can be asked.

        context: what the place is about; without one they name their funds.
        acts: what was perhaps meant for the rule of a card.
        """
        meant = dict.fromkeys([*acts, *suggestions(text, self.like, context, today, self.known or None)])
        asked = [each if context else name_funds(each, today) for each in meant]
        self.count(Understood.BUTTONS if asked else Understood.BARE)
        return advice.not_understood_message(fault, list(dict.fromkeys(asked)))

    def ask_for_funds(self, follow: FollowUp, told: str) -> Message:
        """Say that nobody knows which funds are meant, with questions that name some.

        told: what to type.
        """
        self.count(Understood.NO_FUNDS)
        asked = (follow, FollowUp(), FollowUp(section=Section.SECTORS), FollowUp(section=Section.RETURNS))
        named = dict.fromkeys(follow_text(by_example(each)) for each in asked)
        return advice.no_funds_message(told, [SectionQuery(each) for each in named])

    def answer_beside(self, reading: Reading, context: ThreadContext | None) -> Message:
        """Answer what is no question about funds: what can be asked, or how a rule is made of them."""
        self.count(Understood.READ_AS)
        if reading.watching and context:
            return advice.watch_these_message(context)
        return advice.talk_help(COMMANDS, context)

    def _is_nearly_rule(self, text: str, today: date) -> bool:
        meant = suggestions(text, self.like, None, today)
        return any(each.startswith("watch ") and each != "watch list" for each in meant)


def by_example(follow: FollowUp) -> FollowUp:
    """Return a question with funds, where it has none."""
    if follow.symbols:
        return follow
    symbols = tuple(dict.fromkeys((*EXAMPLE, *follow.add)))
    return replace(follow, symbols=symbols, add=(), without=())


def not_offered(
    others: Sequence[SectionQuery], message: Message, context: ThreadContext
) -> list[SectionQuery]:
    """Leave out what a button of the message asks in other words: "risk 2020" beside Risk, of 2020 too."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    values = [
        each["value"]
        for row in rows
        for each in row
        if each.get("action_id", "").startswith(ids.ASK) and "value" in each
    ]
    offered = [_meaning(SectionQuery.read(value).text, context) for value in values]
    return [each for each in others if _meaning(each.text, context) not in [None, *offered]]


def _meaning(text: str, context: ThreadContext) -> tuple[object, ...] | None:
    """Return what is asked in full, so that two ways to type it are the same; None of what is refused."""
    day = context.comparing.as_of
    try:
        follow = read_follow(text, day, context.told_from(day))
        assert isinstance(follow, FollowUp), "help has no button here"
        query = resolve_query(follow, context, day)
    except UserError:
        return None
    return (follow.section, query, follow.measure, follow.amount, follow.currency, follow.terms)


def name_funds(text: str, today: date) -> str:
    """Return what can be asked where nobody knows of any funds: the same with an example of them."""
    try:
        read = read_follow(text, today)
    except UserError:
        return text  # a command
    return (
        text
        if isinstance(read, Help) or text.startswith(("watch", "digest", "follow", "unfollow"))
        else _named(read)
    )


def _named(read: FollowUp) -> str:
    return follow_text(by_example(read))


class MentionHandler:
    """Takes a mention, and what is said to the bot alone.

    commands: handlers by the command's name; those about rules and daily posts take what begins with theirs.
    reader: of what the grammar does not read.
    """

    def __init__(self, clock: Clock, commands: Mapping[str, Handler], reader: EnglishReader) -> None:
        self._clock, self._reader = clock, reader
        self._commands = {name: handler for name, handler in commands.items() if name not in _OWN}

    def receive(self, text: str, place: Place) -> Ack:
        """Read it as the command it begins with, else as a question about funds, or what may have been meant.

        Funds alone are compared, but from within a thread: there they may be meant beside those above.
        """
        word, rest = (*text.split(maxsplit=1), "", "")[:2]
        name = f"/{word.lower().lstrip('/')}"
        if word.lower().rstrip(":,.") in ACTS:
            name, rest = WATCH.name, text
        if name == WATCH.name and is_about_pronouns(rest):
            return _ask(text)
        if handler := self._commands.get(name):
            return replace(handler.receive(rest, place), handler=name, text=rest)
        today = self._clock.now().date()
        try:
            read = read_follow(text, today)
        except Unclear as fault:
            if not place.within and self._are_funds(text, today):
                return Ack(work=True, handler=COMPARE.name, open=True)
            return self._receive_english(text, fault, place, today)
        if isinstance(read, Help) and not (read.command is TALK and _may_be_about_funds(place)):
            return Ack(reply=_help_message(read.command), open=True)
        return _ask(text)

    def _receive_english(self, text: str, fault: Unclear, place: Place, today: date) -> Ack:
        """Take what the grammar does not read: where funds may be known it is read, or refused, when it is
        known which.
        """
        acts = _nearest_act(*text.split(maxsplit=1), named=not place.within)
        if acts:
            slip = text.split(maxsplit=1)[0]
            fault = Unclear(fault.command, text, [f"`{safe_word(slip)}` is no word that I know."])
        if acts and not place.within:
            return Ack(reply=advice.not_understood_message(fault, [*acts, "watch list"]), open=True)
        if not acts and len(text) <= MOST_CHARACTERS:
            if _may_be_about_funds(place):
                return _ask(text)
            reading = self._reader.read(text, today)
            if reading and reading.follow and reading.follow.symbols:
                return _ask(text)
            if reading and reading.follow:
                told = f"Read as `{reading.text}`, but no funds are compared here. Name them, or press one."
                return Ack(reply=self._reader.ask_for_funds(reading.follow, told), open=True)
            if reading:
                return Ack(reply=self._reader.answer_beside(reading, None), open=True)
        return Ack(reply=self._reader.advise(fault, text, today, acts=acts), open=True)

    def _are_funds(self, text: str, today: date) -> bool:
        """Return whether a text names funds to compare, perhaps with a window and the like, and nothing
        else.
        """
        try:
            asked = read_compare(text, today)
        except Unclear:
            return False
        if isinstance(asked, Help):
            return False
        known = self._reader.known
        named = {*symbols_in(text, known, most=None)}
        symbols = [*asked.symbols, *([asked.versus] if asked.versus else [])]
        return all(symbol in named or symbol in known or is_mix(symbol) for symbol in symbols)


class FollowUpHandler:
    """Takes a button that asks.  said: takes what it asks of the place it is pressed in."""

    def __init__(self, clock: Clock, said: Handler) -> None:
        self._clock, self._said = clock, said

    def receive(self, text: str, place: Place) -> Ack:
        """Return the question of the button, as if it were typed; advice where it is of no message of
        ours.
        """
        try:
            ask = SectionQuery.read(text)
            if ask.topic is None:
                return self._said.receive(ask.text, place)
            read = read_follow(ask.text, self._clock.now().date())
        except (ValueError, UserError):
            return _unknown_button()
        if isinstance(read, Help) or not can_be_asked(ask.topic):
            return _unknown_button()
        return Ack(work=True, handler=ASK, open=True)


def _may_be_about_funds(place: Place) -> bool:
    """Tell whether funds may have been asked about there, which only the store knows."""
    return place.within or is_direct(place.channel)


def _ask(text: str) -> Ack:
    return Ack(work=True, handler=ASK, text=SectionQuery(text).value, open=True)


def _nearest_act(word: str = "", rest: str = "", *, named: bool) -> list[str]:
    """Return what may have been meant for the rule of a card: `snoze 1w`.

    named: only for one whose number follows, `snoze R1 1w`: this is no card's thread.
    """
    if named and not _RULE.match(rest):
        return []
    return [f"{like} {rest}".strip() for like in get_close_matches(word.lower(), ACTS, 1, 0.75)]


_RULE = re.compile(r"R[1-9]\d{0,8}(?!\S)", re.IGNORECASE | re.ASCII)


def _help_message(command: Command) -> Message:
    """Help with a command, or with a conversation in which no funds have been asked about."""
    return advice.talk_help(COMMANDS) if command is TALK else advice.usage(command)


def can_be_asked(context: ThreadContext) -> bool:
    """Return whether it is of what people could have named: funds side by side, a window, a rate."""
    query = context.comparing
    named = [*query.symbols, *([query.benchmark] if query.benchmark else []), *context.seats]
    fits = 1 <= len(set(query.symbols)) == len(query.symbols) <= MOST_SYMBOLS and context.more >= 0
    seats = len(context.seats) <= MOST_SEATS
    return fits and seats and _is_known(query) and all(symbol_of(symbol) == symbol for symbol in named)


def _is_known(query: Comparing) -> bool:
    """Return whether day, window and rate are ones that can be typed."""
    rate = query.rate.annual
    try:
        is_window = parse(query.window.label) == query.window
    except UnknownWindow:
        return False
    return is_window and query.as_of >= EARLIEST and (rate is None or 0 <= rate <= MOST_RATE / 100)


def _unknown_button() -> Ack:
    fault = UserError("This button is of no message that this bot knows. Ask in words instead.")
    return Ack(reply=advice.refusal_message(fault), open=True)


log = logging.getLogger(__name__)
Value = TypeVar("Value", bound=Hashable)

AT_LARGE = ""
"""Stands for the thread of what is said to the bot alone, outside threads."""


def is_direct(channel: str) -> bool:
    """Return whether a channel is a conversation with the bot alone."""
    return channel.startswith("D")


async def recall_context(repository: WorkspaceRepository, place: Place) -> ThreadContext | None:
    """Recall what the place is about; None where nothing was asked there and nothing of ours stands there.

    Raises Unavailable where the store is silent.
    """
    if place.thread is None:
        return await repository.recall(place.channel, AT_LARGE) if is_direct(place.channel) else None
    if found := await repository.recall(place.channel, place.thread):
        return found
    told = await repository.content_of_message(place.channel, place.thread)
    return context_of_notice(told) if told else None


async def remember_context(
    services: Services, place: Place, delivered: Delivered, context: ThreadContext
) -> None:
    """Remember that the thread of what was delivered is about this; the same twice is the same once.

    What was shown to one person only has no thread.  The answer stands already, so it is not taken back
    where the store is silent: who asks on is told to name the funds.
    """
    repository, now = services.store.of(place.team), services.market_data.clock.now()
    try:
        for thread in _threads_to_remember(place, delivered):
            await repository.remember(delivered.channel, thread, context, now)
    except Unavailable:
        log.exception("What %s/%s is about is not kept", place.team, delivered.channel)


async def recall_seats(services: Services, place: Place) -> tuple[str, ...]:
    """Recall which fund has which looks in the pictures of a thread; none outside threads.

    Where the store is silent the funds take the looks in their order: that is no reason not to answer.
    """
    if place.thread is None:
        return ()
    try:
        found = await recall_context(services.store.of(place.team), place)
    except Unavailable:
        log.exception("The looks of funds in %s/%s are not known", place.team, place.channel)
        return ()
    return found.seated if found else ()


async def remember_seats(services: Services, place: Place, seats: tuple[str, ...]) -> None:
    """Remember the looks of funds in a thread, which stays about what it is about."""
    repository = services.store.of(place.team)
    if place.thread is None:
        return
    try:
        # What it is about is read again: while the answer was made it may have turned to other funds.
        if found := await recall_context(repository, place):
            context = found.with_seats(take_seats(seats, found.comparing.funds))
            await repository.remember(place.channel, place.thread, context, services.market_data.clock.now())
    except Unavailable:
        log.exception("The looks of funds in %s/%s are not kept", place.team, place.channel)


def _threads_to_remember(place: Place, delivered: Delivered) -> Iterator[str]:
    """Yield where one can ask on: its thread, else under the answer; with the bot alone anywhere.

    An answer that could not be posted where it was asked may stand in direct messages.
    """
    here = delivered.channel == place.channel and "channel" not in delivered.compromises
    if here and place.thread:
        yield place.thread
        return
    if delivered.ts:
        yield delivered.ts
    if is_direct(delivered.channel) and (here or delivered.ts):
        yield AT_LARGE


def context_of_answer(query: Comparing, data: ComparisonData) -> ThreadContext:
    """Return what was asked, with the session and the source that the answer came to.

    A window with an end of its own, like 2025, says nothing of how far the prices reach: what is asked next
    is asked of all of them.
    """
    comparison = data.comparison
    as_of = data.panel.through(query.as_of).as_of if query.window.end else comparison.span.end
    return ThreadContext(replace(query, as_of=as_of), comparison.source)


def context_of_notice(told: RuleReport | DigestContent) -> ThreadContext | None:
    """Return what a card or a digest is about: the funds of its rules, as those are read; None without any
    rule.
    """
    reports = [told] if isinstance(told, RuleReport) else list(told.stories)
    rules = [report.watched.rule for report in reports]
    symbols = _symbols(rules)
    if not symbols:
        return None
    read = [each for rule in rules for each in _quantities(rule) if not each.is_fact]
    return ThreadContext(
        Comparing(
            symbols[:MOST_SYMBOLS],
            _common_value(each.window for each in read) or YEAR,
            told.session,
            _common_value(each.against for each in read),
            _common_value(each.rate for each in read) or ZERO,
        ),
        _common_value(report.source for report in reports if report.source) or "",
        len(symbols[MOST_SYMBOLS:]),
    )


def _symbols(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Name the symbols that each rule watches, then the one to look at; each once."""
    named = [symbol for rule in rules for symbol in (*_watched_symbols(rule), rule.then)]
    return tuple(dict.fromkeys(symbol for symbol in named if symbol))


def _watched_symbols(rule: Rule) -> Iterator[str | None]:
    return (symbol for each in _quantities(rule) for symbol in (each.symbol, each.other))


def _quantities(rule: Rule) -> Iterator[Quantity]:
    return (condition.quantity for condition in rule.conditions)


def _common_value(values: Iterable[Value]) -> Value | None:
    """Return the one value that all have; None where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
