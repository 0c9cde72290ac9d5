"""What a question in plain English says besides what it is about: windows, amounts, funds and the like."""

from __future__ import annotations

import re
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date

from analytics.errors import UnknownWindow
from analytics.fund import is_mix
from analytics.returns import Rate
from analytics.window import Window, parse
from bot.language.amounts import Ambiguous, Misread, Size, read_size, read_term
from bot.language.english.intents import MONEY, PLAIN, vote
from bot.language.options import PACES
from bot.language.thread_words import EXPLAINED, is_term, longest_phrase, spelled_words
from bot.language.windows import is_relative, is_window, near_windows, possible_days, read_window
from bot.language.words import ENGLISH, IDLE, SHORT, rate_of, symbol_of

_KNOWN_SHORT = 3
"""Letters of a fund in small letters at least."""
_LATEST = re.compile(r"last-(?:week|month|quarter|half|year)")
_SOLD = frozenset({"from", "of", "sell", "selling", "leave", "leaving", "exit"})
_BOUGHT = frozenset({"to", "into", "buy", "buying", "enter"})
_MILLIONS = re.compile(r"\d ?(?:million|mio|mn|bn|billion|mm|k)(?!\w)", re.IGNORECASE)
_AMOUNT_LEFT = re.compile(r"(?<!\S)\d[\d.]* ?(?:bps?|%|basis)(?!\w)")
"""Beside a spread that was read: the one of the other fund, "12 bp on ISCB and 3 bp on SPSM"."""


@dataclass
class Slots:
    """What a question says besides what it is about.

    sold, bought: the fund that is left, and the one that is gone into, where the words say so.
    bare: nothing is said but a measure ("value at risk", of which each word speaks for something else).
    line: its other words in small letters, one space apart.
    wrong: a word among them is nearly a window, and it is not known which, or no spread or the like.
    """

    windows: list[Window] = field(default_factory=list)
    symbols: list[str] = field(default_factory=list)
    versus: str | None = None
    measures: list[str] = field(default_factory=list)
    bare: bool = False
    size: Size | None = None
    terms: list[tuple[str, object]] = field(default_factory=list)
    sold: str | None = None
    bought: str | None = None
    rate: Rate | None = None
    as_of: date | None = None
    weekly: bool | None = None
    line: str = ""
    wrong: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said but words."""
        return replace(self, line="") == Slots()


def read_slots(
    text: str, today: date, known: Container[str], about: date | None = None, reached: date | None = None
) -> Slots:
    """Read windows, amounts, funds and the like; the other words are left over.

    about: the day from which "last week" is told.  reached: the last session of the place.
    """
    spending = bool(_MILLIONS.search(text)) or any(
        each.intent.name in MONEY and each.count >= PLAIN for each in vote(" ".join(text.lower().split()))
    )
    reader = _SlotReader(spelled_words(text, spending=spending), about or today, reached, known)
    reader.read()
    return reader.slots


class _SlotReader:
    """Goes through the words once."""

    def __init__(self, words: list[str], about: date, reached: date | None, known: Container[str]) -> None:
        self.slots = Slots()
        self._words, self._about, self._reached, self._known = words, about, reached, known
        self._shouted = all(word == word.upper() for word in words)

    def read(self) -> None:
        """Sort them all."""
        left, at = list[str](), 0
        while at < len(self._words):
            taken = self._take(at)
            if not taken:
                left.append(self._words[at])
            at += max(taken, 1)
        self.slots.line = " ".join(" ".join(left).lower().replace("-", " ").split())
        self.slots.wrong |= bool(self.slots.terms and _AMOUNT_LEFT.search(self.slots.line))
        self._read_measures()

    def _take(self, at: int) -> int:
        """Take an option or a fund; return how many words it is, 0 for none."""
        word, small = self._words[at], self._words[at].lower()
        value = self._words[at + 1] if at + 1 < len(self._words) else ""
        if small in {"since", "asof", "vs"}:
            taken = bool(value) and self._take_value(small, value)
            self.slots.wrong |= small == "since" and not taken  # "since the election"
            return 2 if taken else 0
        if small in PACES:
            self.slots.weekly = PACES[small]
        elif small.startswith("size="):
            return int(self._take_size(small.removeprefix("size=")))
        elif is_term(small):
            return int(self._take_term(small))
        elif small.startswith("rf=") and (rate := rate_of(small.removeprefix("rf="))):
            self.slots.rate = rate
        elif is_window(small):
            return int(self._take_window(small))
        elif symbol := self._symbol(word):
            self._place(symbol, self._words[at - 1].lower() if at else "")
        else:
            return 0
        return 1

    def _place(self, symbol: str, before: str) -> None:
        self.slots.symbols.append(symbol)
        if before in _SOLD:
            self.slots.sold = symbol
        elif before in _BOUGHT:
            self.slots.bought = symbol

    def _take_value(self, option: str, value: str) -> bool:
        small, days = value.lower(), possible_days(value)
        if option == "vs":
            self.slots.versus = self._symbol(value) or self.slots.versus
            return self._symbol(value) is not None
        if option == "asof" and len(days) == 1:
            self.slots.as_of = days[0]
            return True
        if len(days) == 1:
            return self._take_window(f"since {days[0]}")
        if is_relative(small) and _LATEST.fullmatch(small):
            last = read_window(small, self._about)
            # On a Monday nothing has happened yet since last week: its own course is meant.
            is_new = self._reached is None or last.end is None or last.end < self._reached
            begin = last.end if is_new else last.start
            return bool(begin) and self._take_window(f"since {begin}")
        return False

    def _take_size(self, typed: str) -> bool:
        with suppress(Ambiguous):
            self.slots.size = read_size(typed)
        return self.slots.size is not None

    def _take_term(self, typed: str) -> bool:
        known = {name for name, _ in self.slots.terms}
        with suppress(Misread):
            self.slots.terms.append(read_term(typed))
        self.slots.wrong |= len({name for name, _ in self.slots.terms}) == len(known)
        return True

    def _take_window(self, typed: str) -> bool:
        try:
            window = parse(typed) if typed.startswith("since ") else read_window(typed, self._about)
        except UnknownWindow:
            near = [each for each in near_windows(typed, self._about) if each.start]
            self.slots.wrong |= not near
            self.slots.windows += near
            return bool(near)
        self.slots.windows.append(window)
        return True

    def _symbol(self, word: str) -> str | None:
        """Return a word as a fund: behind a `$`, in capitals, or well known; none of English is one."""
        symbol, small = symbol_of(word), word.lower()
        if symbol is None or word.startswith(("$", "^")) or is_mix(symbol):
            return symbol
        if small in ENGLISH or small in IDLE or (small,) in EXPLAINED:
            return None
        if symbol in self._known:
            return symbol if word.isupper() or len(word) >= _KNOWN_SHORT else None
        is_ticker = word.isupper() and word.isalpha() and 1 < len(word) <= SHORT
        return symbol if is_ticker and not self._shouted else None

    def _read_measures(self) -> None:
        words, at = [each for each in self.slots.line.split() if each != "at"], 0  # "value at risk"
        while at < len(words):
            length, measure = longest_phrase(words[at:], EXPLAINED)
            if measure:
                self.slots.measures.append(measure)
                self.slots.bare = length == len(words)
            at += max(length, 1)
