"""The listeners: they read a request, have it kept, and acknowledge it; and who may ask at all.

A payload names the workspace that has installed the bot and that of the person.  Where it does not
(Enterprise Grid), Slack is asked for a moment; whoever cannot be told from a stranger is one.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import UserError
from bot.model import Request
from bot.ports import Ack, Clock, Handler, Metrics, Place, Users
from bot.render.fallback import MessageDraft
from bot.render.message import Message
from bot.slack import payloads
from bot.slack.directory import Installation
from bot.slack.errors import TOO_LATE, SlackFault, call_slack
from bot.slack.intake import Intake
from bot.slack.payloads import ORGANISATION, Payload, Sender
from bot.slack.sender import message_fields

log = logging.getLogger(__name__)

LOOKUP_SECONDS = 1.0
"""Seconds that an acknowledgement waits for Slack to say: it takes three."""


@dataclass(frozen=True)
class Admitted:
    """A question under the workspace that the bot is installed in.

    stranger: it is not known to be asked by a member of it, or of its organisation.
    served: False where it comes from a workspace that the token is not for, so that nothing of it is done.
    """

    request: Request
    stranger: bool = False
    served: bool = True


class Members:
    """Tells members from strangers, and the workspace that the token is for from others.

    As long as Slack has not said which that is, requests are taken for the one that they name: none is lost,
    and what is queued meanwhile is posted when it is known.
    """

    def __init__(self, installation: Installation, users: Users) -> None:
        self._installation, self._users = installation, users

    def command(self, request: Request, command: Payload) -> Admitted:
        """Admit a slash command: only members of a workspace that has installed the bot have it."""
        organisation = str(command.get("enterprise_id") or "")
        return self._under_installed_team(request, Sender(request.team, organisation, request.team))

    async def admit(self, request: Request, body: Payload) -> Admitted:
        """Admit a press, a form or a shortcut."""
        look = payloads.is_of_organisation(body)
        return await self._in_time(request, payloads.sender_of_interaction(body, request.team), look=look)

    async def hear(self, request: Request, sender: Sender, *, strangers: bool) -> Admitted:
        """Admit an event.  strangers: whether it matters who they are."""
        return (
            await self._in_time(request, sender) if strangers else self._under_installed_team(request, sender)
        )

    async def _in_time(self, request: Request, sender: Sender, *, look: bool = False) -> Admitted:
        """Admit as far as can be known in time for the acknowledgement.  look: ask for the installation."""
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                if look:
                    await self._installation.look()
                return await self._check_stranger(self._under_installed_team(request, sender), sender)
        except TimeoutError:
            log.warning("Slack did not say in time who %s is", request.user)
            found = self._under_installed_team(request, sender)
            return replace(found, stranger=not _is_surely_member(found, sender))

    def _under_installed_team(self, request: Request, sender: Sender) -> Admitted:
        """Put it under the workspace of the token, as far as it is known without asking."""
        installed = self._installation.known
        if installed is None:
            return Admitted(request)
        own = installed.team in sender.others if installed.team else False
        if not (own or installed.serves(sender.team, sender.organisation)):
            log.warning("A request of the workspace %s is refused: the token is not for it", sender.team)
            return Admitted(request, stranger=True, served=False)
        return Admitted(replace(request, team=installed.team or request.team))

    async def _check_stranger(self, found: Admitted, sender: Sender) -> Admitted:
        if not found.served or _is_surely_member(found, sender):
            return found
        if not self._may_be_ours(sender):
            return replace(found, stranger=True)
        person = await self._users.person(found.request.team, found.request.user)
        return replace(found, stranger=person.stranger)

    def _may_be_ours(self, sender: Sender) -> bool:
        """Return whether Slack may know somebody as a member whom the payload does not show to be one."""
        installed = self._installation.known
        known = installed.organisation if installed else ""
        if sender.person.startswith(ORGANISATION):
            return sender.person == known
        return not sender.person or bool(known or sender.organisation)


def _is_surely_member(found: Admitted, sender: Sender) -> bool:
    """Return whether the payload itself shows that a member asks."""
    return bool(sender.person) and sender.person in sender.bots(found.request.team)


SEEN_SECONDS = 600.0
"""Seconds: Slack's last redelivery comes after about five minutes."""
SEEN_MOST = 10_000


class SeenIds:
    """Remembers event ids for a while, in bounded memory; each process for itself."""

    def __init__(self, kept: float = SEEN_SECONDS, most: int = SEEN_MOST) -> None:
        self._kept, self._most = kept, most
        self._since: OrderedDict[str, float] = OrderedDict()

    def is_new(self, event_id: str, now: float) -> bool:
        """Tell whether this id comes for the first time; it is marked at once.

        now: seconds that never go back.
        """
        self._forget(now)
        if event_id in self._since:
            return False
        self._since[event_id] = now
        return True

    def _forget(self, now: float) -> None:
        while self._since:
            event_id, since = next(iter(self._since.items()))
            if now - since < self._kept and len(self._since) < self._most:
                return
            del self._since[event_id]


Listener = Callable[..., Awaitable[None]]
ReadEvent = Callable[[Payload, Payload, datetime], Request | None]
"""(event, its envelope, now): the question in it; None where nobody asks anything."""
ELSEWHERE = Message(
    "I work for another workspace than this one, so nothing was done and nothing is kept. "
    "Your administrators can run me here with a bot token of this workspace.",
    (),
)
FORM_TOO_LATE = "Slack opens a form only within three seconds, and they had passed. Press again."


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
        """Listen to a slash command, which only members of the workspace have."""

        async def listen(ack: AsyncAck, command: Payload) -> None:
            began = self.clock.monotonic()
            found = self.members.command(payloads.request_of_command(command, self.clock.now()), command)
            taken = await self._receive(handler, found)
            await ack(**_reply_fields(taken.reply))
            self._measure_ack(began)
            self._open_later(found.request, taken, command)

        return listen

    def on_speech(self, handler: Handler, read: ReadEvent) -> Listener:
        """Listen to what is said to the bot; Bolt acknowledges events itself, when their listener ended."""
        return self._listen_to_event(handler, read, strangers=True)

    def on_event(self, handler: Handler, read: ReadEvent) -> Listener:
        """Listen to what happens around the bot, which asks for nothing that strangers may not have."""
        return self._listen_to_event(handler, read, strangers=False)

    def press(self, handler: Handler) -> Listener:
        """Listen to a button."""
        return self._listen_to_click(handler, payloads.request_of_press)

    def shortcut(self, handler: Handler) -> Listener:
        """Listen to a shortcut, of a message or of nothing in particular."""
        return self._listen_to_click(handler, payloads.request_of_shortcut)

    def form(self, handler: Handler) -> Listener:
        """Listen to a form that is sent in."""

        async def listen(ack: AsyncAck, body: Payload) -> None:
            began = self.clock.monotonic()
            found = await self.members.admit(payloads.request_of_form(body, self.clock.now()), body)
            taken = await self._receive(handler, found)
            faults = form_errors(taken, found.request)
            await (ack(response_action="errors", errors=faults) if faults else ack())
            self._measure_ack(began)
            if not faults:
                self._tell_later(found, taken)

        return listen

    def _listen_to_event(self, handler: Handler, read: ReadEvent, *, strangers: bool) -> Listener:
        """Listen to an event.  strangers: whether people of another workspace are told from members."""

        async def listen(event: Payload, body: Payload) -> None:
            began = self.clock.monotonic()
            request = read(event, body, self.clock.now())
            if request is None:
                return
            sender = payloads.sender_of_event(event, body)
            found = await self.members.hear(request, sender, strangers=strangers)
            taken = await self._receive(handler, found)
            if taken.reply and self.advised.is_new(request.id, began):
                self._tell_later(found, taken)
            self._measure_ack(began)

        return listen

    def _listen_to_click(self, handler: Handler, read: Callable[[Payload, datetime], Request]) -> Listener:
        async def listen(ack: AsyncAck, body: Payload) -> None:
            began = self.clock.monotonic()
            found = await self.members.admit(read(body, self.clock.now()), body)
            taken = await self._receive(handler, found)
            await ack()
            self._measure_ack(began)
            self._open_later(found.request, taken, body)
            self._tell_later(found, taken)

        return listen

    async def _receive(self, handler: Handler, found: Admitted) -> Ack:
        """Receive a question; nothing is made of one for another token's workspace."""
        if not found.served:
            return Ack(reply=ELSEWHERE)
        return await self.intake.receive(handler, found.request, found.stranger)

    def _open_later(self, request: Request, taken: Ack, body: Payload) -> None:
        """Open the form, if there is one; Slack wants it within three seconds of the click."""
        if taken.form is None:
            return
        trigger, form = str(body.get("trigger_id")), dict(taken.form)

        async def opened() -> None:
            try:
                await call_slack(self.client.views_open(trigger_id=trigger, view=form))
            except SlackFault as fault:
                raise (UserError(FORM_TOO_LATE) if fault.code in TOO_LATE else fault) from fault

        self.intake.show_later(Place.of(request), opened)

    def _tell_later(self, found: Admitted, taken: Ack) -> None:
        """Tell the reply, if there is one; in another token's workspace only a reply URL reaches anybody."""
        place = taken.place or Place.of(found.request)
        if taken.reply and (found.served or place.reply_url):
            self.intake.tell_later(place, taken.reply)

    def _measure_ack(self, began: float) -> None:
        self.metrics.observe_ack(self.clock.monotonic() - began)


def form_errors(taken: Ack, request: Request) -> dict[str, str]:
    """Return what is wrong with a form, by block_id; a reply stands at its first field, so that nothing is
    lost.
    """
    if taken.faults:
        return dict(taken.faults)
    first = next(iter(request.extra["fields"]), None)
    return {first: taken.reply.text} if taken.reply and first else {}


def _reply_fields(message: Message | None) -> Mapping[str, Any]:
    if message is None:
        return {}
    fields = message_fields(MessageDraft(message.text, message.blocks))
    return {**fields, "blocks": fields["blocks"] or [], "response_type": "ephemeral"}
