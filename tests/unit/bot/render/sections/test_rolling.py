"""Rolling figures: the last values, where they ran and when, on which share one was above the other."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.returns import Rate
from analytics.rolling import RollingMeasures, roll_measures
from bot.render.chart_specs import RollingChart
from bot.render.message import Message
from bot.render.sections.page import SectionAnswer
from bot.render.sections.rolling import rolling_finding, rolling_foot, rolling_lines, rolling_section
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.prices import (
    MOODS,
    assert_sound,
    found,
    on,
    plain,
    read,
    rolling_of,
    rows,
)

NAN = np.nan


@cache
def told(mood: str) -> Message:
    return rolling_section(found(mood), rolling_of(mood))


def made(*sortino: list[float], correlation: list[list[float]] | None = None) -> RollingMeasures:
    """Rolling figures of the last sessions of a pair's year."""
    whole = rolling_of("full")
    count = len(sortino[0])
    figures = {"sortino": np.array(sortino)}
    if correlation is not None:
        figures["correlation"] = np.array(correlation)
    return replace(whole, sessions=whole.sessions[-count:], figures=figures)


def said(of: RollingMeasures) -> str:
    return plain(" ".join(rolling_finding(of)))


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_rolling_{mood}", read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_it_can_be_delivered(mood: str) -> None:
    assert_sound(told(mood))


def test_last_value_and_range_with_their_days() -> None:
    words = said(made([1.0, -0.5, 2.0, 1.5], [0.5, 0.6, 0.7, 0.8]))
    assert words.startswith("Sortino over 1 year on 16 Jan 2026: ISCB *1.50*, SPSM *0.80*.")
    assert "ISCB from -0.50 (14 Jan 2026) to 2.00 (15 Jan 2026)" in words
    assert "SPSM from 0.50 (13 Jan 2026) to 0.80 (16 Jan 2026)" in words


def test_the_share_counts_sessions_that_both_have_and_ties_for_neither() -> None:
    of = made([1.0, 1.0, 2.0, NAN, 3.0], [0.5, 1.0, 3.0, 0.1, 1.0])
    assert "ISCB was above SPSM on *50 %* of 4 sessions." in said(of)
    assert [plain(cell) for cell in rolling_lines(of)[3].cells] == ["ISCB above SPSM, sessions", "50 %"]


def test_a_value_missing_on_the_last_session_is_a_dash_and_not_the_one_before() -> None:
    of = made([1.0, 2.0, NAN], [0.5, 0.6, 0.7])
    assert "on 16 Jan 2026: SPSM *0.70*" in said(of)
    assert [plain(cell) for cell in rolling_lines(of)[1].cells] == [
        "ISCB",
        "–",
        "1.00, 14 Jan 2026",
        "2.00, 15 Jan 2026",
    ]


def test_the_correlation_of_the_benchmark_with_itself_is_left_out() -> None:
    of = made([1.0, 2.0], [0.5, 0.6], correlation=[[0.9, 0.95], [NAN, NAN]])
    assert "Correlation with SPSM over 6 months on 16 Jan 2026: ISCB *0.95*." in said(of)
    assert [line.cells[0] for line in rolling_lines(of)][-2:] == ["Correlation with SPSM, 6 months", "ISCB"]


def test_close_to_one_has_three_digits() -> None:
    of = made([1.0, 2.0], [0.5, 0.6], correlation=[[0.996, 0.9981], [NAN, NAN]])
    assert "ISCB *0.998*" in said(of)


def test_of_more_than_two_the_one_most_often_highest_is_told() -> None:
    words = plain(told("three").text)
    figures = rolling_of("three").figures["sortino"]
    tops = np.bincount(np.argmax(figures, axis=0), minlength=3)
    name = ("ISCB", "SPSM", "SPY")[int(np.argmax(tops))]
    assert f"{name} was highest most often, on {100 * tops.max() / tops.sum():.0f} % of" in words


def test_weekly_figures_are_counted_in_weeks() -> None:
    words = plain(read(told("weekly")))
    assert "weekly total return · 52 · rf 0 · Sortino, volatility and beta against SPSM over 1 year" in words
    assert "over 6 months to each week" in words
    assert " weeks." in words


def test_a_young_fund_says_from_when_it_has_a_year() -> None:
    words = plain(read(told("partial")))
    assert "ISCB has a Sortino ratio over 1 year only from" in words
    assert "SPSM has a Sortino" not in words


def test_without_a_year_of_returns_there_is_nothing_to_draw() -> None:
    assert told("nothing").pictures == ()
    assert rows(told("nothing")) == []
    assert "needs 1 year of prices" in plain(told("nothing").text)


def test_one_fund_has_no_correlation() -> None:
    (picture,) = told("one").pictures
    assert isinstance(picture, RollingChart)
    assert [panel.kind for panel in picture.panels] == ["level", "percent"]
    assert "orrelation" not in read(told("one"))
    assert "Beta" not in read(told("one"))


def test_the_last_panel_holds_those_that_have_a_correlation() -> None:
    (picture,) = told("full").pictures
    assert isinstance(picture, RollingChart)
    assert [panel.kind for panel in picture.panels] == ["level", "percent", "share"]
    assert [panel.symbols for panel in picture.panels] == [("ISCB", "SPSM"), ("ISCB", "SPSM"), ("ISCB",)]
    assert picture.panels[2].lines.shape == (1, picture.sessions.size)


def test_every_figure_stands_in_the_table_under_its_window() -> None:
    heads = [line[0] for line in rows(told("full")) if line[1] == "Last"]
    assert heads == [
        "Sortino, 1 year",
        "Volatility, 1 year",
        "Correlation with SPSM, 6 months",
        "Beta against SPSM, 1 year",
    ]


def test_pairs_that_are_told_from_weekly_returns_say_so() -> None:
    apart = replace(rolling_of("full"), apart=True)
    assert "Correlation with SPSM (weekly returns) over 6 months on" in said(apart)
    assert "Sortino over 1 year on" in said(apart)
    heads = [plain(line.cells[0]) for line in rolling_lines(apart)]
    assert "Beta against SPSM (weekly returns), 1 year" in heads


def test_the_rate_is_in_the_foot() -> None:
    question = on(rate=Rate(0.04))
    assert "rf 4 %" in plain(rolling_foot(roll_measures(question.held, question.question)))


def test_an_old_change_of_index_does_not_touch_a_recent_year() -> None:
    assert "changed its index" not in read(told("full"))
    longer = on(window="5y")
    message = rolling_section(SectionAnswer(longer.comparison), roll_measures(longer.held, longer.question))
    assert "changed its index" in read(message)


@pytest.mark.parametrize("mood", ["full", "weekly"])
def test_the_last_sortino_and_volatility_are_those_of_the_comparison(mood: str) -> None:
    """In one thread, one number: the comparison of the year and the end of the line."""
    metrics = found(mood).comparison.metrics
    for symbol in ("ISCB", "SPSM"):
        lasts = [cells[0] for first, *cells in rows(told(mood)) if first == symbol]
        assert lasts[0] == f"{metrics[symbol]['sortino'].value:.2f}"
        assert lasts[1] == f"{100 * (metrics[symbol]['volatility'].value or 0):.1f} %"
