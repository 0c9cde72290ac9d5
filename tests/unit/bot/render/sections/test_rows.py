"""The rows of the table: which there are, how they are labelled, what is marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.comparison import Comparison
from analytics.fund import Basis, Fact, SectorWeights
from analytics.measures.number import Number
from bot.render import text
from bot.render.sections.table import Row, groups
from tests.unit.bot.render.sections.test_comparison_cost import with_facts, with_traded
from tests.unit.bot.render.sections.test_finding import with_metrics
from tests.unit.bot.render.sections.worlds import PROFILES, comparison, in_every_mood, world


def rows(found: Comparison) -> dict[str, Row]:
    return {row.label.replace(text.NBSP, " "): row for group in groups(found) for row in group.rows}


def cells(row: Row) -> list[str]:
    return [cell.replace(text.NBSP, " ") for cell in (*row.cells, row.difference)]


def test_every_row_of_a_full_answer() -> None:
    labels = {group.title: [row.label for row in group.rows] for group in groups(world("pair"))}
    assert {title: [label.replace(text.NBSP, " ") for label in rows] for title, rows in labels.items()} == {
        "Return": ["1 year", "3 years, a year", "5 years, a year", "10 years, a year"],
        "Risk": ["Volatility", "Max drawdown", "Sharpe", "Sortino", "Calmar"],
        "Against SPSM": ["Beta", "Tracking error", "Information ratio", "Correlation"],
        "Cost and size": [
            "Expense ratio",
            "Yield, trailing 12 months",
            "Assets, USD",
            "Traded a day, USD, 63 sessions",
            "1 M USD at 10 % of volume",
            "Holdings",
            "Ten largest",
        ],
        "Largest sectors": ["Industrials", "Financial Services", "Technology"],
    }


def test_differences_carry_sign_and_unit() -> None:
    found = with_metrics(world("pair"), total_return=(0.1613, 0.1131), sortino=(1.18, 0.87))
    shown = rows(found)
    assert cells(shown["1 year"]) == ["16.1 %", "11.3 %", "+4.8 pp"]
    assert cells(shown["Sortino"]) == ["1.18", "0.87", "+0.31"]
    assert cells(shown["Expense ratio"]) == ["0.04 %", "0.03 %", "+1 bp"]
    assert cells(shown["Yield, trailing 12 months"]) == ["1.38 %", "1.62 %", "-24 bp"]
    assert cells(shown["Assets, USD"]) == ["253 M", "13.1 bn", "–"]
    assert cells(shown["Industrials"]) == ["19.0 %", "14.7 %", "+4.3 pp"]


def test_marks_follow_the_rules() -> None:
    found = with_metrics(
        world("pair"), total_return=(0.161, 0.113), volatility=(0.223, 0.225), max_drawdown=(-0.2, -0.3)
    )
    shown = rows(found)
    assert shown["1 year"].marked == 0
    assert shown["Volatility"].marked is None
    assert shown["Max drawdown"].marked == 0
    assert shown["Expense ratio"].marked == 1
    assert shown["Beta"].marked is None
    assert shown["Holdings"].marked is None


def test_totals_of_many_years_are_marked_by_their_annual_rates() -> None:
    apart = {"total_return": (1.80, 1.79), "cagr": (0.1085, 0.1080)}
    shown = rows(with_metrics(world("pair_ten_years"), **apart))
    assert shown["10 years, in total"].marked is None
    assert shown["10 years, a year"].marked is None
    apart = {"total_return": (1.80, 1.70), "cagr": (0.108, 0.100)}
    shown = rows(with_metrics(world("pair_ten_years"), **apart))
    assert (shown["10 years, in total"].marked, shown["10 years, a year"].marked) == (0, 0)


def test_below_a_year_what_is_annualised_is_not_marked() -> None:
    apart = {
        "volatility": (0.1, 0.3),
        "sharpe": (3.0, 1.0),
        "sortino": (4.0, 1.0),
        "max_drawdown": (-0.02, -0.05),
    }
    short, year = (rows(with_metrics(world(name), **apart)) for name in ("pair_one_month", "pair"))
    for label in ("Volatility", "Sharpe", "Sortino"):
        assert (short[label].marked, year[label].marked) == (None, 0)
    assert short["Max drawdown"].marked == 0


def test_a_year_has_no_annual_row_and_longer_ones_have() -> None:
    assert [label for label in rows(world("pair")) if label.startswith("1 year")] == ["1 year"]
    assert [label for label in rows(world("pair_ten_years")) if label.startswith("10 years")] == [
        "10 years, a year",
        "10 years, in total",
    ]


def test_a_trailing_year_is_named_by_what_it_is() -> None:
    found = world("pair_one_month")
    for annual in (True, False):
        trailing = tuple(replace(period, annualised=annual) for period in found.trailing)
        shown = rows(replace(found, trailing=trailing))
        assert "1 year" in shown, "a year is a year"
        assert ("3 years, a year" if annual else "3 years") in shown


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("pair_year_to_date", "Year to date"),
        ("pair_all_history", "From 14 Sep 2015, a year"),
        ("too_long", "From 19 Mar 2021, a year"),
        # Ten years were asked; what there is does not pass for them.
        ("young", "From 10 Jan 2022, a year"),
    ],
)
def test_a_number_is_labelled_by_its_true_span(name: str, label: str) -> None:
    assert label in rows(world(name))


def test_a_history_cut_short_leaves_the_asked_window_to_the_older_fund() -> None:
    assert cells(rows(world("young"))["10 years, a year"])[0] == "–"
    assert "10 years, in total" not in rows(world("young"))


def test_amounts_in_two_currencies_carry_their_own_and_are_not_marked() -> None:
    shown = rows(world("two_currencies"))
    assert cells(shown["Assets"]) == ["253 M EUR", "712 bn USD", "–"]
    assert shown["Assets"].marked is None
    assert shown["Traded a day, 63 sessions"].marked is None
    assert not any("of volume" in label for label in shown)


def test_amounts_in_a_currency_that_nobody_tells_have_none_and_are_not_marked() -> None:
    shown = rows(world("unknown_currency"))
    assert cells(shown["Assets"]) == ["253 M USD", "13.1 bn", "–"]
    assert cells(shown["Traded a day, 63 sessions"]) == ["117 M USD", "66 M", "–"]
    assert shown["Assets"].marked is None
    assert not any("of volume" in label for label in shown)


def test_prices_and_profiles_each_have_their_currency() -> None:
    """Prices in dollars of funds whose assets are told in euros."""
    told = {symbol: replace(PROFILES[symbol], currency="EUR") for symbol in ("ISCB", "SPSM")}
    shown = rows(comparison(profiles=told))
    assert {"Assets, EUR", "Traded a day, USD, 63 sessions"} <= set(shown)


def test_amounts_in_euros_are_in_euros() -> None:
    shown = rows(world("in_euros"))
    assert {
        "Assets, EUR",
        "Traded a day, EUR, 63 sessions",
        "1 M EUR at 10 % of volume",
    } <= set(shown)
    assert not any("USD" in label for label in shown)


def test_yields_of_two_kinds_are_shown_without_a_difference() -> None:
    row = rows(world("two_taxonomies"))["Yield, kinds differ"]
    assert cells(row) == ["1.38 %", "1.62 %", "–"]
    assert row.marked is None


@pytest.mark.parametrize(
    ("traded", "shown"),
    [
        ((2e6, 10e6), ["5 days", "within a day", "–"]),
        # Beyond five days of the whole volume nobody trades so.
        ((10e3, 0.0), ["in kind", "–", "–"]),
        ((0.2e6, 0.199e6), ["50 days", "in kind", "–"]),
        # A day that is begun is a day: 14.3 of them are 15.
        ((None, 0.7e6), ["–", "15 days", "–"]),
        ((9.9e6, 10.1e6), ["2 days", "within a day", "–"]),
        ((51e9, 5.1e9), ["within a day", "within a day", "–"]),
    ],
)
def test_days_to_trade(traded: tuple[float | None, float], shown: list[str]) -> None:
    row = rows(with_traded(world("pair"), *traded))["1 M USD at 10 % of volume"]
    assert cells(row) == shown


def test_a_row_without_any_number_is_left_out() -> None:
    titles = [group.title for group in groups(world("bare"))]
    assert titles == ["Return", "Risk", "Against SPY"]
    assert "Expense ratio" not in rows(with_facts(world("pair"), "expense_ratio", None, None))
    assert "Calmar" not in rows(world("pair_one_month"))


def test_a_fund_whose_sectors_are_not_known_has_a_dash() -> None:
    assert cells(rows(world("some_sectors"))["Technology"])[:3] == ["13.1 %", "–", "35.1 %"]


def test_a_sector_that_a_source_does_not_name_is_not_zero() -> None:
    found = world("pair")
    assert found.sectors
    weights = {**found.sectors.weights, "SPSM": {"Technology": 0.15}}
    shown = rows(replace(found, sectors=replace(found.sectors, weights=weights)))
    assert cells(shown["Industrials"]) == ["19.0 %", "–", "–"]


@in_every_mood
def test_every_group_keeps_main_figures_for_narrow_tables(name: str) -> None:
    for group in groups(world(name)):
        assert group.main
        assert set(group.main) <= set(group.rows)


def test_an_undefined_number_is_a_dash_and_not_marked() -> None:
    row = rows(with_metrics(world("pair"), sortino=(None, 0.87)))["Sortino"]
    assert cells(row) == ["–", "0.87", "–"]
    assert row.marked is None


def test_relative_figures_skip_the_benchmark() -> None:
    row = rows(comparison(benchmark="ISCB"))["Beta"]
    assert row.cells[0] == "–"
    assert row.cells[1] != "–"
    assert Number(1.0).reason is None


def titles(found: Comparison) -> list[str]:
    return [group.title.replace(text.NBSP, " ") for group in groups(found)]


def test_facts_of_another_time_are_dated_in_their_heads() -> None:
    """The facts are of 15 January: on the 8th they may pass for those of the day, on the 7th they may not."""
    near, past = (comparison(as_of=date(2026, 1, day)) for day in (8, 7))
    assert titles(near)[-2:] == ["Cost and size", "Largest sectors"]
    assert titles(past)[-2:] == [
        "Cost and size, facts of 15 Jan 2026",
        "Largest sectors, facts of 15 Jan 2026",
    ]


def test_facts_of_several_days_tell_the_first_and_the_last() -> None:
    fee = Fact(0.0003, "issuer", date(2026, 1, 2))
    profiles = {**PROFILES, "SPSM": replace(PROFILES["SPSM"], expense_ratio=fee)}
    found = comparison(as_of=date(2025, 9, 30), profiles=profiles)
    assert "Cost and size, facts of 2 Jan 2026 to 15 Jan 2026" in titles(found)


def test_sectors_of_the_shares_alone_are_called_so() -> None:
    part = {
        symbol: replace(
            PROFILES[symbol], sectors=Fact(SectorWeights("GICS", {"Energy": 1.0}, Basis.SHARES), "issuer")
        )
        for symbol in ("ISCB", "SPSM")
    }
    found = comparison(profiles=part)
    assert titles(found)[-1] == "Largest sectors of its shares"
    assert [row.label for row in groups(found)[-1].labelled.rows] == ["Sector of its shares: Energy"]
