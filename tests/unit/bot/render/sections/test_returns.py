"""Returns by window and by year: who was ahead how often, what is not over, what is too young."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import PricePanel, Query, compare, parse_window
from analytics.comparison import Comparison
from analytics.measures.number import Number
from analytics.returns import Period
from bot.render.chart_specs import YearsChart
from bot.render.message import Message
from bot.render.sections.page import SectionAnswer
from bot.render.sections.returns import returns_finding, returns_lines, returns_section, year_label
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.prices import (
    MOODS,
    assert_sound,
    found,
    months_of,
    on,
    plain,
    read,
    row,
    rows,
)
from tests.unit.bot.render.sections.worlds import LONG, panel, walks


@cache
def told(mood: str) -> Message:
    return returns_section(found(mood), months_of(mood))


def year(label: str, *values: float | None, partial: bool = False) -> Period:
    """A calendar year of ISCB and SPSM."""
    numbers = [Number(value, None if value is not None else "prices begin 2022-06-06") for value in values]
    end = date(int(label), 1, 16) if partial else date(int(label), 12, 31)
    return Period(
        label,
        date(int(label) - 1, 12, 31),
        end,
        False,
        dict(zip(("ISCB", "SPSM"), numbers, strict=False)),
        partial,
    )


def with_years(*years: Period, mood: str = "full") -> Comparison:
    return replace(found(mood).comparison, years=years)


def sentence(comparison: Comparison, start: str) -> str:
    return plain(next(words for words in returns_finding(comparison) if words.startswith(start)))


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_returns_{mood}", read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_it_can_be_delivered(mood: str) -> None:
    assert_sound(told(mood))


def test_years_are_counted_for_who_was_ahead_by_half_a_point() -> None:
    comparison = with_years(year("2022", 0.10, 0.05), year("2023", 0.10, 0.104), year("2024", 0.01, 0.20))
    assert sentence(comparison, "Of 3") == (
        "Of 3 full calendar years (2022 to 2024), ISCB was ahead in *1* and SPSM in *1*; "
        "in 1 the two were level."
    )


@settings(max_examples=25)
@given(st.integers(600, 4_000), st.dates(date(2024, 6, 1), date(2026, 12, 31)))
def test_every_whole_year_of_the_last_ten_is_counted(count: int, end: date) -> None:
    """As pandas counts them: a whole year has closes in it, the last ones of it and of the year before."""
    days = np.busday_offset(np.datetime64(end), np.arange(1 - count, 2), roll="backward")
    days, following = days[:-1], days[-1]
    levels = 100.0 * np.exp(np.cumsum(np.random.default_rng(count).normal(0.0, 0.01, (2, count)), axis=1))
    volume = np.full_like(levels, np.nan)
    held = PricePanel(days, ("ISCB", "SPSM"), levels, levels, volume, "by hand", following=following)
    closes = pd.Series(levels[0], index=pd.DatetimeIndex(days)).resample("YE").last()
    over = pd.Timestamp(following).year
    whole = [year for year in pd.DatetimeIndex(closes.index[1:]).year if year < over][-10:]
    said = " ".join(returns_finding(compare(held, {}, Query(held.symbols, parse_window("6m"), end))))
    if len(whole) > 1:
        assert f"Of {len(whole)} full calendar years ({whole[0]} to {whole[-1]}), " in said
    else:
        assert f"In {whole[0]}, the only full calendar year, " in said


def test_the_year_that_is_not_over_is_marked_and_not_counted() -> None:
    comparison = with_years(
        year("2024", 0.2, 0.1), year("2025", 0.2, 0.1), year("2026", 0.0, 0.3, partial=True)
    )
    assert sentence(comparison, "Of 2") == "Of 2 full calendar years (2024 to 2025), ISCB was ahead in *2*."
    assert year_label(comparison.years[-1]) == "2026 to 16 Jan"
    assert "2026 to 16 Jan" in [line.cells[0] for line in returns_lines(comparison)]


def test_a_year_that_one_of_them_lacks_is_a_dash_and_not_counted() -> None:
    comparison = with_years(year("2022", None, -0.1), year("2023", 0.1, 0.2), year("2024", 0.3, 0.2))
    assert sentence(comparison, "Of 2").startswith("Of 2 full calendar years (2023 to 2024)")
    message = returns_section(SectionAnswer(comparison))
    assert row(message, "2022") == ["–", "-10.0 %", "–"]
    assert "_– prices begin 6 Jun 2022 (ISCB)_" in plain(read(message))


def test_highest_and_lowest_year_of_each() -> None:
    comparison = with_years(year("2022", -0.2, -0.1), year("2023", 0.1, 0.2), year("2024", 0.3, 0.05))
    assert sentence(comparison, "Highest") == (
        "Highest and lowest year: ISCB 2024 (30.0 %) and 2022 (-20.0 %); "
        "SPSM 2023 (20.0 %) and 2022 (-10.0 %)."
    )


def test_the_only_full_year_is_not_a_count() -> None:
    comparison = with_years(year("2025", 0.2, 0.1))
    assert sentence(comparison, "In 2025") == "In 2025, the only full calendar year, ISCB was ahead."
    level = with_years(year("2025", 0.2, 0.2))
    assert sentence(level, "In 2025") == "In 2025, the only full calendar year, the two were level."


def test_without_any_full_year_it_says_so() -> None:
    assert "No full calendar year is known of all of them." in returns_finding(with_years())


def test_windows_above_a_year_are_told_a_year() -> None:
    cells = [first for first, *_ in rows(told("full"))]
    assert cells[:8] == [
        "Return to 16 Jan 2026",
        "1 month",
        "3 months",
        "6 months",
        "Year to date",
        "1 year",
        "3 years, a year",
        "5 years, a year",
    ]


def test_without_a_year_the_return_since_the_first_close_is_told() -> None:
    said = plain(returns_finding(found("nothing").comparison)[0])
    assert said == "Total return, highest first: since 6 Jan 2026 SPSM *0.4 %* and ISCB *-0.9 %*."
    assert "No return over" in returns_finding(replace(found("full").comparison, trailing=()))[0]


def test_one_fund_is_told_by_the_years_it_rose_in() -> None:
    comparison = with_years(year("2023", 0.1), year("2024", -0.1), year("2025", 0.2), mood="one")
    assert sentence(comparison, "ISCB rose") == "ISCB rose in *2* of 3 full calendar years (2023 to 2025)."


def test_weeks_change_nothing_here() -> None:
    assert rows(told("weekly")) == rows(told("full"))
    assert "weekly" not in read(told("weekly"))


def test_the_picture_shows_the_last_ten_full_years_at_most() -> None:
    picture, _ = told("full").pictures
    assert isinstance(picture, YearsChart)
    assert picture.years[0] == "2016"
    assert picture.years[-1] == "2026 to 16 Jan"
    assert picture.returns.shape == (2, 11)
    assert picture.returns[0, 9] == pytest.approx(found("full").comparison.years[-2].returns["ISCB"].value)


def test_a_year_that_is_not_known_is_not_zero_in_the_picture() -> None:
    picture, _ = told("partial").pictures
    assert isinstance(picture, YearsChart)
    assert np.isnan(picture.returns[0, 0])
    assert np.isfinite(picture.returns[1, 0])


def test_every_number_of_the_finding_stands_in_the_table() -> None:
    for mood in MOODS:
        shown = {cell for cells in rows(told(mood)) for cell in cells}
        said = plain(told(mood).blocks[1]["text"]["text"]).replace("*", "")
        numbers = {
            f"{word.strip('(),;.')} %"
            for word, unit in zip(said.split(), said.split()[1:], strict=False)
            if unit.startswith("%")
        }
        assert numbers <= shown, mood


def test_days_and_months_are_those_of_the_window_asked() -> None:
    numbers = found("full").comparison.metrics["ISCB"]
    table = rows(told("full"))
    at = next(index for index, cells in enumerate(table) if cells[0] == "16 Jan 2025 to 16 Jan 2026")
    labels = ["Best day", "Worst day", "Best month", "Worst month", "Months that rose"]
    assert [cells[0] for cells in table[at + 1 : at + 6]] == labels
    for label, name in zip(labels, ("best_day", "worst_day", "best_month", "worst_month"), strict=False):
        assert row(told("full"), label)[0] == f"{100 * (numbers[name].value or 0):.1f} %"
    assert row(told("full"), "Months that rose")[0] == "63.6 %"
    assert numbers["positive_months"].value == pytest.approx(7 / 11)


def test_without_months_the_days_are_told_and_why_no_more() -> None:
    words = plain(read(told("nothing")))
    assert row(told("nothing"), "Worst day")[0].endswith("%")
    assert "Best month" not in words
    assert (
        "_– fewer than 3 complete months in the window (best month, worst month, positive months)_" in words
    )


def test_the_months_are_drawn_where_they_are_given() -> None:
    assert [picture.name for picture in told("full").pictures] == ["years", "months"]
    assert [picture.name for picture in returns_section(found("full")).pictures] == ["years"]
    assert [picture.name for picture in told("too_long").pictures] == ["years"]


@pytest.mark.slow
def test_real_prices(market_dir: Path) -> None:
    """ISCB and SPSM to 16 January 2026: the figures that other sources publish."""
    folder = market_dir / "prices_adjclose"
    both = [
        dict(line.split(",") for line in (folder / f"{name}.csv").read_text().splitlines()[1:])
        for name in ("ISCB", "SPSM")
    ]
    days = sorted(set(both[0]) & set(both[1]))[-LONG:]
    held = panel(
        {
            name: np.array([float(of[day]) for day in days])
            for name, of in zip(("ISCB", "SPSM"), both, strict=True)
        }
    )
    held = replace(held, sessions=np.array(days, dtype="datetime64[D]"))
    message = returns_section(SectionAnswer(on(held=held).comparison))
    assert row(message, "1 year") == ["16.1 %", "11.3 %", "+4.8 pp"]
    assert walks(LONG).shape[1] == len(days)
