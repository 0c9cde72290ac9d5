"""The tables of a holdings study, and how positions, their weights and counts are written."""

from __future__ import annotations

from analytics.comparison import Comparison
from analytics.exposures import TOP, Concentration, Overlap
from analytics.fund import Holding
from analytics.studies.positions import Holdings
from bot.render import text
from bot.render.comparison.values import facts
from bot.render.study.page import UPRIGHT, TableLine, head

LONGEST = 32
"""Characters of a position's name: four columns on a phone show no more."""


def lines(comparison: Comparison, held: Holdings) -> list[TableLine]:
    """Ranks beside each other for up to three funds; a fund a line for more.  Then what is in common."""
    if not held.top:
        return []
    if len(comparison.symbols) > UPRIGHT:
        return [*_lying(comparison, held), *_pairs(held), *_shared_by(comparison, held)]
    return [
        *_ranked(comparison, held),
        *_concentration(comparison, held),
        *_pairs(held),
        *_shared(comparison, held),
    ]


def pairs_of(held: Holdings) -> list[tuple[str, str, Overlap]]:
    """Every pair that is known, in the order of the symbols."""
    return [(one, other, overlap) for (one, other), overlap in held.overlaps.items()]


def counts_of(comparison: Comparison) -> dict[str, int | None]:
    """How many positions each fund has, as its source states it."""
    counts = zip(comparison.symbols, facts(comparison, "holdings_count"), strict=True)
    return {symbol: None if count is None else int(count) for symbol, count in counts}


def named(holding: Holding) -> str:
    """ "NVIDIA Corp 7.40 %"."""
    return f"{short(holding.name)}, {text.percent(holding.weight, 2)}"


def short(name: str) -> str:
    """A name as sources give it, without what cannot be seen or would be bold, cut to LONGEST."""
    shown = " ".join(text.printable(name).split()).replace("*", "") or "unnamed"
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1].rstrip()}…"


def share(fraction: float) -> str:
    """A sum of weights; below one percent it keeps two digits."""
    return text.percent(fraction, 2 if 0 < abs(fraction) < 0.00995 else 1)


def bound(overlap: Overlap) -> str:
    """ "at least " where a list is not whole."""
    return "" if overlap.whole else "at least "


def positions(number: int) -> str:
    """ "1 position", "1,578 positions"."""
    return "1 position" if number == 1 else f"{text.count(number)} positions"


def _ranked(comparison: Comparison, held: Holdings) -> list[TableLine]:
    symbols = comparison.symbols
    if len(symbols) == 1:
        rows = [(short(one.name), text.percent(one.weight, 2)) for one in held.top[symbols[0]][:TOP]]
        return [head("Position", "Weight"), *(TableLine(row) for row in rows)]
    deepest = max(len(held.top.get(symbol, ())) for symbol in symbols)
    found = [head("Rank", *symbols)]
    for rank in range(min(deepest, TOP)):
        tops = [held.top.get(symbol, ()) for symbol in symbols]
        cells = [named(top[rank]) if rank < len(top) else text.NONE for top in tops]
        found.append(TableLine((str(rank + 1), *cells)))
    return found


def _concentration(comparison: Comparison, held: Holdings) -> list[TableLine]:
    symbols, counts = comparison.symbols, counts_of(comparison)
    parts = [held.concentration.get(symbol) for symbol in symbols]
    shorts = [_weight_known(held, symbol, -1) for symbol in symbols]
    rows = (
        ("Ten largest", [_top_ten(part) for part in parts]),
        ("Positions", [_or_none(counts[symbol]) for symbol in symbols]),
        ("Positions known", [_or_none(part.known if part else None) for part in parts]),
        ("Weight known", [_weight_known(held, symbol, 1) for symbol in symbols]),
        *([("Short positions", shorts)] if any(part and part.short for part in parts) else []),
        ("Effective number", [_equal(part) for part in parts]),
    )
    known = [TableLine((label, *cells)) for label, cells in rows if set(cells) != {text.NONE}]
    return [head("Concentration", *symbols), *known] if known else []


def _weight_known(held: Holdings, symbol: str, side: int) -> str:
    """Of the long positions (side 1) or of the short ones (-1)."""
    fact = held.facts.get(symbol)
    return share(sum(one.weight for one in fact.value if one.weight * side > 0)) if fact else text.NONE


def _top_ten(part: Concentration | None) -> str:
    return text.NONE if part is None or part.top_ten is None else share(part.top_ten)


def _equal(part: Concentration | None) -> str:
    return text.NONE if part is None or part.effective is None else text.ratio(part.effective, 0)


def _or_none(number: int | None) -> str:
    return text.NONE if number is None else text.count(number)


def _pairs(held: Holdings) -> list[TableLine]:
    """The largest first; of many pairs only those that are known to share something."""
    pairs = sorted(pairs_of(held), key=lambda pair: -pair[2].weight)
    if len(held.symbols) > UPRIGHT:
        pairs = [pair for pair in pairs if pair[2].shared]
    found = [
        TableLine((f"{one}, {other}", _common(overlap), text.count(overlap.shared)))
        for one, other, overlap in pairs
    ]
    return [head("In common", "Weight", "Positions"), *found] if found else []


def _common(overlap: Overlap) -> str:
    if overlap.shared or overlap.whole:
        return f"{bound(overlap)}{share(overlap.weight)}"
    return "none known"


def _shared(comparison: Comparison, held: Holdings) -> list[TableLine]:
    symbols = comparison.symbols
    found = [
        TableLine((short(one.name), *(_weight(one.weights.get(symbol)) for symbol in symbols)))
        for one in held.shared[:TOP]
    ]
    return [head("Shared position", *symbols), *found] if found else []


def _weight(weight: float | None) -> str:
    return text.NONE if weight is None else text.percent(weight, 2)


def _shared_by(comparison: Comparison, held: Holdings) -> list[TableLine]:
    found = []
    for one in held.shared[:TOP]:
        holders = [symbol for symbol in comparison.symbols if symbol in one.weights]
        low, high = min(one.weights.values()), max(one.weights.values())
        named_by = (
            text.listed(holders)
            if len(holders) < UPRIGHT
            else f"{len(holders)} of the {len(held.symbols)} funds"
        )
        weights = f"{text.percent(low, 2)} to {text.percent(high, 2)}"
        found.append(TableLine((short(one.name), named_by, weights)))
    return [head("Shared position", "Held by", "Weight"), *found] if found else []


def _lying(comparison: Comparison, held: Holdings) -> list[TableLine]:
    counts = counts_of(comparison)
    found = [head("Fund", "Largest position", "Ten largest", "Positions")]
    for symbol in comparison.symbols:
        top = held.top.get(symbol, ())
        largest = named(top[0]) if top else text.NONE
        cells = (largest, _top_ten(held.concentration.get(symbol)), _or_none(counts[symbol]))
        found.append(TableLine((symbol, *cells)))
    return found
