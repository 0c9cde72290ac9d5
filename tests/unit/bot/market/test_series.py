"""Series on the exchange's sessions: cut, trimmed, put side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics.panel import PricePanel
from bot.market.calendar import ExchangeCalendar
from bot.market.series import Series, build_panel, on_sessions, series_of_panel

NAN = float("nan")
CALENDAR = ExchangeCalendar()


def days(*texts: str) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    return np.array(texts, dtype="datetime64[D]")


def series(symbol: str, first: str, *close: float) -> Series:
    """Consecutive sessions of the exchange from `first` on."""
    start = np.datetime64(first)
    end = start + np.timedelta64(60, "D")
    sessions = CALENDAR.sessions(start.astype(date), end.astype(date))[: len(close)]
    levels = np.array(close, dtype=np.float64)
    return Series(symbol, sessions, levels, levels + 1, levels * 100)


def test_values_land_on_their_sessions_and_the_rest_is_nan() -> None:
    target = days("2026-01-15", "2026-01-16", "2026-01-20")
    found = on_sessions(target, days("2026-01-14", "2026-01-16", "2026-01-17"), np.array([1.0, 2.0, 3.0]))
    assert found.tolist() == pytest.approx([NAN, 2.0, NAN], nan_ok=True)


def test_several_rows_at_once_and_nothing_at_all() -> None:
    target = days("2026-01-15", "2026-01-16")
    rows = on_sessions(target, days("2026-01-16"), np.array([[1.0], [2.0]]))
    assert rows.tolist() == [pytest.approx([NAN, 1.0], nan_ok=True), pytest.approx([NAN, 2.0], nan_ok=True)]
    assert on_sessions(days(), days("2026-01-16"), np.array([1.0])).size == 0
    assert np.isnan(on_sessions(target, days(), np.array([]))).all()


def test_trimming_drops_what_lies_outside_the_life_and_keeps_holes() -> None:
    cut = series("ISCB", "2026-01-05", NAN, 1.0, NAN, 2.0, NAN).trim()
    assert cut.sessions.astype(str).tolist() == ["2026-01-06", "2026-01-07", "2026-01-08"]
    assert cut.total_return.tolist() == pytest.approx([1.0, NAN, 2.0], nan_ok=True)
    assert cut.close.tolist() == pytest.approx([2.0, NAN, 3.0], nan_ok=True)


def test_a_series_without_prices_is_empty() -> None:
    empty = series("ISCB", "2026-01-05", NAN, NAN).trim()
    assert (empty.sessions.size, empty.last) == (0, None)
    assert empty.through(date(2026, 1, 5)).sessions.size == 0


def test_through_ends_with_the_last_price_known_that_evening() -> None:
    whole = series("ISCB", "2026-01-05", 1.0, NAN, 3.0)
    assert whole.last == date(2026, 1, 7)
    assert whole.through(date(2026, 1, 6)).last == date(2026, 1, 5)  # nothing came on the 6th
    assert whole.through(date(2026, 1, 31)) is whole
    assert whole.through(date(2026, 1, 4)).last is None


def test_side_by_side_on_all_sessions_from_the_first_price_of_any() -> None:
    old, new = series("OLD", "2026-01-05", 1, 2, 3, 4), series("NEW", "2026-01-07", 7, 8)
    both = build_panel([new, old], CALENDAR, date(2026, 1, 9), source="test")
    assert both.symbols == ("NEW", "OLD")
    assert both.sessions.astype(str).tolist() == [f"2026-01-{day:02}" for day in (5, 6, 7, 8, 9)]
    assert both.total_return[0].tolist() == pytest.approx([NAN, NAN, 7, 8, NAN], nan_ok=True)
    assert both.close[1].tolist() == pytest.approx([2, 3, 4, 5, NAN], nan_ok=True)
    assert both.volume[1].tolist() == pytest.approx([100, 200, 300, 400, NAN], nan_ok=True)


def test_a_panel_holds_nothing_after_the_day_asked_for() -> None:
    both = build_panel([series("ISCB", "2026-01-05", 1, 2, 3)], CALENDAR, date(2026, 1, 6), source="test")
    assert both.as_of == date(2026, 1, 6)
    assert both.total_return.tolist() == [[1, 2]]


def test_a_series_that_begins_later_is_an_empty_row() -> None:
    rows = [series("OLD", "2026-01-05", 1, 2), series("NEW", "2026-01-12", 7)]
    both = build_panel(rows, CALENDAR, date(2026, 1, 6), source="test")
    assert np.isnan(both.total_return[1]).all()


def test_with_no_price_at_all_the_panel_is_one_empty_session() -> None:
    empty = build_panel([series("NEW", "2026-01-12", 7)], CALENDAR, date(2026, 1, 4), source="test")
    assert empty.sessions.astype(str).tolist() == ["2026-01-02"]
    assert np.isnan(empty.total_return).all()


def test_a_day_that_is_no_session_any_more_is_dropped() -> None:
    """A calendar corrected after the prices were stored."""
    levels = np.array([1.0, 2.0, 3.0])
    stored = Series("ISCB", days("2026-01-16", "2026-01-19", "2026-01-20"), levels, levels, levels)
    assert build_panel([stored], CALENDAR, date(2026, 1, 20), source="test").total_return.tolist() == [[1, 3]]


def test_a_row_of_a_panel_becomes_the_series_again() -> None:
    rows = [series("OLD", "2026-01-05", 1, 2, 3), series("NEW", "2026-01-06", 7)]
    both: PricePanel = build_panel(rows, CALENDAR, date(2026, 1, 9), source="test")
    back = series_of_panel(both, "NEW")
    assert (back.symbol, back.sessions.astype(str).tolist()) == ("NEW", ["2026-01-06"])
    assert (back.total_return.tolist(), back.close.tolist(), back.volume.tolist()) == ([7], [8], [700])


def test_a_close_without_an_adjusted_price_is_kept_but_not_at_the_end() -> None:
    """At the beginning it is the reason why there is no return; at the end it may still come."""
    whole = series("ISCB", "2026-01-05", 1.0, 2.0, 3.0, 4.0)
    whole.total_return[[0, 3]] = NAN
    assert whole.trim().sessions.astype(str).tolist() == ["2026-01-05", "2026-01-06", "2026-01-07"]
    whole.close[3] = -37.63  # a price of which no return can be made is the end all the same
    assert whole.trim().last == date(2026, 1, 8)


def test_a_currency_goes_with_its_series() -> None:
    pounds = replace(series("VUSA.L", "2026-01-05", 1.0, 2.0), currency="GBP")
    held = build_panel(
        [pounds, series("ISCB", "2026-01-05", 1.0, 2.0)], CALENDAR, date(2026, 1, 6), source="X"
    )
    assert held.currencies == ("GBP", None)
    assert held.select(["ISCB", "VUSA.L"]).currencies == (None, "GBP")
    assert held.through(date(2026, 1, 5)).currencies == held.currencies
    assert series_of_panel(held, "VUSA.L").currency == "GBP"
