"""The form for a channel's daily post."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from bot.model import Digest, DigestMode
from bot.render import inputs
from bot.render.forms import fields
from bot.render.inputs import View
from bot.render.message import Block
from bot.render.talk.ids import DIGEST_FORM

ON, OFF = "on", "off"
SAME, NEXT = "same", "next"
_STATES = {ON: "On: one post after each trading session", OFF: "Off"}
_MODES = {
    DigestMode.QUIET.value: "Only when something changed",
    DigestMode.ALWAYS.value: "After every session",
}


_SESSIONS = {
    NEXT: "At the time, about the newest session settled",
    SAME: "Waits up to 3 hours for the day's own session",
}


@dataclass(frozen=True)
class DigestFields:
    """What stands in the form first.

    at: a time, "08:30".  zone: an IANA name.  mode: "quiet" or "always".  session: "same" or "next" day.
    Each is empty where it is not known: then it stays as it is.
    """

    on: bool = True
    at: str = ""
    zone: str = ""
    mode: str = ""
    session: str = ""


def digest_value(digest: Digest) -> str:
    """The value of a button that opens the form as the channel's post is now."""
    session = SAME if digest.same_day else NEXT
    now = DigestFields(digest.on, digest.at.strftime("%H:%M"), digest.zone, digest.mode.value, session)
    return json.dumps({"channel": digest.channel, **asdict(now)})


def digest_form(metadata: str, first: DigestFields, channel: str = "", *, where: bool = False) -> View:
    """Asks when the channel hears of its rules.

    channel: which one, where it is not the one that the person looks at.  where: also which one
    """
    zone = inputs.text(first.zone, "New York", most=fields.SHORT)
    return inputs.modal(
        DIGEST_FORM,
        "Daily post",
        "Save",
        metadata,
        inputs.field(fields.STATE, "Daily post", inputs.choice(_STATES, ON if first.on else OFF)),
        inputs.field(
            fields.TIME,
            "Time",
            inputs.time_of_day(first.at),
            "Empty: as it is now; 08:30 where there was no post.",
            optional=True,
        ),
        inputs.field(
            fields.ZONE,
            "Time zone",
            zone,
            "A city or Europe/Zurich. Empty: as it is now, else yours by your Slack profile.",
            optional=True,
        ),
        inputs.field(
            fields.MODE,
            "How often",
            inputs.choice(_MODES, first.mode),
            "None chosen: as it is now, else only when something changed.",
            optional=True,
        ),
        inputs.field(
            fields.SESSION,
            "Which session",
            inputs.choice(_SESSIONS, first.session),
            "None chosen: as it is now, else the newest one settled.",
            optional=True,
        ),
        *fields.where_field(where),
        *_about(channel),
    )


def _about(channel: str) -> list[Block]:
    words = {"type": "mrkdwn", "text": f"This is the daily post of <#{channel}>."}
    return [{"type": "context", "elements": [words]}] if channel else []
