"""Rolling figures: the last values, where they ran and when, on which share one was above the other."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.returns import Rate
from analytics.studies.rolling import Rolled, rolled
from bot.render.message import Message
from bot.render.study.found import Found
from bot.render.study.rolling import finding, foot, lines, rolling
from bot.render.study_pictures import RollingPicture
from tests.snapshot import Snapshot
from tests.unit.bot.render.study.prices import (
    MOODS,
    asked,
    assert_sound,
    found,
    on,
    plain,
    read,
    rolling_of,
    row,
    rows,
)

NAN = np.nan


@cache
def told(mood: str) -> Message:
    return rolling(found(mood), rolling_of(mood))


def made(*sortino: list[float], correlation: list[list[float]] | None = None) -> Rolled:
    """Rolling figures of the last sessions of a pair's year."""
    whole = rolling_of("full")
    count = len(sortino[0])
    return replace(
        whole,
        sessions=whole.sessions[-count:],
        sortino=np.array(sortino),
        correlation=None if correlation is None else np.array(correlation),
    )


def said(of: Rolled) -> str:
    return plain(" ".join(finding(of)))


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_rolling_{mood}", read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_it_can_be_delivered(mood: str) -> None:
    assert_sound(told(mood))


def test_last_value_and_range_with_their_days() -> None:
    words = said(made([1.0, -0.5, 2.0, 1.5], [0.5, 0.6, 0.7, 0.8]))
    assert words.startswith("Sortino over 252 daily returns on 16 Jan 2026: ISCB *1.50*, SPSM *0.80*.")
    assert "ISCB from -0.50 (14 Jan 2026) to 2.00 (15 Jan 2026)" in words
    assert "SPSM from 0.50 (13 Jan 2026) to 0.80 (16 Jan 2026)" in words


def test_the_share_counts_sessions_that_both_have_and_ties_for_neither() -> None:
    of = made([1.0, 1.0, 2.0, NAN, 3.0], [0.5, 1.0, 3.0, 0.1, 1.0])
    assert "ISCB was above SPSM on *50 %* of 4 sessions." in said(of)
    assert [plain(cell) for cell in lines(of)[3].cells] == ["ISCB above SPSM, sessions", "50 %"]


def test_a_value_missing_on_the_last_session_is_a_dash_and_not_the_one_before() -> None:
    of = made([1.0, 2.0, NAN], [0.5, 0.6, 0.7])
    assert "on 16 Jan 2026: SPSM *0.70*" in said(of)
    assert [plain(cell) for cell in lines(of)[1].cells] == [
        "ISCB",
        "–",
        "1.00, 14 Jan 2026",
        "2.00, 15 Jan 2026",
    ]


def test_the_correlation_of_the_benchmark_with_itself_is_left_out() -> None:
    of = made([1.0, 2.0], [0.5, 0.6], correlation=[[0.9, 0.95], [NAN, NAN]])
    assert "Correlation with SPSM over 126 daily returns on 16 Jan 2026: ISCB *0.95*." in said(of)
    assert [line.cells[0] for line in lines(of)][-2:] == ["Correlation with SPSM, 126 returns", "ISCB"]


def test_close_to_one_has_three_digits() -> None:
    of = made([1.0, 2.0], [0.5, 0.6], correlation=[[0.996, 0.9981], [NAN, NAN]])
    assert "ISCB *0.998*" in said(of)


def test_of_more_than_two_the_one_most_often_highest_is_told() -> None:
    words = plain(told("three").text)
    figures = rolling_of("three").sortino
    tops = np.bincount(np.argmax(figures, axis=0), minlength=3)
    name = ("ISCB", "SPSM", "SPY")[int(np.argmax(tops))]
    assert f"{name} was highest most often, on {100 * tops.max() / tops.sum():.0f} % of" in words


def test_weekly_figures_are_counted_in_weeks() -> None:
    words = plain(read(told("weekly")))
    assert "weekly total return · 52 · rf 0 · Sortino over 52, correlation with SPSM over 26" in words
    assert "Sortino over 52 weekly returns" in words
    assert " weeks." in words


def test_a_young_fund_says_from_when_it_has_a_year() -> None:
    words = plain(read(told("partial")))
    assert "ISCB has a Sortino ratio over 252 returns only from" in words
    assert "SPSM has a Sortino" not in words


def test_without_a_year_of_returns_there_is_nothing_to_draw() -> None:
    assert told("nothing").pictures == ()
    assert rows(told("nothing")) == []
    assert "needs 252 daily returns" in plain(told("nothing").text)


def test_one_fund_has_one_panel_and_no_correlation() -> None:
    (picture,) = told("one").pictures
    assert isinstance(picture, RollingPicture)
    assert [panel.symbols for panel in picture.panels] == [("ISCB",)]
    assert "orrelation" not in read(told("one"))


def test_the_second_panel_holds_those_that_have_a_correlation() -> None:
    (picture,) = told("full").pictures
    assert isinstance(picture, RollingPicture)
    first, second = picture.panels
    assert (first.symbols, second.symbols) == (("ISCB", "SPSM"), ("ISCB",))
    assert second.kind == "share"
    assert second.lines.shape == (1, picture.sessions.size)


def test_the_rate_is_in_the_foot() -> None:
    question = on(rate=Rate(0.04))
    assert "rf 4 %" in plain(foot(rolled(question.held, question.question)))


def test_an_old_change_of_index_does_not_touch_a_recent_year() -> None:
    assert "changed its index" not in read(told("full"))
    longer = on(window="5y")
    message = rolling(Found(longer.comparison), rolled(longer.held, longer.question))
    assert "changed its index" in read(message)


def test_the_last_value_is_the_sortino_of_the_year_before() -> None:
    """A window of exactly 252 returns gives the figure of the comparison."""
    start = asked("full").held.sessions[-253].astype("datetime64[D]").item()
    year = on(window=f"{start}..2026-01-16").comparison
    assert year.returns == 252
    assert row(told("full"), "ISCB")[0] == f"{year.metrics['ISCB']['sortino'].value:.2f}"
