"""What people do and how it reaches the bot: typing, clicking, filling in forms, inviting.

    actions = Actions(slack, line)
    await actions.type("U0ANN", "C0PORTFOLIO", "/compare ISCB SPSM")

An action returns when the app has acknowledged it, or when Slack has lost patience.  None raises for anything
a person does: Slack's complaints are ephemeral messages of Slackbot.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from bot.commands import COMMANDS, Command
from bot.playground.api.chat import refuse_files
from bot.playground.api.requests import KINDS, Refusal
from bot.playground.api.server import Slack
from bot.playground.model import (
    BOT,
    BOT_NAME,
    SLACKBOT,
    Channel,
    Payload,
    Person,
    PostedMessage,
    Shortcut,
    View,
)
from bot.playground.payloads import ClickSource, Payloads
from bot.playground.transport import AppAnswer, AppTransport
from bot.playground.workspace import Workspace

PATIENCE = 3.0
"""Seconds that Slack waits for an acknowledgement."""
RETRIES = (0.0, 60.0, 300.0)
"""Seconds before each repetition of an event that was not acknowledged."""
TIMED_OUT = AppAnswer(-1, None)
INVITE, DISMISS = "playground_invite", "playground_dismiss"
TROUBLE = "We had some trouble connecting. Try again?"
MISSING = "Please complete this required field."


class Interactions:
    """Clicks, choices and forms.

    patience: seconds before an acknowledgement is too late.  retries: seconds before each repetition.
    """

    def __init__(
        self,
        slack: Slack,
        line: AppTransport,
        *,
        patience: float = PATIENCE,
        retries: Sequence[float] = RETRIES,
    ) -> None:
        self._slack, self._line, self._patience, self._retries = slack, line, patience, tuple(retries)
        self._workspace = slack.workspace
        self._payloads = Payloads(slack)
        self._repeating: set[asyncio.Task[None]] = set()

    async def aclose(self) -> None:
        """Repeat nothing any more."""
        for task in list(self._repeating):
            task.cancel()
        await asyncio.gather(*self._repeating, return_exceptions=True)

    async def click(self, user: str, source: ClickSource, action: Payload) -> None:
        """Press a button or choose from a menu; action: as in Slack's payload, with its ids."""
        if action.get("action_id") in (INVITE, DISMISS):
            await self._answer_offer(user, source, action)
            return
        ack = await self._deliver(self._payloads.action(user, source, action))
        if ack.status != 200 and source.view_id:
            self._workspace.views.refuse(source.view_id, {"": TROUBLE})
        elif ack.status != 200:
            self.slackbot(user, source.channel, f"This app did not respond: {failure_word(ack)}.")

    async def submit(self, user: str, view_id: str, state: Mapping[str, Any]) -> None:
        """Send a modal's form; what is wrong with it lands in `View.errors`."""
        view = self._workspace.views.get(view_id)
        if view is None:
            return
        missing = _missing_blocks(view, state)
        if missing:
            self._workspace.views.refuse(view_id, dict.fromkeys(missing, MISSING))
            return
        ack = await self._deliver(self._payloads.submission(user, view, state))
        if ack.status != 200:
            self._workspace.views.refuse(view_id, {"": TROUBLE})
            return
        try:
            self._act_on(view, ack.body if isinstance(ack.body, dict) else {})
        except Refusal as refusal:
            words = "; ".join((refusal.error, *refusal.details))
            self._workspace.views.refuse(view_id, {"": f"The app's answer is refused: {words}"})

    async def close(self, user: str, view_id: str) -> None:
        """Take the topmost modal away; the app hears of it where it asked to."""
        view = self._workspace.views.top(user)
        if view is None or view.id != view_id:
            return
        self._workspace.views.close(user)
        if view.body.get("notify_on_close"):
            await self._deliver(self._payloads.view_closed(user, view))

    async def shortcut(self, user: str, callback_id: str, channel: str = "", ts: str = "") -> None:
        """Use a shortcut: a global one, or from the menu of a message; nothing where there is none such.

        channel: that one looks at.
        """
        if callback_id not in {each.callback_id for each in self._slack.installed.shortcuts}:
            return
        message = self._workspace.message(channel, ts) if ts else None
        if message is None:
            await self._deliver(self._payloads.shortcut(user, callback_id, channel))
        else:
            await self._deliver(self._payloads.message_shortcut(user, callback_id, message))

    async def open_home(self, user: str, tab: str = "home") -> None:
        """Look at a tab of the app, "home" or "messages"."""
        if "app_home_opened" in self._slack.installed.events:
            await self.event(self._payloads.home(user, tab))

    async def event(self, payload: Payload) -> None:
        """Tell the app of an event; where it is not acknowledged, again and again in the background."""
        if (await self._deliver(payload)).status != 200:
            task = asyncio.create_task(self._repeat(payload))
            self._repeating.add(task)
            task.add_done_callback(self._repeating.discard)

    async def invite(self, user: str, channel: str, whom: str = BOT) -> None:
        """Bring somebody into a channel that one is in oneself; the app hears of its own coming."""
        members = self._workspace.channels[channel].members
        if user not in members:
            return
        self._workspace.join(channel, whom, inviter=user)
        payload = self._payloads.member_joined(channel, inviter=user)
        if whom == BOT and BOT not in members and self._hears(payload, self._workspace.channels[channel]):
            await self.event(payload)

    def create_channel(self, user: str, name: str) -> None:
        """Open a public channel in which one is alone."""
        self._workspace.create(name, user)

    def archive(self, channel: str) -> None:
        """Close a channel; nobody says anything there any more."""
        self._workspace.archive(channel)

    def make_private(self, channel: str) -> None:
        """Close a public channel to all but its members."""
        self._workspace.make_private(channel)

    def rename(self, channel: str, name: str) -> None:
        """Give a channel another name."""
        self._workspace.rename(channel, name)

    async def unarchive(self, user: str, channel: str) -> None:
        """Open an archived channel again; the app hears of every public one, and of private ones it is in."""
        self._workspace.unarchive(channel, user)
        payload = self._payloads.channel_changed(channel, "unarchive", user)
        if self._hears(payload, self._workspace.channels[channel]):
            await self.event(payload)

    async def delete_channel(self, user: str, channel: str) -> None:
        """Take a channel away; the app hears of it as of one that is opened again."""
        place, payload = (
            self._workspace.channels[channel],
            self._payloads.channel_changed(channel, "deleted", user),
        )
        self._workspace.drop(channel)
        if self._hears(payload, place):
            await self.event(payload)

    def remove(self, user: str, channel: str, whom: str = BOT) -> None:
        """Take somebody out of a channel that one is in oneself."""
        if user in self._workspace.channels[channel].members:
            self._workspace.leave(channel, whom, remover=user)

    def slackbot(
        self,
        user: str,
        channel: str,
        text: str,
        blocks: Sequence[Payload] = (),
        thread_ts: str | None = None,
    ) -> None:
        """Post Slack's own words to one person."""
        self._workspace.post_ephemeral(channel, SLACKBOT, user, text, blocks, thread_ts)

    def _hears(self, payload: Payload, place: Channel) -> bool:
        """Return whether the app is told: it is subscribed, may read what channels are, and can see this
        one.
        """
        installed = self._slack.installed
        subscribed = payload["event"]["type"] in installed.events
        there = place.kind == "public" or BOT in place.members
        return subscribed and there and f"{KINDS[place.kind]}:read" in installed.scopes

    async def _deliver(self, payload: Payload, retry: int = 0) -> AppAnswer:
        try:
            return await asyncio.wait_for(self._line.deliver(payload, retry), self._patience)
        except TimeoutError:
            return TIMED_OUT

    async def _repeat(self, payload: Payload) -> None:
        for number, wait in enumerate(self._retries, 1):
            await asyncio.sleep(wait)
            if (await self._deliver(payload, number)).status == 200:
                return

    async def _answer_offer(self, user: str, source: ClickSource, action: Payload) -> None:
        """Answer a press of Slackbot's own buttons."""
        if action["action_id"] == INVITE:
            await self.invite(user, source.channel)
        if self._workspace.message(source.channel, source.ts):
            self._workspace.delete(source.channel, source.ts)

    def _act_on(self, view: View, body: Payload) -> None:
        """Act on the acknowledgement of a submission; raises Refusal where its view is no good."""
        kind, views = body.get("response_action"), self._workspace.views
        if kind == "errors":
            views.refuse(view.id, body.get("errors") or {})
        elif kind == "update":
            views.update(view.id, self._slack.views.check_view(body, "modal"))
        elif kind == "push":
            views.push(view.user, self._slack.views.check_view(body, "modal"))
        else:
            views.close(view.user, everything=kind == "clear")


def _missing_blocks(view: View, state: Mapping[str, Any]) -> list[str]:
    """Return the blocks whose input must be filled in and is not."""
    wanted = [block for block in view.body["blocks"] if block["type"] == "input"]
    return [
        block["block_id"]
        for block in wanted
        if not block.get("optional") and not _is_filled_in(state.get(block["block_id"], {}))
    ]


def _is_filled_in(actions: Mapping[str, Any]) -> bool:
    values = (value for action in actions.values() for key, value in action.items() if key != "type")
    return any(bool(str(value).strip()) if isinstance(value, str) else bool(value) for value in values)


def failure_word(ack: AppAnswer) -> str:
    """Return Slack's word for an acknowledgement that failed."""
    return "operation_timeout" if ack == TIMED_OUT else "dispatch_failed"


BUILT_IN = ("/invite", "/kick", "/remove")
"""Slack's own commands, as far as they are needed here."""
_MENTION = re.compile(r"@([\w.-]*\w)")
_HOST = re.compile(
    r"(?P<url>https?://[^\s<>]+)|(?<![\w@.|/-])(?P<host>(?:[\w-]+\.)+(?:com|org|net|de|io|uk|co|ai|us|ch|fr))\b",
    re.IGNORECASE,
)


class Actions(Interactions):
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
        if not text or not self._may_write(user, channel):
            return
        if text.startswith("/"):
            await self._slash(user, channel, text, thread_ts)
        else:
            said = self._workspace.say(channel, user, slack_text(text, self._workspace), thread_ts)
            await self._tell_app(said)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """Put other words into one's own message; the app hears of it where it is named, or alone there."""
        message = self._workspace.message(channel, ts)
        if message is None or message.user != user:
            return
        changed = self._workspace.update(channel, ts, slack_text(text.strip(), self._workspace))
        events, alone = self._slack.installed.events, self._workspace.channels[channel].kind == "dm"
        if alone and "message.im" in events:
            await self.event(self._payloads.changed_alone(changed))
        elif not alone and f"<@{BOT}>" in changed.text and "app_mention" in events:
            await self.event(self._payloads.edited_mention(changed))

    async def erase(self, user: str, channel: str, ts: str) -> None:
        """Take one's own message away."""
        message = self._workspace.message(channel, ts)
        if message is None or message.user != user:
            return
        self._workspace.delete(channel, ts)
        alone = self._workspace.channels[channel].kind == "dm"
        if alone and "message.im" in self._slack.installed.events:
            await self.event(self._payloads.deleted_alone(message))

    def _may_write(self, user: str, channel: str) -> bool:
        """Return whether the person may write there; whoever writes in a public channel joins it."""
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
            self.slackbot(user, channel, _unknown_command(name))

    async def _command(self, user: str, channel: str, name: str, text: str) -> None:
        ack = await self._deliver(self._payloads.command(user, channel, name, text))
        if ack.status != 200:
            self.slackbot(user, channel, f'{name} failed with the error "{failure_word(ack)}"')
            return
        if ack.body:
            self._show_ack(user, channel, name, ack.body)

    def _show_ack(self, user: str, channel: str, name: str, body: Any) -> None:
        """Show the acknowledgement's own message: to the asker alone, unless it says otherwise."""
        payload = body if isinstance(body, dict) else {"text": str(body)}
        try:
            text, blocks = self._slack.chat.check_message(payload)
            refuse_files(blocks)
        except Refusal as refusal:
            self.slackbot(user, channel, f'{name} failed with the error "{refusal.error}"')
            return
        for_all = payload.get("response_type") == "in_channel"
        self._workspace.post(channel, BOT, text, blocks, ephemeral_for=None if for_all else user)

    async def _built_in(self, user: str, channel: str, name: str, rest: str) -> None:
        named = [found for found in _MENTION.findall(rest) if _person_named(found, self._workspace)]
        if not named:
            self.slackbot(user, channel, f"Name somebody: `{name} @{BOT_NAME}`")
        for each in named:
            whom = _person_named(each, self._workspace)
            if whom is not None and name == "/invite":
                await self.invite(user, channel, whom.id)
            elif whom is not None:
                self.remove(user, channel, whom.id)

    async def _tell_app(self, said: PostedMessage) -> None:
        """Tell the app what concerns it; offer to invite it where it was named and is not there."""
        place, events = self._workspace.channels[said.channel], self._slack.installed.events
        if place.kind == "dm":
            if "message.im" in events:
                await self.event(self._payloads.direct_message(said))
            return
        if place.kind == "mpim" and BOT in place.members and "message.mpim" in events:
            await self.event(self._payloads.group_message(said))
        if f"<@{BOT}>" not in said.text:
            return
        if BOT not in place.members:
            self.slackbot(said.user, said.channel, *_invite_offer(said.channel), thread_ts=said.thread_ts)
        elif "app_mention" in events:
            await self.event(self._payloads.mention(said))


def slack_text(text: str, workspace: Workspace) -> str:
    """Return what was typed as Slack passes it on: escaped, names as ids, and links of what looks like a
    host.
    """

    def named(match: re.Match[str]) -> str:
        person = _person_named(match[1], workspace)
        return f"<@{person.id}>" if person else match[0]

    return _MENTION.sub(named, _HOST.sub(_link_host, escape(text, quote=False)))


def _link_host(match: re.Match[str]) -> str:
    return f"<{match['url']}>" if match["url"] else f"<http://{match['host']}|{match['host']}>"


def _person_named(name: str, workspace: Workspace) -> Person | None:
    return next((each for each in workspace.users.values() if each.name == name.lower()), None)


def _unknown_command(name: str) -> str:
    return (
        f"`{name}` is not a valid command. In Slack, all messages that start with the “/” character are "
        "interpreted as commands.\nIf you are trying to send a message and not run a command, try preceding "
        "the “/” with an empty space."
    )


def _invite_offer(channel: str) -> tuple[str, list[Payload]]:
    text = f"You mentioned <@{BOT}>, but it is not in this channel. Would you like to invite it?"

    def button(action: str, label: str, **more: str) -> Mapping[str, Any]:
        about = {"type": "button", "action_id": action, "value": channel, **more}
        return {**about, "text": {"type": "plain_text", "text": label}}

    buttons = [button(INVITE, "Invite it", style="primary"), button(DISMISS, "Do nothing")]
    section: Payload = {"type": "section", "text": {"type": "mrkdwn", "text": text}, "block_id": "offer"}
    return text, [section, {"type": "actions", "block_id": "offered", "elements": buttons}]
