"""Bars of calendar years: as long as the returns, from the line of no return, the missing ones marked."""

from __future__ import annotations

import numpy as np
import pytest

from bot.render.charts.theme import COLOURS
from tests.pictures import SYMBOLS
from tests.unit.bot.render.charts.looking import Drawn, look
from tests.unit.bot.render.charts.prices import YEARS, years_picture

NAN = np.nan


def heights(drawn: Drawn) -> list[float]:
    """Height of every bar in pixels, positive upwards."""
    boxes = [artist for artist in drawn.artists("bar") if hasattr(artist, "get_xy")]
    return [float(box.get_xy()[0][1] - box.get_xy()[2][1]) for box in boxes]


def test_bars_are_as_long_as_their_returns_and_point_their_way() -> None:
    drawn = look(years_picture(np.array([[0.2, -0.1], [0.1, 0.0]]), years=("2024", "2025")))
    assert np.array(heights(drawn)) / heights(drawn)[0] == pytest.approx([1, -0.5, 0.5, 0])


def test_every_year_is_named_and_what_is_not_over_says_up_to_when() -> None:
    assert look(years_picture()).texts("year") == [*YEARS[:-1], "2026 to", "16 Jan"]


def test_figures_stand_at_the_bars_where_there_is_room() -> None:
    wide = look(years_picture(np.array([[0.2, -0.104]]), symbols=SYMBOLS[:1], years=("2024", "2025")))
    assert wide.texts("bar") == ["20.0 %", "-10.4 %"]
    narrow = look(years_picture())
    assert len(narrow.texts("bar")) == 20
    assert not any("." in figure for figure in narrow.texts("bar"))
    assert look(years_picture(symbols=SYMBOLS)).texts("bar") == []


def test_zero_is_on_the_axis_whatever_the_returns() -> None:
    for returns in (np.full((1, 3), 0.1), np.full((1, 3), -0.1), np.zeros((1, 3))):
        drawn = look(years_picture(returns, symbols=SYMBOLS[:1], years=("2023", "2024", "2025")))
        assert "0 %" in [words.replace("0.0 %", "0 %") for words in drawn.texts("value")]


def test_what_is_not_known_is_a_hollow_mark_and_not_a_bar_of_nothing() -> None:
    drawn = look(years_picture(np.array([[0.1, 0.2], [NAN, 0.1]]), years=("2024", "2025")))
    assert len(drawn.artists("unknown")) == 1
    assert len(heights(drawn)) == 3
    assert drawn.texts("legend") == ["○ not priced for all of the year"]
    assert look(years_picture()).texts("legend") == []


def test_bars_of_a_year_stand_side_by_side_in_the_order_of_the_names() -> None:
    drawn = look(years_picture(np.full((3, 1), 0.1), symbols=SYMBOLS[:3], years=("2025",)))
    boxes = [artist for artist in drawn.artists("bar") if hasattr(artist, "get_xy")]
    lefts = [float(box.get_xy()[0][0]) for box in boxes]
    assert lefts == sorted(lefts)
    assert drawn.texts("key") == list(SYMBOLS[:3])
    colours = [words.colour for words in drawn.words if words.kind == "key"]
    assert colours == list(COLOURS[:3])
