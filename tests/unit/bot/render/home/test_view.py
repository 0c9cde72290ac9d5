"""The Home tab in its moods: full, partial data, nothing to say, too long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from bot.records import Digest, Mode, Story
from bot.render.forms import digest_value
from bot.render.home.facts import Freshness, Post, Seen
from bot.render.home.view import MOST_RULES, QUICK, home
from bot.render.limits import read, view_violations
from bot.render.talk.ids import OPEN_COMPARE, OPEN_DIGEST, OPEN_WATCH
from bot.render.text import NBSP
from tests.snapshot import Snapshot
from tests.unit.bot.render.watch.stories import EVERY, FIRING, NO_DATA, QUIET, UNDECIDED, numbered

NOW = datetime(2026, 1, 19, 8, 0, tzinfo=UTC)
FRESH = Freshness(date(2026, 1, 16), date(2026, 1, 16), "Yahoo Finance")
DAILY = Digest("T1", "C1", "U0ANN", time(8, 30), "Europe/London")
ANN, BEN = "U0ANN", "U0BEN"


def of(story: Story, number: int, **more: Any) -> Story:
    """The story of another rule."""
    told = numbered(story, number)
    return replace(told, watched=replace(told.watched, **more))


FULL = Seen(
    ANN,
    (of(QUIET, 1), of(FIRING, 2, channel="D0ANN"), of(NO_DATA, 3, owner=BEN, channel="C2")),
    (
        Post(DAILY, datetime(2026, 1, 20, 8, 30, tzinfo=UTC)),
        Post(replace(DAILY, channel="C2", mode=Mode.ALWAYS), datetime(2026, 1, 20, 8, 30, tzinfo=UTC)),
        Post(replace(DAILY, channel="C3", on=False), None),
        Post(replace(DAILY, channel="C4", stopped="is_archived"), None),
    ),
    FRESH,
    NOW,
)
PARTIAL = Seen(ANN, (of(UNDECIDED, 1),), (), Freshness(date(2026, 1, 16)), NOW)
EMPTY = Seen(ANN, (), (), FRESH, NOW, first=True)
LONG = Seen(
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


def words(seen: Seen) -> str:
    told = "\n".join(lines(home(seen))).strip().replace(NBSP, " ")
    return DATE.sub(r"\1", told)


@pytest.mark.parametrize("mood", ["full", "partial", "empty"])
def test_it_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"home_{mood}", words(MOODS[mood]))


@pytest.mark.parametrize("mood", MOODS)
def test_slack_takes_it(mood: str) -> None:
    assert view_violations(home(MOODS[mood])) == []


def test_what_is_open_stands_first() -> None:
    told = words(replace(FULL, stories=tuple(reversed(FULL.stories))))
    assert told.index("*R2*") < told.index("*R1*")


def test_what_you_set_up_is_apart_from_the_rest() -> None:
    told = words(FULL)
    assert told.index("# Set up by you") < told.index("*R1*") < told.index("# Set up by others")
    assert told.index("# Set up by others") < told.index("*R3*")
    assert "set by <@U0BEN>" in told[told.index("*R3*") :]


def test_too_many_rules_say_how_many_more_there_are() -> None:
    told = words(LONG)
    assert told.count("*R") == MOST_RULES
    assert f"and {300 - MOST_RULES} more" in told


def test_the_channel_of_a_post_goes_with_its_button() -> None:
    values = [block["accessory"]["value"] for block in home(FULL)["blocks"] if "accessory" in block]
    assert values == [digest_value(post.digest) for post in FULL.posts]
    assert len(set(values)) == 4


def test_everything_can_be_begun_from_here() -> None:
    found = {
        element["action_id"]
        for block in home(PARTIAL)["blocks"]
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
    for text in read(home(replace(FULL, stories=(nasty,)))["blocks"]):
        assert "<!channel>" not in text
        assert "<@U0BEN>" not in text
        assert "<!here>" not in text


@pytest.mark.parametrize("name", EVERY)
def test_a_rule_in_any_state_is_told(name: str) -> None:
    view = home(replace(FULL, stories=(of(EVERY[name], 1),)))
    assert view_violations(view) == []
    assert "*R1*" in "\n".join(lines(view))
