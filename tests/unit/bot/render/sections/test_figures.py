"""Every figure with what it takes to stand alone; in every mood an answer can have."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import isfinite

import pytest

from analytics import MEASURES
from analytics.comparison import ABSOLUTE, RELATIVE
from bot.render.sections.export import DAILY, Figure, figures, measure_basis, price_source
from tests.unit.bot.render.sections import moods
from tests.unit.bot.render.sections.worlds import comparison, in_every_mood, world

FULL = moods.few("ISCB", "SPSM").comparison


def one(*values: float | int | str | None, differs: bool = True) -> Figure:
    return Figure("g", "m", "fraction", values, "b", "s", "2026-01-16", differs=differs)


@pytest.mark.parametrize(
    ("figure", "gap"),
    [
        (one(0.5, 0.2), 0.3),
        (one(0.5, 0.9, 0.2), 0.3),
        (one(7, 5), 2),
        (one(0.5), None),
        (one(0.5, None), None),
        (one(None, 0.5), None),
        (one("USD", "EUR"), None),
        (one(0.5, 0.2, differs=False), None),
    ],
)
def test_the_difference_is_first_less_last_where_it_means_something(
    figure: Figure, gap: float | None
) -> None:
    assert figure.difference == (None if gap is None else pytest.approx(gap))


@in_every_mood
def test_every_figure_stands_alone(name: str) -> None:
    comparison = world(name)
    found = figures(comparison)
    assert found
    for figure in found:
        assert len(figure.values) == len(comparison.symbols)
        assert figure.group
        assert figure.measure
        assert figure.unit
        assert figure.source
        assert figure.as_of
        assert figure.reason or any(value is not None for value in figure.values)
        assert all(isfinite(value) for value in figure.values if isinstance(value, float))
        assert (figure.start is None) == (figure.end is None)


@in_every_mood
def test_no_two_figures_have_one_name(name: str) -> None:
    named = [(figure.group, figure.measure, figure.basis) for figure in figures(world(name))]
    assert len(named) == len(set(named))


def test_every_measure_is_there() -> None:
    found = figures(FULL)
    assert sum(figure.group == "Return and risk" for figure in found) == len(ABSOLUTE)
    assert sum(figure.group == "Against SPSM" for figure in found) == len(RELATIVE)
    assert sum(figure.group == "Trailing returns" for figure in found) == len(FULL.trailing)


def test_the_benchmark_is_not_held_against_itself() -> None:
    for figure in figures(FULL):
        if figure.group == "Against SPSM":
            assert figure.values[1] is None


def test_one_fund_has_nothing_to_be_held_against() -> None:
    alone = figures(moods.few("ISCB").comparison)
    assert not any(figure.group.startswith("Against") for figure in alone)


def test_a_year_that_is_not_over_says_so() -> None:
    years = [figure for figure in figures(FULL) if figure.group == "Calendar years"]
    assert years[-1].measure == "2026, not over"
    assert years[-1].end == date(2026, 1, 16)
    assert not any("not over" in figure.measure for figure in years[:-1])


def test_returns_of_a_stretch_hold_for_its_own_dates() -> None:
    (year,) = [
        figure for figure in figures(FULL) if (figure.group, figure.measure) == ("Trailing returns", "1y")
    ]
    assert year.start == FULL.span.start
    assert year.values == tuple(FULL.metrics[symbol]["total_return"].value for symbol in FULL.symbols)


def test_a_reason_names_every_fund_it_holds_for() -> None:
    short = figures(world("pair_one_month"))
    (annual,) = [figure for figure in short if figure.measure == MEASURES["cagr"].words.heading]
    assert annual.values == (None, None)
    assert annual.reason.startswith("ISCB, SPSM: ")


def test_simulated_prices_are_called_so_once() -> None:
    assert price_source(replace(FULL, simulated=True)) == "SAMPLE DATA, Yahoo Finance"
    assert (
        price_source(replace(FULL, simulated=True, source="SAMPLE DATA (simulated)"))
        == "SAMPLE DATA (simulated)"
    )
    assert price_source(FULL) == "Yahoo Finance"


def test_levels_are_daily_in_a_weekly_question_too() -> None:
    weekly = comparison("ISCB", "SPSM", window="3y", weekly=True)
    assert measure_basis(weekly, "sortino").startswith("weekly total return · 52")
    assert measure_basis(weekly, "martin") == f"{DAILY} · rf 0"
    assert measure_basis(FULL, "max_drawdown").startswith("daily total return · 252")


def test_a_measure_with_a_period_of_its_own_says_so() -> None:
    assert (
        measure_basis(FULL, "tracking_error_weekly")
        == measure_basis(FULL, "correlation_weekly")
        == "weekly total return"
    )
    assert measure_basis(FULL, "capture_up") == "monthly total return"
    assert (
        measure_basis(FULL, "best_month")
        == measure_basis(FULL, "volatility_monthly")
        == "monthly total return"
    )
    assert measure_basis(FULL, "worst_year") == "total return by calendar year"
