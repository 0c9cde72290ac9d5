"""Rolling figures: one panel below the other, axes that say where they start, values at the ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from analytics.panel import FloatArray
from bot.render.chart_specs import DoubtMark, RollingPanel
from bot.render.charts.theme import COLOURS
from tests.pictures import SYMBOLS
from tests.unit.bot.render.charts.looking import Drawn, look
from tests.unit.bot.render.charts.prices import lines, rolling_picture

NAN = np.nan


def test_ends_have_the_last_values() -> None:
    drawn = look(rolling_picture(np.array([[0.5, 1.214], [0.2, 0.9]]), np.array([[0.95, 0.9968]])))
    assert drawn.texts("end") == ["ISCB 1.21", "SPSM 0.90", "ISCB 0.997"]


def test_axes_say_where_they_start() -> None:
    captions = look(rolling_picture()).texts("caption")
    assert captions[0] == "Sortino over 1 year, axis starts at -1"
    assert captions[1].startswith("Correlation with SPSM over 6 months, axis starts at 0.9")


def test_volatility_is_written_in_percent() -> None:
    picture = rolling_picture(symbols=SYMBOLS[:2])
    spread = RollingPanel("Volatility over 1 year", SYMBOLS[:2], lines(2, 252, 0.15, 0.25), "percent")
    drawn = look(replace(picture, panels=(picture.panels[0], spread, picture.panels[1])))
    assert drawn.texts("caption")[1] == "Volatility over 1 year, axis starts at 12.5 %"
    assert {"15 %", "20 %", "25 %"} <= set(drawn.texts("value"))
    assert drawn.texts("end")[3] == f"SPSM {100 * float(spread.lines[1, -1]):.1f} %"


def test_no_axis_is_made_for_a_price_that_looks_wrong() -> None:
    values = lines(2, 252, 0.15, 0.25)
    values[1] = 14.0
    panel = RollingPanel("Volatility over 1 year", SYMBOLS[:2], values, "percent")
    grave = DoubtMark(1, date(2025, 6, 2), grave=True)
    drawn = look(replace(rolling_picture(symbols=SYMBOLS[:2]), panels=(panel,), marks=(grave,)))
    assert drawn.texts("value")[-1] == "25.0 %"
    assert drawn.texts("end")[1].startswith("SPSM 1,400.0 %")


def test_an_axis_that_nearly_reaches_zero_begins_there() -> None:
    caption = look(rolling_picture(lines(2, 100, 0.5, 2.0))).texts("caption")[0]
    assert caption.endswith("axis starts at 0")
    far = look(rolling_picture(lines(1, 100, 1.5, 2.0), symbols=SYMBOLS[:1])).texts("caption")[0]
    assert not far.endswith("axis starts at 0")


def test_a_correlation_never_reaches_beyond_one() -> None:
    values = [float(name) for name in look(rolling_picture()).texts("value")]
    assert max(values[-5:]) <= 1.0


def test_lines_stay_inside_their_panel() -> None:
    drawn = look(rolling_picture(symbols=SYMBOLS))
    grid = [line.get_ydata() for line in drawn.artists("grid") if len(set(line.get_xdata())) == 1]
    top, bottom = grid[0]
    for line in drawn.artists("series")[:6]:
        assert top < np.nanmin(line.get_ydata())
        assert np.nanmax(line.get_ydata()) < bottom


def test_both_panels_share_the_time_axis() -> None:
    first, *_, last = look(rolling_picture()).artists("series")
    assert first.get_xdata().tolist() == last.get_xdata().tolist()


def test_a_fund_keeps_its_colour_where_an_earlier_one_is_left_out() -> None:
    """In the second panel the first fund is the benchmark."""
    picture = rolling_picture(symbols=SYMBOLS[:3])
    first, second = picture.panels
    moved = replace(picture, panels=(first, replace(second, symbols=SYMBOLS[1:3])))
    drawn = look(moved)
    assert [line.get_color() for line in drawn.artists("series")[3:]] == [COLOURS[2], COLOURS[1]]


def test_a_line_that_ends_early_is_labelled_from_its_last_point() -> None:
    values = lines(2, 100, 0.0, 2.0)
    values[1, 60:] = NAN
    drawn = look(rolling_picture(values))
    assert drawn.texts("end")[1] == f"SPSM {values[1, 59]:.2f}"
    first, second = (float(dot.get_xdata()[0]) for dot in drawn.artists("end-dot")[:2])
    assert second < first - 100


@pytest.mark.parametrize("low", [-3.0, -0.4])
def test_zero_is_drawn_where_it_lies_within(low: float) -> None:
    drawn = look(rolling_picture(lines(1, 100, low, 2.0), symbols=SYMBOLS[:1]))
    (zero,) = drawn.artists("start")
    crossing = drawn.artists("series")[0].get_ydata()
    assert np.nanmin(crossing) < zero.get_ydata()[0] < np.nanmax(crossing)


def only(values: FloatArray, **parts: Any) -> Drawn:
    panel = RollingPanel("Correlation", SYMBOLS[:1], values, **parts)
    return look(replace(rolling_picture(), panels=(panel,)))


def test_noise_does_not_fill_a_panel() -> None:
    """A correlation between 0.97 and 0.99 keeps to a tenth of an axis that spans a fifth at least."""
    drawn = only(lines(1, 252, 0.97, 0.99), kind="share", reference=1.0, least=0.2)
    top, bottom = next(line.get_ydata() for line in drawn.artists("grid") if len(set(line.get_xdata())) == 1)
    assert np.ptp(drawn.artists("series")[0].get_ydata()) < 0.12 * (bottom - top)
    assert drawn.texts("caption") == ["Correlation, line at 1, axis starts at 0.775"]


def test_the_reference_is_in_the_panel_and_stands_out() -> None:
    drawn = only(lines(1, 252, 1.8, 2.6), reference=1.0, least=1.0)
    (level,) = {float(line.get_ydata()[0]) for line in drawn.artists("start")}
    assert level > np.nanmax(drawn.artists("series")[0].get_ydata())  # below the lines, y goes down
    assert "line at 1" in drawn.texts("caption")[0]


def test_what_is_never_negative_has_no_room_below_zero() -> None:
    drawn = only(lines(1, 252, 0.0101, 0.0102), kind="percent", least=0.10)
    assert drawn.texts("caption")[0].endswith("axis starts at 0 %")
