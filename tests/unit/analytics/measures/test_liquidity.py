"""How easily a position is traded, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics.liquidity import PARTICIPATION, SESSIONS, days_to_trade, dollar_volume, impact
from tests.unit.analytics.discriminate import assert_is

CLOSE = np.array([[10.0, 20.0, 30.0]])
VOLUME = np.array([[100.0, 200.0, 400.0]])


def test_value_traded_is_the_mean_of_the_products() -> None:
    # 1,000 + 4,000 + 12,000 over three sessions
    mistakes = {
        "product of the means": 20.0 * 700 / 3,
        "last close": 30.0 * 700 / 3,
        "sum": 17_000.0,
    }
    assert_is(float(dollar_volume(CLOSE, VOLUME, 3)[0]), 17_000 / 3, mistakes)


def test_only_the_last_sessions_count() -> None:
    assert float(dollar_volume(CLOSE, VOLUME, 2)[0]) == 8_000.0


@pytest.mark.parametrize(("missing", "expected"), [(0, 17_000 / 3), (1, 13_000 / 2), (2, math.nan)])
def test_missing_sessions_are_left_out_while_half_are_known(missing: int, expected: float) -> None:
    volume = VOLUME.copy()
    volume[0, 1 : 1 + missing] = np.nan
    assert float(dollar_volume(CLOSE, volume, 3)[0]) == pytest.approx(expected, nan_ok=True)


def test_a_young_fund_has_no_average() -> None:
    # Thirty sessions are fewer than half of 63.
    assert SESSIONS == 63
    assert np.isnan(dollar_volume(np.full((1, 30), 10.0), np.full((1, 30), 10.0))).all()
    assert dollar_volume(np.full((1, 32), 10.0), np.full((1, 32), 10.0)).tolist() == [100.0]


def test_days_to_trade() -> None:
    # 25 M at a tenth of 50 M a day
    assert PARTICIPATION == 0.10
    found = float(days_to_trade(25e6, np.array([50e6]))[0])
    assert_is(found, 5.0, {"the whole volume": 0.5, "the other way round": 0.2})
    assert days_to_trade(25e6, np.array([50e6]), participation=0.2).tolist() == [2.5]


def test_impact() -> None:
    # 1.4 % * sqrt(25 / 100)
    found = float(impact(25e6, np.array([100e6]), np.array([0.014]))[0])
    assert_is(found, 0.007, {"linear": 0.0035, "annual": 0.007 * math.sqrt(252)})


def test_unknown_volume_stays_unknown() -> None:
    assert np.isnan(days_to_trade(1e6, np.array([np.nan]))).all()
    assert np.isnan(impact(1e6, np.array([np.nan]), np.array([0.01]))).all()
