"""The edge that a switch needs by years held: where curve, marks and band stand, and that all can be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.render.charts import draw
from bot.render.charts.theme import MARGIN, WIDTH
from bot.render.evidence_specs import NeededChart, NeededMark
from tests.unit.bot.render.charts.looking import Drawn, look

YEARS = np.linspace(0.25, 5.0, 96)


def picture(
    once: float = 0.0066, fees: float = -0.0001, fits: tuple[float, float] | None = (-0.076, 0.006)
) -> NeededChart:
    marks = tuple(
        NeededMark(float(years), once / years + fees, f"{1e4 * (once / years + fees):.0f} bp")
        for years in (1, 3, 5)
    )
    return NeededChart(
        title="ISCB to SPSM needs 21 bp a year over 3 years; the data cannot tell",
        subtitle="Edge a year of SPSM - ISCB before fees that 100 k USD needs, by years held",
        footer="volume, volatility: 63 sessions to 2026-01-16 · spreads as typed · source Yahoo Finance",
        alt="ISCB to SPSM needs 21 bp a year.",
        symbols=("ISCB", "SPSM"),
        years=YEARS,
        needed=once / YEARS + fees,
        marks=marks,
        fits=fits,
        band="Allowed by the data of three years: -7.6 pp to +0.6 pp" if fits else "",
    )


def heights(drawn: Drawn, kind: str) -> list[float]:
    return [
        float(np.nanmean(artist.get_ydata()))
        for artist in drawn.artists(kind)
        if hasattr(artist, "get_ydata")
    ]


def test_marks_lie_on_the_curve_and_the_band_goes_from_end_to_end() -> None:
    drawn = look(picture())
    assert drawn.texts("mark words") == ["65 bp", "21 bp", "12 bp"]
    (zero,) = heights(drawn, "zero")
    low, high = sorted(heights(drawn, "band end"), reverse=True)
    assert low > zero > high
    assert (low - zero) / (zero - high) == pytest.approx(7.6 / 0.6, rel=0.01)
    marks = heights(drawn, "mark")[:3]
    assert (zero - marks[0]) / (zero - marks[1]) == pytest.approx(65 / 21, rel=0.02)
    (curve,) = drawn.artists("needed")
    at_year = np.interp(marks_x(drawn)[0], curve.get_xdata(), curve.get_ydata())
    assert at_year == pytest.approx(marks[0], abs=1.5)


def marks_x(drawn: Drawn) -> list[float]:
    return [float(artist.get_xdata()[0]) for artist in drawn.artists("mark") if hasattr(artist, "get_xdata")]


def test_without_an_interval_there_is_no_band_and_the_curve_fills_the_panel() -> None:
    drawn = look(picture(fits=None))
    assert drawn.artists("band") == []
    assert drawn.texts("key") == []
    (zero,) = heights(drawn, "zero")
    assert zero - heights(drawn, "mark")[0] > 300


@pytest.mark.parametrize(
    "shown",
    [
        picture(),
        picture(fits=None),
        picture(once=0.11),
        picture(once=0.0001, fees=-0.004),
        picture(fits=(0.6, 0.75)),
        picture(fits=(-0.75, -0.6)),
        picture(once=0.0),
        replace(picture(), simulated=True),
    ],
    ids=["worked", "no_band", "dear", "cheaper_fee", "above", "below", "free", "simulated"],
)
def test_no_words_leave_the_page_or_touch(shown: NeededChart) -> None:
    drawn = look(shown)
    for words in drawn.words:
        if words.kind not in {"watermark", "tag"}:
            assert words.box.x0 >= MARGIN - 30, words
            assert words.box.x1 <= WIDTH - 20, words
            assert words.size >= 30, words
    for kind in ("tick", "mark words"):
        boxes = drawn.boxes(kind)
        for at, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[at + 1 :]), kind


def test_the_same_picture_is_the_same_bytes() -> None:
    assert draw(picture()) == draw(picture())
    assert draw(picture()) != draw(picture(once=0.007))
