"""The tables of an answer and of all its figures: what Slack accepts and a phone shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.render.message import Block
from bot.render.sections.comparison import comparison_message
from bot.render.sections.table import groups
from bot.render.text import NBSP, NONE
from bot.render.values import COLUMNS, MOST_TALL
from tests.unit.bot.render.sections.reading import cells, table_of, whole
from tests.unit.bot.render.sections.worlds import in_every_mood, world
from tests.violations import violations


def tables(name: str) -> Iterator[Block]:
    yield table_of(comparison_message(world(name)))
    yield table_of(whole(world(name)))


def whole_rows(name: str) -> list[list[str]]:
    return cells(table_of(whole(world(name))))


@in_every_mood
def test_four_columns_and_no_empty_cell(name: str) -> None:
    for block in tables(name):
        rows = cells(block)
        assert len({len(row) for row in rows}) == 1
        assert len(rows[0]) <= COLUMNS
        assert len(block["column_settings"]) == len(rows[0])
        assert all(cell.strip("* ") for row in rows for cell in row)
        assert violations([block]) == []


@in_every_mood
def test_a_number_never_wraps_from_its_unit(name: str) -> None:
    for block in tables(name):
        for row in cells(block):
            for cell in row[1:]:
                if row[0].startswith("*"):
                    continue
                # Several numbers in a cell may part where one ends: "13.7 / 7.4 / 10.7 %".
                ends = cell.strip("*").replace(" / ", "/").replace(" · ", "·")
                if ends[:1] in "+-0123456789" and "within" not in ends:
                    assert " " not in ends, cell


@pytest.mark.parametrize("name", ["pair", "three", "one"])
def test_up_to_three_funds_stand_under_one_head(name: str) -> None:
    rows = whole_rows(name)
    assert [row[0] for row in rows if row[0].startswith("*")] == ["*Figure*"]
    assert rows[0][1 : 1 + len(world(name).symbols)] == [f"*{each}*" for each in world(name).symbols]


def test_every_row_of_the_groups_stands_in_the_whole_table_once() -> None:
    """Under one head a label says itself what its group would."""
    labels = [row[0].replace(NBSP, " ") for row in whole_rows("pair")[1:]]
    assert len(labels) == len(set(labels)) == sum(len(group.rows) for group in groups(world("pair")))
    assert {"1 year", "Beta, against SPSM", "Correlation, against SPSM", "Sector: Technology"} <= set(labels)


def test_of_more_funds_the_main_figures_lie_down() -> None:
    rows = whole_rows("six")
    heads = [at for at, row in enumerate(rows) if row[0] == "*Fund*"]
    assert heads
    for at in heads:
        assert [row[0] for row in rows[at + 1 : at + 7]] == list(world("six").symbols)
        assert all(cell.startswith("*") or cell == NONE for cell in rows[at])
    shown = {cell.strip("*").replace(NBSP, " ") for at in heads for cell in rows[at][1:]} - {NONE}
    assert {"Beta, against SPY", "Sector: Technology"} <= shown, "each says what its group would"
    assert len(shown) == sum(len(group.main) for group in groups(world("six")))


def test_two_funds_have_a_difference_and_three_have_none() -> None:
    assert whole_rows("pair")[0][1:] == ["*ISCB*", "*SPSM*", f"*ISCB{NBSP}-{NBSP}SPSM*"]
    assert whole_rows("three")[0][1:] == ["*ISCB*", "*SPSM*", "*SPY*"]


def test_the_better_value_is_bold_and_nothing_else_is() -> None:
    rows = {row[0]: row[1:] for row in whole_rows("pair")}
    assert rows["Expense ratio"] == [f"0.04{NBSP}%", f"*0.03{NBSP}%*", f"+1{NBSP}bp"]
    assert not any(cell.startswith("*") for cell in rows["Beta, against SPSM"])


def test_a_line_with_few_figures_is_filled_with_dashes() -> None:
    assert all(len(row) == COLUMNS for row in whole_rows("six_one_month"))
    assert len(world("three").symbols) == MOST_TALL


def test_plain_cells_take_no_markup() -> None:
    for block in tables("rate_index"):
        for row in block["rows"]:
            assert {cell["type"] for cell in row} <= {"raw_text", "rich_text"}
