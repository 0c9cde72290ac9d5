"""What each section of an answer is made from: computed from prices and facts, then rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from analytics.comparison import Comparison
from analytics.correlations import correlate
from analytics.evidence import rates, regimes, style
from analytics.evidence.edge import WINDOWS, Edge, find_edge, window_evidence
from analytics.evidence.gaps import EdgeRow
from analytics.explain import explain
from analytics.exposures import holdings
from analytics.months import MonthlyGrid, monthly_grid
from analytics.rolling import roll_measures
from bot.language import FollowUp
from bot.model import Section
from bot.render.message import Document, Message
from bot.render.sections.correlation import correlation_section
from bot.render.sections.cost import cost_section
from bot.render.sections.drawdowns import drawdowns_section
from bot.render.sections.evidence.edge import edge_section
from bot.render.sections.evidence.explain import explain_edge_section
from bot.render.sections.explain import explain_section
from bot.render.sections.export import export_comparison, export_months
from bot.render.sections.holdings import holdings_section as held
from bot.render.sections.page import SectionAnswer
from bot.render.sections.returns import returns_section
from bot.render.sections.risk import risk_section
from bot.render.sections.rolling import rolling_section
from bot.render.sections.sectors import sectors_section
from bot.sections import TOPICS
from bot.use_cases.gather import ComparisonData, Computed

PROXIES: Mapping[Section, tuple[str, ...]] = {
    Section.RATES: rates.PROXIES,
    Section.REGIMES: regimes.PROXIES,
    Section.STYLE: style.PROXIES,
}
"""Whose prices a section needs beside the funds'."""


@dataclass(frozen=True, eq=False)
class SectionCase:
    """What a section is made from.

    asked_by: Slack id of the person who is named under it.
    computed: remembers what takes long.
    """

    follow: FollowUp
    data: ComparisonData
    asked_by: str | None = None
    computed: Computed = field(default_factory=Computed)

    @property
    def comparison(self) -> Comparison:
        """The funds side by side."""
        return self.data.comparison

    @property
    def found(self) -> SectionAnswer:
        """As the renderers take it."""
        return SectionAnswer(self.comparison, self.data.notes, self.asked_by)


def render_section(case: SectionCase) -> Message:
    """Render a study as a message; any but the comparison and the export, which are no studies."""
    return _RENDERERS[case.follow.section](case)


def export_files(case: SectionCase) -> tuple[Document, ...]:
    """Export the comparison as files: its table, its series and its months."""
    return (*export_comparison(case.found), export_months(case.found, _months(case)))


def _months(case: SectionCase) -> MonthlyGrid:
    return monthly_grid(case.data.panel, case.comparison.query)


def _holdings(case: SectionCase) -> Message:
    return held(case.found, holdings(case.comparison.profiles, case.comparison.symbols))


def _rolling(case: SectionCase) -> Message:
    return rolling_section(case.found, roll_measures(case.data.panel, case.comparison.query))


def _correlation(case: SectionCase) -> Message:
    return correlation_section(case.found, correlate(case.data.panel, case.comparison.query))


def _edge(case: SectionCase) -> Message:
    return edge_section(case.found, *_weighed(case))


def _explain_edge(case: SectionCase) -> Message:
    return explain_edge_section(case.found, *_weighed(case))


def _weighed(case: SectionCase) -> tuple[Edge, tuple[EdgeRow, ...]]:
    """Return the usual windows, and the rows of the question's own where it is none of them."""
    panel, profiles, query = case.data.panel, case.comparison.profiles, case.comparison.query
    edge = case.computed.of(find_edge, panel, profiles, query)
    if query.window.label in WINDOWS:
        return edge, ()
    own = case.computed.of(window_evidence, panel, profiles, query)
    return edge, own.rows if own else ()


def _explain(case: SectionCase) -> Message:
    if topic := _TOPICS.get(case.follow.measure):
        return topic(case)
    worked_out = explain(case.data.panel, case.comparison.query, case.follow.measure)
    return explain_section(case.found, worked_out)


_TOPICS: Mapping[str, Callable[[SectionCase], Message]] = {"edge": _explain_edge}
assert set(_TOPICS) == set(TOPICS), "every topic has its explanation"


_RENDERERS: Mapping[Section, Callable[[SectionCase], Message]] = {
    Section.SECTORS: lambda case: sectors_section(case.found),
    Section.HOLDINGS: _holdings,
    Section.DRAWDOWNS: lambda case: drawdowns_section(case.found),
    Section.ROLLING: _rolling,
    Section.RETURNS: lambda case: returns_section(case.found, _months(case)),
    Section.RISK: lambda case: risk_section(case.found),
    Section.COST: lambda case: cost_section(case.found, case.follow.amount),
    Section.CORRELATION: _correlation,
    Section.EDGE: _edge,
    Section.EXPLAIN: _explain,
}
