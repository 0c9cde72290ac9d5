"""The three forms: Slack takes them, a phone has room for them, and they begin with what is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from analytics.watch.operators import Op
from analytics.watch.rules import WATCHABLE
from analytics.window import WORDS
from bot.language.rule_words import SECTORS
from bot.language.words import rate_of
from bot.model import Digest, DigestMode
from bot.playground.api.blocks import INPUTS
from bot.playground.page.forms import KEYS
from bot.render import forms, ids
from bot.render.forms import (
    CompareFields,
    DigestFields,
    WatchFields,
    compare_form,
    digest_form,
    digest_value,
    measure_groups,
    measure_value,
    watch_form,
)
from bot.render.limits import OPTION_TEXT
from tests.violations import view_violations

META = json.dumps({"channel": "C1", "thread": ""})
SECTOR_NAMES = tuple(SECTORS)
HOSTILE = "<!channel> `x` *bold* " + "A" * 5000
LABEL, HINT = 24, 100
"""Characters that stand on one line, and on two, on a phone."""

FORMS: Mapping[str, dict[str, Any]] = {
    "compare": compare_form(META, CompareFields()),
    "compare anywhere": compare_form("{}", CompareFields(), where=True),
    "compare again": compare_form(
        META, CompareFields("ISCB SPSM", "5y", "2021-03-19", "IWM", "4.25%", True, "2026-01-16", "Two funds.")
    ),
    "watch": watch_form(META, WatchFields(), SECTOR_NAMES),
    "watch anywhere": watch_form("{}", WatchFields(), SECTOR_NAMES, where=True),
    "watch this": watch_form(
        META,
        WatchFields("ISCB", "sortino", "since 2021-03-19", "since 19 Mar 2021", "tbill", "SPSM"),
        SECTOR_NAMES,
    ),
    "digest": digest_form(META, DigestFields()),
    "digest anywhere": digest_form("{}", DigestFields(), where=True),
    "digest as it is": digest_form(META, DigestFields(True, "07:45", "Europe/London", "always"), "C2"),
    "hostile compare": compare_form(
        HOSTILE, CompareFields(HOSTILE, HOSTILE, benchmark=HOSTILE, rate=HOSTILE)
    ),
    "hostile watch": watch_form(
        HOSTILE, WatchFields(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE), SECTOR_NAMES
    ),
    "hostile digest": digest_form(HOSTILE, DigestFields(zone=HOSTILE, mode=HOSTILE)),
}
OURS = [name for name in FORMS if not name.startswith("hostile")]


def inputs_of(view: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (block for block in view["blocks"] if block["type"] == "input")


def element(view: Mapping[str, Any], name: str) -> dict[str, Any]:
    (found,) = (block["element"] for block in inputs_of(view) if block["block_id"] == name)
    assert isinstance(found, dict)
    return found


def options(menu: Mapping[str, Any]) -> dict[str, str]:
    groups = menu.get("option_groups") or [menu]
    return {each["value"]: each["text"]["text"] for group in groups for each in group["options"]}


def first(view: Mapping[str, Any], name: str) -> str:
    found = element(view, name)
    chosen = found.get("initial_option", {}).get("value")
    return str(chosen or next((found[key] for key in found if key.startswith("initial")), ""))


@pytest.mark.parametrize("name", FORMS)
def test_slack_takes_every_form(name: str) -> None:
    view = FORMS[name]
    assert view_violations(view) == []


@pytest.mark.parametrize("name", FORMS)
def test_the_playground_shows_every_field(name: str) -> None:
    kinds = {block["element"]["type"] for block in inputs_of(FORMS[name])}
    assert kinds <= INPUTS & set(KEYS)


@pytest.mark.parametrize("name", OURS)
def test_labels_and_hints_are_short_enough_for_a_phone(name: str) -> None:
    for block in inputs_of(FORMS[name]):
        assert len(block["label"]["text"]) <= LABEL, block["label"]
        assert len(block.get("hint", {}).get("text", "")) <= HINT, block["hint"]
        assert "`" not in json.dumps(block), "labels and hints are plain text"


@pytest.mark.parametrize("name", OURS)
def test_options_are_whole_and_differ(name: str) -> None:
    for block in inputs_of(FORMS[name]):
        if "options" in block["element"] or "option_groups" in block["element"]:
            labels = list(options(block["element"]).values())
            assert all(len(label) < OPTION_TEXT for label in labels)
            assert len(set(labels)) == len(labels)


def test_each_form_has_its_own_id_and_gives_its_metadata_back() -> None:
    found = {name: FORMS[name]["callback_id"] for name in ("compare", "watch", "digest")}
    assert list(found.values()) == [ids.COMPARE_FORM, ids.WATCH_FORM, ids.DIGEST_FORM]
    assert all(FORMS[name]["private_metadata"] == META for name in found)


@pytest.mark.parametrize("name", ["compare", "watch", "digest"])
def test_the_channel_is_asked_for_only_where_it_is_not_known(name: str) -> None:
    here, anywhere = (
        [block["block_id"] for block in inputs_of(FORMS[each])] for each in (name, f"{name} anywhere")
    )
    assert anywhere == [*here, forms.WHERE]
    where = element(FORMS[f"{name} anywhere"], forms.WHERE)
    assert where["type"] == "conversations_select"
    assert where["default_to_current_conversation"] is True


def test_an_empty_comparison_begins_with_a_year_of_daily_returns() -> None:
    view = FORMS["compare"]
    assert (first(view, forms.FUNDS), first(view, forms.BENCHMARK)) == ("", "")
    assert (first(view, forms.WINDOW), first(view, forms.RATE)) == ("1y", "0")
    assert (first(view, forms.RETURNS), first(view, forms.SINCE)) == ("daily", "")
    assert {block["block_id"] for block in inputs_of(view) if block.get("optional")} == {
        forms.SINCE,
        forms.BENCHMARK,
        forms.AS_OF,
    }


def test_a_comparison_can_be_filled_in() -> None:
    view = FORMS["compare again"]
    wanted = ("ISCB SPSM", "5y", "2021-03-19", "IWM", "4.25%", "weekly", "2026-01-16")
    names = (
        *(forms.FUNDS, forms.WINDOW, forms.SINCE, forms.BENCHMARK),
        *(forms.RATE, forms.RETURNS, forms.AS_OF),
    )
    assert tuple(first(view, name) for name in names) == wanted
    (funds,) = (block for block in inputs_of(view) if block["block_id"] == forms.FUNDS)
    assert funds["hint"]["text"].startswith("Two funds. ")


def test_every_window_can_be_chosen_and_one_more_where_it_stands_first() -> None:
    assert list(options(element(FORMS["compare"], forms.WINDOW))) == list(WORDS)
    found = options(element(FORMS["watch this"], forms.WINDOW))
    assert list(found) == ["since 2021-03-19", *WORDS]
    assert found["since 2021-03-19"] == "Since 19 Mar 2021"
    assert found["ytd"] == "Year to date"


def test_every_rate_is_read_as_a_rate() -> None:
    for view in (FORMS["compare again"], FORMS["watch"]):
        found = options(element(view, forms.RATE))
        assert all(rate_of(value) is not None for value in found)
        assert found["4.5%"] == "4.5\u00a0%"


def test_everything_that_is_watched_can_be_chosen_by_its_name() -> None:
    found = options(element(FORMS["watch"], forms.MEASURE))
    weights = {measure_value("sector_weight", sector) for sector in SECTOR_NAMES}
    assert set(found) == set(WATCHABLE) - {"sector_weight"} | weights
    assert found["sortino"] == "Sortino ratio"
    assert found["sector_weight/Technology"] == "Weight of Technology"
    grouped = measure_groups(SECTOR_NAMES)
    assert set(grouped["Facts"]) == {"expense_ratio", "assets", "fund_yield"}
    assert set(grouped["Levels"]) == {"price", "interest_rate"}
    assert {"beta", "tracking_error"} <= set(grouped["Against a benchmark"])
    assert "sortino" in grouped["Of the fund"]


def test_every_comparison_can_be_chosen() -> None:
    assert set(options(element(FORMS["watch"], forms.COMPARISON))) == {op.value for op in Op}
    assert first(FORMS["watch"], forms.COMPARISON) == "<"
    assert first(FORMS["watch"], forms.SESSIONS) == "", "the rule's own: 5, or 1 for a fall or a fact"


def test_watch_this_begins_with_the_comparison() -> None:
    view = FORMS["watch this"]
    names = (forms.FUND, forms.MEASURE, forms.WINDOW, forms.RATE, forms.THEN, forms.THRESHOLD)
    wanted = ["ISCB", "sortino", "since 2021-03-19", "tbill", "SPSM", ""]
    assert [first(view, name) for name in names] == wanted


def test_a_daily_post_that_is_not_known_leaves_its_settings_as_they_are() -> None:
    view = FORMS["digest"]
    assert [first(view, name) for name in (forms.STATE, forms.TIME, forms.ZONE, forms.MODE)] == [
        "on",
        "",
        "",
        "",
    ]
    assert "<#" not in json.dumps(view)


def test_a_daily_post_of_another_channel_says_which() -> None:
    view = FORMS["digest as it is"]
    names = (forms.STATE, forms.TIME, forms.ZONE, forms.MODE)
    assert [first(view, name) for name in names] == ["on", "07:45", "Europe/London", "always"]
    assert "This is the daily post of <#C2>." in json.dumps(view)
    assert first(digest_form(META, DigestFields(on=False)), forms.STATE) == "off"


def test_a_button_carries_the_daily_post_as_it_is() -> None:
    digest = Digest("T1", "C2", "U1", time(7, 45), "Europe/London", DigestMode.ALWAYS)
    assert json.loads(digest_value(digest)) == {
        "channel": "C2",
        "on": True,
        "at": "07:45",
        "zone": "Europe/London",
        "mode": "always",
        "session": "next",
    }
    assert json.loads(digest_value(replace(digest, same_day=True)))["session"] == "same"
