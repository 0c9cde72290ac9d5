"""What a browser sends back, as Slack tells it to an app."""

from __future__ import annotations

from typing import Any

import pytest
from multidict import MultiDict

from bot.playground.page.forms import Drafts, NotThere, State, action_of, complaints, state_of
from bot.playground.page.viewer import Viewer
from tests.unit.bot.playground.page.kinds import (
    ACTIONS,
    MESSAGE,
    MODAL,
    OPTIONS,
    SECTION,
    Node,
    element,
    question,
)


def sent(viewer: Viewer, before: State | None = None, **fields: Any) -> State:
    form: MultiDict[str] = MultiDict()
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            form.add(f"{name}/e", each)
    return state_of(MODAL, before or {}, form, viewer)


@pytest.mark.parametrize(
    ("name", "given", "key", "value"),
    [
        ("name", "R7", "value", "R7"),
        ("note", "two\r\nlines", "value", "two\nlines"),
        ("note", "", "value", None),
        ("count", "3", "value", "3"),
        ("kind", "2", "selected_option", OPTIONS[2]),
        ("kind", "", "selected_option", None),
        ("one", "0", "selected_option", OPTIONS[0]),
        ("several", ["0", "2"], "selected_options", [OPTIONS[0], OPTIONS[2]]),
        ("several", [], "selected_options", []),
        ("who", "0", "selected_user", "U0ANN"),
        ("where", "1", "selected_conversation", "C0RANDOM"),
        ("day", "2026-12-01", "selected_date", "2026-12-01"),
        ("day", "", "selected_date", None),
        ("hour", "08:31", "selected_time", "08:31"),
        ("moment", "2026-01-16T21:00", "selected_date_time", 1768597200),
        ("moment", "2026-07-16T21:00", "selected_date_time", 1784232000),
        ("moment", "soon", "selected_date_time", None),
    ],
)
def test_values_have_slacks_form(ann: Viewer, name: str, given: Any, key: str, value: Any) -> None:
    asked = next(block["element"]["type"] for block in MODAL if block["block_id"] == name)
    assert sent(ann, **{name: given})[name]["e"] == {"type": asked, key: value}


def test_every_input_has_a_value_even_where_nothing_was_sent(ann: Viewer) -> None:
    state = sent(ann)
    assert state.keys() == {block["block_id"] for block in MODAL} - {"more"} - set()
    assert state["asked"]["e"] == {"type": "external_select", "selected_option": None}


def test_what_is_chosen_from_menus_is_remembered(ann: Viewer) -> None:
    before: State = {"a": {"snooze": {"type": "static_select", "selected_option": OPTIONS[1]}}}
    assert sent(ann, before)["a"]["snooze"]["selected_option"] == OPTIONS[1]
    assert sent(ann)["a"]["snooze"]["selected_option"] is None


def test_a_menu_begins_with_its_initial_option(ann: Viewer) -> None:
    menu = element("static_select", "m", options=OPTIONS, initial_option=OPTIONS[2])
    block = {"type": "actions", "block_id": "x", "elements": [menu]}
    assert state_of([block], {}, MultiDict(), ann)["x"]["m"]["selected_option"] == OPTIONS[2]


def press(viewer: Viewer, blocks: list[Node], what: str, **fields: str) -> tuple[Any, State]:
    form = MultiDict({name.replace("__", "/"): value for name, value in fields.items()})
    state = state_of(blocks, {}, form, viewer)
    return action_of(blocks, what, state, viewer), state


def test_a_button_is_pressed(ann: Viewer) -> None:
    action, _ = press(ann, [ACTIONS], "a/why")
    assert action == {
        "type": "button",
        "block_id": "a",
        "action_id": "why",
        "value": "7",
        "text": {"type": "plain_text", "text": "Why?"},
    }


def test_an_option_is_chosen_and_stays(ann: Viewer) -> None:
    action, state = press(ann, [ACTIONS], "a/snooze/1")
    chosen = {"type": "static_select", "selected_option": OPTIONS[1]}
    assert action == {"block_id": "a", "action_id": "snooze", **chosen}
    assert state["a"]["snooze"] == chosen


def test_an_overflow_is_chosen_and_does_not_stay(ann: Viewer) -> None:
    action, state = press(ann, [SECTION], "s/more/2")
    assert action == {"type": "overflow", "block_id": "s", "action_id": "more", "selected_option": OPTIONS[2]}
    assert state == {}


def test_a_picker_is_told_as_it_stands(ann: Viewer) -> None:
    action, _ = press(ann, MESSAGE, "more/until", more__until="2026-12-24")
    assert action["selected_date"] == "2026-12-24"


def test_quoted_names_are_found(ann: Viewer) -> None:
    block = {"type": "actions", "block_id": "a/b", "elements": [element("button", "c d", text={})]}
    action, _ = press(ann, [block], "a%2Fb/c%20d")
    assert (action["block_id"], action["action_id"]) == ("a/b", "c d")


@pytest.mark.parametrize(
    "what",
    ["", "a", "a/gone", "b/why", "a/snooze/3", "a/snooze/-1", "a/snooze/x", "a/why/0", "s/more", "None"],
)
def test_what_is_not_there_cannot_be_pressed(ann: Viewer, what: str) -> None:
    with pytest.raises(NotThere):
        press(ann, [ACTIONS, SECTION], what)


def test_a_choice_that_is_not_offered_cannot_be_sent(ann: Viewer) -> None:
    with pytest.raises(NotThere):
        sent(ann, kind="7")


def fault(viewer: Viewer, name: str, given: str) -> str | None:
    return complaints(MODAL, sent(viewer, {}, **{name: given})).get(name)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("name", "", "Please complete this required field."),
        ("name", "R", "Please enter 2 to 9 characters; these are 1."),
        ("name", "R" * 10, "Please enter 2 to 9 characters; these are 10."),
        ("name", "R7", None),
        ("one", "", "Please complete this required field."),
        ("note", "", None),
        ("count", "3", None),
        ("count", "3.5", "Please enter a whole number."),
        ("count", "0", "Please enter 1 or more."),
        ("count", "10", "Please enter 9 or less."),
        ("share", "3.5", None),
        ("share", "half", "Please enter a number."),
        ("mail", "ann", "Please enter an email address."),
        ("mail", "ann@a.org", None),
        ("link", "a.org", "Please enter a URL, with its http:// or https://."),
        ("link", "https://a.org", None),
    ],
)
def test_what_slack_refuses_before_the_app_sees_it(
    ann: Viewer, name: str, given: str, said: str | None
) -> None:
    assert fault(ann, name, given) == said


def test_required_boxes_must_be_ticked(ann: Viewer) -> None:
    block = question("some", element("checkboxes", "e", options=OPTIONS))
    state = state_of([block], {}, MultiDict(), ann)
    assert complaints([block], state) == {"some": "Please complete this required field."}


def test_drafts_are_kept_apart() -> None:
    drafts, state = Drafts(), {"b": {"a": {"type": "plain_text_input", "value": "x"}}}
    drafts.keep("U0ANN", "V1", state)
    assert drafts.of("U0ANN", "V1") == state
    assert drafts.of("U0BEN", "V1") == drafts.of("U0ANN", "V2") == {}
