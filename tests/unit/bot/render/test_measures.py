"""What measures are called, what they tell, how they are computed by days and by weeks."""

from __future__ import annotations

import pytest

from analytics import MEASURES
from analytics.measures.registry import Every
from analytics.watch.rules import WATCHABLE
from bot.render.measures import (
    ANNUALISED,
    LINES,
    OWN_RETURNS,
    RATED,
    SCALED,
    MeasureTable,
    formula,
    measure_label,
    returns_of,
)


def test_every_measure_has_a_name_a_meaning_and_a_formula() -> None:
    for name, row in WATCHABLE.items():
        words = row.words
        assert all((*words.names, words.label, words.brief, words.heading, words.formula)), name
        assert bool(words.meaning) == (name in MEASURES), name
        assert words.tickers <= set(words.names)
    assert set(MEASURES) >= SCALED | RATED
    assert all(MEASURES[name].every for name in SCALED - ANNUALISED)
    assert set(OWN_RETURNS) == set(Every)


def test_no_two_are_called_alike() -> None:
    for names in (
        [name for row in WATCHABLE.values() for name in row.words.names],
        [row.words.label for row in WATCHABLE.values()],
        [row.words.brief for row in WATCHABLE.values()],
        [row.words.heading for row in MEASURES.values()],
    ):
        assert len(set(names)) == len(names)
        assert all(name == name.strip() for name in names)


def test_a_measure_stands_in_a_table_once() -> None:
    for table, lines in LINES.items():
        measures = [line.measure for line in lines]
        assert len(set(measures)) == len(measures), table
        assert set(measures) <= set(WATCHABLE)
    assert set(LINES) == set(MeasureTable)
    rolled = {line.measure for line in LINES[MeasureTable.ROLLING]}
    assert rolled == {name for name, row in MEASURES.items() if row.rolls}


def test_meanings_are_all_different_and_go_on_a_sentence() -> None:
    meanings = [row.words.meaning for row in MEASURES.values()]
    assert len(set(meanings)) == len(meanings)
    for words in meanings:
        assert words[0].islower()
        assert not words.endswith(".")


def test_by_weeks_returns_are_weekly_and_a_year_has_fifty_two() -> None:
    assert formula("volatility") == "standard deviation of daily returns × √252"
    assert formula("volatility", weekly=True) == "standard deviation of weekly returns × √52"
    assert formula("alpha", weekly=True).endswith("× 52")
    assert "over all weeks" in formula("sortino", weekly=True)


@pytest.mark.parametrize("measure", MEASURES)
def test_only_measures_of_returns_change_with_the_weeks(measure: str) -> None:
    words = formula(measure, weekly=True)
    if MEASURES[measure].periodic:
        assert not any(day in words for day in ("252", "daily", "days", "sessions"))
    else:
        assert words == formula(measure)


def test_the_worst_days_are_the_worst_weeks() -> None:
    assert measure_label("cvar_95").endswith("of days)")
    assert measure_label("cvar_95", weekly=True).endswith("of weeks)")
    assert measure_label("sharpe", weekly=True) == measure_label("sharpe") == "Sharpe ratio"


def test_a_rule_names_the_returns_that_its_measures_are_taken_from() -> None:
    assert returns_of({"sortino", "drawdown"}) == ["daily total return"]
    assert returns_of({"best_month", "capture_up"}) == ["monthly total return"]
    assert returns_of({"worst_year", "sortino", "correlation_weekly"}) == [
        *("daily total return", "weekly total return", "total return by calendar year"),
    ]
    assert returns_of({"price_change"}) == []
