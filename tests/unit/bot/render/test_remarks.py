"""Remarks in a message are whole or not there: what has no room is counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.render.blocks import remarks_block
from bot.render.fit import fit_blocks
from tests.violations import violations


def lines(remarks: list[str]) -> list[str]:
    return [line for block in remarks_block(remarks) for line in block["elements"][0]["text"].split("\n")]


def test_no_remark_no_block() -> None:
    assert remarks_block([]) == []


def test_each_on_a_line_in_italics_and_escaped() -> None:
    assert lines(["A < B.", "C & D."]) == ["_A &lt; B._", "_C &amp; D._"]


def test_forty_long_remarks_end_with_a_count_and_no_half_one() -> None:
    remarks = [f"FUND{number}: {'the adjusted close and the dividend differ; ' * 3}" for number in range(40)]
    *told, last = lines(remarks)
    assert told == [f"_{remark}_" for remark in remarks[: len(told)]]
    assert last == f"and {40 - len(told)} more remarks"
    assert 15 < len(told) < 40
    (block,) = remarks_block(remarks)
    assert fit_blocks([block]) == (block,)


def test_one_that_is_left_over_is_one_remark() -> None:
    assert lines(["a" * 2000, "b" * 2000])[-1] == "and 1 more remark"


@given(st.lists(st.text(st.characters(exclude_characters="\n\r"), min_size=1, max_size=900), max_size=40))
def test_whatever_is_remarked_fits_unchanged(remarks: list[str]) -> None:
    blocks = remarks_block(remarks)
    assert violations(blocks) == []
    assert len(blocks) == bool(remarks)
