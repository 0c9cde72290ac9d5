"""The square of correlations: figures in their cells, colours that follow them, a second one below zero."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from bot.render.charts.heatmaps import Shades, shades_of
from tests.unit.bot.render.charts.looking import look
from tests.unit.bot.render.charts.prices import matrix_picture, square

NAN = np.nan
UPPER = np.array([[1.0, 0.91, 0.92], [0.91, 1.0, 0.9968], [0.92, 0.9968, 1.0]])
SIGNED = np.array([[1.0, -0.33, 0.5], [-0.33, 1.0, 0.9], [0.5, 0.9, 1.0]])
LOWER = np.array([[1.0, 0.81, NAN], [0.81, 1.0, 0.83], [NAN, 0.83, 1.0]])


def grey(colour: str) -> float:
    """How light a colour is, 0 to 1."""
    red, green, blue = to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_days_are_above_the_names_and_weeks_below() -> None:
    drawn = look(matrix_picture(UPPER, LOWER))
    assert drawn.texts("figure") == ["0.91", "0.92", "0.81", "0.997", "n/a", "0.83"]
    assert drawn.texts("caption") == ["Above the names: daily", "Below the names: weekly"]
    assert drawn.texts("name") == ["ISCB", "SPSM", "IWM"]


def test_every_pair_stands_twice() -> None:
    drawn = look(matrix_picture(symbols=("A", "B", "C", "D", "E", "F", "G")))
    assert len(drawn.texts("figure")) == 42
    assert len(drawn.artists("cell")) == 42


def test_a_higher_value_is_darker_where_none_is_negative() -> None:
    shades = shades_of(np.stack([UPPER, LOWER]))
    assert shades.low == 0.8
    colours = [grey(shades(value)) for value in (0.81, 0.9, 0.99)]
    assert colours == sorted(colours, reverse=True)


def test_two_colours_only_where_a_value_is_negative() -> None:
    positive = shades_of(square(3, 0.1, 0.9)[None])
    assert positive.low == 0.1
    signed = shades_of(SIGNED[None])
    assert signed.low == pytest.approx(-0.4)
    red, _, blue = to_rgb(signed(-0.3))
    assert red > blue
    red, _, blue = to_rgb(signed(0.3))
    assert blue > red


def test_the_diagonal_does_not_count() -> None:
    assert shades_of(np.stack([np.eye(3)])).low == 0.0
    assert shades_of(np.ones((1, 3, 3))).low == 0.9
    assert shades_of(np.full((1, 3, 3), NAN)).low == 0.9


def test_equal_distances_from_zero_are_equally_strong() -> None:
    shades = Shades(-1.0)
    one, other = (sum(abs(part - 1) for part in to_rgb(shades(value))) for value in (0.05, -0.05))
    assert one == pytest.approx(other, abs=0.15)


def test_figures_can_be_read_on_their_cells() -> None:
    drawn = look(matrix_picture(square(6, -0.9, 0.99), symbols=("A", "B", "C", "D", "E", "F")))
    cells = [cell.get_facecolor() for cell in drawn.artists("cell")]
    inks = [words.colour for words in drawn.words if words.kind == "figure"]
    for cell, ink in zip(cells, inks, strict=True):
        assert abs(grey(cell[:3]) - grey(ink)) > 0.3


def test_the_ends_of_the_colours_are_named() -> None:
    assert look(matrix_picture(UPPER, LOWER)).texts("scale") == ["0.8", "1"]
    assert look(matrix_picture(SIGNED, LOWER)).texts("scale") == ["-0.4", "1", "0"]


def test_a_long_name_is_broken_after_its_hyphen() -> None:
    symbols = ("ISCB-LONDON", "B", "C", "D", "E", "F", "G")
    assert look(matrix_picture(symbols=symbols)).texts("name")[:2] == ["ISCB-", "LONDON"]
