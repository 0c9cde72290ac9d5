"""Funds side by side: alignment, the rate, the notes, and what must never surface."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics import Comparison, FundProfile, IndexChange, Kind, NoCommonHistory, NoteKind, Rate, compare
from analytics.align import MINIMUM_RETURNS
from analytics.comparison import ABSOLUTE, RELATIVE, Stretch, gap_opened
from analytics.panel import FloatArray, PricePanel
from analytics.query import Query
from tests.panels import day, panel, panel_of
from tests.unit.analytics.discriminate import assert_is
from tests.unit.analytics.markets import LAST, SESSIONS, ask, market, walk, with_bill


def value(found: Comparison, symbol: str, name: str) -> float:
    number = (found.metrics if name in ABSOLUTE else found.relative)[symbol][name]
    assert number.value is not None, number.reason
    return number.value


def test_the_span_and_its_series() -> None:
    found = compare(market(), {}, ask("AAA", "BBB"))
    assert (found.span.start, found.span.end) == (day("2025-02-20"), day(LAST))
    assert found.returns == found.sessions.size - 1 == 261
    assert found.growth.shape == found.drawdown.shape == (2, 262)
    assert found.growth[:, 0].tolist() == [1.0, 1.0]
    assert found.growth[0, -1] - 1 == pytest.approx(value(found, "AAA", "total_return"))
    assert found.drawdown[0].min() == pytest.approx(value(found, "AAA", "max_drawdown"))
    assert found.falls["AAA"][0].depth == pytest.approx(value(found, "AAA", "max_drawdown"))
    assert found.symbols == ("AAA", "BBB")
    assert set(found.metrics["AAA"]) == set(ABSOLUTE)
    assert (found.source, found.simulated, found.notes) == ("by hand", False, ())


def test_the_second_of_a_pair_is_the_benchmark_unless_another_is_named() -> None:
    held = market()
    assert set(compare(held, {}, ask("AAA", "BBB")).relative) == {"AAA"}
    several = compare(held, {}, ask("AAA", "BBB", "CCC"))
    assert (several.query.against, several.relative) == (None, {}), "never the last one typed"
    found = compare(held, {}, ask("AAA", "BBB", benchmark="CCC"))
    assert set(found.relative) == {"AAA", "BBB"}
    assert set(found.relative["AAA"]) == set(RELATIVE)
    alone = compare(held, {}, ask("AAA"))
    assert alone.relative == {}
    assert alone.query.against is None
    against_one = compare(held, {}, ask("AAA", "BBB", benchmark="AAA"))
    assert set(against_one.relative) == {"BBB"}


@pytest.mark.parametrize(
    ("query", "against"),
    [
        (ask("AAA", "BBB", "CCC", market=True), "SPY"),
        (ask("AAA", "SPY", "CCC", market=True), "SPY"),
        (ask("AAA", "BBB", "CCC", market=True, benchmark="CCC"), "CCC"),
        (ask("AAA", "BBB", "CCC"), None),
        # Of a pair the second, of one fund nothing, whatever the market.
        (ask("AAA", "BBB", market=True), "BBB"),
        (ask("AAA", market=True), None),
        # One that is listed elsewhere has another broad market than the American one.
        (ask("AAA", "VWCE.DE", "CCC", market=True), None),
        (ask("AAA", "VWCE.DE", "CCC", market=True, benchmark="SPY"), "SPY"),
        (ask("BRK-B", "^TNX", "ISCB", market=True), "SPY"),
        # Nor is a coin or a currency traded in its sessions.
        (ask("AAA", "^TNX", "BTC-USD", market=True), None),
        (ask("AAA", "BBB", "EURUSD=X", market=True), None),
    ],
)
def test_several_funds_are_held_against_the_broad_market(query: Query, against: str | None) -> None:
    assert query.against == against
    assert query.priced == tuple(dict.fromkeys([*query.symbols, *filter(None, [against])]))


def with_market(held: PricePanel, levels: FloatArray) -> PricePanel:
    return panel_of({**dict(zip(held.symbols, held.total_return, strict=True)), "SPY": levels}, SESSIONS)


def test_the_broad_market_has_prices_fetched_and_is_none_of_the_funds() -> None:
    query = ask("AAA", "BBB", "CCC", market=True)
    assert query.priced == ("AAA", "BBB", "CCC", "SPY")
    assert query.funds == query.symbols == ("AAA", "BBB", "CCC")
    held = market()
    wide = with_market(held, held.total_return[0])
    found = compare(wide, {}, query)
    assert set(found.relative) == {"AAA", "BBB", "CCC"}
    assert value(found, "AAA", "beta") == pytest.approx(1.0), "the same prices under another name"


def test_a_young_broad_market_does_not_shorten_the_window() -> None:
    """Nobody asked for it: where it has no prices yet, what is held against it is not defined."""
    held = market()
    young = held.total_return[:1].copy()
    young[0, :-100] = np.nan
    wide = with_market(held, young[0])
    alone = compare(held, {}, ask("AAA", "BBB", "CCC"))
    found = compare(wide, {}, ask("AAA", "BBB", "CCC", market=True))
    assert (found.span.start, found.span.end) == (alone.span.start, alone.span.end)
    assert value(found, "AAA", "total_return") == value(alone, "AAA", "total_return")


def test_relative_measures_are_held_against_the_benchmark() -> None:
    found = compare(market(), {}, ask("AAA", benchmark="CCC"))
    columns = found.span.columns
    own, other = (np.diff(row[columns]) / row[columns][:-1] for row in (walk(1), walk(3)))
    covariance = np.cov(own, other)
    beta = float(covariance[0, 1] / covariance[1, 1])
    turned = float(covariance[0, 1] / covariance[0, 0])
    assert_is(value(found, "AAA", "beta"), beta, {"the other way round": turned})


def test_dividends_are_in_the_return_and_not_in_the_price() -> None:
    # Price flat at 100, a dividend of 2: the total-return level rises by 2 %.
    adjusted = "AAA\n2026-01-12  98\n2026-01-13  98\n2026-01-14  100"
    held = panel(adjusted, close=adjusted.replace(" 98", " 100"))
    found = compare(held, {}, ask("AAA", window="max", as_of="2026-01-14"))
    assert_is(value(found, "AAA", "total_return"), 100 / 98 - 1, {"price alone": 0.0})


def test_a_gap_of_one_fund_costs_the_others_nothing() -> None:
    # The benchmark misses one session inside: what the fund is held against has one return less.
    held = market(CCC=(500,))
    found = compare(held, {}, ask("AAA", benchmark="CCC"))
    whole = compare(market(), {}, ask("AAA", benchmark="CCC"))
    assert (whole.returns, found.returns) == (261, 261)
    assert np.array_equal(found.growth, whole.growth)
    assert found.metrics == whole.metrics
    known = np.delete(np.stack([walk(1), walk(3)])[:, found.span.columns], 500 - found.span.first, axis=1)
    own, other = known[:, 1:] / known[:, :-1] - 1
    assert found.relative["AAA"]["tracking_error"].value == pytest.approx(
        float(np.std(own - other, ddof=1)) * np.sqrt(252), rel=1e-12
    )
    (note,) = found.notes
    assert (note.kind, note.symbol, note.facts["count"]) == (NoteKind.MISSING_SESSIONS, "CCC", 1)


def test_the_youngest_shortens_the_window_and_a_note_says_so() -> None:
    found = compare(market(BBB=tuple(range(400))), {}, ask("AAA", "BBB"))
    assert found.span.first == 400
    assert not found.span.full
    (note,) = found.notes
    assert (note.kind, note.symbol) == (NoteKind.SHORTENED, "BBB")
    assert note.facts == {"asked": day("2025-02-20"), "start": found.span.start}
    assert found.metrics["AAA"]["cagr"].reason == "not annualised below one year"


def test_a_missing_last_session_ends_early_and_a_note_says_so() -> None:
    found = compare(market(BBB=(559,)), {}, ask("AAA", "BBB"))
    assert found.span.end == day("2026-02-19")
    assert [(note.kind, note.symbol) for note in found.notes] == [(NoteKind.ENDS_EARLY, "BBB")]


def test_fewer_than_fifteen_returns_carry_no_risk_figure() -> None:
    for count, enough in ((15, True), (14, False)):
        start = SESSIONS[-count - 1].astype(date).isoformat()
        found = compare(market(), {}, ask("AAA", "BBB", window=f"since {start}"))
        assert found.returns == count
        few = "fewer than 15 returns"
        for number, reason in (
            (found.metrics["AAA"]["sharpe"], few),
            (found.relative["AAA"]["beta"], f"{few} in common with the benchmark"),
        ):
            assert number.reason == (None if enough else reason)
    assert MINIMUM_RETURNS == 15


@pytest.mark.parametrize(
    ("window", "as_of", "gaps"),
    [
        ("since 2026-02-20", LAST, {}),
        ("since 2030-01-01", LAST, {}),
        ("max", "2024-01-01", {}),
        ("1y", "2023-06-30", {}),  # before the first session of the panel
        ("1y", LAST, {"BBB": tuple(range(560))}),
        ("max", LAST, {"AAA": tuple(range(300)), "BBB": tuple(range(300, 560))}),
    ],
)
def test_no_common_history(window: str, as_of: str, gaps: dict[str, tuple[int, ...]]) -> None:
    query = ask("AAA", "BBB", window=window, as_of=as_of)
    with pytest.raises(NoCommonHistory) as caught:
        compare(market(**gaps), {}, query)
    words = query.window.words
    assert str(caught.value) == f"AAA, BBB: fewer than two common sessions in {words} to {as_of}"


def test_a_symbol_that_the_panel_lacks() -> None:
    with pytest.raises(ValueError, match="not in"):
        compare(market(), {}, ask("AAA", "ZZZ"))


BILL = Rate(None)
DAILY_BILL = 365 * 0.036 / (360 - 91 * 0.036) / 252


def test_a_fixed_rate_is_taken_off_day_by_day() -> None:
    plain, charged = (compare(market(), {}, ask("AAA", rate=rate)) for rate in (Rate(), Rate(0.0504)))
    returns = np.diff(walk(1)[plain.span.columns]) / walk(1)[plain.span.columns][:-1]
    expected = float((returns.mean() - 0.0002) / returns.std(ddof=1) * np.sqrt(252))
    assert_is(value(charged, "AAA", "sharpe"), expected, {"no rate": value(plain, "AAA", "sharpe")})


def test_the_bill_is_asked_for_and_is_no_column() -> None:
    query = ask("AAA", "BBB", rate=BILL)
    assert query.priced == ("AAA", "BBB", "^IRX")
    found = compare(with_bill(np.full(560, 3.6)), {}, query)
    assert found.symbols == ("AAA", "BBB")
    assert found.notes == ()
    same = compare(market(), {}, ask("AAA", "BBB", rate=Rate(DAILY_BILL * 252)))
    assert value(found, "AAA", "sharpe") == pytest.approx(value(same, "AAA", "sharpe"))
    assert value(found, "AAA", "martin") == pytest.approx(value(same, "AAA", "martin"))


def test_sessions_on_which_an_earlier_quote_served_are_counted() -> None:
    quotes = np.full(560, 3.6)
    quotes[[100, 450, 451, 559]] = np.nan  # before the span; inside; the last evening, of which no rate comes
    found = compare(with_bill(quotes), {}, ask("AAA", rate=BILL))
    (note,) = found.notes
    assert (note.kind, note.symbol, note.facts) == (NoteKind.RATE_GAP, "^IRX", {"count": 2})


def test_the_quote_before_the_span_serves_its_first_session() -> None:
    # The bond market closes on days when shares trade: the base close may have no quote of its own.
    quotes = np.full(560, 3.6)
    first = compare(market(), {}, ask("AAA")).span.first
    quotes[first] = np.nan
    found = compare(with_bill(quotes), {}, ask("AAA", rate=BILL))
    whole = compare(with_bill(np.full(560, 3.6)), {}, ask("AAA", rate=BILL))
    assert found.returns == whole.returns == 261
    assert value(found, "AAA", "sharpe") == value(whole, "AAA", "sharpe")
    assert value(found, "AAA", "martin") == value(whole, "AAA", "martin")
    assert found.notes[0].facts == {"count": 1}


def test_value_traded_up_to_the_end() -> None:
    held = replace(market(), volume=np.full((3, 560), 10.0), close=np.full((3, 560), 50.0))
    held.volume[1, 500:] = np.nan
    found = compare(held, {}, ask("AAA", "BBB"))
    assert found.traded["AAA"].value == 500.0
    assert found.traded["BBB"].value is None
    assert found.traded["BBB"].reason == "volume not known on the last 63 sessions"


def test_trailing_windows_end_with_the_span() -> None:
    found = compare(market(), {}, ask("AAA", "BBB", window="2024-06-03..2025-06-30"))
    assert {period.end for period in found.trailing} == {day("2025-06-30")}
    one = found.period("1y")
    assert one is not None
    assert one.start == day("2024-06-28")  # the 30th is a Sunday
    assert found.period("10y") is None
    assert [period.label for period in found.years] == ["2025"]
    assert found.notes == ()  # that the window ends before the data is as asked


def test_profiles_of_others_are_left_alone() -> None:
    change = (IndexChange(day("2025-06-02"), "Index B"),)
    profiles = {name: FundProfile(name, Kind.FUND, index_changes=change) for name in ("AAA", "CCC")}
    found = compare(market(), profiles, ask("AAA", "BBB"))
    assert set(found.profiles) == {"AAA"}
    assert [(note.kind, note.symbol) for note in found.notes] == [(NoteKind.INDEX_CHANGED, "AAA")]
    assert found.sectors is None
    assert found.overlap is None


def test_an_index_change_within_the_ten_years_of_the_table_is_said() -> None:
    change = (IndexChange(day("2024-03-01"), "Index B"),)
    profiles = {"AAA": FundProfile("AAA", Kind.FUND, index_changes=change)}
    found = compare(market(), profiles, ask("AAA", "BBB", window="1m"))
    assert [note.kind for note in found.notes] == [NoteKind.INDEX_CHANGED]


def test_the_prices_given_are_not_changed() -> None:
    held = market(CCC=(500,))
    before = held.total_return.copy()
    compare(held, {}, ask("AAA", "BBB", "CCC"))
    assert np.array_equal(held.total_return, before, equal_nan=True)


def opened(months: dict[str, float], start: float = 1.0) -> Stretch | None:
    """Of a ratio that is known at the end of some months, and 1 at the end of December 2024."""
    ends = np.array(["2024-12", *months], dtype="datetime64[M]") + 1
    sessions = ends.astype("datetime64[D]") - 1
    return gap_opened(np.array([start, *months.values()]), np.ones(sessions.size), sessions)


MARCH = Stretch(date(2025, 3, 1), date(2025, 3, 31))


def test_a_gap_opened_in_the_month_that_made_most_of_it() -> None:
    assert opened({"2025-01": 1.01, "2025-02": 1.0, "2025-03": 1.08, "2025-04": 1.1}) == MARCH
    assert opened({"2025-01": 0.99, "2025-02": 1.0, "2025-03": 0.92, "2025-04": 0.9}) == MARCH


@pytest.mark.parametrize(
    "ratio",
    [
        # Every month made a quarter: none opened it.
        {"2025-01": 1.02, "2025-02": 1.04, "2025-03": 1.06, "2025-04": 1.08},
        # It was there before, was lost, and came back in March.
        {"2025-01": 1.09, "2025-02": 1.0, "2025-03": 1.1, "2025-04": 1.1},
        # March made most of it, but a third of that was there only in May again.
        {"2025-01": 1.0, "2025-02": 1.0, "2025-03": 1.09, "2025-04": 1.02, "2025-05": 1.1},
        # No gap at all.
        {"2025-01": 1.05, "2025-02": 1.0},
        # One month has nothing to be told apart from.
        {"2025-01": 1.05},
    ],
)
def test_where_no_month_opened_it_none_is_named(ratio: dict[str, float]) -> None:
    assert opened(ratio) is None


def test_over_years_a_calendar_year_is_a_stretch_too() -> None:
    steps = np.concatenate([np.zeros(12), np.full(12, 0.01), np.zeros(13)])
    names = [str(np.datetime64("2023-01") + at) for at in range(37)]
    ratio = np.exp(np.cumsum(steps))
    days = np.array([np.datetime64(name, "M") + 1 - np.timedelta64(1, "D") for name in names])
    levels = np.concatenate([[1.0], ratio])
    sessions = np.concatenate([[np.datetime64("2022-12-31")], days]).astype("datetime64[D]")
    assert gap_opened(levels, np.ones(38), sessions) == Stretch(date(2024, 1, 1), date(2024, 12, 31))
    assert gap_opened(levels[:30], np.ones(30), sessions[:30]) is None


def test_missing_sessions_are_skipped() -> None:
    sessions = np.array(["2025-01-31", "2025-02-28", "2025-03-14", "2025-03-31"], dtype="datetime64[D]")
    assert gap_opened(np.array([1.0, 1.0, np.nan, 1.1]), np.ones(4), sessions) == MARCH
    assert gap_opened(np.array([np.nan, 1.0]), np.ones(2), sessions[:2]) is None


def test_episodes_are_of_the_funds_compared() -> None:
    found = compare(market(), {}, ask("AAA", "BBB"))
    assert min(fall.depth for each in found.episodes if (fall := each.falls[0])) == pytest.approx(
        value(found, "AAA", "max_drawdown")
    )
