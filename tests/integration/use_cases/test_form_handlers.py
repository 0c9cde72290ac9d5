"""Forms open from buttons and shortcuts and become commands where they were opened; nothing breaks them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.query import Query as Comparing
from analytics.window import parse
from bot.clock import FixedClock
from bot.model import SectionQuery, ThreadContext
from bot.ports import Ack, Handler, Place
from bot.render import forms, ids
from bot.use_cases.forms import form_handlers
from tests.fakes.filled_forms import (
    HANDLERS,
    IN_THREAD,
    NOWHERE,
    PLACE,
    THREAD,
    TODAY,
    faults,
    opened,
    said,
    sent,
    state,
)
from tests.integration.use_cases.room import ANN, HERE, NOW, TEAM
from tests.violations import view_violations

OPENERS = {name: handler for name, handler in HANDLERS.presses.items() if name != ids.TRY}
"""What opens a form; a field that is heard at once only has the form looked at, by a worker."""
ALL: dict[str, Handler] = {**OPENERS, **HANDLERS.forms, **HANDLERS.shortcuts}
OPENING: dict[str, Handler] = {**OPENERS, **HANDLERS.shortcuts}
RIGHT: dict[str, dict[str, Any]] = {
    ids.COMPARE_FORM: {"funds": "ISCB SPSM"},
    ids.WATCH_FORM: {"fund": "ISCB", "threshold": "1.0"},
    ids.DIGEST_FORM: {"state": "on"},
}
COMMANDS = {
    ids.COMPARE_FORM: ("/compare", "ISCB SPSM 1y"),
    ids.WATCH_FORM: ("/watch", "ISCB sortino 1y < 1 for 5 sessions"),
    ids.DIGEST_FORM: ("/digest", "on"),
}
OPENS = {
    ids.COMPARE_FORM: ids.OPEN_COMPARE,
    ids.WATCH_FORM: ids.OPEN_WATCH,
    ids.DIGEST_FORM: ids.OPEN_DIGEST,
}


def test_every_button_form_and_shortcut_has_a_door() -> None:
    assert set(HANDLERS.presses) == {ids.OPEN_COMPARE, ids.OPEN_WATCH, ids.OPEN_DIGEST, ids.TRY}
    assert set(HANDLERS.forms) == {ids.COMPARE_FORM, ids.WATCH_FORM, ids.DIGEST_FORM}
    assert set(HANDLERS.shortcuts) == {ids.COMPARE_FUNDS, ids.COMPARE_NAMED}


@pytest.mark.parametrize("form", COMMANDS)
def test_a_form_becomes_a_command_where_it_was_opened(form: str) -> None:
    view = opened(HANDLERS.presses[OPENS[form]], place=IN_THREAD)
    assert view["callback_id"] == form
    assert json.loads(view["private_metadata"]) == {"channel": HERE, "thread": THREAD}
    taken = sent(view, Place(TEAM, HERE, ANN), **RIGHT[form])
    assert (taken.handler, said(taken)) == COMMANDS[form]
    assert taken.place == Place(TEAM, HERE, ANN, thread=THREAD)


@pytest.mark.parametrize("form", COMMANDS)
def test_outside_channels_a_form_asks_for_one(form: str) -> None:
    view = opened(HANDLERS.presses[OPENS[form]], "home", NOWHERE)
    assert forms.WHERE in state(view)
    assert list(faults(sent(view, NOWHERE, **RIGHT[form]))) == [forms.WHERE]
    taken = sent(view, NOWHERE, where="C7", **RIGHT[form])
    assert said(taken) == COMMANDS[form][1]
    assert taken.place == Place(TEAM, "C7", ANN)


@pytest.mark.parametrize("where", [None, "", "general", "#general", "<#C7>", "C7 C8", 7, ["C7"], "D0BEN"])
def test_only_an_id_of_a_channel_is_one(where: object) -> None:
    view = opened(HANDLERS.presses[ids.OPEN_COMPARE], place=NOWHERE)
    found = faults(sent(view, NOWHERE, where=where, funds="ISCB SPSM"))
    assert found == {forms.WHERE: "Choose a channel; the answer goes there."}


@pytest.mark.parametrize("form", COMMANDS)
def test_slacks_way_to_reply_comes_along(form: str) -> None:
    """A channel that the bot is not in takes an answer only through it."""
    place = replace(IN_THREAD, reply_url="https://hooks.slack.com/actions/T1/1/x")
    taken = sent(opened(HANDLERS.presses[OPENS[form]], place=place), PLACE, **RIGHT[form])
    assert taken.place == place


@pytest.mark.parametrize("form", COMMANDS)
def test_opened_from_within_a_thread_it_is_asked_from_within(form: str) -> None:
    place = replace(IN_THREAD, within=True)
    taken = sent(opened(HANDLERS.presses[OPENS[form]], place=place), PLACE, **RIGHT[form])
    assert taken.place == place


def test_strangers_may_compare_and_set_nothing() -> None:
    for name, handler in OPENING.items():
        assert handler.receive("", PLACE).open == (name not in {ids.OPEN_WATCH, ids.OPEN_DIGEST})
    for form, right in RIGHT.items():
        view = opened(HANDLERS.presses[OPENS[form]])
        for fields_sent in (right, {}):
            assert sent(view, **fields_sent).open == (form == ids.COMPARE_FORM)


def test_what_a_conversation_is_about_fills_in_the_forms() -> None:
    about = SectionQuery("watch", ThreadContext(Comparing(("ISCB", "SPSM"), parse("5y"), TODAY))).value
    watch = state(opened(HANDLERS.presses[ids.OPEN_WATCH], about))
    assert (watch["fund"], watch["measure"], watch["window"], watch["then"]) == (
        "ISCB",
        "sortino",
        "5y",
        "SPSM",
    )
    compare = state(opened(HANDLERS.presses[ids.OPEN_COMPARE], about))
    assert (compare["funds"], compare["window"]) == ("ISCB SPSM", "5y")


NO_FUND = SectionQuery("watch", ThreadContext(Comparing((), parse("1y"), TODAY))).value


@pytest.mark.parametrize(
    "value", ["", "home", "welcome", "{}", "[]", SectionQuery("watch").value, '{"text": 1}', NO_FUND]
)
def test_a_button_without_a_topic_opens_an_empty_form(value: str) -> None:
    for name in (ids.OPEN_COMPARE, ids.OPEN_WATCH):
        assert opened(HANDLERS.presses[name], value) == opened(HANDLERS.presses[name])


def test_the_global_shortcut_opens_an_empty_form() -> None:
    view = opened(HANDLERS.shortcuts[ids.COMPARE_FUNDS], "", NOWHERE)
    assert state(view)["funds"] is None
    assert forms.WHERE in state(view)


def hint(view: dict[str, Any]) -> str:
    return str(view["blocks"][0]["hint"]["text"])


def test_a_message_that_names_funds_fills_them_in_and_gets_the_answer() -> None:
    text = "Should we look at ISCB or SPSM again?"
    view = opened(HANDLERS.shortcuts[ids.COMPARE_NAMED], text, IN_THREAD)
    assert state(view)["funds"] == "ISCB SPSM"
    assert hint(view) == "One to six symbols, in the order of the columns."
    taken = sent(view)
    assert said(taken) == "ISCB SPSM 1y"
    assert taken.place == IN_THREAD


@pytest.mark.parametrize(
    ("text", "funds", "remark"),
    [
        ("good morning", None, "That message names no fund that can be read."),
        ("", None, "That message names no fund that can be read."),
        ("What about ISCB?", "ISCB", "That message names one fund only."),
        (
            "ISCB SPSM IWM VB IJR VTWO SCHA",
            "ISCB SPSM IWM VB IJR VTWO",
            "That message names 7 funds; the first 6 stand here.",
        ),
    ],
)
def test_a_message_that_names_too_few_or_too_many_says_so(text: str, funds: str | None, remark: str) -> None:
    view = opened(HANDLERS.shortcuts[ids.COMPARE_NAMED], text, IN_THREAD)
    assert state(view)["funds"] == funds
    assert hint(view).startswith(remark)


def test_what_is_known_as_a_fund_is_one() -> None:
    text = "Is F better than SPSM?"
    assert state(opened(HANDLERS.shortcuts[ids.COMPARE_NAMED], text))["funds"] == "SPSM"
    knowing = form_handlers(FixedClock(NOW), {"F"}).shortcuts[ids.COMPARE_NAMED]
    assert state(opened(knowing, text))["funds"] == "F SPSM"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 10_000, "\ud800"])
def test_what_is_no_form_is_refused_in_words(text: str) -> None:
    for handler in HANDLERS.forms.values():
        taken = handler.receive(text, PLACE)
        assert taken.reply
        assert "This form is of no message that this bot knows." in taken.reply.text
        assert not taken.work


@pytest.mark.parametrize("meta", ["", "{", "[]", "7", '{"channel": 7}', '{"channel": "<!channel>"}', None, 7])
def test_a_form_without_its_metadata_asks_where(meta: object) -> None:
    text = json.dumps({"metadata": meta, "funds": "ISCB SPSM"})
    assert list(faults(HANDLERS.forms[ids.COMPARE_FORM].receive(text, PLACE))) == [forms.WHERE]


NAMES = [value for name, value in vars(forms).items() if name.isupper() and isinstance(value, str)]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
SENT = st.dictionaries(st.sampled_from([*NAMES, "metadata"]), JSON, max_size=8)


def check(taken: Ack) -> None:
    """One of four things comes of anything: a form, faults, words or work."""
    assert [bool(taken.form), bool(taken.faults), bool(taken.reply), taken.work].count(True) == 1
    if taken.form:
        assert view_violations(taken.form) == []
    if taken.work:
        assert taken.place
        assert taken.place.channel


@settings(max_examples=150)
@given(st.sampled_from(sorted(ALL)), SENT | JSON)
def test_no_json_breaks_a_door(name: str, given_: Any) -> None:
    check(ALL[name].receive(json.dumps(given_), PLACE))


@settings(max_examples=100)
@given(st.sampled_from(sorted(ALL)), st.text(), st.sampled_from([PLACE, IN_THREAD, NOWHERE]))
def test_no_text_breaks_a_door(name: str, text: str, place: Place) -> None:
    check(ALL[name].receive(text, place))


@settings(max_examples=100)
@given(st.sampled_from(sorted(RIGHT)), st.sampled_from(NAMES), st.text(max_size=60))
def test_no_text_in_a_field_breaks_a_form(form: str, name: str, text: str) -> None:
    given_ = {**state(opened(HANDLERS.presses[OPENS[form]])), **RIGHT[form], name: text}
    meta = json.dumps({"channel": HERE, "thread": ""})
    taken = HANDLERS.forms[form].receive(json.dumps({**given_, "metadata": meta}), PLACE)
    check(taken)
    assert set(taken.faults or {}) <= {name, forms.THRESHOLD, forms.COMPARISON, forms.BENCHMARK}
