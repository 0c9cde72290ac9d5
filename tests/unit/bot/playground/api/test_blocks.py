"""What the workspace refuses in blocks, one by one, each with the pointer that Slack gives."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from bot.playground.api.blocks import message_faults, view_faults, with_ids
from bot.render.limits import weight

Node = dict[str, Any]


def plain(words: str = "x") -> Node:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str = "x") -> Node:
    return {"type": "mrkdwn", "text": words}


def section(words: str = "x", **more: Any) -> Node:
    return {"type": "section", "text": mrkdwn(words), **more}


def table(*rows: list[str], **more: Any) -> Node:
    return {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows],
        **more,
    }


def button(**more: Any) -> Node:
    return {"type": "button", "text": plain(), **more}


def menu(options: int, kind: str = "static_select", **more: Any) -> Node:
    listed = [{"text": plain(), "value": str(number)} for number in range(options)]
    return {"type": kind, "options": listed, **more}


def actions(*elements: Node) -> Node:
    return {"type": "actions", "elements": list(elements)}


def image(**more: Any) -> Node:
    return {"type": "image", "alt_text": "x", "image_url": "https://example.com/a.png", **more}


def rich(*texts: str) -> Node:
    parts = [{"type": "text", "text": words} for words in texts]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}


def prompt(element: Node, **more: Any) -> Node:
    return {"type": "input", "label": plain(), "element": element, **more}


def found(*blocks: Any) -> list[str]:
    return message_faults(list(blocks))


def in_view(*blocks: Node) -> list[str]:
    view = {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks)}
    return view_faults(view, "modal")


ACCEPTED: list[Node] = [
    section("x" * 3000),
    section(accessory=button(action_id="a", value="v" * 2000, style="danger")),
    {"type": "section", "fields": [mrkdwn("x" * 2000)] + [mrkdwn()] * 9},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider", "block_id": "b" * 255},
    {"type": "context", "elements": [mrkdwn()] * 9 + [image()]},
    actions(*[button(action_id=str(number)) for number in range(25)]),
    actions(menu(5, "overflow"), menu(100)),
    image(alt_text="x" * 2000, title=plain("x" * 2000)),
    {"type": "image", "alt_text": "x", "slack_file": {"id": "F1"}},
    rich("x"),
    table(*[["x"] * 20] * 100, column_settings=[{"align": "right"}] * 20),
    table(["–", "ISCB"], ["Return", "16.1 %"]),
    {"type": "table", "rows": [[rich("bold"), {"type": "raw_text", "text": "x"}]]},
]


@pytest.mark.parametrize("block", ACCEPTED, ids=lambda block: str(block["type"]))
def test_what_is_within_the_limits_is_taken(block: Node) -> None:
    assert found(block) == []


REFUSED: list[tuple[Node, str]] = [
    (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    (section(" "), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ({"type": "section"}, "missing required field: text [json-pointer:/blocks/0]"),
    (
        {"type": "section", "fields": [mrkdwn()] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        {"type": "section", "fields": [mrkdwn("x" * 2001)]},
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (section(slot="growth"), "invalid additional property: slot [json-pointer:/blocks/0]"),
    ({"type": "header", "text": mrkdwn()}, "must be a valid enum value [json-pointer:/blocks/0/text/type]"),
    (
        {"type": "header", "text": plain("x" * 151)},
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        {"type": "context", "elements": [mrkdwn()] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    ({"type": "context", "elements": []}, "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    (actions(*[button()] * 26), "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    (
        actions(button(action_id="a"), button(action_id="a")),
        "action_id a already exists [json-pointer:/blocks/0/elements]",
    ),
    (
        actions(button(text=plain("x" * 76))),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        actions(button(value="x" * 2001)),
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        actions(button(action_id="x" * 256)),
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    (actions(button(style="green")), "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"),
    (
        actions(menu(6, "overflow")),
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (actions(menu(101)), "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    (actions(menu(0)), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    (
        actions(menu(1, initial_option={"text": plain("y"), "value": "9"})),
        "initial option must match an option exactly [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
    (
        actions({"type": "plain_text_input"}),
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        {"type": "image", "image_url": "https://example.com/a.png"},
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    (image(alt_text="x" * 2001), "must be less than 2001 characters [json-pointer:/blocks/0/alt_text]"),
    (image(alt_text=""), "must be more than 0 characters [json-pointer:/blocks/0/alt_text]"),
    (
        image(slack_file={"id": "F1"}),
        "must provide exactly one of image_url and slack_file [json-pointer:/blocks/0]",
    ),
    (rich(""), "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]"),
    (
        {"type": "divider", "block_id": "b" * 256},
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    ),
    (table(["–", ""]), "must be more than 0 characters [json-pointer:/blocks/0/rows/0/1/text]"),
    (
        {"type": "table", "rows": [[rich(" ")]]},
        "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/elements]",
    ),
    (table(*[["x"]] * 101), "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    (table(["x"] * 21), "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    (table(["x" * 5001, "x" * 5000]), "must be less than 10001 characters [json-pointer:/blocks/0/rows]"),
    (
        table(["x"], column_settings=[{"align": "middle"}]),
        "must be a valid enum value [json-pointer:/blocks/0/column_settings/0/align]",
    ),
    (
        {"type": "table", "rows": [[mrkdwn()]]},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/rows/0/0/type]",
    ),
    ({"type": "carousel"}, "unsupported type: carousel [json-pointer:/blocks/0/type]"),
    (prompt({"type": "plain_text_input"}), "unsupported type: input [json-pointer:/blocks/0/type]"),
]


@pytest.mark.parametrize(("block", "detail"), REFUSED, ids=[detail[:60] for _, detail in REFUSED])
def test_what_is_beyond_them_is_refused_with_its_pointer(block: Node, detail: str) -> None:
    assert detail in found(block)


def test_the_pointer_counts_the_blocks_before_it() -> None:
    assert found(section(), section(), section("")) == [
        "must be more than 0 characters [json-pointer:/blocks/2/text/text]"
    ]


def test_a_51st_block() -> None:
    assert found(*[section()] * 50) == []
    assert found(*[section()] * 51) == ["no more than 50 items allowed [json-pointer:/blocks]"]


def test_a_second_table() -> None:
    assert found(table(["x"]), section(), table(["x"])) == ["only_one_table_allowed [json-pointer:/blocks/2]"]


def test_one_id_for_two_blocks() -> None:
    twice = [section(block_id="b"), section(block_id="b")]
    assert found(*twice) == ["block_id b already exists [json-pointer:/blocks]"]


@pytest.mark.parametrize("blocks", ["[]", [section(), "section"], {"type": "section"}])
def test_blocks_that_are_no_blocks(blocks: object) -> None:
    assert message_faults(blocks) == ["must provide an array of objects [json-pointer:/blocks]"]


class TestInViews:
    def test_inputs_are_taken_there(self) -> None:
        assert (
            in_view(prompt({"type": "plain_text_input"}), prompt(menu(3)), prompt(menu(2, "checkboxes")))
            == []
        )

    def test_tables_are_not(self) -> None:
        assert in_view(table(["x"])) == ["unsupported type: table [json-pointer:/view/blocks/0/type]"]

    def test_a_button_is_no_input(self) -> None:
        assert in_view(prompt(button())) == [
            "unsupported type: button [json-pointer:/view/blocks/0/element/type]"
        ]

    def test_an_input_needs_its_label(self) -> None:
        nameless = {"type": "input", "element": {"type": "plain_text_input"}}
        assert in_view(nameless) == ["must provide an object [json-pointer:/view/blocks/0/label]"]


def test_all_the_text_of_a_message_is_counted() -> None:
    assert weight([section("12345"), image(alt_text="123", title=plain("12"))]) == 10


def test_whatever_has_no_id_gets_one() -> None:
    numbers = itertools.count(1)
    named = section(block_id="mine", accessory=button())
    shown = with_ids([named, actions(button(action_id="own"), menu(1))], lambda: f"id{next(numbers)}")
    assert shown[0]["block_id"] == "mine"
    assert [shown[0]["accessory"]["action_id"], shown[1]["block_id"]] == ["id1", "id3"]
    assert [each["action_id"] for each in shown[1]["elements"]] == ["own", "id2"]
    assert named == section(block_id="mine", accessory=button())
