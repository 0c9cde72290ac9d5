"""A question laid on prices: rows, gaps, rates, and which sample a measure takes."""

from __future__ import annotations

import numpy as np
import pytest

from analytics import MEASURES, NoCommonHistory, Rate
from analytics.laid import laid, session_rates
from tests.panels import day
from tests.unit.analytics.markets import SESSIONS, ask, market, walk, with_bill


def test_the_funds_asked_and_then_a_benchmark_that_is_none_of_them() -> None:
    found = laid(market(), ask("BBB", "AAA", benchmark="CCC"))
    assert found.funds.symbols == ("BBB", "AAA", "CCC")
    assert found.levels.shape == (3, 262)
    assert found.sample.levels.tolist() == found.levels[:2].tolist()
    assert found.sample.benchmark is not None
    assert found.sample.benchmark.tolist() == walk(3)[found.span.columns].tolist()


def test_the_bill_is_a_rate_and_a_fund_only_where_it_is_asked_for() -> None:
    held = with_bill(np.full(560, 3.6))
    assert laid(held, ask("AAA", rate=Rate(None))).funds.symbols == ("AAA",)
    with pytest.raises(NoCommonHistory):  # its level is a yield: it has no total return
        laid(held, ask("AAA", "^IRX", rate=Rate(None)))


def test_a_session_that_one_misses_is_missing_for_all_and_the_panel_keeps_it() -> None:
    held = market(BBB=(500,))
    found = laid(held, ask("AAA", "BBB"))
    at = 500 - found.span.first
    assert np.flatnonzero(np.isnan(found.levels[0])).tolist() == [at]
    assert np.isfinite(held.total_return[0]).all()
    assert np.isfinite(found.funds.total_return[0]).all()


def test_each_measure_takes_its_own_sample() -> None:
    daily, weekly = (laid(market(), ask("AAA", "BBB", weekly=on)) for on in (False, True))
    for name, row in MEASURES.items():
        assert daily.sample_of(name) is daily.sample
        assert weekly.sample_of(name) is (weekly.measured if row.periodic else weekly.sample)
    assert (daily.measured.periods, weekly.measured.periods, weekly.sample.periods) == (252, 52, 252)


def test_numbers_come_in_the_order_wanted() -> None:
    wanted = ["sortino", "calmar", "volatility", "total_return"]
    for on in (False, True):
        rows = laid(market(), ask("AAA", "BBB", weekly=on)).numbers(wanted)
        assert [list(row) for row in rows] == [wanted, wanted]


def test_a_name_that_is_no_measure() -> None:
    for on in (False, True):
        with pytest.raises(KeyError, match="treynor"):
            laid(market(), ask("AAA", weekly=on)).numbers(["treynor"])


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
    found = laid(with_bill(quotes), ask("AAA", rate=Rate(None)))
    assert (found.span.first < 400, found.rate_gaps) == (True, 2)
    assert np.isfinite(np.asarray(found.sample.rate)).all()


def test_nothing_after_the_question_is_known() -> None:
    found = laid(market(), ask("AAA", as_of="2025-11-16"))
    assert found.history.as_of == found.span.end == day("2025-11-14")
    assert found.sample.sessions[-1] < SESSIONS[-1]
