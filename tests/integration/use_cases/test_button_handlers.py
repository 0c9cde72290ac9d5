"""Buttons open forms and forms check their fields, at once and without data."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import FixedClock
from bot.model import Request
from bot.ports import Ack, Place
from bot.render import ids
from bot.use_cases.buttons import button_handlers, edited_rule, move_to_card, read_form, reason_of
from tests.integration.use_cases.room import ANN, HERE, NOW, TEAM

HANDLERS = button_handlers(FixedClock(NOW))
CARD = Place(TEAM, HERE, ANN, thread="1700000000.000001")
META = {"rule": "R7v2", "channel": HERE, "ts": "1700000000.000001"}
TEXT = "ISCB sortino 1y < 1 for 5 sessions"


def form(**fields: Any) -> str:
    """What is sent in."""
    return json.dumps({"metadata": json.dumps(META), **fields})


def opened(action: str, value: str) -> dict[str, Any]:
    view = HANDLERS[action].receive(value, CARD).form
    assert view
    return dict(view)


def test_every_button_and_form_has_a_door() -> None:
    named = {value for name, value in vars(ids).items() if name.isupper() and str(value).startswith("watch.")}
    named -= {ids.WATCH_FORM, ids.TRY, ids.TRIED}  # the form to set a rule is opened from Home, too
    assert set(HANDLERS) == named


def test_acknowledging_asks_for_a_reason_and_remembers_the_card() -> None:
    view = opened(ids.ACK, "R7v2")
    assert view["callback_id"] == ids.ACK_FORM
    assert json.loads(view["private_metadata"]) == META


def test_its_form_says_what_the_button_carries_and_an_old_one_nothing() -> None:
    value = json.dumps({"rule": "R7v2", "said": "R7 <!channel> is met: 0.94"})
    named, old = opened(ids.ACK, value)["blocks"], opened(ids.ACK, "R7v2")["blocks"]
    assert named[0]["text"]["text"] == "R7 &lt;!channel&gt; is met: 0.94"
    assert [each["block_id"] for each in old] == [ids.DECIDED, ids.REASON]
    assert named[1:] == old


def test_editing_begins_with_the_rules_own_text() -> None:
    view = opened(ids.EDIT, json.dumps({"rule": "R7v2", "text": TEXT}))
    assert view["callback_id"] == ids.EDIT_FORM
    assert json.loads(view["private_metadata"]) == META
    assert view["blocks"][0]["element"]["initial_value"] == TEXT


@pytest.mark.parametrize(("action", "value"), [(ids.ACK, "R7v2"), (ids.EDIT, '{"rule": "R7v2"}')])
def test_a_form_is_asked_from_within_a_thread_where_it_was_opened_there(action: str, value: str) -> None:
    asked = Request("V1", action, "", TEAM, "", ANN, NOW)
    for place in (CARD, replace(CARD, within=True)):
        form = HANDLERS[action].receive(value, place).form
        assert form
        sent = replace(asked, text=json.dumps({"metadata": form["private_metadata"]}))
        assert Place.of(move_to_card(sent)) == place
    assert not read_form('{"metadata": "{\\"rule\\": \\"R7v2\\", \\"within\\": 1}"}').within


def test_a_press_outside_a_thread_names_no_card() -> None:
    view = HANDLERS[ids.ACK].receive("R7v2", Place(TEAM, HERE, ANN)).form
    assert view
    assert json.loads(view["private_metadata"])["ts"] == ""


@pytest.mark.parametrize("action", [ids.SNOOZE, ids.WHY, ids.HISTORY, ids.DELETE, ids.KEEP])
def test_other_buttons_go_on(action: str) -> None:
    reads = action in {ids.WHY, ids.HISTORY}
    assert HANDLERS[action].receive("R7v2", CARD) == Ack(work=True, open=reads)


@pytest.mark.parametrize(
    "value", ["", "R7", "7v1", "R0v1", "R7v0", "R-1v1", "R7v1 ", "R9999999999v1", "<!channel>"]
)
def test_a_value_that_is_none_of_ours_goes_nowhere(value: str) -> None:
    for handler in HANDLERS.values():
        taken = handler.receive(value, CARD)
        assert taken.reply
        assert not taken.work
        assert taken.form is None


@pytest.mark.slow
@given(
    st.sampled_from(sorted(HANDLERS)), st.text() | st.binary().map(str) | st.from_type(dict).map(json.dumps)
)
def test_no_text_breaks_a_door(action: str, text: str) -> None:
    HANDLERS[action].receive(text, CARD)


def test_a_reason_is_read_on_one_line() -> None:
    text = form(reason="  looked\nat it  ")
    assert HANDLERS[ids.ACK_FORM].receive(text, CARD) == Ack(work=True)
    assert reason_of(read_form(text)) == "looked at it"
    assert len(reason_of(read_form(form(reason="x" * 5000)))) == 300


@pytest.mark.parametrize("reason", ["", "  \n ", None])
def test_a_reason_has_to_be_given(reason: str | None) -> None:
    taken = HANDLERS[ids.ACK_FORM].receive(form(reason=reason), CARD)
    assert list(taken.faults or {}) == [ids.REASON]
    assert not taken.work


def test_a_rules_words_are_checked_at_the_field() -> None:
    assert HANDLERS[ids.EDIT_FORM].receive(form(rule=TEXT), CARD) == Ack(work=True)
    watch = edited_rule(read_form(form(rule=TEXT)), NOW.date())
    assert (watch.number, watch.text) == (7, TEXT)


@pytest.mark.parametrize(
    "text",
    ["", "ISCB sortino <", "list", "help", "delete R7", f"test {TEXT}", f"edit R8 {TEXT}", "ISCB " * 400],
)
def test_what_is_no_rule_alone_is_a_fault_of_the_field(text: str) -> None:
    taken = HANDLERS[ids.EDIT_FORM].receive(form(rule=text), CARD)
    assert list(taken.faults or {}) == [ids.RULE_TEXT]
    assert not taken.work
    assert 0 < len((taken.faults or {})[ids.RULE_TEXT]) <= 2000
    assert "`" not in (taken.faults or {})[ids.RULE_TEXT]
