"""What follows `/compare`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from analytics.fund import is_mix
from analytics.returns import Rate
from analytics.window import Window
from bot.commands import COMPARE
from bot.errors import Unclear
from bot.language.mixes.fold import with_cash_rate
from bot.language.options import (
    FILLERS,
    MOST_SYMBOLS,
    OPENERS,
    Options,
    is_option,
    option_text,
    rate_unless_zero,
    split_words,
)
from bot.language.requests import Help
from bot.language.words import IDLE, PLACED, list_some, require_readable, script_of, symbol_of


@dataclass(frozen=True)
class Compare:
    """A comparison as asked.  as_of None: now.  weekly: from weekly returns instead of daily ones."""

    symbols: tuple[str, ...]
    window: Window
    versus: str | None = None
    rate: Rate = field(default_factory=Rate)
    as_of: date | None = None
    weekly: bool = False

    @property
    def text(self) -> str:
        """The question in canonical form; reading it again gives the same question."""
        symbols = " ".join(map(_symbol_text, self.symbols))
        versus = _symbol_text(self.versus) if self.versus else ""
        weekly = self.weekly or None
        return symbols + option_text(
            self.window.label, versus, rate_unless_zero(self.rate), self.as_of, weekly
        )


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
    reader = _CompareReader(Options(today))
    reader.read(words)
    return reader.question(text)


_FEWEST = {1: "one symbol is", 2: "two different symbols are"}


def count_complaints(symbols: list[str], like: str, fewest: int = 1) -> list[str]:
    """Return what is wrong with a list of funds.  like: how it is done.  fewest: one, or two side by side."""
    named = Counter(symbols)
    twice, count = sorted(symbol for symbol, times in named.items() if times > 1), len(named)
    return [
        *([f"{', '.join(twice)}: named more than once."] if twice else []),
        *([f"At least {_FEWEST[fewest]} needed, like `{like}`."] if count < fewest else []),
        *([f"{count} symbols; at most {MOST_SYMBOLS} fit side by side."] if count > MOST_SYMBOLS else []),
    ]


def _words(text: str) -> list[str]:
    return [word for word in split_words(text) if word.lower() not in FILLERS]


def _symbol_text(symbol: str) -> str:
    """Return the symbol as it is read back: with a `$` where it would be read as something else."""
    word = symbol.lower()
    is_opener = word in OPENERS or is_option(word)
    is_plain = _words(symbol) == [symbol] and not is_opener and PLACED.is_symbol(symbol)
    return symbol if is_plain else f"${symbol}"


@dataclass
class _CompareReader:
    """Collects what the words say; complaints are kept until the end."""

    options: Options
    symbols: list[str] = field(default_factory=list)

    def read(self, words: list[str]) -> None:
        """Sort the words; two names with "vs" between them are two funds."""
        rest, names = list(words), []
        while rest:
            if not self.options.take(rest):
                names.append(rest.pop(0))
        self._read_names(names)
        if len(self.symbols) < 2:
            self.symbols, self.options.versus = [*self.symbols, *self.options.versus], []

    def _read_names(self, names: list[str]) -> None:
        """Read the funds, told from other words by how they are all written."""
        script = script_of(names)
        self.options.settle_versus(script)
        for word in names:
            if script.is_symbol(word) or symbol_of(word) is None:
                self.options.read_symbol(word, self.symbols)
            elif word.lower() not in IDLE:
                self.options.complaints.append(script.refusal(word))

    def question(self, given: str) -> Compare:
        """Return what the words come to; raises Unclear with every complaint."""
        options = self.options
        self._check_words()
        fewest = 0 if options.wrong_mix else 1
        options.complaints += count_complaints(self.symbols, "ISCB SPSM", fewest)
        options.check()
        if options.complaints:
            complaints, meant = (
                dict.fromkeys(options.complaints),
                dict.fromkeys([*self.symbols, *options.versus]),
            )
            raise Unclear(COMPARE.name, given, tuple(complaints), self._values_read(), tuple(meant))
        rate, versus = options.rates[0] if options.rates else Rate(), next(iter(options.versus), None)
        return Compare(
            symbols=tuple(with_cash_rate(each, rate) if is_mix(each) else each for each in self.symbols),
            window=options.windows[0] if options.windows else Window("1y"),
            versus=with_cash_rate(versus, rate) if versus and is_mix(versus) else versus,
            rate=rate,
            as_of=options.as_ofs[0] if options.as_ofs else None,
            weekly=bool(options.weekly and options.weekly[0]),
        )

    def _check_words(self) -> None:
        words = list(dict.fromkeys(self.options.unread))
        if len(words) == 1:
            self.options.complaints.append(f"{words[0]} is neither a symbol nor a window.")
        elif words:
            self.options.complaints.append(f"{list_some(words)} are neither symbols nor windows.")

    def _values_read(self) -> tuple[str, ...]:
        parts = (("symbols", " ".join(self.symbols)), *self.options.values_read())
        return tuple(f"{name} {value}" for name, value in parts if value)
