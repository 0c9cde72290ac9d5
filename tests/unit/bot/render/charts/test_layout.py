"""Whatever is drawn: every text inside the picture, none on another, none smaller than a phone can show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.render.chart_specs import ChartSpec
from bot.render.charts.theme import FINE
from tests.pictures import SYMBOLS, growth_picture, sector_picture, walk
from tests.unit.bot.render.charts.looking import look

NAN = np.nan


def gappy() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Three funds: one without a gap, one with two and an early end, one without any value."""
    growth = walk(3, 120)
    growth[1, 30:40] = growth[1, 100:] = growth[2] = NAN
    return growth


def steep() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """From 100 to some 7,000 beside a fund that stays where it is."""
    return np.vstack([100 * np.exp(np.linspace(0, 4.25, 900)), 100 + np.arange(900) % 2])


LONG = ("005930.KS", "BRK-B.MX", "ISCB", "BTC-USD", "ABCDEF.XY", "QQQQQ.LON")

GROWTH = {
    **{f"{count} funds, a year": growth_picture(symbols=SYMBOLS[:count]) for count in range(1, 7)},
    "ten years": growth_picture(walk(6, 2520), symbols=SYMBOLS),
    "a month": growth_picture(walk(2, 22)),
    "two sessions": growth_picture(walk(2, 2)),
    "one session": growth_picture(walk(1, 1), symbols=SYMBOLS[:1]),
    "gaps": growth_picture(gappy(), symbols=SYMBOLS[:3]),
    "steep": growth_picture(steep(), simulated=True),
    "hardly moves": growth_picture(100 + 0.001 * np.arange(22.0)[None], symbols=("BIL",)),
    "never moves": growth_picture(np.full((1, 22), 100.0), symbols=("CASH",)),
    "all alike": growth_picture(np.repeat(walk(1, 252), 6, axis=0), symbols=SYMBOLS),
    "all fall at the edge": growth_picture(np.repeat(np.linspace(100, 60, 252)[None], 2, axis=0)),
    "loses nearly everything": growth_picture(100 * np.exp(np.linspace(0, -6, 252))[None], symbols=("LOSS",)),
    "long names": growth_picture(walk(6, 252), symbols=LONG, simulated=True),
    "two long names": growth_picture(walk(2, 252), symbols=LONG[:2], simulated=True),
    "sample": growth_picture(symbols=SYMBOLS, simulated=True),
    "long title": replace(
        growth_picture(simulated=True), title="A very long title " * 6, footer="words " * 90
    ),
}


def unknown() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Weights of three funds with holes: one sector of one, all of another."""
    weights = np.tile(np.linspace(0.2, 0.02, 11), (3, 1))
    weights[1] = weights[0, 4] = NAN
    return weights


SECTORS = {
    **{f"{count} funds": sector_picture(symbols=SYMBOLS[:count]) for count in range(1, 7)},
    "unknown weights": sector_picture(unknown(), symbols=SYMBOLS[:3], simulated=True),
    "nothing known": sector_picture(np.full((2, 11), NAN)),
    "short sold": sector_picture(np.tile(np.linspace(0.9, -0.3, 11), (2, 1))),
    "one sector": sector_picture(np.array([[1.0]]), symbols=SYMBOLS[:1], sectors=("Technology",)),
    "long names": sector_picture(
        symbols=LONG[:2], sectors=tuple(f"{n} Equipment and related" for n in SYMBOLS)
    ),
    "six long names": sector_picture(symbols=LONG, simulated=True),
}

ALL = {f"growth: {name}": picture for name, picture in GROWTH.items()} | {
    f"sectors: {name}": picture for name, picture in SECTORS.items()
}


@pytest.mark.slow
@pytest.mark.parametrize("picture", ALL.values(), ids=ALL.keys())
def test_texts_are_whole_apart_and_large_enough(picture: ChartSpec) -> None:
    drawn = look(picture)
    assert drawn.outside() == []
    assert drawn.overlaps() == []
    assert min(words.size for words in drawn.words) >= FINE


@pytest.mark.slow
@pytest.mark.parametrize("picture", ALL.values(), ids=ALL.keys())
def test_title_subtitle_and_footer_are_complete(picture: ChartSpec) -> None:
    drawn = look(picture)
    for kind in ("title", "subtitle", "footer"):
        said = " ".join(drawn.texts(kind)).replace(" · ", " ")
        assert said.split() == getattr(picture, kind).replace(" · ", " ").split()


@pytest.mark.parametrize("picture", ALL.values(), ids=ALL.keys())
def test_simulated_data_say_so_twice_and_real_data_never(picture: ChartSpec) -> None:
    drawn = look(picture)
    said = drawn.texts("watermark") + drawn.texts("tag")
    assert said == (["SAMPLE DATA", "SAMPLE DATA"] if picture.simulated else [])
