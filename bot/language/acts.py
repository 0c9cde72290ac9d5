"""What is done to an incident: `ack R7 looking at it`, `snooze R7 1w`, `unsnooze R7`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.commands import WATCH
from bot.errors import Unclear
from bot.language.requests import Acknowledge, ByHand, Snooze, Unsnooze
from bot.language.windows import SPELLINGS, read_day, rewritten
from bot.language.words import quoted

MOST_SESSIONS = 125
MOST_DAYS = timedelta(days=183)
"""Half a year: who wants to hear of a rule no more pauses it."""

_NAMED = re.compile(r"(?:rule ?#?|#r?|r#?)([1-9]\d{0,8})\b[.:,]?(?!\S)", re.IGNORECASE | re.ASCII)
"""A rule's number that nobody takes for another one."""
_ALONE = re.compile(r"([1-9]\d{0,8})[.:,]?", re.ASCII)
_BARE = re.compile(r"([1-9]\d{0,8})[.:,]? (?=.*\d)(.+)", re.ASCII)
_COUNTS = {"a": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_COUNTED = re.compile(
    r"(\d{1,4}) ?(sessions?|(?:trading|business) days?|d(?:ays?)?|w(?:eeks?|ks?)?|m(?:onths?|os?)?)",
    re.IGNORECASE | re.ASCII,
)
_LEAD = re.compile(r"(?:for|until|till?|through|thru|to)(?: the)? ", re.IGNORECASE)
_DAYS = {"d": 1, "w": 7, "m": 30}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_YEARLESS = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)? ?(?:of )?([a-z]{3,9})\.?|([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?", re.I
)
_DATED = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d|\d{8}$")
"""What is meant as a date, however it is spelt."""
_HOW = "a number of sessions, weeks or a day, like `5 sessions`, `1w` or `until 2026-02-02`"


def read_act(verb: str, rest: str, given: str, today: date) -> ByHand | None:
    """Read what follows one of `VERBS`; None for any other word.

    given: the whole text.  Without a number the rule is that of the card in whose thread it is said.
    Raises Unclear.
    """
    reader = VERBS.get(verb)
    return reader(rest, given, today) if reader else None


def _acknowledge(rest: str, given: str, today: date) -> Acknowledge:  # noqa: ARG001
    number, reason = _numbered(rest)
    return Acknowledge(number, reason.lstrip(":,-").strip())


def _unsnooze(rest: str, given: str, today: date) -> Unsnooze:  # noqa: ARG001
    number, more = _numbered(rest)
    if more:
        raise _unclear(given, f"`unsnooze` takes the number of a rule and nothing more; {_leave_out(more)}")
    return Unsnooze(number)


def _snooze(rest: str, given: str, today: date) -> Snooze:
    number, span = _numbered(rest)
    words = _LEAD.sub("", span, count=1).strip(" .,:")
    if not words:
        return Snooze(number)
    name = f"R{number}" if number else "R7"
    if found := _COUNTED.fullmatch(_in_figures(words)):
        return _for(number, int(found[1]), found[2].lower(), given, today)
    try:
        until, wrong = _day(words.lower(), today), f"is not how long; write {_HOW}"
    except ValueError as fault:
        until, wrong = None, str(fault)
    if until is None:
        if number is None and (found := _BARE.fullmatch(words)):
            return _snooze(f"R{found[1]} {found[2]}", given, today)
        raise _unclear(given, f"`{quoted(span)}` {wrong}.")
    if until < today:
        raise _unclear(given, f"`{quoted(span)}` is over; name a day to come, like `snooze {name} 1w`.")
    return Snooze(number, until=_at_most(until, number, given, today))


def _for(number: int | None, count: int, unit: str, given: str, today: date) -> Snooze:
    if count < 1:
        raise _unclear(given, f"A snooze lasts one session or more; write {_HOW}.")
    if unit.startswith(("s", "t", "b")):
        if count > MOST_SESSIONS:
            raise _too_long(number, given)
        return Snooze(number, sessions=count)
    until = today + timedelta(days=count * _DAYS[unit[0]])
    return Snooze(number, until=_at_most(until, number, given, today))


def _at_most(until: date, number: int | None, given: str, today: date) -> date:
    if until > today + MOST_DAYS:
        raise _too_long(number, given)
    return until


def _too_long(number: int | None, given: str) -> Unclear:
    name = f"R{number or 7}"
    return _unclear(
        given,
        f"A snooze lasts {MOST_SESSIONS} sessions or half a year at most; "
        f"`pause {name}` has it read no more until `resume {name}`.",
    )


def _numbered(rest: str) -> tuple[int | None, str]:
    """The rule's number, and what follows it."""
    if found := _NAMED.match(rest) or _ALONE.fullmatch(rest):
        return int(found[1]), rest[found.end() :].strip()
    return None, rest


def _in_figures(words: str) -> str:
    first, _, more = words.partition(" ")
    return f"{_COUNTS[first.lower()]} {more}" if first.lower() in _COUNTS else words


def _day(words: str, today: date) -> date | None:
    """A day to come; None for what is none.  ValueError with what is wrong with one."""
    if words in ("today", "tomorrow"):
        return today + timedelta(days=words == "tomorrow")
    for at, name in enumerate(_WEEKDAYS):
        if words.removeprefix("next ") in (name, name[:3]):
            return today + timedelta(days=(at - today.weekday() - 1) % 7 + 1)
    if found := _YEARLESS.fullmatch(words):
        day, month = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _next(f"{day} {month}", today)
    written = rewritten(words.replace(",", ""), SPELLINGS)
    return read_day(written) if _DATED.match(written) else None


def _next(day_month: str, today: date) -> date | None:
    """The next such day."""
    for year in (today.year, today.year + 1):
        try:
            found = read_day(rewritten(f"{day_month} {year}", SPELLINGS))
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _leave_out(more: str) -> str:
    return f"leave `{quoted(more)}` out."


def _unclear(given: str, *complaints: str) -> Unclear:
    return Unclear(WATCH.name, given, complaints)


VERBS: dict[str, Callable[[str, str, date], ByHand]] = {
    "ack": _acknowledge,
    "acknowledge": _acknowledge,
    "snooze": _snooze,
    "unsnooze": _unsnooze,
}
