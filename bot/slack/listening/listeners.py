"""The listeners: they read the transport, have what is asked kept, and acknowledge; nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import UserError
from bot.model import Request
from bot.ports import Ack, Clock, Handler, Metrics, Place
from bot.render.fit import fit
from bot.render.message import Message, fill_slots
from bot.slack.faults import TOO_LATE, SlackFault, asked
from bot.slack.listening import events, payloads
from bot.slack.listening.dedupe import SeenIds
from bot.slack.listening.intake import Intake
from bot.slack.listening.members import Admitted, Members
from bot.slack.listening.payloads import Payload

Listener = Callable[..., Awaitable[None]]
ReadEvent = Callable[[Payload, Payload, datetime], Request | None]
"""(event, its envelope, now): the question in it; None where nobody asks anything."""
ELSEWHERE = Message(
    "I work for another workspace than this one, so nothing was done and nothing is kept. "
    "Your administrators can run me here with a bot token of this workspace.",
    (),
)
LATE = "Slack opens a form only within three seconds, and they had passed. Press again."


@dataclass(frozen=True)
class Listeners:
    """Makes the listeners, one for each handler.

    advised: what was answered at once; a question is one by its id in the inbox, a reply is not kept there.
    """

    client: AsyncWebClient
    intake: Intake
    members: Members
    clock: Clock
    metrics: Metrics
    advised: SeenIds = field(default_factory=SeenIds)

    def command(self, handler: Handler) -> Listener:
        """For a slash command, which only members of the workspace have."""

        async def listen(ack: AsyncAck, command: Payload) -> None:
            began = self.clock.monotonic()
            found = self.members.command(payloads.asked_by_command(command, self.clock.now()), command)
            taken = await self._received(handler, found)
            await ack(**_shown(taken.reply))
            self._acknowledged(began)
            self._open_later(found.question, taken, command)

        return listen

    def said(self, handler: Handler, read: ReadEvent) -> Listener:
        """For what is said to the bot; Bolt acknowledges events by itself, when their listener has ended."""
        return self._heard(handler, read, strangers=True)

    def seen(self, handler: Handler, read: ReadEvent) -> Listener:
        """For what happens around the bot, which asks for nothing that strangers may not have."""
        return self._heard(handler, read, strangers=False)

    def press(self, handler: Handler) -> Listener:
        """For a button."""
        return self._clicked(handler, payloads.asked_by_press)

    def shortcut(self, handler: Handler) -> Listener:
        """For a shortcut, of a message or of nothing in particular."""
        return self._clicked(handler, payloads.asked_by_shortcut)

    def form(self, handler: Handler) -> Listener:
        """For a form that is sent in."""

        async def listen(ack: AsyncAck, body: Payload) -> None:
            began = self.clock.monotonic()
            found = await self.members.admit(payloads.asked_by_form(body, self.clock.now()), body)
            taken = await self._received(handler, found)
            faults = _faults(taken, found.question)
            await (ack(response_action="errors", errors=faults) if faults else ack())
            self._acknowledged(began)
            if not faults:
                self._tell_later(found, taken)

        return listen

    def _heard(self, handler: Handler, read: ReadEvent, *, strangers: bool) -> Listener:
        """strangers: whether people of another workspace are told from members."""

        async def listen(event: Payload, body: Payload) -> None:
            began = self.clock.monotonic()
            question = read(event, body, self.clock.now())
            if question is None:
                return
            sender = events.sender_of(event, body)
            found = await self.members.hear(question, sender, strangers=strangers)
            taken = await self._received(handler, found)
            if taken.reply and self.advised.is_new(question.id, began):
                self._tell_later(found, taken)
            self._acknowledged(began)

        return listen

    def _clicked(self, handler: Handler, read: Callable[[Payload, datetime], Request]) -> Listener:
        async def listen(ack: AsyncAck, body: Payload) -> None:
            began = self.clock.monotonic()
            found = await self.members.admit(read(body, self.clock.now()), body)
            taken = await self._received(handler, found)
            await ack()
            self._acknowledged(began)
            self._open_later(found.question, taken, body)
            self._tell_later(found, taken)

        return listen

    async def _received(self, handler: Handler, found: Admitted) -> Ack:
        """What is made of a question; of one for another token's workspace nothing."""
        if not found.served:
            return Ack(reply=ELSEWHERE)
        return await self.intake.receive(handler, found.question, found.stranger)

    def _open_later(self, question: Request, taken: Ack, body: Payload) -> None:
        """The form, if there is one; Slack wants it within three seconds of the click."""
        if taken.form is None:
            return
        trigger, form = str(body.get("trigger_id")), dict(taken.form)

        async def opened() -> None:
            try:
                await asked(self.client.views_open(trigger_id=trigger, view=form))
            except SlackFault as fault:
                raise (UserError(LATE) if fault.code in TOO_LATE else fault) from fault

        self.intake.show_later(Place.of(question), opened)

    def _tell_later(self, found: Admitted, taken: Ack) -> None:
        """The reply, if there is one; in another token's workspace only a reply URL reaches anybody."""
        place = taken.place or Place.of(found.question)
        if taken.reply and (found.served or place.reply_url):
            self.intake.tell_later(place, taken.reply)

    def _acknowledged(self, began: float) -> None:
        self.metrics.acknowledged(self.clock.monotonic() - began)


def _faults(taken: Ack, question: Request) -> dict[str, str]:
    """What is wrong with a form, by block_id; a reply stands at its first field, so that nothing is lost."""
    if taken.faults:
        return dict(taken.faults)
    first = next(iter(question.extra["fields"]), None)
    return {first: taken.reply.text} if taken.reply and first else {}


def _shown(message: Message | None) -> Mapping[str, Any]:
    if message is None:
        return {}
    fitted = fit(message)
    return {"text": fitted.text, "blocks": fill_slots(fitted.blocks, {}), "response_type": "ephemeral"}
