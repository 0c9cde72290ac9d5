"""What people press, choose and fill in, and how it reaches the app."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bot.playground.api.guard import KINDS
from bot.playground.api.refusal import Refusal
from bot.playground.api.server import Slack
from bot.playground.lines import AppAnswer, AppTransport
from bot.playground.model import BOT, SLACKBOT, Channel, Payload, View
from bot.playground.payloads import ClickSource, Payloads

PATIENCE = 3.0
"""Seconds that Slack waits for an acknowledgement."""
RETRIES = (0.0, 60.0, 300.0)
"""Seconds before each repetition of an event that was not acknowledged."""
TIMED_OUT = AppAnswer(-1, None)
INVITE, DISMISS = "playground_invite", "playground_dismiss"
TROUBLE = "We had some trouble connecting. Try again?"
MISSING = "Please complete this required field."


class Gestures:
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
            self.slackbot(user, source.channel, f"This app did not respond: {reason(ack)}.")

    async def submit(self, user: str, view_id: str, state: Mapping[str, Any]) -> None:
        """Send a modal's form; what is wrong with it lands in `View.errors`."""
        view = self._workspace.views.get(view_id)
        if view is None:
            return
        missing = _missing(view, state)
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
            await self._deliver(self._payloads.closed(user, view))

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

    async def open_home(self, user: str) -> None:
        """Look at the app's Home tab."""
        if "app_home_opened" in self._slack.installed.events:
            await self.event(self._payloads.home(user))

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
        payload = self._payloads.joined(channel, inviter=user)
        if whom == BOT and BOT not in members and self._hears(payload, self._workspace.channels[channel]):
            await self.event(payload)

    async def unarchive(self, user: str, channel: str) -> None:
        """Open an archived channel again; the app hears of every public one, and of private ones it is in."""
        self._workspace.unarchive(channel, user)
        payload = self._payloads.changed(channel, "unarchive", user)
        if self._hears(payload, self._workspace.channels[channel]):
            await self.event(payload)

    async def delete_channel(self, user: str, channel: str) -> None:
        """Take a channel away; the app hears of it as of one that is opened again."""
        place, payload = self._workspace.channels[channel], self._payloads.changed(channel, "deleted", user)
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
        """Slack's own words to one person."""
        self._workspace.post_ephemeral(channel, SLACKBOT, user, text, blocks, thread_ts)

    def _hears(self, payload: Payload, place: Channel) -> bool:
        """Whether the app is told: it is subscribed, may read what channels are, and can see this one."""
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
        """Slackbot's own buttons."""
        if action["action_id"] == INVITE:
            await self.invite(user, source.channel)
        if self._workspace.message(source.channel, source.ts):
            self._workspace.delete(source.channel, source.ts)

    def _act_on(self, view: View, body: Payload) -> None:
        """What the acknowledgement of a submission asks for; raises Refusal where its view is no good."""
        kind, views = body.get("response_action"), self._workspace.views
        if kind == "errors":
            views.refuse(view.id, body.get("errors") or {})
        elif kind == "update":
            views.update(view.id, self._slack.views.checked(body, "modal"))
        elif kind == "push":
            views.push(view.user, self._slack.views.checked(body, "modal"))
        else:
            views.close(view.user, everything=kind == "clear")


def _missing(view: View, state: Mapping[str, Any]) -> list[str]:
    """The blocks whose input must be filled in and is not."""
    wanted = [block for block in view.body["blocks"] if block["type"] == "input"]
    return [
        block["block_id"]
        for block in wanted
        if not block.get("optional") and not _given(state.get(block["block_id"], {}))
    ]


def _given(actions: Mapping[str, Any]) -> bool:
    values = (value for action in actions.values() for key, value in action.items() if key != "type")
    return any(bool(str(value).strip()) if isinstance(value, str) else bool(value) for value in values)


def reason(ack: AppAnswer) -> str:
    """Slack's word for an acknowledgement that failed."""
    return "operation_timeout" if ack == TIMED_OUT else "dispatch_failed"
