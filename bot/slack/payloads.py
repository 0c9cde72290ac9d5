"""What people typed, pressed and sent in, read from what Slack says of it."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import Any

from bot.records import Question

Payload = Mapping[str, Any]

_LINKED = re.compile(r"<(?:https?://|mailto:)[^|>]*\|([^>]*)>")
_MENTION = r"<@{user}(\|[^>]*)?>"
_CHOSEN = ("date", "time", "date_time", "conversation", "channel", "user")
"""Of inputs that hold one choice in `selected_…`."""


def asked_by_command(command: Payload, now: datetime) -> Question:
    """A slash command; Slack offers none in threads, and delivers each once."""
    return Question(
        id=_id(command.get("trigger_id")),
        handler=str(command.get("command", "")),
        text=plain_text(str(command.get("text") or "")),
        team=str(command.get("team_id") or ""),
        channel=str(command.get("channel_id") or ""),
        user=str(command.get("user_id") or ""),
        asked=now,
        reply_url=command.get("response_url"),
    )


def asked_by_mention(event: Payload, body: Payload, now: datetime) -> Question:
    """The bot was named: the answer goes into the thread, or opens one.

    In a channel shared with another company the workspace is the one that has installed the bot.
    """
    installed = _installed(body)
    return Question(
        id=_id(body.get("event_id")),
        handler="mention",
        text=mention_text(event, body),
        team=str(installed.get("team_id") or body.get("team_id") or ""),
        channel=str(event.get("channel") or ""),
        user=str(event.get("user") or ""),
        asked=now,
        thread=event.get("thread_ts") or event.get("ts"),
    )


def asked_by_press(body: Payload, now: datetime) -> Question:
    """A button: `text` is its value; `thread` the message that it stands under, or whose thread it is in."""
    action, container = body["actions"][0], body.get("container") or {}
    message = body.get("message") or {}
    ts = message.get("ts") or container.get("message_ts")
    thread = message.get("thread_ts") or container.get("thread_ts")
    seen = None if container.get("is_ephemeral") else ts  # nobody can answer under what one person sees
    return Question(
        id=_id(body.get("trigger_id")),
        handler=str(action.get("action_id", "")),
        text=str(_value(action) or ""),
        team=_team(body),
        channel=str((body.get("channel") or {}).get("id") or container.get("channel_id") or ""),
        user=str((body.get("user") or {}).get("id") or ""),
        asked=now,
        thread=thread or seen,
        reply_url=body.get("response_url"),
        extra={"message_ts": ts, "thread_ts": thread, "action": action.get("action_id", "")},
    )


def asked_by_form(body: Payload, now: datetime) -> Question:
    """A form that was sent in; `channel`: of its metadata, where that is JSON that names one.

    Sent twice from the same state, it is the same question.
    """
    view = body["view"]
    metadata, fields = str(view.get("private_metadata") or ""), _fields(view)
    return Question(
        id=f"{view.get('id') or secrets.token_hex(8)}.{view.get('hash', '')}",
        handler=str(view.get("callback_id", "")),
        text=json.dumps({**fields, "metadata": metadata}),
        team=_team(body),
        channel=_channel_of(metadata),
        user=str((body.get("user") or {}).get("id") or ""),
        asked=now,
        extra={"fields": fields, "metadata": metadata},
    )


def is_stranger(body: Payload) -> bool:
    """Whether who presses or sends in belongs to another workspace than the one of the bot."""
    theirs = (body.get("user") or {}).get("team_id")
    return bool(theirs) and theirs != _team(body)


def is_strangers(event: Payload, body: Payload) -> bool:
    """Whether who names the bot in a channel shared with another company is of that other one."""
    if not body.get("is_ext_shared_channel"):
        return False
    installed = _installed(body)
    ours = {installed.get("team_id"), installed.get("enterprise_id")}
    theirs = event.get("user_team") or event.get("team")  # a workspace, or a whole organisation
    return theirs is not None and theirs not in ours


def mention_text(event: Payload, body: Payload) -> str:
    """What was said to the bot, without its name."""
    bots = [each.get("user_id") for each in body.get("authorizations") or () if each.get("user_id")]
    user = re.escape(bots[0]) if bots else r"\w+"
    return plain_text(re.sub(_MENTION.format(user=user), " ", str(event.get("text") or ""), count=1))


def plain_text(text: str) -> str:
    """What the person typed: Slack escapes & < > and makes links of what looks like a host, e.g. VWCE.DE."""
    return unescape(_LINKED.sub(r"\1", text)).strip()


def _id(given: object) -> str:
    return str(given or "") or secrets.token_hex(16)


def _installed(body: Payload) -> Payload:
    """Where the bot is installed that an event is for."""
    found: Payload = next(iter(body.get("authorizations") or ()), {})
    return found or {"team_id": body.get("team_id"), "enterprise_id": body.get("enterprise_id")}


def _team(body: Payload) -> str:
    view, team = body.get("view") or {}, body.get("team") or {}
    return str(view.get("app_installed_team_id") or team.get("id") or "")


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


def _value(element: Payload) -> Any:
    """Of a button or an input: what it says, or what was chosen."""
    if "selected_options" in element:
        return [option.get("value") for option in element["selected_options"] or ()]
    if element.get("selected_option"):
        return element["selected_option"].get("value")
    chosen = (element[f"selected_{kind}"] for kind in _CHOSEN if element.get(f"selected_{kind}"))
    return element.get("value") or next(chosen, None)
