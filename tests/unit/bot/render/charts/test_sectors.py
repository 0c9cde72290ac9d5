"""The sector chart: weights, gaps with their signs, and what is not known."""

from __future__ import annotations

import numpy as np
import pytest

from bot.render.charts.theme import COLOURS
from tests.pictures import SECTORS, SYMBOLS, sector_picture
from tests.unit.bot.render.charts.looking import Drawn, look

NAN = np.nan
NAMES = ("Technology", "Energy", "Utilities")


def pair(first: list[float], second: list[float]) -> Drawn:
    return look(sector_picture(np.array([first, second]), sectors=NAMES))


def spans(drawn: Drawn) -> list[float]:
    """Length of every bar in pixels, negative to the left."""
    return [float(bar.get_xy()[1][0] - bar.get_xy()[0][0]) for bar in drawn.artists("bar")]


def test_every_sector_has_a_row_in_the_order_given() -> None:
    drawn = look(sector_picture())
    assert drawn.texts("sector") == list(SECTORS)
    tops = [box.y1 for box in drawn.boxes("sector")]
    assert tops == sorted(tops, reverse=True)


def test_bars_are_as_long_as_their_weights() -> None:
    drawn = pair([0.20, 0.10, 0.05], [0.10, 0.15, 0.0])
    assert np.array(spans(drawn)) / spans(drawn)[0] == pytest.approx([1, 0.5, 0.25, 0.5, 0.75, 0])
    assert drawn.texts("weight") == ["20.0 %", "10.0 %", "5.0 %", "10.0 %", "15.0 %", "0.0 %"]


def test_the_gap_is_first_less_last_in_points_with_a_sign() -> None:
    drawn = pair([0.20, 0.10, 0.05], [0.18, 0.125, 0.05])
    assert drawn.texts("heading") == ["ISCB - SPSM"]
    assert drawn.texts("active") == ["+2.0 pp", "-2.5 pp", "0.0 pp"]


def test_a_weight_that_is_not_known_is_not_zero() -> None:
    drawn = pair([0.20, NAN, 0.0], [0.18, 0.12, 0.05])
    assert drawn.texts("weight")[:3] == ["20.0 %", "n/a", "0.0 %"]
    assert drawn.texts("active") == ["+2.0 pp", "n/a", "-5.0 pp"]


def test_a_short_position_goes_to_the_left() -> None:
    drawn = pair([0.9, 0.2, -0.1], [0.5, 0.3, 0.2])
    assert spans(drawn)[2] < 0
    assert drawn.texts("weight")[2] == "-10.0 %"


def test_one_fund_has_nothing_to_be_compared_with() -> None:
    drawn = look(sector_picture(symbols=SYMBOLS[:1]))
    assert drawn.texts("active") == drawn.texts("heading") == []
    assert len(drawn.artists("bar")) == len(SECTORS)


@pytest.mark.parametrize("count", [1, 2, 6])
def test_every_fund_is_named_above_in_its_colour(count: int) -> None:
    drawn = look(sector_picture(symbols=SYMBOLS[:count]))
    keys = {words.text: words.colour for words in drawn.words if words.kind == "key"}
    assert keys == dict(zip(SYMBOLS[:count], COLOURS, strict=False))


@pytest.mark.parametrize("count", [3, 6])
def test_three_and_more_are_dots_in_channels_of_their_own(count: int) -> None:
    weights = np.full((count, len(NAMES)), 0.2)
    drawn = look(sector_picture(weights, symbols=SYMBOLS[:count], sectors=NAMES))
    dots = drawn.artists("dot")
    assert len(dots) == count * len(NAMES)
    assert len({dot.get_ydata()[0] for dot in dots}) == len(dots)
    assert len({dot.get_marker() for dot in dots}) == count


def test_dots_stand_at_their_weights_on_the_scale() -> None:
    drawn = look(sector_picture(np.array([[0.0], [0.1], [0.2]]), symbols=SYMBOLS[:3], sectors=("Energy",)))
    assert drawn.texts("tick") == ["0 %", "5 %", "10 %", "15 %", "20 %"][:: _every(drawn)]
    zero, tenth, fifth = (float(dot.get_xdata()[0]) for dot in drawn.artists("dot"))
    assert fifth - tenth == pytest.approx(tenth - zero)


def _every(drawn: Drawn) -> int:
    return {5: 1, 3: 2}[len(drawn.texts("tick"))]


def test_dots_that_are_not_known_stand_aside_hollow() -> None:
    weights = np.array([[0.2, NAN, 0.1], [0.2, 0.1, 0.0], [0.3, 0.1, 0.1]])
    drawn = look(sector_picture(weights, symbols=SYMBOLS[:3], sectors=NAMES))
    (unknown,) = drawn.artists("unknown")
    lowest = min(float(dot.get_xdata()[0]) for dot in drawn.artists("dot"))
    assert float(unknown.get_xdata()[0]) < lowest - 50
    assert "n/a" in drawn.texts("tick")


def test_where_all_is_known_no_room_is_kept_for_what_is_not() -> None:
    assert "n/a" not in look(sector_picture(symbols=SYMBOLS[:3])).texts("tick")


def test_more_sectors_make_the_picture_higher() -> None:
    few = look(sector_picture(np.array([[0.5], [0.4]]), sectors=("Energy",)))
    many = look(sector_picture())
    assert many.figure.bbox.height > few.figure.bbox.height + 700
