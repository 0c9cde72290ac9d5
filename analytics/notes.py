"""What a reader must know beside a number: facts here, sentences in `bot.render.notes`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from analytics.fund import FundProfile, Kind
from analytics.panel import BoolArray, Break, Doubt, DoubtKind, PricePanel
from analytics.window import Span

FactValue = str | int | float | date

INTEREST_RATES = frozenset({"^IRX", "^FVX", "^TNX", "^TYX"})
"""Indices whose level is an interest rate in percent."""


OVER = timedelta(days=10)
"""A last price older than this is the end of a fund's life, not a price that is late."""


class NoteKind(StrEnum):
    """The things worth a line under an answer, and the facts each one carries."""

    SHORTENED = "shortened"  # symbol; asked: date, start: date (the window begins later than asked)
    ENDS_EARLY = "ends_early"  # symbol, None for all; through: date, end: date (no later common session)
    ENDED = "ended"  # symbol; last: date (its last price, long before the end of the window)
    MISSING_SESSIONS = "missing_sessions"  # symbol; count: int, first: date, last: date
    NO_ADJUSTED_PRICE = "no_adjusted_price"  # as MISSING_SESSIONS; a close is known, the adjusted one is not
    STALE = "stale"  # symbol; age_seconds: float, cause: str (served from the cache after a failure)
    NO_PROFILE = "no_profile"  # symbol; cause: str (fund facts could not be had)
    NOT_A_FUND = "not_a_fund"  # symbol; kind: str (has no expense ratio, sectors or holdings)
    SECTORS_REFUSED = "sectors_refused"  # symbol; cause: str (weights failed the gate)
    TAXONOMIES_DIFFER = "taxonomies_differ"  # symbol; taxonomy: str, other: str
    INDEX_CHANGED = "index_changed"  # symbol; on: date, to: str
    INTEREST_RATE = "interest_rate"  # symbol (its level is a yield, so its return is the change of a yield)
    CURRENCIES_DIFFER = "currencies_differ"  # currencies: str ("VWCE.DE EUR, SPY USD")
    # references: str ("SPY USD", what the funds are held against), currency: str (that of the funds)
    REFERENCE_CURRENCY = "reference_currency"
    CURRENCY_UNKNOWN = "currency_unknown"  # symbols: str (whose amounts stand without a currency)
    FEW_RETURNS = "few_returns"  # count: int (daily returns, less than a year of them, that are annualised)
    SESSIONS_UNKNOWN = "sessions_unknown"  # symbol (which days its exchange was open is not known)
    RATE_GAP = "rate_gap"  # symbol; count: int (sessions on which the last known rate was used)
    HISTORY_CUT = "history_cut"  # symbol; last: date, first: date, sessions: int (between the two, no price)
    CLOSES_APART = "closes_apart"  # none (exchanges close hours apart: figures of pairs are weekly)
    # symbol; doubt: str (a DoubtKind), count: int, first, last: date, before, value: float (of the first and
    # of the last one), total: float (sum of all)
    DOUBT = "doubt"


@dataclass(frozen=True)
class Note:
    """One remark: its kind, the symbol it is about (None: all), and the facts of the sentence."""

    kind: NoteKind
    symbol: str | None = None
    facts: Mapping[str, FactValue] = field(default_factory=dict)


def doubt_notes(doubts: Iterable[Doubt]) -> tuple[Note, ...]:
    """Condense doubts to one note for each symbol and kind, in the order of their first ones."""
    held: dict[tuple[str, DoubtKind], list[Doubt]] = {}
    for doubt in doubts:
        held.setdefault((doubt.symbol, doubt.kind), []).append(doubt)
    return tuple(_doubt_note(kind, symbol, found) for (symbol, kind), found in held.items())


def _doubt_note(kind: DoubtKind, symbol: str, found: Sequence[Doubt]) -> Note:
    ordered = sorted(found, key=lambda doubt: doubt.session)
    first, last = ordered[0], ordered[-1]
    return Note(
        NoteKind.DOUBT,
        symbol,
        {
            "doubt": kind.value,
            "count": len(ordered),
            "first": first.session,
            "last": last.session,
            "before": first.value,
            "value": last.value,
            "total": sum(doubt.value for doubt in ordered),
        },
    )


def span_notes(
    panel: PricePanel, span: Span, through: date, breaks: Sequence[Break] = ()
) -> tuple[Note, ...]:
    """Note how the span differs from the window asked for: later start, earlier end.

    span : laid on the panel, so that every symbol has a price in it
    through : the day up to which the window was to reach
    breaks : before which the panel's history was left out; told where the window would have reached back
    """
    known = np.isfinite(panel.total_return)
    cut = {found.symbol: found for found in breaks if span.asked is None or span.asked < found.first}
    notes = [_cut_note(cut[symbol]) for symbol in panel.symbols if symbol in cut]
    youngest = panel.symbols[int(np.argmax(np.argmax(known, axis=1)))]
    if not span.full and span.asked and youngest not in cut:
        notes.append(Note(NoteKind.SHORTENED, youngest, {"asked": span.asked, "start": span.start}))
    return (*notes, *_end_notes(panel.through(through), span))


def _end_notes(panel: PricePanel, span: Span) -> Iterator[Note]:
    """Whose prices end before the last session that their exchange held: they ended, or are late."""
    late: dict[str | None, date] = {}
    for row, symbol in enumerate(panel.symbols):
        priced = ~np.isnan(panel.total_return[row])
        last: date = panel.sessions[priced][-1].item()
        expected: date = panel.sessions[priced | panel.missing[row]][-1].item()
        if expected <= max(last, span.end):
            continue
        if expected - last > OVER:
            yield Note(NoteKind.ENDED, symbol, {"last": last})
        else:
            late[symbol] = expected
    if len(late) == len(panel.symbols) and len(set(late.values())) == 1:
        late = {None: next(iter(late.values()))}
    for who, through in late.items():
        yield Note(NoteKind.ENDS_EARLY, who, {"through": through, "end": span.end})


def gap_notes(panel: PricePanel, span: Span) -> tuple[Note, ...]:
    """Name the sessions in a span of which a price is missing, one note for each symbol.

    Where the close is known and the adjusted one is not, that is another note, and one of the window asked:
    it may be why the span is shorter.  None of interest rates: they rest on bond holidays, and an answer
    that uses an older quote says so itself.
    """
    asked = int(np.searchsorted(panel.sessions, np.datetime64(span.asked, "D"))) if span.asked else 0
    unadjusted = (panel.close > 0) & np.isnan(panel.total_return)
    return (
        *_session_notes(NoteKind.MISSING_SESSIONS, panel, panel.missing, span.first, span.last),
        *_session_notes(NoteKind.NO_ADJUSTED_PRICE, panel, unadjusted, min(asked, span.first), span.last),
    )


def _session_notes(
    kind: NoteKind, panel: PricePanel, where: BoolArray, first: int, last: int
) -> Iterator[Note]:
    """Note the sessions (N, T) of these columns for each symbol that has any."""
    for row, symbol in enumerate(panel.symbols):
        days = panel.sessions[first : last + 1][where[row, first : last + 1]].tolist()
        if days and symbol not in INTEREST_RATES:
            yield Note(kind, symbol, {"count": len(days), "first": days[0], "last": days[-1]})


def _cut_note(found: Break) -> Note:
    facts: dict[str, FactValue] = {"last": found.last, "first": found.first, "sessions": found.sessions}
    return Note(NoteKind.HISTORY_CUT, found.symbol, facts)


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
    symbols: Sequence[str],
    profiles: Sequence[FundProfile],
    days: int,
    returns: int,
    currencies: Mapping[str, str | None] | None = None,
) -> tuple[Note, ...]:
    """How to read the figures: yields taken for prices, several currencies, few returns.

    symbols : every one that figures are shown of or held against
    profiles : of the funds asked
    days : calendar days of the span; returns : daily returns in it
    currencies : by symbol, what prices are in: of the funds and of what they are held against, be it a
        benchmark or the bill; None where only the profiles tell
    """
    rates = [Note(NoteKind.INTEREST_RATE, symbol) for symbol in symbols if symbol in INTEREST_RATES]
    few = [Note(NoteKind.FEW_RETURNS, None, {"count": returns})] if days < 365 else []
    return (*rates, *_currency_notes(profiles, currencies or {}), *few)


def _currency_notes(
    profiles: Sequence[FundProfile], currencies: Mapping[str, str | None]
) -> tuple[Note, ...]:
    """Where no exchange rate enters and one would matter: among the funds, or against a reference."""
    funds = {
        profile.symbol: currencies.get(profile.symbol) or profile.currency
        for profile in profiles
        if profile.kind is not Kind.INDEX
    }
    held = {currency for currency in funds.values() if currency}
    if len(held) > 1:
        return (Note(NoteKind.CURRENCIES_DIFFER, None, {"currencies": _named(funds)}),)
    asked = {profile.symbol for profile in profiles}
    against = {symbol: currency for symbol, currency in currencies.items() if symbol not in asked}
    foreign = {symbol: currency for symbol, currency in against.items() if currency not in {None, *held}}
    if not held or not foreign:
        return ()
    facts = {"references": _named(foreign), "currency": held.pop()}
    return (Note(NoteKind.REFERENCE_CURRENCY, None, facts),)


def _named(currencies: Mapping[str, str | None]) -> str:
    return ", ".join(f"{symbol} {currency}" for symbol, currency in currencies.items() if currency)


def _taxonomy_notes(profiles: Sequence[FundProfile]) -> tuple[Note, ...]:
    named = {profile.symbol: profile.sectors.value.taxonomy for profile in profiles if profile.sectors}
    first = next(iter(named.values()), "")
    return tuple(
        Note(NoteKind.TAXONOMIES_DIFFER, symbol, {"taxonomy": taxonomy, "other": first})
        for symbol, taxonomy in named.items()
        if taxonomy != first
    )
