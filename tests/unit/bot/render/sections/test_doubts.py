"""Studies on prices that look wrong: their first line says so, their figures are marked or left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import pytest

from analytics.correlations import correlate
from analytics.explain import explain
from analytics.months import monthly_grid
from analytics.rolling import roll_measures
from bot.render import text
from bot.render.doubts import MARK, is_grave
from bot.render.message import Message
from bot.render.sections.correlation import correlation_section
from bot.render.sections.cost import cost_section
from bot.render.sections.drawdowns import drawdowns_section
from bot.render.sections.explain import explain_section
from bot.render.sections.export import export_comparison, export_message
from bot.render.sections.page import SectionAnswer
from bot.render.sections.returns import returns_section
from bot.render.sections.risk import risk_section
from bot.render.sections.rolling import rolling_section
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.doubted import DOUBTED, Spoilt, doubted
from tests.unit.bot.render.sections.prices import assert_sound, rows
from tests.unit.bot.render.sections.reading import as_read

Study = Callable[[Spoilt, SectionAnswer], Message]
STUDIES: Mapping[str, Study] = {
    "returns": lambda asked, found: returns_section(found, monthly_grid(asked.held, asked.question)),
    "risk": lambda _, found: risk_section(found),
    "drawdowns": lambda _, found: drawdowns_section(found),
    "rolling": lambda asked, found: rolling_section(found, roll_measures(asked.held, asked.question)),
    "correlation": lambda asked, found: correlation_section(found, correlate(asked.held, asked.question)),
    "cost": lambda _, found: cost_section(found),
    "sortino": lambda asked, found: explain_section(found, explain(asked.held, asked.question, "sortino")),
    "beta": lambda asked, found: explain_section(found, explain(asked.held, asked.question, "beta")),
}
OF_WINDOW = ("risk", "drawdowns", "rolling", "sortino")
"""Whose figures of each fund rest on any doubt about it in the window."""


@cache
def studied(study: str, name: str) -> Message:
    return STUDIES[study](DOUBTED[name](), SectionAnswer(doubted(name)))


def lines(message: Message) -> list[str]:
    """What stands above the table, a sentence a line."""
    section = next(block for block in message.blocks if block["type"] == "section")
    return str(section["text"]["text"]).replace(text.NBSP, " ").split("\n")


@pytest.mark.parametrize("study", STUDIES)
def test_every_study_is_sound_in_every_world(study: str) -> None:
    for name in DOUBTED:
        message = studied(study, name)
        assert_sound(message)
        shown = any(MARK in cell for row in rows(message) for cell in row)
        explained = [
            block
            for block in message.blocks
            if block["type"] == "context" and block["elements"][0]["text"].startswith(MARK)
        ]
        assert len(explained) == shown, name


@pytest.mark.parametrize("study", OF_WINDOW)
def test_the_first_line_carries_the_doubt(study: str) -> None:
    for name in DOUBTED:
        found = doubted(name)
        if any(each.symbol in found.symbols for each in found.doubts):
            ways = ("looks wrong", "look wrong", "lacks distributions", "is -37.63")
            assert any(words in lines(studied(study, name))[0] for words in ways), name


@pytest.mark.parametrize("study", OF_WINDOW)
def test_of_a_grave_doubt_nothing_else_is_told_about_the_fund(study: str) -> None:
    for name in DOUBTED:
        for symbol in {each.symbol for each in doubted(name).doubts if is_grave(each)}:
            told = [line for line in lines(studied(study, name)) if "Held against" not in line]
            assert sum(symbol in line.replace("Correlation with", "") for line in told) <= 1, (study, name)


def test_each_study_has_the_doubts_of_its_own_window() -> None:
    """A crash of 2020 is in the returns, whose windows reach back to it, and in nothing else about a year."""
    assert "16 Mar 2020 looks wrong" in lines(studied("returns", "old"))[0]
    for study in set(STUDIES) - {"returns"}:
        assert "2020" not in as_read(studied(study, "old")), study
    # What rolls reaches back a year before the window.
    year_before = "rolling"
    assert "5 Jan 2026" in lines(studied(year_before, "last_weeks"))[0]


def test_returns_leave_out_windows_that_cannot_be_told_and_keep_the_others() -> None:
    told = lines(studied("returns", "old_in_three_years"))
    assert told[0].startswith("ISCB's price of 2 May 2024 looks wrong")
    assert told[1].startswith("Total return, highest first: over 1 year ISCB")
    assert "over 3 years" not in told[1]
    assert "10 years" not in told[1]
    alone = lines(studied("returns", "unit"))
    assert alone[1].startswith("SPSM returned 15.5 % over 1 year".replace("15.5 %", "*15.5 %*"))


def test_bars_of_years_that_cannot_be_told_are_left_out_of_the_picture() -> None:
    picture, months = studied("returns", "unit").pictures
    assert picture.left_out == ("ISCB",)  # type: ignore[union-attr]
    years, values = picture.years, picture.returns  # type: ignore[union-attr]
    unknown = [year for year, value in zip(years, values[0].tolist(), strict=True) if value != value]
    assert unknown == ["2025"]
    mild, _ = studied("returns", "crash").pictures
    assert mild.left_out == ()  # type: ignore[union-attr]
    assert months.alt.startswith("ISCB has prices that look wrong. ")
    assert "† price looks wrong: ISCB on 1 Oct 2025" in months.subtitle.replace(text.NBSP, " ")


def test_alt_texts_say_it_first_and_tell_nothing_that_cannot_be_told() -> None:
    for study in ("drawdowns", "rolling"):
        (picture,) = studied(study, "unit").pictures
        alt = picture.alt.replace(text.NBSP, " ")
        assert alt.startswith("ISCB has prices that look wrong. ")
        assert alt.count("ISCB") == 1
        assert "-99.0 % from" not in alt


def test_pairs_with_a_doubtful_fund_are_left_out_of_the_finding_and_marked() -> None:
    six = studied("correlation", "unit_of_six")
    assert "ISCB" not in " ".join(lines(six)[1:])
    marked = {row[0] for row in rows(six) if row[1].endswith(MARK)}
    assert marked == {row[0] for row in rows(six) if "ISCB" in row[0]}
    assert len(lines(studied("correlation", "unit"))) == 1
    assert studied("correlation", "unit_of_six").pictures[0].doubtful == ("ISCB",)  # type: ignore[union-attr]


def test_cost_tells_fees_and_leaves_out_what_rests_on_the_price() -> None:
    told = lines(studied("cost", "unit"))
    assert told[0].endswith("its value traded and what follows from it are left out.")
    assert any(line.startswith("ISCB costs 1 bp more") for line in told)
    assert not any("trades" in line for line in told[1:])
    assert "looks wrong" not in " ".join(lines(studied("cost", "crash")))
    assert "adjusted close" not in " ".join(lines(studied("cost", "lacking")))


def test_explain_keeps_formula_and_the_results_that_hold() -> None:
    assert lines(studied("sortino", "unit"))[-1].startswith("Result: SPSM")
    assert lines(studied("sortino", "unit_of_both"))[-1].startswith("Formula: ")
    assert [row[-2:] for row in rows(studied("sortino", "unit")) if row[0] == "Result"] == [
        ["-0.81†", "1.16"]
    ]
    assert lines(studied("beta", "unit_of_the_benchmark"))[0].startswith(
        "SPY's price of 1 Oct 2025 looks wrong"
    )


def test_correlations_of_exchanges_hours_apart_are_told_by_weeks() -> None:
    asked = DOUBTED["old"]()
    found = SectionAnswer(replace(doubted("old"), apart=True))
    (only,) = lines(correlation_section(found, correlate(asked.held, asked.question)))
    assert only == (
        "ISCB and SPSM: weekly correlation *0.96*; the daily one (0.97) misleads, since the exchanges close "
        "hours apart."
    )
    six = DOUBTED["old_of_six"]()
    many = SectionAnswer(replace(doubted("old_of_six"), apart=True))
    first, second = lines(correlation_section(many, correlate(six.held, six.question)))
    assert first.startswith("By weeks ")
    assert second == "By days they seem lower than they are, since the exchanges close hours apart."


def test_risk_of_exchanges_hours_apart_labels_what_is_weekly() -> None:
    message = risk_section(SectionAnswer(replace(doubted("old"), apart=True)))
    labels = [row[0] for row in rows(message)]
    assert "Correlation, weekly" in labels
    assert "Correlation" not in labels
    assert labels.count("Correlation, weekly") == 1
    assert any("from weekly returns since the exchanges close hours apart" in line for line in lines(message))


def table(name: str) -> list[dict[str, str]]:
    document = export_comparison(SectionAnswer(doubted(name)))[0]
    return list(csv.DictReader(io.StringIO(document.content.decode("utf-8-sig"), newline="")))


def test_the_export_tells_each_figure_what_it_rests_on() -> None:
    doubt = (
        "ISCB's price of 1 Oct 2025 looks wrong (-99.0 % against the price before, about a hundredth: "
        "another unit?)"
    )
    told = {f"{line['group']}: {line['measure']}": line["doubt"] for line in table("unit")}
    assert told["Return and risk: Volatility"] == told["Against SPSM: Beta"] == doubt
    assert told["Trailing returns: 6m"] == told["Calendar years: 2025"] == doubt
    assert told["Cost and size: Traded a day"] == doubt
    assert told["Trailing returns: 1m"] == told["Calendar years: 2024"] == told["Cost and size: Yield"] == ""
    old = {f"{line['group']}: {line['measure']}": line["doubt"] for line in table("old")}
    assert {name for name, words in old.items() if words} == {
        "Trailing returns: 10y",
        "Trailing returns: max",
        "Calendar years: 2020",
    }


def test_the_series_tell_a_doubt_on_its_session() -> None:
    document = export_comparison(SectionAnswer(doubted("spike")))[1]
    held = list(csv.DictReader(io.StringIO(document.content.decode("utf-8-sig"), newline="")))
    told = {line["date"]: line["doubt"] for line in held if line["doubt"]}
    assert list(told) == ["2025-08-12", "2025-08-14"]
    assert told["2025-08-12"].startswith("ISCB's price of 12 Aug 2025 looks wrong (100 times")


def test_the_words_above_the_files_begin_with_the_doubt() -> None:
    assert export_message(SectionAnswer(doubted("unit"))).startswith("ISCB's price of")
    assert export_message(SectionAnswer(doubted("old"))).startswith("ISCB vs SPSM")


@pytest.mark.parametrize(
    ("study", "name"),
    [
        ("returns", "old"),
        ("risk", "unit"),
        ("rolling", "unit_of_six"),
        ("drawdowns", "crash"),
        ("cost", "unit"),
    ],
)
def test_reads_well(study: str, name: str, snapshot: Snapshot) -> None:
    snapshot(f"study_doubt_{study}_{name}", as_read(studied(study, name)))
