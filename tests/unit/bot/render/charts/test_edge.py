"""Bars of gaps: where they begin and end, zero in sight, what would show behind them, grey print."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_rgb

from bot.render.chart_specs import content_key
from bot.render.charts import draw
from bot.render.charts.theme import GRID, INK, PAPER, QUIET
from bot.render.evidence_specs import EdgeBar, EdgePanel
from tests.unit.bot.render.charts.looking import Drawn, look
from tests.unit.bot.render.charts.prices import edge_bars, edge_picture


def ends(drawn: Drawn, kind: str) -> list[tuple[float, float]]:
    """The left and the right end of each box, in pixels."""
    corners = [artist.get_xy() for artist in drawn.artists(kind)]
    return [(min(x for x, _ in each), max(x for x, _ in each)) for each in corners]


def zero(drawn: Drawn) -> float:
    (line, *_) = drawn.artists("zero")
    return float(line.get_xdata()[0])


def luminance(colour: str) -> float:
    """As WCAG has it."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_bar_goes_from_its_low_end_to_its_high_end() -> None:
    bars = (
        EdgeBar("1 year", 0.05, -0.02, 0.12, "+5.0 pp", 0.10),
        EdgeBar("3 years", -0.02, -0.04, -0.01, "-2.0 pp", 0.05),
    )
    drawn = look(edge_picture(EdgePanel("Gap in return a year", bars, "points")))
    at = zero(drawn)
    (low, high), (left, right) = ends(drawn, "bar")
    assert low < at < high
    assert (at - low) / (high - at) == pytest.approx(0.02 / 0.12, abs=0.01)
    assert left < right < at
    assert drawn.texts("words") == ["+5.0 pp", "-2.0 pp"]
    assert drawn.texts("label") == ["1 year", "3 years"]


def test_what_would_show_lies_behind_the_bar_on_both_sides_of_zero() -> None:
    drawn = look(edge_picture())
    for low, high in ends(drawn, "band")[:5]:
        assert zero(drawn) - low == pytest.approx(high - zero(drawn))
    assert drawn.texts("key") == ["gaps that fit", "the gap measured", "too small for the window to show"]


def test_without_it_there_is_no_band_and_no_key_to_it() -> None:
    drawn = look(edge_picture(EdgePanel("Gap", (EdgeBar("3 months", 0.0, -0.1, 0.1, "0.0 pp"),), "points")))
    assert drawn.artists("band") == []
    assert drawn.texts("key") == ["gaps that fit", "the gap measured"]


def test_the_sides_of_zero_are_named_in_each_panel() -> None:
    drawn = look(edge_picture())
    assert drawn.texts("side") == ["◄ ISCB behind", "ISCB ahead ►"] * 2
    assert drawn.texts("caption") == ["Gap in return a year", "Gap in Sharpe ratio"]


def test_an_axis_is_written_in_its_unit() -> None:
    returns = look(edge_picture(EdgePanel("Gap", edge_bars(), "points"))).texts("tick")
    ratios = look(edge_picture(EdgePanel("Gap", edge_bars(scale=4.0), "ratio"))).texts("tick")
    assert "0 pp" in returns
    assert all(tick.endswith(" pp") for tick in returns)
    assert not any("pp" in tick for tick in ratios)


def test_digits_are_read_on_paper_and_the_bar_on_its_band_in_grey() -> None:
    drawn = look(edge_picture())
    for words in drawn.words:
        assert contrast(words.colour, PAPER) >= 4.5, words.text
    assert contrast(drawn.artists("bar")[0].get_facecolor()[:3], GRID) >= 4.5
    assert contrast(QUIET, PAPER) >= 4.5
    assert contrast(INK, PAPER) >= 7.0


def test_the_same_picture_is_the_same_bytes() -> None:
    assert draw(edge_picture()) == draw(edge_picture())
    assert content_key(edge_picture(), "1") != content_key(edge_picture(behind="SPSM ahead"), "1")
