"""Commands, presses, forms and shortcuts, read from what Slack says of them."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from bot.model import Request

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


def asked_by_command(command: Payload, now: datetime) -> Request:
    """A slash command; Slack offers none in threads, and delivers each once."""
    return Request(
        id=given_id(command.get("trigger_id")),
        handler=str(command.get("command", "")),
        text=plain_text(str(command.get("text") or "")),
        team=str(command.get("team_id") or ""),
        channel=str(command.get("channel_id") or ""),
        user=str(command.get("user_id") or ""),
        asked=now,
        reply_url=command.get("response_url"),
    )


def asked_by_press(body: Payload, now: datetime) -> Request:
    """A button: `text` is its value; `thread` the message that it stands under, or whose thread it is in."""
    action, container = body["actions"][0], body.get("container") or {}
    message = body.get("message") or {}
    ts = message.get("ts") or container.get("message_ts")
    thread = thread_of(message) or thread_of(container | {"ts": ts})
    seen = None if container.get("is_ephemeral") else ts  # nobody can answer under what one person sees
    return Request(
        id=given_id(body.get("trigger_id")),
        handler=str(action.get("action_id", "")),
        text=str(_value(action) or ""),
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


def asked_by_form(body: Payload, now: datetime) -> Request:
    """A form that was sent in; `channel`: of its metadata, where that is JSON that names one.

    Sent twice from the same state, it is the same question.
    """
    view = body["view"]
    metadata, fields = _sound(str(view.get("private_metadata") or "")), _fields(view)
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


def asked_by_shortcut(body: Payload, now: datetime) -> Request:
    """A shortcut: of a message, whose words are the text and whose thread the place, or of nothing at all."""
    message = body.get("message") or {}
    ts = message.get("ts") or body.get("message_ts")
    return Request(
        id=given_id(body.get("trigger_id")),
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


def sender_of(body: Payload, team: str) -> Sender:
    """Read whose a press, a form or a shortcut is.  team: of its question."""
    organisation = (body.get("enterprise") or {}).get("id") or (body.get("team") or {}).get("enterprise_id")
    own = {(body.get("view") or {}).get("app_installed_team_id"), _pressed(body).get("team")}
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
    """What the person typed: Slack escapes & < > and makes links of what looks like a host, e.g. VWCE.DE."""
    return _sound(unescape(_LINKED.sub(r"\1", text))).strip()


def given_id(given: object) -> str:
    """Slack's id of what is asked; where it gives none, one that no other question has."""
    return str(given or "") or secrets.token_hex(16)


def _team(body: Payload) -> str:
    """The workspace that the bot is installed in, as far as Slack says so.

    `team` may be null, or that of the person: a message of the bot's own knows better, and what is left in an
    organisation is the person's own, then the organisation.
    """
    view, team = body.get("view") or {}, body.get("team") or {}
    named = [view.get("app_installed_team_id"), _pressed(body).get("team"), team.get("id")]
    if is_of_organisation(body):
        own, organisation = view.get("team_id"), (body.get("enterprise") or {}).get("id")
        named += [own, team_of_person(body), organisation]
    found = [str(each) for each in named if each]
    return next((each for each in found if not each.startswith(ORGANISATION)), next(iter(found), ""))


def _pressed(body: Payload) -> Payload:
    """The message of the bot's under which a button was pressed."""
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
    """What was put into the inputs, by block_id."""
    values = (view.get("state") or {}).get("values") or {}
    return {
        block: next((_value(element) for element in elements.values()), None)
        for block, elements in values.items()
    }


def _sound(text: str) -> str:
    """What can be kept and sent on: no NUL, and a mark in the place of half a character."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _value(element: Payload) -> Any:
    """Of a button or an input: what it says, or what was chosen."""
    said = _raw(element)
    return _sound(said) if isinstance(said, str) else said


def _raw(element: Payload) -> Any:
    if "selected_options" in element:
        return [option.get("value") for option in element["selected_options"] or ()]
    if element.get("selected_option"):
        return element["selected_option"].get("value")
    chosen = (element[f"selected_{kind}"] for kind in _CHOSEN if element.get(f"selected_{kind}"))
    return element.get("value") or next(chosen, None)
