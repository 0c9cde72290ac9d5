"""How the funds did in months of one kind, and in the falls of the market and after them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import nan

from analytics.evidence.closes import YIELD
from analytics.evidence.regimes import (
    BEFORE,
    FALL,
    FEWEST_MONTHS,
    LARGE_MOVE,
    RULES,
    SMALL,
    MarketFall,
    Regime,
    RegimeAnswer,
    RegimeKind,
)
from analytics.evidence.regression import Estimate, stand_out
from analytics.measures.number import Number
from analytics.query import MARKET
from bot.render import text
from bot.render.chart_specs import ChartSpec
from bot.render.doubts import explain_marks
from bot.render.estimates import (
    FULL,
    PAIR,
    NamedEstimate,
    clear_words,
    percent,
    points,
    t_words,
    value_words,
    with_range,
    within_words,
)
from bot.render.evidence.provenance import doubts_of, evidence_title, marked, reliable, source_of
from bot.render.evidence_specs import Bar, BarRow, BarsChart
from bot.render.message import Message
from bot.render.sections.page import (
    PRICES,
    SectionAnswer,
    TableLine,
    figures_table,
    limit_sentences,
    section_message,
    table_head,
    versus,
)
from bot.render.sections.table import Dash, Row, footnotes
from bot.render.values import MOST_TALL

NAMES: Mapping[RegimeKind, str] = {
    RegimeKind.YIELD_UP: "Yield rose",
    RegimeKind.YIELD_DOWN: "Yield fell",
    RegimeKind.YIELD_MOVED: f"Yield moved > {LARGE_MOVE:.0f}{text.NBSP}bp",
    RegimeKind.MARKET_UP: f"{MARKET} rose",
    RegimeKind.MARKET_DOWN: f"{MARKET} fell",
    RegimeKind.SMALL_AHEAD: f"{SMALL} ahead of {MARKET}",
    RegimeKind.SMALL_BEHIND: f"{SMALL} behind {MARKET}",
    RegimeKind.CALM: "After a calm month",
    RegimeKind.MIDDLING: "After a middling month",
    RegimeKind.TURBULENT: "After a turbulent month",
}
WHEN: Mapping[RegimeKind, str] = {
    RegimeKind.YIELD_UP: "when the 10-year yield rose",
    RegimeKind.YIELD_DOWN: "when the 10-year yield fell",
    RegimeKind.YIELD_MOVED: f"when the 10-year yield moved by more than {LARGE_MOVE:.0f}{text.NBSP}bp",
    RegimeKind.MARKET_UP: f"when {MARKET} rose",
    RegimeKind.MARKET_DOWN: f"when {MARKET} fell",
    RegimeKind.SMALL_AHEAD: f"when {SMALL} was ahead of {MARKET}",
    RegimeKind.SMALL_BEHIND: f"when {SMALL} was behind {MARKET}",
    RegimeKind.CALM: f"after a calm month of {MARKET}",
    RegimeKind.MIDDLING: f"after a middling month of {MARKET}",
    RegimeKind.TURBULENT: f"after a turbulent month of {MARKET}",
}
LASTS = (RegimeKind.YIELD_MOVED, RegimeKind.MARKET_DOWN, RegimeKind.SMALL_BEHIND)
"""The last kind of each group: what follows is told apart by something else."""
OPPOSITES = ((RegimeKind.YIELD_UP, RegimeKind.YIELD_DOWN), (RegimeKind.MARKET_UP, RegimeKind.MARKET_DOWN))
METHOD = (
    f"Means of whole months, taken as independent, with 95 % intervals; below {FEWEST_MONTHS} months there "
    f"is none. The yield is {YIELD}; calm, middling and turbulent are thirds by {MARKET}'s volatility in the "
    f"{BEFORE} sessions before the month."
)


def regimes_section(found: SectionAnswer, answer: RegimeAnswer, remarks: Sequence[str] = ()) -> Message:
    """Write the whole answer.  remarks : on the window that it is told over."""
    symbols, ground = answer.query.symbols, answer.provenance
    return section_message(
        found,
        title=evidence_title(symbols, "regimes", ground),
        finding=regimes_finding(answer),
        foot=regimes_foot(answer),
        lines=regimes_lines(answer),
        pictures=tuple(_charts(answer)),
        remarks=(
            *footnotes(_dashes(answer), symbols),
            *remarks,
            METHOD,
            *_chance(answer),
            *limit_sentences(found, PRICES, ground.start),
        ),
        doubts=ground.doubts,
    )


def regimes_finding(answer: RegimeAnswer) -> tuple[str, ...]:
    """Tell months of rising and falling yields and markets, which kinds stand out, and the last fall."""
    if not reliable(answer.provenance, answer.query.symbols):
        return ()
    if not answer.months.size:
        return ("No month of the window is whole for all funds.",)
    sentences = (
        *(_opposite(answer, *kinds) for kinds in OPPOSITES),
        _standing_out(answer),
        _falls_sentence(answer),
    )
    told = tuple(sentence for sentence in sentences if sentence)
    return told or (f"Months cannot be told apart: {text.join_words(_reasons(answer))}.",)


def regimes_foot(answer: RegimeAnswer) -> str:
    """Write what every number rests on."""
    ground = answer.provenance
    span = f"{ground.start.isoformat()}..{ground.end.isoformat()} ({_months(answer.months.size)})"
    return f"monthly total return, mean a month · {span} · {source_of(ground)}"


def regimes_lines(answer: RegimeAnswer) -> list[TableLine]:
    """Return a line a kind of month, then two a fall of the market."""
    symbols = answer.query.symbols
    falls = [row for fall in answer.falls for row in _fall_rows(answer, fall)]
    return [
        *figures_table("Mean a month", symbols, [_row(answer, regime) for regime in answer.regimes]),
        *(_gap_lines(answer) if len(symbols) == MOST_TALL else []),
        *figures_table(f"{MARKET} fell {text.percent(-FALL, 0)} or more", symbols, falls),
    ]


def _usable(answer: RegimeAnswer) -> list[Regime]:
    """Choose the kinds that have months, told apart by proxies that can be relied on."""
    return [
        regime
        for regime in answer.regimes
        if regime.reason is None
        and regime.months.size
        and reliable(answer.provenance, RULES[regime.kind].proxies)
    ]


def _row(answer: RegimeAnswer, regime: Regime) -> Row:
    cells = tuple(_mean(each) for each in regime.funds)
    gap = with_range(regime.differences[0], points) if len(regime.differences) == 1 else text.NONE
    row = Row(_label(regime), cells, gap, None, main=True)
    return marked(row, answer.provenance, answer.query.symbols, RULES[regime.kind].proxies)


def _gap_lines(answer: RegimeAnswer) -> list[TableLine]:
    """Return the differences of three funds, which have no room beside them."""
    heads = [text.less(*pair) for pair in answer.pairs]
    kept = [
        TableLine((_label(regime), *(with_range(each, points) for each in regime.differences))).with_doubts(
            doubts_of(answer.provenance, (*answer.query.symbols, *RULES[regime.kind].proxies))
        )
        for regime in answer.regimes
        if any(each.value.value is not None for each in regime.differences)
    ]
    return [table_head("Difference a month", *heads), *kept] if kept else []


def _label(regime: Regime) -> str:
    return f"{NAMES[regime.kind]} ({regime.months.size})"


def _mean(estimate: Estimate) -> str:
    return text.shown(estimate.value.value, percent)


def _fall_rows(answer: RegimeAnswer, fall: MarketFall) -> tuple[Row, Row]:
    market = fall.market
    down = f"{text.day(market.peak)} to {text.day(market.trough)}: {MARKET} {text.percent(market.depth)}"
    up = f"then to {text.day(fall.end)}, {'recovered' if market.recovery else 'not recovered'}"
    return _total_row(answer, down, fall.down), _total_row(answer, up, fall.up)


def _total_row(answer: RegimeAnswer, label: str, totals: Mapping[str, Number]) -> Row:
    symbols = answer.query.symbols
    values = [totals[symbol].value for symbol in symbols]
    cells = tuple(text.shown(value, text.signed_percent) for value in values)
    one, other = values[0], values[-1]
    gap = text.NONE if one is None or other is None else text.points(one - other)
    row = Row(label, cells, gap, None, main=True)
    return marked(row, answer.provenance, symbols, (MARKET,))


def _chance(answer: RegimeAnswer) -> tuple[str, ...]:
    """Warn of looking at many kinds, where any of them is judged."""
    count = len([each for each in _usable(answer) if _judged(answer, each).t.value is not None])
    if count < PAIR:
        return ()
    return (f"{count} kinds of months are looked at, and they overlap: one may stand out by chance.",)


def _opposite(answer: RegimeAnswer, *kinds: RegimeKind) -> str:
    """Write "In the 35 months when the yield rose ISCB made *-0.37 %* and SPSM *-0.34 %* a month, ..."."""
    known = [each for each in _usable(answer) if each.kind in kinds]
    if not known:
        return ""
    clauses = [
        f"in the {_months(each.months.size)} {WHEN[each.kind]} {_means(answer, each)}" for each in known
    ]
    words = ", ".join(clauses)
    return f"{words[0].upper()}{words[1:]}{_gaps(known)}."


def _means(answer: RegimeAnswer, regime: Regime) -> str:
    """Write "ISCB returned *-0.37 %* and SPSM *-0.34 %* a month"; of many funds the range."""
    known = [
        (symbol, each.value.value)
        for symbol, each in zip(answer.query.symbols, regime.funds, strict=True)
        if each.value.value is not None
    ]
    if len(known) > MOST_TALL:
        low, high = min(known, key=lambda each: each[1]), max(known, key=lambda each: each[1])
        return f"the funds returned from {_named_mean(low)} to {_named_mean(high)} a month"
    first, *others = [f"*{percent(value)}*" for _, value in known]
    told = [f"{known[0][0]} returned {first}"]
    told += [f"{symbol} {words}" for (symbol, _), words in zip(known[1:], others, strict=True)]
    alone = "" if regime.differences else _judgement(regime.funds[0])
    return f"{text.join_words(told)} a month{alone}"


def _named_mean(found: tuple[str, float]) -> str:
    return f"*{percent(found[1])}* ({found[0]})"


def _judgement(estimate: Estimate) -> str:
    """Write " (t -0.4, not distinguishable from zero)"; "" where there is nothing to judge by."""
    if estimate.t.value is None:
        return ""
    return f" ({t_words(estimate)}, {'' if estimate.is_clear else 'not '}distinguishable from zero)"


def _gaps(known: Sequence[Regime]) -> str:
    """Write ": a gap of -0.04 pp (t -0.2) and +0.24 pp (t 0.9), neither is distinguishable from zero"."""
    gaps = [each.differences[0] for each in known if len(each.differences) == 1]
    words = [value_words(gap, points, bold=True) for gap in gaps]
    if not all(words) or not words:
        return ""
    verdict = clear_words(
        [NamedEstimate(name, gap) for name, gap in zip(("the first", "the second"), gaps, strict=False)]
    )
    return f": a gap of {text.join_words(words)}{f', {verdict}' if verdict else ''}"


def _standing_out(answer: RegimeAnswer) -> str:
    """Tell the other kinds in which the gap of a pair can be told from zero; of several how many."""
    if len(answer.pairs) != 1:
        return _clear_counts(answer)
    told = {kind for kinds in OPPOSITES for kind in kinds}
    rest = [
        each for each in _usable(answer) if each.kind not in told and each.differences[0].t.value is not None
    ]
    clear = [each for each in rest if each.differences[0].is_clear]
    if not rest:
        return ""
    if not clear:
        return f"In no other kind of month ({len(rest)} looked at) is the gap distinguishable from zero."
    words = [
        f"{WHEN[each.kind]} ({_months(each.months.size)}), {value_words(each.differences[0], points)}"
        for each in clear
    ]
    head = f"Of the other {len(rest)} kinds of months the gap is distinguishable from zero"
    chance = "" if _surest(answer, _usable(answer)) else "; of so many kinds one may be by chance"
    return f"{head} {'; '.join(words)}{chance}."


def _clear_counts(answer: RegimeAnswer) -> str:
    """Write "Distinguishable from zero: ISCB less IEF in 4 of 9 kinds of months, ..."."""
    found = _usable(answer)
    if not answer.pairs or not found:
        return ""
    counts = [sum(each.differences[at].is_clear for each in found) for at in range(len(answer.pairs))]
    told = [f"{' less '.join(pair)} in {count}" for pair, count in zip(answer.pairs, counts, strict=True)]
    return f"Of {len(found)} kinds of months, distinguishable from zero: {', '.join(told)}."


def _falls_sentence(answer: RegimeAnswer) -> str:
    """Tell the newest fall, and in how many the first fund did worse than the other."""
    if not answer.falls or not reliable(answer.provenance, (MARKET,)):
        return ""
    last = answer.falls[-1]
    dates = f"{text.day(last.market.peak)} to {text.day(last.market.trough)}"
    down = _totals(last.down)
    if not down:
        return ""
    back = "and by" if last.market.recovery is None else "and to its recovery on"
    up = _totals(last.up)
    then = f", {back} {text.day(last.end)} {up}" if up else ""
    head = f"{MARKET}'s last fall of {text.percent(-FALL, 0)} or more was {text.percent(last.market.depth)}"
    return f"{head}, {dates}: {down} in it{then}.{_worse(answer)}"


def _totals(totals: Mapping[str, Number]) -> str:
    known = [(symbol, total.value) for symbol, total in totals.items() if total.value is not None]
    if len(known) > MOST_TALL:
        low, high = min(known, key=lambda each: each[1]), max(known, key=lambda each: each[1])
        ends = [f"{text.signed_percent(value)} ({symbol})" for symbol, value in (low, high)]
        return f"from {ends[0]} to {ends[1]}"
    return ", ".join(f"{symbol} {text.signed_percent(value)}" for symbol, value in known)


def _worse(answer: RegimeAnswer) -> str:
    symbols = answer.query.symbols
    if len(symbols) != PAIR or len(answer.falls) < PAIR:
        return ""
    pairs = [(fall.down[symbols[0]].value, fall.down[symbols[1]].value) for fall in answer.falls]
    known = [(one, other) for one, other in pairs if one is not None and other is not None]
    worse = sum(one < other for one, other in known)
    return f" {symbols[0]} did worse than {symbols[1]} in {worse} of {len(known)} such falls."


def _months(count: int) -> str:
    return f"{text.count(count)} month{'' if count == 1 else 's'}"


def _reasons(answer: RegimeAnswer) -> list[str]:
    return list(dict.fromkeys(each.reason for each in answer.regimes if each.reason))


def _dashes(answer: RegimeAnswer) -> Iterator[Dash]:
    """Collect why kinds have no line, and why funds have no total in a fall."""
    for regime in answer.regimes:
        if regime.reason:
            for symbol in answer.query.symbols:
                yield Dash(symbol, regime.reason, NAMES[regime.kind])
    for fall in answer.falls:
        for totals in (fall.down, fall.up):
            for symbol, total in totals.items():
                if total.reason:
                    yield Dash(symbol, total.reason)


def _charts(answer: RegimeAnswer) -> Iterator[ChartSpec]:
    """Draw the means of one fund, or the difference of the first and the last."""
    symbols = answer.query.symbols
    known = _usable(answer)
    if not known or not reliable(answer.provenance, symbols):
        return
    named = _judged_name(answer)
    shown = f"{named}, mean a month · line: 95 % interval · {FULL}"
    yield BarsChart(
        title=_chart_title(answer, known),
        subtitle=explain_marks(shown, answer.provenance.doubts, symbols),
        footer=regimes_foot(answer),
        alt=_alt(answer, known),
        symbols=(named,),
        rows=tuple(_bar_row(answer, each) for each in known),
        unit="percent" if len(symbols) == 1 else "points",
        simulated=answer.provenance.simulated,
        name="regimes",
    )


def _judged_name(answer: RegimeAnswer) -> str:
    return text.less(*answer.pairs[0]) if answer.pairs else answer.query.symbols[0]


def _judged(answer: RegimeAnswer, regime: Regime) -> Estimate:
    return regime.differences[0] if answer.pairs else regime.funds[0]


def _bar_row(answer: RegimeAnswer, regime: Regime) -> BarRow:
    estimate, show = _judged(answer, regime), points if answer.pairs else percent
    value, low, high = estimate.value.value, estimate.interval.low, estimate.interval.high
    bar = Bar(
        value=nan if value is None else value,
        low=nan if low is None else low,
        high=nan if high is None else high,
        words=text.shown(value, show),
        clear=estimate.is_clear,
    )
    return BarRow(NAMES[regime.kind], _months(regime.months.size), (bar,), regime.kind in LASTS)


def _chart_title(answer: RegimeAnswer, known: Sequence[Regime]) -> str:
    """Conclude: in which kind of months the mean can be told from zero most surely."""
    clear = [each for each in known if _judged(answer, each).is_clear]
    if all(_judged(answer, each).t.value is None for each in known):
        return f"{_judged_name(answer)}: too few months of any kind to tell"
    if not clear:
        named = versus(answer.query.symbols) if len(answer.pairs) == 1 else _judged_name(answer)
        return f"{named}: no kind of month tells {'them apart' if answer.pairs else 'it from zero'}"
    surest = _surest(answer, known)
    if surest is None:
        few = f"{len(clear)} of {len(known)} kinds of months"
        return f"{_judged_name(answer)}: {few} {'stands' if len(clear) == 1 else 'stand'} out, as chance may"
    value = _judged(answer, surest).value.value or 0.0
    show = points if answer.pairs else percent
    return f"{_judged_name(answer)}: {show(value)} a month {WHEN[surest.kind]}"


def _surest(answer: RegimeAnswer, known: Sequence[Regime]) -> Regime | None:
    """Find the kind that can be told from zero most surely, if any can, so many being looked at."""
    sure = stand_out([_judged(answer, each) for each in known])
    found = [each for each, is_sure in zip(known, sure, strict=True) if is_sure]
    return max(found, key=lambda each: abs(_judged(answer, each).t.value or 0.0), default=None)


def _alt(answer: RegimeAnswer, known: Sequence[Regime]) -> str:
    sample = ["Sample data."] if answer.provenance.simulated else []
    clear = [each for each in known if _judged(answer, each).is_clear]
    show = points if answer.pairs else percent
    told = [f"{WHEN[each.kind]} {show(_judged(answer, each).value.value or 0.0)}," for each in clear]
    head = f"{_judged_name(answer)} a month, {len(known)} kinds; distinguishable from zero:"
    return f"{within_words((*sample, head, *(told or ['none']))).removesuffix(',')}."
