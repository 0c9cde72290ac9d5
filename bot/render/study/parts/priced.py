"""What studies of prices share: titles with their window, and the remarks that limit figures of prices."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import cast

from analytics.comparison import Comparison
from analytics.fund import Kind
from analytics.notes import INTEREST_RATES, Note, NoteKind
from bot.render import text
from bot.render.comparison.convention import SAMPLE
from bot.render.comparison.finding import title
from bot.render.comparison.notes import all_notes, sentence
from bot.render.limits import HEADER_TEXT
from bot.render.study.found import Found

PRICES = frozenset(
    {
        NoteKind.STALE,
        NoteKind.ENDS_EARLY,
        NoteKind.ENDED,
        NoteKind.SESSIONS_UNKNOWN,
        NoteKind.MISSING_SESSIONS,
        NoteKind.NO_ADJUSTED_PRICE,
        NoteKind.HISTORY_CUT,
        NoteKind.INDEX_CHANGED,
        NoteKind.INTEREST_RATE,
        NoteKind.CURRENCIES_DIFFER,
        NoteKind.REFERENCE_CURRENCY,
    }
)
"""What limits any figure of prices; doubts about them are remarked upon by `page`."""
WINDOW = PRICES | {NoteKind.SHORTENED}
"""And what limits figures over the window asked."""
RISK = WINDOW | {NoteKind.FEW_RETURNS, NoteKind.RATE_GAP, NoteKind.CLOSES_APART}
"""And what limits figures that are annualised, hold returns against a rate or funds against each other."""


def titled(comparison: Comparison, what: str) -> str:
    """ "ISCB vs SPSM · risk · 1 year to 16 Jan 2026"; without the window where it does not fit."""
    names, _, window = title(comparison).partition(" · ")
    whole = f"{names} · {what} · {window}"
    return whole if len(f"{SAMPLE} · {whole}") <= HEADER_TEXT else f"{names} · {what}"


def limits(found: Found, kinds: Collection[NoteKind], since: date | None = None) -> tuple[str, ...]:
    """Remarks of these kinds in words; an index that lacks dividends is one of them.

    since : a change of index on or before this day does not touch the figures
    """
    notes = all_notes(found.comparison, found.notes)
    said = [sentence(note) for note in notes if _kind(note) in kinds and not _before(note, since)]
    return (*said, *_without_dividends(found.comparison))


def begun(comparison: Comparison) -> tuple[str, ...]:
    """A remark for each fund that is too young for one of the trailing windows or years."""
    since: dict[str, str] = {}
    for period in (*comparison.trailing, *comparison.years):
        for symbol, number in period.returns.items():
            if number.reason:
                since.setdefault(symbol, number.reason)
    return tuple(
        f"{symbol}: {_dated(reason)}; what begins before is a dash." for symbol, reason in since.items()
    )


def _kind(note: Note) -> NoteKind:
    """That an interest rate is no fund is told in the words of an interest rate, and only once."""
    rate = note.kind is NoteKind.NOT_A_FUND and note.symbol in INTEREST_RATES
    return NoteKind.INTEREST_RATE if rate else note.kind


def _before(note: Note, since: date | None) -> bool:
    if note.kind is not NoteKind.INDEX_CHANGED or since is None:
        return False
    return cast(date, note.facts["on"]) <= since


def _without_dividends(comparison: Comparison) -> tuple[str, ...]:
    indices = [
        symbol
        for symbol, profile in comparison.profiles.items()
        if profile.kind is Kind.INDEX and symbol not in INTEREST_RATES
    ]
    return tuple(f"{symbol} is an index: its return may lack dividends." for symbol in indices)


def _dated(reason: str) -> str:
    """ "prices begin 2022-06-06" with the day as people write it."""
    words, _, day = reason.rpartition(" ")
    return f"{words} {text.day(date.fromisoformat(day))}" if words == "prices begin" else reason
