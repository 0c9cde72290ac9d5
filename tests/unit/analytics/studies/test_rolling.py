"""Moving windows over a span: what they reach back to, whose gaps they feel, and weeks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import NoCommonHistory, Rate, compare, rolled
from tests.panels import day
from tests.unit.analytics.discriminate import assert_is
from tests.unit.analytics.markets import SESSIONS, ask, market, walk, with_bill

if TYPE_CHECKING:
    from analytics.panel import FloatArray


def returns(seed: int) -> FloatArray:
    levels = walk(seed)
    return np.asarray(levels[1:] / levels[:-1] - 1.0)


def sortino(part: FloatArray, periods: int = 252) -> float:
    return float(part.mean() / math.sqrt((np.minimum(part, 0.0) ** 2).mean()) * math.sqrt(periods))


def test_shapes_and_what_it_says_of_itself() -> None:
    found = rolled(market(), ask("AAA", "BBB", "CCC"))
    assert found.sessions.size == 262
    assert (found.sessions[0], found.sessions[-1]) == (np.datetime64("2025-02-20"), SESSIONS[-1])
    assert found.correlation is not None
    assert found.sortino.shape == found.correlation.shape == (3, 262)
    assert (found.sortino_length, found.correlation_length, found.periods) == (252, 126, 252)
    assert (found.source, found.simulated, found.span.start) == ("by hand", False, day("2025-02-20"))


def test_the_last_window_ends_with_the_last_session() -> None:
    found, own = rolled(market(), ask("AAA", "BBB")), returns(1)
    mistakes = {
        "the whole span": sortino(own[-261:]),
        "a session earlier": sortino(own[-253:-1]),
        "losses alone": sortino(own[-252:]) * math.sqrt((own[-252:] < 0).mean()),
        "half a year": sortino(own[-126:]),
    }
    assert_is(float(found.sortino[0, -1]), sortino(own[-252:]), mistakes)


def test_the_first_window_reaches_back_before_the_span() -> None:
    found, own = rolled(market(), ask("AAA", "BBB")), returns(1)
    first = found.span.first
    assert np.isfinite(found.sortino).all()
    assert_is(float(found.sortino[0, 0]), sortino(own[first - 252 : first]), {"later": sortino(own[first:])})


def test_where_the_history_is_too_short_there_is_no_value_yet() -> None:
    # The market begins on 1 January 2024: 252 returns are known from column 252 on.
    found = rolled(market(), ask("AAA", "BBB", window="max"))
    assert np.flatnonzero(np.isfinite(found.sortino[0]))[0] == 252
    assert found.correlation is not None
    assert np.flatnonzero(np.isfinite(found.correlation[0]))[0] == 126


def test_correlation_over_half_a_year_with_the_benchmark() -> None:
    found = rolled(market(), ask("AAA", "BBB", benchmark="CCC"))
    assert found.correlation is not None

    def last(length: int, other: int) -> float:
        return float(np.corrcoef(returns(1)[-length:], returns(other)[-length:])[0, 1])

    mistakes = {"a year": last(252, 3), "the last fund": last(126, 2)}
    assert_is(float(found.correlation[0, -1]), last(126, 3), mistakes)


def test_the_benchmarks_own_row_is_empty_and_without_one_there_is_none() -> None:
    found = rolled(market(), ask("AAA", "BBB", "CCC", benchmark="BBB"))
    assert found.correlation is not None
    assert np.isfinite(found.correlation).all(axis=1).tolist() == [True, False, True]
    assert np.isnan(found.correlation[1]).all()
    assert rolled(market(), ask("AAA")).correlation is None


def test_a_gap_of_one_costs_the_others_nothing() -> None:
    # Column 500 missing: its two returns are in every window of the 252 that follow.
    whole, found = rolled(market(), ask("AAA", "BBB")), rolled(market(AAA=(500,)), ask("AAA", "BBB"))
    at = 500 - found.span.first
    assert np.isnan(found.sortino[0, at:]).all()
    assert np.array_equal(found.sortino[0, :at], whole.sortino[0, :at])
    assert np.array_equal(found.sortino[1], whole.sortino[1])


def test_a_young_fund_shortens_the_span_and_not_the_history_of_the_others() -> None:
    found = rolled(market(BBB=tuple(range(400))), ask("AAA", "BBB"))
    assert found.span.first == 400
    assert np.isfinite(found.sortino[0]).all()
    assert np.isnan(found.sortino[1]).all()


def test_a_rate_is_the_target_of_its_own_session() -> None:
    own = returns(1)[-252:]
    fixed = rolled(market(), ask("AAA", "BBB", rate=Rate(0.0504)))
    assert_is(float(fixed.sortino[0, -1]), sortino(own - 0.0504 / 252), {"no rate": sortino(own)})
    quotes = np.where(np.arange(560) < 400, 3.6, 7.2)
    held = rolled(with_bill(quotes), ask("AAA", "BBB", rate=Rate(None)))
    daily = np.array([365 * d / (360 - 91 * d) / 252 for d in (quotes / 100)[-253:-1]])
    evening = np.array([365 * d / (360 - 91 * d) / 252 for d in (quotes / 100)[-252:]])
    mistakes = {"no rate": sortino(own), "the same evening's": sortino(own - evening)}
    assert_is(float(held.sortino[0, -1]), sortino(own - daily), mistakes)


def test_correlation_is_that_of_the_excess_returns() -> None:
    # Quotes that leap from 0 to 60 % and back every session, so that the rate is seen beside daily returns.
    quotes = np.where(np.arange(560) % 2 == 0, 0.0, 60.0)
    found = rolled(with_bill(quotes), ask("AAA", "BBB", rate=Rate(None)))
    rate = np.array([365 * d / (360 - 91 * d) / 252 for d in (quotes / 100)[-127:-1]])
    own, other = returns(1)[-126:], returns(2)[-126:]
    right = float(np.corrcoef(own - rate, other - rate)[0, 1])
    mistakes = {
        "no rate": float(np.corrcoef(own, other)[0, 1]),
        "the fund's alone": float(np.corrcoef(own - rate, other)[0, 1]),
    }
    assert found.correlation is not None
    assert_is(float(found.correlation[0, -1]), right, mistakes)


def test_weeks_have_windows_of_52_and_26() -> None:
    found = rolled(market(), ask("AAA", "BBB", weekly=True))
    assert (found.sortino_length, found.correlation_length, found.periods) == (52, 26, 52)
    fridays = np.is_busday(SESSIONS, weekmask="Fri")
    assert found.sessions.tolist() == [d for d in SESSIONS[fridays].tolist() if d >= found.span.start]
    closes, other = walk(1)[fridays], walk(2)[fridays]
    weeks, against = closes[1:] / closes[:-1] - 1.0, other[1:] / other[:-1] - 1.0
    mistakes = {"by 252": sortino(weeks[-52:], 252), "daily": sortino(returns(1)[-252:])}
    assert_is(float(found.sortino[0, -1]), sortino(weeks[-52:], 52), mistakes)
    assert found.correlation is not None
    assert_is(
        float(found.correlation[0, -1]),
        float(np.corrcoef(weeks[-26:], against[-26:])[0, 1]),
        {"a year": float(np.corrcoef(weeks[-52:], against[-52:])[0, 1])},
    )


def test_a_year_of_weeks_is_the_sortino_of_the_comparison() -> None:
    asked = ask("AAA", "BBB", weekly=True)
    found, shown = rolled(market(), asked), compare(market(), {}, asked)
    assert shown.returns == 52
    assert found.sortino[:, -1].tolist() == pytest.approx(
        [shown.metrics[symbol]["sortino"].value for symbol in ("AAA", "BBB")], rel=1e-9
    )


def test_a_single_fund_by_weeks_closes_on_its_own_last_session() -> None:
    found = rolled(market(AAA=(559,)), ask("AAA", weekly=True))
    assert found.span.end == day("2026-02-19")
    assert found.sessions[-1] == np.datetime64("2026-02-13")  # the week of the 19th is not over for it
    assert np.isfinite(found.sortino).all()


def test_a_panel_shorter_than_a_window() -> None:
    found = rolled(market().through(day("2024-02-02")), ask("AAA", "BBB", window="max", as_of="2024-02-02"))
    assert np.isnan(found.sortino).all()
    assert found.correlation is not None
    assert np.isnan(found.correlation).all()
    weekly = ask("AAA", "BBB", window="max", as_of="2024-01-03", weekly=True)
    assert rolled(market(), weekly).sortino.shape == (2, 0)


def test_no_common_history() -> None:
    with pytest.raises(NoCommonHistory):
        rolled(market(), ask("AAA", "BBB", window="since 2030-01-01"))
