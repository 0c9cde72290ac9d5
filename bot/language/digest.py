"""What follows `/digest`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from difflib import get_close_matches

from bot.commands import DIGEST
from bot.errors import Unclear
from bot.language.requests import DigestNow, DigestOff, DigestOn, DigestStatus, Help
from bot.language.words import MARKS, plain_text, require_readable, safe_word
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
    {"at", "in", "on", "the", "time", "zone", "timezone", "o'clock", "every", "day", "daily", "and"}
)
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
    rest = [word for word in _TIME.sub(" ", words.lower()).split() if word not in _FILLERS]
    times += [_NAMED_TIMES[word] for word in rest if word in _NAMED_TIMES]
    modes = [_MODES[word] for word in rest if word in _MODES]
    days = [_DAYS[word] for word in rest if word in _DAYS]
    if not begun and not times and not modes and not days:
        raise Unclear(DIGEST.name, given, ["Begin with `on`, `off`, `status` or `now`."])
    known_words = _MODES.keys() | _NAMED_TIMES.keys() | _DAYS.keys()
    zone = _read_zone([word for word in rest if word not in known_words], complaints)
    known = [at for at in times if at is not None]
    if len(set(known)) > 1:
        complaints.append("More than one time is given; keep one.")
    if len(set(modes)) > 1:
        complaints.append("`quiet` and `always` exclude each other; keep one.")
    if len(set(days)) > 1:
        complaints.append("`same day` and `next day` exclude each other; keep one.")
    asked = DigestOn(
        known[0] if known else None, zone, modes[0] if modes else None, days[0] if days else None
    )
    if complaints:
        raise Unclear(DIGEST.name, given, complaints, _words_read(asked))
    return asked


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
    parts = ("on", at, asked.zone or "", asked.mode.value if asked.mode else "", day)
    return [part for part in parts if part]
