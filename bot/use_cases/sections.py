"""What each section of an answer is made from: computed from prices and facts, then rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from analytics.comparison import Comparison
from analytics.correlations import correlate
from analytics.evidence import alpha, rates, regimes, style
from analytics.evidence.closes import HISTORY
from analytics.explain import explain
from analytics.exposures import holdings
from analytics.months import MonthlyGrid, monthly_grid
from analytics.panel import PricePanel
from analytics.query import Query
from analytics.rolling import roll_measures
from analytics.window import Window
from bot.language import FollowUp
from bot.model import Section
from bot.render.message import Document, Message
from bot.render.sections.correlation import correlation_section
from bot.render.sections.cost import cost_section
from bot.render.sections.drawdowns import drawdowns_section
from bot.render.sections.explain import explain_section
from bot.render.sections.export import export_comparison, export_months
from bot.render.sections.holdings import holdings_section as held
from bot.render.sections.page import SectionAnswer
from bot.render.sections.rates import rates_section
from bot.render.sections.regimes import regimes_section
from bot.render.sections.returns import returns_section
from bot.render.sections.risk import risk_section
from bot.render.sections.rolling import rolling_section
from bot.render.sections.sectors import sectors_section
from bot.render.sections.style import style_section
from bot.use_cases.gather import ComparisonData, Computed

T = TypeVar("T")

FEWEST_MONTHS = 24
"""A shorter window has too few weeks for evidence."""

PROXIES: Mapping[Section, tuple[str, ...]] = {
    Section.RISK: alpha.BROAD,
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


def _explain(case: SectionCase) -> Message:
    worked_out = explain(case.data.panel, case.comparison.query, case.follow.measure)
    return explain_section(case.found, worked_out)


def _risk(case: SectionCase) -> Message:
    return risk_section(case.found, alpha.benchmark_alphas(case.data.panel, case.comparison.query))


def _rates(case: SectionCase) -> Message:
    return rates_section(case.found, _study(case, rates.rate_sensitivity), _history_notes(case))


def _regimes(case: SectionCase) -> Message:
    return regimes_section(case.found, _study(case, regimes.regimes), _history_notes(case))


def _style(case: SectionCase) -> Message:
    return style_section(case.found, _study(case, style.style), _history_notes(case))


def _study(case: SectionCase, study: Callable[[PricePanel, Query, Window], T]) -> T:
    """Compute evidence over the window that was asked for, else over the usual history."""
    history = HISTORY if _is_too_short(case) else case.follow.window or HISTORY
    return study(case.data.panel, case.comparison.query, history)


def _history_notes(case: SectionCase) -> tuple[str, ...]:
    window = case.follow.window
    if window is None or not _is_too_short(case):
        return ()
    return (f"{window.words} is too short for this: told over {HISTORY.words} instead.",)


def _is_too_short(case: SectionCase) -> bool:
    """Tell whether a window counted in months is below the weeks that evidence takes."""
    window = case.follow.window
    return window is not None and window.months is not None and window.months < FEWEST_MONTHS


_RENDERERS: Mapping[Section, Callable[[SectionCase], Message]] = {
    Section.SECTORS: lambda case: sectors_section(case.found),
    Section.HOLDINGS: _holdings,
    Section.DRAWDOWNS: lambda case: drawdowns_section(case.found),
    Section.ROLLING: _rolling,
    Section.RETURNS: lambda case: returns_section(case.found, _months(case)),
    Section.RISK: _risk,
    Section.COST: lambda case: cost_section(case.found, case.follow.amount),
    Section.CORRELATION: _correlation,
    Section.RATES: _rates,
    Section.REGIMES: _regimes,
    Section.STYLE: _style,
    Section.EXPLAIN: _explain,
}
