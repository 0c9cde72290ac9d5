"""Return for risk, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics import Sample, evaluate
from analytics.measures.examples import FIVE, five, from_returns, path
from analytics.measures.ratios import calmar, martin, omega, sharpe, sortino
from tests.panels import weekdays
from tests.unit.analytics.discriminate import assert_is

YEAR = math.sqrt(252)
SIX = [0.02, -0.01, 0.01, -0.03, 0.02, 0.01]


def with_rate(returns: list[float], rate: float | list[float]) -> Sample:
    held = from_returns(returns)
    return Sample(held.levels, held.sessions, np.array(rate) if isinstance(rate, list) else rate)


def number(name: str, held: Sample) -> tuple[float | None, str | None]:
    found = evaluate([name], held)[0][name]
    return found.value, found.reason


def test_sharpe() -> None:
    # mean 0.6 %, sd (ddof 1) sqrt(3.3e-4)
    mistakes = {
        "ddof 0": 0.006 / math.sqrt(13.2e-4 / 5) * YEAR,
        "per day": 0.006 / math.sqrt(3.3e-4),
        "annualised by 252": 0.006 / math.sqrt(3.3e-4) * 252,
        "geometric mean": (float(np.prod(1 + np.array(FIVE))) ** 0.2 - 1) / math.sqrt(3.3e-4) * YEAR,
    }
    assert_is(float(sharpe(five())[0]), 0.006 / math.sqrt(3.3e-4) * YEAR, mistakes)


def test_sharpe_with_a_rate_that_changes() -> None:
    # excess 0.9, -2.2, 2.9, -0.3, 1.0 %: mean 0.46 %, deviations 0.44, -2.66, 2.44, -0.76, 0.54 %
    rate = [0.001, 0.002, 0.001, 0.003, 0.0]
    squares = (0.44**2 + 2.66**2 + 2.44**2 + 0.76**2 + 0.54**2) * 1e-4
    mistakes = {
        "sd of the returns": 0.0046 / math.sqrt(3.3e-4) * YEAR,
        "annual rate taken off a day": (0.006 - 0.0014 * 252) / math.sqrt(3.3e-4) * YEAR,
        "no rate": 0.006 / math.sqrt(3.3e-4) * YEAR,
    }
    expected = 0.0046 / math.sqrt(squares / 4) * YEAR
    assert_is(float(sharpe(with_rate(list(FIVE), rate))[0]), expected, mistakes)


def test_sortino() -> None:
    # mean 2 % / 6; shortfalls -1 and -3 %: squares 10e-4 over SIX sessions
    mean = 0.02 / 6
    mistakes = {
        "sd of the losses, ddof 1": mean / math.sqrt(2e-4) * YEAR,
        "sd of the losses, ddof 0": mean / 0.01 * YEAR,
        "root mean square of the losses": mean / math.sqrt(10e-4 / 2) * YEAR,
        "over n - 1": mean / math.sqrt(10e-4 / 5) * YEAR,
        "per day": mean / math.sqrt(10e-4 / 6),
        "Sharpe": mean / float(np.std(SIX, ddof=1)) * YEAR,
    }
    assert_is(float(sortino(from_returns(SIX))[0]), mean / math.sqrt(10e-4 / 6) * YEAR, mistakes)


def test_sortino_measures_the_shortfall_from_the_target() -> None:
    # target 1.5 % a day: excess 0.5, -2.5, -0.5, -4.5, 0.5, -0.5 %; mean -7 % / 6
    squares = (2.5**2 + 0.5**2 + 4.5**2 + 0.5**2) * 1e-4
    mean = -0.07 / 6
    mistakes = {
        "shortfall below zero": mean / math.sqrt(10e-4 / 6) * YEAR,
        "mean not reduced": 0.02 / 6 / math.sqrt(squares / 6) * YEAR,
    }
    held = with_rate(SIX, 0.015)
    assert_is(float(sortino(held)[0]), mean / math.sqrt(squares / 6) * YEAR, mistakes)


def test_calmar_takes_both_from_one_window() -> None:
    # +8 % in 365 days, 10 % below the start half-way
    annual = 1.08 ** (365.25 / 365) - 1
    mistakes = {
        "total return": 0.08 / 0.10,
        "n / 252": (1.08 ** (252 / 2) - 1) / 0.10,
        "fall from the end": annual / 0.0001,
        "sign": -annual / 0.10,
    }
    assert_is(float(calmar(path([100, 90, 108], days=365))[0]), annual / 0.10, mistakes)


def test_omega() -> None:
    # gains 1 + 3 + 1 = 5 %, shortfall 2 %
    mistakes = {
        "counts": 3.0,
        "means": (0.05 / 3) / 0.02,
        "less one": 1.5,
        "squared shortfall": 0.05 / math.sqrt(4e-4 / 5),
    }
    assert_is(float(omega(five())[0]), 2.5, mistakes)


def test_omega_above_a_target() -> None:
    # target 1 % a day on SIX: gains 1 + 1 = 2 %, shortfalls 2 + 4 = 6 %
    held = with_rate(SIX, 0.01)
    assert_is(float(omega(held)[0]), 2 / 6, {"split at zero": 6 / 4})


def test_omega_of_losses_alone_is_zero() -> None:
    assert float(omega(from_returns([-0.01, -0.02, -0.03]))[0]) == 0.0


def test_martin() -> None:
    # falls after the base: 10 % and 0: Ulcer = sqrt(0.01 / 2)
    annual = 1.08 ** (365.25 / 365) - 1
    mistakes = {
        "base counted": annual / math.sqrt(0.01 / 3),
        "Calmar": annual / 0.10,
        "mean fall": annual / 0.05,
    }
    held = path([100, 90, 108], days=365)
    assert_is(float(martin(held)[0]), annual / math.sqrt(0.01 / 2), mistakes)


def test_martin_takes_the_annual_rate_off() -> None:
    held = path([100, 90, 108], days=365)
    charged = Sample(held.levels, held.sessions, rate=0.02 / 252)
    annual = 1.08 ** (365.25 / 365) - 1
    expected = (annual - 0.02) / math.sqrt(0.01 / 2)
    assert_is(float(martin(charged)[0]), expected, {"rate per day": (annual - 0.02 / 252) / 0.0707106781})


def test_martin_takes_the_mean_rate_and_every_one_must_be_known() -> None:
    held = path([100, 90, 108], days=365)
    charged = Sample(held.levels, held.sessions, rate=np.array([0.01, 0.03]) / 252)
    annual = 1.08 ** (365.25 / 365) - 1
    assert float(martin(charged)[0]) == pytest.approx((annual - 0.02) / math.sqrt(0.01 / 2))
    partly = Sample(held.levels, held.sessions, rate=np.array([np.nan, 0.02 / 252]))
    assert number("martin", partly) == (None, "the risk-free rate is not known on every session")


FLAT = from_returns([0.01] * 30)
RISING = from_returns([0.01, 0.02] * 15)
SHORT = Sample(RISING.levels[:, :4], RISING.sessions[:4], minimum=15)
LONG_RISE = path([100, 101, 103], days=400)


@pytest.mark.parametrize(
    ("name", "held", "reason"),
    [
        ("sharpe", FLAT, "the returns do not vary"),
        ("sharpe", SHORT, "fewer than 15 returns"),
        ("sortino", RISING, "no return below the target"),
        ("sortino", SHORT, "fewer than 15 returns"),
        ("omega", RISING, "no return below the target"),
        ("omega", SHORT, "fewer than 15 returns"),
        ("calmar", LONG_RISE, "never below an earlier high"),
        ("calmar", five(), "not annualised below one year"),
        ("martin", LONG_RISE, "never below an earlier high"),
        ("martin", five(), "not annualised below one year"),
    ],
)
def test_why_there_is_no_number(name: str, held: Sample, reason: str) -> None:
    assert number(name, held) == (None, reason)


def test_a_missing_end_is_a_reason_of_calmar_and_martin() -> None:
    held = path([100, 90, 108], days=400)
    late = Sample(np.array([[np.nan, 90.0, 108.0]]), held.sessions)
    for name in ("calmar", "martin"):
        assert number(name, late) == (None, "no price at the start or the end of the window")


def test_the_return_across_a_missing_session_is_one() -> None:
    # 100, 102, missing, 104.04, 106.1208: three returns of +2 %
    levels = np.array([[100.0, 102.0, np.nan, 104.04, 106.1208]])
    held = Sample(levels, weekdays("2025-01-06", 5))
    assert number("sharpe", held) == (None, "the returns do not vary")
    assert held.count[0] == 3
