"""What a move of the 10-year yield does to each fund, now and through time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analytics.evidence.closes import YIELD
from analytics.evidence.rates import ROLLING, STEP, RateAnswer, RateSensitivity
from analytics.evidence.regression import CLEAR
from bot.render import text
from bot.render.chart_specs import ChartSpec
from bot.render.doubts import explain_marks
from bot.render.estimates import (
    FULL,
    NamedEstimate,
    cell,
    clear_words,
    gap_words,
    listed,
    missing,
    percent,
    points,
    within_words,
)
from bot.render.evidence.provenance import (
    doubts_of,
    evidence_title,
    missing_error_dashes,
    missing_value_dashes,
    reliable,
    sample_words,
    source_of,
)
from bot.render.evidence_specs import SensitivityChart
from bot.render.message import Message
from bot.render.sections.page import (
    PRICES,
    SectionAnswer,
    TableLine,
    limit_sentences,
    section_message,
    table_head,
    versus,
)
from bot.render.sections.table import Dash, footnotes
from bot.render.values import MOST_TALL

MOVE = f"+{STEP:.0f}{text.NBSP}bp"
NEVER_DAILY = (
    "Weekly returns, not daily ones: the yield is struck an hour before the funds close. Its move is a "
    "difference in bp, not a percent change."
)
DURATION = (
    "An empirical duration is how the price moved with the 10-year yield, not the issuer's figure from cash "
    "flows: where other yields moved less or more than this one, the two differ."
)


def rates_section(found: SectionAnswer, answer: RateAnswer, remarks: Sequence[str] = ()) -> Message:
    """Write the whole answer.  remarks : on the window that it is told over."""
    symbols, ground = answer.query.symbols, answer.provenance
    return section_message(
        found,
        title=evidence_title(symbols, "rates", ground),
        finding=rates_finding(found, answer),
        foot=rates_foot(answer),
        lines=rates_lines(found, answer),
        pictures=tuple(_charts(answer)),
        remarks=(
            *footnotes(_dashes(answer), symbols),
            *remarks,
            *([DURATION] if found.comparison.bond_funds else []),
            NEVER_DAILY,
            *limit_sentences(found, PRICES, ground.start),
        ),
        doubts=ground.doubts,
    )


def rates_finding(found: SectionAnswer, answer: RateAnswer) -> tuple[str, ...]:
    """Tell the sensitivities with the market held still and without, durations, and what time did."""
    kept = [row for row in answer.funds if _is_sure(answer, row)]
    gaps = [row for row in answer.differences if _is_sure(answer, row)]
    if not kept:
        return ()
    if reason := missing(NamedEstimate(row.symbols[0], row.alone) for row in kept):
        named = text.join_words([row.symbols[0] for row in kept])
        return (f"What {MOVE} in the 10-year yield does to {named} cannot be told: {reason}.",)
    if len(kept) > MOST_TALL:
        return _many(answer, kept)
    sentences = (
        _held(answer, kept, gaps),
        _durations(found, kept),
        _alone(answer, kept, gaps),
        _history(kept),
    )
    return tuple(sentence for sentence in sentences if sentence)


def rates_foot(answer: RateAnswer) -> str:
    """Write what every number rests on."""
    ground = answer.provenance
    sample = sample_words(answer.weeks, answer.lags)
    span = f"{ground.start.isoformat()}..{ground.end.isoformat()} {sample}".rstrip()
    return f"weekly total return · {YIELD} in bp · {span} · {source_of(ground)}"


def rates_lines(found: SectionAnswer, answer: RateAnswer) -> list[TableLine]:
    """Return a line a fund and a difference."""
    market, bonds = answer.market, found.comparison.bond_funds
    rows = (*answer.funds, *answer.differences)
    if all(row.alone.value.value is None for row in rows):
        return []
    last = "Duration, years" if bonds else "R²"
    head = table_head(f"For {MOVE} in the yield", f"{market} held still", f"Without {market}", last)
    return [head, *(_line(answer, row, bonds) for row in rows)]


def _line(answer: RateAnswer, row: RateSensitivity, bonds: Sequence[str]) -> TableLine:
    show = percent if len(row.symbols) == 1 else points
    number = row.duration if bonds else row.r_squared
    digits = 1 if bonds else 2
    last = text.NONE if number.value is None else text.ratio(number.value, digits)
    if bonds and not set(row.symbols) <= set(bonds):
        last = text.NONE
    line = TableLine((_name(row), cell(row.held, show), cell(row.alone, show), last))
    return line.with_doubts(doubts_of(answer.provenance, (*row.symbols, answer.market, YIELD)))


def _name(row: RateSensitivity) -> str:
    return row.symbols[0] if len(row.symbols) == 1 else text.less(*row.symbols)


def _is_sure(answer: RateAnswer, row: RateSensitivity) -> bool:
    return reliable(answer.provenance, (*row.symbols, answer.market, YIELD))


def _held(answer: RateAnswer, kept: Sequence[RateSensitivity], gaps: Sequence[RateSensitivity]) -> str:
    """Tell the numbers with the market held still; nothing where that cannot be had."""
    told = [NamedEstimate(row.symbols[0], row.held) for row in kept]
    if missing(told):
        return ""
    gap = gap_words(gaps[0].symbols, gaps[0].held) if len(gaps) == 1 else ""
    head = f"For {MOVE} in the 10-year yield, with {answer.market} held still, {listed(told, percent)}"
    return _sentence(head, clear_words(told), gap)


def _alone(answer: RateAnswer, kept: Sequence[RateSensitivity], gaps: Sequence[RateSensitivity]) -> str:
    """Tell the numbers without the market; the difference too where these are the only ones."""
    told = [NamedEstimate(row.symbols[0], row.alone) for row in kept]
    shown, verdict = listed(told, percent, bold=False), clear_words(told)
    why = missing(NamedEstimate(row.symbols[0], row.held) for row in kept)
    if not why:
        head = (
            f"Without {answer.market} held still, so with whatever the market did at the same time, {shown}"
        )
        return _sentence(head, verdict)
    gap = gap_words(gaps[0].symbols, gaps[0].alone) if len(gaps) == 1 else ""
    return _sentence(f"For {MOVE} in the 10-year yield, no market held still ({why}), {shown}", verdict, gap)


def _many(answer: RateAnswer, kept: Sequence[RateSensitivity]) -> tuple[str, ...]:
    """Tell of many funds the range with the market held still, and which can be told from zero."""
    known = {row.symbols[0]: row.held for row in kept if row.held.value.value is not None}
    still = f"with {answer.market} held still"
    if not known:
        known, still = {row.symbols[0]: row.alone for row in kept}, "no market held still"
    told = {symbol: each.value.value for symbol, each in known.items() if each.value.value is not None}
    ends = [
        (symbol, told[symbol])
        for symbol in (min(told, key=told.__getitem__), max(told, key=told.__getitem__))
    ]
    low, high = (f"*{percent(value)}* ({symbol})" for symbol, value in ends)
    clear = [symbol for symbol, each in known.items() if each.is_clear]
    verdict = f"distinguishable from zero: {text.join_words(clear) or 'none'}"
    return (f"For {MOVE} in the 10-year yield, {still}, the funds moved from {low} to {high}; {verdict}.",)


def _sentence(head: str, verdict: str, gap: str = "") -> str:
    first = ": ".join(filter(None, (head, verdict)))
    return f"{'; '.join(filter(None, (first, gap)))}."


def _durations(found: SectionAnswer, kept: Sequence[RateSensitivity]) -> str:
    known = [
        (row.symbols[0], row.duration.value)
        for row in kept
        if row.symbols[0] in found.comparison.bond_funds and row.duration.value is not None
    ]
    told = [f"{symbol} *{text.ratio(years, 1)}{text.NBSP}years*" for symbol, years in known]
    return f"As an empirical duration that is {text.join_words(told)}." if told else ""


def _history(kept: Sequence[RateSensitivity]) -> str:
    """Tell in how many of the moving windows a sensitivity could be told from zero."""
    clauses = [clause for row in kept if (clause := _history_clause(row))]
    count = kept[0].rolling.ends.size
    if not clauses or not count:
        return ""
    windows = f"{count} window{'s' * (count > 1)} of {ROLLING.words}, one to each quarter"
    return f"Of {windows}, distinguishable from zero: {'; '.join(clauses)}."


def _history_clause(row: RateSensitivity) -> str:
    """Write "ISCB in 6, the last to 22 Apr 2022"; "" where there is no window."""
    symbol, known = row.symbols[0], int(np.isfinite(row.rolling.t).sum())
    clear = np.flatnonzero(np.abs(row.rolling.t) >= CLEAR)
    if not known:
        return ""
    if clear.size in (0, known):
        return f"{symbol} in {'all' if clear.size else 'none'}"
    return f"{symbol} in {clear.size}, the last to {text.day(row.rolling.ends[clear[-1]].item())}"


def _dashes(answer: RateAnswer) -> Iterator[Dash]:
    """Collect why numbers, or what judges them, are missing; with no number at all the finding says why."""
    held = [NamedEstimate(_name(row), row.held) for row in (*answer.funds, *answer.differences)]
    if any(each.estimate.value.value is not None for each in held):
        yield from (*missing_value_dashes(held), *missing_error_dashes(held))


def _charts(answer: RateAnswer) -> Iterator[ChartSpec]:
    """Draw what could be told over at least two windows, the market held still."""
    shown = [
        row
        for row in answer.funds
        if _is_sure(answer, row) and row.held.value.value is not None and row.rolling.ends.size > 1
    ]
    if not shown:
        return
    values, t = (np.vstack([getattr(row.rolling, name) for row in shown]) for name in ("values", "t"))
    symbols = tuple(row.symbols[0] for row in shown)
    still = f"{ROLLING.words} to each quarter, {answer.market} held still · {FULL}"
    yield SensitivityChart(
        title=_chart_title(shown),
        subtitle=explain_marks(still, answer.provenance.doubts, symbols),
        footer=rates_foot(answer),
        alt=_alt(answer, shown),
        symbols=symbols,
        caption=f"Return for {MOVE} in the 10-year yield",
        ends=shown[0].rolling.ends,
        values=values,
        clear=np.abs(t) >= CLEAR,
        simulated=answer.provenance.simulated,
    )


def _chart_title(shown: Sequence[RateSensitivity]) -> str:
    """Conclude from the last window: who moved with the yield."""
    clear = [row for row in shown if abs(row.rolling.t[-1]) >= CLEAR]
    if not clear:
        symbols = [row.symbols[0] for row in shown]
        named = f"{len(symbols)} funds" if len(symbols) > MOST_TALL else versus(symbols)
        return f"{named}: over the last {ROLLING.words} no effect of yields distinguishable from zero"
    told = [f"{row.symbols[0]} {percent(float(row.rolling.values[-1]))}" for row in clear[:MOST_TALL]]
    return f"{', '.join(told)} for {MOVE} in the 10-year yield"


def _alt(answer: RateAnswer, shown: Sequence[RateSensitivity]) -> str:
    sample = ["Sample data."] if answer.provenance.simulated else []
    ends = [f"{row.symbols[0]} {percent(float(row.rolling.values[-1]))}" for row in shown]
    clear = [int((np.abs(row.rolling.t) >= CLEAR).sum()) for row in shown]
    counts = [f"{row.symbols[0]} {count}" for row, count in zip(shown, clear, strict=True)]
    return within_words(
        (
            *sample,
            f"Return for {MOVE}, last 3 years: {', '.join(ends[:MOST_TALL])}.",
            f"Of {shown[0].rolling.ends.size} windows distinguishable from zero: {', '.join(counts)}.",
        )
    )
