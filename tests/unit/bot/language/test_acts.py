"""What is done to an incident, and which rules are listed: as people type it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.watch.states import Decided
from bot.errors import Unclear
from bot.language import Acknowledge, Help, ListedState, RuleListing, Snooze, Unsnooze, list_text, read_watch
from tests.unit.bot.language.making import SYMBOLS

TODAY = date(2026, 1, 20)
"""A Tuesday."""


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("ack R3 looking at it", Acknowledge(3, "looking at it", Decided.LOOKING)),
        ("ack R3 switched: costs too much", Acknowledge(3, "costs too much", Decided.SWITCHED)),
        ("ack R3 Switched to SPSM on Monday", Acknowledge(3, "Switched to SPSM on Monday", Decided.SWITCHED)),
        ("ack R3 looking into it: ann has it", Acknowledge(3, "ann has it", Decided.LOOKING)),
        ("ack R3 kept", Acknowledge(3, "kept", Decided.KEPT)),
        ("acknowledge r3: looking at it", Acknowledge(3, "looking at it", Decided.LOOKING)),
        ("ACK rule 3 - known", Acknowledge(3, "known")),
        ("R3 ack known", Acknowledge(3, "known")),
        ("ack 3", Acknowledge(3)),
        ("ack R3", Acknowledge(3)),
        ("ack", Acknowledge(None)),
        ("ack looking at it", Acknowledge(None, "looking at it", Decided.LOOKING)),
        ("ack 3 funds are affected", Acknowledge(None, "3 funds are affected")),
        ("unsnooze R3", Unsnooze(3)),
        ("unsnooze 3.", Unsnooze(3)),
        ("R3 unsnooze", Unsnooze(3)),
        ("unsnooze", Unsnooze(None)),
        ("snooze R3", Snooze(3)),
        ("snooze 3", Snooze(3)),
        ("snooze", Snooze(None)),
        ("snooze R3 1 session", Snooze(3, sessions=1)),
        ("snooze R3 for 5 sessions", Snooze(3, sessions=5)),
        ("snooze 3 for 5 sessions", Snooze(3, sessions=5)),
        ("snooze 3 5 sessions", Snooze(3, sessions=5)),
        ("snooze 5 sessions", Snooze(None, sessions=5)),
        ("snooze R3 three trading days", Snooze(3, sessions=3)),
        ("snooze R3 1w", Snooze(3, until=date(2026, 1, 27))),
        ("snooze 3 1w", Snooze(3, until=date(2026, 1, 27))),
        ("snooze 1w", Snooze(None, until=date(2026, 1, 27))),
        ("snooze R3 a week", Snooze(3, until=date(2026, 1, 27))),
        ("snooze R3 for two weeks.", Snooze(3, until=date(2026, 2, 3))),
        ("R3 snooze 10d", Snooze(3, until=date(2026, 1, 30))),
        ("snooze R3 1 month", Snooze(3, until=date(2026, 2, 19))),
        ("snooze R3 until 2 Feb", Snooze(3, until=date(2026, 2, 2))),
        ("snooze R3 until 2nd of February", Snooze(3, until=date(2026, 2, 2))),
        ("snooze R3 until Feb 2, 2026", Snooze(3, until=date(2026, 2, 2))),
        ("snooze R3 through 2 Feb 2026", Snooze(3, until=date(2026, 2, 2))),
        ("snooze R3 2026-02-02", Snooze(3, until=date(2026, 2, 2))),
        ("snooze 2026-02-02", Snooze(None, until=date(2026, 2, 2))),
        ("snooze 3 2 Feb", Snooze(3, until=date(2026, 2, 2))),
        ("snooze 2 Feb", Snooze(None, until=date(2026, 2, 2))),
        ("snooze R3 until Friday", Snooze(3, until=date(2026, 1, 23))),
        ("snooze R3 until next tue", Snooze(3, until=date(2026, 1, 27))),
        ("snooze R3 until tomorrow", Snooze(3, until=date(2026, 1, 21))),
        ("snooze R3 today", Snooze(3, until=TODAY)),
    ],
)
def test_acts_are_read_as_they_are_typed(text: str, act: object) -> None:
    assert read_watch(text, TODAY) == act
    assert read_watch(f"/watch {text}", TODAY) == act


def test_a_day_without_a_year_is_the_next_one() -> None:
    assert read_watch("snooze R3 until 2 Jan", date(2025, 12, 30)) == Snooze(3, until=date(2026, 1, 2))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("snooze R3 soon", "is not how long; write a number of sessions, weeks or a day, like `5 sessions`"),
        ("snooze R3 0 sessions", "one session or more"),
        ("snooze R3 126 sessions", "`pause R3` has it read no more until `resume R3`"),
        ("snooze R3 9 months", "half a year at most"),
        ("snooze R3 2 Jan 2025", "is over; name a day to come, like `snooze R3 1w`"),
        ("snooze R3 2.2.2026", "can be read as day or month first"),
        ("snooze R3 until 30 Feb", "is not how long"),
        ("snooze R3 1.5w", "`1.5w` is not how long; write"),
        ("snooze R3 1w 2d", "`1w 2d` is not how long; write"),
        ("snooze R3 5", "`5` is not how long; write"),
        ("snooze R3 2026-02-30", "`2026-02-30` is not a"),
        ("unsnooze R3 now", "takes the number of a rule and nothing more"),
        ("akc R3", "did you mean `ack`?"),
        ("snoze R3 1w", "did you mean `snooze`?"),
        ("unsnoze R3", "did you mean `unsnooze`?"),
        ("aknowledge R3 known", "did you mean `acknowledge`?"),
        ("list fireing", "did you mean `list triggered`?"),
        ("list sortino < 1", "A fund called LIST is `$LIST`."),
        ("list firing quiet", "More than one state"),
        ("list page 0", "counted from 1"),
        ("list page 1 page 2", "More than one page"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, why: str) -> None:
    with pytest.raises(Unclear) as told:
        read_watch(text, TODAY)
    assert why in " ".join(told.value.complaints)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("list iscb", RuleListing(("ISCB",))),
        ("list ISCB, SPSM.", RuleListing(("ISCB", "SPSM"))),
        ("list rules that are firing", RuleListing((), ListedState.FIRING)),
        ("ls open page2", RuleListing((), ListedState.OPEN, 2)),
        ("list ISCB no data page #3", RuleListing(("ISCB",), ListedState.NO_DATA, 3)),
        ("list $OPEN", RuleListing(("OPEN",))),
    ],
)
def test_lists_are_narrowed_and_turned(text: str, asked: RuleListing) -> None:
    assert read_watch(text, TODAY) == asked


@settings(max_examples=60, deadline=None)
@given(
    st.lists(SYMBOLS, max_size=3, unique=True),
    st.none() | st.sampled_from(ListedState),
    st.integers(1, 999_999),
)
def test_a_list_that_is_written_is_read_again(
    symbols: list[str], stand: ListedState | None, page: int
) -> None:
    asked = RuleListing(tuple(symbols), stand, page)
    assert read_watch(list_text(asked), TODAY) == asked


@pytest.mark.parametrize("word", [*map(str, ListedState), "all", "rules", "that", "page", "page2", "the"])
def test_a_fund_that_is_called_like_a_word_of_the_list_is_written_apart(word: str) -> None:
    if " " not in word and len(word) <= 12:
        asked = RuleListing((word.upper(),))
        assert read_watch(list_text(asked), TODAY) == asked


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["ack", "snooze", "unsnooze", "R3 snooze", "list", "anyway"]),
    st.text(max_size=40) | st.from_regex(r"R?\d{0,4} ?(until |for )?\d{0,4} ?[a-z]{0,9}", fullmatch=True),
)
def test_any_text_is_read_or_refused_with_reasons(verb: str, text: str) -> None:
    try:
        assert not isinstance(read_watch(f"{verb} {text}", TODAY), Help)
    except Unclear as fault:
        complaints = fault.complaints
        assert complaints
