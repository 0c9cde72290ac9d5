"""What follows `/compare`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from analytics.errors import UnknownWindow
from analytics.returns import Rate
from analytics.window import WORDS, Window
from analytics.window import parse as parse_window
from bot.commands import COMPARE
from bot.errors import Unclear
from bot.grammar.requests import Help
from bot.grammar.words import (
    DAY,
    EARLIEST,
    MARKS,
    PERIOD,
    RATES,
    plain,
    quoted,
    rate_of,
    rate_text,
    require_readable,
    some,
    symbol_of,
)

MOST_SYMBOLS = 6


@dataclass(frozen=True)
class Compare:
    """A comparison as asked.  as_of None: now."""

    symbols: tuple[str, ...]
    window: Window
    versus: str | None = None
    rate: Rate = field(default_factory=Rate)
    as_of: date | None = None

    @property
    def text(self) -> str:
        """The question in canonical form; reading it again gives the same question."""
        rate = "" if self.rate == Rate() else f" rf={rate_text(self.rate)}"
        versus = f" vs {_symbol_text(self.versus)}" if self.versus else ""
        as_of = f" asof {self.as_of.isoformat()}" if self.as_of else ""
        symbols = " ".join(map(_symbol_text, self.symbols))
        return f"{symbols} {self.window.label}{versus}{rate}{as_of}"


def read_compare(text: str, today: date) -> Compare | Help:
    """Read what follows `/compare`.

    Lower case, commas, quotes of any kind, full-width letters, "and", "versus", "as of", "from … to …" and
    Slack's own escapes are understood.  `A vs B` alone compares the two.  A `$` makes a symbol of any word:
    `$RF`, `$MAX`.  Raises Unclear with everything that is wrong, not only the first thing.
    """
    require_readable(COMPARE, text)
    words = _words(text)
    if words and words[0].lower() in {"compare", COMPARE.name}:
        words = words[1:]
    if not words or words[0].lower() == "help":
        return Help(COMPARE)
    reader = _Reader(today)
    reader.read(words)
    return reader.question(text)


_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,4} ?%)")
_SEPARATORS = MARKS | {ord(mark): " " for mark in ",;"}
_SPELLINGS = [
    # Only from the start of a word, so that what follows a `$` is left alone.
    (re.compile(rf"(?<!\S){spelling}", re.IGNORECASE), meaning)
    for spelling, meaning in (
        (r"as[ -]of(?!\S)", "asof"),
        (r"year[ -]to[ -]date(?!\S)", "ytd"),
        (r"(?:versus|against|benchmark|compared (?:to|with))(?![^\s=:])", "vs"),
        (r"(asof|since|vs) ?[=:] ?", r"\1 "),
        (r"rf ?[=:] ?", "rf="),
        (r"rf (?=\d|t-?bill)", "rf="),
        (r"(rf=[\d.]+) %", r"\1%"),
        (rf"({DAY}) ?(?:\.{{2,}}|-| to ) ?(?={DAY})", r"\1.."),
        (rf"(?:from|since) (?={DAY}\.\.)", ""),
        (rf"from (?={DAY})", "since "),
        (rf"{PERIOD}(?!\S)", r"\1\2"),
    )
]
_FILLERS = frozenset({"and", "with", "&", "+", "over", "for", "the", "last", "past"})
_OPENERS = frozenset({"compare", "help", "as", "year", "versus", "against", "benchmark", "compared", "from"})
"""Words that begin a spelling above; with `_FILLERS` they are symbols only behind a `$`."""
_WINDOW_LIKE = re.compile(r"[0-9]{1,4}[dwmqy]")


def _words(text: str) -> list[str]:
    """Words as typed, without quotes, commas, invisible characters and Slack's escapes; spellings settled."""
    settled = _DECIMAL_COMMA.sub(".", plain(text)).translate(_SEPARATORS)
    settled = " ".join(bare for word in settled.split() if (bare := _bare(word)))
    for spelling, meaning in _SPELLINGS:
        settled = spelling.sub(meaning, settled)
    return [word for word in settled.split() if word.lower() not in _FILLERS]


def _bare(word: str) -> str:
    """The word without brackets and the marks that end a sentence; two dots are no such mark."""
    bare = word.lstrip("([{").rstrip(")]}!?:.")
    return f"{bare}.." if ".." in word.removeprefix(bare) else bare


def _is_window(word: str) -> bool:
    return word in WORDS or ".." in word or bool(_WINDOW_LIKE.fullmatch(word))


def _is_option(word: str) -> bool:
    return word in {"vs", "since", "asof", "rf"} or word.startswith("rf=") or _is_window(word)


def _symbol_text(symbol: str) -> str:
    """The symbol as it is read back: with a `$` where it would be read as something else."""
    word = symbol.lower()
    is_plain = _words(symbol) == [symbol] and word not in _OPENERS and not _is_option(word)
    return symbol if is_plain else f"${symbol}"


@dataclass
class _Reader:
    """Collects what the words say; complaints are kept until the end."""

    today: date
    symbols: list[str] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    versus: list[str] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    as_ofs: list[date] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def read(self, words: list[str]) -> None:
        """Sort the words; two names with "vs" between them are two funds."""
        rest = list(words)
        while rest:
            word = rest.pop(0)
            option = word.lower()
            if option in {"since", "vs", "asof"}:
                self._read_with_value(option, rest.pop(0) if rest and not _is_option(rest[0].lower()) else "")
            elif option == "rf" or option.startswith("rf="):
                self._read_rate(option)
            elif _is_window(option):
                self._read_window(option)
            else:
                self._read_symbol(word, self.symbols)
        if len(self.symbols) < 2:
            self.symbols, self.versus = [*self.symbols, *self.versus], []

    def question(self, given: str) -> Compare:
        """What the words come to; raises Unclear with every complaint."""
        self._check_words()
        self._check_symbols()
        self._check_options()
        self._check_dates()
        if self.complaints:
            complaints, meant = dict.fromkeys(self.complaints), dict.fromkeys([*self.symbols, *self.versus])
            raise Unclear(COMPARE.name, given, tuple(complaints), self._understood(), tuple(meant))
        return Compare(
            symbols=tuple(self.symbols),
            window=self.windows[0] if self.windows else Window("1y"),
            versus=self.versus[0] if self.versus else None,
            rate=self.rates[0] if self.rates else Rate(),
            as_of=self.as_ofs[0] if self.as_ofs else None,
        )

    def _read_with_value(self, word: str, value: str) -> None:
        if not value:
            wanted = "a symbol, like `vs SPY`" if word == "vs" else f"a date, like `{word} 2021-03-19`"
            self.complaints.append(f"`{word}` stands alone; it needs {wanted}.")
        elif word == "vs":
            self._read_symbol(value, self.versus)
        elif word == "since":
            self._read_window(f"since {value}")
        else:
            self._read_as_of(value)

    def _read_symbol(self, word: str, into: list[str]) -> None:
        if symbol := symbol_of(word):
            into.append(symbol)
        elif re.fullmatch(DAY, word):
            self.complaints.append(
                f"`{word}` stands alone; write `since {word}`, `asof {word}` or `{word}..` with an end."
            )
        else:
            self.unread.append(f"`{quoted(word)}`")

    def _read_window(self, text: str) -> None:
        try:
            self.windows.append(parse_window(text))
        except UnknownWindow as unknown:
            self.complaints.append(f"`{quoted(text)}` {unknown.complaint}.")

    def _read_as_of(self, value: str) -> None:
        try:
            self.as_ofs.append(date.fromisoformat(value))
        except ValueError:
            self.complaints.append(f"`asof {quoted(value)}` is not a date; write it like `asof 2026-01-16`.")

    def _read_rate(self, word: str) -> None:
        rate = rate_of(word.removeprefix("rf").removeprefix("="))
        if rate is not None:
            self.rates.append(rate)
        else:
            symbol = "" if "=" in word else "; the symbol is `$RF`"
            self.complaints.append(f"`{quoted(word)}` is not a rate; write {RATES}{symbol}.")

    def _check_words(self) -> None:
        words = list(dict.fromkeys(self.unread))
        if len(words) == 1:
            self.complaints.append(f"{words[0]} is neither a symbol nor a window.")
        elif words:
            self.complaints.append(f"{some(words)} are neither symbols nor windows.")

    def _check_options(self) -> None:
        given: tuple[tuple[str, Sequence[object]], ...] = (
            ("window", self.windows),
            ("benchmark", self.versus),
            ("rf", self.rates),
            ("as-of date", self.as_ofs),
        )
        for name, values in given:
            if len(set(values)) > 1:
                self.complaints.append(f"More than one {name} is given; keep one.")

    def _check_symbols(self) -> None:
        twice = sorted({symbol for symbol in self.symbols if self.symbols.count(symbol) > 1})
        if twice:
            self.complaints.append(f"{', '.join(twice)}: named more than once.")
        if len(set(self.symbols)) < 2:
            self.complaints.append("At least two different symbols are needed, like `ISCB SPSM`.")
        if len(set(self.symbols)) > MOST_SYMBOLS:
            self.complaints.append(
                f"{len(set(self.symbols))} symbols; at most {MOST_SYMBOLS} fit side by side."
            )

    def _check_dates(self) -> None:
        limit = min([self.today, *self.as_ofs])
        named = [*self.as_ofs, *(window.start for window in self.windows if window.start)]
        if any(day < EARLIEST for day in named):
            self.complaints.append(f"There are no prices before {EARLIEST.isoformat()}.")
        if any(day > self.today for day in self.as_ofs):
            self.complaints.append(f"The as-of date is after today ({self.today.isoformat()}).")
        for window in self.windows:
            if window.start and window.start >= limit:
                self.complaints.append(
                    f"`{window.label}` begins on or after {limit.isoformat()}; begin earlier."
                )
            elif window.start and window.end and window.end > limit:
                since = f"since {window.start.isoformat()}"
                self.complaints.append(f"`{window.label}` ends after {limit.isoformat()}; write `{since}`.")

    def _understood(self) -> tuple[str, ...]:
        parts = (
            ("symbols", " ".join(self.symbols)),
            ("window", self.windows[0].words if self.windows else ""),
            ("benchmark", self.versus[0] if self.versus else ""),
            ("rf", rate_text(self.rates[0]) if self.rates else ""),
            ("as of", self.as_ofs[0].isoformat() if self.as_ofs else ""),
        )
        return tuple(f"{name} {value}" for name, value in parts if value)
