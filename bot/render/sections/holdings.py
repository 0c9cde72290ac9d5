"""What funds hold: their ten largest positions, what they have in common, how concentrated they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics.comparison import Comparison
from analytics.exposures import TOP, Concentration, Holdings, Overlap
from analytics.fund import Holding
from analytics.notes import NoteKind
from bot.render import text
from bot.render.chart_specs import HoldingsChart, PositionStack
from bot.render.doubts import alt_text
from bot.render.message import Message
from bot.render.sections.fund_facts import (
    dated_sources,
    facts_opening,
    facts_title,
    later_facts_note,
    reference_of,
    source_asked,
    unknown_fact_notes,
)
from bot.render.sections.page import (
    SectionAnswer,
    TableLine,
    note_sentences,
    section_message,
    table_head,
    versus,
)
from bot.render.sections.table import Dash, footnotes, position_dashes
from bot.render.values import MOST_TALL, fact_values, known_values

REASONS = frozenset({NoteKind.NO_PROFILE, NoteKind.NOT_A_FUND})
WHAT = "Positions"
NAMED = 3
"""How many positions a picture names under each bar."""
BOUND = (
    "Only positions that the source lists can be matched: where a list is not whole, what two funds have in "
    "common is a lower bound."
)
LONG = "What funds have in common, and the ten largest, are told of long positions; short ones are left out."


def holdings_section(found: SectionAnswer, held: Holdings) -> Message:
    """Write the whole answer.  held : the positions of the same funds."""
    comparison = found.comparison
    partial = any(not overlap.whole for overlap in held.overlaps.values())
    return section_message(
        found,
        title=facts_title(comparison, "holdings", held.facts.values()),
        finding=holdings_finding(comparison, held),
        foot=holdings_foot(comparison, held),
        lines=position_lines(comparison, held),
        pictures=(holdings_chart(comparison, held),) if held.top else (),
        remarks=(
            *footnotes(_dashes(comparison, held), comparison.symbols),
            *note_sentences(found, {NoteKind.STALE}),
            *unknown_fact_notes(found, held.missing, "positions", REASONS),
            *later_facts_note(comparison, held.facts.values(), WHAT),
            *([BOUND] if partial else []),
            *([LONG] if _short_positions(held) else []),
        ),
    )


def holdings_finding(comparison: Comparison, held: Holdings) -> tuple[str, ...]:
    """Tell what is in common, how concentrated each is, its largest position, what is not known."""
    sentences = (
        *facts_opening(comparison, held.facts.values(), WHAT),
        _overlap_sentence(comparison, held),
        _concentration_sentence(comparison, held),
        _effective(comparison, held),
        _largest(comparison, held),
        _shorts(held),
        f"The positions of {text.join_words(held.missing)} are not known." if held.missing else "",
    )
    return tuple(sentence for sentence in sentences if sentence)


def holdings_foot(comparison: Comparison, held: Holdings) -> str:
    """Write source and day of each fund's list."""
    return (
        f"positions in percent of net assets · {dated_sources(held.facts)}"
        if held.facts
        else source_asked(comparison)
    )


def holdings_chart(comparison: Comparison, held: Holdings) -> HoldingsChart:
    """Return the ten largest of each fund as one bar."""
    stacks = tuple(_stack(comparison, held, symbol) for symbol in comparison.symbols)
    return HoldingsChart(
        title=f"{versus(comparison.symbols)}: largest positions",
        subtitle="Percent of net assets, the largest position first",
        footer=holdings_foot(comparison, held),
        alt=alt_text(_alt(comparison, held), simulated=comparison.simulated),
        stacks=stacks,
        simulated=comparison.simulated,
    )


def _overlap_sentence(comparison: Comparison, held: Holdings) -> str:
    pairs, reference = pairs_of(held), reference_of(comparison)
    if not pairs:
        return ""
    if len(pairs) == 1:
        return _pair_overlap(*pairs[0])
    most = max(pairs, key=lambda pair: pair[2].weight)
    first = next(
        (pair for pair in pairs if reference and pair[:2] == (comparison.symbols[0], reference)), None
    )
    words = [_pair_overlap(*first) if not _has_many(comparison) else _short_overlap(*first)] if first else []
    return " ".join([*words, *([] if most == first else [_largest_overlap(*most)])])


def _short_overlap(one: str, other: str, overlap: Overlap) -> str:
    if not overlap.shared:
        return f"{one} and {other} share none of the positions known."
    shared = (
        f"{at_least(overlap)}*{weight_words(overlap.weight)}* in common, in {count_positions(overlap.shared)}"
    )
    return f"{one} and {other} have {shared}."


def _pair_overlap(one: str, other: str, overlap: Overlap) -> str:
    covered = f"{weight_words(overlap.covered[0])} of {one} and {weight_words(overlap.covered[1])} of {other}"
    if overlap.whole:
        active = overlap.active_share
        rest = "" if active is None else f"; the active share is {weight_words(active)}"
        weight, positions = weight_words(overlap.weight), count_positions(overlap.shared)
        return f"{one} and {other} overlap by *{weight}*, in {positions}{rest}."
    if not overlap.shared:
        return f"{one} and {other} share none of the positions known, which are {covered}."
    return (
        f"{one} and {other} have at least *{weight_words(overlap.weight)}* in common, in "
        f"{count_positions(overlap.shared)}: the positions known are {covered}."
    )


def _largest_overlap(one: str, other: str, overlap: Overlap) -> str:
    if not overlap.shared:
        return "No two of them share a position that is known."
    shared = f"{at_least(overlap)}*{weight_words(overlap.weight)}* in {count_positions(overlap.shared)}"
    return f"{one} and {other} have the most in common: {shared}."


def _concentration_sentence(comparison: Comparison, held: Holdings) -> str:
    counts = counts_of(comparison)
    clauses = []
    for symbol in comparison.symbols:
        found = held.concentration.get(symbol)
        if found and found.top_ten is not None:
            number = counts[symbol]
            of = f" ({count_positions(number)})" if number and not _has_many(comparison) else ""
            clauses.append(f"*{weight_words(found.top_ten)}* of {symbol}{of}")
    return f"The ten largest are {text.join_words(clauses)}." if clauses else ""


def _effective(comparison: Comparison, held: Holdings) -> str:
    known = [
        f"{text.ratio(found.effective, 0)} in {symbol}"
        for symbol in comparison.symbols
        if (found := held.concentration.get(symbol)) and found.effective
    ]
    return f"Effective number of positions: {text.join_words(known)}." if known else ""


def _largest(comparison: Comparison, held: Holdings) -> str:
    if _has_many(comparison):
        return ""
    tops = [
        f"{symbol} {position_words(held.top[symbol][0])}"
        for symbol in comparison.symbols
        if held.top.get(symbol)
    ]
    return f"Largest position: {'; '.join(tops)}." if tops else ""


def _dashes(comparison: Comparison, held: Holdings) -> list[Dash]:
    """Explain dashes of funds whose positions are known, where one's weight of the ten largest is known."""
    tops = [part.top_ten for part in held.concentration.values()]
    if not known_values(tops):
        return []
    return [dash for dash in position_dashes(comparison) if dash.symbol in held.facts]


def _long_positions(held: Holdings, symbol: str) -> tuple[Holding, ...]:
    """Return the long ones of the ten largest: a bar has no room below nothing."""
    return tuple(one for one in held.top.get(symbol, ()) if one.weight > 0)


def _short_positions(held: Holdings) -> dict[str, list[Holding]]:
    """Return the short positions, by fund that has some."""
    short = {symbol: [one for one in fact.value if one.weight < 0] for symbol, fact in held.facts.items()}
    return {symbol: positions for symbol, positions in short.items() if positions}


def _shorts(held: Holdings) -> str:
    told = [
        f"{symbol} {weight_words(sum(one.weight for one in short))} in {count_positions(len(short))}"
        for symbol, short in _short_positions(held).items()
    ]
    return f"Short positions: {'; '.join(told)}." if told else ""


def _stack(comparison: Comparison, held: Holdings, symbol: str) -> PositionStack:
    top = _long_positions(held, symbol)
    return PositionStack(
        symbol,
        tuple(one.weight for one in top),
        tuple(_is_shared(held, symbol, one, top) for one in top),
        _total(top, counts_of(comparison)[symbol]),
        tuple(position_words(one) for one in top[:NAMED]),
    )


def _total(top: Sequence[Holding], count: int | None) -> str:
    if not top:
        return ""
    part = weight_words(sum(one.weight for one in top))
    of = f" of {text.count(count)}" if count else ""
    return f"{part} in the {'ten' if len(top) == TOP else len(top)} largest{of}"


def _is_shared(held: Holdings, symbol: str, position: Holding, top: Sequence[Holding]) -> bool:
    """Tell whether a position is shared: by the name that one fund gives it, or its ticker or weight in
    another.
    """
    own = {one.name for one in top}
    return any(
        one.name == position.name
        or (one.symbol is not None and one.symbol == position.symbol)
        or (one.name not in own and one.weights[symbol] == position.weight)
        for one in held.shared
        if symbol in one.weights
    )


def _has_many(comparison: Comparison) -> bool:
    return len(comparison.symbols) > MOST_TALL


def _alt(comparison: Comparison, held: Holdings) -> Iterator[str]:
    """Yield what the first two have in common, what the largest positions add up to, what is missing."""
    yield from (_short_overlap(*pair) for pair in pairs_of(held)[:1])
    tops = {symbol: held.top[symbol] for symbol in comparison.symbols if held.top.get(symbol)}
    yield from (f"{symbol} {_total(_long_positions(held, symbol), None)}." for symbol in tops)
    if held.missing:
        yield f"Positions of {text.join_words(held.missing)} are not known."


LONGEST = 32
"""Characters of a position's name: four columns on a phone show no more."""


def position_lines(comparison: Comparison, held: Holdings) -> list[TableLine]:
    """Rank up to three funds beside each other; give more a line each.  Then what is in common."""
    if not held.top:
        return []
    if len(comparison.symbols) > MOST_TALL:
        return [*_wide_table(comparison, held), *_pairs(held), *_shared_by(comparison, held)]
    return [
        *_ranked_positions(comparison, held),
        *_concentration(comparison, held),
        *_pairs(held),
        *_shared_positions(comparison, held),
    ]


def pairs_of(held: Holdings) -> list[tuple[str, str, Overlap]]:
    """Return every pair that is known, in the order of the symbols."""
    return [(one, other, overlap) for (one, other), overlap in held.overlaps.items()]


def counts_of(comparison: Comparison) -> dict[str, int | None]:
    """Return how many positions each fund has, as its source states it."""
    counts = zip(comparison.symbols, fact_values(comparison, "holdings_count"), strict=True)
    return {symbol: None if count is None else int(count) for symbol, count in counts}


def position_words(holding: Holding) -> str:
    """Write "NVIDIA Corp 7.40 %"."""
    return f"{short_name(holding.name)}, {text.percent(holding.weight, 2)}"


def short_name(name: str) -> str:
    """Return a name as sources give it, without what cannot be seen or would be bold, cut to LONGEST."""
    shown = " ".join(text.printable(name).split()).replace("*", "") or "unnamed"
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1].rstrip()}…"


def weight_words(fraction: float) -> str:
    """Return a sum of weights; below one percent it keeps two digits."""
    return text.percent(fraction, 2 if 0 < abs(fraction) < 0.00995 else 1)


def at_least(overlap: Overlap) -> str:
    """Write "at least " where a list is not whole."""
    return "" if overlap.whole else "at least "


def count_positions(number: int) -> str:
    """Write "1 position", "1,578 positions"."""
    return "1 position" if number == 1 else f"{text.count(number)} positions"


def _ranked_positions(comparison: Comparison, held: Holdings) -> list[TableLine]:
    symbols = comparison.symbols
    if len(symbols) == 1:
        rows = [(short_name(one.name), text.percent(one.weight, 2)) for one in held.top[symbols[0]][:TOP]]
        return [table_head("Position", "Weight"), *(TableLine(row) for row in rows)]
    deepest = max(len(held.top.get(symbol, ())) for symbol in symbols)
    found = [table_head("Rank", *symbols)]
    for rank in range(min(deepest, TOP)):
        tops = [held.top.get(symbol, ()) for symbol in symbols]
        cells = [position_words(top[rank]) if rank < len(top) else text.NONE for top in tops]
        found.append(TableLine((str(rank + 1), *cells)))
    return found


def _concentration(comparison: Comparison, held: Holdings) -> list[TableLine]:
    symbols, counts = comparison.symbols, counts_of(comparison)
    parts = [held.concentration.get(symbol) for symbol in symbols]
    shorts = [_weight_known(held, symbol, -1) for symbol in symbols]
    rows = (
        ("Ten largest", [_top_ten(part) for part in parts]),
        ("Positions", [_count_or_dash(counts[symbol]) for symbol in symbols]),
        ("Positions known", [_count_or_dash(part.known if part else None) for part in parts]),
        ("Weight known", [_weight_known(held, symbol, 1) for symbol in symbols]),
        *([("Short positions", shorts)] if any(part and part.short for part in parts) else []),
        ("Effective number", [_effective_count(part) for part in parts]),
    )
    known = [TableLine((label, *cells)) for label, cells in rows if set(cells) != {text.NONE}]
    return [table_head("Concentration", *symbols), *known] if known else []


def _weight_known(held: Holdings, symbol: str, side: int) -> str:
    """Sum up the long positions (side 1) or the short ones (-1)."""
    fact = held.facts.get(symbol)
    return weight_words(sum(one.weight for one in fact.value if one.weight * side > 0)) if fact else text.NONE


def _top_ten(part: Concentration | None) -> str:
    return text.NONE if part is None or part.top_ten is None else weight_words(part.top_ten)


def _effective_count(part: Concentration | None) -> str:
    return text.NONE if part is None or part.effective is None else text.ratio(part.effective, 0)


def _count_or_dash(number: int | None) -> str:
    return text.NONE if number is None else text.count(number)


def _pairs(held: Holdings) -> list[TableLine]:
    """Return the largest first; of many pairs only those that are known to share something."""
    pairs = sorted(pairs_of(held), key=lambda pair: -pair[2].weight)
    if len(held.symbols) > MOST_TALL:
        pairs = [pair for pair in pairs if pair[2].shared]
    found = [
        TableLine((f"{one}, {other}", _overlap_words(overlap), text.count(overlap.shared)))
        for one, other, overlap in pairs
    ]
    return [table_head("In common", "Weight", "Positions"), *found] if found else []


def _overlap_words(overlap: Overlap) -> str:
    if overlap.shared or overlap.whole:
        return f"{at_least(overlap)}{weight_words(overlap.weight)}"
    return "none known"


def _shared_positions(comparison: Comparison, held: Holdings) -> list[TableLine]:
    symbols = comparison.symbols
    found = [
        TableLine((short_name(one.name), *(_weight(one.weights.get(symbol)) for symbol in symbols)))
        for one in held.shared[:TOP]
    ]
    return [table_head("Shared position", *symbols), *found] if found else []


def _weight(weight: float | None) -> str:
    return text.NONE if weight is None else text.percent(weight, 2)


def _shared_by(comparison: Comparison, held: Holdings) -> list[TableLine]:
    found = []
    for one in held.shared[:TOP]:
        holders = [symbol for symbol in comparison.symbols if symbol in one.weights]
        low, high = min(one.weights.values()), max(one.weights.values())
        named_by = (
            text.join_words(holders)
            if len(holders) < MOST_TALL
            else f"{len(holders)} of the {len(held.symbols)} funds"
        )
        weights = f"{text.percent(low, 2)} to {text.percent(high, 2)}"
        found.append(TableLine((short_name(one.name), named_by, weights)))
    return [table_head("Shared position", "Held by", "Weight"), *found] if found else []


def _wide_table(comparison: Comparison, held: Holdings) -> list[TableLine]:
    counts = counts_of(comparison)
    found = [table_head("Fund", "Largest position", "Ten largest", "Positions")]
    for symbol in comparison.symbols:
        top = held.top.get(symbol, ())
        largest = position_words(top[0]) if top else text.NONE
        cells = (largest, _top_ten(held.concentration.get(symbol)), _count_or_dash(counts[symbol]))
        found.append(TableLine((symbol, *cells)))
    return found
