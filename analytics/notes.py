"""What a reader must know beside a number: facts here, sentences in `bot.render.notes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

FactValue = str | int | float | date


class NoteKind(StrEnum):
    """The things worth a line under an answer, and the facts each one carries."""

    SHORTENED = "shortened"  # symbol; asked: date, start: date (the window begins later than asked)
    ENDS_EARLY = "ends_early"  # symbol; through: date, end: date (no later common session)
    MISSING_SESSIONS = "missing_sessions"  # symbol; count: int, first: date, last: date
    STALE = "stale"  # symbol; age_seconds: float, cause: str (served from the cache after a failure)
    SUSPICIOUS_RETURN = "suspicious_return"  # symbol; session: date, value: float (fraction)
    ADJUSTMENT_MISMATCH = "adjustment_mismatch"  # symbol; session: date, gap: float (fraction)
    NO_PROFILE = "no_profile"  # symbol; cause: str (fund facts could not be had)
    NOT_A_FUND = "not_a_fund"  # symbol; kind: str (has no expense ratio, sectors or holdings)
    SECTORS_REFUSED = "sectors_refused"  # symbol; cause: str (weights failed the gate)
    TAXONOMIES_DIFFER = "taxonomies_differ"  # symbol; taxonomy: str, other: str
    INDEX_CHANGED = "index_changed"  # symbol; on: date, to: str
    RATE_GAP = "rate_gap"  # symbol; count: int (sessions on which the last known rate was used)


@dataclass(frozen=True)
class Note:
    """One remark: its kind, the symbol it is about (None: all), and the facts of the sentence."""

    kind: NoteKind
    symbol: str | None = None
    facts: Mapping[str, FactValue] = field(default_factory=dict)
