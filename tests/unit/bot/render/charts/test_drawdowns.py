"""Underwater curves: dated at their deepest points, named at their ends."""

from __future__ import annotations

import numpy as np

from bot.render.charts.theme import COLOURS
from tests.pictures import SYMBOLS
from tests.unit.bot.render.charts.looking import look
from tests.unit.bot.render.charts.prices import underwater_picture

NAN = np.nan


def test_worst_falls_are_dated_and_the_ends_say_how_far_below() -> None:
    drawn = look(underwater_picture(np.array([[100.0, 80.0, 95.0], [100.0, 101.0, 98.98]])))
    assert drawn.texts("fall") == ["ISCB -20.0 % 15 Jan 2026", "SPSM -2.0 % 16 Jan 2026"]
    assert drawn.texts("end") == ["ISCB -5.0 %", "SPSM -2.0 %"]
    assert len(drawn.artists("trough")) == 2


def test_a_fund_that_never_fell_says_so() -> None:
    drawn = look(underwater_picture(np.array([[100.0, 101.0], [100.0, 90.0]])))
    assert drawn.texts("fall")[0] == "ISCB never fell"
    assert drawn.texts("end")[0] == "ISCB 0.0 %"


def test_a_fund_without_prices_is_not_available() -> None:
    drawn = look(underwater_picture(np.array([[NAN, NAN], [100.0, 90.0]])))
    assert drawn.texts("fall")[0] == "ISCB n/a"
    assert drawn.texts("end")[0] == "ISCB n/a"


def test_curves_hang_from_zero() -> None:
    drawn = look(underwater_picture())
    (zero,) = drawn.artists("start")
    for line in drawn.artists("series"):
        assert float(np.nanmin(line.get_ydata())) >= float(zero.get_ydata()[0]) - 0.5
    assert drawn.texts("value")[-1] == "0 %"


def test_many_lines_have_no_tint_over_each_other() -> None:
    assert len(look(underwater_picture()).artists("area")) == 2
    assert look(underwater_picture(symbols=SYMBOLS)).artists("area") == []


def test_line_and_label_of_a_fund_have_one_colour() -> None:
    drawn = look(underwater_picture(symbols=SYMBOLS[:3]))
    lines = [line.get_color() for line in reversed(drawn.artists("series"))]
    labels = [words.colour for words in drawn.words if words.kind == "end"]
    assert lines == labels == list(COLOURS[:3])
