"""What is said to the bot, who looks at its Home tab and where it comes in, read from Slack's events.

What one person says is one question by its message and its words, however often Slack tells of it:
- delivered again, it is the same question;
- edited, it is asked anew where its words are others (a symbol was corrected), and the old answer stays;
- edited without other words (a link was unfurled, a space added), it is the same question;
- deleted, nothing is taken back: others may have read the answer already.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import datetime

from bot.model import Request
from bot.render.text import printable
from bot.slack.listening.payloads import Payload, Sender, given_id, plain_text, thread_of

SAID = "mention"
SPOKEN = (None, "file_share", "thread_broadcast")
"""Subtypes of what a person says, perhaps with a file, perhaps in a thread and beside it."""
SLACKBOT = "USLACKBOT"

_NAME = r"(?:<(?:@|!subteam\^)[^<>]*>|(?<![\w.@])@\w[\w.-]*)"
_CALL = r"(?:\b(?:b?cc|fyi|attn|hi|hey|hello|thanks|thank you|thx|ping|for|to)\b:? ?)?"
_NAMES = rf"{_CALL}{_NAME}(?: ?(?:[,&+]|and\b)? ?{_NAME})*"
_CALLED = re.compile(
    rf"(?:[(\[] ?{_NAMES} ?[)\]]|{_NAMES})(?: ?[:,;!]+| [-\u2013\u2014]+(?= ))?", re.IGNORECASE
)
"""The bot's own name, and those of whoever is to read its answer too; what follows names as a mark."""


def asked_by_mention(event: Payload, body: Payload, now: datetime) -> Request | None:
    """The bot was named: the answer goes into the thread, or opens one; None where no person spoke."""
    return _asked(event, body, now, thread_of(event) or event.get("ts"))


def asked_by_message(event: Payload, body: Payload, now: datetime) -> Request | None:
    """Something was said to the bot alone; None for all else that Slack tells of under this name.

    The answer goes where it was asked: into a thread only from within that thread.
    """
    said = _said(event)
    spoken = event.get("subtype") in SPOKEN or _is_reworded(event)
    if event.get("channel_type") != "im" or not spoken:
        return None
    return _asked({**said, "channel": event.get("channel")}, body, now, thread_of(said))


def asked_by_home(event: Payload, body: Payload, now: datetime) -> Request | None:
    """Somebody looks at the Home tab; None for the other tab, where one talks to the bot."""
    if event.get("tab") != "home":
        return None
    return Request(given_id(body.get("event_id")), "home", "", _team(body), "", _user(event), now)


def asked_by_joining(event: Payload, body: Payload, now: datetime) -> Request | None:
    """The bot has come into a channel; `user` and `text`: who let it in, empty where Slack does not say."""
    if not event.get("user") or event["user"] not in _bots(body):
        return None
    inviter, channel = str(event.get("inviter") or ""), str(event.get("channel") or "")
    return Request(given_id(body.get("event_id")), "joined", inviter, _team(body), channel, inviter, now)


def read_channel_event(event: Payload, body: Payload, now: datetime) -> Request | None:
    """Something has become of a channel, in which the bot may be or not; `user`: who did it, where known."""
    channel, user = str(event.get("channel") or ""), _user(event) or str(event.get("actor_id") or "")
    return Request(given_id(body.get("event_id")), str(event["type"]), "", _team(body), channel, user, now)


def sender_of(event: Payload, body: Payload) -> Sender:
    """Read whose an event is: of an organisation's people Slack may name the organisation alone."""
    installed, said = _installed(body), _said(event)
    person = str(said.get("user_team") or said.get("team") or "")
    return Sender(_team(body), str(installed.get("enterprise_id") or ""), person, sure=True)


def without_names(text: str) -> str:
    """Give what was said to the bot, without its name and anybody's who is called: "cc @ben"."""
    return " ".join(plain_text(_CALLED.sub(" ", " ".join(text.split()))).split())


def _asked(said: Payload, body: Payload, now: datetime, thread: str | None) -> Request | None:
    """In a channel shared with another company the workspace is the one that has installed the bot."""
    if not _by_person(said, body):
        return None
    words, channel = without_names(_text(said)), str(said.get("channel") or "")
    id_ = _id(channel, said.get("ts"), words) or given_id(body.get("event_id"))
    extra = {"within": thread_of(said) is not None}
    return Request(id_, SAID, words, _team(body), channel, _user(said), now, thread, extra=extra)


def _id(channel: str, ts: object, words: str) -> str:
    digest = hashlib.sha256(_seen(words).encode()).hexdigest()[:16]
    return f"{channel}.{ts}.{digest}" if channel and ts else ""


def _seen(words: str) -> str:
    """The words as one sees them: a space more, or one of another width, makes them no others."""
    return " ".join(printable(unicodedata.normalize("NFKC", words)).split())


def _by_person(said: Payload, body: Payload) -> bool:
    """Neither another bot nor this one: two bots would answer each other for ever."""
    user = said.get("user")
    return bool(user) and not said.get("bot_id") and user != SLACKBOT and user not in _bots(body)


def _is_reworded(event: Payload) -> bool:
    """Whether somebody has changed the words of a message; Slack also tells so of its own unfurled links."""
    if event.get("subtype") != "message_changed" or not _said(event).get("edited"):
        return False
    before = event.get("previous_message") or {}
    now, then = (_seen(without_names(_text(each))) for each in (_said(event), before))
    return now != then


def _said(event: Payload) -> Payload:
    """The message itself, which an event of its change has inside."""
    inner: Payload = event.get("message") or event
    return inner


def _text(said: Payload) -> str:
    return str(said.get("text") or "")


def _user(event: Payload) -> str:
    return str(event.get("user") or "")


def _bots(body: Payload) -> list[str]:
    """Who the bot is, where Slack says so."""
    return [str(each["user_id"]) for each in body.get("authorizations") or () if each.get("user_id")]


def _team(body: Payload) -> str:
    return str(_installed(body).get("team_id") or body.get("team_id") or "")


def _installed(body: Payload) -> Payload:
    """Where the bot is installed that an event is for."""
    found: Payload = next(iter(body.get("authorizations") or ()), {})
    return found or {"team_id": body.get("team_id"), "enterprise_id": body.get("enterprise_id")}
