"""How a number came about: meaning, formula, steps that lead to the result, the convention."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from analytics import MEASURES
from analytics.measures.registry import Every
from analytics.measures.steps import Step, StepUnit
from bot.render.measures import ANNUALISED, RATED
from bot.render.message import Message
from bot.render.sections.explain import explain_foot, explain_section, step_value
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.prices import (
    MOODS,
    assert_sound,
    found,
    plain,
    read,
    row,
    rows,
    working_of,
)


@cache
def of(mood: str, measure: str = "sortino") -> Message:
    return explain_section(found(mood), working_of(mood, measure))


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_explain_{mood}", read(of(mood)))


def test_every_measure_reads_well(snapshot: Snapshot) -> None:
    snapshot("study_explain_measures", "\n\n".join(read(of("full", measure)) for measure in MEASURES))


@pytest.mark.parametrize("mood", MOODS)
def test_it_can_be_delivered(mood: str) -> None:
    for measure in MEASURES:
        assert_sound(of(mood, measure))
        assert of(mood, measure).pictures == ()


@pytest.mark.parametrize("measure", MEASURES)
def test_the_result_is_the_number_of_the_comparison(measure: str) -> None:
    comparison = found("full").comparison
    numbers = comparison.relative if MEASURES[measure].relative else comparison.metrics
    value = numbers["ISCB"][measure].value
    if MEASURES[measure].every is Every.YEAR:
        # The year to 16 January holds no whole calendar year.
        assert "no whole calendar year in the window" in read(of("full", measure))
        return
    assert value is not None
    shown = row(of("full", measure), "Result")[0]
    factor = 100 if shown.endswith("%") else 1
    assert float(shown.split()[0]) == pytest.approx(factor * value, abs=0.0501 if factor == 100 else 0.00501)


def test_the_steps_lead_to_the_result_by_hand() -> None:
    """With the printed digits, as a reader with a calculator would."""
    message = of("full")
    mean, down = (
        float(row(message, name)[0].split()[0])
        for name in ("Mean excess return a year", "Downside deviation a year")
    )
    assert f"{mean / down:.2f}" == row(message, "Result")[0]
    ends = [float(row(of("full", "total_return"), name)[1]) for name in ("First close", "Last close")]
    assert f"{100 * (ends[1] / ends[0] - 1):.1f} %" == row(of("full", "total_return"), "Result")[1]


def test_the_notification_has_meaning_formula_and_result() -> None:
    assert plain(of("full").text) == (
        "ISCB vs SPSM · Sortino · 1 year to 16 Jan 2026: Sortino ratio: return above the target for each "
        "unit of shortfall below it. "
        "Formula: mean(return - rf) / √(mean over all sessions of min(return - rf, 0)²) × √252. "
        "Result: ISCB 1.29, SPSM 1.16."
    )


def test_by_weeks_the_formula_is_that_of_weeks() -> None:
    words = plain(read(of("weekly")))
    assert "mean over all weeks of min(return - rf, 0)²) × √52" in words
    assert "`weekly total return · 52 · rf 0 · 1y" in words
    assert row(of("weekly"), "Returns") == ["52", "52"]
    assert "worst 5 % of weeks" in plain(read(of("weekly", "cvar_95")))


def test_a_measure_of_falls_stays_daily() -> None:
    words = plain(read(of("weekly", "max_drawdown")))
    assert "daily total return" in words
    assert "week" not in words


@pytest.mark.parametrize("measure", MEASURES)
def test_the_foot_names_what_enters_and_nothing_else(measure: str) -> None:
    words = explain_foot(working_of("full", measure))
    assert ("rf 0" in words) == (measure in RATED)
    assert ("benchmark SPSM" in words) == MEASURES[measure].relative
    assert (" · 252 · " in words) == (measure in ANNUALISED)
    assert words.endswith("source Yahoo Finance, as of 2026-01-16")


def test_measures_with_a_period_of_their_own_say_which() -> None:
    assert explain_foot(working_of("full", "tracking_error_weekly")).startswith("weekly total return · 52 · ")
    assert explain_foot(working_of("full", "correlation_weekly")).startswith(
        "weekly total return · benchmark"
    )
    assert explain_foot(working_of("full", "capture_up")).startswith("monthly total return · ")
    assert explain_foot(working_of("full", "volatility_monthly")).startswith("monthly total return · 12 · ")
    assert explain_foot(working_of("full", "best_month")).startswith("monthly total return · 1y")


def test_the_benchmark_has_no_column_of_its_own() -> None:
    assert rows(of("full", "beta"))[0] == ["Step", "ISCB"]
    assert rows(of("outside", "beta"))[0] == ["Step", "ISCB", "SPSM"]
    assert "Held against SPY." in of("outside", "beta").text


def test_without_a_benchmark_it_asks_for_one() -> None:
    assert "name one, e.g. vs SPY" in of("one", "beta").text
    assert rows(of("one", "beta")) == []


def test_what_is_not_defined_says_why_and_shows_what_there_is() -> None:
    words = plain(read(of("nothing", "calmar")))
    assert "It is not defined here." in words
    assert "_ISCB and SPSM: not annualised below one year._" in words
    assert row(of("nothing", "calmar"), "Calendar days")[0] == "10"


def test_six_funds_lie_down_three_steps_across() -> None:
    table = rows(of("too_long", "max_drawdown"))
    assert table[0] == ["Fund", "Date of the high", "High", "Date of the low"]
    assert table[7] == ["Fund", "Date of the low", "Low", "Result"], "no column of dashes"
    assert len(table) == 14


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Step("x", 0.1703, StepUnit.FRACTION), "17.03 %"),
        (Step("x", 0.000040812, StepUnit.FRACTION), "0.004081 %"),
        (Step("x", -0.14996, StepUnit.FRACTION), "-15.00 %"),
        (Step("x", 0.0, StepUnit.FRACTION), "0.00 %"),
        (Step("x", 0.000167634, StepUnit.SQUARE), "0.0001676"),
        (Step("x", 1.1221, StepUnit.SQUARE), "1.122"),
        (Step("x", 13.05, StepUnit.COUNT), "13.05"),
        (Step("x", 1257, StepUnit.COUNT), "1,257"),
        (Step("x", 115.9749, StepUnit.LEVEL), "115.97"),
        (Step("x", 0.92331, StepUnit.RATIO), "0.9233"),
        (Step("x", date(2026, 1, 16), StepUnit.DATE), "16 Jan 2026"),
    ],
)
def test_steps_have_the_digits_that_the_arithmetic_needs(step: Step, words: str) -> None:
    assert plain(step_value(step)) == words
