"""The form for a daily post, read as what one would have typed after `/digest`."""

from __future__ import annotations

import re
from typing import Any

from bot.language.words import quoted
from bot.language.zones import UnknownZone, zone_of
from bot.model import DigestMode
from bot.render import forms
from bot.render.forms import NEXT, OFF, ON, SAME, DigestFields
from bot.use_cases.forms.sent import SentFields, chosen

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def digest_text(sent: SentFields) -> str:
    """What the channel wants; of no use where `sent.faults` says what is wrong.

    A time, zone, mode or session that is not given stays as it is.  What is switched off needs none.
    """
    if chosen(sent, forms.STATE, (ON, OFF), ON) == OFF:
        return OFF
    mode = chosen(sent, forms.MODE, ["", *DigestMode], "")
    session = chosen(sent, forms.SESSION, ("", SAME, NEXT), "")
    return " ".join(filter(None, (ON, _time(sent), _zone(sent), mode, f"{session} day" if session else "")))


def first_of(value: dict[str, Any]) -> DigestFields:
    """The form as the channel's post is now; what cannot be read is left empty."""
    names = ("at", "zone", "mode", "session")
    at, zone, mode, session = (str(value.get(name) or "") for name in names)
    return DigestFields(
        on=value.get("on") is not False,
        at=at if _TIME.fullmatch(at) else "",
        zone=zone,
        mode=mode if mode in list(DigestMode) else "",
        session=session if session in {SAME, NEXT} else "",
    )


def _time(sent: SentFields) -> str:
    given = sent.text(forms.TIME)
    if not given or _TIME.fullmatch(given):
        return given
    sent.wrong(forms.TIME, f"`{quoted(given)}` is not a time of day; write it like 08:30.")
    return ""


def _zone(sent: SentFields) -> str:
    given = sent.text(forms.ZONE)
    try:
        return zone_of(given) if given else ""
    except UnknownZone as unknown:
        sent.wrong(forms.ZONE, str(unknown))
    return ""
