"""A price that looks wrong is marked where it is, and flattens nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bot.render.chart_specs import DoubtMark, GrowthChart, content_key
from bot.render.charts import draw
from bot.render.charts.panels import trusted_lines
from tests.pictures import SYMBOLS, growth_picture, sessions, walk
from tests.unit.bot.render.charts.looking import look
from tests.unit.bot.render.charts.rules import past_picture, rule_picture, trace, wave

DAYS = sessions(252)
AT, BACK = 150, 152
SESSION: date = DAYS[AT].item()
RETURN: date = DAYS[BACK].item()
GRAVE, MILD = DoubtMark(0, SESSION, grave=True), DoubtMark(0, SESSION)


def spoilt(factor: float, last: int | None = None, count: int = 2, *marks: DoubtMark) -> GrowthChart:
    """A random walk whose first fund is `factor` times as high from one session on."""
    growth = walk(count, 252)
    growth[0, AT:last] *= factor
    return replace(growth_picture(growth, symbols=SYMBOLS[:count]), marks=marks or (GRAVE,))


def heights(picture: GrowthChart) -> tuple[float, float]:
    """The value at the lower and at the upper edge of the upper panel, by the ticks beside it."""
    drawn = look(picture)
    grid = [line for line in drawn.artists("grid") if len(set(line.get_xdata())) == 1]
    top, bottom = grid[0].get_ydata()
    return float(top), float(bottom)


def swing(picture: GrowthChart, row: int) -> float:
    """Pixels between the highest and the lowest point of a fund's line in the upper panel."""
    line = look(picture).artists("series")[: len(picture.symbols)][len(picture.symbols) - 1 - row]
    ys = np.asarray(line.get_ydata(), dtype=float)
    return float(np.nanmax(ys) - np.nanmin(ys))


TWO = (GRAVE, DoubtMark(0, RETURN, grave=True))


@pytest.mark.parametrize("factor", [0.01, 100.0, 0.2])
@pytest.mark.parametrize("last", [None, BACK])
def test_the_other_fund_keeps_its_height(factor: float, last: int | None) -> None:
    """As high as if the first had no prices where they are in doubt, whatever these are."""
    growth = walk(2, 252)
    growth[0, AT:last] = np.nan
    picture = spoilt(factor, last, 2, *(TWO if last else (GRAVE,)))
    assert swing(picture, 1) == pytest.approx(swing(growth_picture(growth), 1), rel=1e-6)
    assert swing(picture, 1) > 1.5 * swing(replace(picture, marks=()), 1)


def test_what_leaves_the_panel_is_cut_and_told() -> None:
    picture = spoilt(100.0, BACK, 2, *TWO)
    drawn = look(picture)
    highest = float(picture.growth[0].max())
    assert drawn.texts("beyond") == [f"{highest:,.0f}† on {_day(picture, int(picture.growth[0].argmax()))}"]
    assert all(line.get_clip_box() is not None for line in drawn.artists("series"))
    assert look(spoilt(0.74, None, 2, MILD)).texts("beyond") == []


def _day(picture: GrowthChart, column: int) -> str:
    when: date = picture.sessions[column].item()
    return f"{when.day} {when:%b} {when.year}"


def test_a_fund_alone_keeps_its_shape_over_a_spike() -> None:
    spike = spoilt(100.0, BACK, 1)
    calm = spoilt(1.0, BACK, 1)
    assert swing(calm, 0) > 100
    ys = np.asarray(look(spike).artists("series")[0].get_ydata(), dtype=float)
    inside = np.delete(ys, [AT, AT + 1])
    assert np.nanmax(inside) - np.nanmin(inside) > 0.3 * swing(calm, 0)
    whole = spoilt(0.01, None, 1)
    assert look(whole).texts("beyond") == []  # a change of level is the picture itself


def test_every_doubtful_session_has_a_line_through_all_panels_and_a_mark() -> None:
    drawn = look(spoilt(100.0, BACK, 2, *TWO, DoubtMark(1, DAYS[40].item())))
    lines = drawn.artists("doubt")
    assert len(lines) == 3 * 2
    assert drawn.texts("doubt-mark") == ["†", "†"]  # two days apart share one
    xs = sorted({float(line.get_xdata()[0]) for line in lines})
    assert len(xs) == 3
    assert all(line.get_linestyle() != "-" for line in lines)


def test_figures_of_a_doubtful_fund_carry_the_mark() -> None:
    drawn = look(spoilt(0.74, None, 2, MILD))
    assert [words.endswith("†") for words in drawn.texts("end")] == [True, False, True]  # the ratio too
    fell = look(spoilt(0.74, None, 3, MILD))
    assert [" %† " in words for words in fell.texts("fall")] == [True, False, False]
    lacking = look(replace(growth_picture(), marks=(DoubtMark(1, None),)))
    assert [words.endswith("†") for words in lacking.texts("end")] == [False, True, True]
    assert lacking.artists("doubt") == []


def test_words_do_not_touch_and_nothing_is_cut_off() -> None:
    for count in (1, 2, 6):
        for factor in (0.01, 100.0):
            for last in (None, BACK):
                drawn = look(spoilt(factor, last, count))
                assert drawn.overlaps() == []
                assert drawn.outside() == []


def test_a_mild_doubt_moves_no_axis() -> None:
    picture = spoilt(0.74, None, 2, MILD)
    assert heights(picture) == heights(replace(picture, marks=()))
    assert swing(picture, 1) == swing(replace(picture, marks=()), 1)


def test_the_trusted_values_end_with_the_first_grave_mark() -> None:
    lines = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])
    days = DAYS[:4]
    marks = [DoubtMark(0, days[2].item(), grave=True), DoubtMark(0, days[1].item(), grave=True)]
    found = trusted_lines(lines, days, marks, 1.0)
    np.testing.assert_array_equal(found, [[1.0, np.nan, np.nan, np.nan], [5.0, 6.0, 7.0, 8.0]])
    np.testing.assert_array_equal(trusted_lines(lines, days, [DoubtMark(0, days[1].item())], 1.0), lines)
    assert lines[0, 1] == 2.0


@pytest.mark.parametrize(("after", "counts"), [(1.9, True), (0.6, True), (2.1, False), (0.4, False)])
def test_a_line_counts_again_where_it_has_come_back(after: float, counts: bool) -> None:
    lines = np.array([[1.0, 90.0, 90.0, after], [1.0, 1.0, 1.0, 1.0]])
    days = DAYS[:4]
    marks = [DoubtMark(0, days[1].item(), grave=True), DoubtMark(0, days[3].item(), grave=True)]
    found = trusted_lines(lines, days, marks, 1.0)
    assert np.isnan(found[0, 1:3]).all()
    assert np.isfinite(found[0, 3]) == counts
    # Of falls the distance from the high says nothing, what is left of it does.
    falls = np.array([[-0.1, -0.99, -0.99, -0.2], [0.0, 0.0, 0.0, 0.0]])
    assert trusted_lines(falls, days, marks, 0.0, base=1.0)[0, 3] == -0.2


def test_a_picture_with_a_mark_is_another_picture() -> None:
    plain = growth_picture()
    marked = replace(plain, marks=(GRAVE,))
    assert content_key(plain, "2") != content_key(marked, "2")
    assert draw(plain) != draw(marked)


def test_rules_are_marked_on_their_own_sessions() -> None:
    when: date = sessions(504)[300].item()
    for picture in (rule_picture(trace(wave(2, 504))), past_picture(trace(wave(2, 504)))):
        assert look(picture).artists("doubt") == []
        drawn = look(replace(picture, marks=(DoubtMark(0, when),)))
        assert drawn.texts("doubt-mark") == ["†"]
        assert drawn.overlaps() == []
