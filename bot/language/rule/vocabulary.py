"""Words that mean something after `/watch`, in lower case; a fund that is called like one needs a `$`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from analytics.watch.rules import WATCHABLE, Op

MEASURES: Mapping[str, tuple[str, ...]] = {name: row.words.names for name, row in WATCHABLE.items()}
"""Each measure's names, the canonical one first."""

NAMES: Mapping[str, str] = {
    spelling: name for name, spellings in MEASURES.items() for spelling in spellings if spelling.isalpha()
}
"""Measures by each of their names that is one word."""

SECTORS: Mapping[str, tuple[str, ...]] = {
    "Basic Materials": ("basic materials", "materials"),
    "Communication Services": ("communication services", "communications", "communication", "telecom"),
    "Consumer Cyclical": ("consumer cyclical", "consumer cyclicals", "cyclicals"),
    "Consumer Defensive": ("consumer defensive", "consumer defensives", "defensives"),
    "Energy": ("energy",),
    "Financial Services": ("financial services", "financials", "financial", "finance"),
    "Healthcare": ("healthcare", "health care", "health"),
    "Industrials": ("industrials", "industrial"),
    "Real Estate": ("real estate", "realestate"),
    "Technology": ("technology", "tech"),
    "Utilities": ("utilities", "utility"),
}
"""Morningstar's eleven, as profiles name them, each with what people type."""

OPS: Mapping[Op, tuple[str, ...]] = {
    Op.BELOW: ("<", "below", "under", "beneath", "less than", "lower than", "smaller than", "fewer than"),
    Op.AT_MOST: (
        "<=",
        "at most",
        "no more than",
        "not more than",
        "not above",
        "not over",
        "below or equal to",
        "less than or equal to",
        "lower than or equal to",
    ),
    Op.ABOVE: (">", "above", "more than", "greater than", "higher than", "larger than", "exceeds", "exceed"),
    Op.AT_LEAST: (
        ">=",
        "at least",
        "no less than",
        "not less than",
        "not below",
        "not under",
        "above or equal to",
        "more than or equal to",
        "greater than or equal to",
        "higher than or equal to",
    ),
    Op.CROSSES_BELOW: ("crosses below", "crosses under", "cross below", "cross under", "crosses <"),
    Op.CROSSES_ABOVE: ("crosses above", "crosses over", "cross above", "cross over", "crosses >"),
    Op.CHANGES: ("changes", "change", "changed", "is changed"),
}
"""How a value is held against a threshold, the canonical spelling first."""


class Mark(Enum):
    """Words that order the others."""

    DEEPER = "a fall deeper than"
    CROSSES = "a crossing that does not say where to"
    EQUAL = "no comparison"
    OVER = "above, a ratio, or nothing"
    TO = "a ratio, or against"
    MINUS = "a difference"
    SLASH = "a ratio"
    COMMA = "the end of a condition, or nothing"
    AND = "one condition and another"
    OR = "one condition or another"
    THEN = "the fund to look at"
    VERSUS = "the benchmark"
    FOR = "how long"
    RECOVER = "the recovery value"
    SESSIONS = "a unit of time"
    OF = "conditions follow a number, or nothing"
    ANY = "one of several conditions"
    ALL = "all of several conditions"
    SINCE = "a window from a date on"
    PERCENT = "a hundredth"
    FILLER = "no meaning"


MARKS: Mapping[Mark, tuple[str, ...]] = {
    Mark.DEEPER: ("deeper than", "worse than"),
    Mark.CROSSES: ("crosses", "crossing", "cross"),
    Mark.EQUAL: ("=", "==", "!=", "<>", "equals"),
    Mark.OVER: ("over",),
    Mark.TO: ("to", "relative to"),
    Mark.MINUS: ("minus", "less", "-"),
    Mark.SLASH: ("/", "divided by"),
    Mark.COMMA: (",", ";"),
    Mark.AND: ("and", "&"),
    Mark.OR: ("or",),
    Mark.THEN: (
        *("then", "->", "look at", "then look at", "then see", "then check", "then show", "then consider"),
        *("rotate to", "then rotate to", "rotate into", "then rotate into", "switch to", "then switch to"),
    ),
    Mark.VERSUS: ("vs", "versus", "against", "benchmark", "compared to", "compared with"),
    Mark.FOR: ("for", "for at least", "for the last", "for the past", "during", "after"),
    Mark.RECOVER: ("recover", "recovers", "recovered", "recovery", "recover at", "recovers at", "until"),
    Mark.SESSIONS: (
        *("sessions", "session", "days", "day", "closes", "trading days", "consecutive sessions"),
        *("consecutive days", "straight sessions", "straight days", "trading sessions", "business days"),
    ),
    Mark.OF: ("of", "of the", "out of"),
    Mark.ANY: ("any of", "any of the", "either of", "one of"),
    Mark.ALL: ("all of", "all of the", "both of", "each of"),
    Mark.SINCE: ("since", "from"),
    Mark.PERCENT: ("%", "percent", "per cent", "pct"),
    Mark.FILLER: (
        *("alert me", "alert us", "tell me", "tell us", "warn me", "warn us", "notify me", "notify us"),
        *(
            "if",
            "when",
            "whenever",
            "the",
            "its",
            "is",
            "last",
            "past",
            "rolling",
            "trailing",
            "with",
        ),
        *("in a row", "in succession", "consecutively", "ratio"),
        *(":", "(", ")", "[", "]", "{", "}", ".", "!", "?", "|"),
    ),
}

MOVES = frozenset(
    {
        *("drops", "drop", "falls", "fall", "goes", "go", "dips", "dip", "sinks", "slips", "rises", "rise"),
        *("climbs", "climb", "moves", "move", "gets", "get", "comes", "stays", "remains", "breaks", "trades"),
    }
)
"""Verbs that mean nothing more than the comparison they stand before."""

Meaning = Op | Mark | tuple[str, str]
"""What a phrase means: ("measure", name), ("sector", name), an Op or a Mark."""


def _phrases() -> dict[tuple[str, ...], Meaning]:
    found: dict[tuple[str, ...], Meaning] = {}
    groups: list[tuple[Meaning, tuple[str, ...]]] = [
        *((("measure", name), spellings) for name, spellings in MEASURES.items()),
        *((("sector", name), spellings) for name, spellings in SECTORS.items()),
        *OPS.items(),
        *MARKS.items(),
    ]
    for meaning, spellings in groups:
        found |= {tuple(spelling.replace("%", " %").split()): meaning for spelling in spellings}
    return found


PHRASES = _phrases()
LONGEST = max(map(len, PHRASES))
SHORT = frozenset(name for row in WATCHABLE.values() for name in row.words.tickers)
"""Measures that are tickers too: beside another measure, and without another fund, one is the fund."""
TAKEN = frozenset(word for phrase in PHRASES for word in phrase if word not in {"a", "r"}) | MOVES
"""Every word of these but single letters; as a symbol it is written with a `$`."""
VERBS = frozenset(
    {
        *("list", "ls", "rules", "show", "view", "edit", "change", "pause", "resume", "unpause", "delete"),
        *("remove", "history", "why", "test", "try", "help", "watch", "rule", "rf", "ack", "acknowledge"),
        *("snooze", "unsnooze", "anyway"),
    }
)
"""Words that begin something else than a rule; as a symbol each is written with a `$`."""


def named(measure: str) -> str:
    """A measure as it is written.

    >>> named("max_drawdown")
    'max drawdown'
    """
    return MEASURES[measure][0]
