"""The tables of months: what stands in a cell, how strong its colour is, what is in doubt."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from tests.unit.bot.render.charts.looking import Drawn, look
from tests.unit.bot.render.charts.prices import fund_months, months_picture

NAN = np.nan


def one_year(*months: float, whole: float = NAN, **more: object) -> Drawn:
    returns = np.full((1, 13), NAN)
    returns[0, : len(months)], returns[0, 12] = months, whole
    return look(months_picture(fund_months("AAA", 1, returns=returns, **more)))


def colours(drawn: Drawn) -> list[tuple[float, float, float]]:
    return [to_rgb(cell.get_facecolor()) for cell in drawn.artists("cell")]


def marked(*places: int) -> np.ndarray:
    found = np.zeros((1, 13), dtype=np.bool_)
    found[0, list(places)] = True
    return found


def test_every_month_that_is_known_stands_under_its_name() -> None:
    drawn = one_year(0.012, -0.034, NAN, 0.0, whole=-0.0224)
    assert drawn.texts("head") == [
        *("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Year"),
    ]
    assert drawn.texts("figure") == ["1.2", "-3.4", "0.0"]
    assert drawn.texts("whole") == ["-2.2"]
    heads, figures = drawn.boxes("head"), drawn.boxes("figure")
    for month, box in zip((0, 1, 3), figures, strict=True):
        assert (box.x0 + box.x1) / 2 == pytest.approx((heads[month].x0 + heads[month].x1) / 2, abs=4)


def test_the_latest_year_is_on_top() -> None:
    assert look(months_picture(years=3)).texts("year")[:3] == ["2026", "2025", "2024"]


def test_a_larger_month_is_stronger_and_a_fall_has_another_colour() -> None:
    faint, strong, fallen = colours(one_year(0.01, 0.05, -0.05))
    assert sum(strong) < sum(faint)
    assert strong[2] > strong[0]
    assert fallen[0] > fallen[2]


def test_one_crash_does_not_pale_the_other_months() -> None:
    quiet = [0.01 * (-1) ** at for at in range(11)]
    before, after = colours(one_year(*quiet)), colours(one_year(*quiet, -0.40))
    assert after[:11] == before


def test_funds_share_one_scale_of_colours_and_are_named() -> None:
    returns = np.full((1, 13), 0.01)
    large = fund_months("BBB", 1, returns=5 * returns)
    both = look(months_picture(fund_months("AAA", 1, returns=returns), large))
    assert both.texts("name") == ["AAA", "BBB"]
    assert sum(colours(both)[0]) > sum(colours(both)[-1])
    assert look(months_picture(large)).texts("name") == []


def test_what_is_in_doubt_has_a_mark_and_no_colour_and_in_grave_doubt_no_figure() -> None:
    drawn = one_year(0.012, -0.30, NAN, 0.02, whole=NAN, doubtful=marked(1, 2, 12))
    assert drawn.texts("figure") == ["1.2", "-30.0†", "†", "2.0"]
    assert drawn.texts("whole") == ["†"]
    assert len(drawn.artists("cell")) == 2
    assert colours(drawn) == colours(one_year(0.012, NAN, NAN, 0.02))


def test_what_does_not_fit_is_written_in_whole_percent() -> None:
    assert one_year(12.345, -0.5).texts("figure") == ["1,234", "-50.0"]
