"""What Slack sends to an app when people do something, field by field as far as an app can tell."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground.api.chat import message_json
from bot.playground.api.server import Slack
from bot.playground.api.views import view_json as view_as_api
from bot.playground.model import APP, BOT, TEAM, Channel, Payload, PostedMessage, View

NAMES = {"private": "privategroup", "dm": "directmessage"}
"""What Slack calls channels whose names it does not tell."""
DOMAIN = "fund-team"
ORGANISATION = "Fund group"


@dataclass(frozen=True)
class ClickSource:
    """Where a button or menu stands: a message (channel, ts) or a view.

    state: what has been put into the inputs there, by block_id and action_id.
    """

    channel: str = ""
    ts: str = ""
    view_id: str = ""
    state: Mapping[str, Any] = field(default_factory=dict)


class Payloads:
    """Makes payloads, with fresh trigger ids and response URLs."""

    def __init__(self, slack: Slack) -> None:
        self._slack, self._workspace = slack, slack.workspace

    def command(self, user: str, channel: str, name: str, text: str) -> Payload:
        """Make a slash command."""
        place, person = self._workspace.channels[channel], self._workspace.users[user]
        organisation = self._slack.installed.organisation
        return {
            "command": name,
            "text": text,
            "team_id": TEAM,
            "team_domain": DOMAIN,
            "channel_id": channel,
            "channel_name": _channel_name(place),
            "user_id": user,
            "user_name": person.name,
            "api_app_id": APP,
            **({"enterprise_id": organisation, "enterprise_name": ORGANISATION} if organisation else {}),
            "is_enterprise_install": str(self._slack.installed.everywhere).lower(),
            "response_url": self._slack.replies.new(user, channel),
            "trigger_id": self._slack.triggers.new(user, channel),
        }

    def mention(self, message: PostedMessage) -> Payload:
        """Make an app_mention: somebody named the app in a channel that it is in."""
        return self.event(self._message_event(message, "app_mention"))

    def group_message(self, message: PostedMessage) -> Payload:
        """Make a message.mpim: somebody said something in a group's direct messages that the app is in."""
        return self.event(self._message_event(message, "message") | {"channel_type": "mpim"})

    def direct_message(self, message: PostedMessage) -> Payload:
        """Make a message.im: somebody said something to the app alone."""
        return self.event(self._message_event(message, "message") | {"channel_type": "im"})

    def edited_mention(self, message: PostedMessage) -> Payload:
        """Make an app_mention once more: somebody changed a message that names the app."""
        about = {"edited": {"user": message.user, "ts": message.edited or message.ts}}
        return self.event(self._message_event(message, "app_mention") | about)

    def changed_alone(self, message: PostedMessage) -> Payload:
        """Make a message.im of a message that was changed: its subtype says so."""
        said = self._message_event(message, "message") | {
            "edited": {"user": message.user, "ts": message.edited}
        }
        about = {"type": "message", "subtype": "message_changed", "hidden": True, "channel_type": "im"}
        place = {"channel": message.channel, "ts": self._workspace.next_ts()}
        return self.event({**about, **place, "event_ts": place["ts"], "message": said})

    def deleted_alone(self, message: PostedMessage) -> Payload:
        """Make a message.im of a message that was taken away."""
        about = {"type": "message", "subtype": "message_deleted", "hidden": True, "channel_type": "im"}
        place = {"channel": message.channel, "ts": self._workspace.next_ts(), "deleted_ts": message.ts}
        return self.event({**about, **place, "event_ts": place["ts"]})

    def member_joined(self, channel: str, inviter: str) -> Payload:
        """Make a member_joined_channel: the app itself was brought into a channel."""
        kind = "C" if self._workspace.channels[channel].kind == "public" else "G"
        about = {"type": "member_joined_channel", "user": BOT, "channel": channel, "channel_type": kind}
        return self.event({**about, "team": TEAM, "inviter": inviter, "event_ts": self._workspace.next_ts()})

    def channel_changed(self, channel: str, what: str, user: str) -> Payload:
        """Make the event of a channel that something has become of.  what: "unarchive" or "deleted"."""
        kind = "channel" if self._workspace.channels[channel].kind == "public" else "group"
        about = {"type": f"{kind}_{what}", "channel": channel, "event_ts": self._workspace.next_ts()}
        return self.event({**about, **({"user": user} if what == "unarchive" else {"actor_id": user})})

    def home(self, user: str, tab: str = "home") -> Payload:
        """Make an app_home_opened.  tab: "home" or "messages"."""
        view = self._workspace.views.home_tabs.get(user) if tab == "home" else None
        shown = {"view": view_as_api(view)} if view else {}
        about = {"type": "app_home_opened", "user": user, "channel": self._workspace.dm(user).id}
        return self.event({**about, "tab": tab, "event_ts": self._workspace.next_ts(), **shown})

    def event(self, event: Payload) -> Payload:
        """Make an event in its envelope, with a fresh event_id."""
        organisation = self._slack.installed.organisation or None
        everywhere = self._slack.installed.everywhere
        installed = {"enterprise_id": organisation, "team_id": TEAM, "user_id": BOT, "is_bot": True}
        return {
            "type": "event_callback",
            "team_id": TEAM,
            "context_team_id": TEAM,
            "context_enterprise_id": organisation,
            "api_app_id": APP,
            "event_id": f"{self._workspace.ids.new('Ev')}{secrets.token_hex(4)}",
            "event_time": int(self._workspace.clock.now().timestamp()),
            "event": event,
            "authorizations": [installed | {"is_enterprise_install": everywhere}],
            "is_ext_shared_channel": self._is_shared(event.get("channel")),
        }

    def action(self, user: str, source: ClickSource, action: Payload) -> Payload:
        """Make a block_actions: a button pressed or a choice made."""
        stamped = {**action, "action_ts": self._workspace.next_ts()}
        view = self._workspace.views.get(source.view_id) if source.view_id else None
        seen = view.place if view and view.kind == "modal" else source.channel
        common = self._interaction("block_actions", user, seen) | {"actions": [stamped]}
        common |= {"state": {"values": source.state}}
        if view is not None:
            container = {"type": "view", "view_id": view.id}
            return {**common, "container": container, "view": view_as_api(view, source.state)}
        return {**common, **self._on_message(user, source)}

    def submission(self, user: str, view: View, state: Mapping[str, Any]) -> Payload:
        """Make a view_submission."""
        shown = view_as_api(view, state)
        return {**self._interaction("view_submission", user), "view": shown, "response_urls": []}

    def view_closed(self, user: str, view: View) -> Payload:
        """Make a view_closed."""
        about = self._interaction("view_closed", user)
        return {**about, "view": view_as_api(view), "is_cleared": False}

    def shortcut(self, user: str, callback_id: str, channel: str = "") -> Payload:
        """Make a global shortcut; which channel one looks at, the app is not told."""
        about = self._interaction("shortcut", user, channel)
        return {**about, "callback_id": callback_id, "action_ts": self._workspace.next_ts()}

    def message_shortcut(self, user: str, callback_id: str, message: PostedMessage) -> Payload:
        """Make a shortcut from a message's menu."""
        seen = self._interaction("message_action", user, message.channel)
        about = seen | {"callback_id": callback_id}
        place = self._workspace.channels[message.channel]
        return {
            **about,
            "action_ts": self._workspace.next_ts(),
            "channel": {"id": place.id, "name": _channel_name(place)},
            "message": self._message_field(message),
            "message_ts": message.ts,
            "response_url": self._slack.replies.new(user, message.channel),
        }

    def _interaction(self, kind: str, user: str, channel: str | None = None) -> Payload:
        person, installed = self._workspace.users[user], self._slack.installed
        organisation = installed.organisation
        of_all = {"enterprise": {"id": organisation, "name": ORGANISATION}} if organisation else {}
        return {
            "type": kind,
            "team": None if installed.everywhere else {"id": TEAM, "domain": DOMAIN},
            **of_all,
            "user": {"id": user, "username": person.name, "name": person.name, "team_id": person.team},
            "api_app_id": APP,
            "trigger_id": self._slack.triggers.new(user, channel),
            "is_enterprise_install": installed.everywhere,
        }

    def _message_event(self, message: PostedMessage, kind: str) -> Payload:
        """Make what was said: of somebody of another workspace Slack names it, or the organisation
        alone.
        """
        person = self._workspace.users.get(message.user)
        team = (person.organisation or person.team) if person and person.team != TEAM else TEAM
        about = {"type": kind, "user": message.user, "text": message.text, "ts": message.ts, "team": team}
        thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
        other = {"user_team": team} if team != TEAM else {}
        return {**about, **thread, **other, "channel": message.channel, "event_ts": message.ts}

    def _message_field(self, message: PostedMessage) -> Payload:
        """Make a message in what people do with it: one that was answered names itself as its thread."""
        begun = self._workspace.has_begun(message.channel, message.ts)
        return message_json(message) | ({"thread_ts": message.ts} if begun else {})

    def _is_shared(self, channel: object) -> bool:
        """Return whether people of another workspace are in a channel."""
        place = self._workspace.channels.get(str(channel))
        users = self._workspace.users
        return any(
            users[member].team != TEAM for member in (place.members if place else ()) if member in users
        )

    def _on_message(self, user: str, source: ClickSource) -> Payload:
        place = self._workspace.channels[source.channel]
        message = self._workspace.message(source.channel, source.ts)
        private = message is not None and message.ephemeral_for is not None
        container = {"type": "message", "message_ts": source.ts, "channel_id": place.id}
        if message is not None and message.thread_ts:
            container |= {"thread_ts": message.thread_ts}
        shown = {"message": self._message_field(message)} if message is not None and not private else {}
        return {
            "container": container | {"is_ephemeral": private},
            "channel": {"id": place.id, "name": _channel_name(place)},
            "response_url": self._slack.replies.new(user, place.id, message),
            **shown,
        }


def _channel_name(channel: Channel) -> str:
    return NAMES.get(channel.kind, channel.name)
