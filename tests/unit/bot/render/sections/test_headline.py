"""The few rows of a first answer: which there are, what they say, and in which order funds lie down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.comparison import Comparison
from analytics.fund import FundProfile, Kind
from analytics.measures.number import Number
from bot.render import text
from bot.render.doubts import MARK
from bot.render.sections.comparison import comparison_message, headline_rows, headline_table
from bot.render.sections.table import Row, groups
from tests.unit.bot.render.sections.doubted import DOUBTED, doubted
from tests.unit.bot.render.sections.prices import plain, rows
from tests.unit.bot.render.sections.reading import as_read, cells, table_of
from tests.unit.bot.render.sections.test_comparison_cost import with_facts, with_traded
from tests.unit.bot.render.sections.test_finding import with_metrics
from tests.unit.bot.render.sections.worlds import (
    PROFILES,
    SYMBOLS,
    comparison,
    in_every_mood,
    market,
    panel,
    walks,
    world,
)

ORDER = "1 M USD at 10 % of volume"
COSTS = "Expense ratio · yield"
OTHERS = "3 / 5 / 10 years, a year"


def headline(found: Comparison) -> dict[str, Row]:
    return {plain(row.label): row for row in headline_rows(found)}


def shown(row: Row) -> list[str]:
    return [plain(cell) for cell in (*row.cells, row.difference)]


def marked(found: Comparison) -> list[list[str]]:
    """The table as it is posted; what is bold stands between asterisks."""
    return [[plain(cell) for cell in line] for line in cells(table_of(comparison_message(found)))]


def remarks(found: Comparison) -> list[str]:
    """What stands in small letters, line by line."""
    blocks = [block for block in comparison_message(found).blocks if block["type"] == "context"]
    return [plain(line) for block in blocks for line in block["elements"][0]["text"].splitlines()]


def test_the_rows_of_a_pair() -> None:
    found = with_metrics(
        world("pair"),
        total_return=(0.1613, 0.1131),
        volatility=(0.223, 0.225),
        max_drawdown=(-0.234, -0.242),
        sortino=(1.18, 0.87),
    )
    found = with_traded(found, 0.7e6, 123e6)
    table = marked(found)
    assert table[0] == ["*Figure*", "*ISCB*", "*SPSM*", "*Gap*"]
    assert [line[0] for line in table[1:]] == [
        "1 year",
        OTHERS,
        "Volatility",
        "Max drawdown",
        "Sortino",
        COSTS,
        ORDER,
    ]
    lines = {line[0]: line[1:] for line in table}
    assert lines["1 year"] == ["*16.1 %*", "11.3 %", "+4.8 pp"]
    assert lines["Volatility"] == ["22.3 %", "22.5 %", "-0.2 pp"], "alike: neither is bold"
    assert lines["Max drawdown"] == ["-23.4 %", "-24.2 %", "+0.8 pp"]
    assert lines["Sortino"] == ["*1.18*", "0.87", "+0.31"]
    assert lines[COSTS] == ["0.04 · 1.38 %", "0.03 · 1.62 %", "+1 · -24 bp"]
    assert lines[ORDER] == ["15 days", "within a day", "–"]


@in_every_mood
def test_every_figure_of_it_is_one_of_all_figures(name: str) -> None:
    """The few rows say nothing else than the whole table."""
    found = world(name)
    whole = {cell for group in groups(found) for row in group.rows for cell in (*row.cells, row.difference)}
    parts = {cell.removesuffix(f"{text.NBSP}%").removesuffix(f"{text.NBSP}bp") for cell in whole}
    for row in headline_rows(found):
        for cell in (*row.cells, row.difference):
            several = cell.removesuffix(f"{text.NBSP}%").removesuffix(f"{text.NBSP}bp")
            pieces = several.split(" / " if " / " in several else " · ")
            assert cell in whole or set(pieces) <= parts, cell


def test_a_window_of_years_is_told_a_year() -> None:
    assert list(headline(world("three")))[:2] == ["3 years, a year", "1 / 5 / 10 years, a year"]
    assert list(headline(world("young")))[:2] == ["From 10 Jan 2022, a year", "1 / 3 / 5 years, a year"]
    assert list(headline(world("pair_one_month")))[:2] == ["1 month", "1 / 3 / 5 years, a year"]


def test_one_other_window_alone_that_is_a_year_is_no_rate() -> None:
    short = comparison(window="1m", held=market(("ISCB", "SPSM"), count=300))
    assert list(headline(short))[:2] == ["1 month", "1 year"]


def test_other_windows_stand_in_one_row_without_gap_and_without_bold() -> None:
    row = headline(world("pair"))[OTHERS]
    assert shown(row) == ["1.5 / 5.2 / 2.3 %", "5.6 / 6.2 / 2.7 %", "–"]
    assert row.marked is None


def test_a_window_that_a_fund_does_not_fill_is_a_dash_in_its_place() -> None:
    levels = walks(2_700)[[0, 1]].copy()
    levels[0, :-1000] = float("nan")
    found = comparison(held=panel({"ISCB": levels[0], "SPSM": levels[1]}))
    assert shown(headline(found)[OTHERS]) == ["1.5 / – / – %", "5.6 / 6.2 / 2.7 %", "–"]
    (told,) = [line for line in remarks(found) if line.startswith("_–")]
    assert "prices begin" in told
    assert "(ISCB)" in told


def test_a_fund_too_young_for_every_other_window_has_one_dash() -> None:
    levels = walks(2_700)[[0, 1]].copy()
    levels[0, :-300] = float("nan")
    found = comparison(held=panel({"ISCB": levels[0], "SPSM": levels[1]}))
    assert shown(headline(found)[OTHERS])[:2] == ["–", "5.6 / 6.2 / 2.7 %"]


def test_where_no_fund_fills_another_window_there_is_no_such_row() -> None:
    short = comparison(held=market(("ISCB", "SPSM"), count=300))
    assert list(headline(short))[:2] == ["1 year", "Volatility"]


@pytest.mark.parametrize(
    ("fees", "yields", "cells"),
    [
        ((0.0004, 0.0003), (0.0138, 0.0162), ["0.04 · 1.38 %", "0.03 · 1.62 %", "+1 · -24 bp"]),
        ((0.0004, 0.0004), (0.0138, 0.0138), ["0.04 · 1.38 %", "0.04 · 1.38 %", "0 · 0 bp"]),
        # Of a gap alone it is said which it is.
        ((None, 0.0003), (0.0138, 0.0162), ["– · 1.38 %", "0.03 · 1.62 %", "– · -24 bp"]),
        ((0.0004, 0.0003), (0.0138, None), ["0.04 · 1.38 %", "0.03 · –", "+1 · – bp"]),
        ((0.0004, None), (None, 0.0162), ["0.04 · –", "– · 1.62 %", "–"]),
        ((None, 0.0003), (None, 0.0162), ["–", "0.03 · 1.62 %", "–"]),
    ],
)
def test_fee_and_yield_stand_in_one_row(
    fees: tuple[float | None, ...], yields: tuple[float | None, ...], cells: list[str]
) -> None:
    found = with_facts(with_facts(world("pair"), "expense_ratio", *fees), "dividend_yield", *yields)
    row = headline(found)[COSTS]
    assert shown(row) == cells
    assert row.marked is None


def test_yields_of_two_kinds_have_no_gap() -> None:
    assert shown(headline(world("two_taxonomies"))[COSTS]) == ["0.04 · 1.38 %", "0.03 · 1.62 %", "+1 · – bp"]


def test_a_fee_that_is_not_known_has_its_reason_below() -> None:
    assert "_– not known (ISCB: expense ratio)_" in remarks(
        with_facts(world("pair"), "expense_ratio", None, 0.0003)
    )
    silent = comparison(profiles={**PROFILES, "ISCB": FundProfile("ISCB", Kind.FUND)})
    assert "_– not known (ISCB: fund facts)_" in remarks(silent)


def test_facts_later_than_the_question_are_dated_in_their_row() -> None:
    assert COSTS in headline(comparison(as_of=date(2026, 1, 8)))
    past = headline(comparison(as_of=date(2025, 9, 30)))
    assert f"{COSTS}, facts of 15 Jan 2026" in past
    assert COSTS not in past


def test_in_two_currencies_no_order_is_of_both() -> None:
    assert not any("of volume" in label for label in headline(world("two_currencies")))
    assert not any("of volume" in label for label in headline(world("unknown_currency")))
    assert "1 M EUR at 10 % of volume" in headline(world("in_euros"))
    assert any("no exchange rate enters" in line for line in remarks(world("two_currencies")))


def test_what_is_not_traded_or_not_known_has_no_days() -> None:
    assert shown(headline(with_traded(world("pair"), None, 123e6))[ORDER])[:2] == ["–", "within a day"]
    assert not any("of volume" in label for label in headline(world("partial")))


def test_a_ratio_that_is_not_defined_for_one_says_why() -> None:
    found = world("pair")
    reason = Number(None, "no return below the target")
    metrics = {**found.metrics, "ISCB": {**found.metrics["ISCB"], "sortino": reason}}
    found = replace(found, metrics=metrics)
    assert shown(headline(found)["Sortino"])[0] == "–"
    assert headline(found)["Sortino"].marked is None
    assert "_– no return below the target (ISCB: Sortino)_" in remarks(found)


@in_every_mood
def test_a_row_without_any_number_is_left_out_and_each_dash_of_the_others_has_a_reason(name: str) -> None:
    found = world(name)
    for row in headline_rows(found):
        assert set(row.cells) != {text.NONE}
    lacking = {
        found.symbols[at]
        for row in headline_rows(found)
        for at, cell in enumerate(row.cells)
        if text.NONE in cell.replace(" · ", " / ").split(" / ")
        if found.profiles.get(found.symbols[at], FundProfile("", Kind.FUND)).kind is Kind.FUND
    }
    told = " ".join(remarks(found))
    assert all(each in told or "_– " in told for each in lacking)


def test_three_funds_have_no_gaps() -> None:
    assert marked(world("three"))[0] == ["*Figure*", "*ISCB*", "*SPSM*", "*SPY*"]


def test_one_fund_has_its_figures_and_nothing_is_bold() -> None:
    table = marked(world("one"))
    assert table[0] == ["*Figure*", "*ISCB*"]
    assert [line[0] for line in table[1:]] == [
        *("1 year", OTHERS, "Volatility", "Max drawdown", "Sortino", COSTS, ORDER)
    ]
    assert not any("*" in cell for line in table[1:] for cell in line)


def test_a_fund_is_shown_where_almost_nothing_is_known() -> None:
    short = comparison("ISCB", held=market(("ISCB",), count=300, volume=False), profiles={})
    assert list(headline(short)) == ["1 year", "Volatility", "Max drawdown", "Sortino"]


def test_six_funds_lie_down_the_highest_return_first() -> None:
    table = marked(world("six"))
    assert table[0] == ["*Fund*", "*1 year*", "*Max drawdown*", "*Sortino*"]
    ends = {each: world("six").metrics[each]["total_return"].value or 0.0 for each in SYMBOLS}
    assert [line[0] for line in table[1:]] == sorted(SYMBOLS, key=lambda each: -ends[each])
    by_fund = {line[0]: line[1:] for line in table[1:]}
    for symbol in SYMBOLS:
        numbers = world("six").metrics[symbol]
        expected = [
            plain(text.percent(numbers["total_return"].value or 0.0)),
            plain(text.percent(numbers["max_drawdown"].value or 0.0)),
            text.ratio(numbers["sortino"].value or 0.0),
        ]
        assert [cell.strip("*") for cell in by_fund[symbol]] == expected, "each has its own figures"


def test_of_six_a_return_that_is_not_known_comes_last_and_level_ones_keep_their_order() -> None:
    found = world("six")
    returns = {"ISCB": None, "SPSM": 0.1, "SPY": 0.2, "AVUV": None, "IWM": 0.1, "DFAS": -0.3}
    metrics = {
        each: {**found.metrics[each], "total_return": Number(value, "not known" if value is None else None)}
        for each, value in returns.items()
    }
    found = replace(found, metrics=metrics)
    table = [[plain(cell) for cell in line] for line in cells(headline_table(found, headline_rows(found)))]
    assert [line[0] for line in table[1:]] == ["SPY", "SPSM", "IWM", "DFAS", "ISCB", "AVUV"]
    assert [line[1] for line in table[1:]] == ["20.0 %", "10.0 %", "10.0 %", "-30.0 %", "–", "–"]


def test_of_six_the_bold_value_moves_with_its_fund() -> None:
    found = world("six")
    metrics = {
        each: {
            **found.metrics[each],
            "total_return": Number(0.01 * at),
            "max_drawdown": Number(-0.3 + (0.1 if each == "SPY" else 0.0)),
        }
        for at, each in enumerate(SYMBOLS)
    }
    table = {line[0]: line[1:] for line in marked(replace(found, metrics=metrics))}
    assert [name for name, line in table.items() if line[0].startswith("*") and name != "*Fund*"] == ["DFAS"]
    assert [name for name, line in table.items() if line[1].startswith("*") and name != "*Fund*"] == ["SPY"]


def test_four_funds_lie_down_too() -> None:
    assert len(marked(world("four_outside_benchmark"))) == 5
    assert marked(world("four_outside_benchmark"))[0][1] == "*5 years, a year*"


@pytest.mark.parametrize("name", DOUBTED)
def test_what_rests_on_a_doubt_is_marked_is_never_bold_and_is_explained(name: str) -> None:
    found = doubted(name)
    rows_shown = headline_rows(found)
    for row in rows_shown:
        at = {place for place, cell in enumerate(row.cells) if MARK in cell}
        assert bool(at) == bool(row.doubts)
        assert row.marked is None or not at
        assert (text.NONE + MARK) not in (*row.cells, row.difference)
    is_marked = any(MARK in cell for line in rows(comparison_message(found)) for cell in line)
    assert is_marked == any(line.startswith(f"_{MARK}") for line in remarks(found))


def test_a_doubt_in_one_of_the_other_windows_marks_them_and_no_more() -> None:
    marks = {label for label, row in headline(doubted("old")).items() if row.doubts}
    assert marks == {OTHERS}
    assert shown(headline(doubted("old"))[OTHERS]) == ["1.5 / 5.2 / -1.7† %", "5.6 / 6.2 / 2.7 %", "–"]


def test_the_funds_are_named_where_their_names_are_known() -> None:
    assert remarks(world("pair"))[0] == "ISCB ETF · SPSM ETF"
    assert "ETF" not in as_read(comparison_message(world("bare")))
    odd = {**PROFILES, "ISCB": replace(PROFILES["ISCB"], name="<!channel> & *Co*")}
    named = as_read(comparison_message(comparison(profiles=odd)))
    assert "&lt;!channel&gt; &amp; " in named
    assert "<!channel>" not in named


def test_an_older_change_of_index_is_told_where_its_years_are_asked_for() -> None:
    assert not any("changed its index" in line for line in remarks(world("pair")))
    assert any("changed its index" in line for line in remarks(world("pair_ten_years")))
