"""Whatever is typed is a request or one clear advice, at once, and what is shown of it can do nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import Unclear
from bot.language import (
    FollowUp,
    Help,
    Watch,
    follow_text,
    read_compare,
    read_digest,
    read_follow,
    read_watch,
)
from bot.language.rule_words import PHRASES
from bot.render import advice
from tests.examples import at_length
from tests.violations import violations

TODAY = date(2026, 1, 20)
PATIENCE = 1.0
"""Seconds of CPU for one text; Slack waits three, and many may ask."""
READERS: list[Callable[[str], object]] = [
    lambda text: read_watch(text, TODAY),
    read_digest,
    lambda text: read_compare(text, TODAY),
    lambda text: read_follow(text, TODAY),
]
VALID = [
    "ISCB sortino < 1.0 1y for 5 sessions recover 1.1 then SPSM rf=tbill",
    "ISCB - SPSM sharpe 3y < 0",
    "IWM drawdown < -15% then SPSM",
    "SPSM expense ratio changes",
    "ISCB 2 of: sortino < 1, sharpe < 0.5, drawdown < -20%, for 3 sessions",
    "ISCB tracking error since 2021-03-19 vs SPY > 5%",
    "SPSM technology weight > 30%",
    "SPSM assets < 250M",
    "edit R7 ISCB sortino crosses below 0.9",
    "on 08:30 America/New_York quiet",
    "on 8:30 pm London always",
    "ISCB SPSM 3y vs SPY rf=4% asof 2026-01-16",
    "sectors ISCB SPSM VB vs IWM 5y",
    "cost add VB without IWM size=$25m weekly",
    "explain max drawdown 3y rf=tbill",
]
HOSTILE = [
    *("<!channel>", "<@U123>", "<@U123|name>", "<#C123|spy>", "<https://evil.test|click>", "<!here|here>"),
    *(
        "&lt;!channel&gt;",
        "&amp;lt;!here&amp;gt;",
        "`",
        "```",
        "\uff40",
        "\x00\x1b[31m",
        "\u202e\u2066",
        "\ud800",
    ),
    *(
        "😀👩‍👩‍👧",
        "*_~",
        "ﷺ" * 30,
        "'; drop table rules; --",
        "%s{}",
        "\\",
        "$",
        "$$$",
        "^",
        "nan",
        "1e309",
        "-0",
    ),
]
PIECES = st.sampled_from(
    [
        *(" ".join(phrase) for phrase in PHRASES),
        *(word for text in VALID for word in text.split()),
        *(
            "$RF",
            "7203.T",
            "BRK-B",
            "1,500",
            "-",
            "(",
            ")",
            ",",
            "EST",
            "24:00",
            "noon",
            "1e309",
            "2026-02-30",
        ),
        *HOSTILE,
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Something valid with a word dropped, doubled, swapped, or something else put in."""
    words = draw(st.sampled_from(VALID)).split()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(words) - 1)) if words else 0
        change = draw(st.sampled_from(["drop", "double", "put", "glue", "swap"]))
        if change == "drop":
            words[at : at + 1] = []
        elif change == "double":
            words[at:at] = words[at : at + 1]
        elif change == "put":
            words.insert(at, draw(PIECES))
        elif change == "glue":
            words[at : at + 2] = ["".join(words[at : at + 2])]
        else:
            words[at : at + 2] = words[at : at + 2][::-1]
    return " ".join(words)


TEXTS = st.one_of(
    mutated(),
    st.lists(PIECES, max_size=14).map(" ".join),
    st.lists(PIECES, max_size=14).map("".join),
    st.text(max_size=80),
    st.text(alphabet="ISCBsortino<>=1.0,%-/()$&;:| \n", max_size=60),
)


def holds(text: str) -> None:
    for read in READERS:
        started = time.process_time()
        try:
            asked = read(text)
        except Unclear as fault:
            harmless(fault)
        else:
            if isinstance(asked, Watch):
                assert_same(asked)
            if isinstance(asked, FollowUp):
                assert read_follow(follow_text(asked), TODAY) == asked, text
            assert asked is not None or isinstance(asked, Help)
        assert time.process_time() - started < PATIENCE, text


def assert_same(asked: Watch) -> None:
    again = read_watch(asked.text, TODAY)
    assert isinstance(again, Watch)
    assert (again.rule, again.policy, again.text) == (asked.rule, asked.policy, asked.text)


def harmless(fault: Unclear) -> None:
    assert fault.complaints
    message = advice.unclear_message(fault, lambda symbol: ())
    shown = message.text
    bare = shown.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "")
    assert not set("<>&") & set(bare), shown
    assert shown.count("`") % 2 == 0, shown
    assert "```" not in shown
    assert shown.encode("utf-8")
    assert not set("\x00\x1b\u202e\u2066\u200d") & set(shown)
    assert violations(message.blocks) == []


@given(TEXTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_a_request_or_one_clear_advice(text: str) -> None:
    holds(text)


@pytest.mark.slow
@given(TEXTS)
@settings(max_examples=at_length(1500), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_a_request_or_one_clear_advice_at_length(text: str) -> None:
    holds(text)


@pytest.mark.parametrize("evil", HOSTILE)
def test_what_is_hostile_is_harmless(evil: str) -> None:
    for place in ("{}", "ISCB {} < 1", "on 8:30 {}"):
        holds(place.format(evil))


@pytest.mark.slow
@pytest.mark.parametrize("evil", HOSTILE)
def test_what_is_hostile_is_harmless_in_every_place(evil: str) -> None:
    for text in VALID:
        words = text.split()
        for at in range(len(words) + 1):
            holds(" ".join([*words[:at], evil, *words[at:]]))


@pytest.mark.parametrize(
    "text",
    [
        "A " * 250,
        "<" * 500,
        "9" * 500,
        "-" * 500,
        "1," * 250,
        "sharpe " * 71,
        "$" * 500,
        "a-" * 250,
        "of 2 " * 100,
    ],
)
def test_what_is_long_is_read_at_once(text: str) -> None:
    holds(text)


@pytest.mark.parametrize("read", READERS)
def test_ten_thousand_characters_are_refused_unread(read: Callable[[str], object]) -> None:
    with pytest.raises(Unclear) as caught:
        read("<!channel> " * 1000)
    assert caught.value.complaints == ("The text has 11,000 characters; at most 500 are read.",)
    harmless(caught.value)
