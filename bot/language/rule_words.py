"""The words of a rule, in lower case, and the tokens that a text after `/watch` consists of.


A fund that is called like one of these words needs a `$`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from analytics.mixes import NAME
from analytics.watch.operators import Op
from analytics.watch.rules import WATCHABLE
from bot.language.amounts import MONEY
from bot.language.windows import (
    COUNTED,
    DAY,
    SLASHED,
    SPELLINGS,
    WORDED,
    rewrite_spellings,
    spelling_patterns,
)
from bot.language.words import MARKS, plain_text


class TokenKind(Enum):
    """What a token looks like."""

    PHRASE = "phrase"
    WORD = "word"  # may be a symbol
    NUMBER = "number"
    PERIOD = "period"
    DATE = "date"
    RATE = "rate"
    JUNK = "junk"


@dataclass(frozen=True)
class Token:
    """A piece of the text.

    text: as typed; of a RATE what follows `rf=`.
    meaning: of a PHRASE.
    """

    kind: TokenKind
    text: str
    meaning: Meaning | None = None


_POSSESSIVE = re.compile(r"(?<=\w)['’´`]s\b", re.IGNORECASE)
_CLOSING = re.compile(r"([()\[\]{}]|[,;:.!?](?=\s|$))")
_BEFORE = r"(?<![\w$^.=-])"
_AFTER = r"(?![A-Za-z0-9])"
_CLASS = r"(?<=[A-Za-z]{2})/[A-Za-z](?![A-Za-z0-9/])"
_MONEY = rf"[$€£]?\d[\d.,]*,\d+(?:{'|'.join(sorted(MONEY, key=len, reverse=True))})"
_WORD = rf"[$€£]?\^?[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*(?:{_CLASS}|=[A-Za-z]{{1,2}}(?![A-Za-z0-9]))?"
_PART = r"[-+]?[\d.a-z]{1,12}%[^\s,;()<>+]{1,16}"
_TOKENS = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            ("space", r"\s+"),
            ("mix", rf"{_BEFORE}(?:{NAME}@\d{{1,6}}=|{_PART}\+)[^\s,;()<>]+"),
            ("mention", r"<[!@#][^<>\s]*>"),
            ("vs", rf"{_BEFORE}(?:vs|versus)\.? ?[:=]|{_BEFORE}vs\.(?=\s)"),
            ("rate", rf"{_BEFORE}rf(?: ?[:=] ?| (?=\d|t-?bill))(?:[\d.,]*\d ?%|\d+,\d+(?!\w)|[^\s,;()]*)"),
            ("range", rf"{_BEFORE}{DAY} ?(?:\.{{2,}}|-| to ) ?{DAY}{_AFTER}"),
            ("date", rf"{_BEFORE}(?:\d{{4}}-\d{{1,2}}-\d{{1,2}}|{SLASHED}){_AFTER}"),
            ("calendar", rf"{_BEFORE}{WORDED}"),
            ("money", rf"{_BEFORE}{_MONEY}{_AFTER}"),
            ("period", rf"{_BEFORE}{COUNTED}{_AFTER}"),
            ("ytd", rf"{_BEFORE}(?:[mqy]td|max){_AFTER}"),
            ("arrow", r"->|→|⇒"),
            ("sign", r"<>|<=|=<|≤|≦|⩽|>=|=>|≥|≧|⩾|<|>|==|!=|≠|="),
            (
                "number",
                r"(?:(?<![\w)])[-+])?(?:\d[\d.,]*\d|\d|[.,]\d+)(?:e[-+]?\d{1,4})?(?![\w^$]|[.=-][A-Za-z]|[.,]\d)",
            ),
            ("word", _WORD),
            ("point", r"[-&/%,;:()\[\]{}.!?|]"),
            ("junk", r"[^\s,;()<>=]+|."),
        )
    ),
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_SIGNS = {"=<": "<=", "≤": "<=", "≦": "<=", "⩽": "<=", "=>": ">=", "≥": ">=", "≧": ">=", "⩾": ">=", "≠": "!="}


def read_tokens(text: str) -> list[Token]:
    """Read the text's tokens, its phrases recognised, the longest first.

    >>> [(token.kind.name, token.text) for token in read_tokens("ISCB drops below 1.0")]
    [('WORD', 'ISCB'), ('WORD', 'drops'), ('PHRASE', 'below'), ('NUMBER', '1.0')]
    """
    found = [
        _token(match) for match in _TOKENS.finditer(_settle_spellings(text)) if match.lastgroup != "space"
    ]
    return _join_phrases(_split_hyphens(found))


_SPANS = spelling_patterns(
    (r"(?:in|within|over|during) (?:a|one|any|the) quarter(?!\S)", "over 3 months"),
    (r"(?:in|within|over|during) (?:a|one|any|the) (?=(?:month|year)(?!\S))", "over 1 "),
    (r"(?:in|within) (?=\d{1,3} ?(?:m|y|months?|years?|yrs?)(?!\S))", "over "),
)
"""A stretch as it follows a change: "falls 10 % in a month"."""
_YIELDS = spelling_patterns(
    *(
        (
            rf"(?:the )?{length}(?: (?:us|treasury|government|bill|bond|note))* (?:yield|rate)(?!\S)",
            f"{symbol} rate",
        )
        for length, symbol in (
            (r"10[- ]?(?:years?|yr|y)", "^TNX"),
            (r"30[- ]?(?:years?|yr|y)", "^TYX"),
            (r"5[- ]?(?:years?|yr|y)", "^FVX"),
            (r"(?:13[- ]?weeks?|3[- ]?months?)", "^IRX"),
        )
    )
)
"""A treasury's yield, as people name it, by its index."""


def _settle_spellings(text: str) -> str:
    apart = _CLOSING.sub(r" \1 ", _POSSESSIVE.sub("", plain_text(text)).translate(MARKS))
    return rewrite_spellings(" ".join(apart.split()), [*_YIELDS, *_SPANS, *SPELLINGS])


def _token(match: re.Match[str]) -> Token:
    kind, text = match.lastgroup, match[0]
    if kind in {"period", "ytd", "range", "calendar"}:
        return Token(TokenKind.PERIOD, _window(match))
    if kind == "rate":
        return Token(TokenKind.RATE, re.sub(r"^rf ?[:=]? ?|\s", "", text, flags=re.IGNORECASE))
    simple = {
        "date": TokenKind.DATE,
        "number": TokenKind.NUMBER,
        "junk": TokenKind.JUNK,
        "mention": TokenKind.JUNK,
    }
    replaced = {"vs": "vs", "arrow": "->"}.get(str(kind), _SIGNS.get(text, text))
    return Token(simple.get(str(kind), TokenKind.WORD), replaced)


def _window(match: re.Match[str]) -> str:
    """Return the label that `bot.language.windows.read_window` reads."""
    text = match[0].lower()
    if found := re.fullmatch(COUNTED, text):
        return f"{found[1]}{found[2]}"
    if found := re.fullmatch(rf"({DAY}) ?(?:\.{{2,}}|-| to ) ?({DAY})", text):
        return f"{found[1]}..{found[2]}"
    return text


def _split_hyphens(found: list[Token]) -> list[Token]:
    """Split hyphened words whose parts make a phrase: max-drawdown."""
    parted = []
    for token in found:
        parts = token.text.lower().split("-")
        split = token.kind is TokenKind.WORD and len(parts) > 1 and tuple(parts) in PHRASES
        parted += [Token(TokenKind.WORD, part) for part in parts] if split else [token]
    return parted


def _join_phrases(found: list[Token]) -> list[Token]:
    joined: list[Token] = []
    at = 0
    while at < len(found):
        length, meaning = _phrase(found[at : at + LONGEST])
        if meaning is None:
            joined.append(found[at])
        else:
            text = " ".join(token.text for token in found[at : at + length])
            joined.append(Token(TokenKind.PHRASE, text, meaning))
        at += length
    return joined


def _phrase(ahead: list[Token]) -> tuple[int, Meaning | None]:
    """Return how many of the tokens make the longest phrase, and what it means; 1 and None for none."""
    texts = [token.text.lower() for token in ahead]
    for length in range(len(texts), 0, -1):
        meaning = PHRASES.get(tuple(texts[:length]))
        if meaning is not None and ahead[0].kind is not TokenKind.JUNK:
            return length, meaning
    return 1, None


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
    LAGS = "one fund behind another"
    BEATS = "one fund ahead of another"
    HIGH = "a fall, by what it is counted from"
    PERCENT = "a hundredth"
    FILLER = "no meaning"


MARK_WORDS: Mapping[Mark, tuple[str, ...]] = {
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
    Mark.LAGS: (
        *("lags", "lag", "lagging", "lags behind", "trails", "trail", "trailing behind", "behind"),
        *("underperforms", "underperform", "falls behind", "fall behind", "drops behind", "slips behind"),
        *("is behind", "is beaten by", "beaten by", "loses to", "does worse than"),
    ),
    Mark.BEATS: (
        *("beats", "beat", "outperforms", "outperform", "leads", "ahead of", "is ahead of", "overtakes"),
        *("gets ahead of", "pulls ahead of", "does better than"),
    ),
    Mark.HIGH: tuple(
        f"{where}{whose} {what}"
        for where in ("from", "below", "off", "under")
        for whose in ("", " its", " the", " a")
        for what in ("high", "highs", "peak", "top")
    ),
    Mark.PERCENT: ("%", "percent", "per cent", "pct"),
    Mark.FILLER: (
        *("alert me", "alert us", "tell me", "tell us", "warn me", "warn us", "notify me", "notify us"),
        *("if", "when", "whenever", "the", "its", "is", "last", "past", "rolling", "trailing", "with"),
        *("either", "both"),
        *("in a row", "in succession", "consecutively", "ratio"),
        *(":", "(", ")", "[", "]", "{", "}", ".", "!", "?", "|"),
    ),
}

FALLS = frozenset(
    {
        *("drops", "drop", "falls", "fall", "dips", "dip", "sinks", "slips", "declines", "decline", "loses"),
        *("lose", "slides", "tumbles", "plunges", "decreases", "down"),
    }
)
RISES = frozenset({"rises", "rise", "climbs", "climb", "gains", "gain", "jumps", "increases", "up"})
"""Before a percentage these verbs say a change of the price."""
QUOTES = frozenset({"closes", "trades"})
"""Before a comparison these verbs say the price."""
MOVES = frozenset(
    {
        *(*FALLS, *RISES, "goes", "go", "moves", "move", "gets", "get", "comes", "stays", "remains"),
        *("breaks", *QUOTES),
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
        *((op, op.spellings) for op in Op),
        *MARK_WORDS.items(),
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


def measure_name(measure: str) -> str:
    """Return a measure as it is written.

    >>> named("max_drawdown")
    'max drawdown'
    """
    return MEASURES[measure][0]
