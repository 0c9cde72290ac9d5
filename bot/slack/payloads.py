"""Requests read from Slack's payloads: commands, presses, forms, shortcuts and events.

What one person says is one request by its message and its words, however often Slack tells of it:
- delivered again, it is the same request;
- edited, it is asked anew where its words are others (a symbol was corrected), and the old answer stays;
- edited without other words (a link was unfurled, a space added), it is the same request;
- deleted, nothing is taken back: others may have read the answer already.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from typing import Any

from bot.model import Request, SectionQuery
from bot.render import ids
from bot.render.text import printable

Payload = Mapping[str, Any]

ORGANISATION = "E"
"""What the ids of organisations begin with."""


@dataclass(frozen=True)
class Sender:
    """Where a request comes from, as its payload says; empty what it does not say.

    team, organisation: those that have installed the bot.  person: the workspace of who asks, or their whole
    organisation.
    everywhere: a whole organisation has installed it, so that `team` may be the person's own.
    sure: the organisation is that of the bot, and not perhaps the person's.
    others: workspaces that a message or view of the bot's own names as its own.
    """

    team: str
    organisation: str
    person: str
    everywhere: bool = False
    sure: bool = False
    others: frozenset[str] = frozenset()

    def bots(self, team: str) -> set[str]:
        """Give whose members are the bot's.  team: the workspace that the question is asked in."""
        return {*([] if self.everywhere else [team]), *([self.organisation] if self.sure else [])}


_LINKED = re.compile(r"<(?:https?://|mailto:)[^<|>]*\|([^<>]*)>")
_CHOSEN = ("date", "time", "date_time", "conversation", "channel", "user")
"""Of inputs that hold one choice in `selected_…`."""


def request_of_command(command: Payload, now: datetime) -> Request:
    """Read a slash command; Slack offers none in threads, and delivers each once."""
    return Request(
        id=slack_id(command.get("trigger_id")),
        handler=str(command.get("command", "")),
        text=plain_text(str(command.get("text") or "")),
        team=str(command.get("team_id") or ""),
        channel=str(command.get("channel_id") or ""),
        user=str(command.get("user_id") or ""),
        asked=now,
        reply_url=command.get("response_url"),
    )


def request_of_press(body: Payload, now: datetime) -> Request:
    """Read a button: `text` is its value, of a field in a form all that stands there; `thread` the message
    that it stands under, or whose thread it is in.
    """
    action, container = body["actions"][0], body.get("container") or {}
    message = body.get("message") or {}
    ts = message.get("ts") or container.get("message_ts")
    thread = thread_of(message) or thread_of(container | {"ts": ts})
    seen = None if container.get("is_ephemeral") else ts  # nobody can answer under what one person sees
    view = body.get("view") or {}
    said = _form_text(view) if view.get("type") == "modal" else _pressed_text(action, message)
    return Request(
        id=slack_id(body.get("trigger_id")),
        handler=str(action.get("action_id", "")),
        text=said,
        team=_team(body),
        channel=str((body.get("channel") or {}).get("id") or container.get("channel_id") or ""),
        user=str((body.get("user") or {}).get("id") or ""),
        asked=now,
        thread=thread or seen,
        reply_url=body.get("response_url"),
        extra={
            "message_ts": ts,
            "action": action.get("action_id", ""),
            "within": bool(thread),
        },
    )


def _pressed_text(action: Payload, message: Payload) -> str:
    """Return the value of what was pressed; a question chosen in a menu is of the topic of its neighbours.

    A menu's values are too short to carry it.  Where no neighbour carries one, the place is asked about.
    """
    said = str(_value(action) or "")
    if "selected_option" not in action or not str(action.get("action_id", "")).startswith(ids.ASK):
        return said
    row = [each for each in message.get("blocks") or () if each.get("block_id") == action.get("block_id")]
    for beside in (element for block in row for element in block.get("elements") or ()):
        try:
            return replace(SectionQuery.read(str(beside.get("value"))), text=said).value
        except ValueError:
            continue
    return SectionQuery(said).value


def _form_text(view: Payload) -> str:
    """Return a form that is still open as JSON: its fields, and which state of the view they are from."""
    about = {"view": str(view.get("id") or ""), "hash": str(view.get("hash") or "")}
    return json.dumps(
        {**_fields(view), "metadata": _clean_text(str(view.get("private_metadata") or "")), **about}
    )


def request_of_form(body: Payload, now: datetime) -> Request:
    """Read a form that was sent in; `channel`: of its metadata, where that is JSON that names one.

    Sent twice from the same state, it is the same question.
    """
    view = body["view"]
    metadata, fields = _clean_text(str(view.get("private_metadata") or "")), _fields(view)
    return Request(
        id=f"{view.get('id') or secrets.token_hex(8)}.{view.get('hash', '')}",
        handler=str(view.get("callback_id", "")),
        text=json.dumps({**fields, "metadata": metadata}),
        team=_team(body),
        channel=_channel_of(metadata),
        user=str((body.get("user") or {}).get("id") or ""),
        asked=now,
        extra={"fields": fields, "metadata": metadata},
    )


def request_of_shortcut(body: Payload, now: datetime) -> Request:
    """Read a shortcut: of a message, whose words are the text and whose thread the place, or of nothing
    at all.
    """
    message = body.get("message") or {}
    ts = message.get("ts") or body.get("message_ts")
    return Request(
        id=slack_id(body.get("trigger_id")),
        handler=str(body.get("callback_id") or ""),
        text=plain_text(str(message.get("text") or "")),
        team=_team(body),
        channel=str((body.get("channel") or {}).get("id") or ""),
        user=str((body.get("user") or {}).get("id") or ""),
        asked=now,
        thread=thread_of(message) or ts,
        reply_url=body.get("response_url"),
        extra={"within": bool(thread_of(message))},
    )


def sender_of_interaction(body: Payload, team: str) -> Sender:
    """Read whose a press, a form or a shortcut is.  team: of its question."""
    organisation = (body.get("enterprise") or {}).get("id") or (body.get("team") or {}).get("enterprise_id")
    own = {(body.get("view") or {}).get("app_installed_team_id"), _message_of_press(body).get("team")}
    return Sender(
        "" if team.startswith(ORGANISATION) else team,
        str(organisation or ""),
        team_of_person(body),
        everywhere=body.get("is_enterprise_install") is True,
        others=frozenset(str(each) for each in own if each),
    )


def is_of_organisation(body: Payload) -> bool:
    """Tell whether an organisation is named: then another workspace may be meant than the bot's."""
    named = (body.get("enterprise") or {}).get("id") or (body.get("team") or {}).get("enterprise_id")
    return bool(named or body.get("is_enterprise_install") is True or body.get("team", body) is None)


def team_of_person(body: Payload) -> str:
    """Give the workspace of who presses or sends in; empty where Slack does not say."""
    return str((body.get("user") or {}).get("team_id") or "")


def plain_text(text: str) -> str:
    """Return what the person typed: Slack escapes & < > and makes links of what looks like a host, e.g.
    VWCE.DE.
    """
    return _clean_text(unescape(_LINKED.sub(r"\1", text))).strip()


def slack_id(given: object) -> str:
    """Return Slack's id of what is asked; where it gives none, one that no other question has."""
    return str(given or "") or secrets.token_hex(16)


def _team(body: Payload) -> str:
    """Return the workspace that the bot is installed in, as far as Slack says so.

    `team` may be null, or that of the person: a message of the bot's own knows better, and what is left in an
    organisation is the person's own, then the organisation.
    """
    view, team = body.get("view") or {}, body.get("team") or {}
    named = [view.get("app_installed_team_id"), _message_of_press(body).get("team"), team.get("id")]
    if is_of_organisation(body):
        own, organisation = view.get("team_id"), (body.get("enterprise") or {}).get("id")
        named += [own, team_of_person(body), organisation]
    found = [str(each) for each in named if each]
    return next((each for each in found if not each.startswith(ORGANISATION)), next(iter(found), ""))


def _message_of_press(body: Payload) -> Payload:
    """Return the message of the bot's under which a button was pressed."""
    message: Payload = body.get("message") or {} if "actions" in body else {}
    return message


def thread_of(message: Payload) -> str | None:
    """Give the thread that a message is a reply in; None for a parent, which names itself once answered."""
    thread = message.get("thread_ts")
    return str(thread) if thread and thread != message.get("ts") else None


def _channel_of(metadata: str) -> str:
    try:
        value = json.loads(metadata)
    except (ValueError, RecursionError):  # not ours; brackets in brackets
        return ""
    return str(value.get("channel") or "") if isinstance(value, dict) else ""


def _fields(view: Payload) -> dict[str, Any]:
    """Return what was put into the inputs, by block_id."""
    values = (view.get("state") or {}).get("values") or {}
    return {
        block: next((_value(element) for element in elements.values()), None)
        for block, elements in values.items()
    }


def _clean_text(text: str) -> str:
    """Return what can be kept and sent on: no NUL, and a mark in the place of half a character."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _value(element: Payload) -> Any:
    """Read what a button or an input says, or what was chosen."""
    said = _raw_value(element)
    return _clean_text(said) if isinstance(said, str) else said


def _raw_value(element: Payload) -> Any:
    if "selected_options" in element:
        return [option.get("value") for option in element["selected_options"] or ()]
    if element.get("selected_option"):
        return element["selected_option"].get("value")
    chosen = (element[f"selected_{kind}"] for kind in _CHOSEN if element.get(f"selected_{kind}"))
    return element.get("value") or next(chosen, None)


MESSAGES = "messages"
"""Slack's word for the tab of the app in which one talks to it."""
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


def request_of_mention(event: Payload, body: Payload, now: datetime) -> Request | None:
    """Read app_mention: the answer goes into the thread, or opens one; None where no person spoke."""
    return _request_of_speech(event, body, now, thread_of(event) or event.get("ts"))


def request_of_message(event: Payload, body: Payload, now: datetime) -> Request | None:
    """Read message.im, what was said to the bot alone; None for all else under this name.

    The answer goes where it was asked: into a thread only from within that thread.
    """
    said = _inner_message(event)
    spoken = event.get("subtype") in SPOKEN or _is_reworded(event)
    if event.get("channel_type") != "im" or not spoken:
        return None
    return _request_of_speech({**said, "channel": event.get("channel")}, body, now, thread_of(said))


def request_of_home(event: Payload, body: Payload, now: datetime) -> Request | None:
    """Read who looks at the Home tab, or at the Messages tab, where one talks to the bot: then `text` says so
    and the channel is that of the talk.  None for any other tab.
    """
    tab = event.get("tab")
    if tab not in ("home", MESSAGES):
        return None
    text, channel = (MESSAGES, str(event.get("channel") or "")) if tab == MESSAGES else ("", "")
    id_, team = slack_id(body.get("event_id")), _team_of_event(body)
    return Request(id_, "home", text, team, channel, _user_of(event), now)


def request_of_joining(event: Payload, body: Payload, now: datetime) -> Request | None:
    """Read member_joined_channel of the bot; `user` and `text`: who let it in, empty where Slack does not
    say.
    """
    if not event.get("user") or event["user"] not in _bot_ids(body):
        return None
    inviter, channel = str(event.get("inviter") or ""), str(event.get("channel") or "")
    return Request(
        slack_id(body.get("event_id")), "joined", inviter, _team_of_event(body), channel, inviter, now
    )


def request_of_channel_event(event: Payload, body: Payload, now: datetime) -> Request | None:
    """Read what has become of a channel, in which the bot may be or not; `user`: who did it, where
    known.
    """
    channel, user = str(event.get("channel") or ""), _user_of(event) or str(event.get("actor_id") or "")
    return Request(
        slack_id(body.get("event_id")), str(event["type"]), "", _team_of_event(body), channel, user, now
    )


def sender_of_event(event: Payload, body: Payload) -> Sender:
    """Read whose an event is: of an organisation's people Slack may name the organisation alone."""
    installed, said = _installation_of(body), _inner_message(event)
    person = str(said.get("user_team") or said.get("team") or "")
    return Sender(_team_of_event(body), str(installed.get("enterprise_id") or ""), person, sure=True)


def without_names(text: str) -> str:
    """Give what was said to the bot, without its name and anybody's who is called: "cc @ben"."""
    return " ".join(plain_text(_CALLED.sub(" ", " ".join(text.split()))).split())


def _request_of_speech(said: Payload, body: Payload, now: datetime, thread: str | None) -> Request | None:
    """Read what was said; in a channel shared with another company the workspace is the bot's own."""
    if not _by_person(said, body):
        return None
    words, channel = without_names(_text_of(said)), str(said.get("channel") or "")
    id_ = _request_id(channel, said.get("ts"), words) or slack_id(body.get("event_id"))
    extra = {"within": thread_of(said) is not None}
    return Request(id_, SAID, words, _team_of_event(body), channel, _user_of(said), now, thread, extra=extra)


def _request_id(channel: str, ts: object, words: str) -> str:
    digest = hashlib.sha256(_comparable_words(words).encode()).hexdigest()[:16]
    return f"{channel}.{ts}.{digest}" if channel and ts else ""


def _comparable_words(words: str) -> str:
    """Return the words as one sees them: a space more, or one of another width, makes them no others."""
    return " ".join(printable(unicodedata.normalize("NFKC", words)).split())


def _by_person(said: Payload, body: Payload) -> bool:
    """Tell whether neither another bot nor this one wrote: two bots would answer each other for ever."""
    user = said.get("user")
    return bool(user) and not said.get("bot_id") and user != SLACKBOT and user not in _bot_ids(body)


def _is_reworded(event: Payload) -> bool:
    """Return whether somebody has changed the words of a message; Slack also tells so of its own unfurled
    links.
    """
    if event.get("subtype") != "message_changed" or not _inner_message(event).get("edited"):
        return False
    before = event.get("previous_message") or {}
    now, then = (_comparable_words(without_names(_text_of(each))) for each in (_inner_message(event), before))
    return now != then


def _inner_message(event: Payload) -> Payload:
    """Return the message itself, which an event of its change has inside."""
    inner: Payload = event.get("message") or event
    return inner


def _text_of(said: Payload) -> str:
    return str(said.get("text") or "")


def _user_of(event: Payload) -> str:
    return str(event.get("user") or "")


def _bot_ids(body: Payload) -> list[str]:
    """Return who the bot is, where Slack says so."""
    return [str(each["user_id"]) for each in body.get("authorizations") or () if each.get("user_id")]


def _team_of_event(body: Payload) -> str:
    return str(_installation_of(body).get("team_id") or body.get("team_id") or "")


def _installation_of(body: Payload) -> Payload:
    """Find where the bot is installed that an event is for."""
    found: Payload = next(iter(body.get("authorizations") or ()), {})
    return found or {"team_id": body.get("team_id"), "enterprise_id": body.get("enterprise_id")}
