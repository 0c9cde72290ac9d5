"""The table block: what Slack accepts and a phone shows."""

from __future__ import annotations

import pytest

from bot.render import text
from bot.render.sections.comparison import COLUMNS, table_block
from bot.render.text import NBSP
from tests.unit.bot.render.sections.reading import cells
from tests.unit.bot.render.sections.worlds import in_every_mood, world
from tests.violations import violations


@in_every_mood
def test_four_columns_and_no_empty_cell(name: str) -> None:
    block = table_block(world(name))
    rows = cells(block)
    assert {len(row) for row in rows} <= {3, COLUMNS}
    assert len({len(row) for row in rows}) == 1
    assert len(block["column_settings"]) == len(rows[0])
    assert all(cell.strip("* ") for row in rows for cell in row)
    assert violations([block]) == []


@in_every_mood
def test_a_number_never_wraps_from_its_unit(name: str) -> None:
    for row in cells(table_block(world(name))):
        for cell in row[1:]:
            if cell.strip("*")[:1] in "+-0123456789":
                assert " " not in cell, cell


@pytest.mark.parametrize("name", ["pair", "three", "six"])
def test_every_group_repeats_its_heads(name: str) -> None:
    rows = cells(table_block(world(name)))
    heads = [row for row in rows if row[0].startswith("*")]
    assert [row[0] for row in heads][:2] == ["*Return*", "*Risk*"]
    assert all(cell.startswith("*") or cell == text.NONE for row in heads for cell in row)
    if name == "six":
        assert [row[0] for row in rows[1:7]] == list(world("six").symbols)
    else:
        assert {tuple(row[1:]) for row in heads} == {tuple(rows[0][1:])}


def test_two_funds_have_a_difference_and_three_have_none() -> None:
    assert cells(table_block(world("pair")))[0][1:] == ["*ISCB*", "*SPSM*", f"*ISCB{NBSP}-{NBSP}SPSM*"]
    assert cells(table_block(world("three")))[0][1:] == ["*ISCB*", "*SPSM*", "*SPY*"]


def test_the_better_value_is_bold_and_nothing_else_is() -> None:
    rows = {row[0]: row[1:] for row in cells(table_block(world("pair")))}
    assert rows["Expense ratio"] == [f"0.04{text.NBSP}%", f"*0.03{text.NBSP}%*", f"+1{text.NBSP}bp"]
    assert not any(cell.startswith("*") for cell in rows["Beta"])


def test_a_group_with_few_figures_is_filled_with_dashes() -> None:
    rows = cells(table_block(world("six_one_month")))
    assert all(len(row) == COLUMNS for row in rows)


def test_plain_cells_take_no_markup() -> None:
    for row in table_block(world("rate_index"))["rows"]:
        assert {cell["type"] for cell in row} <= {"raw_text", "rich_text"}
