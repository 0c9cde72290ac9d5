"""From a person's keystroke to the work and back, through real Bolt, over HTTP and over Socket Mode."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import threading
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import SystemClock
from bot.errors import UserError
from bot.jobs.worker import Worker
from bot.model import Request
from bot.playground.api.server import Slack
from bot.playground.model import Payload
from bot.playground.transport import AppTransport, OverHttp, sign_request
from bot.ports import Ack, Place
from bot.render.message import Message
from bot.slack import socket_mode
from bot.slack.client import slack_client
from bot.slack.errors import SlackFault
from bot.slack.messenger import SlackMessenger
from bot.slack.serve import serve_http, serve_socket
from tests.fakes.front import Front, app_before, front
from tests.fakes.inbox import MemoryInbox
from tests.fakes.workspace import (
    APP_TOKEN,
    BOT_TOKEN,
    SIGNING_SECRET,
    command,
    everybody_sees,
    line_to,
    loopback,
    mention,
    only_for,
)
from tests.scenario.fleet import until

PROMPT = 1.0
"""Seconds; Slack allows three."""


@dataclass
class Handler:
    """A use case as the app sees it: `help` is answered at once, everything else is work."""

    work: Callable[[str, Place], Awaitable[None]] | None = None
    ran: list[str] = field(default_factory=list)

    def receive(self, text: str, place: Place) -> Ack:
        if text == "help":
            return Ack(Message("Usage: /compare A B", ()))
        return Ack(work=True)

    async def answer(self, request: Request) -> None:
        self.ran.append(request.text)
        if self.work:
            await self.work(request.text, Place.of(request))


@dataclass
class Town:
    """The app, served, with a Slack around it."""

    slack: Slack
    transport: AppTransport
    handler: Handler
    messenger: SlackMessenger
    inbox: MemoryInbox
    shift: Worker
    stop: asyncio.Event
    served: asyncio.Task[None]

    async def close(self) -> None:
        self.stop.set()
        await asyncio.wait_for(self.served, 10)

    def command(self, text: str, **about: Any) -> Payload:
        return command(self.slack, text, **about)


@asynccontextmanager
async def assembled(client: AsyncWebClient, handler: Handler) -> AsyncIterator[tuple[AsyncApp, Front]]:
    clock = SystemClock()
    answers = {"/compare": handler.answer, "mention": handler.answer}
    async with front(SlackMessenger(client, clock).tell, clock, answers) as here:
        yield app_before(client, here, {"/compare": handler}, handler), here


@asynccontextmanager
async def town(kind: str, drain: float = 5.0) -> AsyncIterator[Town]:
    handler = Handler()
    async with (
        loopback() as slack,
        slack_client(BOT_TOKEN, slack.api_url) as client,
        assembled(client, handler) as (app, at_work),
    ):
        ready, stop = asyncio.Queue[str](), asyncio.Event()
        about: dict[str, Any] = {"stop": stop, "ready": ready.put_nowait, "drain": drain}
        if kind == "http":
            serving = serve_http(app, "127.0.0.1", 0, at_work.shift, secret=SIGNING_SECRET, **about)
        else:
            serving = serve_socket(app, APP_TOKEN, at_work.shift, **about)
        served = asyncio.create_task(serving)
        sentence = await asyncio.wait_for(ready.get(), 5)
        async with line_to(slack, kind, sentence) as transport:
            messenger = SlackMessenger(client, SystemClock())
            here = Town(slack, transport, handler, messenger, at_work.inbox, at_work.shift, stop, served)
            try:
                yield here
            finally:
                await here.close()


@pytest.fixture(params=["http", "socket"])
async def here(request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    async with town(request.param) as here:
        yield here


async def test_a_command_is_acknowledged_empty_and_its_answer_posted(here: Town) -> None:
    async def work(text: str, place: Place) -> None:
        await here.messenger.post(place, Message(f"{text}: 16.1 %", ()), {})

    here.handler.work = work
    assert await here.transport.deliver(here.command("ISCB SPSM")) == (200, None)
    await asyncio.wait_for(here.shift.idle(), 5)
    assert [post.text for post in everybody_sees(here.slack)] == ["ISCB SPSM: 16.1 %"]
    assert {call.method for call in here.slack.calls} <= {"apps.connections.open", "chat.postMessage"}


async def test_work_that_blocks_the_loop_comes_after_the_acknowledgement() -> None:
    """The person is in a thread, and so can hear the acknowledgement while the loop stands still."""
    acknowledged, heard = threading.Event(), list[bool]()

    def person(request: urllib.request.Request) -> int:
        with urllib.request.urlopen(request) as answer:
            acknowledged.set()
            return int(answer.status)

    async def work(text: str, place: Place) -> None:
        heard.append(acknowledged.wait(PROMPT))

    async with town("http") as here:
        assert isinstance(here.transport, OverHttp)
        here.handler.work = work
        body, headers = sign_request(here.command("ISCB SPSM"), SIGNING_SECRET, SystemClock())
        request = urllib.request.Request(here.transport.url, body, headers)
        assert await asyncio.to_thread(person, request) == 200
        await asyncio.wait_for(here.shift.idle(), 5)
    assert heard == [True]


async def test_advice_comes_with_the_acknowledgement(here: Town) -> None:
    status, body = await here.transport.deliver(here.command("help"))
    assert (status, body["text"], body["response_type"]) == (200, "Usage: /compare A B", "ephemeral")
    assert here.handler.ran == []


async def test_the_same_event_three_times_runs_once(here: Town) -> None:
    event = mention(here.slack, "sectors")
    for _ in range(3):
        assert (await here.transport.deliver(event))[0] == 200
    await asyncio.wait_for(here.shift.idle(), 5)
    assert here.handler.ran == ["sectors"]


async def test_slow_commands_do_not_keep_the_next_one_waiting(here: Town) -> None:
    gate = asyncio.Event()

    async def work(text: str, place: Place) -> None:
        await gate.wait()

    here.handler.work = work
    commands = (here.command(f"slow {number}") for number in range(40))
    answers = await asyncio.wait_for(asyncio.gather(*map(here.transport.deliver, commands)), PROMPT * 2)
    assert answers == [(200, None)] * 40
    answer = await asyncio.wait_for(here.transport.deliver(here.command("one more")), PROMPT)
    assert answer == (200, None)
    await until(lambda: len(here.handler.ran) > 5, "more than five are worked on")
    assert len(here.handler.ran) < 40
    gate.set()
    await asyncio.wait_for(here.shift.idle(), 5)
    assert len(here.handler.ran) == 41


async def test_a_failure_is_told_to_the_asker_with_the_reference_of_the_log(
    here: Town, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(text: str, place: Place) -> None:
        raise ZeroDivisionError("no sessions")

    here.handler.work = work
    await here.transport.deliver(here.command("ISCB SPSM"))
    await asyncio.wait_for(here.shift.idle(), 5)
    (post,) = only_for(here.slack)
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    told = re.search(r"reference (\w+)", post.text)
    assert told is not None
    assert told[1] == record.reference  # type: ignore[attr-defined]
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in post.text


async def test_on_shutdown_the_work_under_way_is_finished(here: Town) -> None:
    async def work(text: str, place: Place) -> None:
        await asyncio.sleep(0.05)
        await here.messenger.post(place, Message("done", ()), {})

    here.handler.work = work
    await here.transport.deliver(here.command("ISCB SPSM"))
    await here.close()
    assert [post.text for post in everybody_sees(here.slack)] == ["done"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_in_good_order(here: Town, number: signal.Signals) -> None:
    gate = asyncio.Event()

    async def work(text: str, place: Place) -> None:
        await gate.wait()
        await here.messenger.post(place, Message("done", ()), {})

    here.handler.work = work
    await here.transport.deliver(here.command("ISCB SPSM"))
    signal.raise_signal(number)
    await asyncio.wait_for(here.stop.wait(), 5)
    assert signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)
    gate.set()
    await asyncio.wait_for(here.served, 5)
    assert [post.text for post in everybody_sees(here.slack)] == ["done"]


@pytest.mark.parametrize("kind", ["http", "socket"])
async def test_on_shutdown_work_without_end_is_cut_off_and_can_be_taken_again_at_once(kind: str) -> None:
    async with town(kind, drain=0.05) as here:
        begun = asyncio.Event()

        async def work(text: str, place: Place) -> None:
            begun.set()
            await asyncio.Event().wait()

        here.handler.work = work
        await here.transport.deliver(here.command("ISCB SPSM"))
        await asyncio.wait_for(begun.wait(), 5)
        await here.close()
        assert only_for(here.slack) == []
        again = await here.inbox.claim(SystemClock().now(), timedelta(seconds=1))
        assert again is not None
        assert (again.text, again.attempt) == ("ISCB SPSM", 2)


async def test_a_question_that_cannot_be_kept_is_not_acknowledged_as_if_it_were(here: Town) -> None:
    here.inbox.down = True
    status, body = await here.transport.deliver(here.command("ISCB SPSM"))
    assert status == 200
    assert body["text"].startswith("The database did not answer: it is locked. Try again")
    here.inbox.down = False
    await asyncio.wait_for(here.shift.idle(), 5)
    assert here.handler.ran == []


async def test_a_forged_request_is_refused() -> None:
    async with town("http") as here:
        assert isinstance(here.transport, OverHttp)
        async with OverHttp.to(here.transport.url, "guessed", SystemClock()) as forger:
            status, _ = await forger.deliver(here.command("ISCB SPSM"))
        assert status == 401
        assert here.handler.ran == []


async def test_an_address_in_use_is_named_with_the_settings_to_change() -> None:
    async with town("http") as here, slack_client(BOT_TOKEN, here.slack.api_url) as client:
        assert isinstance(here.transport, OverHttp)
        port = int(here.transport.url.split(":")[2].split("/")[0])
        async with assembled(client, Handler()) as (app, at_work):
            with pytest.raises(
                UserError, match=rf"127\.0\.0\.1:{port} cannot be listened on.*WATCHPOINT_PORT"
            ):
                await serve_http(app, "127.0.0.1", port, at_work.shift, secret=SIGNING_SECRET)


async def test_a_refused_app_token_ends_it_at_once() -> None:
    async with (
        loopback() as slack,
        slack_client(BOT_TOKEN, slack.api_url) as client,
        assembled(client, Handler()) as (app, at_work),
    ):
        with pytest.raises(SlackFault) as caught:
            await serve_socket(app, "xapp-wrong", at_work.shift)
        assert (caught.value.code, caught.value.permanent) == ("invalid_auth", True)


async def test_a_slack_that_cannot_be_reached_does_not_keep_it_from_stopping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = asyncio.Event()
    monkeypatch.setattr(socket_mode.log, "error", lambda *said: tried.set())
    async with (
        slack_client(BOT_TOKEN, "http://127.0.0.1:9/api/") as client,
        assembled(client, Handler()) as (app, at_work),
    ):
        stop = asyncio.Event()
        served = asyncio.create_task(serve_socket(app, APP_TOKEN, at_work.shift, stop=stop))
        await asyncio.wait_for(tried.wait(), 5)
        stop.set()
        await asyncio.wait_for(served, 2)


async def test_a_slack_that_closes_the_connection_is_joined_again() -> None:
    async with town("socket") as here:
        await here.slack.sockets.refresh()
        await asyncio.wait_for(here.slack.sockets.connected.wait(), 5)
        assert await here.transport.deliver(here.command("help")) != (200, None)
