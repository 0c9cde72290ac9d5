"""Bars with intervals and sensitivities: full where an estimate can be told from zero, hollow where not."""

from __future__ import annotations

import numpy as np

from bot.render.charts import build, theme
from tests.unit.bot.render.charts.estimates import VALUES, bars_picture, sensitivities_picture
from tests.unit.bot.render.charts.looking import look


def drawn(figure: object, kind: str) -> list[object]:
    return [artist for artist in figure.get_children() if artist.get_gid() == kind]  # type: ignore[attr-defined]


def test_a_bar_is_full_only_where_it_can_be_told_from_zero() -> None:
    bars = drawn(build(bars_picture(half=0.015)), "bar")
    paper = [bar.get_facecolor()[:3] == _rgb(theme.PAPER) for bar in bars]  # type: ignore[attr-defined]
    assert paper == [abs(value) <= 0.015 for value in VALUES.tolist()]


def test_bars_begin_at_zero_and_end_at_their_values() -> None:
    bars = drawn(build(bars_picture()), "bar")
    widths = np.array([bar.get_xy()[1][0] - bar.get_xy()[0][0] for bar in bars])  # type: ignore[attr-defined]
    assert np.allclose(widths / widths[0], VALUES / VALUES[0])


def test_without_an_interval_no_line_is_drawn() -> None:
    assert drawn(build(bars_picture(half=float("nan"))), "interval") == []


def test_several_series_are_named_and_one_is_not() -> None:
    assert look(bars_picture(symbols=("ISCB", "SPSM"))).texts("key") == ["ISCB", "SPSM"]
    assert look(bars_picture()).texts("key") == []


def test_every_window_has_a_point_full_or_hollow() -> None:
    picture = sensitivities_picture()
    figure = build(picture)
    assert len(drawn(figure, "clear")) == int(picture.clear.sum())
    assert len(drawn(figure, "unclear")) == int((~picture.clear).sum())


def test_a_window_that_is_not_known_has_no_point() -> None:
    figure = build(sensitivities_picture(gaps=True))
    assert len(drawn(figure, "clear")) + len(drawn(figure, "unclear")) == 2 * 21 - 6


def test_zero_is_on_the_axis() -> None:
    assert "0" in look(sensitivities_picture(symbols=("ISCB",))).texts("value")
    assert "0" in look(bars_picture()).texts("tick")


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
