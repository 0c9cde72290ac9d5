"""What a reader must know beside a number: facts here, sentences in `bot.render.notes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np

from analytics.fund import FundProfile, Kind
from analytics.panel import PricePanel
from analytics.window import Span

FactValue = str | int | float | date

INTEREST_RATES = frozenset({"^IRX", "^FVX", "^TNX", "^TYX"})
"""Indices whose level is an interest rate in percent."""


class NoteKind(StrEnum):
    """The things worth a line under an answer, and the facts each one carries."""

    SHORTENED = "shortened"  # symbol; asked: date, start: date (the window begins later than asked)
    ENDS_EARLY = "ends_early"  # symbol, None for all; through: date, end: date (no later common session)
    MISSING_SESSIONS = "missing_sessions"  # symbol; count: int, first: date, last: date
    NO_ADJUSTED_PRICE = (
        "no_adjusted_price"  # symbol; count: int, first: date, last: date (closes without one)
    )
    STALE = "stale"  # symbol; age_seconds: float, cause: str (served from the cache after a failure)
    SUSPICIOUS_RETURN = "suspicious_return"  # symbol; session: date, value: float (fraction)
    ADJUSTMENT_MISMATCH = "adjustment_mismatch"  # symbol; session: date, gap: float (fraction)
    NO_PROFILE = "no_profile"  # symbol; cause: str (fund facts could not be had)
    NOT_A_FUND = "not_a_fund"  # symbol; kind: str (has no expense ratio, sectors or holdings)
    SECTORS_REFUSED = "sectors_refused"  # symbol; cause: str (weights failed the gate)
    TAXONOMIES_DIFFER = "taxonomies_differ"  # symbol; taxonomy: str, other: str
    INDEX_CHANGED = "index_changed"  # symbol; on: date, to: str
    INTEREST_RATE = "interest_rate"  # symbol (its level is a yield, so its return is the change of a yield)
    CURRENCIES_DIFFER = "currencies_differ"  # currencies: str ("VWCE.DE EUR, SPY USD")
    FEW_RETURNS = "few_returns"  # count: int (daily returns, less than a year of them, that are annualised)
    RATE_GAP = "rate_gap"  # symbol; count: int (sessions on which the last known rate was used)


@dataclass(frozen=True)
class Note:
    """One remark: its kind, the symbol it is about (None: all), and the facts of the sentence."""

    kind: NoteKind
    symbol: str | None = None
    facts: Mapping[str, FactValue] = field(default_factory=dict)


def span_notes(panel: PricePanel, span: Span, through: date) -> tuple[Note, ...]:
    """How the span differs from the window asked for: later start, earlier end.

    through : the day up to which the window was to reach
    """
    known = np.isfinite(panel.total_return)
    notes = []
    if not span.full and span.asked:
        youngest = panel.symbols[int(np.argmax(np.argmax(known, axis=1)))]
        notes.append(Note(NoteKind.SHORTENED, youngest, {"asked": span.asked, "start": span.start}))
    expected = panel.through(through).as_of
    if span.end < expected:
        priced = known[:, span.last + 1]
        missing = panel.symbols[int(np.argmin(priced))] if priced.any() else None
        notes.append(Note(NoteKind.ENDS_EARLY, missing, {"through": expected, "end": span.end}))
    return tuple(notes)


def fund_notes(profiles: Sequence[FundProfile], earliest: date, end: date) -> tuple[Note, ...]:
    """What the profiles say about figures between two days: index changes, no fund at all, taxonomies."""
    changes = (
        Note(NoteKind.INDEX_CHANGED, profile.symbol, {"on": change.on, "to": change.to})
        for profile in profiles
        for change in profile.index_changes
        if earliest < change.on <= end
    )
    others = (
        Note(NoteKind.NOT_A_FUND, profile.symbol, {"kind": profile.kind.value})
        for profile in profiles
        if profile.kind is not Kind.FUND
    )
    return (*changes, *others, *_taxonomy_notes(profiles))


def reading_notes(
    symbols: Sequence[str], profiles: Sequence[FundProfile], days: int, returns: int
) -> tuple[Note, ...]:
    """How to read the figures: yields taken for prices, several currencies, few returns.

    symbols : every one that figures are shown of or held against
    days : calendar days of the span; returns : daily returns in it
    """
    rates = [Note(NoteKind.INTEREST_RATE, symbol) for symbol in symbols if symbol in INTEREST_RATES]
    held = {profile.symbol: profile.currency for profile in profiles if profile.kind is not Kind.INDEX}
    named = ", ".join(f"{symbol} {currency}" for symbol, currency in held.items())
    several = len(set(held.values())) > 1
    currencies = [Note(NoteKind.CURRENCIES_DIFFER, None, {"currencies": named})] if several else []
    few = [Note(NoteKind.FEW_RETURNS, None, {"count": returns})] if days < 365 else []
    return (*rates, *currencies, *few)


def _taxonomy_notes(profiles: Sequence[FundProfile]) -> tuple[Note, ...]:
    named = {profile.symbol: profile.sectors.value.taxonomy for profile in profiles if profile.sectors}
    first = next(iter(named.values()), "")
    return tuple(
        Note(NoteKind.TAXONOMIES_DIFFER, symbol, {"taxonomy": taxonomy, "other": first})
        for symbol, taxonomy in named.items()
        if taxonomy != first
    )
