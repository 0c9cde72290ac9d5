"""A slot becomes its file, or nothing."""

from __future__ import annotations

from bot.render.message import Block, fill_slots

TEXT: Block = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}


def slot(name: str) -> Block:
    return {"type": "image", "alt_text": f"About {name}", "slot": name}


def test_slots_become_files_in_their_places() -> None:
    filled = fill_slots([slot("growth"), TEXT, slot("sectors")], {"sectors": "F2", "growth": "F1"})
    assert filled == [
        {"type": "image", "alt_text": "About growth", "slack_file": {"id": "F1"}},
        TEXT,
        {"type": "image", "alt_text": "About sectors", "slack_file": {"id": "F2"}},
    ]


def test_a_slot_without_a_file_is_left_out() -> None:
    assert fill_slots([slot("growth"), TEXT], {}) == [TEXT]
    assert fill_slots([slot("growth"), TEXT], {"growth": ""}) == [TEXT]


def test_the_blocks_themselves_stay_as_they_are() -> None:
    blocks = [slot("growth")]
    fill_slots(blocks, {"growth": "F1"})
    assert blocks == [slot("growth")]


def test_a_file_that_no_slot_wants_is_ignored() -> None:
    assert fill_slots([TEXT], {"growth": "F1"}) == [TEXT]
