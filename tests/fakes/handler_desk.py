"""The listeners with handlers that remember, in front of payloads as Slack sends them, and no network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.clock import SystemClock
from bot.model import Request
from bot.playground.api.server import Slack
from bot.playground.model import BOT, Payload
from bot.playground.payloads import ClickSource, Payloads
from bot.playground.storage import ANN, PORTFOLIO
from bot.playground.transport import sign_request
from bot.ports import Ack, Place
from bot.slack.client import slack_client
from bot.use_cases.inbox import Answer
from tests.fakes.front import Front, app_before, front
from tests.fakes.messenger import RecordingMessenger
from tests.fakes.metrics import QuietMetrics
from tests.fakes.workspace import BOT_TOKEN, SIGNING_SECRET, loopback


@dataclass
class Handler:
    """Remembers what it received, and what it was asked to answer."""

    taken: Ack = field(default_factory=lambda: Ack(work=True))
    got: list[tuple[str, Place]] = field(default_factory=list)
    ran: list[Request] = field(default_factory=list)

    def receive(self, text: str, place: Place) -> Ack:
        self.got.append((text, place))
        return self.taken

    async def answer(self, request: Request) -> None:
        self.ran.append(request)

    def texts(self) -> list[str]:
        return [request.text for request in self.ran]


@dataclass
class Handlers:
    """One behind each handler."""

    compare: Handler = field(default_factory=Handler)
    mentioned: Handler = field(default_factory=Handler)
    pressed: Handler = field(default_factory=Handler)
    asked: Handler = field(default_factory=Handler)
    sent_in: Handler = field(default_factory=Handler)
    shortcut: Handler = field(default_factory=Handler)
    home: Handler = field(default_factory=Handler)
    joined: Handler = field(default_factory=Handler)
    unarchived: Handler = field(default_factory=Handler)
    gone: Handler = field(default_factory=Handler)

    def answers(self) -> dict[str, Answer]:
        """Who answers what; nobody answers what is only read."""
        return {
            "/compare": self.compare.answer,
            "mention": self.mentioned.answer,
            "watch.why": self.pressed.answer,
            "ask.5y": self.asked.answer,
            "ask.sectors": self.asked.answer,
            "ask.why": self.pressed.answer,
            "watch.ack.form": self.sent_in.answer,
            "compare_named": self.shortcut.answer,
            "home": self.home.answer,
            "joined": self.joined.answer,
            **dict.fromkeys(("channel_unarchive", "group_unarchive"), self.unarchived.answer),
            **dict.fromkeys(("channel_deleted", "group_deleted"), self.gone.answer),
        }


@dataclass
class Desk(Handlers):
    """The app with handlers that remember, and no network."""

    app: AsyncApp = field(kw_only=True)
    slack: Slack = field(kw_only=True)
    front: Front = field(kw_only=True)
    messenger: RecordingMessenger = field(kw_only=True)
    metrics: QuietMetrics = field(kw_only=True)

    async def deliver(self, payload: Payload, **headers: str) -> tuple[int, Any]:
        body, signature = sign_request(payload, SIGNING_SECRET, SystemClock())
        request = AsyncBoltRequest(body=body.decode(), headers={**signature, **headers})
        answer = await self.app.async_dispatch(request)
        return answer.status, json.loads(answer.body) if answer.body.startswith("{") else answer.body

    async def settled(self) -> None:
        await asyncio.wait_for(self.front.shift.idle(), 5)


@asynccontextmanager
async def at_the_door() -> AsyncIterator[Desk]:
    """A desk, until the block ends."""
    messenger, metrics, handlers = RecordingMessenger(), QuietMetrics(), Handlers()
    async with (
        loopback() as slack,
        slack_client(BOT_TOKEN, slack.api_url) as client,
        front(messenger.tell, SystemClock(), handlers.answers()) as here,
    ):
        app = app_before(
            client,
            here,
            {"/compare": handlers.compare},
            handlers.mentioned,
            {"watch.why": handlers.pressed, "ask.": handlers.asked, "ask.why": handlers.pressed},
            {"watch.ack.form": handlers.sent_in},
            {"compare_named": handlers.shortcut},
            handlers.home,
            handlers.joined,
            handlers.unarchived,
            handlers.gone,
            metrics=metrics,
        )
        yield Desk(**vars(handlers), app=app, slack=slack, front=here, messenger=messenger, metrics=metrics)


PRESS = {"type": "button", "action_id": "watch.why", "block_id": "b", "value": "R7v1"}
FORM: Payload = {
    "type": "modal",
    "callback_id": "watch.ack.form",
    "title": {"type": "plain_text", "text": "Acknowledge"},
    "submit": {"type": "plain_text", "text": "Save"},
    "private_metadata": json.dumps({"rule": "R7v1", "channel": PORTFOLIO, "ts": "1.5"}),
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        }
    ],
}
TYPED = {"reason": {"typed": {"type": "plain_text_input", "value": "known"}}}


def pressed(desk: Desk, **about: Any) -> Payload:
    """A button on a message of the bot's."""
    message = desk.slack.workspace.post(PORTFOLIO, BOT, "card", ())
    return Payloads(desk.slack).action(ANN, ClickSource(PORTFOLIO, message.ts), PRESS) | about


def sent_in(desk: Desk, **about: Any) -> Payload:
    """The form, with a reason."""
    view = desk.slack.workspace.views.open(ANN, FORM)
    return Payloads(desk.slack).submission(ANN, view, TYPED) | about


def direct(desk: Desk, text: str, **event: Any) -> Payload:
    """Something said to the bot alone; event: fields to put in place."""
    said = desk.slack.workspace.say(desk.slack.workspace.dm(ANN).id, ANN, text)
    payload = Payloads(desk.slack).direct_message(said)
    return payload | {"event": payload["event"] | event}


def reworded(desk: Desk, event: Payload, text: str) -> Payload:
    """The same message after it was edited."""
    about = {"type": "message", "subtype": "message_changed", "channel_type": "im"}
    message = event | {"text": text, "edited": {"user": event["user"], "ts": "2.0"}}
    change = {"message": message, "previous_message": event, "channel": event["channel"]}
    return Payloads(desk.slack).event(about | change)
