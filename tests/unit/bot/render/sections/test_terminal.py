"""The terminal shows what Slack shows."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console

from analytics.notes import Note, NoteKind
from bot.render import text
from bot.render.sections.comparison import comparison_heading, remark_sentences
from bot.render.sections.finding import finding, plain_finding
from bot.render.sections.table import groups
from bot.render.terminal import render_terminal
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.worlds import world


def printed(name: str, width: int = 200, *notes: Note, styled: bool = False) -> str:
    out = StringIO()
    console = Console(file=out, width=width, highlight=False, color_system="standard" if styled else None)
    console.print(render_terminal(world(name), notes))
    return out.getvalue()


@pytest.mark.parametrize("name", ["pair", "six", "rate_index"])
def test_holds_everything(name: str) -> None:
    shown, found = printed(name, 3000), world(name)
    assert comparison_heading(found) in shown
    assert all(plain_finding([sentence]) in shown for sentence in finding(found))
    assert all(remark in shown for remark in remark_sentences(found, ()))
    for group in groups(found):
        assert group.title in shown
        for row in group.rows:
            assert row.label in shown
            assert all(cell in shown for cell in row.cells)


def test_a_dash_has_its_reason_below_the_table() -> None:
    assert "– prices begin 10 Jan 2022 (ISCB)" in printed("young").replace(text.NBSP, " ")
    lines = printed("partial").splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("– not known (ISCB: fund facts)"))
    assert lines[at - 1].startswith("  Industrials")


def test_no_markup_of_slack_is_left() -> None:
    assert "*" not in printed("pair")
    assert "_" not in printed("pair")


def test_notes_of_the_sources_are_shown() -> None:
    assert "ISCB: no fund facts (x)." in printed(
        "pair", 100, Note(NoteKind.NO_PROFILE, "ISCB", {"cause": "x"})
    )


def test_fits_eighty_columns() -> None:
    for name in ("pair", "three"):
        assert max(map(len, printed(name, 80).splitlines())) <= 80


@pytest.mark.parametrize("width", [40, 60, 72, 80, 120, 200])
@pytest.mark.parametrize("name", ["pair", "three", "six", "two_currencies"])
def test_no_word_and_no_number_is_broken_and_no_column_is_lost(name: str, width: int) -> None:
    found = world(name)
    shown = printed(name, width)
    assert max(map(len, shown.splitlines())) <= width
    assert "…" not in shown
    table = shown[shown.index("\nReturn") :]
    words = set(re.split("[ \n]+", table))
    for group in groups(found):
        assert set(group.title.split(" ")) <= words
        for row in group.rows:
            assert set(row.label.split(" ")) <= words
            assert all(re.search(rf"(?<=  ){re.escape(cell)}(?=  |\s*\n)", table) for cell in row.cells)
    assert all(re.search(rf"^ .*  {symbol}(?!\S)", shown, re.MULTILINE) for symbol in found.symbols)


@pytest.mark.parametrize("width", [48, 56, 64])
def test_what_is_left_of_a_label_stands_deeper_than_any_row(width: int) -> None:
    """Six funds leave no room for the longest labels."""
    lines = printed("six", width).splitlines()
    numbers = re.compile(r"[\d–]")
    at = next(index for index, line in enumerate(lines) if line.strip() == "Return")
    rows = [line for line in lines[at:] if line.strip()][: sum(len(g.rows) + 1 for g in groups(world("six")))]
    wrapped = [line for line in rows if line.startswith("    ")]
    assert wrapped
    assert all(numbers.search(line) for line in rows if re.match(r"  \S", line))
    assert all(max(map(len, rows)) <= width for line in rows)


def test_the_better_value_is_bold() -> None:
    shown = printed("pair", 100, styled=True)
    assert re.search(r"\x1b\[1m *0\.03", shown)
    assert not re.search(r"\x1b\[1m *0\.04", shown)


def test_reads_well(snapshot: Snapshot) -> None:
    lines = (line.rstrip() for line in printed("pair", 100).replace(text.NBSP, " ").splitlines())
    snapshot("terminal_pair", "\n".join(lines))


@pytest.mark.parametrize("width", [60, 100])
def test_six_funds_read_well(width: int, snapshot: Snapshot) -> None:
    lines = (line.rstrip() for line in printed("six", width).replace(text.NBSP, " ").splitlines())
    snapshot(f"terminal_six_in_{width}", "\n".join(lines))
