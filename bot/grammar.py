"""Text to questions: what people type, read generously, with every complaint at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from analytics.errors import UnknownWindow
from analytics.returns import Rate
from analytics.window import WORDS, Window
from analytics.window import parse as parse_window
from bot.commands import COMPARE, Command
from bot.errors import Unclear
from bot.render.text import listed, printable

MOST_SYMBOLS = 6
EARLIEST = date(1970, 1, 2)
"""First session of the exchange calendar."""
MOST_CHARACTERS = 500
MOST_RATE = 50.0


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
        rate = "" if self.rate == Rate() else f" rf={_rate_text(self.rate)}"
        versus = f" vs {_symbol_text(self.versus)}" if self.versus else ""
        as_of = f" asof {self.as_of.isoformat()}" if self.as_of else ""
        symbols = " ".join(map(_symbol_text, self.symbols))
        return f"{symbols} {self.window.label}{versus}{rate}{as_of}"


@dataclass(frozen=True)
class Help:
    """A request for help on one command."""

    command: Command


def read_compare(text: str, today: date) -> Compare | Help:
    """Read what follows `/compare`.

    Lower case, commas, quotes of any kind, full-width letters, "and", "versus", "as of", "from … to …" and
    Slack's own escapes are understood.  `A vs B` alone compares the two.  A `$` makes a symbol of any word:
    `$RF`, `$MAX`.  Raises Unclear with everything that is wrong, not only the first thing.
    """
    if len(text) > MOST_CHARACTERS:
        wrong = f"The text has {len(text):,} characters; at most {MOST_CHARACTERS} are read."
        raise Unclear(COMPARE.name, text[:MOST_CHARACTERS], (wrong,))
    words = _words(text)
    if words and words[0].lower() in {"compare", COMPARE.name}:
        words = words[1:]
    if not words or words[0].lower() == "help":
        return Help(COMPARE)
    reader = _Reader(today)
    reader.read(words)
    return reader.question(text)


_LINK = re.compile(r"<(?:https?://|mailto:)[^<>|]*\|([^<>]*)>")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,4} ?%)")
_MARKS = {ord(mark): " " for mark in "\"'`´“”„‟‘’‚‛«»‹›*_~,;"}
_DASHES = {ord(dash): "-" for dash in "\u2010\u2011\u2012–—―−"}
_DAY = r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{8})"
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
        (rf"({_DAY}) ?(?:\.{{2,}}|-| to ) ?(?={_DAY})", r"\1.."),
        (rf"(?:from|since) (?={_DAY}\.\.)", ""),
        (rf"from (?={_DAY})", "since "),
        (r"(\d{1,3})[ -]?([dwmqy])(?:ays?|eeks?|o|os|onths?|uarters?|rs?|ears?)?(?!\S)", r"\1\2"),
    )
]
_FILLERS = frozenset({"and", "with", "&", "+", "over", "for", "the", "last", "past"})
_OPENERS = frozenset({"compare", "help", "as", "year", "versus", "against", "benchmark", "compared", "from"})
"""Words that begin a spelling above; with `_FILLERS` they are symbols only behind a `$`."""
_SYMBOL = re.compile(r"\^?[a-z0-9]+(?:[.=-][a-z0-9]+)*", re.IGNORECASE | re.ASCII)
_MOST_LETTERS = 12
_MOST_WORDS = 6
_WINDOW_LIKE = re.compile(r"[0-9]{1,4}[dwmqy]")


def _words(text: str) -> list[str]:
    """Words as typed, without quotes, commas, invisible characters and Slack's escapes; spellings settled."""
    plain = _LINK.sub(r"\1", text)
    for escape, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        plain = plain.replace(escape, character)
    plain = printable(unicodedata.normalize("NFKC", plain))
    plain = _DECIMAL_COMMA.sub(".", plain).translate(_MARKS | _DASHES)
    plain = " ".join(bare for word in plain.split() if (bare := _bare(word)))
    for spelling, meaning in _SPELLINGS:
        plain = spelling.sub(meaning, plain)
    return [word for word in plain.split() if word.lower() not in _FILLERS]


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
    plain = _words(symbol) == [symbol] and word not in _OPENERS and not _is_option(word)
    return symbol if plain else f"${symbol}"


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
        symbol = word.lstrip("$")
        if _SYMBOL.fullmatch(symbol) and re.search("[A-Za-z]", symbol) and len(symbol) <= _MOST_LETTERS:
            into.append(symbol.upper())
        elif re.fullmatch(_DAY, word):
            self.complaints.append(
                f"`{word}` stands alone; write `since {word}`, `asof {word}` or `{word}..` with an end."
            )
        else:
            self.unread.append(f"`{_quoted(word)}`")

    def _read_window(self, text: str) -> None:
        try:
            self.windows.append(parse_window(text))
        except UnknownWindow as unknown:
            self.complaints.append(f"`{_quoted(text)}` {unknown.complaint}.")

    def _read_as_of(self, value: str) -> None:
        try:
            self.as_ofs.append(date.fromisoformat(value))
        except ValueError:
            self.complaints.append(f"`asof {_quoted(value)}` is not a date; write it like `asof 2026-01-16`.")

    def _read_rate(self, word: str) -> None:
        value = word.removeprefix("rf").removeprefix("=")
        found = re.fullmatch(r"(\d{1,2}(?:\.\d{1,4})?)%", value)
        if value in {"0", "0%"}:
            self.rates.append(Rate(0.0))
        elif value in {"tbill", "t-bill", "tbills", "t-bills"}:
            self.rates.append(Rate(None))
        elif found and float(found[1]) <= MOST_RATE:
            self.rates.append(Rate(float(found[1]) / 100))
        else:
            wanted = f"`rf=0`, `rf=tbill` or a percentage like `rf=4%`, at most {MOST_RATE:g}%"
            symbol = "" if "=" in word else "; the symbol is `$RF`"
            self.complaints.append(f"`{_quoted(word)}` is not a rate; write {wanted}{symbol}.")

    def _check_words(self) -> None:
        words = list(dict.fromkeys(self.unread))
        if len(words) == 1:
            self.complaints.append(f"{words[0]} is neither a symbol nor a window.")
        elif words:
            more = [f"{len(words) - _MOST_WORDS} more"] if len(words) > _MOST_WORDS else []
            named = listed([*words[:_MOST_WORDS], *more])
            self.complaints.append(f"{named} are neither symbols nor windows.")

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
            ("rf", _rate_text(self.rates[0]) if self.rates else ""),
            ("as of", self.as_ofs[0].isoformat() if self.as_ofs else ""),
        )
        return tuple(f"{name} {value}" for name, value in parts if value)


def _rate_text(rate: Rate) -> str:
    return "tbill" if rate.annual is None else f"{rate.annual * 100:g}%" if rate.annual else "0"


def _quoted(word: str) -> str:
    """A word safe to show between backticks, cut to a readable length."""
    shown = word.replace("`", "'")
    return shown if len(shown) <= 40 else f"{shown[:40]}…"
