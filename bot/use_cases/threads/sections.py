"""Which study is asked about which funds, and who renders it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from analytics.comparison import Comparison
from analytics.correlations import correlate
from analytics.explain import explain
from analytics.exposures import holdings
from analytics.months import MonthlyGrid, monthly_grid
from analytics.query import Query as Comparing
from analytics.rolling import roll_measures
from bot.errors import UserError
from bot.language import FollowUp
from bot.language.thread.amounts import is_in, size_text
from bot.model import Section
from bot.render.message import Document, Message
from bot.render.sections.correlation import correlation_section
from bot.render.sections.cost import cost_section
from bot.render.sections.drawdowns import drawdowns_section
from bot.render.sections.explain import explain_section
from bot.render.sections.export import export_comparison, export_months
from bot.render.sections.holdings import holdings_section as held
from bot.render.sections.page import SectionAnswer
from bot.render.sections.returns import returns_section
from bot.render.sections.risk import risk_section
from bot.render.sections.rolling import rolling_section
from bot.render.sections.sectors import sectors_section
from bot.render.sections.values import priced_in
from bot.render.text import join_words
from bot.use_cases.compare import ComparisonData

_BESIDE = frozenset({Section.SECTORS, Section.HOLDINGS})
"""What a benchmark has as well: it stands beside the funds, as the last column."""


@dataclass(frozen=True, eq=False)
class Case:
    """What a study is made from.  asked_by: Slack id of the person who is named under it."""

    follow: FollowUp
    evidence: ComparisonData
    asked_by: str | None = None

    @property
    def comparison(self) -> Comparison:
        """The funds side by side."""
        return self.evidence.comparison

    @property
    def found(self) -> SectionAnswer:
        """As the renderers take it."""
        return SectionAnswer(self.comparison, self.evidence.notes, self.asked_by)


def laid_out(study: Section, asked: Comparing) -> Comparing:
    """The question as the study takes it.

    Sectors and holdings show the benchmark that was named as the last of the funds; so does a comparison of
    one fund, which would compare nothing else.
    """
    beside = study in _BESIDE or (study is Section.COMPARE and len(asked.symbols) == 1)
    if not asked.benchmark or not beside:
        return asked
    others = [symbol for symbol in asked.symbols if symbol != asked.benchmark]
    return replace(asked, symbols=(*others, asked.benchmark))


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


def render(case: Case) -> Message:
    """The study as a message; any but the comparison and the export, which are no studies."""
    return _RENDERERS[case.follow.study](case)


def files(case: Case) -> tuple[Document, ...]:
    """The comparison as files: its table, its series and its months."""
    return (*export_comparison(case.found), export_months(case.found, _months(case)))


def _months(case: Case) -> MonthlyGrid:
    return monthly_grid(case.evidence.panel, case.comparison.question)


def _holdings(case: Case) -> Message:
    return held(case.found, holdings(case.comparison.profiles, case.comparison.symbols))


def _rolling(case: Case) -> Message:
    return rolling_section(case.found, roll_measures(case.evidence.panel, case.comparison.question))


def _correlation(case: Case) -> Message:
    return correlation_section(case.found, correlate(case.evidence.panel, case.comparison.question))


def _explain(case: Case) -> Message:
    worked_out = explain(case.evidence.panel, case.comparison.question, case.follow.measure)
    return explain_section(case.found, worked_out)


_RENDERERS: Mapping[Section, Callable[[Case], Message]] = {
    Section.SECTORS: lambda case: sectors_section(case.found),
    Section.HOLDINGS: _holdings,
    Section.DRAWDOWNS: lambda case: drawdowns_section(case.found),
    Section.ROLLING: _rolling,
    Section.RETURNS: lambda case: returns_section(case.found, _months(case)),
    Section.RISK: lambda case: risk_section(case.found),
    Section.COST: lambda case: cost_section(case.found, case.follow.amount),
    Section.CORRELATION: _correlation,
    Section.EXPLAIN: _explain,
}
