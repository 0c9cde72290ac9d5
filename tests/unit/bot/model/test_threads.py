"""A question in a conversation goes through a button and comes out as it was."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.query import Query
from analytics.returns import Rate
from analytics.window import parse
from bot.model import MOST_SEATS, Section, SectionQuery, ThreadContext, take_seats
from bot.render.limits import BUTTON_VALUE

WINDOWS = st.sampled_from(["1m", "ytd", "10y", "max", "since 2021-03-19", "2021-03-19..2024-12-31"])
SYMBOLS = st.from_regex(r"[A-Z^][A-Z0-9.=-]{0,11}", fullmatch=True)
RATES = st.sampled_from([Rate(), Rate(None), Rate(0.04), Rate(0.0325)])
QUESTIONS = st.builds(
    Query,
    st.lists(SYMBOLS, min_size=1, max_size=6, unique=True).map(tuple),
    WINDOWS.map(parse),
    st.dates(date(1970, 1, 2), date(2100, 1, 1)),
    st.none() | SYMBOLS,
    RATES,
    st.booleans(),
)
SEATS = st.lists(SYMBOLS, max_size=6, unique=True).map(tuple)
TOPICS = st.builds(ThreadContext, QUESTIONS, st.text(max_size=40), st.integers(0, 99), SEATS)
SPEAKABLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(SPEAKABLE, st.none() | TOPICS.filter(lambda context: context.source.isprintable()))
def test_what_is_asked_is_read_back(text: str, context: ThreadContext | None) -> None:
    ask = SectionQuery(text, context)
    assert SectionQuery.read(ask.value) == ask


@given(TOPICS)
def test_a_button_has_room_for_it(context: ThreadContext) -> None:
    assert len(SectionQuery("explain tracking error vs SPY weekly", context).value) < BUTTON_VALUE


def test_half_a_character_is_shown_as_a_mark() -> None:
    assert SectionQuery.read(SectionQuery("sectors \ud800").value) == SectionQuery("sectors ?")


@pytest.mark.parametrize(
    "value", ["", "null", "[]", "{}", '{"text": 1}', "{" * 5000, '{"text": "x", "topic": 3}']
)
def test_anything_else_is_no_question(value: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        SectionQuery.read(value)


def test_a_topic_holds_the_question_and_nothing_of_its_answer() -> None:
    value = SectionQuery(
        "5y", ThreadContext(Query(("ISCB",), parse("1y"), date(2026, 1, 16)), "Yahoo Finance")
    ).value
    assert value == (
        '{"text":"5y","topic":{"comparing":{"symbols":["ISCB"],"window":{"label":"1y"},"as_of":"2026-01-16"},'
        '"source":"Yahoo Finance"}}'
    )


def test_the_words_of_the_studies_are_what_people_type() -> None:
    assert {section.value for section in Section} == {
        *("compare", "figures", "sectors", "holdings", "facts", "drawdowns", "rolling", "returns"),
        *("risk", "cost", "switch", "correlation", "edge", "rates", "regimes", "style", "attribution"),
        *("explain", "csv"),
    }


def test_a_fund_keeps_its_seat_whoever_comes_and_goes() -> None:
    first = take_seats((), ("ISCB", "SPSM"))
    assert first == ("ISCB", "SPSM")
    assert take_seats(first, ("SPSM",)) == first
    assert take_seats(first, ("SPSM", "VB")) == ("ISCB", "SPSM", "VB")
    full = take_seats((), tuple("ABCDEF"))
    assert take_seats(full, ("A", "C", "X", "Y")) == ("A", "X", "C", "Y", "E", "F")


@given(SEATS, st.lists(SYMBOLS, max_size=MOST_SEATS, unique=True))
def test_all_that_are_shown_have_seats_of_their_own(seats: tuple[str, ...], shown: list[str]) -> None:
    after = take_seats(seats, shown)
    assert {*shown} <= {*after}
    assert len(set(after)) == len(after) <= MOST_SEATS
    assert all(after.index(symbol) == seats.index(symbol) for symbol in shown if symbol in seats)


def test_seats_that_follow_from_the_funds_are_not_written() -> None:
    context = ThreadContext(Query(("ISCB", "SPSM"), parse("1y"), date(2026, 1, 16)))
    assert context.seated == ("ISCB", "SPSM")
    assert context.with_seats(("ISCB", "SPSM")) == context
    assert context.with_seats(("SPSM", "ISCB")).seated == ("SPSM", "ISCB")


@pytest.mark.parametrize(
    ("reached", "asked", "told"),
    [
        (date(2026, 1, 16), date(2026, 1, 20), date(2026, 1, 20)),  # a Tuesday after a holiday
        (date(2026, 1, 16), date(2026, 1, 16), date(2026, 1, 16)),
        (date(2025, 6, 30), date(2026, 1, 20), date(2025, 6, 30)),  # a conversation as of June
    ],
)
def test_last_week_is_told_from_today_unless_an_earlier_day_is_spoken_of(
    reached: date, asked: date, told: date
) -> None:
    context = ThreadContext(Query(("ISCB", "SPSM"), parse("1y"), reached))
    assert context.told_from(asked) == told
