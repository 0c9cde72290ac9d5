"""Estimates in words: a value with its t, whether it can be told from zero, what else fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analytics.evidence.regression import Estimate
from bot.render import text
from bot.render.measures import Show

UNCLEAR = "not distinguishable from zero"
FULL = "full: distinguishable from zero (|t| of 2 or more); hollow: not"
"""What the bars and points of a chart mean."""
PAIR = 2
ALT_WORDS = 30
"""Most words of a text that stands for a chart."""


@dataclass(frozen=True)
class NamedEstimate:
    """An estimate with the name of what it is of."""

    name: str
    estimate: Estimate


def points(difference: float) -> str:
    """Write a difference of returns with two digits: +0.09 pp."""
    return text.points(difference, 2)


def percent(fraction: float) -> str:
    """Write a return with its sign and two digits: -0.15 %."""
    return text.signed_percent(fraction, 2)


def t_words(estimate: Estimate) -> str:
    """Write "t -0.5", from a hundred on without digits; "" where there is none."""
    t = estimate.t.value
    return "" if t is None else f"t{text.NBSP}{text.ratio(t, 0 if abs(t) >= 99.95 else 1)}"


def value_words(estimate: Estimate, show: Show, *, bold: bool = False) -> str:
    """Write "-0.15 % (t -0.5)"; "" where there is no value."""
    value = estimate.value.value
    if value is None:
        return ""
    shown, t = show(value), t_words(estimate)
    return f"{f'*{shown}*' if bold else shown}{f' ({t})' if t else ''}"


def cell(estimate: Estimate, show: Show) -> str:
    """Write "-0.15 %, t -0.5" for a table, a dash where there is no value."""
    value, t = estimate.value.value, t_words(estimate)
    return text.NONE if value is None else ", ".join(filter(None, (show(value), t)))


def with_range(estimate: Estimate, show: Show) -> str:
    """Write "-0.04 ± 0.44 pp" for a table: half of the interval behind the value, where there is one."""
    value, low, high = estimate.value.value, estimate.interval.low, estimate.interval.high
    if value is None:
        return text.NONE
    number, _, unit = show(value).rpartition(text.NBSP)
    if low is None or high is None:
        return show(value)
    half = show((high - low) / 2).rpartition(text.NBSP)[0].lstrip("+")
    return f"{number} ±{text.NBSP}{half}{text.NBSP}{unit}"


def range_words(estimate: Estimate, show: Show) -> str:
    """Write "between -3.1 % and +12.0 %"; "" where there is no interval."""
    low, high = estimate.interval.low, estimate.interval.high
    return "" if low is None or high is None else f"between {show(low)} and {show(high)}"


def listed(told: Iterable[NamedEstimate], show: Show, *, bold: bool = True) -> str:
    """Write "ISCB *-0.15 %* (t -0.5), SPSM *-0.23 %* (t -0.8)"; what has no value is left out."""
    found = [(each.name, value_words(each.estimate, show, bold=bold)) for each in told]
    return ", ".join(f"{name} {words}" for name, words in found if words)


def clear_words(told: Sequence[NamedEstimate]) -> str:
    """Say which of several can be told from zero: "neither is distinguishable from zero"."""
    judged = [each for each in told if each.estimate.t.value is not None]
    clear = [each.name for each in judged if each.estimate.is_clear]
    unclear = [each.name for each in judged if not each.estimate.is_clear]
    if not judged:
        return ""
    if len(judged) == 1:
        return f"{'' if clear else 'not '}distinguishable from zero"
    if not clear:
        return f"{'neither' if len(judged) == PAIR else 'none'} is distinguishable from zero"
    if not unclear:
        return f"{'both' if len(judged) == PAIR else 'all'} are distinguishable from zero"
    verb = "is" if len(unclear) == 1 else "are"
    return f"{text.join_words(unclear)} {verb} {UNCLEAR}"


def gap_words(pair: Sequence[str], gap: Estimate, show: Show = points) -> str:
    """Write "ISCB less SPSM: +0.09 pp (t 1.0), not distinguishable from zero"; "" without a value."""
    words = value_words(gap, show)
    if not words:
        return ""
    verdict = "" if gap.t.value is None else f", {'' if gap.is_clear else 'not '}distinguishable from zero"
    return f"{' less '.join(pair)}: {words}{verdict}"


def missing(told: Iterable[NamedEstimate]) -> str:
    """Return why none of several has a value; "" where one has."""
    reasons = [each.estimate.value.reason or "" for each in told]
    return reasons[0] if reasons and all(reasons) else ""


def within_words(parts: Iterable[str], most: int = ALT_WORDS) -> str:
    """Join as many parts, from the first on, as have at most so many words together."""
    told: list[str] = []
    for part in parts:
        if len(" ".join([*told, part]).split()) > most:
            break
        told.append(part)
    return " ".join(told)
