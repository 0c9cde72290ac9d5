"""A question laid on prices: rows, gaps, rates, and which sample a measure takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics import MEASURES, Exchange, NoCommonHistory, PricePanel, Rate
from analytics.align import align, session_rates
from analytics.comparison import ABSOLUTE
from analytics.measures.resample import monthly
from tests.panels import day
from tests.unit.analytics.markets import SESSIONS, ask, market, walk, with_bill


def test_the_funds_asked_and_then_a_benchmark_that_is_none_of_them() -> None:
    found = align(market(), ask("BBB", "AAA", benchmark="CCC"))
    assert found.funds.symbols == ("BBB", "AAA", "CCC")
    assert found.sample.levels.shape == (2, 262)
    assert found.sample.levels[0].tolist() == walk(2)[found.span.columns].tolist()
    against = found.sample_of("beta", "AAA").benchmark
    assert against is not None
    assert against.tolist() == walk(3)[found.span.columns].tolist()


def test_the_bill_is_a_rate_and_a_fund_only_where_it_is_asked_for() -> None:
    held = with_bill(np.full(560, 3.6))
    assert align(held, ask("AAA", rate=Rate(None))).funds.symbols == ("AAA",)
    with pytest.raises(NoCommonHistory):  # its level is a yield: it has no total return
        align(held, ask("AAA", "^IRX", rate=Rate(None)))


def test_a_session_that_one_misses_costs_the_other_nothing() -> None:
    found = align(market(BBB=(500,)), ask("AAA", "BBB"))
    assert dict(found.count) == {"AAA": 261, "BBB": 260}
    assert found.sample_of("beta", "AAA").paired.count.tolist() == [260.0]
    alone = align(market(), ask("AAA")).numbers(ABSOLUTE)
    assert found.numbers(ABSOLUTE)[0] == alone[0]


def test_each_measure_takes_its_own_sample() -> None:
    daily, weekly = (align(market(), ask("AAA", "BBB", weekly=on)) for on in (False, True))
    for name, row in MEASURES.items():
        assert daily.sample_of(name, "AAA").periods == 252
        assert weekly.sample_of(name, "AAA").periods == (52 if row.periodic else 252)
        assert (daily.sample_of(name, "AAA").benchmark is not None) is row.relative


def test_each_fund_has_the_sessions_and_the_year_of_its_exchange() -> None:
    # The first fund's exchange rests on two sessions; the second's never closes.
    held = np.ones((3, SESSIONS.size), dtype=bool)
    held[0, [450, 470]] = False
    exchanges = (Exchange("XLON", close=16.5), Exchange("24/7", 365, 24.0), Exchange("XNYS"))
    found = align(replace(market(AAA=(450, 470)), held=held, exchanges=exchanges), ask("AAA", "BBB"))
    assert dict(found.count) == {"AAA": 259, "BBB": 261}
    assert [found.sample_of("sharpe", symbol).periods for symbol in ("AAA", "BBB")] == [252, 365]
    assert not found.funds.missing.any()
    # 16:30 and midnight: what they have in common is told by weeks.
    assert (found.apart("AAA"), found.sample_of("beta", "AAA").periods) == (True, 52)


@pytest.mark.parametrize(
    ("one", "other", "apart"), [(21.0, 24.0, True), (21.0, 21.5, False), (23.5, 0.5, False)]
)
def test_closes_are_hours_apart_around_midnight_too(one: float, other: float, apart: bool) -> None:
    exchanges = (Exchange("XNYS", close=one), Exchange("XNYS", close=other), Exchange("XNYS"))
    assert align(replace(market(), exchanges=exchanges), ask("AAA", "BBB")).apart("AAA") is apart


def test_numbers_come_in_the_order_wanted() -> None:
    wanted = ["sortino", "calmar", "volatility", "total_return"]
    for on in (False, True):
        rows = align(market(), ask("AAA", "BBB", weekly=on)).numbers(wanted)
        assert [list(row) for row in rows] == [wanted, wanted]


def test_a_name_that_is_no_measure() -> None:
    for on in (False, True):
        with pytest.raises(KeyError, match="treynor"):
            align(market(), ask("AAA", weekly=on)).numbers(["treynor"])


def test_the_rate_of_every_session_of_the_panel() -> None:
    held = with_bill(np.arange(560) / 100)
    rates, gaps = session_rates(held, ask("AAA", rate=Rate(0.0252)), 3)
    assert rates.tolist() == pytest.approx([1e-4] * 3)
    assert gaps.tolist() == [0.0] * 3
    quoted, _ = session_rates(held, ask("AAA", rate=Rate(None)), 3)
    assert (quoted * 252 * 100).round(4).tolist() == [0.0, 0.0101, 0.0203]  # the evening before


def test_gaps_of_the_rate_are_counted_inside_the_span_only() -> None:
    quotes = np.full(560, 3.6)
    quotes[[10, 400, 401]] = np.nan
    found = align(with_bill(quotes), ask("AAA", rate=Rate(None)))
    assert (found.span.first < 400, found.rate_gaps) == (True, 2)
    assert np.isfinite(np.asarray(found.sample_of("sharpe", "AAA").rate)).all()


def test_nothing_after_the_question_is_known() -> None:
    found = align(market(), ask("AAA", as_of="2025-11-16"))
    assert found.history.as_of == found.span.end == day("2025-11-14")
    assert found.sample.sessions[-1] < SESSIONS[-1]


def test_the_last_month_is_whole_where_the_next_session_says_so() -> None:
    """Good Friday was the last weekday of March 2024; a window that ends inside a panel sees what follows."""
    held = market()
    rest = held.sessions != np.datetime64("2024-03-29")
    open_days = PricePanel(
        held.sessions[rest],
        held.symbols,
        held.total_return[:, rest],
        held.close[:, rest],
        held.volume[:, rest],
        held.source,
    )
    past = align(open_days, ask("AAA", window="2024-01-01..2024-03-28")).sample_of("best_month", "AAA")
    evening = open_days.through(day("2024-03-28"))
    now = align(evening, ask("AAA", window="max", as_of="2024-03-28")).sample_of("best_month", "AAA")
    unknown = replace(evening, following=None)
    before = align(unknown, ask("AAA", window="max", as_of="2024-03-28")).sample_of("best_month", "AAA")
    months = [monthly(held).sessions.size for held in (past, now, before)]
    assert [past.following, now.following, before.following] == [day("2024-04-01"), day("2024-04-01"), None]
    assert months == [3, 3, 2]
