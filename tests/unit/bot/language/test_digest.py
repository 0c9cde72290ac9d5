"""When a channel wants to hear of its rules, in the words people use for times and places."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands import DIGEST
from bot.errors import Unclear
from bot.language import DigestNow, DigestOff, DigestOn, DigestStatus, Help, read_digest
from bot.language.zones import UnknownZone, zone_of
from bot.model import DigestMode

NEW_YORK = "America/New_York"
EARLY = time(8, 30)


def unclear(text: str) -> Unclear:
    with pytest.raises(Unclear) as caught:
        read_digest(text)
    assert caught.value.complaints
    assert caught.value.command == DIGEST.name
    return caught.value


def test_everything_at_once_and_nothing() -> None:
    assert read_digest(f"on 08:30 {NEW_YORK} always") == DigestOn(EARLY, NEW_YORK, DigestMode.ALWAYS)
    assert read_digest("on") == DigestOn()


@pytest.mark.parametrize("text", ["", "  ", "help", "HELP", "help me", "/digest", "digest help", "\u200b"])
def test_asks_for_help(text: str) -> None:
    assert read_digest(text) == Help(DIGEST)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        *((text, DigestOff()) for text in ("off", "OFF", "off.", "stop", "disable", "/digest off")),
        *((text, DigestStatus()) for text in ("status", "Status", "show", "when")),
        ("now", DigestNow()),
        *((text, DigestOn()) for text in ("on", "start", "enable")),
        *(
            (text, DigestOn(mode=DigestMode.QUIET))
            for text in ("quiet", "on quiet", "on, quiet", "on silent")
        ),
        ("always", DigestOn(mode=DigestMode.ALWAYS)),
    ],
)
def test_the_verbs(text: str, asked: object) -> None:
    assert read_digest(text) == asked


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        *((typed, EARLY) for typed in ("08:30", "8:30", "8:30am", "8:30 AM", "8.30", "8h30", "0830", "830")),
        *((typed, EARLY) for typed in ("8:30 a.m.", "at 8:30", "８：３０", "`08:30`", "8:30am.")),
        *((typed, time(8)) for typed in ("8", "8am", "08", "8 am", "8:00", "0800", "8h")),
        *((typed, time(20, 30)) for typed in ("20:30", "8:30pm", "8:30 p.m.", "2030")),
        *((typed, time(12)) for typed in ("noon", "12", "12pm", "midday")),
        *((typed, time(0)) for typed in ("midnight", "00:00", "12am", "0", "0:00")),
        ("23:59", time(23, 59)),
    ],
)
def test_times(typed: str, at: time) -> None:
    assert read_digest(f"on {typed}") == DigestOn(at)
    assert read_digest(f"on {typed} quiet") == DigestOn(at, mode=DigestMode.QUIET)


@pytest.mark.parametrize(
    "typed", ["24:00", "25:61", "8:60", "13pm", "0am", "08:30:15", "8:3", "99", "12345", "8::30"]
)
def test_what_is_no_time(typed: str) -> None:
    (complaint,) = unclear(f"on {typed}").complaints
    assert complaint.endswith("is not a time of day; write it like `08:30` or `8:30am`.")
    assert typed[:2] in complaint


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        *(
            (typed, NEW_YORK)
            for typed in (NEW_YORK, "america/new_york", "AMERICA/NEW YORK", "America / New York")
        ),
        *((typed, NEW_YORK) for typed in ("New York", "new_york", "NYC", "Boston", "ET", "in New York time")),
        *(
            (typed, "Europe/London")
            for typed in ("London", "europe/london", "Edinburgh", "the London time zone")
        ),
        *((typed, "Europe/Berlin") for typed in ("Berlin", "Frankfurt", "Munich")),
        ("Zurich", "Europe/Zurich"),
        ("Los Angeles", "America/Los_Angeles"),
        ("PT", "America/Los_Angeles"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Hong Kong", "Asia/Hong_Kong"),
        ("Port-au-Prince", "America/Port-au-Prince"),
        ("Buenos Aires, Argentina", None),
        ("US/Eastern", "US/Eastern"),
        ("utc", "UTC"),
    ],
)
def test_zones(typed: str, zone: str | None) -> None:
    if zone is None:
        assert "is not a time zone" in unclear(f"on 08:30 {typed}").complaints[0]
    else:
        assert read_digest(f"on 08:30 {typed} quiet") == DigestOn(EARLY, zone, DigestMode.QUIET)
        assert read_digest(f"on {typed} 08:30") == DigestOn(EARLY, zone)


def test_every_place_of_the_database_is_known_by_its_name() -> None:
    for name in available_timezones():
        if "/" in name and not name.startswith("Etc/"):
            assert zone_of(name.lower()) == zone_of(name.replace("_", " ")) == name


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("EST", "`est` does not follow daylight saving; write `America/New_York`."),
        ("CET", "`cet` does not follow daylight saving; write `Europe/Berlin` or `Europe/Paris`."),
        ("GMT", "`gmt` does not follow daylight saving; write `Europe/London` or `UTC`."),
        ("IST", "`ist` does not follow daylight saving; write `Asia/Kolkata` or `Europe/Dublin`."),
        ("UTC+1", "`utc+1` does not follow daylight saving; write a zone like `Europe/London`."),
        ("+01:00", "`+01:00` does not follow daylight saving; write a zone like `Europe/London`."),
        ("Etc/GMT+5", "`etc/gmt+5` does not follow daylight saving; write a zone like `Europe/London`."),
        ("Eastern", "`eastern` can be several zones; write `Canada/Eastern` or `US/Eastern`."),
        ("America", "`america` has many zones; add a city, like `America/New_York`."),
        ("Lodnon", "`lodnon` is not a time zone that I know; the nearest: `Europe/London`."),
        ("europe/zurch", "`europe/zurch` is not a time zone that I know; the nearest: `Europe/Zurich`"),
        ("foo", "`foo` is not a time zone that I know; write one like `America/New_York`."),
        ("<!channel>", "`< channel>` is not a time zone that I know; write one like `America/New_York`."),
    ],
)
def test_what_is_no_zone(typed: str, complaint: str) -> None:
    (told,) = unclear(f"on 8:30 {typed}").complaints
    assert told.startswith(complaint)


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("on 8:30 9:30", ("More than one time is given; keep one.",)),
        ("on 8:30 noon", ("More than one time is given; keep one.",)),
        ("on quiet always", ("`quiet` and `always` exclude each other; keep one.",)),
        ("on 8:30 allways", ("`allways` is not known; did you mean `always`?",)),
        ("tomorrow", ("Begin with `on`, `off`, `status` or `now`.",)),
        ("New York", ("Begin with `on`, `off`, `status` or `now`.",)),
        ("off please", ("`off` takes nothing more; leave `please` out.",)),
        ("now 8:30", ("`now` takes nothing more; leave `8:30` out.",)),
    ],
)
def test_says_what_is_wrong(text: str, complaints: tuple[str, ...]) -> None:
    assert unclear(text).complaints == complaints


def test_everything_wrong_comes_at_once_with_what_could_be_read() -> None:
    fault = unclear("on 24:00 8:30 EST allways quiet")
    assert len(fault.complaints) == 3
    assert fault.read == ("on", "08:30", "quiet")
    assert unclear("on 8:30 London quiet always").read == ("on", "08:30", "Europe/London", "quiet")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("on 16:00 same day", DigestOn(time(16), same_day=True)),
        ("on 4pm on the same day", DigestOn(time(16), same_day=True)),
        ("on 16:00 wait", DigestOn(time(16), same_day=True)),
        ("on 16:00 New York same day always", DigestOn(time(16), NEW_YORK, DigestMode.ALWAYS, same_day=True)),
        ("same-day", DigestOn(same_day=True)),
        ("on Next Day", DigestOn(same_day=False)),
    ],
)
def test_which_session_it_is_about(text: str, asked: DigestOn) -> None:
    assert read_digest(text) == asked


def test_one_day_excludes_the_other() -> None:
    fault = unclear("on 16:00 same day next day")
    assert fault.complaints == ("`same day` and `next day` exclude each other; keep one.",)
    assert fault.read == ("on", "16:00", "same day")


def test_the_same_time_twice_is_one() -> None:
    assert read_digest("on 8:30 8.30am") == DigestOn(EARLY)


@given(st.times(), st.sampled_from(sorted(available_timezones())), st.sampled_from([*DigestMode, None]))
@settings(max_examples=20, deadline=None)
def test_any_time_in_any_zone(at: time, zone: str, mode: DigestMode | None) -> None:
    minute = at.replace(second=0, microsecond=0, fold=0)
    text = f"on {minute:%H:%M} {zone} {mode.value if mode else ''}"
    if "/" in zone and not zone.startswith("Etc/"):
        asked = read_digest(text)
        assert asked == DigestOn(minute, zone, mode)
        assert ZoneInfo(zone)
    elif zone != "UTC":
        assert f"{minute:%H:%M}" in unclear_or_place(text)


def unclear_or_place(text: str) -> tuple[str, ...]:
    """What was read: names without a slash may be a city's (Singapore), or no zone at all (EST)."""
    try:
        asked = read_digest(text)
    except Unclear as fault:
        return fault.read
    assert isinstance(asked, DigestOn)
    assert asked.at
    return (f"{asked.at:%H:%M}",)


@given(st.text(max_size=30))
@settings(max_examples=20, deadline=None)
def test_any_text_is_a_zone_or_a_complaint(text: str) -> None:
    try:
        found = zone_of(text)
    except UnknownZone as unknown:
        found, told = None, str(unknown)
    assert found in available_timezones() if found else told.startswith("`")
