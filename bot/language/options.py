"""What every question about funds may say besides its funds: window, benchmark, rate, as-of date, weeks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from analytics.errors import UnknownWindow
from analytics.returns import ZERO, Rate
from analytics.window import Window
from bot.language.mixes.fold import is_folded, mix_complaints
from bot.language.windows import OPENERS as WINDOW_OPENERS
from bot.language.windows import (
    SPELLINGS,
    Spelling,
    is_day,
    is_relative,
    is_window,
    read_day,
    read_window,
    rewrite_spellings,
    spelling_patterns,
)
from bot.language.words import (
    EARLIEST,
    MARKS,
    PLACED,
    RATES,
    Script,
    plain_text,
    rate_of,
    rate_text,
    safe_word,
    symbol_of,
)

MOST_SYMBOLS = 6
FILLERS = frozenset({"and", "with", "&", "+", "over", "for", "the", "last", "past"})
OPENERS = WINDOW_OPENERS | {"compare", "help", "as", "versus", "against", "benchmark", "compared"}
"""Words that begin a spelling; with `FILLERS` they are symbols only behind a `$`."""
PACES = {"weekly": True, "daily": False}
EAST = timedelta(days=1)
"""How far a day that somebody types may be ahead of ours: in Tokyo it is tomorrow for nine hours."""

_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,4} ?%)|(?<=rf=\d),(?=\d)", re.IGNORECASE)
_PERSON = re.compile(r"<@\w+(?:\|[^<>]*)?>|@(?!watchpoint)\w[\w.-]*", re.IGNORECASE)
"""Somebody who is to read the answer too."""
_WEIGHT = re.compile(r"\d{1,3}(?:[.,]\d{1,4})?%")
_SEPARATORS = MARKS | {ord(mark): " " for mark in ",;"}
_SPELLINGS = spelling_patterns(
    (r"as[ -]of(?!\S)", "asof"),
    (r"(?:versus|against|benchmark|compared (?:to|with)|(?-i:v))(?![^\s=:])", "vs"),
    (r"(asof|since|vs) ?[=:] ?", r"\1 "),
    (r"rf ?[=:] ?", "rf="),
    (r"rf (?=\d|t-?bill)", "rf="),
    (r"(rf=[\d.]+) %", r"\1%"),
)


def split_words(text: str, more: Iterable[Spelling] = ()) -> list[str]:
    """Split words as typed, without quotes, commas, invisible characters and Slack's escapes; spellings
    settled.
    """
    bare = _DECIMAL_COMMA.sub(".", plain_text(text)).translate(_SEPARATORS)
    line = " ".join(
        kept for word in bare.split() if not _PERSON.fullmatch(word) and (kept := _strip_marks(word))
    )
    return rewrite_spellings(line, (*more, *_SPELLINGS, *SPELLINGS)).split()


def is_option(word: str) -> bool:
    """Return whether a word in lower case is one of those that are read here."""
    named = word in {"vs", "since", "asof", "rf"} or word in PACES
    return named or word.startswith("rf=") or is_window(word)


def _strip_marks(word: str) -> str:
    """Return the word without brackets and the marks that end a sentence; two dots are no such mark."""
    bare = word.lstrip("([{").rstrip(")]}!?:.")
    return f"{bare}.." if ".." in word.removeprefix(bare) else bare


def _is_option(word: str) -> bool:
    return is_option(word.lower())


@dataclass
class Options:
    """Collects what is said of them; complaints are kept until the end.

    about: the day that "last year" is told from where no as-of date is given; None for today.
    ends: words that cannot be the value of the word before.
    against: words after `vs`, before they are known for symbols.
    unread: words that mean nothing, between backticks.
    wrong_mix: a fund is one of a mix that cannot be held, which the complaints say.
    """

    today: date
    about: date | None = None
    ends: Callable[[str], bool] = _is_option
    windows: list[Window] = field(default_factory=list)
    relative: list[str] = field(default_factory=list)
    against: list[str] = field(default_factory=list)
    versus: list[str] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    as_ofs: list[date] = field(default_factory=list)
    weekly: list[bool] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    wrong_mix: bool = False
    complaints: list[str] = field(default_factory=list)

    def take(self, rest: list[str]) -> bool:
        """Take an option with its value from the front of the words; False where there is none."""
        option = rest[0].lower()
        if not is_option(option):
            return False
        rest.pop(0)
        if option in {"since", "vs", "asof"}:
            self._read_with_value(option, rest.pop(0) if rest and not self.ends(rest[0]) else "")
        elif option in PACES:
            self.weekly.append(PACES[option])
        elif option == "rf" or option.startswith("rf="):
            self._read_rate(option)
        else:
            self._take_window(option)
        return True

    def settle_versus(self, script: Script) -> None:
        """Read the benchmarks.  script: of all names in the text, known at its end"""
        for word in self.against:
            self.read_symbol(word, self.versus, Script(prose=script.prose))

    def read_symbol(self, word: str, into: list[str], script: Script = PLACED) -> None:
        """Read a word that must be a symbol."""
        symbol = symbol_of(word)
        if symbol and script.is_symbol(word):
            into.append(symbol)
        elif symbol:
            self.complaints.append(script.refusal(word))
        elif is_folded(word):
            self.complaints += mix_complaints(word)
            self.wrong_mix = True
        elif _WEIGHT.fullmatch(word):
            like = "`60% ISCB 40% TLT` or `60% ISCB 40% cash`"
            told = f"stands alone; a mix names its other weights too, like {like}."
            self.complaints.append(f"`{safe_word(word)}` {told}")
        elif is_day(word):
            self._read_lone_day(word)
        else:
            self.unread.append(f"`{safe_word(word)}`")

    def check(self) -> None:
        """Complain of what is given twice, and of days that there are no prices of.

        Windows that are told from a day are settled here, when all days are read.
        """
        for text in self.relative:
            self._read_window(text, min([self.about or self.today, *self.as_ofs]))
        given: tuple[tuple[str, Sequence[object]], ...] = (
            ("window", self.windows),
            ("benchmark", self.versus),
            ("rf", self.rates),
            ("as-of date", self.as_ofs),
        )
        for name, values in given:
            if len(set(values)) > 1:
                self.complaints.append(f"More than one {name} is given; keep one.")
        if len(set(self.weekly)) > 1:
            self.complaints.append("Both `weekly` and `daily` are given; keep one.")
        self._check_dates()

    def values_read(self) -> tuple[tuple[str, str], ...]:
        """Return what could be read, by name; empty where nothing was given."""
        return (
            ("window", self.windows[0].words if self.windows else ""),
            ("benchmark", self.versus[0] if self.versus else ""),
            ("rf", rate_text(self.rates[0]) if self.rates else ""),
            ("as of", self.as_ofs[0].isoformat() if self.as_ofs else ""),
            ("returns", pace_text(weekly=self.weekly[0]) if self.weekly else ""),
        )

    def _read_with_value(self, word: str, value: str) -> None:
        if not value:
            wanted = "a symbol, like `vs SPY`" if word == "vs" else f"a date, like `{word} 2021-03-19`"
            self.complaints.append(f"`{word}` stands alone; it needs {wanted}.")
        elif word == "vs":
            self.against.append(value)
        elif word == "since":
            self._read_window(f"since {value}", self.today)
        else:
            self._read_as_of(value)

    def _take_window(self, word: str) -> None:
        if is_relative(word):
            self.relative.append(word)
        else:
            self._read_window(word, self.today)

    def _read_window(self, text: str, day: date) -> None:
        try:
            self.windows.append(read_window(text, day))
        except UnknownWindow as unknown:
            self.complaints.append(f"`{safe_word(unknown.text)}` {unknown.complaint}.")

    def _read_as_of(self, value: str) -> None:
        try:
            self.as_ofs.append(read_day(value))
        except ValueError as wrong:
            told = re.sub(r"`(?=\d)", "`asof ", str(wrong))
            self.complaints.append(f"`asof {safe_word(value)}` {told}.")

    def _read_lone_day(self, word: str) -> None:
        try:
            day = read_day(word)
        except ValueError as wrong:
            self.complaints.append(f"`{safe_word(word)}` {wrong}.")
        else:
            self.complaints.append(
                f"`{day}` stands alone; write `since {day}`, `asof {day}` or `{day}..` with an end."
            )

    def _read_rate(self, word: str) -> None:
        rate = rate_of(word.removeprefix("rf").removeprefix("="))
        if rate is not None:
            self.rates.append(rate)
        else:
            symbol = "" if "=" in word else "; the symbol is `$RF`"
            self.complaints.append(f"`{safe_word(word)}` is not a rate; write {RATES}{symbol}.")

    def _check_dates(self) -> None:
        limit, latest = min([self.today, *self.as_ofs]), latest_day(self.today)
        named = [*self.as_ofs, *(window.start for window in self.windows if window.start)]
        if any(day < EARLIEST for day in named):
            self.complaints.append(f"There are no prices before {EARLIEST.isoformat()}.")
        if any(day > latest for day in self.as_ofs):
            self.complaints.append(f"The as-of date is after today ({self.today.isoformat()}).")
        for window in self.windows:
            is_today = window.end == latest and (not self.as_ofs or latest in self.as_ofs)
            self.complaints.extend(future_complaints(window, latest if is_today else limit))


def latest_day(today: date) -> date:
    """Tell the day that it may be somewhere already, today being UTC's; there is none after the last."""
    return min(today, date.max - EAST) + EAST


def future_complaints(window: Window, limit: date) -> list[str]:
    """Return what is wrong with a window where nothing after `limit` is used."""
    if window.start and window.start >= limit:
        return [f"`{window.label}` begins on or after {limit.isoformat()}; begin earlier."]
    if window.start and window.end and window.end > limit and not window.is_period:
        since = f"since {window.start.isoformat()}"
        return [f"`{window.label}` ends after {limit.isoformat()}; write `{since}`."]
    return []


def option_text(window: str, versus: str, rate: Rate | None, as_of: date | None, weekly: bool | None) -> str:
    """Write the options as they are read back, each after a space.

    window, versus: as they are typed, empty without one.  The others are left out where they are None.
    """
    parts = (
        window,
        f"vs {versus}" if versus else "",
        f"rf={rate_text(rate)}" if rate is not None else "",
        f"asof {as_of.isoformat()}" if as_of else "",
        "" if weekly is None else pace_text(weekly=weekly),
    )
    return "".join(f" {part}" for part in parts if part)


def pace_text(*, weekly: bool) -> str:
    """Write "weekly" or "daily"."""
    return "weekly" if weekly else "daily"


def rate_unless_zero(rate: Rate | None) -> Rate | None:
    """Return the rate where it is another than that which holds by default."""
    return None if rate == ZERO else rate
