"""The overview: one cell a rule in the order given, each with line, threshold and state in words."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from bot.render.charts.theme import PHASES
from tests.unit.bot.render.charts.looking import look
from tests.unit.bot.render.charts.rules import cell, overview, wave

THREE = overview(
    cell(1),
    cell(2, phase="pending", status="pending (2 of 5)", value="0.98"),
    cell(3, phase="ok", status="quiet", value="1.31"),
)


def test_cells_stand_in_two_columns_in_the_order_given() -> None:
    drawn = look(THREE)
    assert drawn.texts("rule") == [f"R{number} ISCB Sortino 1y" for number in (1, 2, 3)]
    first, second, third = drawn.boxes("rule")
    assert first.x0 == pytest.approx(third.x0)
    assert second.x0 > first.x1
    assert first.y0 == pytest.approx(second.y0)
    assert third.y1 < first.y0


def test_a_single_rule_takes_the_whole_width() -> None:
    alone, beside = (look(overview(*map(cell, range(count)))) for count in (1, 2))
    widths = [np.ptp(drawn.artists("series")[0].get_xdata()) for drawn in (alone, beside)]
    assert widths[0] > 2 * widths[1]


def test_the_state_is_said_in_words_and_in_the_colour_of_the_last_value() -> None:
    drawn = look(THREE)
    assert drawn.texts("status") == ["firing, 12 sessions", "pending (2 of 5)", "quiet"]
    colours = [PHASES[each.phase][0] for each in THREE.cells]
    assert [words.colour for words in drawn.words if words.kind == "value"] == colours
    assert [dot.get_markerfacecolor() for dot in drawn.artists("end-dot")] == colours


def test_the_threshold_lies_within_every_cell_and_is_named() -> None:
    drawn = look(overview(cell(1), cell(2, threshold=9.0, breach="above 9.00")))
    assert drawn.texts("level") == ["below 1.00", "above 9.00"]
    for line, threshold in zip(drawn.artists("series"), drawn.artists("threshold"), strict=True):
        ys, (level, _) = line.get_ydata(), threshold.get_ydata()
        assert abs(level - ys.mean()) < 120
    high, low = (drawn.artists("threshold")[1].get_ydata()[0], drawn.artists("series")[1].get_ydata().min())
    assert high < low


def test_the_last_value_is_marked_at_the_last_session_known() -> None:
    line = wave(1, 252)[0]
    line[-40:] = np.nan
    drawn = look(overview(cell(1, line=line, phase="no data", status="no data", value="n/a")))
    xs = drawn.artists("series")[0].get_xdata()
    assert drawn.artists("end-dot")[0].get_xdata()[0] == pytest.approx(xs[-41])


def test_a_rule_without_any_value_has_its_threshold_and_no_dot() -> None:
    drawn = look(overview(cell(1, line=np.full(252, np.nan), value="n/a")))
    assert drawn.texts("value") == ["n/a"]
    assert drawn.artists("end-dot") == []
    assert len(drawn.artists("threshold")) == 1


def test_rules_that_are_not_shown_are_counted() -> None:
    assert look(replace(THREE, more=5)).texts("more") == ["and 5 more"]
    assert look(THREE).texts("more") == []


def test_the_dates_stand_under_the_last_row_s_cells() -> None:
    drawn = look(THREE)
    assert len(drawn.texts("date")) == 2
    assert drawn.texts("date")[1] == "16 Jan 2026"
    assert max(box.y1 for box in drawn.boxes("date")) < min(box.y0 for box in drawn.boxes("level"))


def test_a_long_name_breaks_and_its_row_grows() -> None:
    name = "Communication Services of a very long name indeed"
    drawn = look(overview(cell(1, quantity=name), cell(2), cell(3), cell(4)))
    assert drawn.overlaps() == []
    tops = sorted({float(line.get_ydata().min()) for line in drawn.artists("series")})
    assert len(tops) == 2
    assert all(below > above for above, below in pairwise(tops))
