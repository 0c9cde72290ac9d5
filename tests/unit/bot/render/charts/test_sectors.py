"""The sector chart: weights, gaps with their signs, and what is not known."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from bot.render.charts.theme import COLOURS, PAPER
from tests.pictures import SECTORS, SYMBOLS, sector_picture
from tests.unit.bot.render.charts.looking import Drawn, look
from tests.unit.bot.render.charts.test_theme import luminance

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


def test_bars_of_a_pair_are_as_long_as_its_gaps_and_lead_to_whose_they_are() -> None:
    drawn = pair([0.20, 0.10, 0.05], [0.10, 0.15, 0.05])
    assert np.array(spans(drawn)) / spans(drawn)[0] == pytest.approx([1, -0.5, 0])
    assert drawn.texts("figure") == ["+10.0 pp", "-5.0 pp", "0.0 pp"]
    assert drawn.texts("side") == ["more in ISCB", "more in SPSM"]
    colours = [to_hex(bar.get_facecolor()) for bar in drawn.artists("bar")]
    assert colours[:2] == list(COLOURS[:2])


def test_both_weights_stand_beside_the_gap_under_their_names() -> None:
    drawn = pair([0.20, 0.10, 0.05], [0.18, 0.125, 0.05])
    assert drawn.texts("weight") == ["20.0 %", "10.0 %", "5.0 %", "18.0 %", "12.5 %", "5.0 %"]
    heads = {words.text: words.colour for words in drawn.words if words.kind == "head"}
    assert heads == dict(zip(SYMBOLS[:2], COLOURS, strict=False))


def test_a_weight_that_is_not_known_is_not_zero() -> None:
    drawn = pair([0.20, NAN, 0.0], [0.18, 0.12, 0.05])
    assert drawn.texts("weight")[:3] == ["20.0 %", "n/a", "0.0 %"]
    assert drawn.texts("figure") == ["+2.0 pp", "n/a", "-5.0 pp"]


def test_one_fund_has_nothing_to_be_compared_with() -> None:
    drawn = look(sector_picture(np.array([[0.2, 0.1, -0.05]]), symbols=SYMBOLS[:1], sectors=NAMES))
    assert drawn.texts("weight") == drawn.texts("side") == []
    assert drawn.texts("figure") == ["20.0 %", "10.0 %", "-5.0 %"]
    assert np.array(spans(drawn)) / spans(drawn)[0] == pytest.approx([1, 0.5, -0.25])


@pytest.mark.parametrize("count", [3, 6])
def test_three_and_more_are_a_table_of_shades(count: int) -> None:
    weights = np.linspace(0.3, 0.01, count * len(NAMES)).reshape(count, len(NAMES))
    drawn = look(sector_picture(weights, symbols=SYMBOLS[:count], sectors=NAMES))
    assert drawn.texts("figure") == [f"{100 * weight:.1f} %" for weight in weights.flat]
    names = {words.text: words.colour for words in drawn.words if words.kind == "name"}
    assert names == dict(zip(SYMBOLS[:count], COLOURS, strict=False))
    shades = [luminance(to_hex(cell.get_facecolor())) for cell in drawn.artists("cell")]
    assert shades == sorted(shades)  # the larger the darker


def test_what_the_table_does_not_know_has_no_shade() -> None:
    weights = np.array([[0.2, NAN, 0.1], [0.2, 0.1, 0.0], [0.3, 0.1, 0.1]])
    drawn = look(sector_picture(weights, symbols=SYMBOLS[:3], sectors=NAMES))
    assert drawn.texts("figure")[1] == "n/a"
    assert to_hex(drawn.artists("cell")[1].get_facecolor()) == PAPER


def test_more_sectors_make_the_picture_higher() -> None:
    few = look(sector_picture(np.array([[0.5], [0.4]]), sectors=("Energy",)))
    many = look(sector_picture())
    assert many.figure.bbox.height > few.figure.bbox.height + 600
