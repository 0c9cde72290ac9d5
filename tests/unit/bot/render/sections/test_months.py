"""The months of a comparison, as a picture and as a file."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics import Doubt, DoubtKind
from analytics.comparison import Comparison
from analytics.months import MonthlyGrid
from bot.render.chart_specs import MonthsChart
from bot.render.sections.export import export_months
from bot.render.sections.months import months_chart
from bot.render.sections.page import SectionAnswer
from tests.unit.bot.render.sections.prices import MOODS, found, months_of, plain


def picture(mood: str = "full", *doubts: Doubt) -> MonthsChart:
    made = months_chart(doubting(*doubts, mood=mood), months_of(mood))
    assert made is not None
    return made


def doubting(*doubts: Doubt, mood: str = "full") -> Comparison:
    return replace(found(mood).comparison, all_doubts=doubts)


def jump(session: str, value: float = -0.3) -> Doubt:
    return Doubt(DoubtKind.JUMP, "ISCB", date.fromisoformat(session), value)


def lines(grid: MonthlyGrid, comparison: Comparison) -> list[dict[str, str]]:
    content = export_months(SectionAnswer(comparison), grid).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_the_months_of_each_fund_for_ten_years() -> None:
    made, grid = picture(), months_of("full")
    assert made.symbols == ("ISCB", "SPSM")
    for row, fund in enumerate(made.funds):
        assert fund.years == tuple(str(year) for year in range(2017, 2027))
        months, whole = grid.year(2021)
        assert fund.returns[4, :12].tolist() == months[row].tolist()
        assert fund.returns[4, 12] == whole[row]
        assert not fund.doubtful.any()
    assert plain(made.subtitle) == "Total return in percent · the last month to 16 Jan 2026"
    assert "months and years from last close to last close" in made.footer


def test_more_funds_have_fewer_years_and_six_have_no_picture() -> None:
    assert len(picture("three").funds[0].years) == 6
    assert months_chart(found("too_long").comparison, months_of("too_long")) is None


def test_below_three_months_there_is_no_picture() -> None:
    assert months_chart(found("nothing").comparison, months_of("nothing")) is None


def test_a_young_fund_has_the_years_it_has() -> None:
    young, old = picture("partial").funds
    assert (young.years[0], old.years[0]) == ("2024", "2017")
    assert np.isnan(young.returns[0, 0])
    assert np.isnan(young.returns[0, 12])


def test_the_alt_text_tells_highest_and_lowest_of_the_whole_months() -> None:
    made, grid = picture("one"), months_of("one")
    held = grid.returns[0, grid.months >= np.datetime64("2017-01", "M")][:-1]
    assert plain(made.alt) == "ISCB highest month May 2019 (15.9 %), lowest Jan 2020 (-14.7 %)."
    assert float(held.max()) == pytest.approx(0.159, abs=5e-4)
    assert float(held.min()) == pytest.approx(-0.147, abs=5e-4)


def test_a_doubt_marks_its_month_and_its_year_and_is_left_out_of_the_words() -> None:
    made = picture("one", jump("2019-05-15"))
    fund = made.funds[0]
    row = fund.years.index("2019")
    assert np.argwhere(fund.doubtful).tolist() == [[row, 4], [row, 12]]
    assert fund.returns[row, 4] == pytest.approx(0.159, abs=5e-4)
    assert "May 2019" not in made.alt
    assert "† price looks wrong: ISCB on 15 May 2019" in plain(made.subtitle)


def test_a_grave_doubt_leaves_the_figure_out() -> None:
    fund = picture("one", jump("2019-05-15", -0.99)).funds[0]
    row = fund.years.index("2019")
    assert np.isnan(fund.returns[row, [4, 12]]).all()
    assert fund.doubtful[row, [4, 12]].all()
    assert np.isfinite(fund.returns[row, :4]).all()


def test_a_doubt_of_the_last_close_before_a_month_does_not_touch_it() -> None:
    fund = picture("one", jump("2019-04-30")).funds[0]
    assert np.argwhere(fund.doubtful[fund.years.index("2019")]).ravel().tolist() == [3, 12]


@pytest.mark.parametrize("mood", MOODS)
def test_the_file_has_every_month_that_is_known_in_full_precision(mood: str) -> None:
    grid, comparison = months_of(mood), found(mood).comparison
    told = [
        float(line[name])
        for line in lines(grid, comparison)
        for name in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
        if line[name]
    ]
    known = grid.returns[np.isfinite(grid.returns)]
    assert sorted(told) == sorted(known.tolist())


def test_a_line_is_a_year_of_a_fund() -> None:
    held = lines(months_of("full"), found("full").comparison)
    assert (held[0]["fund"], held[0]["year"], held[0]["Sep"]) == ("ISCB", "2015", "")
    assert held[0]["convention"].startswith("total return, dividends reinvested")
    assert held[1]["convention"] == ""
    whole = next(line for line in held if (line["fund"], line["year"]) == ("SPSM", "2025"))
    year = found("full").comparison.years[-2]
    assert float(whole["whole year"]) == pytest.approx(year.returns["SPSM"].value)
    assert whole["last close"] == "2025-12-31"
    assert held[-1]["last close"] == "2026-01-16"
    assert held[0]["whole year"] == ""


def test_the_file_names_the_months_in_doubt() -> None:
    held = lines(months_of("one"), doubting(jump("2019-05-15"), jump("2019-07-10", -0.99), mood="one"))
    told = {line["year"]: line["doubt"] for line in held if line["doubt"]}
    assert told == {"2019": "rests on a price that looks wrong: May and July"}
