"""Where a gap came from: allocation over sectors, selection within them, the rest; or why it is not told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import nan

from analytics.evidence.attribution import COVERED, GapAttribution, GapOrigin, SectorEffect, Withheld
from bot.render import text
from bot.render.blocks import section
from bot.render.chart_specs import ChartSpec
from bot.render.estimates import within_words
from bot.render.evidence_specs import Bar, BarRow, BarsChart
from bot.render.limits import HEADER_TEXT
from bot.render.message import Message
from bot.render.sections.convention import SAMPLE
from bot.render.sections.page import (
    WINDOW,
    SectionAnswer,
    TableLine,
    limit_sentences,
    section_message,
    table_head,
    versus,
)
from bot.render.sections.positions import short_name

STEPS = 7
"""Sectors of which the picture shows each; the others are one step."""
NAMED = 5
"""Splits that are named."""
MATTERS = 0.0005
"""An effect closer to zero is not told in the finding: it rounds to nothing."""
WHAT = "where the gap came from"
METHOD = (
    "Brinson and Fachler, weights at the start: allocation = gap of the weights x what the sector returned "
    "in {other} beyond all of {other}; selection = weight in {one} x gap of what the sector returned; what "
    "both do together is selection. Stocks by their prices in the lists, without dividends."
)
REST = "trades since, dividends, fees, and what is not covered"


def attribution_section(found: SectionAnswer, told: GapAttribution) -> Message:
    """Write the whole answer."""
    one, other = told.symbols
    return section_message(
        found,
        title=_title(told),
        finding=attribution_finding(told),
        foot=attribution_foot(found, told),
        lines=attribution_lines(told),
        pictures=(_chart(found, told),),
        remarks=(
            _covered(told),
            *_splits(told),
            *_shorter(found, told),
            METHOD.format(one=one, other=other),
            *limit_sentences(found, WINDOW, told.start),
        ),
    )


def withheld_section(origin: GapOrigin, instead: Message) -> Message:
    """Say why it is not told where the gap came from, over what styles explain of it."""
    said = text.escape(f"{withheld_words(origin)} What styles explain of it stands here instead.")
    head, *rest = instead.blocks
    return replace(instead, text=f"{said} {instead.text}", blocks=(head, section(said), *rest))


def withheld_words(origin: GapOrigin) -> str:
    """Say why it is not told where a gap came from."""
    return f"Where the gap came from is not told: {_reason(origin)}."


def attribution_finding(told: GapAttribution) -> tuple[str, ...]:
    """Tell the gap, its three parts, and the sectors that most of it lies in."""
    one, other = told.symbols
    first, second = (text.percent(earned) for earned in told.funds)
    parts = (
        f"{text.points(told.allocation)} is allocation over sectors, {text.points(told.selection)} selection "
        f"within them"
    )
    sentences = (
        f"From {text.day(told.start)} to {text.day(told.end)} {one} returned *{first}*, {other} *{second}*: "
        f"a gap of *{text.points(told.gap)}*.",
        f"Of it {parts}; {text.points(told.rest)} is the rest ({REST}).",
        _sectors_sentence(told),
        _stocks_sentence(told),
    )
    return tuple(sentence for sentence in sentences if sentence)


def attribution_foot(found: SectionAnswer, told: GapAttribution) -> str:
    """Write what every number rests on."""
    span = f"lists of {told.start.isoformat()} and {told.end.isoformat()}"
    sources = f"sectors by {told.taxonomy} · gap of total returns, source {found.comparison.source}"
    return f"weights and prices from {span} · {sources}"


def attribution_lines(told: GapAttribution) -> list[TableLine]:
    """Return effects by sector with their sums, then weights and returns, then the stocks that did most."""
    one, other = told.symbols
    effects = [
        TableLine((each.sector, *map(text.points, (each.allocation, each.selection, each.total))))
        for each in told.sectors
    ]
    explained = told.allocation + told.selection
    sums = [
        TableLine(("All sectors", *map(text.points, (told.allocation, told.selection, explained)))),
        TableLine(("The rest", text.NONE, text.NONE, text.points(told.rest))),
        TableLine(("Gap", text.NONE, text.NONE, text.points(told.gap)), frozenset({3})),
    ]
    held = [_weights_line(each) for each in told.sectors]
    earned = [f"100 %, {text.signed_percent(each)}" for each in told.held]
    whole = TableLine(("All stocks", *earned, text.NONE))
    stocks = [
        TableLine(
            (
                short_name(each.name),
                text.points(each.weights[0] - each.weights[1], 2),
                text.signed_percent(each.total_return),
                text.points(each.effect, 2),
            )
        )
        for each in told.stocks
    ]
    return [
        *[table_head(f"Sector, {told.taxonomy}", "Allocation", "Selection", "Both"), *effects, *sums],
        *[table_head("Weight, return", one, other, "Weight gap"), *held, whole],
        *[table_head("Stock", "Weight gap", "Return", "Effect"), *stocks],
    ]


def _title(told: GapAttribution) -> str:
    named = f"{versus(told.symbols)} · {WHAT}"
    whole = f"{named} · {text.day(told.start)} to {text.day(told.end)}"
    return whole if len(f"{SAMPLE} · {whole}") <= HEADER_TEXT else named


def _weights_line(effect: SectorEffect) -> TableLine:
    cells = [
        f"{text.percent(weight)}, {text.shown(earned, text.signed_percent)}"
        for weight, earned in zip(effect.weights, effect.returns, strict=True)
    ]
    return TableLine((effect.sector, *cells, text.points(effect.weights[0] - effect.weights[1])))


def _sectors_sentence(told: GapAttribution) -> str:
    """Name the two sectors that did most for the gap, and the one that did most against it."""
    sign = 1.0 if told.gap >= 0 else -1.0
    ranked = sorted(told.sectors, key=lambda each: -sign * each.total)
    for_it = [each for each in ranked[:2] if sign * each.total > MATTERS]
    against = ranked[-1] if sign * ranked[-1].total < -MATTERS else None
    if not for_it:
        return ""
    most = text.join_words([f"{each.sector} ({text.points(each.total)})" for each in for_it])
    rest = f"; the most against it from {against.sector} ({text.points(against.total)})" if against else ""
    return f"The most of it came from {most}{rest}."


def _stocks_sentence(told: GapAttribution) -> str:
    largest = told.stocks[0] if told.stocks else None
    if largest is None or abs(largest.effect) <= MATTERS:
        return ""
    return (
        f"The single stock that did most is {short_name(largest.name)} ({text.points(largest.effect, 2)}): a "
        f"weight gap of {text.points(largest.weights[0] - largest.weights[1], 2)} in what returned "
        f"{text.signed_percent(largest.total_return)}."
    )


def _covered(told: GapAttribution) -> str:
    parts = [
        f"{text.percent(part)} of {symbol}" for symbol, part in zip(told.symbols, told.covered, strict=True)
    ]
    left = "stock is" if told.left_out == 1 else "stocks are"
    lacking = f"; {text.count(told.left_out)} {left} left out" if told.left_out else ""
    return f"Priced on both days and with a sector: {text.join_words(parts)}, by weight{lacking}."


def _splits(told: GapAttribution) -> Iterator[str]:
    named = [f"{short_name(each.name)} ({_factor_words(each.factor)})" for each in told.splits[:NAMED]]
    more = len(told.splits) - len(named)
    if named:
        others = [f"{more} more"] if more > 0 else []
        yield f"Returns put right for splits, by price and quantity: {text.join_words([*named, *others])}."


def _factor_words(factor: float) -> str:
    return f"{factor:.0f} for 1" if factor > 1 else f"1 for {1 / factor:.0f}"


def _shorter(found: SectionAnswer, told: GapAttribution) -> Iterator[str]:
    """Yield that the lists cover another span than the window asked."""
    span = found.comparison.span
    if abs((told.start - span.start).days) > 1 or abs((told.end - span.end).days) > 1:
        yield (
            f"The window asked is {text.day(span.start)} to {text.day(span.end)}; there are lists of "
            f"{text.day(told.start)} and {text.day(told.end)}."
        )


def _reason(origin: GapOrigin) -> str:
    """Word the reason, with what there is and what would be needed."""
    lacking = text.join_words(origin.lacking)
    parts = zip(origin.symbols, origin.covered or (nan, nan), strict=False)
    covered = text.join_words([f"{text.percent(part)} of {symbol}" for symbol, part in parts])
    pair, days = text.join_words(origin.symbols), _days(origin)
    words = {
        Withheld.ONE_FUND: "it takes two funds",
        Withheld.NO_LISTS: f"there is no whole list of what {lacking} holds",
        Withheld.NO_DAYS: f"it takes lists of both funds of one day and a later one of either; {days}",
        Withheld.NO_SHARES: f"{lacking} holds no shares",
        Withheld.NO_SECTORS: "none of the lists names sectors",
        Withheld.TAXONOMIES: "the lists name sectors by two taxonomies",
        Withheld.NOT_COVERED: (
            f"{covered} is priced on both days and has a sector, where {text.percent(COVERED, 0)} are needed"
        ),
        Withheld.FUND_PRICES: f"prices of {pair} over those days are missing or in doubt",
    }
    assert origin.reason
    return words[origin.reason]


def _days(origin: GapOrigin) -> str:
    told = []
    for symbol, days in (origin.days or {}).items():
        shown = [text.day(day) for day in days[-3:]]
        told.append(f"of {symbol} there {'is' if len(days) == 1 else 'are'} {text.join_words(shown)}")
    return ", ".join(told)


def _chart(found: SectionAnswer, told: GapAttribution) -> ChartSpec:
    """Draw a waterfall: each sector from where the one before it ended, then the rest, then the gap."""
    rows, reached = [], 0.0
    for label, note, value in _steps(told):
        against = value * told.gap < 0
        bar = Bar(value, nan, nan, text.points(value), base=reached, pale=against)
        rows.append(BarRow(label, note, (bar,)))
        reached += value
    rows[-1] = BarRow(rows[-1].label, rows[-1].note, rows[-1].bars, ends_group=True)
    gap = Bar(told.gap, nan, nan, text.points(told.gap))
    named = f"{text.day(told.start)} to {text.day(told.end)}"
    return BarsChart(
        title=_chart_title(told),
        subtitle=f"{named}: what each sector did, then the rest; pale: against the gap",
        footer=attribution_foot(found, told),
        alt=_alt(found, told),
        symbols=(" - ".join(told.symbols),),
        rows=(*rows, BarRow("Gap", "their sum", (gap,))),
        unit="points",
        simulated=found.comparison.simulated,
        waterfall=True,
        name="attribution",
    )


def _steps(told: GapAttribution) -> Iterator[tuple[str, str, float]]:
    """Yield label, note and value: what helped first, what hurt after it."""
    shown = told.sectors[:STEPS] if len(told.sectors) > STEPS + 1 else told.sectors
    for each in sorted(shown, key=lambda one: -one.total):
        note = f"allocation {text.points(each.allocation)}, selection {text.points(each.selection)}"
        yield each.sector, note, each.total
    others = told.sectors[len(shown) :]
    if others:
        parts = sum(each.allocation for each in others), sum(each.selection for each in others)
        note = f"allocation {text.points(parts[0])}, selection {text.points(parts[1])}"
        yield f"{len(others)} other sectors", note, sum(parts)
    yield "The rest", "what holdings do not explain", told.rest


def _chart_title(told: GapAttribution) -> str:
    allocation, selection, rest = map(text.points, (told.allocation, told.selection, told.rest))
    parts = f"{allocation} allocation, {selection} selection, {rest} rest"
    return f"{versus(told.symbols)}, a gap of {text.points(told.gap)}: {parts}"


def _alt(found: SectionAnswer, told: GapAttribution) -> str:
    sample = ["Sample data."] if found.comparison.simulated else []
    parts: Sequence[str] = (
        f"Gap of {text.points(told.gap)}: {text.points(told.allocation)} allocation, "
        f"{text.points(told.selection)} selection, {text.points(told.rest)} the rest.",
    )
    return within_words((*sample, f"{versus(told.symbols)}.", *parts))
