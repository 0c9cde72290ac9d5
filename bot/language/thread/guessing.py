"""A text that cannot be read, word by word: what each most likely is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches

from analytics.errors import UnknownWindow
from analytics.returns import Rate
from analytics.window import Window, parse
from bot.language.english import ENGLISH, PAIR, PLACED, SHORT
from bot.language.options import PACES, latest_day, past
from bot.language.rule.amounts import Ambiguous
from bot.language.thread.amounts import Size, read_size
from bot.language.thread.vocabulary import EXPLAINED, FIGURES, KEYWORDS, PHRASES, Turn
from bot.language.thread.wording import is_word, phrase, words_of
from bot.language.windows import is_window, near_windows, read_window, readings
from bot.language.words import EARLIEST, MOST_CHARACTERS, rate_of, symbol_of
from bot.model import Section

Like = Callable[[str], Sequence[str]]
"""Known symbols near one; none for one that is known itself."""
_NEAR = 0.8
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

    @property
    def is_empty(self) -> bool:
        """Whether no word says anything."""
        return self == Sense()


def make_sense(text: str, like: Like, today: date | None, about: date | None = None) -> Sense:
    """What the words of a text most likely say.

    today: days before it are kept; without it none are, for nobody says which of them are past.
    about: the day that "last year" is told from; None for today.
    """
    sense = _Guess(words_of(text[:MOST_CHARACTERS]), like, today and (about or today)).sense
    limit = min(filter(None, (today, sense.as_of)), default=date.max)
    if today and sense.as_of and not EARLIEST <= sense.as_of <= latest_day(today):
        return replace(sense, as_of=None, windows=(None,))
    kept = [each for each in sense.windows if not _is_out(each, limit)]
    return replace(sense, windows=tuple(kept) or (None,))


def _is_out(window: Window | None, limit: date) -> bool:
    return bool(window and window.start and (window.start < EARLIEST or past(window, limit)))


def near(word: str) -> str | None:
    """The word of ours that one in small letters nearly is: a slip in longer ones, a swap in short ones."""
    known = sorted(KEYWORDS | FIGURES | {"size"})
    if len(word) < SHORT:
        return next((each for each in known if len(word) > 3 and sorted(each) == sorted(word)), None)
    return next(iter(get_close_matches(word, known, 1, _NEAR)), None)


class _Guess:
    """Goes through the words once."""

    def __init__(self, words: list[str], like: Like, today: date | None) -> None:
        self.sense = Sense()
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
        length, meaning = phrase(words, PHRASES)
        named, measure = phrase(words, EXPLAINED)
        if measure and (named > length or meaning is None or Section.EXPLAIN in self.sense.studies):
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
        elif small in {"vs", "since", "asof"}:
            self._take_value(small)
            return True
        elif self._today and (days := readings(small)):
            sense.windows = [parse(f"since {day}") for day in days]
        elif is_window(small):
            sense.windows = self._windows(small)
        else:
            return False
        self._rest.pop(0)
        return True

    def _windows(self, small: str) -> Sequence[Window | None]:
        try:
            window = read_window(small, self._today or date.max)
        except UnknownWindow:
            return near_windows(small) or (None,)
        return (window if self._today or window.start is None else None,)

    def _take_value(self, option: str) -> None:
        self._rest.pop(0)
        value = self._rest[0] if self._rest else ""
        is_symbol = PLACED.is_symbol(value) and value.lower() not in ENGLISH
        if option == "vs" and is_symbol and not is_word(value):
            self.sense.versus = self._may_be(self._rest.pop(0))
        elif option != "vs" and self._today and (days := readings(value)):
            self._rest.pop(0)
            if option == "asof":
                self.sense.as_of = days[0]
            else:
                self.sense.windows = [parse(f"since {day}") for day in days]

    def _symbol(self, word: str) -> Sequence[str]:
        """What a word may be as a symbol; nothing where it is none, or a slip of another word."""
        symbol = symbol_of(word)
        if symbol is None or word.startswith("$"):
            return (symbol,) if symbol else ()
        capitals = word.isupper() and len(word) <= SHORT
        if not capitals and (meant := near(word.lower())):
            self._take_meant(meant)
            return ()
        if capitals or not word.isalpha():
            is_word = word.lower() in ENGLISH or not re.match(r"\^?[A-Z]", symbol)
            return () if is_word else self._may_be(word)
        is_place = self._into is not None and self._capitals < PAIR and word.lower() not in ENGLISH
        is_place = is_place and bool(_TICKER.fullmatch(word))
        return self._may_be(word) if is_place else ()

    def _take_meant(self, word: str) -> None:
        """A word of ours in place of a slip; what says nothing here is dropped."""
        self._rest.insert(0, word)
        if not (self._take_phrase(self._rest) or self._take_option(word)):
            self._rest.pop(0)

    def _may_be(self, word: str) -> Sequence[str]:
        symbol = str(symbol_of(word))
        return tuple(dict.fromkeys((*tuple(self._like(symbol))[:3], symbol)))


def choices(names: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Symbols with each of what they may be: the likeliest of all, then one at a time something else."""
    first = tuple(each[0] for each in names)
    yield first
    for at, each in enumerate(names):
        for other in each[1:]:
            yield (*first[:at], other, *first[at + 1 :])
