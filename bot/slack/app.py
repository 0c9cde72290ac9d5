"""The Bolt app: which listener takes which command, press, form, shortcut and event."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator, Mapping

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Clock, Handler, Metrics, Routes, Users
from bot.slack import payloads
from bot.slack.directory import Installation
from bot.slack.intake import Intake
from bot.slack.listeners import Listener, Listeners, Members
from bot.slack.payloads import Payload

ANY = re.compile(".*")


def build_app(
    *,
    client: AsyncWebClient,
    signing_secret: str | None,
    handlers: Routes,
    intake: Intake,
    users: Users,
    clock: Clock,
    metrics: Metrics,
    installation: Installation | None = None,
) -> AsyncApp:
    """Return the Bolt app with a listener for everything that people can ask; all else is acknowledged and
    ignored.

    installation: of the client's token, where somebody else asks for it, too.
    signing_secret: None where only Socket Mode is used; every HTTP request is then refused.
    """
    app = _bolt(client, signing_secret or secrets.token_hex(32))
    members = Members(installation or Installation(client), users)
    listeners = Listeners(client, intake, members, clock, metrics)
    _listen_to_clicks(app, handlers, listeners)
    _listen_to_events(app, handlers, listeners)
    _ignore_the_rest(app)
    return app


def _listen_to_clicks(app: AsyncApp, handlers: Routes, listeners: Listeners) -> None:
    for name, handler in handlers.commands.items():
        app.command(name)(listeners.command(handler))
    app.command(ANY)(_unknown_command(tuple(handlers.commands)))
    for pattern, handler in _by_name(handlers.presses):
        app.action(pattern)(listeners.press(handler))
    for name, handler in handlers.forms.items():
        app.view(name)(listeners.form(handler))
    for name, handler in handlers.shortcuts.items():
        app.shortcut(name)(listeners.shortcut(handler))


def _listen_to_events(app: AsyncApp, handlers: Routes, listeners: Listeners) -> None:
    app.event("app_mention")(listeners.on_speech(handlers.said, payloads.request_of_mention))
    app.event("message")(listeners.on_speech(handlers.said, payloads.request_of_message))
    app.event("app_home_opened")(listeners.on_event(handlers.home, payloads.request_of_home))
    app.event("member_joined_channel")(listeners.on_event(handlers.joined, payloads.request_of_joining))
    for kind in ("channel", "group"):
        app.event(f"{kind}_unarchive")(
            listeners.on_event(handlers.unarchived, payloads.request_of_channel_event)
        )
        app.event(f"{kind}_deleted")(listeners.on_event(handlers.gone, payloads.request_of_channel_event))


def _by_name(presses: Mapping[str, Handler]) -> Iterator[tuple[str | re.Pattern[str], Handler]]:
    """Yield what matches a press, the narrowest first: Bolt gives it to the first that does."""
    for name in sorted(presses, key=lambda name: (name.endswith("."), -len(name))):
        begins = re.compile(f"^{re.escape(name)}")
        yield (begins if name.endswith(".") else name), presses[name]


def _bolt(client: AsyncWebClient, signing_secret: str) -> AsyncApp:
    """Make Bolt without its own calls to Slack: it would ask auth.test before the first acknowledgement.

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


def _unknown_command(known: tuple[str, ...]) -> Listener:
    async def listen(ack: AsyncAck, command: Payload) -> None:
        await ack(f"I do not know {command.get('command')}. I know: {', '.join(known)}.")

    return listen


def _ignore_the_rest(app: AsyncApp) -> None:
    """Acknowledge what nobody listens to: it would be answered with 404 and sent again."""

    async def ignore(ack: AsyncAck) -> None:
        await ack()

    async def ignore_event() -> None:
        return None

    app.event(ANY)(ignore_event)
    for register in (app.action, app.shortcut, app.view, app.view_closed, app.options):
        register(ANY)(ignore)
