"""The pieces of one condition to a condition; what it lacks comes from what was said for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from analytics.errors import BadRule, UnknownWindow
from analytics.measures import MEASURES as PRICED_MEASURES
from analytics.returns import ZERO, Rate
from analytics.watch.rules import FACTS, YEAR, Combine, Condition, Quantity
from analytics.window import Window
from analytics.window import parse as parse_window
from bot.grammar.rule.amounts import Amount, Misread
from bot.grammar.rule.pieces import Bound, Fund, Join, Measured, Piece, Recovery, Sector, Spanned, Versus
from bot.grammar.rule.thresholds import Subject, level, recovery
from bot.grammar.rule.vocabulary import MEASURES, SECTORS, SHORT, Mark, named
from bot.grammar.words import quoted, symbol_of
from bot.render.text import listed

RATED = frozenset({"sharpe", "sortino", "omega", "martin", "downside_deviation", "beta", "alpha"})
"""Measures that a risk-free rate, or minimum acceptable return, changes."""
_MEASURE_WANTED = "name a measure, like `sortino`, `drawdown` or `expense ratio`"


@dataclass(frozen=True)
class Funds:
    """The fund, or the two that make one value."""

    symbol: str
    other: str | None = None
    combine: Combine = Combine.DIFFERENCE


@dataclass
class Draft:
    """One condition as far as it was said; `complaints` is what was wrong in it."""

    order: list[Fund | Join] = field(default_factory=list)
    measures: list[Measured] = field(default_factory=list)
    sectors: list[Sector] = field(default_factory=list)
    windows: list[Spanned] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    recoveries: list[Amount] = field(default_factory=list)
    benchmarks: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def measure(self) -> str | None:
        """The one measure; None where there is none, or more than one."""
        names = {measured.measure for measured in self.measures}
        return next(iter(names)) if len(names) == 1 else None

    @property
    def funds(self) -> Funds | None:
        """The fund or the two; None where there are none, or they make no value together."""
        match self.order:
            case [Fund(symbol)]:
                return Funds(symbol)
            case [Fund(symbol), Join() as join, Fund(other)]:
                return Funds(symbol, other, join.combine)
        return None


@dataclass(frozen=True)
class Common:
    """What holds for every condition that does not say otherwise."""

    funds: Funds | None = None
    window: Window | None = None
    benchmark: str | None = None
    rate: Rate = ZERO


def draft(found: Iterable[Piece]) -> Draft:
    """The pieces of one condition, sorted."""
    said = Draft()
    for piece in found:
        match piece:
            case Fund() | Join():
                said.order.append(piece)
            case Measured():
                said.measures.append(piece)
            case Sector():
                said.sectors.append(piece)
            case Spanned():
                said.windows.append(piece)
            case Bound():
                said.bounds.append(piece)
            case Recovery(amount) if amount:
                said.recoveries.append(amount)
            case Versus(symbol):
                said.benchmarks.append(symbol)
    _settle_sector(said)
    _settle_ticker(said)
    _settle_funds(said)
    return said


def _settle_sector(said: Draft) -> None:
    """A sector's name is one only beside its weight, or where nothing else is measured."""
    weighed = any(measured.measure == "sector_weight" for measured in said.measures)
    if said.sectors and not said.measures:
        said.measures.append(Measured("sector_weight", ""))
    elif said.sectors and not weighed:
        symbols = [symbol_of(sector.text) for sector in said.sectors]
        said.order[:0] = [Fund(symbol) for symbol in symbols if symbol]
        said.sectors.clear()


def _settle_ticker(said: Draft) -> None:
    """Of two measures without a fund one may be the fund: IR, TE, VOL."""
    short = [measured for measured in said.measures if measured.text.lower() in SHORT]
    if not said.order and said.measure is None and len(said.measures) == 2 and len(short) == 1:
        said.measures.remove(short[0])
        said.order.append(Fund(short[0].text.upper()))


def _settle_funds(said: Draft) -> None:
    """The same fund twice is one; beside a relative measure the second one is the benchmark."""
    joins = [piece for piece in said.order if isinstance(piece, Join)]
    if not joins:
        said.order[:] = dict.fromkeys(said.order)
    relative = said.measure in PRICED_MEASURES and PRICED_MEASURES[said.measure].relative
    match said.order:
        case [Fund() as fund, Fund(other)] | [Fund() as fund, Join(Mark.TO), Fund(other)]:
            if relative and not said.benchmarks:
                said.order[:] = [fund]
                said.benchmarks.append(other)


def condition(said: Draft, common: Common) -> Condition | None:
    """The condition, or None; then, or where something was odd, `said.complaints` is not empty."""
    subject = _subject(said, common)
    _check_once(said)
    if subject is None:
        return None
    try:
        quantity = _quantity(said, common, subject)
        op, threshold = level(said.bounds[0], Subject(quantity.measure, quantity.other, quantity.combine))
        held = Condition(quantity, op, threshold)
        if said.recoveries:
            value = recovery(
                said.recoveries[0], op, threshold, Subject(quantity.measure, quantity.other, quantity.combine)
            )
            held = replace(held, recover=value)
    except Misread as wrong:
        said.complaints.append(str(wrong))
    except BadRule as bad:
        said.complaints.append(f"{bad.part.replace('_', ' ').capitalize()} {bad.complaint}.")
    else:
        return held
    return None


def _subject(said: Draft, common: Common) -> Funds | None:
    """The funds, where the condition has all that it needs."""
    funds = said.funds if said.order else common.funds
    if funds is None:
        said.complaints.append(_funds_wanted(said))
    if said.measure is None:
        said.complaints.append(_measure_wanted(said))
    if not said.bounds:
        name = named(said.measure) if said.measure else "the measure"
        said.complaints.append(f"Say what to wait for: write `<` or `>` and a number after {name}.")
    return funds if said.measure and said.bounds else None


def _funds_wanted(said: Draft) -> str:
    symbols = [piece.symbol for piece in said.order if isinstance(piece, Fund)]
    if not symbols:
        return "Name a fund, like `ISCB sortino < 1.0`."
    if len(symbols) < 2:
        return f"`{symbols[0]}` is joined to nothing; name two funds, like `ISCB - SPSM sharpe < 0`."
    first, second = symbols[:2]
    return (
        f"{listed(symbols)} are read as funds; name one, or two as `{first} - {second}` or "
        f"`{first} / {second}`; a benchmark is `vs {second}`."
    )


def _measure_wanted(said: Draft) -> str:
    names = list(dict.fromkeys(measured.measure for measured in said.measures))
    if names:
        texts = [measured.text for measured in said.measures if measured.text.lower() in SHORT]
        symbol = f"; a fund called {texts[0].upper()} is `${texts[0].upper()}`" if texts else ""
        return (
            f"More than one measure: {listed([named(name) for name in names])}; keep one, or write several "
            f"conditions after `2 of:`{symbol}."
        )
    known = [name for spellings in MEASURES.values() for name in spellings]
    for symbol in [piece.symbol.lower() for piece in said.order if isinstance(piece, Fund)]:
        if like := get_close_matches(symbol, known, 2, 0.7):
            return f"`{symbol}` is no measure; did you mean {listed([f'`{name}`' for name in like], 'or')}?"
    return f"Say what is measured: {_MEASURE_WANTED}."


def _check_once(said: Draft) -> None:
    given: Sequence[tuple[str, Sequence[object]]] = (
        ("threshold", said.bounds),
        ("window", [window.label for window in said.windows]),
        ("benchmark", said.benchmarks),
        ("recover value", said.recoveries),
        ("sector", [sector.sector for sector in said.sectors]),
    )
    for name, values in given:
        if len(set(values)) > 1:
            more = ", or write several conditions after `2 of:`" if name == "threshold" else ""
            said.complaints.append(f"More than one {name} is given; keep one{more}.")


def _quantity(said: Draft, common: Common, funds: Funds) -> Quantity:
    assert said.measure, "checked before"
    measure, fact = said.measure, said.measure in FACTS
    if fact and said.windows:
        raise Misread(f"{named(measure).capitalize()} has no window; leave `{said.windows[0].label}` out.")
    sector = said.sectors[0].sector if said.sectors else None
    if measure == "sector_weight" and not sector:
        raise Misread(f"A weight needs its sector: {listed([name.lower() for name in SECTORS], 'or')}.")
    if fact and funds.other:
        raise Misread(f"{named(measure).capitalize()} is watched for one fund at a time.")
    window = YEAR if fact else _window(said) or common.window or YEAR
    return Quantity(
        measure,
        funds.symbol,
        funds.other,
        funds.combine,
        window=window,
        rate=common.rate if measure in RATED else ZERO,
        benchmark=_benchmark(said, common, funds),
        sector=sector,
    )


def _window(said: Draft) -> Window | None:
    if not said.windows:
        return None
    window = window_of(said.windows[0].label)
    if said.windows[0].lasting and said.bounds:
        raise Misread(
            f"`for {window.words}` can be the window and how long it lasts; write `{window.label}` for the "
            "window, `for 5 sessions` for the other."
        )
    return window


def window_of(label: str) -> Window:
    """A window that moves; raises Misread."""
    try:
        window = parse_window(label)
    except UnknownWindow as unknown:
        raise Misread(f"`{quoted(label)}` {unknown.complaint}.") from None
    if window.end:
        raise Misread(f"`{label}` never moves; write `since {window.start}`, or a window like `1y`.")
    return window


def _benchmark(said: Draft, common: Common, funds: Funds) -> str | None:
    measure = str(said.measure)
    relative = measure in PRICED_MEASURES and PRICED_MEASURES[measure].relative
    if not relative:
        if said.benchmarks:
            versus = said.benchmarks[0]
            raise Misread(
                f"{named(measure).capitalize()} is not held against a benchmark; the difference of two funds "
                f"is `{funds.symbol} - {versus} {named(measure)}`."
            )
        return None
    benchmark = said.benchmarks[0] if said.benchmarks else common.benchmark
    if benchmark is None:
        raise Misread(f"{named(measure).capitalize()} needs a benchmark, like `vs SPY`.")
    if benchmark in {funds.symbol, funds.other}:
        raise Misread(f"{benchmark} is held against itself; name another benchmark.")
    return benchmark
