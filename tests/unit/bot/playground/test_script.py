"""Scripts: what each line says, and that a wrong one has one clear error."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.errors import UserError
from bot.playground.script import (
    DIRECTIVES,
    AnyLine,
    ChannelChange,
    FaultSwitch,
    MomentComes,
    ScriptLine,
    SessionsPass,
    read_script,
)
from tests.examples import at_length


def only(line: str) -> AnyLine:
    (read,) = read_script(line)
    return read


def complaint(line: str) -> str:
    with pytest.raises(UserError) as caught:
        read_script(line)
    (only,) = caught.value.complaints
    return only


def test_blank_lines_and_comments_are_passed_over_and_counted() -> None:
    (line,) = read_script("#! how to ask\n# a comment\n#\n\n   \n  #portfolio Ann: hello: you  \n")
    assert line == ScriptLine(6, "#portfolio Ann: hello: you", "type", "ann", "#portfolio", text="hello: you")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("@watchpoint cy: /compare help", ("type", "cy", "@watchpoint", False, "", "/compare help")),
        ("#a-b> ann: @watchpoint help", ("type", "ann", "#a-b", True, "", "@watchpoint help")),
        ('#a> ann "R1 is met": why', ("type", "ann", "#a", True, "R1 is met", "why")),
        ("@press #a ben: Why?", ("press", "ben", "#a", False, "", "Why?")),
        ('@press #a ben "R1: met": Why?', ("press", "ben", "#a", False, "R1: met", "Why?")),
        ("@press @home ben: Next", ("press", "ben", "@home", False, "", "Next")),
        ("@choose @form ben: Window = 3 years", ("choose", "ben", "@form", False, "", "Window", "3 years")),
        ("@fill ben: Rule = a < 1, b >= 2", ("fill", "ben", "", False, "", "Rule", "a < 1, b >= 2")),
        ("@fill ben: Reason =", ("fill", "ben", "", False, "", "Reason", "")),
        ("@send ben", ("send", "ben")),
        ("@show #a> ben", ("show", "ben", "#a", True)),
        ('@delete @watchpoint ben "hello"', ("delete", "ben", "@watchpoint", False, "hello")),
        ("@edit #a ben: other words", ("edit", "ben", "#a", False, "", "other words")),
        ("@invite #a ben", ("invite", "ben", "#a")),
        ("@remove #a ben: @cy", ("remove", "ben", "#a", False, "", "cy")),
    ],
)
def test_what_people_do(given: str, read: tuple[str, ...]) -> None:
    assert only(given) == ScriptLine(1, given, *read)  # type: ignore[arg-type]


def test_channels_sessions_and_faults() -> None:
    assert only("@channel #random archive") == ChannelChange(
        1, "@channel #random archive", "random", "archive"
    )
    assert only("@channel a rename #b") == ChannelChange(1, "@channel a rename #b", "a", "rename", "b")
    assert only("@clock 1 session") == SessionsPass(1, "@clock 1 session", 1)
    assert only("@fault 429:30") == FaultSwitch(1, "@fault 429:30", "429:30")
    line = "@fault 500 3 times for chat.update"
    assert only(line) == FaultSwitch(1, line, "500", 3, "chat.update")


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("@clock to 2026-02-02 14:30 Europe/London", datetime(2026, 2, 2, 14, 30, tzinfo=UTC)),
        ("@clock to 2026-07-02T14:30", datetime(2026, 7, 2, 18, 30, tzinfo=UTC)),
        ("@clock to 2026-02-02 UTC", datetime(2026, 2, 2, tzinfo=UTC)),
    ],
)
def test_a_moment_is_in_the_zone_that_is_written_or_the_persons(given: str, moment: datetime) -> None:
    read = only(given)
    assert isinstance(read, MomentComes)
    assert read.moment(ZoneInfo("America/New_York")) == moment


@pytest.mark.parametrize(
    ("given", "possible"),
    [
        ("hello", "`#portfolio ann: hello`"),
        ("#portfolio ann", "`#portfolio ann: hello`"),
        ("@somebody ann: hello", "There is no @somebody. There are: @press, @choose,"),
        ("@press ann: Why?", "`@press #portfolio ann: Acknowledge`"),
        ("@press @nowhere ann: Why?", "There are: a #channel, @watchpoint, @home, @form."),
        ("@press @home> ann: Why?", "@home has no threads"),
        ("@clock 0 sessions", "`@clock 5 sessions`"),
        ("@clock to 2026-02-30", "`2026-02-02 14:30`"),
        ("@clock to 2026-02-02 14:30 Europe", "There is no time zone Europe:"),
        ("@clock to 0001-01-01", "1990 to 2100"),
        ("@channel random explode", "`@channel #random archive`"),
        ("@fault hangg", "There is no fault hangg. There are: 429:30 (seconds), 429, 500, hang,"),
        ("@fault off 2 times", "everything off at once"),
    ],
)
def test_a_wrong_line_says_what_was_read_and_what_is_possible(given: str, possible: str) -> None:
    told = complaint(f"\n# before\n{given}\n#portfolio ann: fine")
    assert told.startswith(f"Line 3 cannot be read: {given!r}. ")
    assert possible in told


def test_every_wrong_line_is_named_at_once() -> None:
    with pytest.raises(UserError) as caught:
        read_script("hello\n#portfolio ann: fine\n@press\n@fault\n")
    assert [each.split(" cannot")[0] for each in caught.value.complaints] == ["Line 1", "Line 3", "Line 4"]


PIECES = st.sampled_from(
    [
        *(f"@{each} " for each in DIRECTIVES),
        *(
            "#portfolio ",
            "#a> ",
            "@watchpoint",
            "@home ",
            "@form ",
            "@x",
            "ann",
            "ben ",
            ": ",
            " = ",
            '"R1" ',
        ),
        *(
            "to ",
            "2026-02-02",
            " 14:30 ",
            "25:99",
            "0001-01-01 ",
            "9999-12-31",
            "Europe/London",
            "Europe",
            "../x",
        ),
        *(
            "429:30",
            "429:x",
            "500 ",
            "off",
            "3 times ",
            "for ",
            "chat.update",
            "5 sessions",
            "rename ",
            "\0",
            "\r",
        ),
    ]
)
LINES = st.lists(PIECES | st.text(max_size=8), max_size=9).map("".join)


@settings(max_examples=at_length(3000), deadline=None)
@given(LINES)
@example("@clock to 2026-02-02 00:00 \u0663")
@example("@clock to ٢٠٢٦-02-02")
@example("@fault 429:99999999999999999999")
def test_no_line_raises_anything_but_the_one_error(script: str) -> None:
    with suppress(UserError):
        for read in read_script(script):
            if isinstance(read, MomentComes):
                read.moment(ZoneInfo("Pacific/Kiritimati"))


@pytest.mark.parametrize("name", sorted(DIRECTIVES))
def test_the_example_of_a_directive_can_be_read(name: str) -> None:
    read_script("\n".join(DIRECTIVES[name].example.split("` or `")))
