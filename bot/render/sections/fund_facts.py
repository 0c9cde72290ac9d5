"""What sections on fund facts share: titles, sources with dates, why something is not known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from analytics.comparison import Comparison
from analytics.fund import Fact
from analytics.notes import INTEREST_RATES, Note, NoteKind
from bot.render import text
from bot.render.notes import all_notes, note_sentence
from bot.render.sections.page import SectionAnswer, versus
from bot.render.sections.values import dated_title


def facts_title(comparison: Comparison, what: str, facts: Collection[Fact[Any]]) -> str:
    """Write "ISCB vs SPSM · sectors"; a benchmark shown as the last fund: "ISCB, SPSM against IWM ·
    sectors".

    facts : what is shown; where it is of a later day than the question, the title says so
    """
    reference, what = reference_of(comparison), dated_title(what, facts, comparison.span.end)
    if reference is None:
        return f"{versus(comparison.symbols)} · {what}"
    return f"{', '.join(comparison.symbols[:-1])} against {reference} · {what}"


def reference_of(comparison: Comparison) -> str | None:
    """Return the benchmark that was named and stands last; None where none was, or it is not shown."""
    benchmark, symbols = comparison.query.benchmark, comparison.symbols
    return benchmark if len(symbols) > 1 and symbols[-1] == benchmark else None


def dated_sources(facts: Mapping[str, Fact[Any]]) -> str:
    """Write "ISCB, SPSM: Yahoo Finance, 2026-01-15": symbols that share source and date together."""
    groups: dict[str, list[str]] = {}
    for symbol, fact in facts.items():
        day = fact.as_of.isoformat() if fact.as_of else "no date given"
        groups.setdefault(f"{fact.source}, {day}", []).append(symbol)
    return " · ".join(f"{', '.join(symbols)}: {source}" for source, symbols in groups.items())


def source_asked(comparison: Comparison) -> str:
    """Return the foot of a study without any figure: who was asked, up to when."""
    return f"source {comparison.source}, as of {comparison.span.end.isoformat()}"


def unknown_fact_notes(
    found: SectionAnswer, symbols: Sequence[str], what: str, kinds: Collection[NoteKind]
) -> tuple[str, ...]:
    """Return a remark for each symbol that lacks `what`: the reason that was noted, else that the source
    is silent.

    kinds : of the notes that are a reason for it; that a source's value was refused is always one
    """
    reasons = {
        note.symbol: note_sentence(note)
        for note in reversed(all_notes(found.comparison, found.notes))
        if (note.kind in kinds or _refuses(note, what)) and note.symbol and note.symbol not in INTEREST_RATES
    }
    silent = f"{found.comparison.source} gives no {what}"
    plain = {
        symbol: f"{symbol} is an interest rate: no {what}."
        if symbol in INTEREST_RATES
        else f"{symbol}: {silent}."
        for symbol in symbols
    }
    return tuple(reasons.get(symbol, plain[symbol]) for symbol in symbols)


def refusals(found: SectionAnswer, what: str) -> tuple[str, ...]:
    """Name the values of a fact that were refused."""
    notes = all_notes(found.comparison, found.notes)
    return tuple(note_sentence(note) for note in notes if _refuses(note, what))


def _refuses(note: Note, what: str) -> bool:
    return note.kind is NoteKind.FACT_REFUSED and note.facts["fact"] == what.removesuffix("s")


def facts_opening(comparison: Comparison, facts: Collection[Fact[Any]], what: str) -> tuple[str, ...]:
    """Begin a finding with the day of its facts, where they are of a later one than the question."""
    return _later(comparison, [fact for fact in facts if fact.postdates(comparison.span.end)], what)


def later_facts_note(comparison: Comparison, facts: Collection[Fact[Any]], what: str) -> tuple[str, ...]:
    """Return a remark where facts are some days younger than the last price: sources keep no earlier ones."""
    return () if facts_opening(comparison, facts, what) else _later(comparison, facts, what)


def _later(comparison: Comparison, facts: Collection[Fact[Any]], what: str) -> tuple[str, ...]:
    days = [fact.as_of for fact in facts if fact.as_of and fact.as_of > comparison.span.end]
    if not days:
        return ()
    last = text.day(comparison.span.end)
    return (f"{what} are those of {text.day(max(days))}; what they were on {last} is not known.",)
