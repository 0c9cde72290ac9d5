"""The finding in parts: who was ahead, at what risk, whether it holds elsewhere, how the funds move."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import permutations

import numpy as np
import pytest

from analytics.comparison import Comparison
from analytics.measures import MEASURES
from analytics.measures.number import Number
from bot.render import text
from bot.render.sections.finding import finding, plain_finding, title
from bot.render.sections.table import groups
from tests.unit.bot.render.sections.worlds import (
    SHORT,
    comparison,
    in_every_mood,
    market,
    panel,
    walks,
    weekdays,
    world,
)


def told(found: Comparison) -> str:
    return plain_finding(finding(found)).replace(text.NBSP, " ")


def with_metrics(found: Comparison, **by_name: tuple[float | None, float | None]) -> Comparison:
    """The pair with other figures."""
    metrics = {
        symbol: {
            **found.metrics[symbol],
            **{
                name: Number(values[index], None if values[index] is not None else "not defined")
                for name, values in by_name.items()
            },
        }
        for index, symbol in enumerate(found.symbols)
    }
    return replace(found, metrics=metrics)


def pair(**by_name: tuple[float | None, float | None]) -> str:
    return told(with_metrics(world("pair"), **by_name))


def test_one_fund_alone_is_held_against_nothing() -> None:
    words = told(comparison("ISCB"))
    assert re.fullmatch(
        r"ISCB returned -?[\d.]+ % at a volatility of [\d.]+ % and a max drawdown of -[\d.]+ %; "
        r"Sortino -?[\d.]+\.",
        words,
    )
    assert "a year at" in told(comparison("ISCB", window="3y"))
    assert "Sortino" not in told(comparison("ISCB", window="3m"))


@pytest.mark.parametrize(
    ("returns", "words"),
    [
        ((0.161, 0.113), "ISCB returned 16.1 %, SPSM 11.3 %: ISCB was 4.8 pp ahead,"),
        ((0.113, 0.161), "ISCB returned 11.3 %, SPSM 16.1 %: ISCB was 4.8 pp behind,"),
        ((-0.1, -0.2), "ISCB returned -10.0 %, SPSM -20.0 %: ISCB was 10.0 pp ahead,"),
        ((0.05, -0.999), "ISCB returned 5.0 %, SPSM -99.9 %: ISCB was 104.9 pp ahead,"),
        ((10.5, 0.1), "ISCB returned 1,050.0 %, SPSM 10.0 %: ISCB was 1,040.0 pp ahead,"),
        ((0.161, 0.156), "ISCB returned 16.1 %, SPSM 15.6 %: ISCB was 0.5 pp ahead,"),
        ((0.161, 0.1561), "ISCB returned 16.1 %, SPSM 15.6 %: the two were level,"),
        ((-0.0003, 0.0), "ISCB returned 0.0 %, SPSM 0.0 %: the two were level,"),
    ],
)
def test_who_was_ahead_and_by_how_much(returns: tuple[float, float], words: str) -> None:
    assert pair(total_return=returns).startswith(words)


@pytest.mark.parametrize(
    ("volatility", "fall", "words"),
    [
        (
            (0.23, 0.22),
            (-0.25, -0.20),
            "at higher volatility (23.0 % against 22.0 %) and a deeper max drawdown (-25.0 % "
            "against -20.0 %)",
        ),
        (
            (0.22, 0.23),
            (-0.20, -0.25),
            "at lower volatility (22.0 % against 23.0 %) and a milder max drawdown (-20.0 % against -25.0 %)",
        ),
        (
            (0.223, 0.225),
            (-0.234, -0.242),
            "at much the same volatility (22.3 % and 22.5 %) and max drawdown (-23.4 % and -24.2 %)",
        ),
        (
            (0.223, 0.225),
            (-0.25, -0.20),
            "at a deeper max drawdown (-25.0 % against -20.0 %) and much the same volatility (22.3 % and "
            "22.5 %)",
        ),
        ((None, 0.2), (-0.3, -0.2), "ahead, at a deeper max drawdown (-30.0 % against -20.0 %)"),
        ((0.22, 0.23), (None, -0.2), "ahead, at lower volatility (22.0 % against 23.0 %);"),
    ],
)
def test_at_what_risk(
    volatility: tuple[float | None, float], fall: tuple[float | None, float], words: str
) -> None:
    assert words in pair(total_return=(0.2, 0.1), volatility=volatility, max_drawdown=fall)


def test_level_returns_name_the_fund_whose_risk_differs() -> None:
    even = {"total_return": (0.1, 0.1), "max_drawdown": (-0.2, -0.2)}
    assert "the two were level, at much the same volatility" in pair(**even, volatility=(0.2, 0.2))
    apart = pair(**even, volatility=(0.2, 0.3))
    assert "level, ISCB at lower volatility (20.0 % against 30.0 %) and much the same max drawdown" in apart


def test_the_sortino_is_told_of_both_or_of_neither() -> None:
    assert "; Sortino 1.18 and 0.87." in pair(sortino=(1.182, 0.874))
    assert "Sortino" not in pair(sortino=(None, 0.874))


def test_below_a_year_no_ratio_is_in_the_finding_but_in_the_table() -> None:
    for name in ("pair_one_month", "pair_year_to_date", "six_one_month"):
        assert "Sortino" not in told(world(name))
        assert any(row.label == "Sortino" for group in groups(world(name)) for row in group.rows)


def test_above_a_year_returns_are_a_year() -> None:
    assert re.match(
        r"ISCB returned 2\.3 % a year, SPSM 2\.7 %: the two were level", told(world("pair_ten_years"))
    )
    assert "pp a year behind" in told(world("young"))
    assert re.match(r"SPSM returned 5\.6 % a year, 0\.8 pp more than", told(world("three")))
    assert "a year ahead" not in told(world("pair"))


def test_a_year_that_ends_on_a_holiday_is_still_a_total_return() -> None:
    # Five sessions without prices before the base: the year has 372 days.
    levels = walks(SHORT)[[0, 1]].copy()
    base = int(np.searchsorted(weekdays(SHORT), np.datetime64("2025-01-16")))
    levels[:, base - 4 : base + 1] = np.nan
    held = panel({"ISCB": levels[0], "SPSM": levels[1]})
    found = comparison(held=held, profiles={})
    assert found.span.days == 372
    assert re.match(r"ISCB returned [\d.]+ %, SPSM", told(found))
    assert [row.label for row in groups(found)[0].rows] == ["1 year"]


def leaders(found: Comparison, **windows: tuple[float, ...]) -> str:
    """The finding where the other windows gave these returns."""
    periods = tuple(
        replace(
            period,
            returns=dict(zip(found.symbols, map(Number, windows[f"w{period.label}"]), strict=True)),
        )
        for period in found.trailing
        if f"w{period.label}" in windows
    )
    return told(replace(found, trailing=periods))


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        ({"w3y": (0.137, 0.101)}, "ISCB was also ahead over 3 years."),
        ({"w3y": (0.137, 0.101), "w5y": (0.2, 0.1)}, "ISCB was also ahead over 3 and 5 years."),
        ({"w10y": (0.107, 0.116)}, "Over 10 years SPSM was ahead (11.6 % against 10.7 % a year)."),
        ({"w5y": (0.074, 0.07)}, "Over 5 years they were level (7.4 % and 7.0 % a year)."),
        (
            {"w3y": (0.1, 0.2), "w5y": (0.074, 0.07), "w10y": (0.1, 0.05)},
            "ISCB was also ahead over 10 years; over 3 years SPSM was ahead (20.0 % against 10.0 % a year); "
            "over 5 years they were level (7.4 % and 7.0 % a year).",
        ),
        ({"w3y": (0.1, 0.2), "w5y": (0.0, 0.07)}, "Over 3 and 5 years SPSM was ahead."),
    ],
)
def test_whether_it_holds_over_other_windows(windows: dict[str, tuple[float, ...]], words: str) -> None:
    found = with_metrics(world("pair"), total_return=(0.161, 0.113))
    assert words in leaders(found, **windows)


def test_level_here_and_level_there() -> None:
    found = with_metrics(world("pair"), total_return=(0.1, 0.1))
    assert "Over 3 years they were also level (5.0 % and 5.1 % a year)." in leaders(found, w3y=(0.05, 0.051))


def test_of_three_only_the_leader_is_named() -> None:
    found = world("three")
    assert "over 10 years the first two were level" in leaders(
        found, w1y=(0.1, 0.3, 0.2), w5y=(0.2, 0.3, 0.1), w10y=(0.3, 0.302, 0.1)
    )
    assert "SPSM was also ahead over 1 and 5 years" in leaders(
        found, w1y=(0.1, 0.3, 0.2), w5y=(0.2, 0.3, 0.1)
    )


def test_a_window_that_one_fund_does_not_fill_is_not_judged() -> None:
    assert "5 years" not in told(world("young"))
    assert "10 years" not in told(world("young"))
    assert "3 years" in told(world("young"))


def test_the_window_asked_is_no_other_window() -> None:
    assert "over 10 years" not in told(world("pair_ten_years")).lower()
    assert "1, 3" not in told(world("pair"))


@pytest.mark.parametrize(
    ("correlation", "words"),
    [
        (0.95, "Correlation 0.95, tracking error "),
        (0.0, "Correlation 0.00, tracking error "),
        (-0.3, "Correlation -0.30, tracking error "),
    ],
)
def test_how_they_move(correlation: float, words: str) -> None:
    found = world("pair")
    numbers = {**found.relative["ISCB"], "correlation": Number(correlation)}
    assert words in told(replace(found, relative={"ISCB": numbers}))


def test_a_benchmark_outside_the_pair_is_named_with_both() -> None:
    sentence = next(line for line in finding(world("pair_outside_benchmark")) if "SPY" in line)
    assert re.fullmatch(
        r"Correlation with SPY and tracking error against it: "
        r"ISCB 0\.\d\d and \d\.\d %, SPSM 0\.\d\d and \d\.\d %\. ISCB costs .*",
        sentence.replace(text.NBSP, " "),
    )


def test_a_benchmark_among_the_pair_is_not_named_again() -> None:
    for name in ("pair_first_is_benchmark", "pair"):
        assert re.search(r"\. Correlation 0\.97, tracking error \d\.\d %\. ISCB costs", told(world(name)))


def test_of_more_than_two_nothing_is_said_of_how_closely_they_move() -> None:
    assert "orrelation" not in told(world("three"))


def test_without_a_correlation_nothing_is_said_of_it() -> None:
    assert "correlation" not in told(world("flat"))


def many(**by_symbol: float | None) -> str:
    """Three funds over a year with these returns."""
    found = world("bare")
    reason = "not defined"
    metrics = {
        symbol: {**numbers, "total_return": Number(by_symbol[symbol], None if by_symbol[symbol] else reason)}
        for symbol, numbers in found.metrics.items()
    }
    return told(replace(found, metrics=metrics))


@pytest.mark.parametrize(
    ("returns", "words"),
    [
        (
            {"ISCB": 0.1, "SPSM": 0.3, "SPY": 0.2},
            "SPSM returned 30.0 %, 10.0 pp more than SPY (20.0 %); ISCB returned least, 10.0 %.",
        ),
        (
            {"ISCB": -0.3, "SPSM": -0.2, "SPY": -0.1},
            "SPY returned -10.0 %, 10.0 pp more than SPSM (-20.0 %); ISCB returned least, -30.0 %.",
        ),
        (
            {"ISCB": 0.1, "SPSM": 0.1, "SPY": 0.02},
            "ISCB and SPSM are level, with 10.0 % and 10.0 %; SPY returned least, 2.0 %.",
        ),
    ],
)
def test_of_many_the_highest_the_next_and_the_lowest_are_told(returns: dict[str, float], words: str) -> None:
    assert many(**returns).startswith(words)


def test_of_six_the_first_leads_the_second_by_what_is_told() -> None:
    words = told(world("six"))
    head = re.match(
        r"ISCB returned ([\d.]+) %, ([\d.]+) pp more than IWM \(([\d.]+) %\); AVUV returned least, "
        r"([\d.]+) %\. ",
        words,
    )
    assert head
    first, gap, second, last = map(float, head.groups())
    shown = [world("six").metrics[each]["total_return"].value or 0.0 for each in world("six").symbols]
    ranked = sorted((round(100 * value, 1) for value in shown), reverse=True)
    assert [first, second, last] == [ranked[0], ranked[1], ranked[-1]]
    assert gap == pytest.approx(first - second, abs=0.11)


def test_of_many_the_ranges_of_risk_run_from_the_least_to_the_most_with_their_names() -> None:
    found = world("three")
    (said,) = re.findall(r"Sortino runs from .*?\)\.", told(found))
    for name, label, show in (
        ("sortino", "Sortino runs", text.ratio),
        ("volatility", ", volatility", text.percent),
        ("max_drawdown", ", max drawdown", text.percent),
    ):
        values = {each: found.metrics[each][name].value or 0.0 for each in found.symbols}
        low, high = (pick(values, key=lambda each: abs(values[each])) for pick in (min, max))
        shown = f"{label} from {show(values[low])} ({low}) to {show(values[high])} ({high})"
        assert shown.replace(text.NBSP, " ") in said


def test_of_many_no_range_of_a_ratio_that_one_lacks() -> None:
    found = world("three")
    metrics = {**found.metrics, "SPY": {**found.metrics["SPY"], "sortino": Number(None, "not defined")}}
    words = told(replace(found, metrics=metrics))
    assert "Sortino" not in words
    assert "Volatility runs from" in words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pair", "ISCB vs SPSM · 1 year to 16 Jan 2026"),
        ("pair_one_month", "ISCB vs SPSM · 1 month to 16 Jan 2026"),
        ("pair_year_to_date", "ISCB vs SPSM · year to date, 30 Sep 2025"),
        ("pair_all_history", "ISCB vs SPSM · 14 Sep 2015 to 16 Jan 2026"),
        ("young", "ISCB vs SPSM · 10 years to 16 Jan 2026, priced from 10 Jan 2022"),
        ("three", "ISCB vs SPSM vs SPY · 3 years to 16 Jan 2026"),
    ],
)
def test_the_title_says_what_was_really_compared(name: str, words: str) -> None:
    assert title(world(name)).replace(text.NBSP, " ") == words


def test_a_window_of_dates_is_titled_by_the_closes_used() -> None:
    # 20 March 2021 is a Saturday, 4 January 2026 a Sunday.
    found = comparison(window="2021-03-20..2026-01-04")
    assert title(found).replace(text.NBSP, " ") == "ISCB vs SPSM · 19 Mar 2021 to 2 Jan 2026"
    assert found.span.end == date(2026, 1, 2)


NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)? (?:%|pp|bp|times|bn|tn|M|k)|[+-]?\d+\.\d+")


def _shown_elsewhere(found: Comparison) -> set[str]:
    """Every number that the table shows, without the sign of a difference, and factors of money."""
    cells = {cell for group in groups(found) for row in group.rows for cell in (*row.cells, row.difference)}
    numbers = {cell.replace(text.NBSP, " ").lstrip("+") for cell in cells}
    numbers |= {number.removeprefix("-") for number in numbers}
    for row in (row for group in groups(found) for row in group.rows):
        numbers |= {
            cell.replace(text.NBSP, " ").removesuffix(" USD").removesuffix(" EUR") for cell in row.cells
        }
    return numbers


def _computed(found: Comparison) -> set[str]:
    """Gaps between any two funds, and how many times one is the other."""
    shown: set[str] = set()
    for one, other in permutations(found.symbols, 2):
        for name in ("total_return", "cagr"):
            values = found.metrics[one][name].value, found.metrics[other][name].value
            if values[0] is not None and values[1] is not None:
                shown.add(text.points(abs(values[0] - values[1])))
        pairs = [(found.traded[one].value, found.traded[other].value)]
        profiles = found.profiles.get(one), found.profiles.get(other)
        if profiles[0] and profiles[1] and profiles[0].assets and profiles[1].assets:
            pairs.append((profiles[0].assets.value, profiles[1].assets.value))
        shown |= {text.times(large, small) for large, small in pairs if large and small}
    return {number.replace(text.NBSP, " ").lstrip("+") for number in shown}


@in_every_mood
def test_every_number_of_the_finding_stands_in_the_table(name: str) -> None:
    found = world(name)
    allowed = _shown_elsewhere(found) | _computed(found)
    numbers = NUMBER.findall(told(found))
    assert numbers
    assert [number for number in numbers if number not in allowed] == []


@in_every_mood
def test_the_numbers_of_the_table_are_those_of_the_comparison(name: str) -> None:
    found = world(name)
    labels = {
        "Volatility": "volatility",
        "Max drawdown": "max_drawdown",
        "Sharpe": "sharpe",
        "Sortino": "sortino",
    }
    rows = {row.label: row for group in groups(found) for row in group.rows}
    for label, measure in labels.items():
        if label in rows:
            show = text.percent if MEASURES[measure].unit == "fraction" else text.ratio
            values = [found.metrics[symbol][measure].value for symbol in found.symbols]
            expected = tuple(text.NONE if value is None else show(value) for value in values)
            assert rows[label].cells == expected


@in_every_mood
def test_the_four_answers_come_in_order(name: str) -> None:
    words = told(world(name))
    marks = ("eturn", "olatility", "ahead over|over \\d|Over \\d", "orrelation", "costs|Expense|trades")
    places = [found.start() for mark in marks if (found := re.search(mark, words))]
    assert places == sorted(places)
    assert len(places) >= 2


def test_the_market_of_these_tests_is_always_the_same() -> None:
    assert market(("ISCB",)).total_return[0, -1] == pytest.approx(115.97, abs=0.01)
