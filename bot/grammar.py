"""Text to questions: what people type, read generously, with every complaint at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from analytics.errors import UnknownWindow
from analytics.returns import Rate
from analytics.window import WORDS, Window
from analytics.window import parse as parse_window
from bot.commands import COMPARE, Command
from bot.errors import Unclear

MOST_SYMBOLS = 6
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
        versus = f" vs {self.versus}" if self.versus else ""
        as_of = f" asof {self.as_of.isoformat()}" if self.as_of else ""
        return f"{' '.join(self.symbols)} {self.window.label}{versus}{rate}{as_of}"


@dataclass(frozen=True)
class Help:
    """A request for help on one command."""

    command: Command


def read_compare(text: str, today: date) -> Compare | Help:
    """Read what follows `/compare`.

    Lower case, commas, quotes of any kind, `$ISCB`, "and", "versus", "as of" and Slack's own escapes are
    understood.  Raises Unclear with everything that is wrong, not only the first thing.
    """
    if len(text) > MOST_CHARACTERS:
        wrong = f"The text has {len(text)} characters; at most {MOST_CHARACTERS} are read."
        raise Unclear(COMPARE.name, text[:MOST_CHARACTERS], (wrong,))
    words = _words(text)
    if not words or words == ["help"]:
        return Help(COMPARE)
    reader = _Reader(today)
    reader.read(words)
    return reader.question(text)


_QUOTES = dict.fromkeys(map(ord, "\"'`“”„‟‘’‚‛«»‹›*_~"), " ")
_SYMBOL = re.compile(r"\^?[A-Z0-9][A-Z0-9.\-=]{0,11}")
_FILLERS = {"and", "with", "&", "+", "over", "for", "the"}
_WINDOW_LIKE = re.compile(r"\d+(d|w|m|q|y|days?|weeks?|quarters?)")


def _words(text: str) -> list[str]:
    """Lower-case words without quotes, commas and Slack's escapes."""
    plain = re.sub(r"<[^<>|]*\|([^<>]*)>", r"\1", text)
    for escape, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        plain = plain.replace(escape, character)
    plain = plain.translate(_QUOTES).replace("…", "..").replace("−", "-").lower()
    plain = re.sub(r"[,;\u200b\u200c\u200d\ufeff\u2060]", " ", plain)
    plain = re.sub(r"\bas[ -]of\b", "asof", plain)
    plain = re.sub(r"\byear[ -]to[ -]date\b", "ytd", plain)
    plain = re.sub(r"\b(versus|vs\.|against)(?=\s|$)", "vs", plain)
    plain = re.sub(r"\b(asof|since|vs)\s*=\s*", r"\1 ", plain)
    plain = re.sub(r"\brf\s*=\s*", "rf=", plain)
    plain = re.sub(r"(\d)\s*\.\.\s*(?=\d)", r"\1..", plain)
    plain = re.sub(r"\b(\d+)[ -]?([my])(?:o|os|onths?|rs?|ears?)?\b", r"\1\2", plain)
    return [word for word in plain.split() if word not in _FILLERS]


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
        """Sort every word into its place, or complain of it."""
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word in {"since", "vs", "asof"}:
                self._read_with_value(word, rest.pop(0) if rest else "")
            elif word.startswith("rf"):
                self._read_rate(word)
            elif word in WORDS or ".." in word or _WINDOW_LIKE.fullmatch(word):
                self._read_window(word)
            else:
                self._read_symbol(word, self.symbols)

    def question(self, given: str) -> Compare:
        """What the words come to; raises Unclear with every complaint."""
        self._check_symbols()
        for name, values in (("window", self.windows), ("benchmark", self.versus), ("rf", self.rates)):
            if len(values) > 1:
                self.complaints.append(f"More than one {name} is given; keep one.")
        if len(self.as_ofs) > 1:
            self.complaints.append("More than one as-of date is given; keep one.")
        self._check_dates()
        if self.complaints:
            complaints, meant = dict.fromkeys(self.complaints), dict.fromkeys(self.symbols + self.unread)
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
        symbol = word.lstrip("$").rstrip(".:!?").upper()
        if _SYMBOL.fullmatch(symbol) and re.search("[A-Z]", symbol):
            into.append(symbol)
        else:
            self.unread.append(re.sub(r"[^A-Z0-9^.-]", "", symbol)[:12])
            self.complaints.append(f"`{_quoted(word)}` is neither a symbol nor a window.")

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
        elif value in {"tbill", "t-bill", "tbills"}:
            self.rates.append(Rate(None))
        elif found and float(found[1]) <= MOST_RATE:
            self.rates.append(Rate(float(found[1]) / 100))
        else:
            self.complaints.append(
                f"`{_quoted(word)}` is not a rate; write `rf=0`, `rf=tbill` or a percentage like `rf=4%`."
            )

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
        if any(day > self.today for day in self.as_ofs):
            self.complaints.append(f"The as-of date is after today ({self.today.isoformat()}).")
        for window in self.windows:
            if window.start and window.start >= limit:
                self.complaints.append(
                    f"`{window.label}` begins on or after {limit.isoformat()}; begin earlier."
                )

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
