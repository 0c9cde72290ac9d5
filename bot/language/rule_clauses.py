"""The clauses of a rule: a fund, a measure, a threshold, an option; and those of one condition, sorted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from analytics.measures import MEASURES
from analytics.watch.operators import Op
from analytics.watch.rules import WATCHABLE, Combine
from bot.language.amounts import Amount
from bot.language.rule_words import NAMES, SHORT, Mark, measure_name
from bot.language.windows import is_relative
from bot.language.words import list_some, safe_word, symbol_of
from bot.render.text import join_words


@dataclass(frozen=True)
class Fund:
    """A symbol.  sure: a `$` says that it is one."""

    symbol: str
    sure: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Measured:
    """A name of `WATCHABLE`, and how it was typed.

    implied: by a verb, where no measure is named: the price change of what falls, the return of what lags.
    """

    measure: str
    text: str
    implied: bool = False


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
    """A comparison and its threshold, None for a change.

    op: DEEPER is the only Mark.  words: as typed.  implied: the threshold, by "lags" or "beats".
    currency: of the amount, an ISO code or "$", empty where none is typed.
    """

    op: Op | Mark
    words: str
    amount: Amount | None
    implied: bool = False
    currency: str = ""


@dataclass(frozen=True)
class Margin:
    """By how much one fund is ahead of another, or behind it."""

    amount: Amount


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


Clause = (
    Fund
    | Measured
    | Sector
    | Spanned
    | Bound
    | Margin
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


def clause_text(piece: Clause) -> str:
    """Return how a piece was read, for the person who typed it; empty where there is nothing to say."""
    match piece:
        case Fund(symbol=symbol):
            return symbol
        case Measured(measure, implied=implied):
            return "" if implied else measure_name(measure)
        case Margin(amount):
            return f"by {safe_word(amount.text)}"
        case Sector(sector):
            return sector.lower()
        case Join(mark):
            return "less" if mark is Mark.MINUS else "divided by"
        case Count(needed):
            return "all of" if needed is None else f"{needed} of"
        case Bound(words=words, amount=amount, implied=implied):
            return f"{words} {safe_word(amount.text)}" if amount and not implied else words
    return _option_text(piece)


def _option_text(piece: Clause) -> str:
    match piece:
        case Spanned(label):
            return f"window {safe_word(label.replace('-', ' ') if is_relative(label) else label)}"
        case Hold(count):
            return f"for {safe_word(count)} sessions"
        case Recovery(amount, count):
            value = f" {safe_word(amount.text)}" if amount else ""
            return f"recover{value}" + (f" for {safe_word(count)} sessions" if count else "")
        case Then(symbol):
            return f"then {symbol}"
        case Versus(symbol):
            return f"benchmark {symbol}"
        case Rated(text):
            return f"rf {safe_word(text)}"
    return ""


_LOOKED_AT = 4
"""Words that are held against the names of measures."""


@dataclass(frozen=True)
class ConditionFunds:
    """The fund, or the two that make one value."""

    symbol: str
    other: str | None = None
    combine: Combine = Combine.DIFFERENCE


@dataclass
class ConditionDraft:
    """One condition as far as it was said.

    complaints: what was wrong in it.  unfinished: its comparison has no threshold.
    doubtful: words that are no funds.  slip: a word that is nearly a measure.
    """

    order: list[Fund | Join] = field(default_factory=list)
    measures: list[Measured] = field(default_factory=list)
    sectors: list[Sector] = field(default_factory=list)
    windows: list[Spanned] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    margins: list[Amount] = field(default_factory=list)
    recoveries: list[Amount] = field(default_factory=list)
    benchmarks: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    unfinished: bool = False
    doubtful: list[str] = field(default_factory=list)
    slip: str = ""

    @property
    def measure(self) -> str | None:
        """The one measure; None where there is none, or more than one."""
        names = {measured.measure for measured in self.measures}
        return next(iter(names)) if len(names) == 1 else None

    @property
    def blank(self) -> bool:
        """True where nothing is measured and nothing compared: this is no condition at all."""
        return not (self.measures or self.bounds or self.unfinished)

    @property
    def relative(self) -> bool:
        """True where the measure is held against a benchmark."""
        return self.measure in MEASURES and MEASURES[self.measure].relative

    @property
    def funds(self) -> ConditionFunds | None:
        """The fund or the two; None where there are none, or they make no value together."""
        match self.order:
            case [Fund(symbol)]:
                return ConditionFunds(symbol)
            case [Fund(symbol), Join() as join, Fund(other)]:
                return ConditionFunds(symbol, other, join.combine)
        return None

    @property
    def compared(self) -> bool:
        """True where two funds are held against each other; the next condition does not mean both."""
        return any(isinstance(piece, Join) and piece.compared for piece in self.order)


def sort_clauses(found: Iterable[Clause], *, whole: bool = True) -> ConditionDraft:
    """Sort the pieces of one condition; words that have two meanings are given one.

    whole: False for what stands before several conditions, which measures nothing.
    """
    said = ConditionDraft()
    for piece in found:
        _sort(said, piece)
    _settle_price(said)
    _settle_implied(said)
    _settle_sectors(said)
    _settle_ticker(said)
    if whole:
        _settle_slip(said)
    _settle_funds(said)
    if said.doubtful:
        words = [f"`{safe_word(word)}`" for word in dict.fromkeys(said.doubtful)]
        said.complaints.append(unread_complaint(words))
    return said


def unread_complaint(words: Sequence[str]) -> str:
    """Return what is said of words that mean nothing.  words: each once, between backticks"""
    return f"{list_some(words)} cannot be read; leave {'it' if len(words) == 1 else 'them'} out."


def _sort(said: ConditionDraft, piece: Clause) -> None:
    match piece:
        case Fund() | Join():
            said.order.append(piece)
        case Measured():
            said.measures.append(piece)
        case Sector():
            said.sectors.append(piece)
        case Spanned():
            # "for 3 months" before the comparison can only be the window.
            said.windows.append(replace(piece, lasting=piece.lasting and bool(said.bounds)))
        case Bound():
            said.bounds.append(piece)
        case Margin(amount):
            said.margins.append(amount)
        case Missing(complaint):
            said.complaints.append(complaint)
            said.unfinished = True
        case Recovery(amount) if amount:
            said.recoveries.append(amount)
        case Versus(symbol):
            said.benchmarks.append(symbol)
        case Doubtful(word):
            said.doubtful.append(word)


_CHANGES = frozenset({"price_change", "total_return"})


def _settle_implied(said: ConditionDraft) -> None:
    """Let what is named, else a fall from a high, stand for what a verb means; put margins in place."""
    named = [measured for measured in said.measures if not measured.implied]
    falls = [measured for measured in said.measures if measured.measure == "drawdown"]
    implied = next((measured for measured in said.measures if measured.implied), None)
    if implied and (named or falls):
        said.measures[:] = named or falls[:1]
        if named:
            _check_verb(said, implied, named[0])
    if not said.margins:
        return
    rivals = [at for at, bound in enumerate(said.bounds) if bound.op in {Op.BELOW, Op.ABOVE}]
    if not (said.compared and rivals):
        said.complaints.append(
            f"`by {safe_word(said.margins[0].text)}` needs two funds, like `ISCB lags SPSM by 5%`."
        )
        return
    at, amount = rivals[0], said.margins[0]
    sign = "-" * (said.bounds[at].op is Op.BELOW)
    apart = Amount(f"{sign}{amount.number.lstrip('+-')}", amount.unit)
    said.bounds[at] = replace(said.bounds[at], amount=apart)


def _settle_price(said: ConditionDraft) -> None:
    """Take a price that is held against a percentage for its change."""
    units = {bound.amount.unit.lower() for bound in said.bounds if bound.amount}
    if units & {"%", "percent", "per cent", "pct"}:
        said.measures[:] = [
            replace(each, measure="price_change") if each.measure == "price" else each
            for each in said.measures
        ]


def _check_verb(said: ConditionDraft, implied: Measured, named: Measured) -> None:
    """Complain of a verb that says nothing of the measure named."""
    name = measure_name(named.measure)
    row = WATCHABLE[named.measure]
    if implied.measure == "price_change" and named.measure not in _CHANGES and not row.fall:
        said.complaints.append(
            f"`{implied.text}` is said of prices; of {name} write the level, like `{name} < …`."
        )
    elif implied.measure == "total_return" and not (row.better and row.better.higher):
        pair = f"{_pair_example(said)} {name}"
        said.complaints.append(f"`{implied.text}` can mean more or less {name}; write `{pair} < …` or `> …`.")


def _pair_example(said: ConditionDraft) -> str:
    funds = [piece.symbol for piece in said.order if isinstance(piece, Fund)][:2]
    return " - ".join(funds if len(funds) == 2 else ["ISCB", "SPSM"])


def _settle_sectors(said: ConditionDraft) -> None:
    """Take a sector's name for one beside its weight, or where nothing else is measured; else for a fund."""
    weighed = any(measured.measure == "sector_weight" for measured in said.measures)
    if weighed and not said.sectors and not any(isinstance(piece, Join) for piece in said.order):
        said.order[:] = said.order[:1]  # the rest is a sector that is not known
    if not said.sectors or weighed:
        return
    if not said.measures:
        said.measures.append(Measured("sector_weight", ""))
        return
    for sector in said.sectors:
        if symbol := symbol_of(sector.text):
            said.order.insert(0, Fund(symbol))
        else:
            said.complaints.append(
                f"`{safe_word(sector.text)}` is a sector; write `{sector.text} weight`, or leave it out."
            )
    said.sectors.clear()


def _settle_ticker(said: ConditionDraft) -> None:
    """Take one of two measures without a fund for the fund: IR, TE, VOL."""
    short = [measured for measured in said.measures if measured.text.lower() in SHORT]
    if not said.order and said.measure is None and len(said.measures) == 2 and len(short) == 1:
        said.measures.remove(short[0])
        said.order.append(Fund(short[0].text.upper()))


def _settle_slip(said: ConditionDraft) -> None:
    """Drop from the funds a word that is nearly a measure, where none is named."""
    if said.measures:
        return
    unsure = [piece for piece in said.order if isinstance(piece, Fund) and not piece.sure]
    words = [*(fund.symbol for fund in unsure), *said.doubtful]
    for word in words[:_LOOKED_AT]:
        if like := get_close_matches(word.lower(), NAMES, 2, 0.75):
            said.order[:] = [piece for piece in said.order if piece != Fund(word)]
            said.doubtful[:] = [each for each in said.doubtful if each != word]
            said.slip = word.upper()
            names = join_words([f"`{name}`" for name in like], "or")
            said.complaints.append(f"`{word.lower()}` is no measure; did you mean {names}?")
            said.measures.append(Measured(NAMES[like[0]], ""))
            return


def _settle_funds(said: ConditionDraft) -> None:
    """Settle the funds: the same one twice is one; beside a relative measure the second is the benchmark."""
    if not any(isinstance(piece, Join) for piece in said.order):
        said.order[:] = dict.fromkeys(said.order)
    match said.order:
        case [Fund() as fund, Fund(other)] | [Fund() as fund, Join(Mark.TO), Fund(other)]:
            if said.relative and not said.benchmarks:
                said.order[:] = [fund]
                said.benchmarks.append(other)
