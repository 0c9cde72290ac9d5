"""What forms are built of keeps within Slack's limits, whatever is to stand in it first."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import blocks
from bot.render.limits import METADATA, OPTION_TEXT
from tests.violations import view_violations


def view(element: dict[str, Any]) -> dict[str, Any]:
    return blocks.modal("some.form", "A form", "Send", "{}", blocks.field("name", "Label", element))


def test_a_modal_has_a_title_two_buttons_and_its_fields() -> None:
    made = view(blocks.text_field(most=10))
    assert (made["type"], made["callback_id"], made["private_metadata"]) == ("modal", "some.form", "{}")
    assert [made[name]["text"] for name in ("title", "submit", "close")] == ["A form", "Send", "Cancel"]
    assert [block["block_id"] for block in made["blocks"]] == ["name"]


def test_metadata_is_cut_to_what_slack_keeps() -> None:
    assert len(blocks.modal("f", "t", "s", "x" * 9000)["private_metadata"]) == METADATA


def test_a_field_is_called_alike_in_both_places_and_asked_for_unless_it_is_optional() -> None:
    asked = blocks.field("funds", "Funds", blocks.text_field(most=10))
    assert asked["block_id"] == asked["element"]["action_id"] == "funds"
    assert "optional" not in asked
    assert "hint" not in asked
    spared = blocks.field("funds", "Funds", blocks.text_field(most=10), "A hint.", optional=True)
    assert (spared["optional"], spared["hint"]["text"]) == (True, "A hint.")


@given(st.text(max_size=60))
def test_any_first_value_of_a_text_is_taken(now: str) -> None:
    element = blocks.text_field(now, "ISCB", most=20)
    assert view_violations(view(element)) == []
    assert element.get("initial_value", "") == (now[:20] if now.strip() else "")


def test_a_first_value_that_is_blank_once_it_is_cut_is_left_out() -> None:
    assert "initial_value" not in blocks.text_field(" " * 20 + "ISCB", most=20)


def test_a_menu_begins_with_its_option_and_cuts_long_labels() -> None:
    made = blocks.menu_field({"1y": "1 year", "5y": "y" * 200}, "1y")
    assert made["initial_option"] == made["options"][0]
    assert len(made["options"][1]["text"]["text"]) == OPTION_TEXT
    assert "initial_option" not in blocks.menu_field({"1y": "1 year"}, "7y")
    assert "initial_option" not in blocks.menu_field({"1y": "1 year"})


def test_a_menu_in_groups_begins_with_an_option_of_any_group() -> None:
    made = blocks.grouped_menu_field({"Risk": {"ulcer": "Ulcer"}, "Cost": {"fee": "Fee"}}, "fee")
    assert [group["label"]["text"] for group in made["option_groups"]] == ["Risk", "Cost"]
    assert made["initial_option"] == made["option_groups"][1]["options"][0]


def test_an_option_that_slack_would_refuse_is_left_out() -> None:
    made = blocks.menu_field({"x" * 151: "Long", "": "None", "1y": "1 year"}, "x" * 151)
    assert [option["value"] for option in made["options"]] == ["1y"]
    assert "initial_option" not in made


@pytest.mark.parametrize(
    ("element", "key", "first"),
    [
        (blocks.date_field("2026-01-16"), "initial_date", "2026-01-16"),
        (blocks.time_field("08:30"), "initial_time", "08:30"),
        (blocks.channel_field("C1"), "initial_conversation", "C1"),
        (blocks.channel_field(), "default_to_current_conversation", True),
        (blocks.number_field(5, 1, 250), "initial_value", "5"),
    ],
)
def test_what_stands_first(element: dict[str, Any], key: str, first: object) -> None:
    assert element[key] == first
    assert view_violations(view(element)) == []


def test_nothing_stands_first_where_nothing_is_given() -> None:
    for element in (blocks.date_field(), blocks.time_field(), blocks.choice_field({"on": "On"})):
        assert not [key for key in element if key.startswith("initial")]


def test_a_number_has_its_bounds_as_slack_wants_them() -> None:
    made = blocks.number_field(5, 1, 250)
    assert (made["min_value"], made["max_value"], made["is_decimal_allowed"]) == ("1", "250", False)
