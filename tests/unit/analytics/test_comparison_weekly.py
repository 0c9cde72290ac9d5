"""A comparison by weeks: which figures change, which stay, and how many returns there are."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import MEASURES, Comparison, Number, PricePanel, Rate, compare
from analytics.comparison import ABSOLUTE, RELATIVE
from tests.panels import day
from tests.unit.analytics.discriminate import assert_is
from tests.unit.analytics.markets import SESSIONS, ask, market, walk, with_bill

if TYPE_CHECKING:
    from analytics.panel import FloatArray

PERIODIC = {name for name, row in MEASURES.items() if row.periodic}
FRIDAYS = np.is_busday(SESSIONS, weekmask="Fri")


def both(**parts: str | Rate) -> tuple[Comparison, Comparison]:
    asked = ({"window": "1y"} | parts, {"window": "1y", "weekly": True} | parts)
    daily, weekly = (compare(market(), {}, ask("AAA", "BBB", **more)) for more in asked)
    return daily, weekly


def number(found: Comparison, name: str) -> Number:
    return (found.metrics if name in ABSOLUTE else found.relative)["AAA"][name]


def value(found: Comparison, name: str) -> float:
    held = number(found, name)
    assert held.value is not None, held.reason
    return held.value


def weeks(seed: int, first: str = "2025-02-20") -> FloatArray:
    inside = FRIDAYS & (np.datetime64(first) <= SESSIONS)
    closes = walk(seed)[inside]
    return np.asarray(closes[1:] / closes[:-1] - 1.0)


def test_the_number_of_returns_and_of_periods() -> None:
    daily, weekly = both()
    assert (daily.returns, daily.periods) == (261, 252)
    assert (weekly.returns, weekly.periods) == (52, 52)


def test_measures_of_returns_change_and_those_of_levels_stay() -> None:
    daily, weekly = both()
    for name in (*ABSOLUTE, *RELATIVE):
        assert (number(daily, name) == number(weekly, name)) == (name not in PERIODIC), name


def test_all_else_stays_daily() -> None:
    daily, weekly = both()
    assert np.array_equal(daily.sessions, weekly.sessions)
    assert np.array_equal(daily.growth, weekly.growth)
    assert np.array_equal(daily.drawdown, weekly.drawdown)
    assert (daily.span, daily.falls, daily.trailing, daily.years, daily.notes) == (
        weekly.span,
        weekly.falls,
        weekly.trailing,
        weekly.years,
        weekly.notes,
    )


def test_the_order_of_the_measures_is_the_same() -> None:
    daily, weekly = both()
    assert list(weekly.metrics["AAA"]) == list(daily.metrics["AAA"]) == list(ABSOLUTE)
    assert list(weekly.relative["AAA"]) == list(daily.relative["AAA"]) == list(RELATIVE)


def test_volatility_and_sortino_of_weeks() -> None:
    _, weekly = both()
    own = weeks(1)
    assert own.size == 52
    early = weeks(1, "2025-02-14")
    spread = float(own.std(ddof=1))
    mistakes = {
        "by 252": spread * math.sqrt(252),
        "the week before too": float(early.std(ddof=1)) * math.sqrt(52),
        "ddof 0": float(own.std()) * math.sqrt(52),
    }
    assert_is(value(weekly, "volatility"), spread * math.sqrt(52), mistakes)
    short = math.sqrt(float((np.minimum(own, 0.0) ** 2).mean()))
    right = float(own.mean()) / short * math.sqrt(52)
    assert_is(value(weekly, "sortino"), right, {"by 252": right * math.sqrt(252 / 52)})


def test_a_fixed_rate_is_taken_off_week_by_week() -> None:
    # 5.04 % a year are 2 basis points a session, 10 a week of five.
    _, weekly = both(rate=Rate(0.0504))
    own = weeks(1)
    right = float(own.mean() - 0.0010) / float(own.std(ddof=1)) * math.sqrt(52)
    mistakes = {
        "no rate": right + 0.0010 / float(own.std(ddof=1)) * math.sqrt(52),
        "one session's": right + 0.0008 / float(own.std(ddof=1)) * math.sqrt(52),
        "a 52nd": float(own.mean() - 0.0504 / 52) / float(own.std(ddof=1)) * math.sqrt(52),
    }
    assert_is(value(weekly, "sharpe"), right, mistakes)


def test_the_bill_is_summed_over_the_sessions_of_each_week() -> None:
    quotes = 3.6 + np.arange(560) / 100
    found = compare(with_bill(quotes), {}, ask("AAA", "BBB", rate=Rate(None), weekly=True))
    fractions = quotes / 100
    daily = 365 * fractions / (360 - 91 * fractions) / 252
    fridays = np.flatnonzero(FRIDAYS & (np.datetime64("2025-02-20") <= SESSIONS))
    # The rate of a session is the quote of the evening before.
    rates = np.array([daily[a:b].sum() for a, b in pairwise(fridays)])
    excess = weeks(1) - rates
    right = float(excess.mean() / excess.std(ddof=1)) * math.sqrt(52)
    late = weeks(1) - np.array([daily[a + 1 : b + 1].sum() for a, b in pairwise(fridays)])
    mistakes = {"the same evening's": float(late.mean() / late.std(ddof=1)) * math.sqrt(52)}
    assert_is(value(found, "sharpe"), right, mistakes)


def test_beta_and_information_ratio_of_weeks() -> None:
    _, weekly = both()
    own, other = weeks(1), weeks(2)
    moments = np.cov(own, other)
    assert_is(
        value(weekly, "beta"),
        float(moments[0, 1] / moments[1, 1]),
        {"turned": float(moments[0, 1] / moments[0, 0])},
    )
    active = own - other
    ratio = float(active.mean() / active.std(ddof=1)) * math.sqrt(52)
    assert_is(value(weekly, "information_ratio"), ratio, {"by 252": ratio * math.sqrt(252 / 52)})


def test_the_weekly_measures_are_not_resampled_twice() -> None:
    daily, weekly = both()
    for name in ("tracking_error", "correlation"):
        assert value(weekly, f"{name}_weekly") == value(daily, f"{name}_weekly")
        assert value(weekly, name) == pytest.approx(value(daily, f"{name}_weekly"), rel=1e-12)


def test_a_quarter_has_too_few_weeks_for_a_risk_figure() -> None:
    daily, weekly = both(window="3m")
    assert (daily.returns, weekly.returns) == (66, 13)
    assert daily.metrics["AAA"]["sortino"].value is not None
    assert weekly.metrics["AAA"]["sortino"] == Number(None, "fewer than 15 weekly returns")
    assert weekly.relative["AAA"]["beta"] == Number(
        None, "fewer than 15 weekly returns in common with the benchmark"
    )
    assert weekly.metrics["AAA"]["total_return"] == daily.metrics["AAA"]["total_return"]


def test_a_window_without_a_whole_week() -> None:
    _, weekly = both(window="since 2026-02-17")
    assert weekly.returns == 0
    assert weekly.metrics["AAA"]["volatility"].reason == "fewer than 15 weekly returns"
    assert weekly.metrics["AAA"]["total_return"].value is not None


def test_a_friday_that_one_misses_is_thursday_for_both_where_they_are_compared() -> None:
    at = int(np.searchsorted(SESSIONS, np.datetime64("2025-11-14")))
    found = compare(market(BBB=(at,)), {}, ask("AAA", "BBB", weekly=True))
    assert found.returns == 52
    closes = FRIDAYS & (np.datetime64("2025-02-20") <= SESSIONS)
    closes[[at - 1, at]] = True, False
    own, other = walk(1)[closes], walk(2)[closes]
    active = own[1:] / own[:-1] - other[1:] / other[:-1]
    right = float(np.std(active, ddof=1)) * math.sqrt(52)
    friday = float((weeks(1) - weeks(2)).std(ddof=1)) * math.sqrt(52)
    assert_is(value(found, "tracking_error"), right, {"its own Friday": friday})
    assert value(found, "volatility") == value(both()[1], "volatility")


def test_a_fund_alone_is_measured_by_weeks() -> None:
    alone = compare(market(), {}, ask("AAA", weekly=True))
    assert (alone.returns, alone.relative) == (52, {})
    _, weekly = both()
    assert value(alone, "volatility") == value(weekly, "volatility")


def test_the_week_that_is_not_over_is_left_out() -> None:
    held: PricePanel = market()
    wednesday = compare(held, {}, ask("AAA", "BBB", as_of="2026-02-18", weekly=True))
    assert wednesday.span.end == day("2026-02-18")
    assert wednesday.returns == 51  # from Friday, 21 February 2025 to Friday, 13 February 2026
