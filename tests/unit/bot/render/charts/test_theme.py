"""Colours that hold on paper, in grey and for eyes that see fewer of them."""

from __future__ import annotations

from itertools import combinations

import matplotlib
import numpy as np
import pytest

from bot.model import MOST_SEATS
from bot.render.charts import theme
from bot.render.charts.heatmaps import Shades, ink

Vector = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
EYES = {
    "all colours": np.eye(3),
    "no green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "no red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])


def linear(colour: str) -> Vector:
    coded = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.asarray(np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4))


def luminance(colour: str) -> float:
    return float(linear(colour) @ XYZ[1])


def contrast(one: str, other: str) -> float:
    """As WCAG defines it: 1 for none, 21 for black on white; text needs 4.5."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: Vector) -> Vector:
    ratio = XYZ @ np.clip(rgb, 0, 1) / WHITE
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


PHASES = [colour for colour, _ in theme.PHASES.values()]


@pytest.mark.parametrize("colour", [*theme.COLOURS, theme.INK, theme.QUIET, theme.ALARM, *PHASES])
def test_words_can_be_read_on_the_paper(colour: str) -> None:
    assert contrast(colour, theme.PAPER) >= 4.5


@pytest.mark.parametrize("share", np.linspace(-1, 1, 81).tolist())
def test_figures_can_be_read_on_every_shade(share: float) -> None:
    for shades in (Shades(-1.0), Shades(-1.0, 0.5), Shades(0.0)):
        shade = shades(share)
        assert contrast(ink(shade), shade) >= 4.5


@pytest.mark.parametrize("eye", EYES)
def test_no_two_lines_look_alike(eye: str) -> None:
    seen = [lab(EYES[eye] @ linear(colour)) for colour in theme.COLOURS]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > 20


def test_the_two_main_lines_differ_in_grey_print() -> None:
    first, second = theme.LOOKS[:2]
    assert contrast(first.colour, second.colour) > 1.9
    assert first.dash != second.dash


def test_looks_are_told_apart_without_colours() -> None:
    assert len({look.dash for look in theme.LOOKS}) == len(theme.LOOKS) == MOST_SEATS
    assert len({look.marker for look in theme.LOOKS}) == len(theme.LOOKS)


def test_the_watermark_is_visible_and_hides_nothing() -> None:
    assert 1.15 < contrast(theme.MARK, theme.PAPER) < 1.5
    assert min(contrast(theme.MARK, colour) for colour in theme.COLOURS) > 2


def test_settings_are_those_of_matplotlib_itself_and_are_given_back() -> None:
    with matplotlib.rc_context({"lines.antialiased": False, "path.sketch": (5, 50, 2)}):
        with theme.own_settings():
            assert matplotlib.rcParams["lines.antialiased"]
            assert matplotlib.rcParams["path.sketch"] is None
        assert not matplotlib.rcParams["lines.antialiased"]


@pytest.mark.parametrize("bold", [False, True])
def test_the_font_is_the_one_that_comes_with_matplotlib(bold: bool) -> None:
    assert str(theme.font(30, bold=bold).get_file()).startswith(matplotlib.get_data_path())
