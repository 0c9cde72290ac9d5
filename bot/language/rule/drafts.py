"""The pieces of one condition, sorted, before anything is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from analytics.measures import MEASURES
from analytics.watch.rules import Combine
from bot.language.rule.amounts import Amount
from bot.language.rule.pieces import (
    Bound,
    Doubtful,
    Fund,
    Join,
    Measured,
    Missing,
    Piece,
    Recovery,
    Sector,
    Spanned,
    Versus,
)
from bot.language.rule.vocabulary import NAMES, SHORT, Mark
from bot.language.words import quoted, some, symbol_of
from bot.render.text import join_words

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


def draft(found: Iterable[Piece], *, whole: bool = True) -> ConditionDraft:
    """The pieces of one condition, sorted; words that have two meanings are given one.

    whole: False for what stands before several conditions, which measures nothing.
    """
    said = ConditionDraft()
    for piece in found:
        _sort(said, piece)
    _settle_sectors(said)
    _settle_ticker(said)
    if whole:
        _settle_slip(said)
    _settle_funds(said)
    if said.doubtful:
        words = [f"`{quoted(word)}`" for word in dict.fromkeys(said.doubtful)]
        said.complaints.append(unread(words))
    return said


def unread(words: Sequence[str]) -> str:
    """What is said of words that mean nothing.  words: each once, between backticks"""
    return f"{some(words)} cannot be read; leave {'it' if len(words) == 1 else 'them'} out."


def _sort(said: ConditionDraft, piece: Piece) -> None:
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
        case Missing(complaint):
            said.complaints.append(complaint)
            said.unfinished = True
        case Recovery(amount) if amount:
            said.recoveries.append(amount)
        case Versus(symbol):
            said.benchmarks.append(symbol)
        case Doubtful(word):
            said.doubtful.append(word)


def _settle_sectors(said: ConditionDraft) -> None:
    """A sector's name is one only beside its weight, or where nothing else is measured; else a fund's."""
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
                f"`{quoted(sector.text)}` is a sector; write `{sector.text} weight`, or leave it out."
            )
    said.sectors.clear()


def _settle_ticker(said: ConditionDraft) -> None:
    """Of two measures without a fund one may be the fund: IR, TE, VOL."""
    short = [measured for measured in said.measures if measured.text.lower() in SHORT]
    if not said.order and said.measure is None and len(said.measures) == 2 and len(short) == 1:
        said.measures.remove(short[0])
        said.order.append(Fund(short[0].text.upper()))


def _settle_slip(said: ConditionDraft) -> None:
    """Where no measure is named, a word that is nearly one is none of the funds."""
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
    """The same fund twice is one; beside a relative measure the second one is the benchmark."""
    if not any(isinstance(piece, Join) for piece in said.order):
        said.order[:] = dict.fromkeys(said.order)
    match said.order:
        case [Fund() as fund, Fund(other)] | [Fund() as fund, Join(Mark.TO), Fund(other)]:
            if said.relative and not said.benchmarks:
                said.order[:] = [fund]
                said.benchmarks.append(other)
