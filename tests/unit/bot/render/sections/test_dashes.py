"""Why cells are dashes: each reason once, with the funds and figures it holds for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.comparison import Comparison
from analytics.fund import FundProfile, Kind
from analytics.measures.number import Number
from analytics.notes import FactValue, Note, NoteKind
from bot.render import text
from bot.render.message import Message
from bot.render.sections.table import Dash, footnotes, measure_dashes
from tests.unit.bot.render.sections.reading import whole
from tests.unit.bot.render.sections.test_comparison_cost import with_facts, with_traded
from tests.unit.bot.render.sections.test_finding import with_metrics
from tests.unit.bot.render.sections.worlds import PROFILES, comparison, world

PAIR = ("UP", "DOWN")


def noted(*dashes: Dash, symbols: tuple[str, ...] = PAIR) -> list[str]:
    return [line.replace(text.NBSP, " ") for line in footnotes(dashes, symbols)]


def test_a_reason_is_told_once_with_its_figures() -> None:
    loss, fall = "no return below the target", "never below an earlier high"
    assert noted(Dash("UP", loss, "Sortino"), Dash("UP", fall, "Calmar"), Dash("UP", loss, "Omega")) == [
        "– no return below the target (UP: Sortino, Omega)",
        "– never below an earlier high (UP: Calmar)",
    ]


def test_funds_that_lack_the_same_stand_together() -> None:
    few = "not known"
    dashes = (Dash("UP", few, "yield"), Dash("DOWN", few, "assets"), Dash("FLAT", few, "assets"))
    assert noted(*dashes, symbols=(*PAIR, "FLAT")) == ["– not known (UP: yield; DOWN, FLAT: assets)"]


def test_what_all_of_them_lack_needs_no_names() -> None:
    few = "fewer than 15 returns"
    assert noted(Dash("UP", few, "Sharpe"), Dash("DOWN", few, "Sharpe")) == [
        "– fewer than 15 returns (Sharpe)"
    ]
    assert noted(Dash("UP", few, "Sharpe"), symbols=("UP",)) == ["– fewer than 15 returns (Sharpe)"]


def test_a_reason_that_tells_which_cells_it_means_names_only_the_fund() -> None:
    assert noted(Dash("UP", "prices begin 2022-06-06"), Dash("UP", "prices begin 2022-06-06")) == [
        "– prices begin 6 Jun 2022 (UP)"
    ]


def test_only_what_has_no_value_is_a_dash() -> None:
    numbers = [Number(1.2), Number(None, "the returns do not vary"), None]
    assert measure_dashes(("A", "B", "BENCHMARK"), numbers, "Sharpe") == (
        Dash("B", "the returns do not vary", "Sharpe"),
    )


def notes(found: Comparison, *sources: Note) -> list[str]:
    """Below the whole table."""
    return footnotes_of(whole(found, sources))


def footnotes_of(message: Message) -> list[str]:
    said = [block["elements"][0]["text"] for block in message.blocks if block["type"] == "context"]
    lines = (line.strip("_").replace(text.NBSP, " ") for words in said for line in words.splitlines())
    return [line for line in lines if line.startswith(text.NONE)]


def test_a_whole_table_has_no_footnote() -> None:
    assert notes(world("pair")) == []


def test_a_ratio_that_is_not_defined_for_one_says_why() -> None:
    found = with_metrics(world("pair"), sortino=(None, 0.87))
    reason = Number(None, "no return below the target")
    metrics = {**found.metrics, "ISCB": {**found.metrics["ISCB"], "sortino": reason}}
    assert notes(replace(found, metrics=metrics)) == ["– no return below the target (ISCB: Sortino)"]


def test_a_fact_that_is_not_known_says_so_unless_a_source_told_why() -> None:
    found = with_facts(world("pair"), "expense_ratio", None, 0.0003)
    facts: dict[str, FactValue] = {"fact": "expense ratio", "value": 0.68, "percent": True}
    assert notes(found) == ["– not known (ISCB: expense ratio)"]
    assert notes(found, Note(NoteKind.FACT_REFUSED, "ISCB", facts)) == []
    other = Note(NoteKind.FACT_REFUSED, "ISCB", {**facts, "fact": "yield"})
    assert notes(found, other) == ["– not known (ISCB: expense ratio)"]


def test_a_fund_of_which_nothing_is_known_is_told_once() -> None:
    silent = comparison(profiles={**PROFILES, "ISCB": FundProfile("ISCB", Kind.FUND)})
    assert notes(silent) == ["– not known (ISCB: fund facts)"]
    assert notes(silent, Note(NoteKind.NO_PROFILE, "ISCB", {"cause": "no answer"})) == []


def test_what_is_no_fund_has_a_remark_of_its_own() -> None:
    stock = comparison(profiles={**PROFILES, "ISCB": FundProfile("ISCB", Kind.STOCK)})
    assert notes(stock) == []
    index = comparison(profiles={**PROFILES, "ISCB": FundProfile("ISCB", Kind.INDEX)})
    assert notes(index) == ["– not traded itself (ISCB)"]


@pytest.mark.parametrize(
    ("traded", "words"),
    [(None, "volume not known on the last 63 sessions"), (0.0, "nothing traded on the last 63 sessions")],
)
def test_trading_that_is_not_known_and_none_at_all_differ(traded: float | None, words: str) -> None:
    found = with_traded(world("pair"), traded, 2.5e6)
    reason = Number(None, "volume not known on the last 63 sessions") if traded is None else Number(0.0)
    assert notes(replace(found, traded={**found.traded, "ISCB": reason})) == [f"– {words} (ISCB)"]


def test_sectors_and_positions_that_are_not_known() -> None:
    assert notes(world("some_sectors")) == ["– not known (SPSM: number of holdings, positions, sectors)"]
    refused = Note(NoteKind.SECTORS_REFUSED, "SPSM", {"cause": "130.0 % in all"})
    assert notes(world("some_sectors"), refused) == ["– not known (SPSM: number of holdings, positions)"]


def test_of_many_funds_only_what_is_shown_has_a_footnote() -> None:
    """Six funds lie down with three figures a group: Calmar is none of them."""
    found = world("six")
    reason = Number(None, "never below an earlier high")
    lacking = {name: {**found.metrics[name], "calmar": reason} for name in ("ISCB", "SPSM")}
    assert notes(replace(found, metrics={**found.metrics, **lacking})) == []


def test_a_measure_that_is_defined_for_no_fund_has_no_row_and_a_reason_all_the_same() -> None:
    found = world("pair")
    reason = Number(None, "no return below the target")
    numbers = {name: {**found.metrics[name], "sortino": reason} for name in found.symbols}
    assert notes(replace(found, metrics=numbers)) == ["– no return below the target (Sortino)"]
    assert notes(comparison("ISCB")) == []
