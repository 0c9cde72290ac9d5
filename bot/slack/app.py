"""The listeners: they read the transport, have what is asked kept, and acknowledge; nothing else."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Clock, Handler, Meter, Place, Taken
from bot.records import Question
from bot.render.fit import fit
from bot.render.message import Message, fill
from bot.slack import payloads
from bot.slack.dedupe import Seen
from bot.slack.faults import asked
from bot.slack.payloads import Payload
from bot.slack.reception import Reception

Listener = Callable[..., Awaitable[None]]
ANY = re.compile(".*")

STRANGER = Message("Only members of the workspace that I belong to can do this.", ())


def build_app(
    *,
    client: AsyncWebClient,
    signing_secret: str | None,
    commands: Mapping[str, Handler],
    mention: Handler,
    presses: Mapping[str, Handler],
    forms: Mapping[str, Handler],
    reception: Reception,
    clock: Clock,
    meter: Meter,
) -> AsyncApp:
    """The Bolt app with a listener for everything that people can ask.

    commands: handlers by the command's name, e.g. "/compare".  presses: by a button's action_id.
    forms: by a form's callback_id.
    signing_secret: None where only Socket Mode is used; every HTTP request is then refused.
    """
    app = _bolt(client, signing_secret or secrets.token_hex(32))
    listeners = _Listeners(client, reception, clock, meter)
    for name, handler in commands.items():
        app.command(name)(listeners.command(handler))
    app.command(ANY)(_unknown_command(tuple(commands)))
    app.event("app_mention")(listeners.mention(mention))
    for name, handler in presses.items():
        app.action(name)(listeners.press(handler))
    for name, handler in forms.items():
        app.view(name)(listeners.form(handler))
    _ignore_the_rest(app)
    return app


def _bolt(client: AsyncWebClient, signing_secret: str) -> AsyncApp:
    """Bolt without its own calls to Slack: it would ask auth.test before the first acknowledgement.

    The listener runs before the response, which leaves out Bolt's 10 ms poll; a listener waits for nothing
    but the inbox, and for that only so long.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token)

    logger = logging.getLogger("bot.slack.bolt")
    logger.setLevel(logging.ERROR)  # it warns of a token in the environment that it does not use
    app = AsyncApp(
        name="watchpoint",
        logger=logger,
        client=client,
        authorize=authorize,
        signing_secret=signing_secret,
        process_before_response=True,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    logger.setLevel(logging.WARNING)
    return app


@dataclass(frozen=True)
class _Listeners:
    """Makes the listeners, one for each handler."""

    client: AsyncWebClient
    reception: Reception
    clock: Clock
    meter: Meter

    def command(self, handler: Handler) -> Listener:
        """For a slash command."""

        async def listen(ack: AsyncAck, command: Payload) -> None:
            began = self.clock.monotonic()
            question = payloads.asked_by_command(command, self.clock.now())
            taken = await self.reception.receive(handler, question)
            await ack(**_shown(taken.reply))
            self._acknowledged(began)

        return listen

    def mention(self, handler: Handler) -> Listener:
        """Bolt acknowledges events by itself, when their listener has ended."""
        advised = Seen()

        async def listen(event: Payload, body: Payload) -> None:
            began = self.clock.monotonic()
            if event.get("bot_id") or not event.get("user"):
                return  # another bot, or this one: two bots would answer each other for ever
            question = payloads.asked_by_mention(event, body, self.clock.now())
            taken = await self._of_a_member(handler, question, payloads.is_strangers(event, body))
            # A question is one by its id in the inbox; a reply is not kept there.
            if taken.reply and advised.is_new(question.id, began):
                self.reception.tell_later(Place.of(question), taken.reply)
            self._acknowledged(began)

        return listen

    def press(self, handler: Handler) -> Listener:
        """For a button."""

        async def listen(ack: AsyncAck, body: Payload) -> None:
            began = self.clock.monotonic()
            question = payloads.asked_by_press(body, self.clock.now())
            taken = await self._of_a_member(handler, question, payloads.is_stranger(body))
            await ack()
            self._acknowledged(began)
            if taken.form:
                self._open_later(question, taken.form, str(body.get("trigger_id")))
            if taken.reply:
                self.reception.tell_later(Place.of(question), taken.reply)

        return listen

    def form(self, handler: Handler) -> Listener:
        """For a form that is sent in."""

        async def listen(ack: AsyncAck, body: Payload) -> None:
            began = self.clock.monotonic()
            question = payloads.asked_by_form(body, self.clock.now())
            taken = await self._of_a_member(handler, question, payloads.is_stranger(body))
            faults = _faults(taken, question)
            await (ack(response_action="errors", errors=faults) if faults else ack())
            self._acknowledged(began)
            if taken.reply and not faults:
                self.reception.tell_later(Place.of(question), taken.reply)

        return listen

    async def _of_a_member(self, handler: Handler, question: Question, stranger: bool) -> Taken:
        if stranger:
            return Taken(reply=STRANGER)
        return await self.reception.receive(handler, question)

    def _open_later(self, question: Question, form: Mapping[str, Any], trigger: str) -> None:
        """Slack wants it within three seconds of the press."""

        async def opened() -> None:
            await asked(self.client.views_open(trigger_id=trigger, view=dict(form)))

        self.reception.show_later(Place.of(question), opened)

    def _acknowledged(self, began: float) -> None:
        self.meter.acknowledged(self.clock.monotonic() - began)


def _faults(taken: Taken, question: Question) -> dict[str, str]:
    """What is wrong with a form, by block_id; a reply stands at its first field, so that nothing is lost."""
    if taken.faults:
        return dict(taken.faults)
    first = next(iter(question.extra["fields"]), None)
    return {first: taken.reply.text} if taken.reply and first else {}


def _unknown_command(known: tuple[str, ...]) -> Listener:
    async def listen(ack: AsyncAck, command: Payload) -> None:
        await ack(f"I do not know {command.get('command')}. I know: {', '.join(known)}.")

    return listen


def _ignore_the_rest(app: AsyncApp) -> None:
    """What nobody listens to would be answered with 404 and sent again."""

    async def ignore(ack: AsyncAck) -> None:
        await ack()

    async def ignore_event() -> None:
        return None

    app.event(ANY)(ignore_event)
    for register in (app.action, app.shortcut, app.view, app.view_closed, app.options):
        register(ANY)(ignore)


def _shown(message: Message | None) -> dict[str, Any]:
    if message is None:
        return {}
    fitted = fit(message)
    return {"text": fitted.text, "blocks": fill(fitted.blocks, {}), "response_type": "ephemeral"}
