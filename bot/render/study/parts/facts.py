"""What studies of fund facts share: titles, sources with dates, why something is not known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from analytics.comparison import Comparison
from analytics.fund import Fact
from analytics.notes import INTEREST_RATES, NoteKind
from bot.render import text
from bot.render.comparison.notes import all_notes, sentence
from bot.render.study.found import Found
from bot.render.study.page import names


def titled(comparison: Comparison, what: str) -> str:
    """ "ISCB vs SPSM · sectors"; a benchmark shown as the last fund: "ISCB, SPSM against IWM · sectors"."""
    reference = reference_of(comparison)
    if reference is None:
        return f"{names(comparison.symbols)} · {what}"
    return f"{', '.join(comparison.symbols[:-1])} against {reference} · {what}"


def reference_of(comparison: Comparison) -> str | None:
    """The benchmark that was named and stands last; None where none was, or it is not shown."""
    benchmark, symbols = comparison.question.benchmark, comparison.symbols
    return benchmark if len(symbols) > 1 and symbols[-1] == benchmark else None


def dated(facts: Mapping[str, Fact[Any]]) -> str:
    """ "ISCB, SPSM: Yahoo Finance, 2026-01-15": symbols that share source and date together."""
    groups: dict[str, list[str]] = {}
    for symbol, fact in facts.items():
        day = fact.as_of.isoformat() if fact.as_of else "no date given"
        groups.setdefault(f"{fact.source}, {day}", []).append(symbol)
    return " · ".join(f"{', '.join(symbols)}: {source}" for source, symbols in groups.items())


def asked(comparison: Comparison) -> str:
    """The foot of a study without any figure: who was asked, up to when."""
    return f"source {comparison.source}, as of {comparison.span.end.isoformat()}"


def unknown(found: Found, symbols: Sequence[str], what: str, kinds: Collection[NoteKind]) -> tuple[str, ...]:
    """A remark for each symbol that lacks `what`: the reason that was noted, else that the source is silent.

    kinds : of the notes that are a reason for it
    """
    reasons = {
        note.symbol: sentence(note)
        for note in reversed(all_notes(found.comparison, found.notes))
        if note.kind in kinds and note.symbol and note.symbol not in INTEREST_RATES
    }
    silent = f"{found.comparison.source} gives no {what}"
    plain = {
        symbol: f"{symbol} is an interest rate: no {what}."
        if symbol in INTEREST_RATES
        else f"{symbol}: {silent}."
        for symbol in symbols
    }
    return tuple(reasons.get(symbol, plain[symbol]) for symbol in symbols)


def later(comparison: Comparison, facts: Mapping[str, Fact[Any]], what: str) -> tuple[str, ...]:
    """A remark where facts are of a later day than the last price: sources keep no earlier ones."""
    days = [fact.as_of for fact in facts.values() if fact.as_of and fact.as_of > comparison.span.end]
    if not days:
        return ()
    last = text.day(comparison.span.end)
    return (f"{what} are those of {text.day(max(days))}; what they were on {last} is not known.",)
