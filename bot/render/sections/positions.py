"""Tables of positions: ranked, shared, held by one alone; how positions, weights and counts are written."""

from __future__ import annotations

from analytics.comparison import Comparison
from analytics.exposures import TOP, Concentration, Holdings, Overlap
from analytics.fund import Holding
from bot.render import text
from bot.render.sections.page import TableLine, table_head
from bot.render.values import MOST_TALL, fact_values

FEW = 5
"""Positions of one fund alone that are named."""
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
        *_only_in_one(comparison, held),
        *_sector_lines(held),
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
        ("Positions", [text.shown(counts[symbol], text.count) for symbol in symbols]),
        ("Positions known", [text.shown(part.known if part else None, text.count) for part in parts]),
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
        cells = (largest, _top_ten(held.concentration.get(symbol)), text.shown(counts[symbol], text.count))
        found.append(TableLine((symbol, *cells)))
    return found


def _only_in_one(comparison: Comparison, held: Holdings) -> list[TableLine]:
    """Rank what each fund holds alone beside each other."""
    symbols = comparison.symbols
    deepest = min(max((len(rows) for rows in held.alone.values()), default=0), FEW) if held.shared else 0
    found = [table_head("Held by it alone", *symbols)]
    for rank in range(deepest):
        rows = [held.alone.get(symbol, ()) for symbol in symbols]
        cells = [position_words(row[rank]) if rank < len(row) else text.NONE for row in rows]
        found.append(TableLine((str(rank + 1), *cells)))
    return found if deepest else []


def _sector_lines(held: Holdings) -> list[TableLine]:
    sectors = held.sectors
    if sectors is None:
        return []
    taxonomy = next(iter(sectors.facts.values())).value.taxonomy
    found = [table_head(f"Sector, {taxonomy}", *sectors.symbols)]
    for sector in sectors.sectors:
        weights = [sectors.weights[symbol].get(sector, 0.0) for symbol in sectors.symbols]
        found.append(TableLine((sector, *(text.percent(weight, 1) for weight in weights))))
    return found
