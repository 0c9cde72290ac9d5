"""A bot's front and its work in one process: questions in memory, tasks in memory, answers as given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import SystemClock
from bot.jobs.queue import memory_queue
from bot.jobs.worker import Worker
from bot.model import Request
from bot.ports import QUESTION, Ack, Clock, Handler, Place, Routes
from bot.slack.app import build_app
from bot.slack.intake import Intake
from bot.use_cases.inbox import Answer, RequestWorker, Tell
from tests.fakes.inbox import MemoryInbox
from tests.fakes.metrics import QuietMetrics
from tests.fakes.users import KnownUsers
from tests.fakes.workspace import SIGNING_SECRET


@dataclass(frozen=True)
class Front:
    """What takes questions, and what answers them."""

    inbox: MemoryInbox
    intake: Intake
    shift: Worker


class Shut:
    """A handler that takes nothing."""

    def receive(self, text: str, place: Place) -> Ack:
        return Ack()


async def never(request: Request) -> bool:
    """No earlier attempt has answered."""
    return False


@asynccontextmanager
async def front(
    tell: Tell,
    clock: Clock,
    answers: Mapping[str, Answer],
    *,
    at_once: int = 16,
    **about: Any,
) -> AsyncIterator[Front]:
    """At work until the block ends; about: of the intake."""
    inbox, queue = MemoryInbox(), memory_queue()
    intake = Intake(inbox, queue, tell, clock, **about)
    answering = RequestWorker(inbox, tell, answers, clock, never)
    queue.on(QUESTION, answering.work, at_once)
    shift = Worker(queue, intake)
    shift.begin(lambda: None)
    try:
        yield Front(inbox, intake, shift)
    finally:
        await shift.drain(5.0)
    shift.check()


def app_before(
    client: AsyncWebClient,
    here: Front,
    commands: Mapping[str, Handler],
    mention: Handler,
    presses: Mapping[str, Handler] | None = None,
    forms: Mapping[str, Handler] | None = None,
    shortcuts: Mapping[str, Handler] | None = None,
    home: Handler | None = None,
    joined: Handler | None = None,
    unarchived: Handler | None = None,
    gone: Handler | None = None,
    **about: Any,
) -> AsyncApp:
    """The app that hands over to this front; a handler that is None takes nothing; about: of `build_app`."""
    usual: dict[str, Any] = {
        "client": client,
        "signing_secret": SIGNING_SECRET,
        "handlers": Routes(
            commands,
            said=mention,
            home=home or Shut(),
            joined=joined or Shut(),
            unarchived=unarchived or Shut(),
            gone=gone or Shut(),
            presses=presses or {},
            forms=forms or {},
            shortcuts=shortcuts or {},
        ),
        "intake": here.intake,
        "users": KnownUsers(),
        "clock": SystemClock(),
        "metrics": QuietMetrics(),
    }
    return build_app(**(usual | about))
