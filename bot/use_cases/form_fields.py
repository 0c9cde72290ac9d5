"""The fields of a form that was sent in, read one by one, every complaint at its own field."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analytics.errors import UnknownWindow
from analytics.returns import ZERO, Rate
from analytics.window import Window
from bot.language.windows import SPELLINGS, is_day, is_window, read_day, read_window, rewrite_spellings
from bot.language.words import (
    MARKS,
    MOST_CHARACTERS,
    PLACED,
    list_some,
    rate_of,
    safe_word,
    script_of,
    seen_text,
    symbol_of,
    with_dashes,
)
from bot.language.zones import UnknownZone, zone_of
from bot.model import DigestMode
from bot.ports import Place
from bot.render import forms
from bot.render.forms import NEXT, OFF, ON, SAME, DigestFields
from bot.render.text import join_words

LONGEST_FAULT = 300
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{1,30}")
_FILLERS = frozenset({"and", "&", "+", "vs", "versus", "with", "or"})
_SEPARATORS = MARKS | {ord(mark): " " for mark in ",;/|"}
_ENDS = "()[]{}!?:."


@dataclass
class SentFields:
    """A form that was sent in.

    fields: by block id, as Slack has them.
    channel, thread: where it was opened, empty where that is nowhere.
    reply_url: Slack's of the press or the message that opened it, empty without one.
    within: it was opened from within the thread.
    faults: what is wrong, by block id; plain text.
    """

    fields: dict[str, Any]
    channel: str = ""
    thread: str = ""
    reply_url: str = ""
    within: bool = False
    faults: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Read a field on one line, without what cannot be seen; empty where nothing was put in."""
        given = self.fields.get(name)
        return " ".join(seen_text(given).split()) if isinstance(given, str) else ""

    def wrong(self, name: str, *complaints: str) -> None:
        """Note what is wrong with a field, as plain text, which is what Slack shows."""
        before = [self.faults[name]] if name in self.faults else []
        said = " ".join([*before, *complaints]).replace("`", '"')
        self.faults[name] = said if len(said) <= LONGEST_FAULT else f"{said[:LONGEST_FAULT]}…"


def read_sent(text: str) -> SentFields:
    """Read the JSON of a form; ValueError for what is none."""
    given = json_object(text)
    try:
        opened = json_object(given.pop("metadata", ""))
    except ValueError:
        opened = {}
    channel, thread, reply = (_string(opened.get(name)) for name in ("channel", "thread", "reply"))
    if not is_channel(channel):
        return SentFields(given)
    return SentFields(given, channel, thread, reply, within=opened.get("within") is True)


def form_metadata(place: Place) -> str:
    """Return what comes back with a form that is opened here: JSON as in `ids`, and Slack's way to reply."""
    if not is_channel(place.channel):
        return json.dumps({"channel": "", "thread": ""})
    reply = {"reply": place.reply_url} if place.reply_url else {}
    inside = {"within": True} if place.within else {}
    return json.dumps({"channel": place.channel, "thread": place.thread or "", **reply, **inside})


def is_channel(name: object) -> bool:
    """Return whether it is an id as Slack gives them to channels and conversations."""
    return isinstance(name, str) and bool(_CHANNEL.fullmatch(name))


def json_object(text: object) -> dict[str, Any]:
    """Read a JSON object; ValueError for anything else."""
    try:
        value = json.loads(text) if isinstance(text, str) else None
    except RecursionError:  # brackets in brackets
        value = None
    if isinstance(value, dict):
        return value
    raise ValueError("not a JSON object")


def channel_of(sent: SentFields) -> str:
    """Read where the answer goes; empty with a fault.

    Direct messages cannot be chosen: the form offers none, and somebody else's are not one's own to post in.
    """
    if sent.channel:
        return sent.channel
    chosen = sent.text(forms.WHERE)
    if is_channel(chosen) and not chosen.startswith("D"):
        return chosen
    sent.wrong(forms.WHERE, "Choose a channel; the answer goes there.")
    return ""


def symbols_of(sent: SentFields, name: str) -> list[str]:
    """Read a list of funds, those that can be read; what cannot is a fault."""
    given = sent.text(name)
    if len(given) > MOST_CHARACTERS:
        sent.wrong(name, f"These are {len(given):,} characters; at most {MOST_CHARACTERS} are read.")
        return []
    words = [word.strip(_ENDS) for word in with_dashes(given).translate(_SEPARATORS).split()]
    words = [word for word in words if word and word.lower() not in _FILLERS]
    windows = [word for word in words if _is_window(word)]
    names = [word for word in words if word not in windows]
    script = script_of(names)
    refused = {word for word in names if symbol_of(word) and not script.is_symbol(word)}
    found = {word: symbol_of(word) for word in names if word not in refused}
    unread = [f"`{safe_word(word)}`" for word, symbol in found.items() if symbol is None]
    if windows:
        sent.wrong(name, _window_there(windows))
    for word in sorted(refused):
        sent.wrong(name, script.refusal(word))
    if unread:
        are = "is no symbol" if len(set(unread)) == 1 else "are no symbols"
        sent.wrong(name, f"{list_some(unread)} {are}; write tickers like ISCB SPSM.")
    return [symbol for word in words if (symbol := found.get(word))]


def symbol_in(sent: SentFields, name: str) -> str:
    """Read one fund; empty where there is none, or with a fault."""
    given = sent.text(name).translate(MARKS).strip()
    if not given:
        return ""
    symbol = symbol_of(given)
    if symbol and not PLACED.is_symbol(given):
        sent.wrong(name, PLACED.refusal(given))
    elif symbol is None:
        sent.wrong(name, f"`{safe_word(given)}` is not one symbol; write it like SPY.")
    return symbol or ""


def window_in(sent: SentFields, today: date) -> Window | None:
    """Read the window, a year where none is chosen; None with a fault."""
    given = sent.text(forms.WINDOW) or "1y"
    try:
        return read_window(rewrite_spellings(given, SPELLINGS).lower(), today)
    except UnknownWindow as unknown:
        sent.wrong(forms.WINDOW, f"`{safe_word(unknown.text)}` {unknown.complaint}.")
    return None


def rate_in(sent: SentFields) -> Rate:
    """Read the risk-free rate; 0 where none is chosen."""
    given = sent.text(forms.RATE)
    rate = rate_of(given) if given else ZERO
    if rate is None:
        sent.wrong(forms.RATE, f"`{safe_word(given)}` is not a rate; choose one of these.")
    return rate or ZERO


def day_in(sent: SentFields, name: str) -> date | None:
    """Read a day; None where there is none, or with a fault."""
    given = sent.text(name)
    try:
        return read_day(given) if given else None
    except ValueError as wrong:
        sent.wrong(name, f"`{safe_word(given)}` {wrong}.")
    return None


def chosen_option(sent: SentFields, name: str, options: Sequence[str], otherwise: str) -> str:
    """Read one of several; `otherwise` where none is chosen, or with a fault."""
    given = sent.text(name) or otherwise
    if given in options:
        return given
    sent.wrong(name, f"`{safe_word(given)}` is none of the choices; choose one of these.")
    return otherwise


def symbol_word(symbol: str) -> str:
    """Write the symbol as `symbols_of` reads it back: with a `$` where it looks like a window."""
    return f"${symbol}" if _is_window(symbol) or symbol.lower() in _FILLERS else symbol


def _is_window(word: str) -> bool:
    return is_window(word.lower()) or is_day(word)


def _window_there(words: Sequence[str]) -> str:
    named = join_words([f"`{safe_word(word)}`" for word in dict.fromkeys(words)][:3])
    symbol = words[0].upper()
    return f"{named}: choose the window below. A fund of that name is `${safe_word(symbol)}`."


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def digest_text(sent: SentFields) -> str:
    """Return what the channel wants; of no use where `sent.faults` says what is wrong.

    A time, zone, mode or session that is not given stays as it is.  What is switched off needs none.
    """
    if chosen_option(sent, forms.STATE, (ON, OFF), ON) == OFF:
        return OFF
    mode = chosen_option(sent, forms.MODE, ["", *DigestMode], "")
    session = chosen_option(sent, forms.SESSION, ("", SAME, NEXT), "")
    return " ".join(
        filter(None, (ON, _digest_time(sent), _digest_zone(sent), mode, f"{session} day" if session else ""))
    )


def digest_fields(value: dict[str, Any]) -> DigestFields:
    """Return the form as the channel's post is now; what cannot be read is left empty."""
    names = ("at", "zone", "mode", "session")
    at, zone, mode, session = (str(value.get(name) or "") for name in names)
    return DigestFields(
        on=value.get("on") is not False,
        at=at if _TIME.fullmatch(at) else "",
        zone=zone,
        mode=mode if mode in list(DigestMode) else "",
        session=session if session in {SAME, NEXT} else "",
    )


def _digest_time(sent: SentFields) -> str:
    given = sent.text(forms.TIME)
    if not given or _TIME.fullmatch(given):
        return given
    sent.wrong(forms.TIME, f"`{safe_word(given)}` is not a time of day; write it like 08:30.")
    return ""


def _digest_zone(sent: SentFields) -> str:
    given = sent.text(forms.ZONE)
    try:
        return zone_of(given) if given else ""
    except UnknownZone as unknown:
        sent.wrong(forms.ZONE, str(unknown))
    return ""
