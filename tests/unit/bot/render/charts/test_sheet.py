"""Words are broken where they may be, and measured as they are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bot.render.charts.sheet import Sheet, line_width, text_width, widest, wrap
from bot.render.charts.theme import own_settings


@pytest.fixture(autouse=True)
def settings() -> object:
    with own_settings():
        yield


def test_a_line_that_fits_stays_whole() -> None:
    assert wrap("daily total return · 252 · rf 0", 30, 1400) == ["daily total return · 252 · rf 0"]


def test_parts_stay_whole_where_they_can() -> None:
    text = "daily total return · 252 · source Yahoo Finance, as of 2026-01-16"
    assert wrap(text, 30, 700) == ["daily total return · 252", "source Yahoo Finance, as of 2026-01-16"]


def test_words_are_shared_out_evenly() -> None:
    assert wrap("one two three four five six", 30, 380) == ["one two three", "four five six"]


def test_a_word_wider_than_the_room_stays_whole() -> None:
    assert wrap("incomprehensibilities again", 30, 100) == ["incomprehensibilities", "again"]


@pytest.mark.parametrize("bold", [False, True])
def test_a_line_is_never_wider_than_told(bold: bool) -> None:
    for line in ("AVUV vs DFAS: growth of 100", "1y = 2025-01-16..2026-01-16 (251 returns)", "WWW mmm iii"):
        told, real = line_width(line, 40, bold=bold), text_width(line, 40, bold=bold)
        assert real <= told <= 1.15 * real


def test_the_widest_of_nothing_is_nothing() -> None:
    assert widest([], 30) == 0
    assert widest(["i", "W"], 30) == text_width("W", 30)


def test_down_is_down() -> None:
    sheet = Sheet(500)
    sheet.line([10, 20], [100, 300], colour="#000000", width=2)
    line = sheet.figure.get_children()[-1]
    shown = line.get_transform().transform([(10, 100), (20, 300)])
    assert shown.tolist() == [[10, 400], [20, 200]]


def test_a_tint_is_nothing_where_the_line_has_a_gap() -> None:
    sheet = Sheet(500)
    xs, ys = np.array([0.0, 1.0, 2.0]), np.array([120.0, np.nan, 140.0])
    sheet.area(xs, ys, 100.0, colour="#000000")
    tint: Any = sheet.figure.get_children()[-1]
    corners = tint.get_xy()
    assert (1.0, 100.0) in {tuple(corner) for corner in corners}
    assert not np.isnan(corners).any()
