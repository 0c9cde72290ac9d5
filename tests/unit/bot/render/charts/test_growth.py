"""The growth chart says what the picture holds, in the right place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex

from bot.render.chart_specs import IndexMark, paint
from bot.render.charts.theme import COLOURS, MARGIN
from tests.pictures import SYMBOLS, growth_picture, sessions, walk
from tests.unit.bot.render.charts.looking import Drawn, look

TWO = growth_picture(
    np.array([[100.0, 76.6, 90.0, 116.13], [100.0, 98.0, 75.8, 111.3]]),
    days=np.array(["2025-01-16", "2025-04-08", "2025-04-09", "2026-01-16"], dtype="datetime64[D]"),
)
FELL = growth_picture(TWO.growth, days=TWO.sessions, falls=True)


def heights(drawn: Drawn, kind: str) -> list[float]:
    """Heights in pixels from the top at which things of a kind are drawn."""
    return [float(artist.get_ydata()[0]) for artist in drawn.artists(kind)]


def test_lines_are_named_at_their_ends_with_the_last_value() -> None:
    assert look(TWO).texts("end") == ["ISCB 116.1", "SPSM 111.3", "104.3"]
    assert look(FELL).texts("end") == ["ISCB 116.1", "SPSM 111.3"]


def test_labels_stand_right_of_the_lines_beside_their_ends() -> None:
    drawn = look(growth_picture(np.array([[100.0, 120.0, 110.0], [100.0, 80.0, 95.0]]), falls=True))
    for dot, box in zip(drawn.artists("end-dot"), drawn.boxes("end"), strict=True):
        x, y = dot.get_xdata()[0], drawn.figure.bbox.height - dot.get_ydata()[0]
        assert box.x0 > x
        assert abs((box.y0 + box.y1) / 2 - y) < 6
    assert drawn.artists("leader") == []


def test_labels_that_were_moved_are_led_back_to_their_lines() -> None:
    drawn = look(growth_picture(np.repeat(walk(1, 60), 3, axis=0), symbols=SYMBOLS[:3]))
    assert len(drawn.artists("leader")) == 2


def test_worst_falls_are_dated_under_the_lower_panel() -> None:
    assert look(FELL).texts("fall") == ["ISCB -23.4 % 8 Apr 2025", "SPSM -24.2 % 9 Apr 2025"]


def test_two_worst_falls_stand_by_their_points() -> None:
    growth = np.full((2, 200), 100.0)
    growth[0, 60], growth[1, 160] = 90.0, 80.0
    drawn = look(growth_picture(growth, falls=True))
    dots = sorted(float(dot.get_xdata()[0]) for dot in drawn.artists("trough"))
    middles = [(box.x0 + box.x1) / 2 for box in drawn.boxes("fall")]
    assert middles == pytest.approx(dots, abs=25)


def test_a_fund_that_never_fell_says_so() -> None:
    drawn = look(growth_picture(np.array([[100.0, 101.0, 102.0], [100.0, 99.0, 101.0]]), falls=True))
    assert [text[:15] for text in drawn.texts("fall")] == ["ISCB never fell", "SPSM -1.0 % 15 "]
    assert len(drawn.artists("trough")) == 1


def test_a_fall_of_a_basis_point_is_not_called_nothing() -> None:
    picture = growth_picture(np.array([[100.0, 99.99, 100.1]]), symbols=("BIL",))
    assert look(picture).texts("fall") == ["BIL -0.01 % 15 Jan 2026"]


def test_a_fund_without_values_is_not_available_rather_than_left_out() -> None:
    growth = np.vstack([walk(1, 60), np.full((1, 60), np.nan)])
    drawn = look(growth_picture(growth, falls=True))
    assert drawn.texts("end")[1] == "SPSM n/a"
    assert drawn.texts("fall")[1] == "SPSM n/a"
    assert len(drawn.artists("end-dot")) == 1


@pytest.mark.slow
def test_a_line_that_ends_early_is_labelled_from_its_last_point() -> None:
    growth = walk(2, 100)
    growth[1, 60:] = np.nan
    drawn = look(growth_picture(growth, falls=True))
    assert drawn.texts("end")[1] == f"SPSM {growth[1, 59]:.1f}"
    first, second = (float(dot.get_xdata()[0]) for dot in drawn.artists("end-dot"))
    assert second < first - 100


def test_a_missing_value_breaks_the_line() -> None:
    growth = walk(1, 100)
    growth[0, 50] = np.nan
    drawn = look(growth_picture(growth, symbols=SYMBOLS[:1]))
    upper = drawn.artists("series")[0].get_ydata()
    assert np.flatnonzero(np.isnan(upper)).tolist() == [50]


def test_the_axis_says_where_it_starts() -> None:
    assert look(TWO).texts("caption")[0] == "Value of 100, axis starts at 74"
    steep = growth_picture(100 * np.exp(np.linspace(0, 4, 300))[None], symbols=("UP",))
    assert look(steep).texts("caption")[0] == "Value of 100, axis starts at 0"


def test_the_axis_of_growth_is_not_cut() -> None:
    for picture in (TWO, growth_picture(walk(6, 252), symbols=SYMBOLS)):
        drawn = look(picture)
        upright = [line.get_ydata() for line in drawn.artists("grid") if len(set(line.get_xdata())) == 1]
        top, bottom = upright[0]
        ys = np.concatenate([line.get_ydata() for line in drawn.artists("series")[: len(picture.symbols)]])
        assert top < np.nanmin(ys)
        assert np.nanmax(ys) < bottom


def test_both_panels_share_the_time_axis() -> None:
    upper, lower = look(growth_picture(symbols=SYMBOLS[:1])).artists("series")
    assert upper.get_xdata().tolist() == lower.get_xdata().tolist()


def test_the_start_value_and_the_zero_of_the_falls_are_drawn() -> None:
    drawn = look(FELL)
    first = drawn.artists("series")[0].get_ydata()[0]
    assert heights(drawn, "start")[0] == pytest.approx(first)
    lowest = drawn.artists("series")[2].get_ydata()
    assert heights(drawn, "start")[1] == pytest.approx(min(lowest))


def test_equal_steps_in_time_are_equal_steps_across() -> None:
    picture = growth_picture(
        walk(1, 3),
        symbols=("GAP",),
        days=np.array(["2025-01-01", "2025-01-11", "2025-01-31"], dtype="datetime64[D]"),
    )
    x = look(picture).artists("series")[0].get_xdata()
    assert (x[2] - x[1]) == pytest.approx(2 * (x[1] - x[0]))


def test_the_first_symbol_lies_on_top() -> None:
    drawn = look(growth_picture(walk(3, 60), symbols=SYMBOLS[:3]))
    assert [line.get_color() for line in drawn.artists("series")[:3]] == list(reversed(COLOURS[:3]))


@pytest.mark.parametrize("count", [1, 2, 6])
def test_line_label_and_fall_of_a_symbol_have_one_colour(count: int) -> None:
    drawn = look(growth_picture(walk(count, 60), symbols=SYMBOLS[:count], falls=True))
    for kind in ("end", "fall"):
        colours = {words.text.split()[0]: words.colour for words in drawn.words if words.kind == kind}
        assert colours == dict(zip(SYMBOLS[:count], COLOURS, strict=False))


def test_three_and_more_falls_stand_in_columns() -> None:
    drawn = look(growth_picture(walk(6, 252), symbols=SYMBOLS))
    rows = sorted({round(box.y0 / 10) for box in drawn.boxes("fall")})
    assert len(rows) == 2
    assert min(box.x0 for box in drawn.boxes("fall")) == pytest.approx(MARGIN, abs=4)


def test_a_symbol_with_a_dollar_sign_is_not_mathematics() -> None:
    picture = replace(growth_picture(), title="$A vs $B: growth of 100")
    assert look(picture).texts("title") == ["$A vs $B: growth of 100"]


@pytest.mark.parametrize("count", [0, 7])
def test_more_symbols_than_colours_are_refused_by_name(count: int) -> None:
    symbols = tuple(f"S{i}" for i in range(count))
    picture = replace(growth_picture(), symbols=symbols)
    with pytest.raises(ValueError, match="1 to 6 symbols; given: " + (", ".join(symbols) or "none")):
        look(picture)


def test_below_a_pair_stands_the_ratio_with_its_start() -> None:
    drawn = look(TWO)
    assert drawn.texts("caption")[1].startswith("ISCB against SPSM, axis starts at ")
    assert drawn.texts("caption")[1].endswith("; above 100 ISCB is ahead")
    level, ratio = heights(drawn, "start")[1], drawn.artists("series")[2].get_ydata()
    assert ratio[0] == pytest.approx(level)
    assert ratio[1] > level  # behind: 76.6 against 98
    assert ratio[-1] < level
    assert drawn.texts("fall") == []


def test_who_is_ahead_tints_the_ratio_in_its_colour() -> None:
    first, second = look(TWO).artists("area")
    assert [to_hex(area.get_facecolor()) for area in (first, second)] == list(COLOURS[:2])


def test_noise_does_not_fill_the_panel_of_the_ratio() -> None:
    alike = np.vstack([walk(1, 60), walk(1, 60)])
    alike[1, 30:] *= 1.0002
    drawn = look(growth_picture(alike))
    ratio, grid = drawn.artists("series")[2].get_ydata(), heights(drawn, "grid")
    assert np.ptp(ratio) < 0.05 * (max(grid) - min(grid))


def test_from_five_years_on_equal_factors_are_equally_far_apart() -> None:
    days = sessions(1400)
    doubling = 100 * 2.0 ** np.linspace(0, 3, 1400)[None]
    drawn = look(growth_picture(doubling, symbols=("UP",), days=days))
    assert drawn.texts("caption")[0].startswith("Value of 100, log scale, axis starts at ")
    ys = drawn.artists("series")[0].get_ydata()
    assert np.diff(ys[::200]) == pytest.approx(np.full(6, ys[200] - ys[0]), rel=1e-6)
    short = look(growth_picture(doubling[:, :1200], symbols=("UP",), days=days[:1200]))
    assert "log scale" not in short.texts("caption")[0]


def test_a_change_of_index_is_ticked_and_named() -> None:
    days = sessions(252)
    changes = tuple(
        IndexMark(row, days[at].item(), f"{SYMBOLS[row]}: new index {at}") for row, at in ((0, 100), (1, 110))
    )
    drawn = look(growth_picture(days=days, changes=changes))
    assert drawn.texts("change") == ["ISCB: new index 100", "SPSM: new index 110"]
    ticks = [line for line in drawn.artists("change") if hasattr(line, "get_marker")]
    xs = drawn.artists("series")[-1].get_xdata()
    assert [float(tick.get_xdata()[0]) for tick in ticks] == pytest.approx([xs[100], xs[110]])
    assert drawn.overlaps() == []


def test_two_lines_differ_by_dash_and_more_by_shapes_too() -> None:
    two = look(TWO).artists("series")[:2]
    assert [line.is_dashed() for line in two] == [True, False]
    assert look(TWO).artists("marker") == []
    shapes = {
        (mark.get_color(), mark.get_marker())
        for mark in look(growth_picture(symbols=SYMBOLS)).artists("marker")
    }
    assert len(shapes) == len({marker for _, marker in shapes}) == len(SYMBOLS)


def test_a_fund_takes_its_look_with_it() -> None:
    (alone,) = paint([growth_picture(symbols=("SPSM",))], ("ISCB", "SPSM"))
    drawn = look(alone)
    assert {words.colour for words in drawn.words if words.kind == "end"} == {COLOURS[1]}
    assert drawn.artists("series")[0].is_dashed()


@pytest.mark.slow
def test_real_prices(market_dir: Path) -> None:
    """ISCB and SPSM over the year to 16 January 2026: the figures that the answer states."""
    prices = [_prices(market_dir / "prices_adjclose" / f"{symbol}.csv") for symbol in SYMBOLS[:2]]
    days = np.array(sorted(prices[0]), dtype="datetime64[D]")
    closes = np.array([[price for _, price in sorted(fund.items())] for fund in prices])
    drawn = look(growth_picture(100 * closes / closes[:, :1], days=days, falls=True))
    assert drawn.texts("end") == ["ISCB 116.1", "SPSM 111.3"]
    assert drawn.texts("fall") == ["ISCB -23.4 % 8 Apr 2025", "SPSM -24.2 % 8 Apr 2025"]
    assert drawn.overlaps() == []


def _prices(file: Path) -> dict[str, float]:
    rows = [line.split(",") for line in file.read_text().splitlines()[1:]]
    return {day: float(price) for day, price in rows if "2025-01-16" <= day <= "2026-01-16"}


def test_dates_of_the_sample_calendar_are_weekdays() -> None:
    assert {day.weekday() for day in sessions(30).tolist()} <= {0, 1, 2, 3, 4}
    assert sessions(30)[-1].item() == date(2026, 1, 16)
