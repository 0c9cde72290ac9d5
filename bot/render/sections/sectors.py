"""Sector weights of funds: the largest gaps to the reference, each one's largest, all side by side."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.comparison import Comparison
from analytics.exposures import SectorComparison
from analytics.fund import Basis, Fact, SectorWeights
from analytics.notes import NoteKind
from bot.render import text
from bot.render.message import Message
from bot.render.sections.comparison import SECTOR_STEP, sector_chart
from bot.render.sections.fund_facts import (
    dated_sources,
    facts_opening,
    facts_title,
    later_facts_note,
    reference_of,
    refusals,
    source_asked,
    unknown_fact_notes,
)
from bot.render.sections.page import SectionAnswer, TableLine, note_sentences, section_message, table_head
from bot.render.sections.table import Dash, footnotes, sector_dashes
from bot.render.values import MOST_TALL

GAPS = TOPS = 3
WHAT = "Sector weights"
REASONS = frozenset({NoteKind.NO_PROFILE, NoteKind.NOT_A_FUND, NoteKind.SECTORS_REFUSED})

Facts = Mapping[str, Fact[SectorWeights]]


def sectors_section(found: SectionAnswer) -> Message:
    """Write the whole answer; a fund whose weights are not known is named, with the reason."""
    comparison = found.comparison
    facts = known_weights(comparison)
    missing = [symbol for symbol in comparison.symbols if symbol not in facts]
    picture = sector_chart(comparison)
    return section_message(
        found,
        title=facts_title(comparison, "sectors", facts.values()),
        finding=sectors_finding(comparison),
        foot=sectors_foot(comparison),
        lines=sectors_lines(comparison),
        pictures=(picture,) if picture else (),
        remarks=(
            *footnotes(_dashes(comparison), comparison.symbols),
            *note_sentences(found, {NoteKind.STALE}),
            *unknown_fact_notes(found, missing, "sector weights", REASONS),
            *refusals(found, "part in shares"),
            *later_facts_note(comparison, facts.values(), WHAT),
        ),
    )


def known_weights(comparison: Comparison) -> Facts:
    """Return the weights by symbol, of whatever taxonomy, in the order of the symbols."""
    profiles = [comparison.profiles[name] for name in comparison.symbols if name in comparison.profiles]
    return {profile.symbol: profile.sectors for profile in profiles if profile.sectors}


def sectors_finding(comparison: Comparison) -> tuple[str, ...]:
    """Tell gaps, what they add up to, the largest sectors of each, what is not known."""
    sentences = (
        *facts_opening(comparison, known_weights(comparison).values(), WHAT),
        _taxonomies(comparison),
        _of_shares(comparison),
        _gaps(comparison.sectors) if comparison.sectors else "",
        _other_gaps(comparison.sectors) if comparison.sectors else "",
        _largest(comparison),
        _missing(comparison),
    )
    return tuple(sentence for sentence in sentences if sentence)


def sectors_foot(comparison: Comparison) -> str:
    """Write the taxonomy, then source and date of each fund's weights; each taxonomy with its own funds."""
    by_taxonomy: dict[str, dict[str, Fact[SectorWeights]]] = {}
    for symbol, fact in known_weights(comparison).items():
        by_taxonomy.setdefault(fact.value.named, {})[symbol] = fact
    parts = [f"{taxonomy} · {dated_sources(facts)}" for taxonomy, facts in by_taxonomy.items()]
    return " · ".join(parts) or source_asked(comparison)


def sectors_lines(comparison: Comparison) -> list[TableLine]:
    """Set up to three funds in columns; lay more, or several taxonomies, down with their largest."""
    if not known_weights(comparison):
        return []
    if comparison.sectors is None or len(comparison.symbols) > MOST_TALL:
        return [*_wide_table(comparison), *(_gap_lines(comparison.sectors) if comparison.sectors else [])]
    return _tall_table(comparison, comparison.sectors)


def _taxonomies(comparison: Comparison) -> str:
    named: dict[str, list[str]] = {}
    for symbol, fact in known_weights(comparison).items():
        named.setdefault(fact.value.named, []).append(symbol)
    if len(named) < 2:
        return ""
    told = [f"those of {text.join_words(symbols)} follow {taxonomy}" for taxonomy, symbols in named.items()]
    return f"The sectors are not compared: {text.join_words(told)}."


def _of_shares(comparison: Comparison) -> str:
    """Say it where weights are not of the whole fund: a bond fund may have a crumb of shares, and no more."""
    symbols = [symbol for symbol, fact in known_weights(comparison).items() if fact.value.of is Basis.SHARES]
    if not symbols:
        return ""
    whose, funds = ("its", "the fund") if len(symbols) == 1 else ("their", "the funds")
    told = f"The weights of {text.join_words(symbols)} are of {whose} shares alone"
    return f"{told}; what part of {funds} those are is not known."


def _dashes(comparison: Comparison) -> list[Dash]:
    """Explain dashes of the funds whose weights are known; the finding names the others."""
    weights = comparison.sectors
    if weights is None or len(comparison.symbols) > MOST_TALL:
        return []
    found = (dash for sector in weights.sectors for dash in sector_dashes(comparison, weights, sector))
    return [dash for dash in found if dash.symbol in weights.weights]


def _gaps(weights: SectorComparison) -> str:
    """Tell the gaps from the first fund known to the last one, the largest first."""
    if not weights.active:
        return ""
    first, last = weights.symbols[0], weights.symbols[-1]
    names = [name for name in _by_gap(weights) if abs(weights.active[name]) >= SECTOR_STEP][:GAPS]
    if not names:
        step = text.points(SECTOR_STEP).lstrip("+")
        return f"{first} and {last} have much the same sectors: no weight differs by as much as {step}."
    clauses = [_gap(weights.active[name], name) for name in names]
    one, other = (text.percent(weights.weights[symbol][names[0]]) for symbol in (first, last))
    clauses[0] += f" ({one} against {other})"
    return f"Against {last}, {first} has {text.join_words(clauses)}."


def _gap(active: float, name: str) -> str:
    return f"*{text.points(abs(active)).lstrip('+')}* {'more' if active > 0 else 'less'} {name}"


def _by_gap(weights: SectorComparison) -> list[str]:
    return sorted(weights.active, key=lambda name: -abs(weights.active[name]))


def _other_gaps(weights: SectorComparison) -> str:
    half = _active_share(weights, weights.symbols[0])
    if half is None or half < SECTOR_STEP:
        return ""
    lies = f"{text.percent(half)} of {weights.symbols[0]} lies in other sectors than {weights.symbols[-1]}"
    return f"In all, {lies} (half the sum of all gaps)."


def _active_share(weights: SectorComparison, symbol: str) -> float | None:
    """Halve the sum of a fund's gaps to the last one, fraction; None where a sector is known of one only."""
    last = weights.symbols[-1]
    if symbol == last or symbol not in weights.symbols:
        return None
    ours, theirs = weights.weights[symbol], weights.weights[last]
    return sum(abs(ours[name] - theirs[name]) for name in ours) / 2 if set(ours) == set(theirs) else None


def _largest(comparison: Comparison) -> str:
    facts = known_weights(comparison)
    count = TOPS if len(facts) <= MOST_TALL else 1
    tops = [
        f"{symbol} {text.join_words([_sector_words(*top) for top in _tops(fact.value, count)])}"
        for symbol, fact in facts.items()
    ]
    return f"Largest sector{'s' if count > 1 else ''}: {'; '.join(tops)}." if tops else ""


def _tops(weights: SectorWeights, count: int) -> list[tuple[str, float]]:
    return sorted(weights.weights.items(), key=lambda item: (-item[1], item[0]))[:count]


def _sector_words(name: str, weight: float) -> str:
    return f"{name} {text.percent(weight)}"


def _missing(comparison: Comparison) -> str:
    facts = known_weights(comparison)
    absent = [symbol for symbol in comparison.symbols if symbol not in facts]
    if not absent:
        return ""
    reference = reference_of(comparison)
    named = [f"{symbol} (the reference)" if symbol == reference else symbol for symbol in absent]
    return f"The sector weights of {text.join_words(named)} are not known."


def _tall_table(comparison: Comparison, weights: SectorComparison) -> list[TableLine]:
    symbols = comparison.symbols
    pair = len(symbols) == 2 and bool(weights.active)
    found = [table_head("Sector", *symbols, *([text.less(symbols[0], symbols[1])] if pair else []))]
    for name in weights.sectors:
        cells = [text.shown(weights.weights.get(symbol, {}).get(name), text.percent) for symbol in symbols]
        found.append(
            TableLine((name, *cells, *([text.shown(weights.active.get(name), text.points)] if pair else [])))
        )
    halves = [text.shown(_active_share(weights, symbol), text.percent) for symbol in symbols]
    if set(halves) != {text.NONE}:
        found.append(TableLine((f"Half of all gaps to {weights.symbols[-1]}", *halves)))
    return found


def _wide_table(comparison: Comparison) -> list[TableLine]:
    facts = known_weights(comparison)
    found = [table_head("Fund", "Largest", "Second", "Third")]
    for symbol in comparison.symbols:
        tops = _tops(facts[symbol].value, TOPS) if symbol in facts else []
        found.append(TableLine((symbol, *(_sector_words(*top) for top in tops))))
    return found


def _gap_lines(weights: SectorComparison) -> list[TableLine]:
    """Return every sector of the first fund and the last one, the largest gap first."""
    if not weights.active:
        return []
    first, last = weights.symbols[0], weights.symbols[-1]
    found = [table_head("Sector", first, last, text.less(first, last))]
    for name in _by_gap(weights):
        pair = [text.percent(weights.weights[symbol][name]) for symbol in (first, last)]
        found.append(TableLine((name, *pair, text.points(weights.active[name]))))
    half = text.shown(_active_share(weights, first), text.percent)
    if half != text.NONE:
        found.append(TableLine((f"Half of all gaps to {last}", half)))
    return found
