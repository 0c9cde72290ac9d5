"""Pairs over windows: what fills them, what several are tested as, and the words for it."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from analytics import FundProfile, IndexChange, Kind, NoCommonHistory, Query, Rate, compare, parse_window
from analytics.evidence.edge import (
    WINDOWS,
    each_against,
    find_edge,
    first_against_others,
    last_quarter,
    weigh_window,
)
from analytics.evidence.gaps import FEWEST, EdgeRow, Verdict, absent_row, judge
from analytics.evidence.intervals import Gap, resample
from analytics.measures.number import Interval, Number
from analytics.panel import Doubt, DoubtKind, Exchange, FloatArray, PricePanel
from tests.panels import day, levels_of, panel_of, weekdays

FIRST = "2014-01-06"


@pytest.fixture(autouse=True)
def few_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fills a window does not depend on how often it is drawn."""
    assert resample.__kwdefaults__
    monkeypatch.setitem(resample.__kwdefaults__, "count", 400)


def panel(sessions: int = 3200, funds: int = 2, seed: int = 1) -> PricePanel:
    """Funds that follow one market on weekdays from January 2014 on."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0004, 0.01, sessions)
    returns = market + rng.normal(0.0, 0.004, (funds, sessions))
    rows = levels_of(returns, 100.0)
    return panel_of(
        dict(zip(("AAA", "BBB", "CCC", "DDD"), rows, strict=False)), weekdays(FIRST, sessions + 1)
    )


def ask(held: PricePanel, *symbols: str, window: str = "1y", **more: object) -> Query:
    asked = Query(symbols or ("AAA", "BBB"), parse_window(window), held.as_of)
    return replace(asked, **more)  # type: ignore[arg-type]


def only(rows: tuple[EdgeRow, ...]) -> EdgeRow:
    (row,) = rows
    return row


def test_all_windows_end_where_the_query_does() -> None:
    held = panel()
    found = find_edge(held, {}, ask(held))
    assert tuple(row.window.label for row in found.rows) == WINDOWS
    spans = [row.span for row in found.rows]
    assert {span.end for span in spans if span} == {held.as_of}
    assert [row.returns for row in found.rows[:3]] == sorted(row.returns for row in found.rows[:3])
    # Without a known change of index the regime is five years.
    assert only(found.over("since regime")).returns == only(found.over("5y")).returns
    assert found.regime is None
    assert found.of(("AAA", "BBB")) == found.rows
    earlier = find_edge(held, {}, ask(held, window="2023"))
    assert {row.span.end for row in earlier.rows if row.span} == {day("2023-12-29")}


def test_a_report_travels_between_processes() -> None:
    held = panel(sessions=700)
    found = find_edge(held, {}, ask(held))
    assert pickle.loads(pickle.dumps(found)) == found


def test_points_are_those_of_the_comparison() -> None:
    held = panel(funds=3)
    asked = ask(held, "AAA", "BBB", "CCC", window="3y", rate=Rate(0.03))
    answer, row = compare(held, {}, asked), weigh_window(held, asked)[1]
    one, other = answer.metrics["AAA"], answer.metrics["CCC"]
    for gap, name in (
        (row.growth, "cagr"),
        (row.sharpe, "sharpe"),
        (row.sortino, "sortino"),
        (row.max_drawdown, "max_drawdown"),
        (row.calmar, "calmar"),
    ):
        first, second = one[name].value, other[name].value
        assert first is not None
        assert second is not None
        assert gap.value.value == pytest.approx(first - second, rel=1e-9), name
        assert gap.interval.low is not None
        assert gap.interval.high is not None
        assert gap.interval.low < first - second < gap.interval.high


def test_pairs_of_a_query() -> None:
    held = panel(funds=3)
    assert first_against_others(ask(held, "AAA", "BBB", "CCC")) == (("AAA", "BBB"), ("AAA", "CCC"))
    assert first_against_others(ask(held, "AAA", benchmark="CCC")) == (("AAA", "CCC"),)
    assert first_against_others(ask(held, "AAA")) == ()
    assert each_against(ask(held, "AAA", "BBB", benchmark="CCC")) == (("AAA", "CCC"), ("BBB", "CCC"))
    assert each_against(ask(held, "AAA", "BBB")) == (("AAA", "BBB"),)


def test_a_fund_alone_has_no_rows() -> None:
    held = panel()
    assert find_edge(held, {}, ask(held, "AAA")).rows == ()
    assert weigh_window(held, ask(held, "AAA")) == ()


def test_a_benchmark_is_a_fund_of_a_pair() -> None:
    held = panel(funds=3)
    asked = ask(held, "AAA", "BBB", benchmark="CCC")
    found = find_edge(held, {}, asked, each_against(asked))
    assert [row.pair for row in found.over("3y")] == [("AAA", "CCC"), ("BBB", "CCC")]


def test_a_window_that_a_pair_does_not_fill_says_why() -> None:
    held = panel(funds=3)
    held.total_return[2, :2000] = np.nan
    found = find_edge(held, {}, ask(held, "AAA", "BBB", "CCC"))
    young = found.of(("AAA", "CCC"))
    assert [row.span is None for row in young] == [False, False, True, True, True]
    assert young[2].judgement.reason == f"prices of CCC begin {held.sessions[2000]}"
    assert young[2].growth.interval.reason == young[2].p.reason == young[2].judgement.reason
    # What one pair lacks costs the other nothing.
    assert all(row.span is not None for row in found.of(("AAA", "BBB")))
    # Alone in its window, the other pair is tested as one.
    full = only(tuple(row for row in found.over("10y") if row.span))
    assert full.p.value is not None
    assert full.adjusted.value == pytest.approx(full.p.value)


def test_without_common_sessions_a_row_says_so() -> None:
    held = panel()
    held.total_return[1, :-1] = np.nan
    rows = find_edge(held, {}, ask(held)).rows
    assert {row.judgement.reason for row in rows} == {"fewer than two common sessions"}
    with pytest.raises(NoCommonHistory):
        weigh_window(held, ask(held))


def test_several_pairs_are_tested_as_several() -> None:
    held = panel(funds=4, sessions=900)
    rows = weigh_window(held, ask(held, "AAA", "BBB", "CCC", "DDD"))
    chances = [row.p.value for row in rows]
    adjusted = [row.adjusted.value for row in rows]
    assert len(rows) == 3
    for p, holm in zip(chances, adjusted, strict=True):
        assert p is not None
        assert holm is not None
        assert p < holm <= 1.0


def test_what_a_fund_misses_its_partner_loses() -> None:
    held = panel(sessions=600)
    holed = replace(held, total_return=held.total_return.copy())
    holed.total_return[0, 450] = holed.total_return[1, 500] = np.nan
    one, other = only(weigh_window(held, ask(held))), only(weigh_window(holed, ask(holed)))
    assert one.returns - other.returns == 2
    assert one.growth.value.value == pytest.approx(other.growth.value.value)
    assert one.sharpe.value.value != other.sharpe.value.value


def test_pairs_of_other_sessions_stand_beside_each_other() -> None:
    held = panel(funds=3, sessions=600)
    held.total_return[2, 500] = np.nan
    rows = weigh_window(held, ask(held, "AAA", "BBB", "CCC"))
    assert rows[0].returns - rows[1].returns == 1


def test_weeks_are_of_the_ratios_and_days_of_growth_and_falls() -> None:
    held = panel()
    daily, weekly = (only(weigh_window(held, ask(held, window="5y", weekly=pace))) for pace in (False, True))
    assert (weekly.returns, daily.returns > 1200) == (260, True)
    assert weekly.growth == daily.growth
    assert weekly.max_drawdown == daily.max_drawdown
    assert weekly.sharpe != daily.sharpe
    assert "mean block 2 weeks" in weekly.sharpe.interval.method
    assert "8,000 resamples, mean block 10 sessions" in weekly.growth.interval.method


def test_exchanges_that_close_hours_apart_are_weighed_by_weeks() -> None:
    held = panel()
    apart = replace(held, exchanges=(held.exchanges[0], Exchange("XTKS", close=6.0)))
    assert only(weigh_window(apart, ask(held, window="5y"))).returns == 260


def test_a_rate_that_changes_is_taken_from_both() -> None:
    held = panel(sessions=900)
    bill = np.linspace(2.0, 5.0, held.sessions.size)
    levels = np.vstack([held.total_return, np.full(held.sessions.size, np.nan)])
    closes = np.vstack([held.close, bill])
    rated = PricePanel(
        held.sessions, ("AAA", "BBB", "^IRX"), levels, closes, np.full_like(closes, np.nan), ""
    )
    asked = ask(rated, rate=Rate(None))
    free, charged = only(weigh_window(held, ask(held))), only(weigh_window(rated, asked))
    assert free.growth == charged.growth
    assert free.sharpe.value != charged.sharpe.value
    assert compare(rated, {}, asked).metrics["AAA"]["sharpe"].value is not None


@pytest.mark.parametrize(("returns", "tested"), [(FEWEST - 1, False), (FEWEST, True)])
def test_few_returns_have_intervals_and_no_test(returns: int, tested: bool) -> None:
    held = panel(sessions=returns)
    row = only(weigh_window(held, ask(held, window="max")))
    assert row.returns == returns
    assert row.sharpe.interval.low is not None
    assert not row.annualised
    assert row.return_years.reason == "not annualised below one year"
    assert (row.p.value is not None) is tested
    assert (row.sure[0].value is not None) is tested
    if not tested:
        assert row.p.reason == row.shows_from.reason == row.years.reason == "fewer than 120 returns"
        assert row.judgement.verdict is Verdict.UNKNOWN
        assert row.judgement.reason == "it has fewer than 120 returns"


def test_fewer_returns_than_a_ratio_needs_have_no_interval() -> None:
    held = panel(sessions=10)
    row = only(weigh_window(held, ask(held, window="max")))
    assert row.sharpe.interval.reason == "fewer than 15 returns"
    assert row.growth.interval.low is not None
    assert row.calmar.interval.reason == "not annualised below one year"


def flat(returns: FloatArray) -> EdgeRow:
    rows = levels_of(returns, 100.0)
    held = panel_of({"AAA": rows[0], "BBB": rows[1]}, weekdays(FIRST, rows.shape[1]))
    return only(weigh_window(held, ask(held, window="max")))


def test_series_that_do_not_vary() -> None:
    still = np.zeros((2, 300))
    same = flat(still)
    assert (same.judgement.verdict, same.sharpe.value.reason) == (
        Verdict.IDENTICAL,
        "the returns do not vary",
    )
    still[0] += 0.0001
    other = flat(still)
    assert (other.judgement.verdict, other.judgement.reason) == (Verdict.UNKNOWN, "the returns do not vary")
    still[0] = np.random.default_rng(1).normal(0.0, 0.01, 300)
    one = flat(still)
    assert (one.judgement.verdict, one.p.reason) == (Verdict.UNKNOWN, "the returns do not vary")
    assert one.growth.interval.low is not None
    assert (one.sure[0].value is not None, one.sure[1].reason) == (True, "the returns do not vary")


def gap(low: float, high: float) -> Gap:
    number = Number((low + high) / 2)
    return Gap(number, Interval(low, high, 0.95, "by hand"), number, number)


def row(p: float, sharpe: tuple[float, float], growth: tuple[float, float], shows: float) -> EdgeRow:
    """A year's row with what a verdict is bound to."""
    base = absent_row(parse_window("1y"), ("AAA", "BBB"), "")
    return replace(
        base,
        returns=251,
        annualised=True,
        adjusted=Number(p),
        sharpe=gap(*sharpe),
        growth=gap(*growth),
        shows_from=Number(shows),
    )


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (row(0.28, (-0.06, 0.50), (-0.02, 0.12), 0.51), Verdict.UNKNOWN),
        (row(0.03, (0.02, 0.90), (-0.02, 0.12), 0.51), Verdict.DISTINGUISHABLE),
        (row(0.05, (0.02, 0.90), (-0.02, 0.12), 0.51), Verdict.UNKNOWN),  # p is not below 0.05
        (row(0.03, (0.00, 0.90), (-0.02, 0.12), 0.51), Verdict.UNKNOWN),  # 0 is not excluded
        (row(0.64, (-0.13, 0.09), (-0.036, 0.02), 0.17), Verdict.NO_GAP),
        (row(0.64, (-0.13, 0.09), (-0.036, 0.02), 0.2), Verdict.NO_GAP),
        (row(0.64, (-0.13, 0.09), (-0.036, 0.02), 0.21), Verdict.UNKNOWN),
        (row(0.64, (-0.13, 0.09), (-0.01, 0.01), 0.17), Verdict.SAME),
        (row(0.64, (-0.2, 0.2), (-0.01, 0.01), 0.3), Verdict.SAME),
        (row(0.64, (-0.21, 0.2), (-0.01, 0.01), 0.3), Verdict.UNKNOWN),
        # Surely not nothing, and surely too small to matter.
        (row(0.001, (0.01, 0.02), (0.001, 0.002), 0.01), Verdict.SAME),
    ],
)
def test_verdicts_are_bound_to_what_a_window_can_show(made: EdgeRow, verdict: Verdict) -> None:
    assert judge(made).verdict is verdict
    assert judge(made, identical=True).verdict is Verdict.IDENTICAL


def test_below_a_year_less_is_the_same() -> None:
    held = panel(sessions=130)
    half = only(weigh_window(held, ask(held, window="max")))
    narrow = replace(half, sharpe=gap(-0.1, 0.1), shows_from=Number(0.1), adjusted=Number(0.5))
    assert judge(replace(narrow, growth=gap(-0.004, 0.004))).verdict is Verdict.SAME
    assert judge(replace(narrow, growth=gap(-0.004, 0.006))).verdict is Verdict.NO_GAP


def test_the_regime_is_the_newest_change_of_any_fund() -> None:
    held = panel(funds=3)
    changes = {"AAA": "2018-03-05", "BBB": "2021-03-19", "CCC": "2024-01-08"}
    profiles = {
        symbol: FundProfile(symbol, Kind.FUND, index_changes=(IndexChange(day(on), "Index B"),))
        for symbol, on in changes.items()
    }
    found = find_edge(held, profiles, ask(held))
    since = only(found.over("since regime"))
    assert since.window.label == "since regime"
    assert since.span is not None
    assert since.span.start == day("2021-03-19")
    assert found.regime == ("BBB", IndexChange(day("2021-03-19"), "Index B"))
    beside = find_edge(held, profiles, ask(held, benchmark="CCC"))
    assert beside.regime is not None
    assert beside.regime[0] == "CCC"
    before = find_edge(held, profiles, ask(held, as_of=day("2021-03-19")))
    assert before.regime is not None
    assert before.regime[0] == "AAA"


def test_doubts_of_all_rows_are_carried() -> None:
    held = panel()
    doubts = tuple(
        Doubt(DoubtKind.JUMP, "AAA", on, 0.5)
        for on in (day("2014-02-03"), day("2020-02-03"), day("2026-02-03"))
    )
    found = find_edge(replace(held, doubts=doubts), {}, ask(held, as_of=day("2026-01-16")))
    assert [doubt.session for doubt in found.doubts] == [day("2020-02-03")]


def turned(year: float, quarter: float) -> PricePanel:
    """AAA ahead by so much in the nine months before, and by so much in the last three."""
    days = np.array(["2025-01-16", "2025-10-16", "2026-01-16"], dtype="datetime64[D]")
    ahead = np.array([100.0, 100.0 * (1 + year), 100.0 * (1 + year) * (1 + quarter)])
    return panel_of({"AAA": ahead, "BBB": np.full(3, 100.0)}, days)


@pytest.mark.parametrize(
    ("year", "quarter", "found"),
    [
        (0.10, -0.02, True),
        (-0.10, 0.02, True),
        (0.10, -0.009, False),  # too small to tell
        (0.10, 0.02, False),  # the same way
        (0.01, -0.03, False),  # the whole year has the sign of its last quarter
    ],
)
def test_a_quarter_that_has_turned(year: float, quarter: float, found: bool) -> None:
    held = turned(year, quarter)
    turn = last_quarter(held, ask(held), ("AAA", "BBB"))
    assert (turn is not None) is found
    if turn:
        assert (turn.start, turn.end) == (day("2025-10-16"), day("2026-01-16"))
        assert turn.gap == pytest.approx(quarter)
        other = last_quarter(held, ask(held), ("BBB", "AAA"))
        assert other is not None
        assert other.gap == -turn.gap


def test_no_turn_in_a_short_window_or_history() -> None:
    held = turned(0.10, -0.02)
    assert last_quarter(held, ask(held, window="3m"), ("AAA", "BBB")) is None
    young = replace(held, total_return=held.total_return.copy())
    young.total_return[1, :-1] = np.nan
    assert last_quarter(young, ask(young), ("AAA", "BBB")) is None
    late = ask(held, as_of=held.as_of + timedelta(days=9))
    assert last_quarter(held, late, ("AAA", "BBB")) is not None
