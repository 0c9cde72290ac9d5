"""Numbers, dates and names as people read them, and what people typed made safe for Slack.

The only place where a fraction becomes a percentage.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from analytics.mixes import WORD, mix_of

T = TypeVar("T")
NBSP = "\u00a0"
NONE = "–"
"""Stands where there is no number; a table cell must not be empty."""
SHORT = 12
"""Letters of two symbols that fit a narrow column side by side."""
_INVISIBLE = frozenset({"Cf", "Cs"})


def escape(text: str) -> str:
    """Escape text a person typed for Slack's mrkdwn: this also disarms <!channel> and links."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def printable(text: str) -> str:
    """Return text without what cannot be seen: control characters become spaces, marks of direction and
    width go.
    """
    kinds = [(character, unicodedata.category(character)) for character in text]
    return "".join(" " if kind == "Cc" else character for character, kind in kinds if kind not in _INVISIBLE)


def shown(value: T | None, write: Callable[[T], str]) -> str:
    """Write a value where there is one: shown(None, percent) is "–"."""
    return NONE if value is None else write(value)


def percent(fraction: float, digits: int = 1) -> str:
    """Write a percentage: 0.1613 -> "16.1 %", 12.5 -> "1,250.0 %"."""
    return f"{_round_without_minus_zero(fraction * 100, digits):,.{digits}f}{NBSP}%"


def signed_percent(fraction: float, digits: int = 1) -> str:
    """Write a return with its sign: -0.012 -> "-1.2 %", 0.004 -> "+0.4 %"."""
    return f"{_with_sign(fraction * 100, digits)}{NBSP}%"


def points(difference: float, digits: int = 1) -> str:
    """Write a difference of two fractions in percentage points: 0.048 -> "+4.8 pp"."""
    return f"{_with_sign(difference * 100, digits)}{NBSP}pp"


def side(gap: float, digits: int = 1) -> str:
    """Write a side: 0.012 -> "1.2 pp ahead", -0.03 -> "3.0 pp behind", 0.0003 (rounds to 0) -> "level"."""
    shown = points(abs(gap), digits)
    if not shown.startswith("+"):
        return "level"
    return f"{shown[1:]} {'ahead' if gap > 0 else 'behind'}"


def basis_points(difference: float) -> str:
    """Write a difference of two fractions in basis points: -0.0024 -> "-24 bp"."""
    return f"{_with_sign(difference * 1e4, 0)}{NBSP}bp"


def ratio(value: float, digits: int = 2) -> str:
    """Write a ratio: 1.1823 -> "1.18"."""
    return f"{_round_without_minus_zero(value, digits):,.{digits}f}"


def correlation(value: float) -> str:
    """Write a correlation: 0.934 -> "0.93"; with three digits where two make a false 1: 0.9968 -> "0.997"."""
    return ratio(value, 3 if 0.995 <= abs(value) < 0.9995 else 2)


def signed_ratio(difference: float, digits: int = 2) -> str:
    """Write a difference of ratios: 0.308 -> "+0.31"."""
    return _with_sign(difference, digits)


def count(number: int) -> str:
    """Write a count: 1578 -> "1,578"."""
    return f"{number:,}"


def money(amount: float) -> str:
    """Shorten money: 253450000 -> "253 M", 13080000000 -> "13.1 bn"; three digits at most, no currency."""
    for size, unit in ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k")):
        # 999.6 M would otherwise print as 1000 M.
        if abs(amount) >= size * 0.9995:
            scaled = amount / size
            shown = f"{scaled:.0f}" if abs(scaled) >= 99.95 else f"{scaled:.1f}".removesuffix(".0")
            return f"{shown}{NBSP}{unit}"
    return f"{amount:.0f}"


def times(larger: float, smaller: float) -> str:
    """Write how many times: 51.6 -> "52 times", 2.34 -> "2.3 times"."""
    factor = larger / smaller
    return f"{factor:,.0f} times" if factor >= 9.95 else f"{factor:.1f} times"


def day(when: date) -> str:
    """Write a day: date(2026, 1, 16) -> "16 Jan 2026"."""
    return f"{when.day}{NBSP}{calendar.month_abbr[when.month]}{NBSP}{when.year}"


def month(when: date) -> str:
    """Write a month: date(2025, 4, 8) -> "April 2025"."""
    return f"{calendar.month_name[when.month]} {when.year}"


def age(seconds: float) -> str:
    """Write an age: 7300 -> "2 h"."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f}{NBSP}{unit}"
    return f"{max(seconds, 0):.0f}{NBSP}s"


def capital(words: str) -> str:
    """Begin with a capital letter."""
    return f"{words[:1].upper()}{words[1:]}"


def less(one: str, other: str) -> str:
    """Write "ISCB - SPSM", the head of a column of differences; held together where a phone has room for
    that.
    """
    space = NBSP if len(one) + len(other) <= SHORT else " "
    return f"{one}{space}-{space}{other}"


def join_words(items: Sequence[str], last: str = "and") -> str:
    """Join words: ["a", "b", "c"] -> "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def _round_without_minus_zero(value: float, digits: int) -> float:
    """Round so that -0.0 prints as 0.0."""
    return round(value, digits) + 0.0


def _with_sign(value: float, digits: int) -> str:
    shown = _round_without_minus_zero(value, digits)
    return f"{shown:+,.{digits}f}" if shown else f"{0:.{digits}f}"


NAME_LENGTH = 30
REASON_LENGTH = 200
RULE_LENGTH = 300
_USER = re.compile(r"[A-Z0-9]{1,40}")
_LINK = re.compile(r"https://[^\s<>|]{1,500}")


def one_line(words: str, most: int) -> str:
    """Put words on one line, without what cannot be seen, at most so many characters; not escaped."""
    # What is far beyond the cut is not worth looking at character by character.
    line = " ".join(printable(words[: 5 * most]).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def safe_line(words: str, most: int = REASON_LENGTH) -> str:
    """Return the same, safe in mrkdwn."""
    return escape(one_line(words, most))


def end_sentence(words: str) -> str:
    """End words with a full stop, unless what was typed ends a sentence itself."""
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def code_span(words: str, most: int = RULE_LENGTH) -> str:
    """Put words between backticks, safe in mrkdwn; a backtick inside becomes an apostrophe, and a mix of
    funds is written as people type it.
    """
    return f"`{safe_line(as_typed(words).replace('`', chr(39)), most) or ' '}`"


def as_typed(words: str) -> str:
    """Write the mixes of funds among words as people type them: "60% ISCB 40% TLT", "core@2"."""
    return WORD.sub(lambda found: mix_of(found[0]).typed, words) if "%" in words else words


def person(user: str) -> str:
    """Return a mention; an id that is none of Slack's is shown as it is, safely."""
    return f"<@{user}>" if _USER.fullmatch(user) else safe_line(user, NAME_LENGTH) or "somebody"


def channel_link(channel: str) -> str:
    """Return a channel as people click it; an id that is none of Slack's is shown as it is, safely."""
    return f"<#{channel}>" if _USER.fullmatch(channel) else safe_line(channel, NAME_LENGTH) or "a channel"


def link(url: str | None, words: str) -> str:
    """Return words that lead to a page; the words alone where the address is none."""
    return f"<{url}|{escape(words)}>" if url and _LINK.fullmatch(url) else escape(words)
