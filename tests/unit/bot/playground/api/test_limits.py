"""Every limit, as Slack writes it: at it nothing is found, one past it is, and the pointer leads there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.render.limits import ALL_TEXT, weight
from bot.render.message import Block
from tests.violations import view_violations, violations


def text(length: int, kind: str = "mrkdwn") -> Block:
    return {"type": kind, "text": "x" * length}


def plain(length: int) -> Block:
    return text(length, "plain_text")


def section(length: int = 5, **more: Any) -> Block:
    return {"type": "section", "text": text(length), **more}


def image(alt: int = 5, **more: Any) -> Block:
    return {"type": "image", "alt_text": "x" * alt, "slack_file": {"id": "F1"}, **more}


def button(**more: Any) -> Block:
    return {"type": "button", "text": plain(5), **more}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def table(rows: int, columns: int = 2, cell: int = 1, settings: int = 0) -> Block:
    cells = [{"type": "raw_text", "text": "x" * cell}] * columns
    block: Block = {"type": "table", "rows": [cells] * rows}
    return block | {"column_settings": [{"align": "right"}] * settings} if settings else block


def menu(options: int, label: int = 5) -> Block:
    option = {"text": plain(label), "value": "v"}
    return {"type": "static_select", "placeholder": plain(5), "options": [option] * options}


LIMITS: dict[str, tuple[Callable[[int], Block], int, str]] = {
    "section text": (section, 3000, "/blocks/0/text/text"),
    "fields": (lambda n: {"type": "section", "fields": [text(5)] * n}, 10, "/blocks/0/fields"),
    "field text": (lambda n: {"type": "section", "fields": [text(n)]}, 2000, "/blocks/0/fields/0/text"),
    "header": (lambda n: {"type": "header", "text": plain(n)}, 150, "/blocks/0/text/text"),
    "context": (lambda n: {"type": "context", "elements": [text(5)] * n}, 10, "/blocks/0/elements"),
    "actions": (lambda n: actions(*[button()] * n), 25, "/blocks/0/elements"),
    "button text": (lambda n: actions(button(text=plain(n))), 75, "/blocks/0/elements/0/text/text"),
    "button value": (lambda n: actions(button(value="v" * n)), 2000, "/blocks/0/elements/0/value"),
    "action id": (lambda n: actions(button(action_id="a" * n)), 255, "/blocks/0/elements/0/action_id"),
    "url": (lambda n: actions(button(url="u" * n)), 3000, "/blocks/0/elements/0/url"),
    "accessory": (lambda n: section(accessory=button(text=plain(n))), 75, "/blocks/0/accessory/text/text"),
    "options": (lambda n: actions(menu(n)), 100, "/blocks/0/elements/0/options"),
    "option text": (lambda n: actions(menu(1, n)), 75, "/blocks/0/elements/0/options/0/text/text"),
    "alt text": (image, 2000, "/blocks/0/alt_text"),
    "image title": (lambda n: image(title=plain(n)), 2000, "/blocks/0/title/text"),
    "block id": (lambda n: section(block_id="b" * n), 255, "/blocks/0/block_id"),
    "table rows": (table, 100, "/blocks/0/rows"),
    "table columns": (lambda n: table(2, n), 20, "/blocks/0/rows/0"),
    "column settings": (lambda n: table(2, 2, settings=n), 20, "/blocks/0/column_settings"),
    "table text": (lambda n: table(1, 1, n), 10_000, "/blocks/0/rows"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_block_at_its_limit_passes_and_one_past_it_does_not(name: str) -> None:
    make, limit, pointer = LIMITS[name]
    assert violations([make(limit)]) == []
    assert any(f"[json-pointer:{pointer}]" in fault for fault in violations([make(limit + 1)]))


def test_fifty_blocks_pass_and_one_more_does_not() -> None:
    assert violations([section()] * 50) == []
    assert violations([section()] * 51) == ["no more than 50 items allowed [json-pointer:/blocks]"]


def test_all_text_of_a_message_is_limited() -> None:
    full = [section(3000)] * 4
    assert sum(map(weight, full)) == ALL_TEXT
    assert violations(full) == []
    assert "all text" in violations([*full, section(1)])[0]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "section"},
        {"type": "section", "text": {"type": "mrkdwn", "text": " \n"}},
        {"type": "header", "text": {"type": "plain_text", "text": ""}},
        {"type": "context", "elements": []},
        {"type": "actions", "elements": []},
        {"type": "image", "alt_text": "", "image_url": "https://example.com/a.png"},
        {"type": "image", "alt_text": "a picture of nothing"},
        {
            "type": "image",
            "alt_text": "two",
            "image_url": "https://example.com/a.png",
            "slack_file": {"id": "F"},
        },
        {"type": "table", "rows": []},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": ""}]]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}], []]},
        {"type": "rich_text", "elements": []},
        {"type": "data_visualization"},
        {},
    ],
    ids=lambda block: str(block.get("type")),
)
def test_what_is_empty_or_unknown_is_found(block: Block) -> None:
    assert violations([block])


def test_an_empty_cell_of_rich_text_is_found_where_it_is() -> None:
    empty = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}
    full = {"type": "raw_text", "text": "a"}
    pointer = "[json-pointer:/blocks/1/rows/0/1/elements]"
    found = violations([section(), {"type": "table", "rows": [[full, empty]]}])
    assert f"must be more than 0 characters {pointer}" in found


def test_a_second_table_and_a_repeated_block_id_are_found() -> None:
    assert violations([table(2), table(2)]) == ["only_one_table_allowed [json-pointer:/blocks/1]"]
    twice = [section(block_id="a"), section(block_id="a")]
    assert violations(twice) == ["block_id a already exists [json-pointer:/blocks]"]


def field(**more: Any) -> Block:
    element = {"type": "plain_text_input", "action_id": "reason", **more}
    return {"type": "input", "block_id": "reason", "label": plain(6), "element": element}


def fields(count: int) -> list[Block]:
    return [field() | {"block_id": str(number)} for number in range(count)]


def modal(**more: Any) -> Block:
    view = {"type": "modal", "callback_id": "f", "title": plain(5), "submit": plain(4), "blocks": [field()]}
    return view | more


def test_two_buttons_of_one_action_are_found() -> None:
    first, second = button(action_id="a"), button(action_id="b")
    assert violations([actions(first), actions(first)]) == []
    assert violations([{"type": "actions", "elements": [first, second]}]) == []
    twice = [{"type": "actions", "elements": [first, first]}]
    assert violations(twice) == ["action_id a already exists [json-pointer:/blocks/0/elements]"]


@pytest.mark.parametrize(
    ("good", "bad", "pointer"),
    [
        (modal(title=plain(24)), modal(title=plain(25)), "/title/text"),
        (modal(submit=plain(24)), modal(submit=plain(25)), "/submit/text"),
        (modal(private_metadata="m" * 3000), modal(private_metadata="m" * 3001), "/private_metadata"),
        (modal(callback_id="c" * 255), modal(callback_id="c" * 256), "/callback_id"),
        (modal(blocks=fields(100)), modal(blocks=fields(101)), "/blocks"),
        (modal(), modal(blocks=[]), "/blocks"),
        (
            modal(blocks=[field(max_length=3000)]),
            modal(blocks=[field(max_length=3001)]),
            "/blocks/0/element/max_length",
        ),
        (
            modal(blocks=[field(max_length=5, initial_value="12345")]),
            modal(blocks=[field(max_length=5, initial_value="123456")]),
            "/blocks/0/element/initial_value",
        ),
        (
            modal(blocks=[field(placeholder=plain(150))]),
            modal(blocks=[field(placeholder=plain(151))]),
            "/blocks/0/element/placeholder/text",
        ),
        (
            modal(blocks=[field(action_id="a" * 255)]),
            modal(blocks=[field(action_id="a" * 256)]),
            "/blocks/0/element/action_id",
        ),
        (
            modal(blocks=[field() | {"label": plain(2000), "hint": plain(2000)}]),
            modal(blocks=[field() | {"hint": plain(2001)}]),
            "/blocks/0/hint/text",
        ),
        (modal(), modal(blocks=[field() | {"label": plain(2001)}]), "/blocks/0/label/text"),
    ],
)
def test_a_modal_at_its_limit_passes_and_one_past_it_does_not(good: Block, bad: Block, pointer: str) -> None:
    assert view_violations(good) == []
    assert any(f"[json-pointer:{pointer}]" in fault for fault in view_violations(bad))


def test_a_modal_with_a_field_needs_something_to_send_it_with() -> None:
    view = modal()
    del view["submit"]
    assert view_violations(view) == ["missing required field: submit [json-pointer:]"]


def test_a_slot_counts_as_a_picture() -> None:
    assert violations([{"type": "image", "alt_text": "growth", "slot": "growth"}]) == []
