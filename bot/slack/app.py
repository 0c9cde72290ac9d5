"""The listeners: they read the transport, acknowledge, and hand over; nothing else happens here."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from html import unescape
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Clock, CommandHandler, Place
from bot.render.fit import fit
from bot.render.message import Message, fill
from bot.slack.dedupe import Seen
from bot.slack.handover import Handover

Listener = Callable[..., Awaitable[None]]
ANY = re.compile(".*")
_LINKED = re.compile(r"<(?:https?://|mailto:)[^|>]*\|([^>]*)>")
_MENTION = r"<@{user}(\|[^>]*)?>"


def build_app(
    *,
    client: AsyncWebClient,
    signing_secret: str | None,
    commands: Mapping[str, CommandHandler],
    mention: CommandHandler,
    handover: Handover,
    clock: Clock,
) -> AsyncApp:
    """The Bolt app with a listener for every command and for mentions.

    commands: handlers by the command's name, e.g. "/compare".
    signing_secret: None where only Socket Mode is used; every HTTP request is then refused.
    """
    app = _bolt(client, signing_secret or secrets.token_hex(32))
    for name, handler in commands.items():
        app.command(name)(_command(handler, handover))
    app.command(ANY)(_unknown_command(tuple(commands)))
    app.event("app_mention")(_mention(mention, handover, Seen(), clock))
    _ignore_the_rest(app)
    return app


def _bolt(client: AsyncWebClient, signing_secret: str) -> AsyncApp:
    """Bolt without its own calls to Slack: it would ask auth.test before the first acknowledgement.

    The listener runs before the response, which leaves out Bolt's 10 ms poll and puts the acknowledgement on
    the wire before the work starts; it is safe because a listener waits for nothing.
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


def _command(handler: CommandHandler, handover: Handover) -> Listener:
    async def listen(ack: AsyncAck, command: Mapping[str, Any]) -> None:
        place = command_place(command)
        received = handover.receive(handler, plain_text(command.get("text") or ""), place)
        await ack(**_shown(received.reply))
        handover.start(place, received.work)

    return listen


def _mention(handler: CommandHandler, handover: Handover, seen: Seen, clock: Clock) -> Listener:
    async def listen(event: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        if event.get("bot_id") or not event.get("user"):
            return  # another bot, or this one: two bots would answer each other for ever
        if not seen.is_new(str(body.get("event_id")), clock.monotonic()):
            return
        place = mention_place(event, body)
        received = handover.receive(handler, mention_text(event, body), place)
        if received.reply:
            handover.tell_later(place, received.reply)
        handover.start(place, received.work)

    return listen


def _unknown_command(known: tuple[str, ...]) -> Listener:
    async def listen(ack: AsyncAck, command: Mapping[str, Any]) -> None:
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


def command_place(command: Mapping[str, Any]) -> Place:
    """Where a slash command was typed; Slack offers none in threads."""
    return Place(
        team=str(command.get("team_id", "")),
        channel=str(command.get("channel_id", "")),
        user=str(command.get("user_id", "")),
        reply_url=command.get("response_url"),
    )


def mention_place(event: Mapping[str, Any], body: Mapping[str, Any]) -> Place:
    """Where the bot was mentioned: the answer goes into the thread, or opens one."""
    return Place(
        team=str(body.get("team_id", "")),
        channel=str(event.get("channel", "")),
        user=str(event.get("user", "")),
        thread=event.get("thread_ts") or event.get("ts"),
    )


def mention_text(event: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    """What was said to the bot, without its name."""
    bots = [each.get("user_id") for each in body.get("authorizations") or () if each.get("user_id")]
    user = re.escape(bots[0]) if bots else r"\w+"
    return plain_text(re.sub(_MENTION.format(user=user), " ", str(event.get("text") or ""), count=1))


def plain_text(text: str) -> str:
    """What the person typed: Slack escapes & < > and makes links of what looks like a host, e.g. VWCE.DE."""
    return unescape(_LINKED.sub(r"\1", text)).strip()


def _shown(message: Message | None) -> dict[str, Any]:
    if message is None:
        return {}
    fitted = fit(message)
    return {"text": fitted.text, "blocks": fill(fitted.blocks, {}), "response_type": "ephemeral"}
