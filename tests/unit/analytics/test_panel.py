"""Prices as the arithmetic sees them, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics import AnalyticsError, BadPanel, PricePanel
from tests.panels import day, panel

TWO = """
            AAA    BBB
2026-01-12  100.0  50.0
2026-01-13  -      51.0
2026-01-14  110.0  52.0
"""


def test_rows_are_symbols_and_columns_sessions() -> None:
    held = panel(TWO)
    assert held.symbols == ("AAA", "BBB")
    assert held.total_return.shape == (2, 3)
    assert held.total_return[1].tolist() == [50.0, 51.0, 52.0]
    assert np.isnan(held.total_return[0, 1])
    assert held.as_of == day("2026-01-14")
    assert held.row("BBB") == 1


def test_a_symbol_that_is_not_held() -> None:
    with pytest.raises(ValueError, match="not in"):
        panel(TWO).row("CCC")


def test_select_takes_rows_in_the_order_asked() -> None:
    held = panel(TWO, close=TWO.replace("51.0", "77.0"), volume=TWO.replace("52.0", "9.0"))
    turned = held.select(["BBB", "AAA"])
    assert turned.symbols == ("BBB", "AAA")
    assert turned.total_return[0].tolist() == [50.0, 51.0, 52.0]
    assert turned.close[0].tolist() == [50.0, 77.0, 52.0]
    assert turned.volume[0].tolist() == [50.0, 51.0, 9.0]
    assert turned.source == held.source


@pytest.mark.parametrize(
    ("last", "sessions"), [("2026-01-12", 1), ("2026-01-13", 2), ("2026-01-14", 3), ("2026-02-01", 3)]
)
def test_through_keeps_what_was_known_on_that_evening(last: str, sessions: int) -> None:
    held = replace(panel(TWO), simulated=True).through(day(last))
    assert held.sessions.size == held.total_return.shape[1] == held.close.shape[1] == sessions
    assert held.volume.shape == (2, sessions)
    assert held.simulated


def test_nothing_was_known_before_the_first_session() -> None:
    with pytest.raises(BadPanel, match="a panel needs at least one session"):
        panel(TWO).through(day("2026-01-11"))


def broken(**parts: object) -> None:
    replace(panel(TWO), **parts)  # type: ignore[arg-type]


def levels(value: float) -> dict[str, object]:
    rows = panel(TWO).total_return
    rows[1, 2] = value
    return {"total_return": rows}


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        (levels(0.0), "BBB: total_return holds 0.0 in column 2"),
        (levels(-52.0), "BBB: total_return holds -52.0 in column 2"),
        (levels(np.inf), "BBB: total_return holds inf in column 2"),
        ({"close": np.full((2, 3), -np.inf)}, "AAA: close holds -inf in column 0"),
        ({"volume": np.array([[1.0, 2, 3], [4, -5, 6]])}, "BBB: volume holds -5.0 in column 1"),
        ({"volume": np.ones((3, 2))}, "volume has shape (3, 2), expected (2, 3)"),
        ({"symbols": ("AAA", "AAA")}, "a symbol is named twice in AAA, AAA"),
        ({"symbols": ("AAA",)}, "total_return has shape (2, 3), expected (1, 3)"),
        ({"sessions": panel(TWO).sessions[::-1]}, "sessions must be strictly increasing"),
        ({"sessions": panel(TWO).sessions[[0, 0, 1]]}, "sessions must be strictly increasing"),
        ({"sessions": panel(TWO).sessions[:0]}, "a panel needs at least one session"),
        (
            {"sessions": panel(TWO).sessions.astype("datetime64[s]")},
            "sessions must be a vector of datetime64[D], not datetime64[s] (3,)",
        ),
        (
            {"sessions": panel(TWO).sessions[None, :]},
            "sessions must be a vector of datetime64[D], not datetime64[D] (1, 3)",
        ),
    ],
)
def test_what_no_arithmetic_may_touch(parts: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadPanel) as caught:
        broken(**parts)
    assert str(caught.value) == complaint
    assert isinstance(caught.value, AnalyticsError)


def test_the_quotes_of_a_rate_may_be_zero_or_negative() -> None:
    quotes = panel(TWO).close * 0.0 - 0.01
    assert replace(panel(TWO), close=quotes).close[1, 0] == -0.01


def test_a_volume_of_zero_is_a_fact() -> None:
    assert replace(panel(TWO), volume=np.zeros((2, 3))).volume.sum() == 0.0


def test_from_a_frame() -> None:
    days = pd.to_datetime(["2026-01-12", "2026-01-13"])
    frame = pd.DataFrame({"AAA": [100, 101], "BBB": [50.0, np.nan]}, index=days)
    held = PricePanel.from_frame(frame, source="by hand", simulated=True)
    assert held.symbols == ("AAA", "BBB")
    assert held.sessions.dtype == np.dtype("datetime64[D]")
    assert held.total_return[0].tolist() == held.close[0].tolist() == [100.0, 101.0]
    assert np.isnan(held.total_return[1, 1])
    assert np.isnan(held.volume).all()
    assert held.simulated


def test_currencies_go_with_their_rows() -> None:
    assert panel(TWO).currencies == (None, None)
    held = replace(panel(TWO), currencies=("EUR", None))
    assert held.select(["BBB", "AAA"]).currencies == (None, "EUR")
    assert held.through(day("2026-01-12")).currencies == ("EUR", None)
    with pytest.raises(BadPanel, match="1 currencies for 2 symbols"):
        replace(held, currencies=("EUR",))


def test_a_close_of_which_no_return_can_be_made_is_no_missing_price() -> None:
    held = panel(TWO, close=TWO.replace("-      51.0", "-37.63 51.0"))
    assert not held.missing.any()
    assert panel(TWO).missing.tolist() == [[False, True, False], [False, False, False]]
