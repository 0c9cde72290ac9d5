"""The Home tab in its moods: full, partial data, nothing to say, too long."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.model import Digest, DigestMode, RuleReport
from bot.render.forms import digest_value
from bot.render.home import (
    ACK,
    MOST_RULES,
    MOST_URGENT,
    PAGE,
    QUICK,
    SNOOZE,
    UNSNOOZE,
    Freshness,
    HomeFacts,
    Pages,
    Post,
    home_view,
)
from bot.render.ids import OPEN_COMPARE, OPEN_DIGEST, OPEN_WATCH
from bot.render.limits import read
from bot.render.text import NBSP
from tests.examples import at_length
from tests.snapshot import Snapshot
from tests.unit.bot.render.rules.stories import EVERY, FIRING, NO_DATA, PENDING, QUIET, UNDECIDED, numbered
from tests.violations import view_violations

NOW = datetime(2026, 1, 19, 8, 0, tzinfo=UTC)
FRESH = Freshness(date(2026, 1, 16), date(2026, 1, 16), "Yahoo Finance")
DAILY = Digest("T1", "C1", "U0ANN", time(8, 30), "Europe/London")
ANN, BEN = "U0ANN", "U0BEN"


def of(report: RuleReport, number: int, **more: Any) -> RuleReport:
    """The story of another rule."""
    told = numbered(report, number)
    return replace(told, watched=replace(told.watched, **more))


FULL = HomeFacts(
    ANN,
    (of(QUIET, 1), of(FIRING, 2, channel="D0ANN"), of(NO_DATA, 3, owner=BEN, channel="C2")),
    (
        Post(DAILY, datetime(2026, 1, 20, 8, 30, tzinfo=UTC)),
        Post(replace(DAILY, channel="C2", mode=DigestMode.ALWAYS), datetime(2026, 1, 20, 8, 30, tzinfo=UTC)),
        Post(replace(DAILY, channel="C3", on=False), None),
        Post(replace(DAILY, channel="C4", stopped="is_archived"), None),
    ),
    FRESH,
    NOW,
)
PARTIAL = HomeFacts(ANN, (of(UNDECIDED, 1),), (), Freshness(date(2026, 1, 16)), NOW)
EMPTY = HomeFacts(ANN, (), (), FRESH, NOW, first=True)
LONG = HomeFacts(
    ANN,
    tuple(of(QUIET, at, text="ISCB sortino < 1.0 " * 40, owner=BEN) for at in range(1, 301)),
    tuple(Post(replace(DAILY, channel=f"C{at}"), None) for at in range(120)),
    FRESH,
    NOW,
)
DATE = re.compile(r"<!date\^\d+\^[^|]*\|([^>]*)>")
"""A moment in the reader's own time; behind the bar what is shown where that cannot be."""
MOODS = {"full": FULL, "partial": PARTIAL, "empty": EMPTY, "long": LONG}


def lines(view: dict[str, Any]) -> Iterator[str]:
    for block in view["blocks"]:
        if block["type"] == "header":
            yield f"\n# {block['text']['text']}"
        elif block["type"] == "section":
            button = f" [{block['accessory']['text']['text']}]" if "accessory" in block else ""
            yield f"{block['text']['text']}{button}"
        elif block["type"] == "actions":
            yield " ".join(f"[{each['text']['text']}]" for each in block["elements"])
        elif block["type"] == "input":
            yield f"{block['label']['text']}: [{block['element']['placeholder']['text']}]"
            yield f"[small] {block['hint']['text']}"
        else:
            yield from (f"[small] {each['text']}" for each in block["elements"])


def words(seen: HomeFacts) -> str:
    told = "\n".join(lines(home_view(seen))).strip().replace(NBSP, " ")
    return DATE.sub(r"\1", told)


@pytest.mark.parametrize("mood", ["full", "partial", "empty"])
def test_it_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"home_{mood}", words(MOODS[mood]))


@pytest.mark.parametrize("mood", MOODS)
def test_slack_takes_it(mood: str) -> None:
    assert view_violations(home_view(MOODS[mood])) == []


def test_what_is_open_stands_first() -> None:
    told = words(replace(FULL, reports=tuple(reversed(FULL.reports))))
    assert told.index("*R2 ") < told.index("*R1 ")


def test_what_you_set_up_is_apart_from_the_rest() -> None:
    told = words(replace(FULL, reports=(*FULL.reports[:2], of(QUIET, 3, owner=BEN, channel="C2"))))
    assert told.index("*R2 ") < told.index("# Set up by you") < told.index("*R1 ")
    assert told.index("*R1 ") < told.index("# Set up by others")
    assert told.index("# Set up by others") < told.index("*R3 ")
    assert "set by <@U0BEN>" in told[told.index("*R3 ") :]


def test_what_is_snoozed_can_be_heard_again() -> None:
    quiet = replace(FIRING, state=replace(FIRING.state, snoozed_until=date(2026, 1, 26)))
    view = home_view(replace(FULL, reports=(of(quiet, 1, channel="C7"), of(FIRING, 2))))
    (button,) = [each for each in pressed(view) if each["action_id"] == UNSNOOZE]
    assert json.loads(button["value"]) == {"rule": "R1v1", "channel": "C7"}
    assert "Snoozed through 26 Jan 2026." in "\n".join(lines(view)).replace(NBSP, " ")


def test_what_is_in_hand_says_by_whom_and_why() -> None:
    state = FIRING.state.acknowledge(BEN, "looking <!here> at it").snooze(date(2026, 1, 26), BEN)
    view = home_view(replace(FULL, reports=(of(replace(FIRING, state=state), 1), of(FIRING, 2))))
    told = "\n".join(lines(view)).replace(NBSP, " ")
    assert "Acknowledged by <@U0BEN>: looking &lt;!here&gt; at it." in told
    assert "Snoozed by <@U0BEN> through 26 Jan 2026." in told
    labels = [each["text"]["text"] for each in pressed(view) if each["action_id"].startswith("home.")]
    assert labels[:3] == ["Unsnooze", "Acknowledge", "Snooze 5 sessions"]


def test_where_nothing_is_open_that_is_said_first() -> None:
    told = words(replace(FULL, reports=(of(QUIET, 1), of(UNDECIDED, 2))))
    assert told.startswith("*Nothing needs attention.* None of 2 rules here is triggered or waiting.")
    alone = words(replace(FULL, reports=(of(QUIET, 1),)))
    assert alone.startswith("*Nothing needs attention.* The only rule here is neither")


def test_a_pending_rule_needs_attention_and_has_nothing_to_acknowledge() -> None:
    view = home_view(replace(FULL, reports=(of(PENDING, 1), of(QUIET, 2))))
    told = "\n".join(lines(view)).replace(NBSP, " ")
    assert told.index("# Needs attention") < told.index("*R1 ") < told.index("*R2 ")
    assert not [each for each in pressed(view) if each["action_id"] in {ACK, SNOOZE}]


def test_more_than_fit_above_begin_the_parts_below() -> None:
    many = tuple(of(FIRING, at) for at in range(1, MOST_URGENT + 4))
    view = home_view(replace(FULL, reports=many))
    assert view_violations(view) == []
    told = "\n".join(lines(view))
    assert all(told.count(f"*R{at} ") == 1 for at in range(1, MOST_URGENT + 4))
    assert (
        told.index(f"*R{MOST_URGENT} ") < told.index("# Set up by you") < told.index(f"*R{MOST_URGENT + 1} ")
    )


def test_a_rule_leads_to_its_card() -> None:
    told = words(replace(FULL, cards={"R2v1": "https://x.slack.com/archives/C1/p1", "R1v1": "javascript:x"}))
    assert "<https://x.slack.com/archives/C1/p1|its card>" in told
    assert "javascript" not in told


def pressed(view: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for block in view["blocks"] if block["type"] == "actions" for each in block["elements"]]


def accessories(view: dict[str, Any]) -> list[dict[str, Any]]:
    return [block["accessory"] for block in view["blocks"] if "accessory" in block]


def turns(view: dict[str, Any]) -> dict[str, str]:
    """The buttons that turn to other pages, with their values."""
    elements = [each for block in view["blocks"] if block["type"] == "actions" for each in block["elements"]]
    return {each["action_id"]: each["value"] for each in elements if each["action_id"].startswith(PAGE)}


@settings(max_examples=at_length(25), deadline=None)
@given(st.integers(0, 250), st.integers(0, 250))
@example(0, 120)
@example(MOST_RULES, MOST_RULES + 1)
@example(250, 250)
def test_every_rule_is_reached_by_the_buttons_of_the_tab(own: int, others: int) -> None:
    """However many there are, by pressing what is offered, and Slack takes every page."""
    reports = tuple(of(FIRING, at, owner=ANN if at <= own else BEN) for at in range(1, own + others + 1))
    seen, left, known = HomeFacts(ANN, reports, LONG.posts, FRESH, NOW, first=True), {"1 1"}, set[str]()
    found: set[str] = set()
    while left:
        value = left.pop()
        known.add(value)
        view = home_view(replace(seen, pages=Pages.read(value)))
        assert view_violations(view) == []
        found |= set(re.findall(r"\*(R\d+) ", "\n".join(lines(view))))
        left |= set(turns(view).values()) - known
    assert found == {each.watched.name for each in reports}


def test_a_page_that_is_no_more_shows_the_last_one() -> None:
    told = words(replace(LONG, pages=Pages(7, 99)))
    assert "*R300 " in told
    assert f"{300 - (300 % MOST_RULES or MOST_RULES) + 1} to 300 of 300" in told


@pytest.mark.parametrize("value", ["", "home", "0 1", "1", "1 1 1", "-1 2", "9999999 1", "\u0661 1"])
def test_a_value_that_is_no_pages_shows_the_first_ones(value: str) -> None:
    assert Pages.read(value) == Pages()


def test_the_channel_of_a_post_goes_with_its_button() -> None:
    values = [block["accessory"]["value"] for block in home_view(FULL)["blocks"] if "accessory" in block]
    assert values == [digest_value(post.digest) for post in FULL.posts]
    assert len(set(values)) == 4


def test_everything_can_be_begun_from_here() -> None:
    found = {
        element["action_id"]
        for block in home_view(PARTIAL)["blocks"]
        for element in (*block.get("elements", ()), block.get("element", {}))
        if "action_id" in element
    }
    assert found == {QUICK, OPEN_COMPARE, OPEN_WATCH, OPEN_DIGEST}


def test_the_first_time_begins_with_the_first_words() -> None:
    assert words(EMPTY).startswith("*Watchpoint compares funds")
    assert not words(replace(EMPTY, first=False)).startswith("*Watchpoint")


def test_what_is_waited_for_is_not_called_fresh() -> None:
    late = replace(FULL, freshness=replace(FRESH, priced=date(2026, 1, 15)))
    told = words(late)
    assert "Prices reach to 15 Jan 2026 (source Yahoo Finance)" in told
    assert "16 Jan 2026 is the newest complete session, its prices are still waited for" in told


def test_simulated_prices_say_so() -> None:
    told = words(replace(FULL, freshness=replace(FRESH, simulated=True, source="sample")))
    assert "SAMPLE DATA, simulated. Prices reach" in told
    named = words(replace(FULL, freshness=replace(FRESH, simulated=True, source="SAMPLE DATA (simulated)")))
    assert named.count("SAMPLE DATA") == 1


def test_what_people_typed_calls_nobody() -> None:
    nasty = of(QUIET, 1, text="<!channel> <@U0BEN> `x` & *b*", channel="<!here>")
    for text in read(home_view(replace(FULL, reports=(nasty,)))["blocks"]):
        assert "<!channel>" not in text
        assert "<@U0BEN>" not in text
        assert "<!here>" not in text


@pytest.mark.parametrize("name", EVERY)
def test_a_rule_in_any_state_is_told(name: str) -> None:
    view = home_view(replace(FULL, reports=(of(EVERY[name], 1),)))
    assert view_violations(view) == []
    assert "*R1 " in "\n".join(lines(view))
