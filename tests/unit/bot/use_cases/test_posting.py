"""The form for a daily post: what is left empty stays as it is, and everything reads back."""

from __future__ import annotations

import json
from datetime import time
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import DigestOff, DigestOn, read_digest
from bot.model import Digest, DigestMode
from bot.render import forms, ids
from bot.render.forms import digest_value
from tests.fakes.filled_forms import HANDLERS, IN_THREAD, NOWHERE, faults, opened, said, sent, state

EMPTY = opened(HANDLERS.presses[ids.OPEN_DIGEST])
ZONES = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
LONDON = Digest("T1", "C2", "U1", time(7, 45), "Europe/London", DigestMode.ALWAYS)


def test_a_post_is_switched_on_as_it_was() -> None:
    text = said(sent(EMPTY))
    assert text == "on"
    assert read_digest(text) == DigestOn()


@pytest.mark.parametrize(("session", "same_day"), [("same", True), ("next", False), (None, None)])
def test_a_post_may_wait_for_the_session_of_its_own_day(session: str | None, same_day: bool | None) -> None:
    text = said(sent(EMPTY, time="16:00", session=session))
    assert read_digest(text) == DigestOn(time(16), same_day=same_day)


def test_a_post_is_switched_off_whatever_else_stands_in_the_form() -> None:
    text = said(sent(EMPTY, state="off", time="half past", zone="EST", mode="loud"))
    assert read_digest(text) == DigestOff()


@pytest.mark.parametrize(
    ("zone", "named"),
    [
        ("New York", "America/New_York"),
        ("europe/zurich", "Europe/Zurich"),
        ("London ", "Europe/London"),
        ("ET", "America/New_York"),
        ("utc", "UTC"),
        (None, None),
        ("  ", None),
    ],
)
def test_a_zone_is_read_as_after_the_command(zone: str | None, named: str | None) -> None:
    text = said(sent(EMPTY, zone=zone, time="08:30", mode="quiet"))
    assert read_digest(text) == DigestOn(time(8, 30), named, DigestMode.QUIET)


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        (forms.STATE, "maybe", '"maybe" is none of the choices; choose one of these.'),
        (forms.TIME, "24:00", '"24:00" is not a time of day; write it like 08:30.'),
        (forms.TIME, "8:30", '"8:30" is not a time of day; write it like 08:30.'),
        (forms.TIME, "08:30 Tokyo", '"08:30 Tokyo" is not a time of day; write it like 08:30.'),
        (forms.ZONE, "Atlantis", '"Atlantis" is not a time zone that I know'),
        (forms.ZONE, "EST", '"EST" does not follow daylight saving; write "America/New_York".'),
        (forms.ZONE, "America", '"America" has many zones; add a city, like "America/New_York".'),
        (forms.ZONE, "London always", '"London always" is not a time zone that I know'),
        (forms.ZONE, "<!channel> `x`", "\"<!channel> 'x'\" is not a time zone that I know"),
        (forms.MODE, "loud", '"loud" is none of the choices; choose one of these.'),
    ],
)
def test_what_is_wrong_stands_at_its_field(field: str, value: str, complaint: str) -> None:
    found = faults(sent(EMPTY, **{field: value}))
    assert list(found) == [field]
    assert found[field].startswith(complaint)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    view = opened(HANDLERS.presses[ids.OPEN_DIGEST], "home", NOWHERE)
    found = faults(sent(view, time="late", zone="Atlantis", mode="loud"))
    assert set(found) == {forms.TIME, forms.ZONE, forms.MODE, forms.WHERE}


def test_a_post_that_is_known_begins_as_it_is() -> None:
    view = opened(HANDLERS.presses[ids.OPEN_DIGEST], digest_value(LONDON), NOWHERE)
    assert state(view) == {
        "state": "on",
        "time": "07:45",
        "zone": "Europe/London",
        "mode": "always",
        "session": "next",
    }
    taken = sent(view, NOWHERE, mode="quiet")
    asked = DigestOn(time(7, 45), "Europe/London", DigestMode.QUIET, same_day=False)
    assert read_digest(said(taken)) == asked
    assert taken.place
    assert (taken.place.channel, taken.place.thread) == ("C2", None)


def test_a_channel_is_named_where_it_is_another_one() -> None:
    other = opened(HANDLERS.presses[ids.OPEN_DIGEST], "C2", IN_THREAD)
    assert "<#C2>" in json.dumps(other)
    assert json.loads(other["private_metadata"]) == {"channel": "C2", "thread": ""}
    here = opened(HANDLERS.presses[ids.OPEN_DIGEST], IN_THREAD.channel, IN_THREAD)
    assert "<#" not in json.dumps(here)
    assert json.loads(here["private_metadata"])["thread"] == IN_THREAD.thread


@pytest.mark.parametrize(
    "value",
    [
        json.dumps({"channel": "C2", "at": "25:00", "zone": ["x"], "mode": 7, "on": "yes"}),
        json.dumps({"channel": ["C2"], "at": None}),
        json.dumps({"channel": "<!channel>"}),
        "[]",
    ],
)
def test_a_value_that_is_none_of_ours_opens_the_form_all_the_same(value: str) -> None:
    view = opened(HANDLERS.presses[ids.OPEN_DIGEST], value)
    assert state(view)["time"] is None
    assert "<!channel>" not in json.dumps(view)


@given(st.times(), st.sampled_from(ZONES), st.sampled_from(list(DigestMode)))
def test_what_is_sent_in_is_what_is_read(at: time, zone: str, mode: DigestMode) -> None:
    text = said(sent(EMPTY, time=at.strftime("%H:%M"), zone=zone, mode=mode.value))
    assert read_digest(text) == DigestOn(at.replace(second=0, microsecond=0), zone, mode)
