"""What the tokens after `/watch` come to, piece by piece: a fund, a measure, a threshold, an option."""

from __future__ import annotations

from dataclasses import dataclass, field

from analytics.watch.rules import Combine, Op
from bot.language.rule.amounts import Amount
from bot.language.rule.vocabulary import Mark, named
from bot.language.windows import is_relative
from bot.language.words import quoted


@dataclass(frozen=True)
class Fund:
    """A symbol.  sure: a `$` says that it is one."""

    symbol: str
    sure: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Measured:
    """A name of `WATCHABLE`, and how it was typed."""

    measure: str
    text: str


@dataclass(frozen=True)
class Sector:
    """A sector's name, and how it was typed."""

    sector: str
    text: str


@dataclass(frozen=True)
class Spanned:
    """A window's label; `lasting` where `for` stands before it."""

    label: str
    lasting: bool = False


@dataclass(frozen=True)
class Bound:
    """A comparison and its threshold, None for a change.  op: DEEPER is the only Mark.  words: as typed."""

    op: Op | Mark
    words: str
    amount: Amount | None


@dataclass(frozen=True)
class Hold:
    """For how many sessions, as typed."""

    count: str


@dataclass(frozen=True)
class Recovery:
    """The value that ends a breach, and for how many sessions; each None where it is not said."""

    amount: Amount | None
    count: str | None


@dataclass(frozen=True)
class Then:
    """The fund to look at."""

    symbol: str


@dataclass(frozen=True)
class Versus:
    """The benchmark."""

    symbol: str


@dataclass(frozen=True)
class Rated:
    """What follows `rf=`."""

    text: str


@dataclass(frozen=True)
class Join:
    """Two funds make one value.

    mark: MINUS, SLASH, OVER or TO.
    compared: by being held against each other, like `ISCB sharpe < SPSM`.
    """

    mark: Mark
    compared: bool = False

    @property
    def combine(self) -> Combine:
        """How."""
        return Combine.DIFFERENCE if self.mark is Mark.MINUS else Combine.RATIO


@dataclass(frozen=True)
class Count:
    """How many of several conditions are needed; None for all.  total: how many there are, where said."""

    needed: int | None
    total: int | None = None


@dataclass(frozen=True)
class Gap:
    """Between two conditions, or nothing.  mark: COMMA, AND or OR.  closed: an option follows."""

    mark: Mark
    closed: bool = False


@dataclass(frozen=True)
class Wrong:
    """What cannot be read.  word: where no more can be said of it than that, else the complaint."""

    complaint: str
    word: str = ""


@dataclass(frozen=True)
class Doubtful:
    """A word that is no fund by its letters; it may be a measure with a slip.  word: as typed."""

    word: str


@dataclass(frozen=True)
class Missing:
    """A comparison whose threshold cannot be read."""

    complaint: str


Piece = (
    Fund
    | Measured
    | Sector
    | Spanned
    | Bound
    | Hold
    | Recovery
    | Then
    | Versus
    | Rated
    | Join
    | Count
    | Gap
    | Wrong
    | Doubtful
    | Missing
)


def told(piece: Piece) -> str:
    """How a piece was read, for the person who typed it; empty where there is nothing to say."""
    match piece:
        case Fund(symbol=symbol):
            return symbol
        case Measured(measure):
            return named(measure)
        case Sector(sector):
            return sector.lower()
        case Join(mark):
            return "less" if mark is Mark.MINUS else "divided by"
        case Count(needed):
            return "all of" if needed is None else f"{needed} of"
        case Bound(_, words, amount):
            return f"{words} {quoted(amount.text)}" if amount else words
    return _told_of_option(piece)


def _told_of_option(piece: Piece) -> str:
    match piece:
        case Spanned(label):
            return f"window {quoted(label.replace('-', ' ') if is_relative(label) else label)}"
        case Hold(count):
            return f"for {quoted(count)} sessions"
        case Recovery(amount, count):
            value = f" {quoted(amount.text)}" if amount else ""
            return f"recover{value}" + (f" for {quoted(count)} sessions" if count else "")
        case Then(symbol):
            return f"then {symbol}"
        case Versus(symbol):
            return f"benchmark {symbol}"
        case Rated(text):
            return f"rf {quoted(text)}"
    return ""
