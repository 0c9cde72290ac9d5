"""Whatever study is drawn: every text inside the picture, none on another, none too small for a phone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.render.chart_specs import ChartSpec, content_key
from bot.render.charts.theme import FINE, WIDTH
from bot.render.evidence_specs import EdgeBar, EdgePanel
from tests.pictures import SYMBOLS, walk
from tests.unit.bot.render.charts.estimates import (
    STEPS,
    bars_picture,
    sensitivities_picture,
    waterfall_picture,
)
from tests.unit.bot.render.charts.looking import look
from tests.unit.bot.render.charts.prices import (
    edge_bars,
    edge_picture,
    fund_months,
    lines,
    matrix_picture,
    months_picture,
    rolling_picture,
    square,
    underwater_picture,
    years_picture,
)

NAN = np.nan
LONG = ("ISCB-LONDON", "005930.KS", "BRK-B.MX", "ABCDEFGHIJKL", "AVUV", "DFAS-LONDON")


def holes() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    returns = np.tile(np.linspace(-0.2, 0.3, 10), (3, 1))
    returns[1, :4] = returns[2] = NAN
    return returns


def gappy() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    found = lines(2, 252, -0.5, 2.0)
    found[0, :100] = found[1, 200:] = NAN
    return found


PICTURES: dict[str, ChartSpec] = {
    **{f"years of {count}": years_picture(symbols=SYMBOLS[:count]) for count in (1, 2, 3, 6)},
    "years with holes": years_picture(holes(), symbols=SYMBOLS[:3], simulated=True),
    "one year": years_picture(np.array([[0.1], [-0.1]]), years=("2025",)),
    "part of a year": years_picture(np.array([[0.1], [-0.1]]), years=("2026 to 16 Jan",)),
    "years of nothing": years_picture(np.zeros((2, 10))),
    "years of losses": years_picture(-np.abs(years_picture().returns)),
    "years unknown": years_picture(np.full((2, 10), NAN)),
    "years of twelvefold gains": years_picture(40 * years_picture().returns),
    "years of six long names": years_picture(symbols=LONG, simulated=True),
    **{
        f"months of {count}": months_picture(symbols=SYMBOLS[:count], years=20 // count)
        for count in (1, 2, 3)
    },
    "months of long names": months_picture(symbols=LONG[:3], years=6, simulated=True),
    "months of a coin": months_picture(fund_months("BTC-USD", returns=40 * fund_months("A").returns)),
    "months in doubt": months_picture(fund_months("ISCB", 2, doubtful=np.ones((2, 13), dtype=np.bool_))),
    "months of nothing": months_picture(fund_months("FLAT", 2, returns=np.zeros((2, 13)))),
    **{f"falls of {count}": underwater_picture(symbols=SYMBOLS[:count]) for count in (1, 2, 6)},
    "falls of none": underwater_picture(np.full((2, 60), 100.0)),
    "falls of six long names": underwater_picture(symbols=LONG, simulated=True),
    "falls of two sessions": underwater_picture(np.array([[100.0, 90.0], [100.0, 101.0]])),
    **{f"rolling of {count}": rolling_picture(symbols=SYMBOLS[:count]) for count in (1, 2, 3, 6)},
    "rolling with gaps": rolling_picture(gappy()),
    "rolling of two sessions": rolling_picture(lines(2, 2, 0.5, 1.0)),
    "rolling of no change": rolling_picture(np.ones((2, 60)), np.ones((1, 60))),
    "rolling of six long names": rolling_picture(symbols=LONG, simulated=True),
    "rolling far below": rolling_picture(lines(2, 252, -9.0, -2.0), lines(1, 252, -0.9, 0.9)),
    **{f"bars of {count}": bars_picture(symbols=SYMBOLS[:count]) for count in (1, 2, 3, 6)},
    "bars of long names": bars_picture(symbols=LONG, simulated=True),
    "bars of nothing": bars_picture(values=np.zeros(4)),
    "bars without intervals": bars_picture(values=np.full(4, 0.02), half=NAN),
    "waterfall": waterfall_picture(),
    "waterfall of losses": waterfall_picture(tuple(-step for step in STEPS), simulated=True),
    "bars unknown": bars_picture(values=np.full(4, NAN)),
    **{f"sensitivities of {count}": sensitivities_picture(symbols=SYMBOLS[:count]) for count in (1, 2, 6)},
    "sensitivities of long names": sensitivities_picture(symbols=LONG, simulated=True),
    "sensitivities with gaps": sensitivities_picture(gaps=True),
    **{f"matrix of {count}": matrix_picture(symbols=SYMBOLS[:count]) for count in (3, 4, 5, 6)},
    "matrix of seven": matrix_picture(symbols=(*LONG, "SPY"), simulated=True),
    "matrix with signs": matrix_picture(square(4, -0.8, 0.9), symbols=SYMBOLS[:4]),
    "matrix of ones": matrix_picture(np.ones((3, 3)), np.ones((3, 3))),
    "edge": edge_picture(),
    "edge of long names": edge_picture(
        EdgePanel("Gap in return a year, since 19 Mar 2021", edge_bars(names=LONG), "points"),
        behind="BERKSHIRE-B behind",
        ahead="BERKSHIRE-B ahead",
        simulated=True,
    ),
    "edge of one bar": edge_picture(EdgePanel("Gap in Sharpe ratio", edge_bars(1), "ratio")),
    "edge far above zero": edge_picture(
        EdgePanel("Gap in Sharpe ratio", (EdgeBar("1 year", 19.0, 18.0, 20.0, "+19.00", 2.0),), "ratio")
    ),
    "edge far below zero": edge_picture(
        EdgePanel("Gap in return", (EdgeBar("1 year", -0.4, -0.5, -0.3, "-40.0 pp"),), "points")
    ),
    "edge of nearly nothing": edge_picture(
        EdgePanel("Gap in return", (EdgeBar("1 year", 0.0, -1e-5, 1e-5, "0.0 pp", 1e-5),), "points")
    ),
    "matrix unknown": matrix_picture(np.full((3, 3), NAN), np.full((3, 3), NAN)),
}


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES.keys())
def test_texts_are_whole_apart_and_large_enough(picture: ChartSpec) -> None:
    drawn = look(picture)
    assert drawn.outside() == []
    assert drawn.overlaps() == []
    assert min(words.size for words in drawn.words) >= FINE
    assert drawn.figure.bbox.width == WIDTH


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES.keys())
def test_simulated_data_say_so_twice_and_real_data_never(picture: ChartSpec) -> None:
    drawn = look(picture)
    said = drawn.texts("watermark") + drawn.texts("tag")
    assert said == (["SAMPLE DATA", "SAMPLE DATA"] if picture.simulated else [])


def test_another_value_is_another_picture() -> None:
    first = rolling_picture()
    moved = replace(
        first, panels=(replace(first.panels[0], lines=first.panels[0].lines + 1e-9), *first.panels[1:])
    )
    assert content_key(first, "1") == content_key(rolling_picture(), "1")
    assert content_key(first, "1") != content_key(moved, "1")
    assert content_key(matrix_picture(), "1") != content_key(matrix_picture(above="weekly"), "1")


@pytest.mark.parametrize("count", [0, 7])
def test_more_symbols_than_colours_are_refused(count: int) -> None:
    symbols = tuple(f"S{i}" for i in range(count))
    with pytest.raises(ValueError, match="a chart shows 1 to 6 symbols"):
        look(replace(underwater_picture(walk(2, 20)), symbols=symbols))
