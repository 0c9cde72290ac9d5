"""What each section of an answer is made from: computed from prices and facts, then rendered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from analytics.comparison import Comparison
from analytics.correlations import correlate
from analytics.evidence import alpha, rates, regimes, style
from analytics.evidence.attribution import GapOrigin, find_gap_origin
from analytics.evidence.closes import HISTORY
from analytics.evidence.edge import WINDOWS, Edge, find_edge, window_evidence
from analytics.evidence.style import StyleAnswer
from analytics.explain import explain
from analytics.exposures import blend_lists, concentration, know_lists, newest_lists, whole_holdings
from analytics.fund import FundIdentity, FundProfile, Kind, identify_funds, is_mix
from analytics.holdings import HoldingsList
from analytics.mixes import Mix, mix_of
from analytics.months import MonthlyGrid, monthly_grid
from analytics.panel import PricePanel
from analytics.query import Query
from analytics.rolling import roll_measures
from analytics.switch import QuotedSpread, SwitchAnswer, weigh_orders, weigh_switches
from analytics.window import Window
from bot.errors import UserError
from bot.language import FollowUp, follow_text
from bot.language.amounts import LEAST_ORDER, is_in, size_text
from bot.model import Section
from bot.render import advice
from bot.render.evidence.attribution import attribution_section, withheld_section
from bot.render.evidence.edge import edge_section
from bot.render.evidence.explain_edge import explain_edge_section
from bot.render.evidence.explain_switch import explain_switch_section
from bot.render.evidence.rates import rates_section
from bot.render.evidence.regimes import regimes_section
from bot.render.evidence.style import style_section
from bot.render.evidence.switch import switch_section
from bot.render.message import Document, Message
from bot.render.sections.comparison import figures_section
from bot.render.sections.correlation import correlation_section
from bot.render.sections.cost import cost_section
from bot.render.sections.doubtful import without_doubtful_figures
from bot.render.sections.drawdowns import drawdowns_section
from bot.render.sections.explain import explain_section
from bot.render.sections.export import export_comparison, export_months
from bot.render.sections.fund_facts import facts_section
from bot.render.sections.holdings import holdings_section
from bot.render.sections.page import SectionAnswer
from bot.render.sections.returns import returns_section
from bot.render.sections.risk import risk_section
from bot.render.sections.rolling import rolling_section
from bot.render.sections.sectors import sectors_section
from bot.render.sections.table import TICKET
from bot.render.terminal import comparison_json, result_json
from bot.render.text import join_words, money
from bot.render.values import PAIR, priced_in, traded_values
from bot.sections import OF_ORDERS, TOPICS
from bot.use_cases.gather import ComparisonData, Computed, MarketData, first_prices, today

T = TypeVar("T")

OTHER_ORDER = 1e5
"""An order that is asked of where none was named."""
MOST_OWN = 3
"""Funds of several that a switch into is asked of by buttons."""
FEWEST_MONTHS = 24
"""A shorter window has too few weeks for evidence."""


@dataclass(frozen=True, eq=False)
class SectionCase:
    """What a section is made from.

    asked_by: Slack id of the person who is named under it.
    computed: remembers what takes long.
    lists: whole lists of holdings by symbol, of a section that needs them.
    quotes: spreads of this moment by symbol, of a section that asks for them.
    """

    follow: FollowUp
    data: ComparisonData
    asked_by: str | None = None
    computed: Computed = field(default_factory=Computed)
    lists: Mapping[str, tuple[HoldingsList, ...]] = field(default_factory=dict)
    quotes: Mapping[str, QuotedSpread] = field(default_factory=dict)

    @property
    def comparison(self) -> Comparison:
        """The funds side by side."""
        return self.data.comparison

    @property
    def found(self) -> SectionAnswer:
        """As the renderers take it."""
        return SectionAnswer(self.comparison, self.data.notes, self.asked_by)


def proxies_of(section: Section) -> tuple[str, ...]:
    """Return the symbols whose prices a section needs beside the funds'."""
    row = _SECTIONS.get(section)
    return row.proxies if row else ()


async def gather_lists(
    section: Section, data: ComparisonData, market_data: MarketData
) -> Mapping[str, tuple[HoldingsList, ...]]:
    """Return the whole lists of the funds of an answer, where its section needs them and there are any."""
    row = _SECTIONS.get(section)
    if market_data.lists is None or row is None or not row.lists:
        return {}
    known, asked = data.comparison.profiles, data.comparison.symbols
    mixes = {symbol: mix_of(symbol) for symbol in asked if is_mix(symbol)}
    funds = [symbol for symbol in asked if symbol not in mixes]
    funds += [symbol for mix in mixes.values() for symbol in mix.funds]
    profiles = {symbol: known.get(symbol) or FundProfile(symbol, Kind.FUND) for symbol in funds}
    found = await market_data.lists.lists(profiles)
    blended = {symbol: await asyncio.to_thread(_blend, symbol, mix, found) for symbol, mix in mixes.items()}
    return {**found, **{symbol: lists for symbol, lists in blended.items() if lists}}


def _blend(symbol: str, mix: Mix, lists: Mapping[str, Sequence[HoldingsList]]) -> tuple[HoldingsList, ...]:
    """Return the lists of a mix on all days of which each of its funds has one, else of their newest ones."""
    dated = [{each.as_of: each for each in lists.get(fund, ())} for fund in mix.funds]
    weights = [each.weight for each in mix.components if each.symbol in mix.funds]
    if not all(dated):
        return ()
    shared = sorted(set.intersection(*(set(days) for days in dated)))
    chosen = [[days[day] for days in dated] for day in shared] or [[days[max(days)] for days in dated]]
    return tuple(blend_lists(symbol, list(zip(each, weights, strict=True)), mix.cash) for each in chosen)


async def gather_quotes(
    follow: FollowUp, data: ComparisonData, market_data: MarketData
) -> Mapping[str, QuotedSpread]:
    """Return the spreads of this moment, where an order of today is asked about and none was typed."""
    if market_data.quotes is None or not asks_orders(follow) or follow.terms.spreads:
        return {}
    newest = market_data.calendar.last_complete(market_data.clock.now())
    if data.comparison.span.end < newest:
        return {}
    return await market_data.quotes.spreads(data.comparison.symbols)


def asks_orders(follow: FollowUp) -> bool:
    """Return whether the cost of an order is asked about, or explained."""
    return follow.section.takes_terms or follow.measure in OF_ORDERS


def render_section(case: SectionCase) -> Message:
    """Compute and render a section; any but the comparison and the export, which are none."""
    section = _row_of(case.follow)
    return section.render(case, section.compute(case))


def section_result(case: SectionCase) -> Any:
    """Compute a section and return it as the object that the command line prints as JSON."""
    section = None if case.follow.section is Section.CSV else _row_of(case.follow)
    result = section.compute(case) if section else case.comparison
    compared = section is None or section.beside or isinstance(result, Comparison)
    whole = comparison_json(case.comparison, case.data.notes, case.data.evidence) if compared else {}
    if isinstance(result, Comparison):
        return whole
    return {"section": case.follow.section.value, **whole, **result_json(result)}


def export_files(case: SectionCase) -> tuple[Document, ...]:
    """Export the comparison as files: its table, its series and its months."""
    return (*export_comparison(case.found), export_months(case.found, _months(case)))


def moved_day(asked: date | None, data: ComparisonData, market_data: MarketData) -> str:
    """Say that the day asked for was no session of any of the funds' exchanges; empty where it was one."""
    panel, query = data.panel, data.comparison.query
    if asked is None or not query.as_of < asked <= today(market_data):
        return ""
    codes = {panel.exchanges[panel.row(symbol)].code for symbol in query.symbols}
    if any(market_data.calendar.of(code).sessions(asked, asked).size for code in codes):
        return ""
    return advice.moved_day_words(asked, query.as_of)


def query_for_section(follow: FollowUp, query: Query) -> Query:
    """Return the question as the study takes it.

    What holds nothing against a benchmark shows the one that was named as the last of the funds; so do a
    comparison and a switch of one fund, of which there would be nothing else to tell.
    """
    section = follow.section
    alone = len(query.symbols) == 1 and (section is Section.COMPARE or section.takes_terms)
    if not query.benchmark or not (section.shows_benchmark(follow.versus) or alone):
        return query
    others = [symbol for symbol in query.symbols if symbol != query.benchmark]
    return replace(query, symbols=(*others, query.benchmark))


def require_currency(follow: FollowUp, comparison: Comparison) -> None:
    """Raise UserError where the order is in another currency than a fund's prices: nothing is converted."""
    if follow.amount is None or not follow.currency:
        return
    others: dict[str, list[str]] = {}
    for symbol, unit in zip(comparison.symbols, priced_in(comparison), strict=True):
        if unit and not is_in(unit, follow.currency):
            others.setdefault(unit, []).append(symbol)
    if others:
        named, bare = follow.currency.replace("$", "USD"), size_text(follow.amount)
        held = join_words([f"{join_words(symbols)} in {unit}" for unit, symbols in others.items()])
        raise UserError(
            f"The order is in {named}, but what trades is {held}: amounts are not converted. "
            f"Write `size={bare}` for {bare} in each fund's own currency."
        )


def require_switchable(comparison: Comparison) -> None:
    """Raise UserError where one of the funds cannot be bought, or they trade in several currencies."""
    profiles = map(comparison.profiles.get, comparison.symbols)
    quoted = [
        symbol
        for symbol, profile in zip(comparison.symbols, profiles, strict=True)
        if symbol.startswith("^") or (profile and profile.kind is Kind.INDEX)
    ]
    if quoted:
        raise UserError(
            f"{join_words(quoted)} cannot be bought: an index or a rate is no fund. "
            f"Name funds, like `{Section.SWITCH} ISCB SPSM`."
        )
    units = dict(zip(comparison.symbols, priced_in(comparison), strict=True))
    if len({unit for unit in units.values() if unit}) > 1:
        told = join_words([f"{symbol} in {unit}" for symbol, unit in units.items() if unit])
        raise UserError(
            f"{told}: a switch between currencies needs an exchange rate and what it costs, and neither is "
            "known here. Name funds that trade in one currency."
        )


def _compared(case: SectionCase) -> Comparison:
    return case.comparison


def _months(case: SectionCase) -> MonthlyGrid:
    return monthly_grid(case.data.panel, case.comparison.query)


def _facts(case: SectionCase) -> FundIdentity:
    """Hold inception dates against the oldest prices."""
    return identify_funds(case.comparison.profiles, first_prices(case.data.panel))


def _listed(case: SectionCase) -> tuple[dict[str, FundProfile], dict[str, HoldingsList]]:
    """Return the profiles with whole lists in them, and the list of each fund that has one."""
    comparison = case.comparison
    lists = newest_lists(case.lists, comparison.symbols, comparison.span.end)
    return know_lists(comparison.profiles, lists, comparison.symbols), lists


def _with_lists(case: SectionCase) -> SectionAnswer:
    """Return the comparison with what whole lists tell in its profiles."""
    profiles, _ = _listed(case)
    parts = {symbol: part for symbol, profile in profiles.items() if (part := concentration(profile))}
    return replace(case.found, comparison=replace(case.comparison, profiles=profiles, concentration=parts))


@dataclass(frozen=True, eq=False)
class _Origin:
    """Where a gap came from; where that is withheld, what styles explain of it."""

    origin: GapOrigin
    style: StyleAnswer | None = None


def _origin(case: SectionCase) -> _Origin:
    span = case.comparison.span
    found = find_gap_origin(case.lists, case.comparison.symbols, case.data.panel, span.start, span.end)
    return _Origin(found, None if found.attribution else _study(case, style.style))


def _render_origin(case: SectionCase, told: _Origin) -> Message:
    if told.origin.attribution:
        return attribution_section(case.found, told.origin.attribution)
    assert told.style, "computed where it stands in"
    return withheld_section(told.origin, style_section(case.found, told.style, _history_notes(case)))


def _edge(case: SectionCase) -> Edge:
    """Weigh the usual windows, and before them the question's own where it is none of them."""
    panel, profiles, query = case.data.panel, case.comparison.profiles, case.comparison.query
    edge = case.computed.of(find_edge, panel, profiles, query)
    if query.window.label in WINDOWS:
        return edge
    own = case.computed.of(window_evidence, panel, profiles, query)
    return replace(edge, rows=(*own.rows, *edge.rows)) if own else edge


def _impacts(case: SectionCase) -> tuple[float | None, ...]:
    """Work out what the order asked about does to the price of each fund, one way."""
    sure = without_doubtful_figures(case.comparison)
    legs = weigh_orders(case.data.panel, sure, case.follow.amount or TICKET)
    traded = zip(legs, traded_values(sure), strict=True)
    return tuple(None if value is None else leg.impact.value for leg, value in traded)


def _switch(case: SectionCase) -> SwitchAnswer:
    """Cost the first fund sold and each other one bought, beside what the window tells of their gaps."""
    panel, comparison, follow = case.data.panel, case.comparison, case.follow
    require_switchable(comparison)
    evidence = case.computed.of(window_evidence, panel, comparison.profiles, comparison.query)
    rows = evidence.rows if evidence else ()
    return weigh_switches(
        panel, without_doubtful_figures(comparison), follow.amount, follow.terms, rows, case.quotes
    )


def next_orders(case: SectionCase) -> tuple[tuple[str, str], ...]:
    """Return what is asked next of an order, label and text: a switch, the other way round, another size."""
    follow, symbols, query = case.follow, case.comparison.symbols, case.comparison.query
    if not follow.section.takes_size or len(symbols) < PAIR:
        return ()
    if not follow.section.takes_terms:
        switch = replace(follow, section=Section.SWITCH, symbols=(), add=(), without=(), window=None)
        told = f"Switch {money(follow.amount)}" if follow.amount else Section.SWITCH.label
        return ((told, follow_text(switch)),) if len(symbols) == PAIR and follow.amount else ()
    pairs = [(symbols[0], other) for other in symbols[1:]] if len(symbols) > PAIR else [symbols[::-1]]
    terms = follow.terms if len(symbols) > PAIR else follow.terms.turned()
    named = replace(follow, add=(), without=(), versus=None, window=query.window, as_of=query.as_of)
    turned = [(" to ".join(pair), follow_text(replace(named, symbols=pair, terms=terms))) for pair in pairs]
    size = follow.amount / 10 if follow.amount else OTHER_ORDER
    other = replace(follow, symbols=(), add=(), without=(), versus=None, amount=size)
    again = (f"Switch {money(size)}", follow_text(other))
    return (
        (*turned[:PAIR], again) if size >= LEAST_ORDER and len(symbols) == PAIR else tuple(turned[:MOST_OWN])
    )


def _study(case: SectionCase, study: Callable[[PricePanel, Query, Window], T]) -> T:
    """Compute evidence over the window that was asked for, else over the usual history."""
    history = HISTORY if _is_too_short(case) else case.follow.window or HISTORY
    return study(case.data.panel, case.comparison.query, history)


def _history_notes(case: SectionCase) -> tuple[str, ...]:
    """Say that a window asked for is too short, and what was taken instead."""
    window = case.follow.window
    if window is None or not _is_too_short(case):
        return ()
    return (f"{window.words} is too short for this: told over {HISTORY.words} instead.",)


def _is_too_short(case: SectionCase) -> bool:
    """Tell whether a window counted in months is below the weeks that evidence takes."""
    window = case.follow.window
    return window is not None and window.months is not None and window.months < FEWEST_MONTHS


@dataclass(frozen=True)
class _SectionRow:
    """How one section is made.

    compute: what it tells.  render: how that is shown.  proxies: whose prices it needs beside the funds'.
    beside: it tells this beside the comparison's own figures.  lists: it needs whole lists of holdings.
    """

    compute: Callable[[SectionCase], Any]
    render: Callable[[SectionCase, Any], Message]
    proxies: tuple[str, ...] = ()
    beside: bool = False
    lists: bool = False


_SECTIONS: Mapping[Section, _SectionRow] = {
    Section.FIGURES: _SectionRow(_compared, lambda case, _: figures_section(case.found)),
    Section.SECTORS: _SectionRow(_compared, lambda case, _: sectors_section(case.found)),
    Section.HOLDINGS: _SectionRow(
        lambda case: whole_holdings(*_listed(case), case.comparison.symbols),
        lambda case, found: holdings_section(_with_lists(case), found),
        lists=True,
    ),
    Section.FACTS: _SectionRow(_facts, lambda case, found: facts_section(case.found, found)),
    Section.DRAWDOWNS: _SectionRow(
        lambda case: {"episodes": case.comparison.episodes},
        lambda case, _: drawdowns_section(case.found),
        beside=True,
    ),
    Section.ROLLING: _SectionRow(
        lambda case: roll_measures(case.data.panel, case.comparison.query),
        lambda case, found: rolling_section(case.found, found),
    ),
    Section.RETURNS: _SectionRow(_months, lambda case, found: returns_section(case.found, found)),
    Section.RISK: _SectionRow(
        lambda case: alpha.benchmark_alphas(case.data.panel, case.comparison.query),
        lambda case, found: risk_section(case.found, found),
        alpha.BROAD,
        beside=True,
    ),
    Section.COST: _SectionRow(
        _compared, lambda case, _: cost_section(case.found, case.follow.amount, _impacts(case))
    ),
    Section.SWITCH: _SectionRow(_switch, lambda case, found: switch_section(case.found, found)),
    Section.CORRELATION: _SectionRow(
        lambda case: correlate(case.data.panel, case.comparison.query),
        lambda case, found: correlation_section(case.found, found),
    ),
    Section.EDGE: _SectionRow(_edge, lambda case, found: edge_section(case.found, found)),
    Section.RATES: _SectionRow(
        lambda case: _study(case, rates.rate_sensitivity),
        lambda case, found: rates_section(case.found, found, _history_notes(case)),
        rates.PROXIES,
    ),
    Section.REGIMES: _SectionRow(
        lambda case: _study(case, regimes.regimes),
        lambda case, found: regimes_section(case.found, found, _history_notes(case)),
        regimes.PROXIES,
    ),
    Section.STYLE: _SectionRow(
        lambda case: _study(case, style.style),
        lambda case, found: style_section(case.found, found, _history_notes(case)),
        style.PROXIES,
    ),
    Section.ATTRIBUTION: _SectionRow(
        _origin,
        _render_origin,
        style.PROXIES,
        lists=True,
    ),
    Section.EXPLAIN: _SectionRow(
        lambda case: explain(case.data.panel, case.comparison.query, case.follow.measure),
        lambda case, found: explain_section(case.found, found),
    ),
}
_TOPICS: Mapping[str, _SectionRow] = {
    "edge": _SectionRow(_edge, lambda case, found: explain_edge_section(case.found, found)),
    "cost": _SectionRow(_switch, lambda case, found: explain_switch_section(case.found, found)),
}
"""What explains a topic, where no measure is explained."""
assert set(_TOPICS) == set(TOPICS), "every topic has its explanation"


def _row_of(follow: FollowUp) -> _SectionRow:
    return _TOPICS.get(follow.measure) or _SECTIONS[follow.section]
