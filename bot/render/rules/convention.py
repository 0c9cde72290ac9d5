"""The line that says what rules' numbers rest on: returns, periods a year, rate, windows, as-of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from analytics.measures import PERIODS
from analytics.measures.sample import WEEKS
from analytics.watch.rules import Quantity, Rule
from bot.model import RuleReport
from bot.render import text
from bot.render.measures import ANNUALISED, RATED, level_basis, returns_of
from bot.render.rules.conditions import cut_symbol, parts_of
from bot.render.sections.convention import AS_RUN, mixes_words
from bot.render.text import NAME_LENGTH, one_line, safe_line

SAMPLE = "SAMPLE DATA"
MOST = 4
"""Windows, rates or benchmarks named in one line."""


def sample_mark(reports: Iterable[RuleReport]) -> str:
    """Return what stands before a title where the prices are no market's; empty where they are."""
    return f"{SAMPLE} · " if any(report.simulated for report in reports) else ""


def convention(reports: Iterable[RuleReport], session: date) -> str:
    """Return what several rules' numbers rest on, safe mrkdwn: "daily total return · 252 · rf 0 · 1y to
    …".
    """
    reports = list(reports)
    quantities = list(dict.fromkeys(each for report in reports for each in _quantities(report.watched.rule)))
    priced = [each for each in quantities if not each.is_fact]
    sources = list(dict.fromkeys(report.source for report in reports if report.source))
    simulated = any(report.simulated for report in reports)
    parts = [
        *([SAMPLE] if simulated and not any(SAMPLE in source for source in sources) else []),
        *(_price_basis(reports, priced, session) if priced else []),
        *([mixes] if (mixes := _mixes(quantities, reports)) else []),
        *(["fund facts as published"] if len(priced) < len(quantities) else []),
        _as_of(sources, session),
    ]
    return f"`{safe_line(' · '.join(parts).replace('`', chr(39)), 500)}`"


def convention_of(report: RuleReport) -> str:
    """Return the same for one rule."""
    return convention([report], report.session)


def _quantities(rule: Rule) -> list[Quantity]:
    return [condition.quantity for condition in rule.conditions]


def _price_basis(reports: list[RuleReport], quantities: list[Quantity], session: date) -> list[str]:
    measures = {quantity.measure for quantity in quantities}
    annual = list(dict.fromkeys(count for report in reports for count in _periods(report, ANNUALISED)))
    weekly = any(WEEKS in _periods(report, measures) for report in reports)
    returns = [
        *returns_of(measures),
        *(["weekly where exchanges close hours apart"] if weekly else []),
        *(["closes without dividends"] if "price_change" in measures else []),
        *level_basis(measures),
    ]
    rates = _first_labels(quantity.rate.label for quantity in quantities if quantity.measure in RATED)
    benchmarks = _first_labels(cut_symbol(quantity.against) for quantity in quantities if quantity.against)
    return [
        *returns,
        *([_first_labels(map(str, annual or [PERIODS]))] if measures & ANNUALISED else []),
        *([rates.replace(" %", f"{text.NBSP}%")] if rates else []),
        *([f"benchmark {benchmarks}"] if benchmarks else []),
        *([f"{windows} to {_days(reports, session)}"] if (windows := _windows(quantities)) else []),
    ]


def _mixes(quantities: Sequence[Quantity], reports: Sequence[RuleReport]) -> str:
    """Say what the mixes are that rules are about: a rule reads each as it has run since its first price."""
    then = [report.watched.rule.then for report in reports if report.watched.rule.then]
    return mixes_words([*(symbol for each in quantities for symbol in each.shared), *then], AS_RUN)


def _windows(quantities: Iterable[Quantity]) -> str:
    return _first_labels(quantity.window.label for quantity in quantities if not quantity.windowless)


def _periods(report: RuleReport, measures: Collection[str]) -> list[int]:
    """Collect the returns a year of the values of some measures, as they were read."""
    parts = parts_of(report.watched.rule, report.reading)
    read = [part for condition, part in parts if part and condition.quantity.measure in measures]
    return [count for part in read for count in part.periods]


def _days(reports: list[RuleReport], session: date) -> str:
    """Return the last session of each rule that reads prices: an exchange may have rested on the others'."""
    read = [
        report for report in reports if any(not each.is_fact for each in _quantities(report.watched.rule))
    ]
    return _first_labels(text.day(day) for day in sorted({report.session for report in read} or {session}))


def _first_labels(labels: Iterable[str]) -> str:
    """Write "1y, 3y"; the first few where there are many."""
    found = list(dict.fromkeys(labels))
    more = [f"{len(found) - MOST} more"] if len(found) > MOST else []
    return ", ".join([*found[:MOST], *more])


def _as_of(sources: list[str], session: date) -> str:
    day = f"as of {text.day(session)}"
    return f"source {one_line(', '.join(sources), 2 * NAME_LENGTH)}, {day}" if sources else day
