"""Returns of followed pairs by hand and by a slow twin; which session ends a week or a month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.pairs import PairReturn, Period, ended_period, pair_returns
from analytics.panel import Doubt, DoubtKind, Exchange, PricePanel
from bot.market.calendar import ExchangeCalendar
from tests import panels

TABLE = """
            AAA    BBB
2025-12-30  90.0   50.0
2025-12-31  100.0  50.0
2026-01-08  105.0  48.0
2026-01-09  108.0  52.0
2026-01-15  110.0  50.0
2026-01-16  99.0   51.0
"""


def gaps(table: str = TABLE, day: date = date(2026, 1, 16)) -> dict[str, float | None]:
    found = pair_returns(panels.panel(table), ("AAA", "BBB"), day)
    return {each.period.value: each.gap for each in found.periods}


def test_returns_go_from_the_last_close_before_the_period() -> None:
    found = pair_returns(panels.panel(TABLE), ("AAA", "BBB"), date(2026, 1, 18))
    assert found.session == date(2026, 1, 16)
    bases = {each.period.value: each.base for each in found.periods}
    assert bases == {
        "day": date(2026, 1, 15),
        "week": date(2026, 1, 9),
        "month": date(2025, 12, 31),
        "year": date(2025, 12, 31),
    }
    assert gaps() == {
        "day": pytest.approx(99 / 110 - 51 / 50),
        "week": pytest.approx(99 / 108 - 51 / 52),
        "month": pytest.approx(99 / 100 - 51 / 50),
        "year": pytest.approx(99 / 100 - 51 / 50),
    }


def test_a_missing_price_is_not_made_up_for() -> None:
    found = gaps(TABLE.replace("110.0", "-"))
    assert found["day"] is None
    assert found["month"] == pytest.approx(99 / 100 - 51 / 50)
    assert set(gaps(TABLE.replace("99.0", "-")).values()) == {None}


def test_prices_that_begin_later_have_no_year_to_date() -> None:
    short = "\n".join(line for line in TABLE.splitlines() if not line.startswith("2025"))
    found = pair_returns(panels.panel(short), ("AAA", "BBB"), date(2026, 1, 16))
    assert found.over(Period.YEAR) == PairReturn(Period.YEAR, None, (None, None))
    assert found.over(Period.WEEK) is not None


def test_a_fund_without_prices_has_no_returns() -> None:
    assert pair_returns(panels.panel(TABLE), ("AAA", "CCC"), date(2026, 1, 16)).session is None
    assert pair_returns(panels.panel(TABLE), ("AAA", "BBB"), date(2020, 1, 16)).session is None


def test_a_gap_is_between_the_same_two_closes_of_two_exchanges() -> None:
    """London rests on the 16th: both are told up to the 15th."""
    panel = panels.panel(TABLE)
    held = np.ones(panel.close.shape, dtype=bool)
    held[1, -1] = False
    apart = replace(panel, exchanges=(Exchange("XNYS"), Exchange("XLON")), held=held)
    found = pair_returns(apart, ("AAA", "BBB"), date(2026, 1, 16))
    assert found.session == date(2026, 1, 15)
    day = found.over(Period.DAY)
    assert day
    assert day.gap == pytest.approx(110 / 108 - 50 / 52)


def test_the_fund_beside_them_is_measured_on_the_same_closes() -> None:
    beside = (
        TABLE.replace("BBB\n", "BBB CCC\n").replace("51.0\n", "51.0 11.0\n").replace("50.0\n", "50.0 10.0\n")
    )
    beside = beside.replace("48.0\n", "48.0 10.0\n").replace("52.0\n", "52.0 10.0\n")
    found = pair_returns(panels.panel(beside), ("AAA", "BBB", "CCC"), date(2026, 1, 16))
    day = found.over(Period.DAY)
    assert day
    assert day.returns[2] == pytest.approx(0.1)


def test_a_doubt_is_said_where_a_return_rests_on_it() -> None:
    old = Doubt(DoubtKind.JUMP, "AAA", date(2025, 12, 31), 0.3)
    new = Doubt(DoubtKind.JUMP, "AAA", date(2026, 1, 9), 0.3)
    panel = replace(panels.panel(TABLE), doubts=(old, new))
    assert pair_returns(panel, ("AAA", "BBB"), date(2026, 1, 16)).doubts == (new,)


@given(st.integers(0, 399))
def test_returns_are_those_of_pandas(at: int) -> None:
    days = pd.bdate_range("2025-01-02", periods=400)
    steps = np.random.default_rng(at).normal(0, 0.01, (400, 2))
    frame = pd.DataFrame(np.exp(np.cumsum(steps, axis=0)), index=days, columns=["AAA", "BBB"])
    panel = PricePanel.from_frame(frame, source=panels.SOURCE)
    end = days[at]
    found = pair_returns(panel, ("AAA", "BBB"), end.date())
    known = frame.loc[:end]
    starts = {
        Period.DAY: end,
        Period.WEEK: end.to_period("W").start_time,
        Period.MONTH: end.to_period("M").start_time,
        Period.YEAR: end.to_period("Y").start_time,
    }
    for each in found.periods:
        before = known.loc[known.index < starts[each.period]]
        if before.empty:
            assert each.gap is None
        else:
            ratio = known.iloc[-1] / before.iloc[-1] - 1
            assert each.gap == pytest.approx(ratio["AAA"] - ratio["BBB"])


def told(first: str, last: str, period: Period, known: str | None = None) -> date | None:
    """What a channel hears that hears of the session `last`; `known`: it has heard up to that one."""
    ends = date.fromisoformat(last)
    days = ExchangeCalendar().sessions(date.fromisoformat(first), ends + timedelta(days=10)).tolist()
    upto = [day for day in days if day <= ends] + [day for day in days if day > ends][:1]
    return ended_period(upto, date.fromisoformat(known) if known else None, period)


@pytest.mark.parametrize(
    ("session", "period", "known", "ended"),
    [
        ("2026-01-16", Period.WEEK, None, "2026-01-16"),  # Friday, and Monday is a holiday
        ("2026-01-20", Period.WEEK, None, None),
        ("2026-04-02", Period.WEEK, "2026-04-01", "2026-04-02"),  # Good Friday
        ("2026-01-20", Period.WEEK, "2026-01-15", "2026-01-16"),  # the post of Friday was missed
        ("2026-01-20", Period.WEEK, "2026-01-16", None),
        ("2026-01-30", Period.MONTH, "2026-01-29", "2026-01-30"),  # the 31st is a Saturday
        ("2026-02-03", Period.MONTH, "2026-01-29", "2026-01-30"),
        ("2026-05-29", Period.MONTH, None, "2026-05-29"),
        ("2025-12-31", Period.YEAR, None, "2025-12-31"),
        ("2026-03-05", Period.MONTH, "2026-01-15", "2026-02-27"),  # of two the newer
    ],
)
def test_a_period_ends_by_the_exchanges_calendar(
    session: str, period: Period, known: str | None, ended: str | None
) -> None:
    found = told("2025-12-01", session, period, known)
    assert found == (date.fromisoformat(ended) if ended else None)
