"""Three things that can be asked, nearest first; no symbol is made up."""

from __future__ import annotations

import time
import unicodedata
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.query import Query
from analytics.window import parse
from bot.language import (
    FollowUp,
    Help,
    follow_text,
    read_digest,
    read_follow,
    read_watch,
    resolve_query,
    suggestions,
)
from bot.model import ThreadContext
from tests.examples import at_length
from tests.unit.bot.language.test_any_text import HOSTILE, PATIENCE, TEXTS

TODAY = date(2026, 1, 20)
TOPIC = ThreadContext(Query(("ISCB", "SPSM"), parse("1y"), date(2026, 1, 16)))
LIKE = {"SPMS": ("SPSM", "SPMD"), "ISCC": ("ISCB",), "ISBC": ("ISCB",)}


def like(symbol: str) -> tuple[str, ...]:
    return LIKE.get(symbol, ())


def can_be_asked(text: str) -> bool:
    """Whether the command that it begins with, else the talk, reads it without complaint."""
    word, _, rest = text.partition(" ")
    if word == "watch":
        return not isinstance(read_watch(rest, TODAY), Help)
    if word == "digest":
        return not isinstance(read_digest(rest), Help)
    read = read_follow(text, TODAY)
    return text == "help" if isinstance(read, Help) else follow_text(read) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # slips
        ("sektors", ("sectors", "holdings", "compare")),
        ("compair ISCB SPSM", ("compare ISCB SPSM", "returns ISCB SPSM", "sectors ISCB SPSM")),
        ("rsik", ("risk", "drawdowns", "rolling")),
        ("sectors weekyl", ("sectors weekly", "holdings weekly", "weekly")),
        ("sectors ISCB SPMS", ("sectors ISCB SPSM", "sectors ISCB SPMD", "sectors ISCB SPMS")),
        ("compare iscc vs spms", ("compare ISCB SPSM", "compare ISCC SPSM", "compare ISCB SPMD")),
        # funds and nothing else
        ("ISCB SPSM", ("compare ISCB SPSM", "sectors ISCB SPSM", "holdings ISCB SPSM")),
        ("ISCB vs SPSM", ("compare ISCB SPSM", "sectors ISCB vs SPSM", "holdings ISCB vs SPSM")),
        ("and IWM?", ("returns IWM", "risk IWM", "sectors IWM")),
        ("ISBC", ("returns ISCB", "risk ISCB", "sectors ISCB")),
        ("compare ISCB", ("compare ISCB", "returns ISCB", "sectors ISCB")),
        # windows
        ("90d", ("since 2025-10-22", "3m", "6m")),
        ("7yy", ("7y", "5y", "10y")),
        ("compare ISCB SPSM 2 weeks ago", ("compare ISCB SPSM since 2026-01-06", "compare ISCB SPSM 1m")),
        ("compare ISCB SPSM 3y 5y", ("compare ISCB SPSM 3y", "compare ISCB SPSM 5y")),
        ("explain edgy", ("explain edge",)),
        ("explain sharp", ("explain sharpe",)),
        ("sectors 2w", ("sectors since 2026-01-06", "sectors 1m", "sectors 3m")),
        ("600d vs IWM", ("since 2024-05-30 vs IWM", "2y vs IWM", "1y vs IWM")),
        ("sectors last year of ISCB because", ("sectors ISCB 2025",)),
        (
            "compare ISCB SPSM 1/2/2025",
            ("compare ISCB SPSM since 2025-02-01", "compare ISCB SPSM since 2025-01-02"),
        ),
        ("since 16/01/2025", ("since 2025-01-16",)),
        ("2025-01-16", ("since 2025-01-16",)),
        # a third fund is not made up of a word beside two
        ("compare ISCB SPSM quick", ("compare ISCB SPSM", "returns ISCB SPSM", "sectors ISCB SPSM")),
        ("compare ISCB spsm quickly", ("compare ISCB SPSM",)),
        ("ISCB SPSM since 2021-03-19", ("compare ISCB SPSM since 2021-03-19",)),
        # prose
        ("how risky is ISCB, really", ("risk ISCB", "drawdowns ISCB", "rolling ISCB")),
        ("ISCB sectors", ("sectors ISCB", "holdings ISCB", "compare ISCB")),
        ("sectors and holdings of ISCB", ("sectors ISCB", "holdings ISCB", "compare ISCB")),
        ("sortino", ("explain sortino", "risk", "rolling")),
        ("sortino of ISCB", ("explain sortino ISCB", "risk ISCB", "rolling ISCB")),
        ("good morning", ("sectors", "returns", "help")),
        ("", ("sectors", "returns", "help")),
        # commands
        ("wacth list", ("watch list",)),
        ("wach ISCB sortino < 1", ("watch ISCB sortino 1y < 1 for 5 sessions",)),
        (
            "alert me if ISCB sortino drops below 1",
            ("watch ISCB sortino 1y < 1 for 5 sessions", "watch test ISCB sortino 1y < 1 for 5 sessions"),
        ),
        ("digset off", ("digest off", "digest status", "digest now")),
    ],
)
def test_the_nearest_come_first(text: str, meant: tuple[str, ...]) -> None:
    found = suggestions(text, like, today=TODAY)
    assert found[: len(meant)] == meant
    assert all(map(can_be_asked, found))


def test_in_a_thread_a_fund_alone_may_join_those_above() -> None:
    assert suggestions("and IWM?", context=TOPIC) == ("add IWM", "vs IWM", "returns IWM")


def test_in_a_thread_last_year_is_told_from_its_day() -> None:
    later = date(2027, 6, 1)
    assert suggestions("returns last year becuase", context=TOPIC, today=later)[0] == "returns 2025"
    assert suggestions("returns ISCB last year becuase", today=later)[0] == "returns ISCB 2026"


def test_what_cannot_be_asked_of_the_thread_is_left_out() -> None:
    assert "add SPSM" not in suggestions("SPSM", context=TOPIC)
    found = suggestions("add ISCB SPMS weekyl", like, TOPIC, TODAY)
    for text in found:
        read = read_follow(text, TODAY)
        if isinstance(read, FollowUp):
            resolve_query(read, TOPIC, TODAY)


def test_days_are_left_out_where_nobody_says_what_day_it_is() -> None:
    assert suggestions("ISCB SPSM since 2021-03-19")[0] == "compare ISCB SPSM"
    assert suggestions("ISCB SPSM since 2027-03-19", today=TODAY)[0] == "compare ISCB SPSM"


def holds(text: str) -> None:
    started = time.process_time()
    found = suggestions(text, like)
    assert time.process_time() - started < PATIENCE
    assert len(set(found)) == 3
    assert all(map(can_be_asked, found)), found
    typed = unicodedata.normalize("NFKC", text).upper()
    for each in found:
        if not each.startswith(("watch", "digest", "help")):
            read = read_follow(each, TODAY)
            assert isinstance(read, FollowUp)
            for symbol in (*read.symbols, *read.add, *read.without):
                near = [word for word, names in LIKE.items() if symbol in names]
                assert any(part in typed for part in (symbol[:2], *near)), (text, each)


@given(TEXTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_there_are_three_for_any_text(text: str) -> None:
    holds(text)


SAID = st.lists(
    st.sampled_from(
        [
            *(
                "sectors",
                "sektors",
                "risk",
                "rsik",
                "hepl",
                "size",
                "size=5m",
                "7y",
                "5y",
                "since",
                "vs",
                "add",
            ),
            *(
                "ad",
                "ISCB",
                "SPMS",
                "iscb",
                "$RISK",
                "explain",
                "sortino",
                "sortinoo",
                "weekyl",
                "daily",
                "rf=x",
            ),
            *(
                "watch",
                "digest",
                "wach",
                "2026-01-16",
                "2027-01-01",
                "3y..",
                "without",
                "compare",
                "asof",
                "A",
                ".",
            ),
        ]
    ),
    max_size=8,
).map(" ".join)


@given(SAID)
@settings(max_examples=at_length(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_there_are_three_for_what_people_say(text: str) -> None:
    holds(text)


@pytest.mark.slow
@given(TEXTS | SAID)
@settings(max_examples=at_length(1500), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_there_are_three_for_any_text_at_length(text: str) -> None:
    holds(text)


@pytest.mark.parametrize("evil", HOSTILE)
def test_what_is_hostile_is_not_offered(evil: str) -> None:
    for place in ("{}", "sectors {}", "add {} VB", "wach {}", "digset {}"):
        for each in suggestions(place.format(evil)):
            assert not set("<>`&") & set(each.replace(" < ", "")), each


@pytest.mark.parametrize(
    "text",
    ["size " * 100, "weekyl " * 70, "hepl " * 100, "ISCB " * 100, "7y " * 160, "add " * 125, "a-" * 250],
)
def test_what_is_long_is_read_at_once(text: str) -> None:
    holds(text)
    assert suggestions(text, today=TODAY)
