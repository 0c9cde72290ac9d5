"""A comparison as one JSON object: fractions, ISO dates, null with a reason where a number is not defined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from analytics.comparison import Comparison
from analytics.fund import Fact, FundProfile
from analytics.measures.drawdowns import Drawdown
from analytics.notes import Note
from analytics.number import Number
from analytics.panel import Doubt
from analytics.returns import Period
from bot.render.comparison.convention import convention, frequency
from bot.render.comparison.doubtful import period_doubts
from bot.render.comparison.finding import finding, plain, title
from bot.render.comparison.notes import all_notes, sentence
from bot.render.doubts import describe

Json = dict[str, Any]


def as_json(comparison: Comparison, notes: Sequence[Note] = ()) -> Json:
    """The object that `watchpoint compare --json` prints.

    Every null among the numbers (`metrics` to `traded_per_day`) has its reason at the same path under
    `reasons`.  `currencies` are those of prices and of `traded_per_day`; profiles have their own.  `doubts`
    are the prices in the window that look wrong; the other windows (`periods`) name the funds that have one
    inside as `doubtful`.
    """
    numbers = {
        "metrics": comparison.metrics,
        "relative": comparison.relative,
        "trailing": {period.label: period.returns for period in comparison.trailing},
        "calendar_years": {period.label: period.returns for period in comparison.years},
        "traded_per_day": comparison.traded,
    }
    return {
        "symbols": list(comparison.symbols),
        "title": title(comparison),
        "finding": plain(finding(comparison)),
        "span": _span(comparison),
        "conventions": _conventions(comparison),
        **{name: _values(tree) for name, tree in numbers.items()},
        "reasons": _pruned({name: _reasons(tree) for name, tree in numbers.items()}),
        "periods": {
            period.label: _period(comparison, period) for period in (*comparison.trailing, *comparison.years)
        },
        "drawdowns": {symbol: [_fall(fall) for fall in falls] for symbol, falls in comparison.falls.items()},
        "profiles": {symbol: _profile(profile) for symbol, profile in comparison.profiles.items()},
        "sectors": _sectors(comparison),
        "concentration": {symbol: vars(found) for symbol, found in comparison.concentration.items()},
        "currencies": {symbol: comparison.currencies.get(symbol) for symbol in comparison.symbols},
        "overlap": vars(comparison.overlap) if comparison.overlap else None,
        "doubts": [_doubt(doubt) for doubt in comparison.doubts],
        "notes": [_note(note) for note in all_notes(comparison, notes)],
        "source": {"name": comparison.source, "simulated": comparison.simulated},
    }


def _span(comparison: Comparison) -> Json:
    span = comparison.span
    return {
        "window": comparison.question.window.label,
        "start": span.start.isoformat(),
        "end": span.end.isoformat(),
        "returns": comparison.returns,
        "full": span.full,
    }


def _conventions(comparison: Comparison) -> Json:
    rate = comparison.question.rate
    return {
        "text": convention(comparison),
        "returns": f"simple {frequency(comparison.periods)} total returns",
        "periods_a_year": comparison.periods,
        "rf": "13-week T-bill" if rate.annual is None else rate.annual,
        "benchmark": comparison.question.against,
        "units": "fractions, 0.01 = 1 %, negative = loss",
    }


def _values(tree: Any) -> Any:
    if isinstance(tree, Number):
        return tree.value
    return {key: _values(branch) for key, branch in tree.items()}


def _reasons(tree: Any) -> Any:
    if isinstance(tree, Number):
        return tree.reason
    return {key: _reasons(branch) for key, branch in tree.items()}


def _pruned(tree: Any) -> Any:
    """The tree without branches that hold no reason."""
    if not isinstance(tree, Mapping):
        return tree
    kept = {key: _pruned(branch) for key, branch in tree.items()}
    return {key: branch for key, branch in kept.items() if branch}


def _period(comparison: Comparison, period: Period) -> Json:
    doubted = {doubt.symbol for doubt in period_doubts(comparison, period)}
    return {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "annualised": period.annualised,
        "partial": period.partial,
        "doubtful": [symbol for symbol in comparison.symbols if symbol in doubted],
    }


def _fall(fall: Drawdown) -> Json:
    return {
        "depth": fall.depth,
        "peak": fall.peak.isoformat(),
        "trough": fall.trough.isoformat(),
        "recovery": fall.recovery.isoformat() if fall.recovery else None,
    }


def _profile(profile: FundProfile) -> Json:
    return {
        "name": profile.name,
        "kind": profile.kind.value,
        "currency": profile.currency,
        "category": profile.category,
        "expense_ratio": _fact(profile.expense_ratio),
        "dividend_yield": _fact(profile.dividend_yield),
        "yield_kind": profile.yield_kind,
        "assets": _fact(profile.assets),
        "holdings_count": _fact(profile.holdings_count),
        "holdings": _fact(profile.holdings),
        "index_changes": [{"on": change.on.isoformat(), "to": change.to} for change in profile.index_changes],
    }


def _fact(fact: Fact[Any] | None) -> Json | None:
    if fact is None:
        return None
    value = [vars(item) for item in fact.value] if isinstance(fact.value, tuple) else fact.value
    return {"value": value, "source": fact.source, "as_of": fact.as_of.isoformat() if fact.as_of else None}


def _sectors(comparison: Comparison) -> Json | None:
    sectors = comparison.sectors
    if sectors is None:
        return None
    return {
        "taxonomy": sectors.taxonomy,
        "of": sectors.of.value,
        "weights": {symbol: dict(weights) for symbol, weights in sectors.weights.items()},
        "active": dict(sectors.active),
        "as_of": {
            symbol: fact.as_of.isoformat() if fact.as_of else None for symbol, fact in sectors.facts.items()
        },
    }


def _doubt(doubt: Doubt) -> Json:
    return {
        "symbol": doubt.symbol,
        "kind": doubt.kind.value,
        "session": doubt.session.isoformat(),
        "value": doubt.value,
        "text": describe(doubt),
    }


def _note(note: Note) -> Json:
    facts = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in note.facts.items()
    }
    return {"kind": note.kind.value, "symbol": note.symbol, "text": sentence(note), "facts": facts}
