"""What may have been meant by a text that cannot be read: three things that can be asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from itertools import islice

from analytics.errors import UnknownWindow
from analytics.returns import Rate
from analytics.switch import NO_TERMS
from analytics.window import Window, parse
from bot.commands import FOLLOW, UNFOLLOW
from bot.errors import Unclear, UserError
from bot.language.amounts import Ambiguous, Misread, Size, read_size, read_term
from bot.language.digest import read_digest, read_pair
from bot.language.english.reading import likely
from bot.language.options import MOST_SYMBOLS, PACES, future_complaints, latest_day
from bot.language.requests import FollowUp, Help, Watch
from bot.language.thread import read_follow
from bot.language.thread_query import follow_text, resolve_query
from bot.language.thread_words import (
    EXPLAINED,
    FIGURES,
    KEYWORDS,
    PHRASES,
    Turn,
    is_term,
    is_word,
    longest_phrase,
    words_of,
)
from bot.language.watch import ACTS, read_watch
from bot.language.windows import is_window, near_windows, possible_days, read_window
from bot.language.words import (
    EARLIEST,
    ENGLISH,
    MOST_CHARACTERS,
    PAIR,
    PLACED,
    SHORT,
    plain_text,
    rate_of,
    symbol_of,
)
from bot.model import Section, ThreadContext
from bot.sections import OF_ONE, OF_SEVERAL, WITH_MEASURE, WITH_SIZE, WITH_TERMS

COUNT = 3
AT_LAST = ("sectors", "returns", "help")
"""Where nothing of the text says what is meant."""
_MOST_TRIED = 60
_CALLS = frozenset({"alert", "warn", "notify", "tell", "ping", "if", "when", "whenever"})
_DATED = re.compile(r"\d{4}-\d|\d{8}")


def _no_symbols(symbol: str) -> Sequence[str]:  # noqa: ARG001
    return ()


def suggestions(
    text: str,
    like: Like = _no_symbols,
    context: ThreadContext | None = None,
    today: date | None = None,
    known: Container[str] | None = None,
) -> tuple[str, str, str]:
    """Return three things that can be asked, in canonical form, the likeliest first.

    They begin with `watch` or `digest` where they are for those commands.  No symbol is in them that is not
    in the text, or by `like` near a word of it.
    context: what the place is about; what could not be asked of it is left out.
    today: without it days are left out, for nobody says which of them are past.
    known: with it a word in small letters is a fund only where it is one of these, or near one.
    """
    asked = dict.fromkeys(_candidate_texts(text, like, context, today, known))
    first, second, third = islice(dict.fromkeys((*islice(asked, COUNT), *AT_LAST)), COUNT)
    return first, second, third


def _candidate_texts(
    text: str, like: Like, context: ThreadContext | None, today: date | None, known: Container[str] | None
) -> Iterator[str]:
    yield from _commands(text, today)
    about = context.told_from(today) if context and today else None
    sense = make_sense(text, like, today, about, known)
    if today and not (sense.studies or sense.measures):
        yield from islice(likely(text, today, known or (), context), COUNT)
    for follow in () if sense.is_empty else islice(_follow_ups(sense, context), _MOST_TRIED):
        if typed := _canonical_text(follow, context, today or date.max):
            yield typed


def _canonical_text(follow: FollowUp, context: ThreadContext | None, today: date) -> str | None:
    typed = follow_text(follow)
    try:
        read = read_follow(typed, today)
        if isinstance(read, Help):
            return None
        if context or read.symbols:
            resolve_query(read, context, today)
    except UserError:
        return None
    return follow_text(read)


def rules_meant(text: str, today: date) -> list[str]:
    """Return what a text after `/watch` that cannot be read may have been, as it is typed to the bot."""
    words = " ".join(plain_text(text[:MOST_CHARACTERS]).split())
    verb, _, rest = words.partition(" ")
    like = get_close_matches(verb.lower(), ACTS, 1, 0.75)
    acted = f"watch {like[0]} {rest}" if like and like[0] != verb.lower() else ""
    if acted and _is_read(lambda: read_watch(acted.removeprefix("watch "), today)):
        return [acted]
    return list(dict.fromkeys(_rule(words, today)))[:COUNT]


_FALLS = re.compile(
    r"(?<!\S)(?:falls?|fell|drops?|declines?|loses?|slides?|(?:is|goes) down)(?: by)?"
    r"(?: (?:more than|over|at least))? (\d{1,2}(?:\.\d+)?) ?%.*",
    re.IGNORECASE,
)
_GAINS = re.compile(
    r"(?<!\S)(?:rises?|rose|gains?|climbs?|(?:is|goes) up)(?: by)?"
    r"(?: (?:more than|over|at least))? (\d{1,3}(?:\.\d+)?) ?%.*",
    re.IGNORECASE,
)


def _moves(text: str) -> Iterator[str]:
    """Yield the rules that "falls 10%" and "rises 10%" may mean: from the highest value, or over a time."""
    if found := _FALLS.search(text):
        before = text[: found.start()]
        yield from (f"{before} drawdown < -{found[1]}%", f"{before} total return 1m < -{found[1]}%")
        yield f"{before} total return 1y < -{found[1]}%"
    elif found := _GAINS.search(text):
        yield from (
            f"{text[: found.start()]} total return {each} > {found[1]}%" for each in ("1y", "1m", "3m")
        )


def _commands(text: str, today: date | None) -> Iterator[str]:
    """Yield what is nearly a rule, or nearly about the daily post."""
    words = " ".join(plain_text(text[:MOST_CHARACTERS]).split())
    word, _, rest = words.partition(" ")
    known = ["watch", "digest", "follow", "unfollow"]
    like = get_close_matches(word.lower().strip("/:,."), known, 1, 0.75)
    if like == ["digest"]:
        yield from (f"digest {rest}",) if rest and _is_read(lambda: read_digest(rest)) else ()
        yield from ("digest status", "digest now")
    elif like and like[0] in known[2:]:
        command = FOLLOW if like == ["follow"] else UNFOLLOW
        yield from (f"{like[0]} {rest}",) if rest and _is_read(lambda: read_pair(command, rest)) else ()
        yield "follow list"
    elif like or (word.lower() in _CALLS):
        rule = rest if like else words
        if rest and (today or not _DATED.search(rule)):
            yield from _rule(rule, today or date.max)
        yield from ("watch list",) if like else ()


def _rule(text: str, today: date) -> Iterator[str]:
    try:
        read = read_watch(text, today)
    except Unclear:
        for move in _moves(text):
            yield from islice(_rule(move, today), 1)
        return
    if isinstance(read, Watch) and read.number is None:
        yield f"watch {read.text}"
        yield f"watch test {read.text}"
    elif not isinstance(read, Help):
        yield f"watch {text}"


def _is_read(read: Callable[[], object]) -> bool:
    try:
        return not isinstance(read(), Help)
    except Unclear:
        return False


def _follow_ups(sense: Sense, context: ThreadContext | None) -> Iterator[FollowUp]:
    """Yield it as said, each word at its likeliest; then with other words; then what is asked beside it."""
    studies = _studies(sense)
    for section in studies:
        yield from _combinations(_with_study(section, sense), sense)
    if sense.symbols and not studies:
        yield from _about_symbols(sense, context)
    elif not studies:
        yield from _combinations(FollowUp(), sense)
    for kin in [kin for section in studies or [Section.COMPARE] for kin in section.beside_it]:
        yield from islice(_combinations(FollowUp(kin), sense), 1)


def _studies(sense: Sense) -> list[Section]:
    named = list(dict.fromkeys(sense.studies))
    asked: list[Section] = [section for section in named if section is not Section.COMPARE]
    if sense.measures and WITH_MEASURE not in asked:
        asked.insert(0, WITH_MEASURE)
    if sense.terms or WITH_TERMS in asked:
        asked = [WITH_TERMS, *(section for section in asked if section not in {WITH_SIZE, WITH_TERMS})]
    elif sense.size and WITH_SIZE not in asked:
        asked.append(WITH_SIZE)
    return asked or named


def _with_study(section: Section, sense: Sense) -> FollowUp:
    """Return the study with what only it takes."""
    measure = sense.measures[0] if sense.measures else "sortino"
    size = sense.size if section.takes_size else None
    return FollowUp(
        section=section,
        measure=measure if section.takes_measure else "",
        amount=size.amount if size else None,
        currency=size.currency if size else "",
        terms=replace(NO_TERMS, **dict(sense.terms)) if section.takes_terms else NO_TERMS,  # type: ignore[arg-type]
    )


def _about_symbols(sense: Sense, context: ThreadContext | None) -> Iterator[FollowUp]:
    """Yield what can be asked of symbols alone."""
    several = len(sense.symbols) > 1 or sense.versus
    if context and not several:
        for (symbol,) in choices(sense.symbols):
            yield FollowUp(add=(symbol,))
            yield FollowUp(versus=symbol)
    for section in OF_SEVERAL if several else OF_ONE:
        yield from islice(_combinations(FollowUp(section=section), sense), 1)
    for section in OF_SEVERAL if several else OF_ONE:
        yield from _combinations(FollowUp(section=section), sense)


def _combinations(follow_up: FollowUp, sense: Sense) -> Iterator[FollowUp]:
    """Yield the question with all that was said besides, in each way that it may be meant."""
    every = [*sense.symbols[:MOST_SYMBOLS], *sense.add[:MOST_SYMBOLS], *sense.without[:MOST_SYMBOLS]]
    named, added = len(sense.symbols[:MOST_SYMBOLS]), len(sense.add[:MOST_SYMBOLS])
    for window in sense.windows:
        for symbols in choices([*every, sense.versus] if sense.versus else every):
            yield replace(
                follow_up,
                symbols=_distinct(symbols[:named]),
                add=_distinct(symbols[named : named + added]),
                without=_distinct(symbols[named + added : len(every)]),
                versus=symbols[-1] if sense.versus else None,
                window=window,
                rate=sense.rate,
                as_of=sense.as_of,
                weekly=sense.weekly,
            )


def _distinct(symbols: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(symbols))


Like = Callable[[str], Sequence[str]]
"""Known symbols near one; none for one that is known itself."""
_NEAR = 0.8
_NEARLY = 0.7
"""Behind `explain`, where only a measure can stand."""
_TICKER = re.compile(r"[A-Za-z]{2,5}")


@dataclass
class Sense:
    """What the words most likely say.

    Symbols stand with what they may be, the likeliest first; so do windows.
    """

    studies: list[Section] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)
    symbols: list[Sequence[str]] = field(default_factory=list)
    add: list[Sequence[str]] = field(default_factory=list)
    without: list[Sequence[str]] = field(default_factory=list)
    versus: Sequence[str] = ()
    windows: Sequence[Window | None] = (None,)
    rate: Rate | None = None
    as_of: date | None = None
    weekly: bool | None = None
    size: Size | None = None
    terms: list[tuple[str, object]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether no word says anything."""
        return self == Sense()


def make_sense(
    text: str,
    like: Like,
    today: date | None,
    about: date | None = None,
    known: Container[str] | None = None,
) -> Sense:
    """Return what the words of a text most likely say.

    today: days before it are kept; without it none are, for nobody says which of them are past.
    about: the day that "last year" is told from; None for today.
    known: as of `suggestions`.
    """
    sense = _WordGuesser(words_of(text[:MOST_CHARACTERS]), like, today and (about or today), known).sense
    limit = min(filter(None, (today, sense.as_of)), default=date.max)
    if today and sense.as_of and not EARLIEST <= sense.as_of <= latest_day(today):
        return replace(sense, as_of=None, windows=(None,))
    kept = [each for each in sense.windows if not _is_out(each, limit)]
    return replace(sense, windows=tuple(kept) or (None,))


def _is_out(window: Window | None, limit: date) -> bool:
    return bool(window and window.start and (window.start < EARLIEST or future_complaints(window, limit)))


def near_keyword(word: str) -> str | None:
    """Return the word of ours that one in small letters nearly is: a slip in longer ones, a swap in short
    ones.
    """
    known = sorted(KEYWORDS | FIGURES | {"size"})
    if len(word) < SHORT:
        return next((each for each in known if len(word) > 3 and sorted(each) == sorted(word)), None)
    return next(iter(get_close_matches(word, known, 1, _NEAR)), None)


class _WordGuesser:
    """Goes through the words once."""

    def __init__(
        self, words: list[str], like: Like, today: date | None, known: Container[str] | None
    ) -> None:
        self.sense, self._known = Sense(), known
        self._rest, self._like, self._today = words, like, today
        # Beside two of them nobody means a third one that is written otherwise.
        self._capitals = sum(word.isupper() and word.lower() not in ENGLISH for word in words)
        self._into: list[Sequence[str]] | None = None
        while self._rest:
            self._take()

    def _take(self) -> None:
        small = self._rest[0].lower()
        is_named = self._rest[0].isupper() and self._into is not None
        if (not is_named and self._take_phrase(self._rest)) or self._take_option(small):
            return
        word = self._rest.pop(0)
        if symbols := self._symbol(word):
            (self.sense.symbols if self._into is None else self._into).append(symbols)

    def _take_phrase(self, words: list[str]) -> bool:
        length, meaning = longest_phrase(words, PHRASES)
        named, measure = longest_phrase(words, EXPLAINED)
        if measure and (named > length or meaning is None or WITH_MEASURE in self.sense.studies):
            self.sense.measures.append(measure)
            del words[:named]
            return True
        if isinstance(meaning, Section):
            self.sense.studies.append(meaning)
            self._into = self.sense.symbols
        elif meaning:
            self._into = self.sense.add if meaning is Turn.ADD else self.sense.without
        del words[:length]
        return meaning is not None

    def _take_option(self, small: str) -> bool:
        sense = self.sense
        if small in PACES:
            sense.weekly = PACES[small]
        elif small.startswith(("rf=", "size=")):
            value = small.partition("=")[2]
            sense.rate = rate_of(value) if small.startswith("rf") else sense.rate
            if small.startswith("size"):
                with suppress(Ambiguous):
                    sense.size = read_size(value)
        elif is_term(small):
            with suppress(Misread):
                sense.terms.append(read_term(small))
        elif small in {"vs", "since", "asof"}:
            self._take_value(small)
            return True
        elif self._today and (days := possible_days(small)):
            sense.windows = [parse(f"since {day}") for day in days]
        elif is_window(small):
            self._add_windows(self._windows(small))
        else:
            return False
        self._rest.pop(0)
        return True

    def _windows(self, small: str) -> Sequence[Window | None]:
        try:
            window = read_window(small, self._today or date.max)
        except UnknownWindow:
            return near_windows(small, self._today) or (None,)
        return (window if self._today or window.start is None else None,)

    def _add_windows(self, found: Sequence[Window | None]) -> None:
        """Keep each window that is named: which of them is meant is asked."""
        known = [window for window in self.sense.windows if window]
        self.sense.windows = list(dict.fromkeys([*known, *found])) or (None,)

    def _take_value(self, option: str) -> None:
        self._rest.pop(0)
        value = self._rest[0] if self._rest else ""
        is_symbol = PLACED.is_symbol(value) and value.lower() not in ENGLISH
        if option == "vs" and is_symbol and not is_word(value):
            self.sense.versus = self._may_be(self._rest.pop(0))
        elif option != "vs" and self._today and (days := possible_days(value)):
            self._rest.pop(0)
            if option == "asof":
                self.sense.as_of = days[0]
            else:
                self.sense.windows = [parse(f"since {day}") for day in days]

    def _symbol(self, word: str) -> Sequence[str]:
        """Return what a word may be as a symbol; nothing where it is none, or a slip of another word."""
        symbol = symbol_of(word)
        if symbol is None or word.startswith("$"):
            return (symbol,) if symbol else ()
        capitals = word.isupper() and len(word) <= SHORT
        if not capitals and (meant := near_keyword(word.lower())):
            self._take_meant(meant)
            return ()
        if capitals or not word.isalpha():
            is_word = word.lower() in ENGLISH or not re.match(r"\^?[A-Z]", symbol)
            return () if is_word else self._may_be(word)
        explaining = WITH_MEASURE in self.sense.studies and not (self.sense.measures or capitals)
        if explaining and (like := get_close_matches(word.lower(), sorted(FIGURES), 1, _NEARLY)):
            self.sense.measures.append(EXPLAINED[(like[0],)])
            return ()
        is_place = self._into is not None and self._capitals < PAIR and word.lower() not in ENGLISH
        is_place = is_place and bool(_TICKER.fullmatch(word))
        if is_place and self._known is not None and symbol not in self._known:
            return tuple(self._like(symbol))[:3]
        return self._may_be(word) if is_place else ()

    def _take_meant(self, word: str) -> None:
        """Take a word of ours in place of a slip; drop it where it says nothing here."""
        self._rest.insert(0, word)
        if not (self._take_phrase(self._rest) or self._take_option(word)):
            self._rest.pop(0)

    def _may_be(self, word: str) -> Sequence[str]:
        symbol = str(symbol_of(word))
        return tuple(dict.fromkeys((*tuple(self._like(symbol))[:3], symbol)))


def choices(names: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield symbols with each of what they may be: the likeliest of all, then one at a time something
    else.
    """
    first = tuple(each[0] for each in names)
    yield first
    for at, each in enumerate(names):
        for other in each[1:]:
            yield (*first[:at], other, *first[at + 1 :])
