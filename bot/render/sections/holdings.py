"""What funds hold: their ten largest positions, what they have in common, how concentrated they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics.comparison import Comparison
from analytics.exposures import TOP, Holdings, Overlap
from analytics.fund import Basis, Holding
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
    note_sentences,
    section_message,
    versus,
)
from bot.render.sections.positions import (
    at_least,
    count_positions,
    counts_of,
    pairs_of,
    position_lines,
    position_words,
    weight_words,
)
from bot.render.sections.table import Dash, footnotes, position_dashes
from bot.render.values import MOST_TALL, PAIR, known_values

FAR = 35
"""Days that lists may be apart, or older than the last price, without a word."""
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
            *later_facts_note(comparison, held.facts.values(), _later_positions(comparison, held)),
            *_list_days(comparison, held),
            *_left_out_of_lists(held),
            *_largest_alone(comparison, held),
            *([BOUND] if partial else []),
            *([LONG] if _short_positions(held) else []),
        ),
    )


def holdings_finding(comparison: Comparison, held: Holdings) -> tuple[str, ...]:
    """Tell what is in common, how concentrated each is, its largest position, what is not known."""
    sentences = (
        *facts_opening(comparison, held.facts.values(), _later_positions(comparison, held)),
        _overlap_sentence(comparison, held),
        _alone_sentence(held),
        _concentration_sentence(comparison, held),
        _effective(comparison, held),
        _largest(comparison, held),
        _shorts(held),
        f"The positions of {text.join_words(held.missing)} are not known." if held.missing else "",
    )
    return tuple(sentence for sentence in sentences if sentence)


def _later_positions(comparison: Comparison, held: Holdings) -> str:
    """Write "Positions", or, where some lists are of the question's time, of which funds they are younger."""
    end = comparison.span.end
    later = [symbol for symbol, fact in held.facts.items() if fact.as_of and fact.as_of > end]
    return WHAT if len(later) in (0, len(held.facts)) else f"{WHAT} of {text.join_words(later)}"


def holdings_foot(comparison: Comparison, held: Holdings) -> str:
    """Write source and day of each fund's list."""
    return (
        f"positions in percent of {_basis_words(held)} · {dated_sources(held.facts)}"
        if held.facts
        else source_asked(comparison)
    )


def _basis_words(held: Holdings) -> str:
    """Write "the shares of each fund": what the weights of all positions are fractions of."""
    if held.of is Basis.FUND:
        return held.of.value
    return f"the {_kinds(held)} of each fund"


def _kinds(held: Holdings) -> str:
    """Write "shares", or "shares and bonds": what whole lists are about."""
    return text.join_words(list(dict.fromkeys(kind.value for _, kind in held.parts.values())))


def holdings_chart(comparison: Comparison, held: Holdings) -> HoldingsChart:
    """Return the ten largest of each fund as one bar."""
    stacks = tuple(_stack(comparison, held, symbol) for symbol in comparison.symbols)
    return HoldingsChart(
        title=_chart_title(comparison, held),
        subtitle=f"Percent of {_basis_words(held)}, the largest position first",
        footer=holdings_foot(comparison, held),
        alt=alt_text(_alt(comparison, held), simulated=comparison.simulated),
        stacks=stacks,
        simulated=comparison.simulated,
    )


def _chart_title(comparison: Comparison, held: Holdings) -> str:
    """Conclude where the lists of a pair are whole; else say what is shown."""
    pairs = pairs_of(held)
    if len(pairs) != 1 or not pairs[0][2].whole:
        return f"{versus(comparison.symbols)}: largest positions"
    one, other, overlap = pairs[0]
    if not overlap.shared:
        return f"{one} and {other} have no position in common"
    shared = f"{weight_words(overlap.weight)} in common, in {count_positions(overlap.shared)}"
    return f"{one} and {other} have {shared}"


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
        return f"{one} and {other} share none of the positions{'' if overlap.whole else ' known'}."
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
        if not overlap.shared:
            return f"{one} and {other} have no position in common{rest}."
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


def _alone_sentence(held: Holdings) -> str:
    """Tell of a pair that shares something how much each holds that the other does not."""
    if len(held.alone) != PAIR or not held.shared:
        return ""
    told = [
        f"in {symbol} alone: {count_positions(len(rows))} ({weight_words(sum(one.weight for one in rows))})"
        for symbol, rows in held.alone.items()
    ]
    return f"I{'; '.join(told)[1:]}."


def _list_days(comparison: Comparison, held: Holdings) -> Iterator[str]:
    """Yield that lists are of days too far apart, or of one long before the last price."""
    days = {symbol: day for symbol in held.parts if (day := held.facts[symbol].as_of)}
    if not days:
        return
    first, last = min(days, key=lambda symbol: days[symbol]), max(days, key=lambda symbol: days[symbol])
    apart = (days[last] - days[first]).days
    if apart > FAR:
        yield (
            f"The lists are {apart} days apart ({first} {text.day(days[first])}, {last} "
            f"{text.day(days[last])}): what changed in between counts as a difference."
        )
    elif (old := (comparison.span.end - days[first]).days) > FAR:
        yield f"The list of {first} is {old} days older than the last price."


def _left_out_of_lists(held: Holdings) -> Iterator[str]:
    """Yield what part of each fund its list's weights are of."""
    told = [f"{text.percent(part, 1)} of {symbol}" for symbol, (part, _) in held.parts.items()]
    if told and held.of is Basis.SHARES:
        yield (
            f"Weights add up to 100 % of the {_kinds(held)}, which are {text.join_words(told)}; cash, "
            "derivatives and what is sold short are left out."
        )
    if held.of is Basis.SHARES and held.sectors is None and len(held.parts) > 1:
        yield "Sectors are not compared: not every list names them, or not by one taxonomy."


def _largest_alone(comparison: Comparison, held: Holdings) -> Iterator[str]:
    """Yield of which funds the largest positions are all that is known."""
    counts = counts_of(comparison)
    short = [
        symbol
        for symbol, fact in held.facts.items()
        if len(fact.value) == TOP and (counts[symbol] or TOP + 1) > TOP
    ]
    if short:
        yield f"Of {text.join_words(short)} only the ten largest are known."


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
