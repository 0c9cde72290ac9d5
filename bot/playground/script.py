"""The language of scripts, one line for each thing that is done; docs/script.md describes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.playground.api.server import FAULT_NAMES
from bot.playground.model import BOT_NAME

HOME, FORM, ALONE = "@home", "@form", f"@{BOT_NAME}"
"""Places beside channels: the app's Home tab, the form that is open, direct messages with the bot."""
REFUSALS = ("not_in_channel", "channel_not_found", "is_archived", "no_permission", "token_revoked")
"""Slack's own words that a call can be refused with."""
OFF = "off"
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class ScriptLine:
    """One thing that a person does.  number, given: where the line stands, and as it was written.

    verb: the directive without its @, or "type".  place: a channel with its #, or one of those above.
    thread: in a thread there.  words: of the message that is meant; empty: the newest.
    text: what is typed, the words of the button, the label of the field, whom to invite.
    value: what is chosen or filled in.
    """

    number: int
    given: str
    verb: str
    person: str
    place: str = ""
    thread: bool = False
    words: str = ""
    text: str = ""
    value: str = ""


@dataclass(frozen=True)
class SessionsPass:
    """Sessions that are let pass."""

    number: int
    given: str
    sessions: int


@dataclass(frozen=True)
class MomentComes:
    """Time that is let pass until a moment.  local: as it was written.  zone: None: the first person's."""

    number: int
    given: str
    local: datetime
    zone: ZoneInfo | None = None

    def moment(self, zone: ZoneInfo) -> datetime:
        """Return it in UTC.  zone: where none was written."""
        return self.local.replace(tzinfo=self.zone or zone).astimezone(UTC)


@dataclass(frozen=True)
class ChannelChange:
    """What the first person does to a channel.  deed: "archive" and the like; to: its new name, or empty."""

    number: int
    given: str
    channel: str
    deed: str
    to: str = ""


@dataclass(frozen=True)
class FaultSwitch:
    """Calls of the bot that go wrong.  name: as of `Faults.on`, or "off"; method: "*" for all."""

    number: int
    given: str
    name: str
    times: int = 1
    method: str = "*"


AnyLine = ScriptLine | SessionsPass | MomentComes | ChannelChange | FaultSwitch

_CHANNEL = r"#(?P<channel>[\w-]+)(?P<thread>>)?"
_PLACE = rf"(?:{_CHANNEL}|(?P<own>@[\w-]+)(?P<own_thread>>)?)"
_PERSON = r"(?P<person>\w+)"
_WHO = rf'{_PERSON}(?: +"(?P<words>[^"]+)")?'
_TEXT = r" *: *(?P<text>\S.*)"
_VALUE = r" *: *(?P<text>[^\s=][^=]*)=(?P<value>.*)"
_TALK = (ALONE,)
_PRESSED = (ALONE, HOME, FORM)


@dataclass(frozen=True)
class Directive:
    """How a directive is written.  own: places beside channels for it; example: one that is right."""

    pattern: str
    example: str
    own: tuple[str, ...] = ()


DIRECTIVES = {
    "press": Directive(rf"{_PLACE} +{_WHO}{_TEXT}", "@press #portfolio ann: Acknowledge", _PRESSED),
    "choose": Directive(rf"{_PLACE} +{_WHO}{_VALUE}", "@choose @home ann: Sort by = Newest", _PRESSED),
    "shortcut": Directive(rf"{_PLACE} +{_WHO}{_TEXT}", "@shortcut #portfolio ann: Compare funds", _TALK),
    "fill": Directive(_PERSON + _VALUE, "@fill ann: Reason = known outage"),
    "send": Directive(_PERSON, "@send ann"),
    "close": Directive(_PERSON, "@close ann"),
    "form": Directive(_PERSON, "@form ann"),
    "home": Directive(_PERSON, "@home ann"),
    "show": Directive(rf"{_PLACE} +{_WHO}", "@show #portfolio> ann", _TALK),
    "edit": Directive(rf"{_PLACE} +{_WHO}{_TEXT}", "@edit #portfolio ann: other words", _TALK),
    "delete": Directive(rf"{_PLACE} +{_WHO}", "@delete #portfolio ann", _TALK),
    "invite": Directive(
        rf"#(?P<channel>[\w-]+) +{_PERSON}(?: *: *@?(?P<text>[\w-]+))?", "@invite #random ann"
    ),
    "remove": Directive(
        rf"#(?P<channel>[\w-]+) +{_PERSON}(?: *: *@?(?P<text>[\w-]+))?", "@remove #random ann"
    ),
    "channel": Directive(
        r"#?(?P<channel>[\w-]+) +"
        r"(?:(?P<deed>create|archive|unarchive|private|delete)|rename +#?(?P<to>[\w-]+))",
        "@channel #random archive",
    ),
    "clock": Directive(
        r"(?:(?P<sessions>[1-9][0-9]{0,2}) sessions?|"
        r"to +(?P<day>[\d-]+)(?:(?: +|T)(?P<time>[\d:]+))?(?: +(?P<zone>[\w/+-]+))?)",
        "@clock 5 sessions` or `@clock to 2026-02-02 14:30 Europe/London",
    ),
    "fault": Directive(
        r"(?P<name>[\w:]+)(?: +(?P<times>[1-9][0-9]{0,2}) times?)?(?: +for +(?P<method>[\w.]+))?",
        "@fault 429:30 2 times for chat.postMessage` or `@fault off",
    ),
}
"""One row a directive."""
SAYING = "#portfolio ann: hello"
_SAID = re.compile(rf"{_PLACE} +{_WHO}{_TEXT}")
_DIRECTIVE = re.compile(r"@(?P<verb>[\w-]+)(?: +(?P<rest>.*))?")


class _Unreadable(ValueError):
    """A line that cannot be read; says what is wrong and what is possible."""


def read_script(script: str) -> list[AnyLine]:
    """Return what is to be done.  Raises UserError that names every line that cannot be read."""
    lines: list[AnyLine] = []
    wrong: list[str] = []
    for number, given in enumerate(script.splitlines(), 1):
        given = given.strip()
        if not given or re.match(r"#(?:[!\s]|$)", given):
            continue
        try:
            lines.append(_read_line(number, given))
        except _Unreadable as fault:
            wrong.append(f"Line {number} cannot be read: {given!r}. {fault}")
    if wrong:
        raise UserError(*wrong)
    return lines


def _read_line(number: int, given: str) -> AnyLine:
    if (found := _DIRECTIVE.fullmatch(given)) and found["verb"] in DIRECTIVES:
        verb = found["verb"]
        directive = DIRECTIVES[verb]
        match = re.fullmatch(directive.pattern, (found["rest"] or "").strip())
        if match is None:
            raise _Unreadable(f"It looks like `{directive.example}`.")
        return READERS.get(verb, _read_act)(number, given, verb, match)
    said = _SAID.fullmatch(given)
    if said is not None and said["own"] in (None, ALONE):
        return _read_act(number, given, "type", said)
    if found is not None and found["verb"] != BOT_NAME:
        possible = ", ".join(f"@{each}" for each in DIRECTIVES)
        raise _Unreadable(f"There is no @{found['verb']}. There are: {possible}, and {ALONE} to talk to.")
    raise _Unreadable(f"It looks like `{SAYING}`.")


def _read_act(number: int, given: str, verb: str, match: re.Match[str]) -> AnyLine:
    part = match.groupdict(default="")
    own = part.get("own", "")
    if own and verb != "type" and own not in DIRECTIVES[verb].own:
        places = ", ".join(("a #channel", *DIRECTIVES[verb].own))
        raise _Unreadable(f"{own} is no place for @{verb}. There are: {places}.")
    thread = bool(part.get("thread") or part.get("own_thread"))
    if thread and own in (HOME, FORM):
        raise _Unreadable(f"{own} has no threads.")
    place = own or (f"#{part['channel']}" if part.get("channel") else "")
    rest = {key: part.get(key, "").strip() for key in ("words", "text", "value")}
    return ScriptLine(number, given, verb, part["person"].lower(), place, thread, **rest)


def _read_clock(number: int, given: str, _verb: str, match: re.Match[str]) -> AnyLine:
    if match["sessions"]:
        return SessionsPass(number, given, int(match["sessions"]))
    try:
        local = datetime.fromisoformat(f"{match['day']}T{match['time'] or '00:00'}")
    except ValueError:
        raise _Unreadable("A moment is a day and a time, like `2026-02-02 14:30`.") from None
    try:
        zone = ZoneInfo(match["zone"]) if match["zone"] else None
    except (ValueError, KeyError, OSError):
        raise _Unreadable(f"There is no time zone {match['zone']}: write one like `Europe/London`.") from None
    if not _FIRST_YEAR <= local.year <= _LAST_YEAR:
        raise _Unreadable(f"A moment is in the years {_FIRST_YEAR} to {_LAST_YEAR}.")
    return MomentComes(number, given, local, zone)


def _read_channel(number: int, given: str, _verb: str, match: re.Match[str]) -> AnyLine:
    return ChannelChange(number, given, match["channel"], match["deed"] or "rename", match["to"] or "")


def _read_fault(number: int, given: str, _verb: str, match: re.Match[str]) -> AnyLine:
    name, times, method = match["name"], match["times"], match["method"]
    if name == OFF and (times or method):
        raise _Unreadable("`@fault off` switches everything off at once.")
    known = (*FAULT_NAMES, *REFUSALS, OFF)
    if name not in known and not re.fullmatch(r"429:[0-9]{1,5}", name):
        raise _Unreadable(f"There is no fault {name}. There are: 429:30 (seconds), {', '.join(known)}.")
    return FaultSwitch(number, given, name, int(times or 1), method or "*")


Reader = Callable[[int, str, str, re.Match[str]], AnyLine]
READERS: dict[str, Reader] = {"clock": _read_clock, "channel": _read_channel, "fault": _read_fault}
"""Those that are not something a person does at a place."""
