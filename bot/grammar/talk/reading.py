"""What is said about funds, to a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from typing import TypeVar

from bot.commands import COMPARE, DIGEST, SECTORS, TALK, WATCH, Command
from bot.errors import Unclear
from bot.grammar.compare import two_wanted
from bot.grammar.options import FILLERS, MOST_SYMBOLS, Options, is_option, settled, spelled, unless_zero
from bot.grammar.requests import FollowUp, Help
from bot.grammar.talk.amounts import read_size
from bot.grammar.talk.vocabulary import (
    ASIDES,
    EXPLAINED,
    FIGURES,
    HELP,
    KEYWORDS,
    LONGEST,
    PHRASES,
    Turn,
    measure_text,
)
from bot.grammar.words import quoted, require_readable, some, symbol_of
from bot.records import Study
from bot.render.text import listed

Value = TypeVar("Value")

BESIDE = frozenset({Study.SECTORS, Study.HOLDINGS})
"""What a benchmark has as well: it stands beside the funds, as the last column."""

_MONEY = r"k|thousand|mn|mm|mio|millions?|m|bn|billions?|b"
_SPELLINGS = spelled(
    (r"([\w$.^=-]+)(?: s|'s)(?!\S)", r"\1"),
    (r"(?:(?:an? )?order(?: of)?|size(?: of)?|amount(?: of)?|trade) ?[=:]? ?\$?(?=\d)", "size="),
    (rf"size=([\d.]+) ?({_MONEY})?(?: (?:usd|eur|gbp|dollars|euros|pounds))?(?!\S)", r"size=\1\2"),
    (r"size ?[=:] ?", "size="),
    *((rf"{word} (?=(?:year|month)s?(?!\S))", f"{number} ") for word, number in
      (("one", 1), ("three", 3), ("five", 5), ("six", 6), ("ten", 10))),
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_COMMANDS: Mapping[str, Command] = {each.name[1:]: each for each in (COMPARE, SECTORS, WATCH, DIGEST)}
_PLAIN_LETTERS = 5
"""Longer words in small letters are no tickers."""
_NEAR = 0.8


def read_follow(text: str, today: date) -> FollowUp | Help:
    """Read what is said to the bot about funds: "sectors vs IWM", "compare ISCB SPSM 3y", "add VB".

    Any order, synonyms, and all that `read_compare` understands.  Funds are named after a study, `add`,
    `without` or `vs`; funds alone are not guessed about.  A `$` makes a symbol of any word.  Raises Unclear
    with everything that is wrong.
    """
    require_readable(TALK, text)
    words = words_of(text)
    if asked := _help(words):
        return Help(asked)
    reader = _Reader(words, Options(today, ends=is_word))
    reader.read()
    return reader.question(text)


def words_of(text: str) -> list[str]:
    """Words as typed, without quotes, commas and the like, and without those that have no meaning."""
    words = settled(_THOUSANDS.sub("", text), _SPELLINGS)
    if words:
        words[0] = words[0].removeprefix("/")
    shouted = is_shouted(words)
    return [word for word in words if word and not _is_aside(word, shouted=shouted)]


def is_shouted(words: Sequence[str]) -> bool:
    """Whether a question is all in capitals, so that those tell no symbols."""
    return not any(word != word.upper() for word in words) and any(
        PHRASES.get((word.lower(),)) in set(Study) for word in words
    )


def is_word(word: str) -> bool:
    """Whether a word means something that is no symbol."""
    small = word.lower()
    if is_option(small) or small.startswith("size="):
        return True
    return small in KEYWORDS and not word.isupper()


def phrase(words: Sequence[str], known: Mapping[tuple[str, ...], Value]) -> tuple[int, Value | None]:
    """The longest phrase that the words begin with: how many words, and what it means; 0 for none."""
    for length in range(min(LONGEST, len(words)), 0, -1):
        if found := known.get(tuple(word.lower() for word in words[:length])):
            return length, found
    return 0, None


def near_word(word: str, *, explaining: bool = False) -> str | None:
    """The word of ours that this one nearly is; None where it may well be a symbol."""
    if len(word) < _PLAIN_LETTERS or not word.isalpha():
        return None
    like = get_close_matches(word.lower(), sorted(KEYWORDS | (FIGURES if explaining else set())), 1, _NEAR)
    return like[0] if like else None


def _is_aside(word: str, *, shouted: bool) -> bool:
    """Whether a word means nothing; in capitals a short one may well be a symbol."""
    small = word.lower()
    if small in FILLERS:
        return True
    clearly = not word.isupper() or len(word) >= _PLAIN_LETTERS or (shouted and len(word) > 1)
    return small in ASIDES and clearly


def _help(words: Sequence[str]) -> Command | None:
    small = [word.lower() for word in words]
    if small and not HELP & set(small):
        return None
    return next((_COMMANDS[word] for word in small if word in _COMMANDS), TALK)


@dataclass
class _Reader:
    """Collects what the words say; complaints are kept until the end.

    early: words before anything that says what is asked of them.
    into: where the next symbols go; None before any such word.
    """

    rest: list[str]
    options: Options
    studies: list[Study] = field(default_factory=list)
    symbols: list[str] = field(default_factory=list)
    add: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    amounts: list[float] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    into: list[str] | None = None
    turned: list[tuple[str, list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._shouted = is_shouted(self.rest)
        self._explaining = any(PHRASES.get((word.lower(),)) is Study.EXPLAIN for word in self.rest)

    def read(self) -> None:
        """Sort the words."""
        while self.rest:
            if not (self._take_measure() or self._take_size() or self._take_phrase()):
                self._take_symbol()

    def question(self, given: str) -> FollowUp:
        """What the words come to; raises Unclear with every complaint."""
        self._settle()
        complaints = self.options.complaints
        self._check_early()
        self._check_turns()
        study = self._study()
        self._check_symbols(study)
        if self.options.unread:
            are = "is" if len(set(self.options.unread)) == 1 else "are"
            complaints.append(f"{some(self.options.unread)} {are} not understood.")
        self.options.check()
        if complaints:
            raise Unclear(TALK.name, given, tuple(dict.fromkeys(complaints)), self._understood(), self._meant())
        return self._follow_up(study)

    def _take_measure(self) -> bool:
        if not self._explaining or self.measures or self._in_capitals():
            return False
        length, measure = phrase(self.rest, EXPLAINED)
        if measure:
            self.measures.append(measure)
            del self.rest[:length]
        return bool(measure)

    def _take_size(self) -> bool:
        word = self.rest[0].lower()
        if not word.startswith("size="):
            return False
        self.rest.pop(0)
        amount = read_size(word.removeprefix("size="))
        if amount is None:
            self.options.complaints.append(f"`{quoted(word)}` is no size of an order; write it like `size=25m`.")
        else:
            self.amounts.append(amount)
        return True

    def _take_phrase(self) -> bool:
        """A study, or a word that turns what follows; else an option."""
        length, meaning = (0, None) if self._in_capitals() else phrase(self.rest, PHRASES)
        if meaning is None:
            return self.options.take(self.rest)
        typed = " ".join(self.rest[:length])
        del self.rest[:length]
        if isinstance(meaning, Study):
            self.studies.append(meaning)
            self.into = self.symbols
        else:
            self.into = self.add if meaning is Turn.ADD else self.without
            self.turned.append((typed, list(self.into)))
        return True

    def _in_capitals(self) -> bool:
        """Whether the next word is like a symbol where symbols are read."""
        return self.into is not None and self.rest[0].isupper() and not self._shouted

    def _take_symbol(self) -> None:
        word = self.rest.pop(0)
        if self.into is None:
            self.early.append(word)
        elif word.startswith("$") or not self._is_slip(word):
            self.options.read_symbol(word, self.into)

    def _is_slip(self, word: str) -> bool:
        """Whether a word is no symbol, though it might be one by its letters; says so."""
        if word.isupper() and len(word) <= _PLAIN_LETTERS and not self._shouted:
            return False
        like, symbol = near_word(word, explaining=self._explaining), symbol_of(word)
        is_prose = word.isalpha() and word.islower() and len(word) > _PLAIN_LETTERS
        if symbol is None or not (like or is_prose):
            return False
        meant = f"; did you mean `{like}`?" if like else "."
        sentence = f"`{quoted(word)}` is not understood{meant} A fund of that name is `${symbol}`."
        self.options.complaints.append(sentence)
        return True

    def _settle(self) -> None:
        """Symbols with a `$` may stand before the study; two names with "vs" between them are two funds."""
        if self.studies and all(word.startswith("$") for word in self.early):
            early, self.early = self.early, []
            named, self.symbols = self.symbols, []
            for word in early:
                self.options.read_symbol(word, self.symbols)
            self.symbols += named
        if self.symbols:
            self.symbols += self.add
            self.add = []
            absent = [symbol for symbol in self.without if symbol not in self.symbols]
            if absent:
                self.options.complaints.append(f"{listed(absent)}: not among the funds named.")
            self.symbols = [symbol for symbol in self.symbols if symbol not in self.without]
            self.without = []
        if self.symbols and len(self.symbols) < 2 and set(self.studies) == {Study.COMPARE}:
            self.symbols, self.options.versus = [*self.symbols, *self.options.versus], []

    def _check_early(self) -> None:
        if not self.early:
            return
        symbols = [word for word in self.early if looks_named(word)]
        others = [f"`{quoted(word)}`" for word in self.early if word not in symbols]
        if others:
            are = "is" if len(set(others)) == 1 else "are"
            self.options.complaints.append(f"{some(others)} {are} not understood.")
        if symbols:
            named = [str(symbol_of(word)) for word in symbols]
            stand = "stands" if len(named) == 1 else "stand"
            self.options.complaints.append(
                f"{some(named)} {stand} before any question; write the question first, like `sectors"
                f" {' '.join(named[:MOST_SYMBOLS])}`."
            )

    def _check_turns(self) -> None:
        for typed, before in self.turned:
            word = typed.lower()
            into = self.add if PHRASES[tuple(word.split())] is Turn.ADD else self.without
            if len(into) == len(before) and not self.symbols:
                self.options.complaints.append(f"`{word}` stands alone; it needs a symbol, like `{word} VB`.")
        both = [symbol for symbol in dict.fromkeys(self.add) if symbol in self.without]
        if both:
            self.options.complaints.append(f"{listed(both)}: both added and left out; keep one.")

    def _study(self) -> Study:
        asked = list(dict.fromkeys(study for study in self.studies if study is not Study.COMPARE))
        if self.amounts and not asked:
            asked = [Study.COST]
        if len(asked) > 1:
            named = listed([f"`{study}`" for study in asked])
            self.options.complaints.append(f"{named} are {len(asked)} questions; ask one at a time.")
        study = asked[0] if asked else Study.COMPARE
        if self.amounts and study is not Study.COST:
            self.options.complaints.append("`size` belongs to `cost`; leave it out, or ask `cost size=25m`.")
        if len(set(self.amounts)) > 1:
            self.options.complaints.append("More than one size is given; keep one.")
        if study is Study.EXPLAIN and not self.measures:
            self.options.complaints.append("`explain` needs one measure, like `explain sortino`.")
        return study

    def _check_symbols(self, study: Study) -> None:
        complaints = self.options.complaints
        for name, symbols in (("added", self.add), ("left out", self.without)):
            twice = sorted({symbol for symbol in symbols if symbols.count(symbol) > 1})
            if twice:
                complaints.append(f"{listed(twice)}: {name} more than once.")
        if len(set(self.add)) >= MOST_SYMBOLS:
            complaints.append(f"{len(set(self.add))} symbols; at most {MOST_SYMBOLS} fit side by side.")
        if not self.symbols:
            return
        alone = study is not Study.COMPARE and (study is not Study.CORRELATION or self.options.versus)
        counted = self.symbols
        if study in BESIDE:
            counted = [*counted, *(each for each in self.options.versus if each not in counted)]
        wrong = two_wanted(counted, f"{study} ISCB SPSM")
        complaints += [each for each in wrong if not (alone and each.startswith("At least"))]

    def _follow_up(self, study: Study) -> FollowUp:
        options = self.options
        asked = FollowUp(
            study=study,
            symbols=tuple(self.symbols),
            add=tuple(self.add),
            without=tuple(self.without),
            window=options.windows[0] if options.windows else None,
            versus=options.versus[0] if options.versus else None,
            rate=options.rates[0] if options.rates else None,
            as_of=options.as_ofs[0] if options.as_ofs else None,
            weekly=options.weekly[0] if options.weekly else None,
            amount=self.amounts[0] if self.amounts else None,
            measure=self.measures[0] if self.measures else "",
        )
        return by_default(asked)

    def _understood(self) -> tuple[str, ...]:
        parts = (
            ("question", " ".join(dict.fromkeys(self.studies))),
            ("measure", measure_text(self.measures[0]) if self.measures else ""),
            ("symbols", " ".join(self.symbols)),
            ("add", " ".join(self.add)),
            ("without", " ".join(self.without)),
            *self.options.understood(),
        )
        return tuple(f"{name} {value}" for name, value in parts if value)

    def _meant(self) -> tuple[str, ...]:
        early = [str(symbol_of(word)) for word in self.early if looks_named(word)]
        named = (*early, *self.symbols, *self.add, *self.without, *self.options.versus)
        return tuple(dict.fromkeys(named))


def looks_named(word: str) -> bool:
    """Whether a word is a symbol by its look: in capitals, or behind a `$`."""
    return symbol_of(word) is not None and (word.startswith("$") or word.isupper())


def by_default(asked: FollowUp) -> FollowUp:
    """Where funds are named nothing is left of a thread, and what holds by default need not be said."""
    if not asked.symbols:
        return asked
    return replace(asked, rate=unless_zero(asked.rate), weekly=asked.weekly or None)
