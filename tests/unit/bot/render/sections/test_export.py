"""The files: what they say reads back as the same numbers, and no cell or name of them does harm."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics.measures.number import Number
from analytics.window import Span
from bot.render.message import Document
from bot.render.sections.export import _name, export_comparison, export_message
from bot.render.sections.page import SectionAnswer
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections import moods
from tests.unit.bot.render.sections.worlds import PROFILES, two_currencies, two_taxonomies, world, young

Rows = list[list[str]]


def rows(document: Document) -> Rows:
    """As a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(document.content.decode("utf-8-sig"), newline="")))


def table(found: SectionAnswer) -> dict[str, dict[str, str]]:
    """The lines of the table by group and measure, the cells by heading."""
    heads, *lines = rows(export_comparison(found)[0])
    return {f"{line[0]}: {line[1]}": dict(zip(heads, line, strict=True)) for line in lines}


def series(found: SectionAnswer) -> Rows:
    return rows(export_comparison(found)[1])


FULL = moods.sample("ISCB", "SPSM")
TABLE = table(FULL)


def test_two_files_named_by_funds_and_dates() -> None:
    names = [document.name for document in export_comparison(FULL)]
    assert names == [
        "ISCB-SPSM_2025-01-16_2026-01-16_table.csv",
        "ISCB-SPSM_2025-01-16_2026-01-16_series.csv",
    ]
    assert [document.title for document in export_comparison(FULL)] == [
        "ISCB vs SPSM: table",
        "ISCB vs SPSM: growth and falls",
    ]


def test_every_line_has_as_many_cells_as_the_first_and_ends_as_the_standard_says() -> None:
    for found in (FULL, moods.partial(), moods.dark(), moods.long(), moods.sample("ISCB")):
        for document in export_comparison(found):
            assert len({len(line) for line in rows(document)}) == 1
            assert document.content.count(b"\n") == document.content.count(b"\r\n")
            assert document.content.endswith(b"\r\n")


def test_numbers_read_back_as_the_very_same() -> None:
    comparison = FULL.comparison
    for name, words in (("sortino", "Sortino ratio"), ("max_drawdown", "Max drawdown")):
        line = TABLE[f"Return and risk: {words}"]
        for symbol in comparison.symbols:
            assert float(line[symbol]) == comparison.metrics[symbol][name].value
        gap = float(line["ISCB"]) - float(line["SPSM"])
        assert float(line["ISCB - SPSM"]) == gap


def test_the_series_is_growth_and_falls_session_by_session() -> None:
    heads, *lines = series(FULL)
    comparison = FULL.comparison
    assert heads[:5] == [
        "date",
        "ISCB growth of 1",
        "SPSM growth of 1",
        "ISCB below its high, fraction",
        "SPSM below its high, fraction",
    ]
    assert len(lines) == len(comparison.sessions)
    shown = np.array([[float(cell) for cell in line[1:5]] for line in lines]).T
    np.testing.assert_array_equal(shown[:2], comparison.growth)
    np.testing.assert_array_equal(shown[2:], comparison.drawdown)
    assert (lines[0][0], lines[-1][0]) == ("2025-01-16", "2026-01-16")


def test_no_number_stands_without_its_convention() -> None:
    for line in TABLE.values():
        assert line["source"], line
        assert line["as of"], line
        assert line["convention"] or line["group"] == "Fund", line
        assert line["unit"] in ("fraction", "ratio", "count", "text", "USD"), line
    assert TABLE["Return and risk: Volatility"]["convention"].startswith("daily total return · 252 · rf 0")
    assert TABLE["Trailing returns: 3y"]["convention"].endswith("a year")
    assert TABLE["Trailing returns: 1y"]["convention"].endswith("not annualised")
    assert TABLE["Sectors: Industrials"]["convention"] == "Morningstar, of net assets"
    _, first, second, *_ = series(FULL)
    assert first[-3:] == ["daily closes, dividends reinvested", "SAMPLE DATA (simulated)", ""]
    assert second[-3:] == ["", "", ""]


def test_simulated_prices_say_so_in_every_line() -> None:
    own = replace(FULL.comparison, source="made up")
    for line in table(replace(FULL, comparison=own)).values():
        if line["group"] in ("Return and risk", "Trailing returns", "Calendar years"):
            assert line["source"] == "SAMPLE DATA, made up"
    assert TABLE["Return and risk: Volatility"]["source"] == "SAMPLE DATA (simulated)"


def test_what_is_not_known_is_empty_and_has_its_reason() -> None:
    partial = table(moods.partial())
    assert partial["Cost and size: Expense ratio"]["ISCB"] == ""
    assert float(partial["Cost and size: Expense ratio"]["SPSM"]) == 0.0003
    assert partial["Cost and size: Expense ratio"]["ISCB - SPSM"] == ""
    month = table(SectionAnswer(replace(FULL.comparison, metrics=_undefined())))
    assert month["Return and risk: Sortino ratio"]["why empty"] == "ISCB: never below the rate"


def _undefined() -> dict[str, Mapping[str, Number]]:
    nothing = Number(None, "never below the rate")
    metrics = FULL.comparison.metrics
    return {**metrics, "ISCB": {**metrics["ISCB"], "sortino": nothing}}


def test_a_session_that_is_missing_is_empty_not_zero() -> None:
    growth = FULL.comparison.growth.copy()
    growth[0, 7] = np.nan
    _, *lines = series(SectionAnswer(replace(FULL.comparison, growth=growth)))
    assert lines[7][1] == ""
    assert float(lines[7][2]) > 0


def test_figures_known_of_nobody_are_left_out() -> None:
    dark = table(moods.dark())
    assert not any(name.startswith(("Sectors", "Holdings", "Fund")) for name in dark)
    assert "Cost and size: Assets" not in dark


def test_kinds_currencies_and_taxonomies_are_not_subtracted() -> None:
    mixed, money = table(SectionAnswer(two_taxonomies())), table(SectionAnswer(two_currencies()))
    assert mixed["Cost and size: Yield"]["ISCB - SPSM"] == ""
    assert mixed["Sectors: Industrials"]["ISCB - SPSM"] == ""
    assert money["Cost and size: Assets"]["VWCE.DE - SPY"] == ""
    assert money["Cost and size: Assets"]["unit"] == "each fund's currency"
    assert money["Fund: Currency"]["VWCE.DE"] == "EUR"
    assert TABLE["Cost and size: Assets"]["unit"] == "USD"
    assert float(TABLE["Sectors: Industrials"]["ISCB - SPSM"]) == pytest.approx(0.043)


def test_sources_that_differ_are_distinguishable() -> None:
    line = table(moods.sample("SPSM", "IWM"))["Cost and size: Yield"]
    assert line["source"] == "SPSM: published; IWM: simulated"
    assert line["as of"] == "2026-01-16"


@pytest.mark.parametrize(
    "name", ["=1+1", "+SUM(A1)", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "  =HYPERLINK(1)"]
)
def test_a_text_that_would_be_a_formula_is_disarmed(name: str) -> None:
    hostile = {**PROFILES, "ISCB": replace(PROFILES["ISCB"], name=name)}
    shown = table(moods.few("ISCB", "SPSM", profiles=hostile))["Fund: Name"]["ISCB"]
    assert shown.startswith("'")
    assert shown.lstrip("'").strip() == name.strip()


def test_a_negative_number_is_a_number_all_the_same() -> None:
    fall = TABLE["Return and risk: Max drawdown"]["ISCB"]
    assert fall.startswith("-0.")
    assert float(fall) < 0


def test_commas_quotes_and_lines_stay_in_their_cell() -> None:
    name = 'Ends, "quoted"\nand\u202ebroken'
    odd = {**PROFILES, "ISCB": replace(PROFILES["ISCB"], name=name)}
    shown = table(moods.few("ISCB", "SPSM", profiles=odd))["Fund: Name"]["ISCB"]
    assert shown == 'Ends, "quoted" andbroken'


def test_names_keep_their_letters_for_excel() -> None:
    odd = {**PROFILES, "ISCB": replace(PROFILES["ISCB"], name="Fonds für Österreich")}
    (document, _) = export_comparison(moods.few("ISCB", "SPSM", profiles=odd))
    assert document.content.startswith(b"\xef\xbb\xbfgroup,")
    assert "Fonds für Österreich" in document.content.decode("utf-8-sig")


def test_a_fixed_space_is_a_space_in_a_spreadsheet() -> None:
    assert "\u00a0" not in export_comparison(moods.few("ISCB", "SPSM"))[0].content.decode("utf-8-sig")


def test_file_names_are_safe_whatever_the_symbols() -> None:
    symbols = ("^TNX", "BRK-B", "../../etc", "EURUSD=X", "...", "005930.KS")
    odd = replace(FULL.comparison, query=replace(FULL.comparison.query, symbols=symbols))

    name = _name(odd, "table")
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*\.csv", name)
    assert name == "TNX-BRK-B-etc-EURUSDX-fund-005930.KS_2025-01-16_2026-01-16_table.csv"
    long = replace(odd, query=replace(odd.query, symbols=("A" * 60,) * 6))
    assert len(_name(long, "series")) < 200


def test_a_history_cut_short_is_named_by_its_own_dates() -> None:
    span: Span = young().span
    name = export_comparison(SectionAnswer(young()))[0].name
    assert name.startswith(f"ISCB-SPSM_{span.start.isoformat()}_")
    assert span.start > date(2016, 1, 16)


def test_one_fund_has_no_difference() -> None:
    heads = rows(export_comparison(moods.sample("ISCB"))[0])[0]
    assert heads[:5] == ["group", "measure", "unit", "ISCB", "from"]


def test_the_words_above_the_files(snapshot: Snapshot) -> None:
    moods_told = [
        export_message(FULL),
        export_message(moods.partial()),
        export_message(moods.dark()),
        export_message(moods.long()),
    ]
    snapshot("study_export_words", "\n\n".join(moods_told).replace("\u00a0", " "))


def test_the_table_reads_well(snapshot: Snapshot) -> None:
    """The labels, units and conventions; the numbers are tested above."""
    heads, *lines = rows(export_comparison(FULL)[0])
    wanted = [
        heads.index(name) for name in ("group", "measure", "unit", "from", "to", "convention", "source")
    ]
    shown = [" | ".join(line[at] for at in wanted) for line in [heads, *lines]]
    snapshot("study_export_table", "\n".join(shown))


def test_amounts_without_a_currency_are_not_subtracted() -> None:
    held = table(SectionAnswer(world("unknown_currency")))
    for name in ("Cost and size: Assets", "Cost and size: Traded a day"):
        assert (held[name]["unit"], held[name]["ISCB - SPSM"]) == ("currency not known", "")
