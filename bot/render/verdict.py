"""Whether a window can tell a gap from chance, in the words that the finding and `edge` share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from analytics.comparison import Comparison
from analytics.evidence.edge import RegimeReturns, Turn, WindowEvidence
from analytics.evidence.gaps import WORTH_SHARPE, EdgeRow, Verdict
from analytics.measures.number import Interval
from analytics.watch.rules import WATCHABLE
from analytics.window import Window
from bot.render import text

WIDE = 0.05
"""Width of an interval of returns from which on tenths of a point would say more than it knows."""
POINT = 0.01
TENTH = 0.0005
"""Ends closer to zero round to no tenth of a point."""
_NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 10: "ten", 20: "twenty"}


def chance_sentences(comparison: Comparison, evidence: WindowEvidence | None) -> tuple[str, ...]:
    """Tell whether the window can tell the gap from chance, and whether the gap holds elsewhere.

    Nothing where a price in the window looks wrong: the intervals would rest on it.
    """
    if evidence is None or any(doubt.symbol in comparison.symbols for doubt in comparison.doubts):
        return ()
    (first, *others) = evidence.rows
    told = several_verdicts(evidence.rows) if others else pair_verdict(first)
    end = comparison.span.end
    elsewhere = (_regime_sentence(evidence.regime, end), _turn_sentence(comparison.symbols[0], evidence.turn))
    return tuple(sentence for sentence in (told, *elsewhere) if sentence)


def window_subject(window: Window) -> str:
    """Write a window as the subject of a sentence: "one year", "ten years", "this window"."""
    number, _, unit = window.words.partition(" ")
    if unit not in ("year", "years", "month", "months") or not number.isdigit():
        return "this window"
    return f"{_NUMBERS.get(int(number), number)} {unit}"


def fitting_range(row: EdgeRow) -> str:
    """Write which gaps in return fit: "from 2 pp behind to 12 pp ahead"; "" where there is no interval."""
    interval, unit = row.growth.interval, " a year" if row.span and row.span.is_annual else ""
    if interval.low is None or interval.high is None:
        return ""
    whole = interval.high - interval.low >= WIDE and min(abs(interval.low), abs(interval.high)) >= POINT
    digits = 0 if whole else 1 if max(-interval.low, interval.high) >= TENTH else 2
    if interval.low < 0 < interval.high:
        return f"from {text.side(interval.low, digits)} to {text.side(interval.high, digits)}{unit}"
    low, high = (text.points(abs(end), digits).lstrip("+") for end in (interval.low, interval.high))
    side, near, far = ("ahead", low, high) if interval.high > 0 else ("behind", high, low)
    return f"from {near} to {far} {side}{unit}"


def ratio_range(interval: Interval) -> str:
    """Write an interval of ratios: "between -0.86 and -0.05"; "" where there is none."""
    if interval.low is None or interval.high is None:
        return ""
    return f"between {text.signed_ratio(interval.low)} and {text.signed_ratio(interval.high)}"


def pair_verdict(row: EdgeRow) -> str:
    """Tell of one pair whether its window can tell the gap from chance, and which gaps in return fit."""
    window, fits = window_subject(row.window), fitting_range(row)
    anything = f": anything {fits} fits" if fits else ""
    match row.judgement.verdict:
        case Verdict.UNKNOWN:
            return f"{_unknown(row, window)}{anything}." if _holds_zero(row) else _unsure(row, fits)
        case Verdict.DISTINGUISHABLE:
            return _distinguishable(row, window, fits)
        case Verdict.NO_GAP:
            worth = text.ratio(WORTH_SHARPE, 1)
            shown = f"{text.capital(window)} would have shown a gap in Sharpe ratio of {worth}"
            return f"{shown}, and there is none worth having{anything}."
        case Verdict.SAME:
            return f"The two are the same for practical purposes{anything}."
        case Verdict.IDENTICAL:
            return f"The two are the same: {row.judgement.reason}."


def _unknown(row: EdgeRow, window: str) -> str:
    """Say that the window cannot tell the gap, or whether there is one, from chance."""
    gap = row.growth.value.value
    if row.annualised and gap is not None and not _differs(gap):
        return f"{text.capital(window)} cannot tell whether there is a gap"
    return f"{text.capital(window)} cannot tell this gap from chance"


def _differs(gap: float) -> bool:
    """Return whether a gap in return is more than the step within which two funds are level."""
    rule = WATCHABLE["cagr"].better
    return rule is None or rule.differs(gap, 0.0)


def _holds_zero(row: EdgeRow) -> bool:
    """Return whether no gap in return is among those that fit."""
    interval = row.growth.interval
    return interval.low is None or interval.high is None or interval.low <= 0 <= interval.high


def _unsure(row: EdgeRow, fits: str) -> str:
    """Say that the gap in return has its sign, while the one primary test is not met."""
    odds = f" (p {text.ratio(row.p.value)})" if row.p.value is not None else ""
    ratios = f"; the test of the Sharpe ratios cannot tell them from chance{odds}"
    return f"In {window_subject(row.window)} anything {fits} fits{ratios}."


def _distinguishable(row: EdgeRow, window: str, fits: str) -> str:
    between = ratio_range(row.sharpe.interval)
    head = f"{text.capital(window)} can tell the Sharpe ratios apart from chance"
    told = f"{head}: a gap {between} fits" if between else head
    if fits and _holds_zero(row):
        return f"{told}. The gap in return alone cannot be told: anything {fits} fits."
    return f"{told}{f'; in return anything {fits}' if fits else ''}."


def several_verdicts(rows: Sequence[EdgeRow], over: str = "", *, whole: bool = True) -> str:
    """Tell of several pairs which can be told apart, tested together (Holm).

    over : the windows as the sentence begins with them, where the rows hold for several
    whole : the rows are all pairs of the question; else they are named
    """
    one = rows[0].pair[0]
    groups: dict[Verdict, list[str]] = {}
    for row in rows:
        groups.setdefault(row.judgement.verdict, []).append(row.pair[1])
    window = text.capital(window_subject(rows[0].window))
    if list(groups) == [Verdict.UNKNOWN]:
        others = "any of the others" if whole else text.join_words([row.pair[1] for row in rows])
        told = f"{one}'s gap to {others}"
        return f"{over}: {told} cannot be known." if over else f"{window} cannot tell {told} from chance."
    return f"{over or window}: {'; '.join(_group_clauses(one, groups))}."


def _group_clauses(one: str, groups: dict[Verdict, list[str]]) -> Iterator[str]:
    for verdict, words in (
        (Verdict.DISTINGUISHABLE, "{one} can be told from {others} by the Sharpe ratio"),
        (Verdict.UNKNOWN, "{one}'s gap to {others} cannot be told from chance"),
        (Verdict.NO_GAP, "no gap worth having to {others}"),
        (Verdict.SAME, "the same as {others} for practical purposes"),
        (Verdict.IDENTICAL, "the same as {others}"),
    ):
        if others := groups.get(verdict):
            yield words.format(one=one, others=text.join_words(others))


def _regime_sentence(regime: RegimeReturns | None, end: date) -> str:
    """Write "Since both follow today's indices (19 Mar 2021): 7.5 % and 6.9 % a year."; its end where that is
    not the window's.
    """
    if regime is None:
        return ""
    returns = {symbol: number.value for symbol, number in regime.by_symbol.items()}
    known = {symbol: value for symbol, value in returns.items() if value is not None}
    days = (
        text.day(regime.start) if regime.end == end else f"{text.day(regime.start)} to {text.day(regime.end)}"
    )
    since = f"Since {'both' if len(known) == 2 else 'all'} follow today's indices ({days})"
    if len(known) == 2:
        return f"{since}: {text.join_words([text.percent(value) for value in known.values()])} a year."
    told = ", ".join(f"{symbol} {text.percent(value)}" for symbol, value in known.items())
    return f"{since}: {told} a year."


def _turn_sentence(one: str, turn: Turn | None) -> str:
    if turn is None:
        return ""
    gap = text.points(abs(turn.gap)).lstrip("+")
    return f"Over the last 3 months {one} is {gap} {'ahead' if turn.gap > 0 else 'behind'}."
