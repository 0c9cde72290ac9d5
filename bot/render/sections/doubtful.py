"""Which figures of a comparison rest on a price that looks wrong, and the comparison without them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from analytics.comparison import Comparison
from analytics.evidence.closes import Provenance
from analytics.liquidity import SESSIONS
from analytics.measures import MEASURES
from analytics.measures.number import Number
from analytics.panel import Doubt, DoubtKind, doubts_within
from analytics.returns import BILL_SYMBOL, Period
from bot.render.doubts import is_grave
from bot.render.measures import RATED

UNDEFINED = Number(None, "rests on a price that looks wrong")
TRADED = timedelta(days=round(SESSIONS * 7 / 5) + 7)
"""Calendar days that the sessions of the value traded take, holidays included."""


def measure_doubts(comparison: Comparison, measure: str) -> tuple[Doubt, ...]:
    """Find the doubts that a measure over the window rests on: about the funds, the benchmark, the bill."""
    held = {*comparison.symbols, *_shared_symbols(comparison, measure)}
    return tuple(doubt for doubt in comparison.doubts if doubt.symbol in held)


def measure_columns(comparison: Comparison, measure: str) -> frozenset[int]:
    """Find the funds, by their column, whose measure over the window rests on a doubt."""
    doubted = {doubt.symbol for doubt in comparison.doubts}
    if doubted & _shared_symbols(comparison, measure):
        return frozenset(range(len(comparison.symbols)))
    return columns_of_doubts(comparison, comparison.doubts)


def period_doubts(comparison: Comparison, period: Period) -> tuple[Doubt, ...]:
    """Find the doubts about the funds inside a trailing window or a calendar year."""
    return doubts_within(comparison.all_doubts, comparison.symbols, period.start, period.end)


def traded_doubts(comparison: Comparison) -> tuple[Doubt, ...]:
    """Find the doubts that the value traded a day rests on.

    That is close times volume: a distribution is in neither, and after a change of unit, or a jump that may
    be one, every close is in doubt, however long ago it was in the window.
    """
    end = comparison.span.end
    recent = doubts_within(comparison.all_doubts, comparison.symbols, end - TRADED, end)
    units = [
        doubt
        for doubt in comparison.doubts
        if doubt.kind in {DoubtKind.UNIT, DoubtKind.JUMP} and is_grave(doubt)
    ]
    found = dict.fromkeys([*units, *recent])
    return tuple(
        doubt
        for doubt in found
        if doubt.kind is not DoubtKind.DISTRIBUTION and doubt.symbol in comparison.symbols
    )


def columns_of_doubts(comparison: Comparison, doubts: Iterable[Doubt]) -> frozenset[int]:
    """Find the columns of the funds that doubts are about."""
    symbols = {doubt.symbol for doubt in doubts}
    return frozenset(at for at, symbol in enumerate(comparison.symbols) if symbol in symbols)


def ground_doubts(
    ground: Provenance, symbols: Sequence[str], proxies: Sequence[str] = ()
) -> tuple[frozenset[int], tuple[Doubt, ...]]:
    """Find the columns of evidence that rest on doubts: a fund's own, or all where a proxy is in doubt.

    Returns
    -------
    The columns, and the doubts of the funds and the proxies.
    """
    found = tuple(doubt for doubt in ground.doubts if doubt.symbol in {*symbols, *proxies})
    doubted = {doubt.symbol for doubt in found}
    shaken = bool(doubted & set(proxies))
    return frozenset(at for at, symbol in enumerate(symbols) if shaken or symbol in doubted), found


def without_doubtful_figures(comparison: Comparison, *, only_grave: bool = False) -> Comparison:
    """Leave out what rests on a doubt beside the funds' own figures over the window, as not defined.

    That is what holds two of them together or rests on the bill, trailing windows and calendar years with a
    doubt inside, the value traded.  The funds' own figures stay: see `trusted` and the conditions in words.

    only_grave : mild doubts are told before whatever rests on them, which stays
    """
    if only_grave:
        comparison = replace(
            comparison,
            doubts=_grave_doubts(comparison.doubts),
            all_doubts=_grave_doubts(comparison.all_doubts),
        )
    if not comparison.all_doubts:
        return comparison
    bill = _bill(comparison)
    names = [
        name for name, held in MEASURES.items() if held.relative or bill & _shared_symbols(comparison, name)
    ]
    ruined = {name: measure_columns(comparison, name) for name in names}
    stale = columns_of_doubts(comparison, traded_doubts(comparison))
    return replace(
        comparison,
        metrics=_without_measures(comparison, comparison.metrics, ruined),
        relative=_without_measures(comparison, comparison.relative, ruined),
        trailing=tuple(_certain_period(comparison, period) for period in comparison.trailing),
        years=tuple(_certain_period(comparison, period) for period in comparison.years),
        traded={
            symbol: UNDEFINED if at in stale else comparison.traded[symbol]
            for at, symbol in enumerate(comparison.symbols)
        },
    )


def without_doubtful_funds(
    comparison: Comparison, doubts: Iterable[Doubt] | None = None
) -> Comparison | None:
    """Leave out the funds of which nothing over the window can be relied on; None where that is all of them.

    doubts : those of the window in question, by default the comparison's own
    """
    grave = {doubt.symbol for doubt in _grave_doubts(comparison.doubts if doubts is None else doubts)}
    kept = [symbol for symbol in comparison.symbols if symbol not in grave]
    if len(kept) == len(comparison.symbols):
        return comparison
    return select_funds(comparison, kept) if kept else None


def _grave_doubts(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    return tuple(doubt for doubt in doubts if is_grave(doubt))


def _bill(comparison: Comparison) -> frozenset[str]:
    """Return the bill, where the question is of it and its quotes are in doubt."""
    asked = comparison.query.rate.annual is None
    doubted = any(doubt.symbol == BILL_SYMBOL for doubt in comparison.doubts)
    return frozenset({BILL_SYMBOL}) if asked and doubted else frozenset()


def _shared_symbols(comparison: Comparison, measure: str) -> frozenset[str]:
    """Return the symbols that a measure of every fund rests on beside its own prices."""
    against, held = comparison.query.against, MEASURES[measure]
    benchmark = {against} if held.relative and against else set()
    return frozenset(benchmark | (_bill(comparison) if measure in RATED else frozenset()))


def _without_measures(
    comparison: Comparison, table: Mapping[str, Mapping[str, Number]], ruined: Mapping[str, Collection[int]]
) -> dict[str, Mapping[str, Number]]:
    """Return the table without the measures of some columns, by the measure's name."""
    return {
        symbol: {
            name: UNDEFINED if at in ruined.get(name, ()) else number
            for name, number in table[symbol].items()
        }
        for at, symbol in enumerate(comparison.symbols)
        if symbol in table
    }


def _certain_period(comparison: Comparison, period: Period) -> Period:
    ruined = {doubt.symbol for doubt in period_doubts(comparison, period)}
    returns = {symbol: UNDEFINED if symbol in ruined else number for symbol, number in period.returns.items()}
    return replace(period, returns=returns)


def select_funds(comparison: Comparison, symbols: Collection[str]) -> Comparison:
    """Select some of the funds, held against the same benchmark."""
    rows = [at for at, symbol in enumerate(comparison.symbols) if symbol in symbols]
    query = comparison.query
    return replace(
        comparison,
        query=replace(query, symbols=tuple(symbols), benchmark=query.against),
        metrics={symbol: comparison.metrics[symbol] for symbol in symbols},
        relative={symbol: held for symbol, held in comparison.relative.items() if symbol in symbols},
        traded={symbol: comparison.traded[symbol] for symbol in symbols},
        growth=comparison.growth[rows],
        drawdown=comparison.drawdown[rows],
        falls={symbol: comparison.falls[symbol] for symbol in symbols},
    )
