"""Every measure of risk with its unit, the reason where one is not defined, and what weeks change."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from analytics import MEASURES
from analytics.returns import Rate
from bot.render.message import Message
from bot.render.sections.page import SectionAnswer
from bot.render.sections.returns import EXTREMES
from bot.render.sections.risk import HELD, OWN, risk_finding, risk_section
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.prices import MOODS, assert_sound, found, on, plain, read, row, rows
from tests.unit.bot.render.sections.worlds import SHORT, panel, walks


@cache
def told(mood: str) -> Message:
    return risk_section(found(mood))


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_risk_{mood}", read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_it_can_be_delivered(mood: str) -> None:
    assert_sound(told(mood))
    assert told(mood).pictures == ()


def test_every_measure_has_a_line() -> None:
    """Returns themselves are another study; what would crowd the tables is explained alone."""
    shown = {figure.measure for figure in (*OWN, *HELD)}
    of_returns = {"total_return", "cagr", *(figure.measure for figure in EXTREMES)}
    alone = {"best_year", "worst_year", "beta_up", "beta_down"}
    assert shown == set(MEASURES) - of_returns - alone
    assert {figure.measure for figure in HELD} == {name for name in shown if MEASURES[name].relative}


def test_values_stand_with_their_units() -> None:
    numbers = found("full").comparison.metrics["ISCB"]
    message = told("full")
    assert row(message, "Volatility, a year")[0] == f"{100 * (numbers['volatility'].value or 0):.1f} %"
    assert row(message, "Sortino")[0] == f"{numbers['sortino'].value:.2f}"
    assert row(message, "Max drawdown")[0].startswith("-")
    assert row(message, "CVaR 95, a day")[0].endswith("%")
    assert row(message, "VaR 95, a day")[0] == f"{100 * (numbers['var_95'].value or 0):.1f} %"
    assert row(message, "Time under water")[0].endswith(" %")
    assert row(message, "Current drawdown")[0] == f"{100 * (numbers['drawdown'].value or 0):.1f} %"
    assert row(message, "Excess kurtosis")[0] == f"{numbers['kurtosis'].value:.2f}"


def test_the_benchmark_has_no_figures_against_itself() -> None:
    table = rows(told("full"))
    at = next(index for index, cells in enumerate(table) if cells[0] == "Against SPSM")
    assert table[at] == ["Against SPSM", "ISCB", "–", "–"]
    assert all(cells[2:] == ["–", "–"] for cells in table[at:])


def test_both_stand_against_a_benchmark_outside() -> None:
    table = rows(told("outside"))
    at = next(index for index, cells in enumerate(table) if cells[0] == "Against SPY")
    assert table[at][1:3] == ["ISCB", "SPSM"]
    assert "–" not in [cell for cells in table[at + 1 :] for cell in cells[1:3]]


def test_weekly_figures_say_so_and_stand_once() -> None:
    words = plain(read(told("weekly")))
    assert "weekly total return · 52 · rf 0" in words
    assert "CVaR 95, a week" in words
    assert "Tracking error, weekly" not in words
    assert "Falls, and what is divided by them, are from daily closes" in words
    assert row(told("weekly"), "Max drawdown") == row(told("full"), "Max drawdown")
    assert row(told("weekly"), "Volatility, a year") != row(told("full"), "Volatility, a year")


def dashes(asked: SectionAnswer) -> list[str]:
    """The footnotes of the table, which stand first among the remarks."""
    block = next(block for block in risk_section(asked).blocks if block["type"] == "context")
    lines = [plain(line).strip("_") for line in block["elements"][0]["text"].splitlines()]
    return [line for line in lines if line.startswith("– ")]


def test_each_reason_is_said_once_with_its_measures() -> None:
    remarks = dashes(found("flat"))
    assert "– never below an earlier high (Calmar, Martin)" in remarks
    assert "– the benchmark's returns do not vary (ISCB: beta, alpha)" in remarks
    reasons = [remark.partition(" (")[0] for remark in remarks]
    assert len(reasons) == len(set(reasons))


def test_a_reason_that_holds_for_one_of_them_names_it() -> None:
    still = panel({"ISCB": walks(SHORT)[0], "SPSM": np.full(SHORT, 100.0)})
    assert "– never below an earlier high (SPSM: Calmar, Martin)" in dashes(
        SectionAnswer(on(held=still).comparison)
    )


def test_below_a_year_no_ratio_is_in_the_finding() -> None:
    words = " ".join(risk_finding(on(window="3m").comparison))
    assert "Volatility" in words
    assert "Sortino" not in words
    assert "Sharpe" not in words


def test_a_few_returns_are_no_risk_figure_and_carry_no_remark_on_annualising() -> None:
    words = plain(read(told("nothing")))
    assert "Volatility and the ratios are not defined on 8 daily returns." in words
    assert "are annualised from" not in words
    assert "fewer than 15 returns" in words


def test_few_weekly_returns_are_called_weekly() -> None:
    words = plain(read(risk_section(SectionAnswer(on(weekly=True, window="6m").comparison))))
    assert "annualised from 26 weekly returns" in words


def test_a_pair_is_told_with_the_size_of_the_difference() -> None:
    words = [plain(sentence) for sentence in risk_finding(found("full").comparison)]
    assert words[0] == "Volatility: ISCB *20.5 %*, SPSM *21.4 %*: SPSM's is 0.9 pp higher."
    assert words[1] == "Max drawdown: ISCB *-15.0 %*, SPSM *-16.3 %*: SPSM's is 1.3 pp deeper."
    assert "much the same" in words[2]


def test_a_difference_of_two_signs_is_the_whole_of_it() -> None:
    words = plain(" ".join(risk_finding(found("partial").comparison)))
    assert "Sharpe: ISCB *-0.02*, SPSM *0.16*: SPSM's is 0.18 higher." in words
    assert row(told("partial"), "Sharpe") == ["-0.02", "0.16", "-0.18"]


def test_of_six_funds_the_range_is_told() -> None:
    words = [plain(sentence) for sentence in risk_finding(found("too_long").comparison)]
    assert words[1] == "Max drawdown: from *-15.6 %* (SPY-LONDON) to *-26.5 %* (AVUV-LONDON)."
    assert words[3].startswith("Against DFAS-LONDON the tracking error runs from")


def test_the_rate_is_in_the_convention() -> None:
    assert "rf 4 %" in plain(read(risk_section(SectionAnswer(on(rate=Rate(0.04)).comparison))))
