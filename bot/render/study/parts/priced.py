"""What studies of prices share: titles with their window, and the remarks that limit figures of prices."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import cast

from analytics.comparison import Comparison
from analytics.notes import INTEREST_RATES, Note, NoteKind
from bot.render.comparison.convention import SAMPLE
from bot.render.comparison.finding import title
from bot.render.comparison.notes import all_notes, sentence
from bot.render.limits import HEADER_TEXT
from bot.render.study.found import SectionAnswer

PRICES = frozenset(
    {
        NoteKind.STALE,
        NoteKind.ENDS_EARLY,
        NoteKind.ENDED,
        NoteKind.SESSIONS_UNKNOWN,
        NoteKind.MISSING_SESSIONS,
        NoteKind.NO_ADJUSTED_PRICE,
        NoteKind.STANDS_STILL,
        NoteKind.HISTORY_CUT,
        NoteKind.INDEX_CHANGED,
        NoteKind.INTEREST_RATE,
        NoteKind.PRICE_INDEX,
        NoteKind.INCOME_NOT_IN_PRICE,
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


def limits(found: SectionAnswer, kinds: Collection[NoteKind], since: date | None = None) -> tuple[str, ...]:
    """Remarks of these kinds in words.

    since : a change of index on or before this day does not touch the figures
    """
    notes = all_notes(found.comparison, found.notes)
    return tuple(sentence(note) for note in notes if _kind(note) in kinds and not _before(note, since))


def _kind(note: Note) -> NoteKind:
    """That an interest rate is no fund is told in the words of an interest rate, and only once."""
    rate = note.kind is NoteKind.NOT_A_FUND and note.symbol in INTEREST_RATES
    return NoteKind.INTEREST_RATE if rate else note.kind


def _before(note: Note, since: date | None) -> bool:
    if note.kind is not NoteKind.INDEX_CHANGED or since is None:
        return False
    return cast(date, note.facts["on"]) <= since
