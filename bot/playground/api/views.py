"""views.*: modals that need a fresh trigger, and the Home tab."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.api import blocks as checks
from bot.playground.api.requests import Refusal, required_field
from bot.playground.model import APP, BOT_ID, TEAM, Installed, Payload, View
from bot.playground.workspace import Workspace
from bot.ports import Clock

LIFE = 3.0
"""Seconds that a trigger can be exchanged for a modal."""
DEEPEST = 3
"""Modals on each other."""
LARGEST = 250_000


@dataclass
class Trigger:
    """What a person's deed gives the app: the right to open one modal before that person, soon.

    channel: that the person looks at, empty on the Home tab, None where that is not known.
    """

    user: str
    born: float
    channel: str | None = None
    used: bool = False


class Triggers:
    """Gives triggers out and takes them back, once each."""

    def __init__(self, clock: Clock, new: Any) -> None:
        self._clock, self._new = clock, new
        self._given: dict[str, Trigger] = {}

    def new(self, user: str, channel: str | None = None) -> str:
        """Return a fresh trigger_id, as Slack's: another one in every life of the workspace."""
        name = f"{self._new('trigger.')}.{secrets.token_hex(8)}"
        self._given[name] = Trigger(user, self._clock.monotonic(), channel)
        return name

    def looked_at(self, name: str) -> str | None:
        """Return the channel that the person looks at, see `Trigger`."""
        return self._given[name].channel if name in self._given else None

    def exchange(self, name: str) -> str:
        """Return the person before whom the modal may open."""
        trigger = self._given.get(name)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if self._clock.monotonic() - trigger.born > LIFE:
            raise Refusal("expired_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        trigger.used = True
        return trigger.user


class ViewMethods:
    """The methods of views.*."""

    def __init__(self, workspace: Workspace, installed: Installed, triggers: Triggers) -> None:
        self._workspace, self._installed, self._triggers = workspace, installed, triggers

    def open(self, payload: Payload) -> Payload:
        """Answer views.open."""
        body = self.check_view(payload, "modal")
        trigger = required_field(payload, "trigger_id")
        user = self._triggers.exchange(trigger)
        channel = self._triggers.looked_at(trigger)
        shown = _with_channel(body, channel or "")
        return {"view": view_json(self._workspace.views.open(user, shown, channel))}

    def push(self, payload: Payload) -> Payload:
        """Answer views.push."""
        body = self.check_view(payload, "modal")
        user = self._triggers.exchange(required_field(payload, "trigger_id"))
        if len(self._workspace.views.modals.get(user, ())) >= DEEPEST:
            raise Refusal("push_limit_reached")
        return {"view": view_json(self._workspace.views.push(user, body))}

    def update(self, payload: Payload) -> Payload:
        """Answer views.update."""
        view = self._find_view(payload)
        body = self.check_view(payload, view.kind)
        _require_same_hash(payload, view)
        return {"view": view_json(self._workspace.views.update(view.id, body))}

    def publish(self, payload: Payload) -> Payload:
        """Answer views.publish."""
        body, user = self.check_view(payload, "home"), required_field(payload, "user_id")
        if not self._installed.home_tab:
            raise Refusal("not_enabled")
        if user not in self._workspace.users:
            raise Refusal("user_not_found")
        old = self._workspace.views.home_tabs.get(user)
        if old is not None:
            _require_same_hash(payload, old)
        return {"view": view_json(self._workspace.views.publish(user, body))}

    def check_view(self, payload: Mapping[str, Any], kind: str) -> Payload:
        """Return the view as it is kept; raises Refusal for what Slack would not take."""
        view = payload.get("view")
        if not isinstance(view, dict):
            raise Refusal("invalid_arguments", ["missing required field: view"])
        if len(json.dumps(view)) > LARGEST:
            raise Refusal("view_too_large")
        found = checks.view_faults(view, kind)
        if found:
            raise Refusal("invalid_arguments", found)
        return view | {"blocks": checks.with_ids(view["blocks"], lambda: self._workspace.ids.new("b"))}

    def _find_view(self, payload: Payload) -> View:
        view = self._workspace.views.get(str(payload.get("view_id")))
        external = payload.get("external_id")
        if external:
            opened = self._workspace.views.all()
            view = next((each for each in opened if each.body.get("external_id") == external), None)
        if view is None:
            raise Refusal("not_found")
        return view


def view_json(view: View, values: Mapping[str, Any] | None = None) -> Payload:
    """Return a view as answers and payloads show it; values: what the person has put in, by block and
    action.
    """
    about = {"id": view.id, "team_id": TEAM, "app_id": APP, "bot_id": BOT_ID, "hash": view.hash}
    stack = {"root_view_id": view.root, "previous_view_id": view.previous}
    given = {"private_metadata": "", "callback_id": "", "external_id": "", **view.body}
    return {**given, **about, **stack, "state": {"values": values or {}}}


def _with_channel(body: Payload, channel: str) -> Payload:
    """Return the modal with the channel that the person looks at chosen first, where it asks for that."""
    return (
        body | {"blocks": [_choose_channel(block, channel) for block in body["blocks"]]} if channel else body
    )


def _choose_channel(block: Payload, channel: str) -> Payload:
    element = block.get("element") or {}
    if not element.get("default_to_current_conversation") or "initial_conversation" in element:
        return block
    return block | {"element": element | {"initial_conversation": channel}}


def _require_same_hash(payload: Payload, view: View) -> None:
    if payload.get("hash") and payload["hash"] != view.hash:
        raise Refusal("hash_conflict")
