"""Questions about funds in a thread: read with every complaint at once; symbols in any message."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf

from analytics.switch import NO_TERMS
from bot.commands import COMMANDS, TALK, Command
from bot.errors import Unclear
from bot.language.amounts import TERM_NAMES, Ambiguous, Misread, Size, read_size, read_term
from bot.language.compare import count_complaints
from bot.language.options import MOST_SYMBOLS, Options, rate_unless_zero
from bot.language.requests import FollowUp, Help
from bot.language.thread_words import (
    BEHIND_EXPLAIN,
    HELP,
    LONGEST,
    PHRASES,
    FollowUpWords,
    Turn,
    define_words,
    is_shouted,
    is_term,
    is_word,
    longest_phrase,
    looks_named,
    measure_text,
    near_word,
    read_words,
)
from bot.language.words import (
    ENGLISH,
    IDLE,
    MARKS,
    SHORT,
    Script,
    list_some,
    plain_text,
    require_readable,
    safe_word,
    script_of,
    symbol_of,
)
from bot.model import Section
from bot.render.text import join_words
from bot.sections import OF_ORDERS, WITH_MEASURE, WITH_SIZE, WITH_TERMS

_THANKS = re.compile(r"(?<!\w)(?:ok|okay|thanks?|thank you)(?!\w)", re.IGNORECASE)
_COMMANDS: Mapping[str, Command] = {each.name[1:]: each for each in COMMANDS}


def read_follow(text: str, today: date, about: date | None = None) -> FollowUp | Help:
    """Read what is said to the bot about funds: "sectors vs IWM", "compare ISCB SPSM 3y", "add VB".

    Any order, synonyms, and all that `read_compare` understands.  Funds are named after a study, `add`,
    `without` or `vs`; funds alone are not guessed about.  A `$` makes a symbol of any word.
    about: the day that the place is about, from which "last year" is told.
    Raises Unclear with everything that is wrong.
    """
    require_readable(TALK, text)
    found = read_words(define_words(text))
    if not found.words and _THANKS.search(text):
        raise Unclear(TALK.name, text, ["That asks for nothing that I know."])
    if asked := _help(found.words):
        return Help(asked)
    draft = FollowUpDraft(Options(today, about, ends=is_word), plain=found.plain)
    _FollowUpReader(found, draft).read()
    return draft.question(text)


def _help(words: Sequence[str]) -> Command | None:
    """Return whose help is asked for; a text that says nothing asks what can be said."""
    small = [word.lower() for word in words]
    if small and not HELP & set(small):
        return None
    return next((_COMMANDS[word] for word in small if word in _COMMANDS), TALK)


def _from_last_measure(words: list[str]) -> float:
    """Return how many words there are from the last measure in small letters on; infinitely many without
    one.
    """
    for at in range(len(words) - 1, -1, -1):
        if not words[at].isupper() and longest_phrase(words[at : at + LONGEST], BEHIND_EXPLAIN)[1]:
            return len(words) - at
    return inf


class _FollowUpReader:
    """Sorts the words into a draft.

    into: where the next symbols go; None before any word that says so.
    names: words that may be symbols, each with where it goes.
    measured: how many words there are from the last measure in small letters on: while they are still to come
    BETA is a fund, else it is the measure.
    """

    def __init__(self, found: FollowUpWords, draft: FollowUpDraft) -> None:
        self._rest, self._prose, self._draft = found.words, found.prose, draft
        self._into: list[str] | None = None
        self._names: list[tuple[str, list[str]]] = []
        self._shouted = is_shouted(found.words)
        self._explaining = any(PHRASES.get((word.lower(),)) is WITH_MEASURE for word in found.words)
        self._measured = _from_last_measure(found.words) if self._explaining else 0

    def read(self) -> None:
        """Sort them all."""
        while self._rest:
            if not (self._take_measure() or self._take_size() or self._take_term() or self._take_phrase()):
                self._take_name()
        script = script_of([*self._draft.early, *(word for word, _ in self._names)])
        script = replace(script, prose=script.prose or self._prose)
        self._draft.options.settle_versus(script)
        for word, into in self._names:
            if word.startswith("$") or not self._is_slip(word, script):
                self._draft.options.read_symbol(word, into)

    def _take_measure(self) -> bool:
        if not self._explaining or self._draft.measures:
            return False
        length, measure = longest_phrase(self._rest, BEHIND_EXPLAIN)
        if measure is None or (self._is_named() and len(self._rest) - length >= self._measured):
            return False
        self._draft.measures.append(measure)
        del self._rest[:length]
        return True

    def _take_size(self) -> bool:
        word = self._rest[0].lower()
        if not word.startswith("size="):
            return False
        self._rest.pop(0)
        try:
            size = read_size(word.removeprefix("size="))
        except Ambiguous as fault:
            self._draft.complain(str(fault))
            return True
        if size is None:
            self._draft.complain(f"`{safe_word(word)}` is no size of an order; write it like `size=25m`.")
        else:
            self._draft.sizes.append(size)
        return True

    def _take_term(self) -> bool:
        word = self._rest[0].lower()
        if not is_term(word):
            return False
        self._rest.pop(0)
        try:
            self._draft.terms.append(read_term(word))
        except Misread as fault:
            self._draft.complain(str(fault))
        return True

    def _take_phrase(self) -> bool:
        """Take a study, or a word that turns what follows; else an option."""
        length, meaning = (0, None) if self._is_named() else longest_phrase(self._rest, PHRASES)
        if meaning is None:
            return self._draft.options.take(self._rest)
        typed = " ".join(self._rest[:length]).lower()
        del self._rest[:length]
        if isinstance(meaning, Section):
            self._draft.studies.append(meaning)
            self._into = self._draft.symbols
        else:
            self._into = self._draft.add if meaning is Turn.ADD else self._draft.without
            if not self._rest or is_word(self._rest[0]):
                self._draft.bare.append(typed)
        return True

    def _is_named(self) -> bool:
        """Return whether the next word is like a symbol where symbols are read."""
        return self._into is not None and self._rest[0].isupper() and not self._shouted

    def _take_name(self) -> None:
        word = self._rest.pop(0)
        if self._into is None:
            self._draft.early.append(word)
        else:
            self._names.append((word, self._into))

    def _is_slip(self, word: str, script: Script) -> bool:
        """Tell whether a word is no symbol, though it might be one by its letters, and complain of it."""
        if symbol_of(word) is None:
            return False
        is_fund = script.is_symbol(word)
        short_capitals = word.isupper() and len(word) <= SHORT and not self._shouted
        like = None if short_capitals else near_word(word, explaining=self._explaining)
        if is_fund and not like:
            return False
        if word.lower() not in IDLE:
            self._draft.complain(script.refusal(word, like))
        return True


@dataclass
class FollowUpDraft:
    """What the words say so far.

    early: words before anything that says what is asked of them.
    bare: words like "add" that nothing followed.
    plain: see `FollowUpWords`.
    """

    options: Options
    plain: bool
    studies: list[Section] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    terms: list[tuple[str, object]] = field(default_factory=list)
    symbols: list[str] = field(default_factory=list)
    add: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)

    def complain(self, *sentences: str) -> None:
        """Keep what is wrong until all is read."""
        self.options.complaints += sentences

    def question(self, given: str) -> FollowUp:
        """Return what it comes to; raises Unclear with every complaint."""
        self._settle()
        section = self._study()
        self.complain(*self._word_complaints(), *self._turn_complaints())
        self.complain(*self._study_complaints(section), *self._count_complaints(section))
        self.options.check()
        if self.options.complaints:
            complaints = tuple(dict.fromkeys(self.options.complaints))
            raise Unclear(TALK.name, given, complaints, self._values_read(), self._symbols_meant())
        return self._follow_up(section)

    def _settle(self) -> None:
        """Settle symbols with a `$`, which may stand before the study; what is named is changed at once."""
        if self.studies and all(word.startswith("$") for word in self.early):
            named: list[str] = []
            for word in self.early:
                self.options.read_symbol(word, named)
            self.symbols, self.early = [*named, *self.symbols], []
        if self.symbols:
            self._change()
        if self.symbols and len(self.symbols) < 2 and set(self.studies) == {Section.COMPARE}:
            # Two names with "vs" between them are two funds.
            self.symbols, self.options.versus = [*self.symbols, *self.options.versus], []

    def _change(self) -> None:
        everything = [*self.symbols, *self.add]
        if absent := [symbol for symbol in self.without if symbol not in everything]:
            self.complain(f"{join_words(absent)}: not among the funds named.")
        self.symbols = [symbol for symbol in everything if symbol not in self.without]
        if not self.symbols:
            self.complain("All funds that are named are left out.")
        self.add, self.without = [], []

    def _study(self) -> Section:
        asked = self._studies_asked()
        if not asked:
            return WITH_SIZE if self.sizes else Section.COMPARE
        return WITH_MEASURE if WITH_MEASURE in asked else asked[0]

    def _studies_asked(self) -> list[Section]:
        """Return each study once; "compare the sectors" asks for the sectors, and "cost switch" for what a
        switch costs, which is also meant where a spread or the like is told of a cost.
        """
        asked: list[Section] = [each for each in dict.fromkeys(self.studies) if each is not Section.COMPARE]
        if WITH_TERMS not in asked and not (self.terms and {*asked} <= {WITH_SIZE}):
            return asked
        return [*(section for section in asked if section not in {WITH_SIZE, WITH_TERMS}), WITH_TERMS]

    def _word_complaints(self) -> Iterator[str]:
        names = [word for word in self.early if looks_named(word)]
        others = [f"`{safe_word(word)}`" for word in self.early if word not in names]
        if unread := [*others, *self.options.unread]:
            yield f"{list_some(unread)} {_is_or_are(unread)} not understood."
        if symbols := _symbols(names):
            like = " ".join(symbols[:MOST_SYMBOLS])
            yield f"{list_some(symbols)}: say first what you want to know, like `returns {like}`."

    def _turn_complaints(self) -> Iterator[str]:
        for word in self.bare:
            yield f"`{word}` stands alone; it needs a symbol, like `{word} VB`."
        if both := [symbol for symbol in dict.fromkeys(self.add) if symbol in self.without]:
            yield f"{join_words(both)}: both put in and left out; keep one."
        for name, symbols in (("put in", self.add), ("left out", self.without)):
            if twice := sorted({symbol for symbol in symbols if symbols.count(symbol) > 1}):
                yield f"{join_words(twice)}: {name} more than once."

    def _study_complaints(self, section: Section) -> Iterator[str]:
        asked = self._studies_asked()
        unexplained = section.takes_measure and not self.measures
        if unexplained:
            yield f"`{section}` needs one measure that is computed from prices, like `{section.typed}`."
        elif len(asked) > 1:
            names = join_words([f"`{each}`" for each in asked])
            yield f"{names} are {len(asked)} questions; ask one at a time."
        if self.sizes and not (section.takes_size or self._explains_orders):
            yield f"`size` belongs to `{WITH_SIZE}`; leave it out, or ask `{WITH_SIZE.typed}`."
        if len(set(self.sizes)) > 1:
            yield "More than one size is given; keep one."
        yield from self._term_complaints(section)

    @property
    def _explains_orders(self) -> bool:
        """Whether the numbers of an order are asked for."""
        return bool(OF_ORDERS & {*self.measures})

    def _term_complaints(self, section: Section) -> Iterator[str]:
        names = [name for name, _ in self.terms]
        if names and not (section.takes_terms or self._explains_orders):
            told = join_words([f"`{TERM_NAMES[name]}`" for name in dict.fromkeys(names)])
            yield f"{told} belongs to `{WITH_TERMS}`; leave it out, or ask `{WITH_TERMS.typed}`."
        for name in dict.fromkeys(names):
            if len({value for each, value in self.terms if each == name}) > 1:
                yield f"More than one {TERM_NAMES[name]} is given; keep one."

    def _count_complaints(self, section: Section) -> Iterator[str]:
        if len(set(self.add)) >= MOST_SYMBOLS:
            yield f"{len(set(self.add))} symbols more; at most {MOST_SYMBOLS} fit side by side."
        if not self.symbols:
            return
        beside = [
            each for each in self.options.versus if each not in self.symbols and section.shows_benchmark(each)
        ]
        # "Compare with IWM" is about IWM and what is here; "compare IWM" is about IWM alone.
        pair = section.needs_two or (section is Section.COMPARE and not self.plain)
        fewest = 2 if pair and not self.options.versus else 1
        fewest = 0 if self.options.wrong_mix else fewest
        yield from count_complaints([*self.symbols, *beside], f"{section} ISCB SPSM", fewest)

    def _follow_up(self, section: Section) -> FollowUp:
        options = self.options
        follow_up = FollowUp(
            section=section,
            symbols=tuple(self.symbols),
            add=tuple(self.add),
            without=tuple(self.without),
            window=options.windows[0] if options.windows else None,
            versus=options.versus[0] if options.versus else None,
            rate=options.rates[0] if options.rates else None,
            as_of=options.as_ofs[0] if options.as_ofs else None,
            weekly=options.weekly[0] if options.weekly else None,
            amount=self.sizes[0].amount if self.sizes else None,
            currency=self.sizes[0].currency if self.sizes else "",
            terms=replace(NO_TERMS, **dict(self.terms)),  # type: ignore[arg-type]
            measure=self.measures[0] if self.measures else "",
        )
        return drop_defaults(follow_up)

    def _values_read(self) -> tuple[str, ...]:
        parts = (
            ("question", " ".join(self._studies_asked() or dict.fromkeys(self.studies))),
            ("measure", measure_text(self.measures[0]) if self.measures else ""),
            ("symbols", " ".join(self.symbols)),
            ("add", " ".join(self.add)),
            ("without", " ".join(self.without)),
            *self.options.values_read(),
        )
        return tuple(f"{name} {value}" for name, value in parts if value)

    def _symbols_meant(self) -> tuple[str, ...]:
        early = _symbols(word for word in self.early if looks_named(word))
        return tuple(dict.fromkeys((*early, *self.symbols, *self.add, *self.without, *self.options.versus)))


def drop_defaults(follow_up: FollowUp) -> FollowUp:
    """Drop what holds by default where funds are named, for then nothing is left of a thread."""
    if not follow_up.symbols:
        return follow_up
    return replace(follow_up, rate=rate_unless_zero(follow_up.rate), weekly=follow_up.weekly or None)


def _is_or_are(words: list[str]) -> str:
    return "is" if len(set(words)) == 1 else "are"


def _symbols(words: Iterable[str]) -> list[str]:
    return [symbol for word in words if (symbol := symbol_of(word))]


MOST_READ = 4000
"""Characters of a message."""
_WORD = re.compile(
    r"(?<![\w$^.@#&/:<-])(\$?\^?[A-Za-z][A-Za-z0-9]{0,11}(?:[.=-][A-Za-z0-9]{1,4}|(?<=[A-Z]{2})/[A-Z])?)(?![\w/@:-])",
    re.ASCII,
)
_UNSAID = re.compile(r"<[@#!][^<>]*>|<?\b(?:https?://|mailto:)[^\s|>]*[|>]?|\b[\w.+-]+@[\w.-]+")
_TICKER = re.compile(r"[A-Z]{2,5}(?:[.-][A-Z]{1,2}|/[A-Z])?")


def symbols_in(
    text: str, known: Container[str] = frozenset(), most: int | None = MOST_SYMBOLS
) -> tuple[str, ...]:
    """Return symbols that a message names: cashtags, known ones in capitals, and words that look like
    tickers.

    In their order, each once, at most `most`; None for all of them.
    """
    said = _UNSAID.sub(" ", plain_text(text[:MOST_READ])).translate(MARKS)
    symbols = (_named_symbol(found[1], known) for found in _WORD.finditer(said))
    return tuple(dict.fromkeys(symbol for symbol in symbols if symbol))[:most]


def _named_symbol(word: str, known: Container[str]) -> str | None:
    is_meant = word.lower() not in ENGLISH and (word in known or _TICKER.fullmatch(word))
    return symbol_of(word) if word.startswith("$") or (word.isupper() and is_meant) else None
