"""What follows `/digest`, `/follow` and `/unfollow`: when a channel hears its post, and of which pairs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from difflib import get_close_matches

from bot.commands import DIGEST, FOLLOW, UNFOLLOW, Command
from bot.errors import Unclear
from bot.language.mixes.fold import is_folded, mix_complaints
from bot.language.options import is_option, split_words
from bot.language.requests import (
    DigestNow,
    DigestOff,
    DigestOn,
    DigestStatus,
    FollowListing,
    FollowPair,
    Help,
    UnfollowPair,
)
from bot.language.words import MARKS, list_some, plain_text, require_readable, safe_word, symbol_of
from bot.language.zones import UnknownZone, zone_of
from bot.model import DigestMode

DigestRequest = DigestOn | DigestOff | DigestStatus | DigestNow | Help

_OTHERS: Mapping[str, DigestRequest] = {
    **dict.fromkeys(("off", "stop", "disable"), DigestOff()),
    **dict.fromkeys(("status", "show", "when"), DigestStatus()),
    "now": DigestNow(),
    "help": Help(DIGEST),
}
_ON = frozenset({"on", "start", "enable", "at"})
_MODES = {"quiet": DigestMode.QUIET, "silent": DigestMode.QUIET, "always": DigestMode.ALWAYS}
_DAYS = {
    **dict.fromkeys(("same", "same-day", "sameday", "wait", "waits"), True),
    **dict.fromkeys(("next", "next-day", "nextday"), False),
}
"""Whether a post waits for the session of its own day: `same day`, `next day`."""
_FILLERS = frozenset(
    {"at", "in", "on", "the", "time", "zone", "timezone", "o'clock", "every", "day", "daily", "and", "but"}
)
_NAMES_OF_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {
    spelling: number
    for number, name in enumerate(_NAMES_OF_DAYS)
    for spelling in (name, f"{name}s", name[:3], name[:4], name[:5])
}
"""Days of the week by what people write, Monday is 0."""
_REST = 5
"""Saturday, from which on no post comes."""
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_TIME = re.compile(r"(?<!\S)(\d[\d:.h]*) ?([ap]\.?m\b\.?)?(?!\S)")
_SEPARATORS = {mark: space for mark, space in MARKS.items() if chr(mark) not in "_'"} | {
    ord(mark): " " for mark in ",;()!?"
}
_TIME_WANTED = "write it like `08:30` or `8:30am`"


def read_digest(text: str) -> DigestRequest:
    """Read what follows `/digest`: when and how the channel hears of its rules.

    Times like 08:30, 8:30am, 8am, 8, 0830 and noon; zones by IANA name in any case or by city.
    Raises Unclear with everything that is wrong.
    """
    require_readable(DIGEST, text)
    words = " ".join(plain_text(text).translate(_SEPARATORS).split())
    words = re.sub(r"^/?digest(?!\S) ?", "", words, flags=re.IGNORECASE)
    verb, _, rest = words.partition(" ")
    verb = verb.lower().rstrip(".:")
    if not words:
        return Help(DIGEST)
    if verb in _OTHERS:
        return _read_other(verb, rest, text)
    return _read_on(rest if verb in _ON else words, text, begun=verb in _ON)


def _read_other(verb: str, rest: str, given: str) -> DigestRequest:
    if rest and verb != "help":
        raise Unclear(DIGEST.name, given, [f"`{verb}` takes nothing more; leave `{safe_word(rest)}` out."])
    return _OTHERS[verb]


def _read_on(words: str, given: str, *, begun: bool) -> DigestOn:
    """Read what follows `on`.  begun: the word itself was there."""
    complaints: list[str] = []
    times = [_read_time(found[1], found[2] or "", complaints) for found in _TIME.finditer(words.lower())]
    written = re.sub(r"\b(quiet|silent) off\b", "always", _TIME.sub(" ", words.lower()))
    rest = [word for word in written.split() if word not in _FILLERS]
    times += [_NAMED_TIMES[word] for word in rest if word in _NAMED_TIMES]
    modes = [_MODES[word] for word in rest if word in _MODES]
    days = [_DAYS[word] for word in rest if word in _DAYS]
    weekdays = sorted({_WEEKDAYS[word] for word in rest if word in _WEEKDAYS})
    if not begun and not times and not modes and not days and not weekdays:
        raise Unclear(DIGEST.name, given, ["Begin with `on`, `off`, `status` or `now`."])
    known_words = _MODES.keys() | _NAMED_TIMES.keys() | _DAYS.keys() | _WEEKDAYS.keys()
    zone = _read_zone([word for word in rest if word not in known_words], complaints)
    known = [at for at in times if at is not None]
    if len(set(known)) > 1:
        complaints.append("More than one time is given; keep one.")
    if len(set(modes)) > 1:
        complaints.append("`quiet` and `always` exclude each other; keep one.")
    if len(set(days)) > 1:
        complaints.append("`same day` and `next day` exclude each other; keep one.")
    complaints += _weekday_complaints(modes, weekdays)
    mode = modes[0] if modes else (DigestMode.QUIET if weekdays else None)
    chosen = tuple(weekdays) or None
    asked = DigestOn(known[0] if known else None, zone, mode, days[0] if days else None, chosen)
    if complaints:
        raise Unclear(DIGEST.name, given, complaints, _words_read(asked))
    return asked


def _weekday_complaints(modes: list[DigestMode], weekdays: list[int]) -> list[str]:
    """Return what is wrong with the days that a quiet post is to come on."""
    if not weekdays:
        return []
    named = _NAMES_OF_DAYS[weekdays[0]].capitalize()
    if DigestMode.ALWAYS in modes:
        return [f"`always` posts on every day; `quiet {named[:3].lower()}` posts on {named} and on news."]
    idle = [_NAMES_OF_DAYS[day].capitalize() for day in weekdays if day >= _REST]
    return [f"No post comes on {' or '.join(idle)}: choose days from Monday to Friday."] if idle else []


def _read_time(digits: str, half: str, complaints: list[str]) -> time | None:
    """Read a time of day; None with a complaint."""
    shown = safe_word(f"{digits}{' ' * bool(half)}{half}")
    found = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2})?)?|(\d{1,2})(\d{2})", digits)
    hour, minute = (int(found[1] or found[3]), int(found[2] or found[4] or 0)) if found else (99, 0)
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    elif half:
        hour = 99
    if hour > 23 or minute > 59:
        complaints.append(f"`{shown}` is not a time of day; {_TIME_WANTED}.")
        return None
    return time(hour, minute)


def _read_zone(words: list[str], complaints: list[str]) -> str | None:
    slips = {word: like[0] for word in words if (like := get_close_matches(word[:20], _MODES, 1, 0.8))}
    complaints += [
        f"`{safe_word(word)}` is not known; did you mean `{mode}`?" for word, mode in slips.items()
    ]
    words = [word for word in words if word not in slips]
    if not words:
        return None
    try:
        return zone_of(" ".join(words))
    except UnknownZone as unknown:
        complaints.append(str(unknown))
        return None


def _words_read(asked: DigestOn) -> list[str]:
    at = asked.at.strftime("%H:%M") if asked.at else ""
    day = {None: "", True: "same day", False: "next day"}[asked.same_day]
    chosen = " ".join(_NAMES_OF_DAYS[number][:3] for number in asked.days or ())
    parts = ("on", at, asked.zone or "", asked.mode.value if asked.mode else "", chosen, day)
    return [part for part in parts if part]


_DAILY = re.compile(r"\s*(?:daily|morning)(?:[ -]posts?)?(?!\S)[ :,]*(.*)", re.DOTALL)


def daily_text(text: str) -> str | None:
    """Return what follows `/digest` where `/watch daily …` says the same; None where a rule is meant.

    In small letters only: `DAILY` may be a fund.

    >>> daily_text("daily quiet on"), daily_text("daily"), daily_text("ISCB sortino < 1")
    ('quiet on', 'status', None)
    """
    found = _DAILY.fullmatch(text)
    return (found[1] or "status") if found else None


_LISTED = frozenset({"list", "show", "status", "all"})
_JOINED = frozenset({"and", "with", "&", "+", "-", "/", "less", "minus"})

_SLASHED = re.compile(r"(?<=[A-Za-z0-9])/(?=[A-Za-z0-9]{2})")
"""Between two funds: `ISCB/SPSM`; behind `BRK/B` it is a share class."""

PairRequest = FollowPair | UnfollowPair | FollowListing | Help


def read_pair(command: Command, text: str) -> PairRequest:
    """Read what follows `/follow` or `/unfollow`: two funds, and perhaps one after `vs`.

    `A vs B` alone are the two, as in `/compare`.  Raises Unclear with everything that is wrong.
    """
    require_readable(command, text)
    words = [word for word in split_words(_SLASHED.sub(" ", plain_text(text))) if word.lower() not in _JOINED]
    if words and words[0].lower() in {command.name, command.name[1:]}:
        words = words[1:]
    if not words or words[0].lower() == "help":
        return Help(command)
    if words[0].lower() in _LISTED and len(words) == 1:
        return FollowListing()
    names = [word for word in words if word.lower() != "vs"]
    symbols = [symbol for word in names if (symbol := symbol_of(word)) and not _is_window(word)]
    if complaints := _word_complaints(names) or _pair_complaints(command, words, symbols):
        raise Unclear(command.name, text, complaints, symbols=symbols)
    if command is UNFOLLOW:
        return UnfollowPair(*symbols[:2])
    return FollowPair(*symbols)


def _is_window(word: str) -> bool:
    return is_option(word) and not word.startswith("$")


def _word_complaints(names: list[str]) -> list[str]:
    windows = [word for word in names if _is_window(word)]
    strange = [word for word in names if symbol_of(word) is None]
    told = "A followed pair is told over the day, the month and the year to date"
    return [
        *([f"{told}: leave {list_some(f'`{safe_word(word)}`' for word in windows)} out."] if windows else []),
        *(complaint for word in strange for complaint in _strange_complaints(word)),
    ]


def _strange_complaints(word: str) -> tuple[str, ...]:
    return mix_complaints(word) if is_folded(word) else (f"`{safe_word(word)}` is not a symbol.",)


def _pair_complaints(command: Command, words: list[str], symbols: list[str]) -> list[str]:
    """Return what is wrong with the number and the order of the funds."""
    twice = [symbol for symbol in dict.fromkeys(symbols) if symbols.count(symbol) > 1]
    if twice:
        return [f"{twice[0]} is named more than once: a pair is two different funds."]
    count = len(symbols)
    beside = "vs" in (word.lower() for word in words)
    placed = words[2].lower() == "vs" if len(words) == 4 else False
    if count == 2 or (count == 3 and beside and placed):
        return []
    like = f"`{command.name} ISCB SPSM`"
    if count < 2:
        return [f"Two funds are needed, like {like}."]
    if count == 3 and not beside:
        only = f"{command.name} {' '.join(symbols[:2])}"
        third = f", or `{only} vs {symbols[2]}` with {symbols[2]} beside it" if command is FOLLOW else ""
        return [f"One pair at a time: `{only}`{third}."]
    return [f"One pair at a time, like {like}."]
