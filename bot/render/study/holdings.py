"""What funds hold: their ten largest positions, what they have in common, how concentrated they are."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.comparison import Comparison
from analytics.exposures import TOP, Overlap
from analytics.fund import Holding
from analytics.notes import NoteKind
from analytics.studies.positions import Holdings
from bot.render import text
from bot.render.comparison.dashes import Dash, footnotes, position_dashes
from bot.render.comparison.values import known
from bot.render.message import Message
from bot.render.section_chart_specs import HoldingsChart, PositionStack
from bot.render.study.found import SectionAnswer
from bot.render.study.page import UPRIGHT, names, page, told
from bot.render.study.parts.facts import asked, dated, later, opening, reference_of, titled, unknown
from bot.render.study.parts.positions import bound, counts_of, lines, named, pairs_of, positions, share

REASONS = frozenset({NoteKind.NO_PROFILE, NoteKind.NOT_A_FUND})
WHAT = "Positions"
NAMED = 3
"""How many positions a picture names under each bar."""
BOUND = (
    "Only positions that the source lists can be matched: where a list is not whole, what two funds have in "
    "common is a lower bound."
)
LONG = "What funds have in common, and the ten largest, are told of long positions; short ones are left out."


def holdings(found: SectionAnswer, held: Holdings) -> Message:
    """The whole answer.  held : the positions of the same funds."""
    comparison = found.comparison
    partial = any(not overlap.whole for overlap in held.overlaps.values())
    return page(
        found,
        title=titled(comparison, "holdings", held.facts.values()),
        finding=finding(comparison, held),
        foot=foot(comparison, held),
        lines=lines(comparison, held),
        pictures=(picture(comparison, held),) if held.top else (),
        remarks=(
            *footnotes(_dashes(comparison, held), comparison.symbols),
            *told(found, {NoteKind.STALE}),
            *unknown(found, held.missing, "positions", REASONS),
            *later(comparison, held.facts.values(), WHAT),
            *([BOUND] if partial else []),
            *([LONG] if _short(held) else []),
        ),
    )


def finding(comparison: Comparison, held: Holdings) -> tuple[str, ...]:
    """What is in common, how concentrated each is, its largest position, what is not known."""
    sentences = (
        *opening(comparison, held.facts.values(), WHAT),
        _common(comparison, held),
        _concentrated(comparison, held),
        _effective(comparison, held),
        _largest(comparison, held),
        _shorts(held),
        f"The positions of {text.listed(held.missing)} are not known." if held.missing else "",
    )
    return tuple(sentence for sentence in sentences if sentence)


def foot(comparison: Comparison, held: Holdings) -> str:
    """Source and day of each fund's list."""
    return f"positions in percent of net assets · {dated(held.facts)}" if held.facts else asked(comparison)


def picture(comparison: Comparison, held: Holdings) -> HoldingsChart:
    """The ten largest of each fund as one bar."""
    stacks = tuple(_stack(comparison, held, symbol) for symbol in comparison.symbols)
    return HoldingsChart(
        title=f"{names(comparison.symbols)}: largest positions",
        subtitle="Percent of net assets, the largest position first",
        footer=foot(comparison, held),
        alt=_alt(comparison, held),
        stacks=stacks,
        simulated=comparison.simulated,
    )


def _common(comparison: Comparison, held: Holdings) -> str:
    pairs, reference = pairs_of(held), reference_of(comparison)
    if not pairs:
        return ""
    if len(pairs) == 1:
        return _pair(*pairs[0])
    most = max(pairs, key=lambda pair: pair[2].weight)
    first = next(
        (pair for pair in pairs if reference and pair[:2] == (comparison.symbols[0], reference)), None
    )
    words = [_pair(*first) if not _many(comparison) else _in_short(*first)] if first else []
    return " ".join([*words, *([] if most == first else [_most(*most)])])


def _in_short(one: str, other: str, overlap: Overlap) -> str:
    if not overlap.shared:
        return f"{one} and {other} share none of the positions known."
    shared = f"{bound(overlap)}*{share(overlap.weight)}* in common, in {positions(overlap.shared)}"
    return f"{one} and {other} have {shared}."


def _pair(one: str, other: str, overlap: Overlap) -> str:
    covered = f"{share(overlap.covered[0])} of {one} and {share(overlap.covered[1])} of {other}"
    if overlap.whole:
        active = overlap.active_share
        rest = "" if active is None else f"; the active share is {share(active)}"
        return (
            f"{one} and {other} overlap by *{share(overlap.weight)}*, in {positions(overlap.shared)}{rest}."
        )
    if not overlap.shared:
        return f"{one} and {other} share none of the positions known, which are {covered}."
    return (
        f"{one} and {other} have at least *{share(overlap.weight)}* in common, in "
        f"{positions(overlap.shared)}: the positions known are {covered}."
    )


def _most(one: str, other: str, overlap: Overlap) -> str:
    if not overlap.shared:
        return "No two of them share a position that is known."
    shared = f"{bound(overlap)}*{share(overlap.weight)}* in {positions(overlap.shared)}"
    return f"{one} and {other} have the most in common: {shared}."


def _concentrated(comparison: Comparison, held: Holdings) -> str:
    counts = counts_of(comparison)
    clauses = []
    for symbol in comparison.symbols:
        found = held.concentration.get(symbol)
        if found and found.top_ten is not None:
            number = counts[symbol]
            of = f" ({positions(number)})" if number and not _many(comparison) else ""
            clauses.append(f"*{share(found.top_ten)}* of {symbol}{of}")
    return f"The ten largest are {text.listed(clauses)}." if clauses else ""


def _effective(comparison: Comparison, held: Holdings) -> str:
    known = [
        f"{text.ratio(found.effective, 0)} in {symbol}"
        for symbol in comparison.symbols
        if (found := held.concentration.get(symbol)) and found.effective
    ]
    return f"Effective number of positions: {text.listed(known)}." if known else ""


def _largest(comparison: Comparison, held: Holdings) -> str:
    if _many(comparison):
        return ""
    tops = [f"{symbol} {named(held.top[symbol][0])}" for symbol in comparison.symbols if held.top.get(symbol)]
    return f"Largest position: {'; '.join(tops)}." if tops else ""


def _dashes(comparison: Comparison, held: Holdings) -> list[Dash]:
    """Of the funds whose positions are known, where the weight of the ten largest is known of one of them."""
    tops = [part.top_ten for part in held.concentration.values()]
    if not known(tops):
        return []
    return [dash for dash in position_dashes(comparison) if dash.symbol in held.facts]


def _longs(held: Holdings, symbol: str) -> tuple[Holding, ...]:
    """The long ones of the ten largest: a bar has no room below nothing."""
    return tuple(one for one in held.top.get(symbol, ()) if one.weight > 0)


def _short(held: Holdings) -> dict[str, list[Holding]]:
    """The short positions, by fund that has some."""
    short = {symbol: [one for one in fact.value if one.weight < 0] for symbol, fact in held.facts.items()}
    return {symbol: positions for symbol, positions in short.items() if positions}


def _shorts(held: Holdings) -> str:
    told = [
        f"{symbol} {share(sum(one.weight for one in short))} in {positions(len(short))}"
        for symbol, short in _short(held).items()
    ]
    return f"Short positions: {'; '.join(told)}." if told else ""


def _stack(comparison: Comparison, held: Holdings, symbol: str) -> PositionStack:
    top = _longs(held, symbol)
    return PositionStack(
        symbol,
        tuple(one.weight for one in top),
        tuple(_is_shared(held, symbol, one, top) for one in top),
        _total(top, counts_of(comparison)[symbol]),
        tuple(named(one) for one in top[:NAMED]),
    )


def _total(top: Sequence[Holding], count: int | None) -> str:
    if not top:
        return ""
    part = share(sum(one.weight for one in top))
    of = f" of {text.count(count)}" if count else ""
    return f"{part} in the {'ten' if len(top) == TOP else len(top)} largest{of}"


def _is_shared(held: Holdings, symbol: str, position: Holding, top: Sequence[Holding]) -> bool:
    """A shared position has the name that one fund gives it; in another its ticker or weight tells it."""
    own = {one.name for one in top}
    return any(
        one.name == position.name
        or (one.symbol is not None and one.symbol == position.symbol)
        or (one.name not in own and one.weights[symbol] == position.weight)
        for one in held.shared
        if symbol in one.weights
    )


def _many(comparison: Comparison) -> bool:
    return len(comparison.symbols) > UPRIGHT


def _alt(comparison: Comparison, held: Holdings) -> str:
    sample = "Sample data. " if comparison.simulated else ""
    tops = [
        f"{symbol} {_total(_longs(held, symbol), None)}"
        for symbol in comparison.symbols
        if held.top.get(symbol)
    ]
    common = _common(comparison, held).replace("*", "")
    rest = f" Not known for {text.listed(held.missing)}." if held.missing else ""
    return f"{sample}Largest positions: {'; '.join(tops)}. {common}".rstrip() + rest
