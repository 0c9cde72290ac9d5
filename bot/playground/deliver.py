"""How what people do reaches the bot, and what Slack itself makes of it.

    deeds = Deeds(slack, line)
    await deeds.type("U0ANN", "C0PORTFOLIO", "/compare ISCB SPSM")

A deed returns when the app has acknowledged it, or when Slack has lost patience.  None raises for anything a
person does: Slack's complaints are ephemeral messages of Slackbot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from bot.commands import COMMANDS, Command
from bot.playground.api.chat import refuse_files
from bot.playground.api.refusal import Refusal
from bot.playground.gestures import DISMISS, INVITE, Gestures, reason
from bot.playground.model import BOT, BOT_NAME, Payload, Person, PostedMessage, Shortcut
from bot.playground.workspace import Workspace

BUILT_IN = ("/invite", "/kick", "/remove")
"""Slack's own commands, as far as they are needed here."""
_NAMED = re.compile(r"@([\w.-]*\w)")
_HOST = re.compile(
    r"(?P<url>https?://[^\s<>]+)|(?<![\w@.|/-])(?P<host>(?:[\w-]+\.)+(?:com|org|net|de|io|uk|co|ai|us|ch|fr))\b",
    re.IGNORECASE,
)


class Deeds(Gestures):
    """Everything that a person can do."""

    @property
    def commands(self) -> tuple[Command, ...]:
        """The app's slash commands, for completion."""
        return COMMANDS

    @property
    def shortcuts(self) -> tuple[Shortcut, ...]:
        """The app's shortcuts."""
        return self._slack.installed.shortcuts

    async def type(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> None:
        """Send what was typed: a command, a mention, or plain talk."""
        text = text.strip()
        if not text or not self._enter(user, channel):
            return
        if text.startswith("/"):
            await self._slash(user, channel, text, thread_ts)
        else:
            said = self._workspace.say(channel, user, as_sent(text, self._workspace), thread_ts)
            await self._heard(said)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """Put other words into one's own message; the app hears of it where it is named, or alone there."""
        message = self._workspace.message(channel, ts)
        if message is None or message.user != user:
            return
        changed = self._workspace.update(channel, ts, as_sent(text.strip(), self._workspace))
        events, alone = self._slack.installed.events, self._workspace.channels[channel].kind == "dm"
        if alone and "message.im" in events:
            await self.event(self._payloads.changed_alone(changed))
        elif not alone and f"<@{BOT}>" in changed.text and "app_mention" in events:
            await self.event(self._payloads.edited(changed))

    async def erase(self, user: str, channel: str, ts: str) -> None:
        """Take one's own message away."""
        message = self._workspace.message(channel, ts)
        if message is None or message.user != user:
            return
        self._workspace.delete(channel, ts)
        alone = self._workspace.channels[channel].kind == "dm"
        if alone and "message.im" in self._slack.installed.events:
            await self.event(self._payloads.deleted_alone(message))

    def _enter(self, user: str, channel: str) -> bool:
        """Whether the person may write there; whoever writes in a public channel joins it."""
        place = self._workspace.channels.get(channel)
        if place is None or place.archived or user not in self._workspace.users:
            return False
        if place.kind == "public":
            self._workspace.join(channel, user)
        return user in self._workspace.channels[channel].members

    async def _slash(self, user: str, channel: str, text: str, thread_ts: str | None) -> None:
        name, _, rest = text.partition(" ")
        if name in BUILT_IN:
            await self._built_in(user, channel, name, rest)
        elif thread_ts is not None:
            self.slackbot(user, channel, f"{name} is not supported in threads. Sorry!", thread_ts=thread_ts)
        elif name in {command.name for command in COMMANDS}:
            await self._command(user, channel, name, rest.strip())
        else:
            self.slackbot(user, channel, _unknown(name))

    async def _command(self, user: str, channel: str, name: str, text: str) -> None:
        ack = await self._deliver(self._payloads.command(user, channel, name, text))
        if ack.status != 200:
            self.slackbot(user, channel, f'{name} failed with the error "{reason(ack)}"')
            return
        if ack.body:
            self._show_ack(user, channel, name, ack.body)

    def _show_ack(self, user: str, channel: str, name: str, body: Any) -> None:
        """The acknowledgement's own message: for the asker alone, unless it says otherwise."""
        payload = body if isinstance(body, dict) else {"text": str(body)}
        try:
            text, blocks = self._slack.chat.checked(payload)
            refuse_files(blocks)
        except Refusal as refusal:
            self.slackbot(user, channel, f'{name} failed with the error "{refusal.error}"')
            return
        for_all = payload.get("response_type") == "in_channel"
        self._workspace.post(channel, BOT, text, blocks, ephemeral_for=None if for_all else user)

    async def _built_in(self, user: str, channel: str, name: str, rest: str) -> None:
        named = [found for found in _NAMED.findall(rest) if _called(found, self._workspace)]
        if not named:
            self.slackbot(user, channel, f"Name somebody: `{name} @{BOT_NAME}`")
        for each in named:
            whom = _called(each, self._workspace)
            if whom is not None and name == "/invite":
                await self.invite(user, channel, whom.id)
            elif whom is not None:
                self.remove(user, channel, whom.id)

    async def _heard(self, said: PostedMessage) -> None:
        """Tell the app what concerns it; offer to invite it where it was named and is not there."""
        place, events = self._workspace.channels[said.channel], self._slack.installed.events
        if place.kind == "dm":
            if "message.im" in events:
                await self.event(self._payloads.direct(said))
            return
        if place.kind == "mpim" and BOT in place.members and "message.mpim" in events:
            await self.event(self._payloads.among(said))
        if f"<@{BOT}>" not in said.text:
            return
        if BOT not in place.members:
            self.slackbot(said.user, said.channel, *_offer(said.channel), thread_ts=said.thread_ts)
        elif "app_mention" in events:
            await self.event(self._payloads.mention(said))


def as_sent(text: str, workspace: Workspace) -> str:
    """What was typed as Slack passes it on: escaped, names as ids, and links of what looks like a host."""

    def named(match: re.Match[str]) -> str:
        person = _called(match[1], workspace)
        return f"<@{person.id}>" if person else match[0]

    return _NAMED.sub(named, _HOST.sub(_linked, escape(text, quote=False)))


def _linked(match: re.Match[str]) -> str:
    return f"<{match['url']}>" if match["url"] else f"<http://{match['host']}|{match['host']}>"


def _called(name: str, workspace: Workspace) -> Person | None:
    return next((each for each in workspace.users.values() if each.name == name.lower()), None)


def _unknown(name: str) -> str:
    return (
        f"`{name}` is not a valid command. In Slack, all messages that start with the “/” character are "
        "interpreted as commands.\nIf you are trying to send a message and not run a command, try preceding "
        "the “/” with an empty space."
    )


def _offer(channel: str) -> tuple[str, list[Payload]]:
    text = f"You mentioned <@{BOT}>, but it is not in this channel. Would you like to invite it?"

    def button(action: str, label: str, **more: str) -> Mapping[str, Any]:
        about = {"type": "button", "action_id": action, "value": channel, **more}
        return {**about, "text": {"type": "plain_text", "text": label}}

    buttons = [button(INVITE, "Invite it", style="primary"), button(DISMISS, "Do nothing")]
    section: Payload = {"type": "section", "text": {"type": "mrkdwn", "text": text}, "block_id": "offer"}
    return text, [section, {"type": "actions", "block_id": "offered", "elements": buttons}]
