"""Socket Mode: what ends a connection is waited for, longer and longer, and told once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.playground.api.server import Slack
from bot.playground.model import Payload
from bot.playground.transport import AppAnswer, OverSocket
from bot.slack import socket_mode as module
from bot.slack.client import slack_client
from bot.slack.errors import SlackFault
from bot.slack.serve import serve_socket
from bot.slack.socket_mode import FIRST, LONGEST, STEADY, Pauses, SocketMode
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import APP_TOKEN, BOT_TOKEN, command, loopback

pytestmark = pytest.mark.slow

OPEN = "apps.connections.open"
FLOODS = ("too_many_websockets", "link_disabled", "refresh_requested", "")


class Idle:
    """There is no work to finish."""

    async def drain(self, deadline: float) -> None:
        return None


class Enough(Exception):
    """So much time has passed that the test ends."""


@dataclass
class Link:
    """An app that is to be connected, and how long it has waited.

    most: seconds after which the waiting ends the test.
    """

    slack: Slack
    app: AsyncApp
    clock: SleptClock = field(default_factory=SleptClock)
    jitter: float = 1.0
    most: float = 3600.0
    let_in: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def opened(self) -> int:
        return len(self.slack.calls_of(OPEN))

    def mode(self, token: str = APP_TOKEN) -> SocketMode:
        return SocketMode(self.app, token, Pauses(self.clock, lambda: self.jitter), self.sleep)

    async def sleep(self, seconds: float) -> None:
        await self.clock.sleep(seconds)
        if self.clock.monotonic() > self.most:
            raise Enough

    async def made_again(self, mode: SocketMode) -> None:
        """End the connection as Slack announces it; until the app has the next one, too."""
        await self.slack.sockets.refresh()
        await asyncio.wait_for(self.slack.sockets.connected.wait(), 5)
        for _ in range(1000):  # turns of the loop: Slack knows of a connection before the app does
            if await mode.is_connected():
                return
            await asyncio.sleep(0)
        raise AssertionError("the app has no connection")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[SocketMode]:
        mode = self.mode()
        task = asyncio.create_task(mode.run(self.let_in.set))
        try:
            await asyncio.wait_for(self.let_in.wait(), 5)
            yield mode
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=BOT_TOKEN)


@pytest.fixture
async def link() -> AsyncIterator[Link]:
    async with loopback() as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
        yield Link(slack, AsyncApp(client=client, signing_secret="x", authorize=authorize))


class TestPauses:
    def test_they_double_up_to_a_bound(self) -> None:
        pauses = Pauses(SleptClock(), lambda: 1.0)
        waits = [pauses.next() for _ in range(2000)]
        assert waits[:7] == [FIRST, 2.0, 4.0, 8.0, 16.0, 32.0, LONGEST]
        assert set(waits[6:]) == {LONGEST}

    def test_jitter_takes_up_to_half_of_each(self) -> None:
        drawn: Iterator[float] = iter([0.0, 0.5, 1.0])
        pauses = Pauses(SleptClock(), lambda: next(drawn))
        assert [pauses.next() for _ in range(3)] == [FIRST / 2, 2.0 * 0.75, 4.0]

    async def test_after_a_connection_that_lasted_there_is_none_and_they_begin_anew(self) -> None:
        clock = SleptClock()
        pauses = Pauses(clock, lambda: 1.0)
        assert [pauses.next() for _ in range(3)] == [1.0, 2.0, 4.0]
        pauses.began()
        await clock.sleep(STEADY)
        assert [pauses.next() for _ in range(3)] == [0.0, 1.0, 2.0]

    async def test_one_that_did_not_last_changes_nothing(self) -> None:
        clock = SleptClock()
        pauses = Pauses(clock, lambda: 1.0)
        waits = []
        for _ in range(4):
            pauses.began()
            await clock.sleep(STEADY - 0.1)
            waits.append(pauses.next())
        assert waits == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("reason", FLOODS)
async def test_a_slack_that_ends_every_connection_is_tried_seldom_and_told_once(
    link: Link, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The SDK's client made 5,476 connections in eight seconds."""
    link.slack.sockets.ending = reason
    if not reason:
        link.slack.faults.on("link_disabled", OPEN, times=999)
    with caplog.at_level(logging.INFO), pytest.raises(Enough):
        await link.mode().run(link.let_in.set)
    assert link.opened == 65, "in an hour: after 1, 2, 4, 8, 16 and 32 s, then 59 times a minute apart"
    assert link.clock.slept[:3] == [1.0, 2.0, 4.0]
    (told,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert told.levelno == logging.ERROR
    assert (reason or "link_disabled") in told.getMessage()
    assert not link.let_in.is_set()


async def test_it_is_ready_when_slack_lets_it_in_at_last(link: Link) -> None:
    link.slack.sockets.ending = "too_many_websockets"
    ready, stop = asyncio.Queue[str](), asyncio.Event()

    async def sleep(seconds: float) -> None:
        await link.clock.sleep(seconds)
        if link.clock.monotonic() > 60:
            link.slack.sockets.ending = ""

    serving = serve_socket(
        link.app,
        APP_TOKEN,
        Idle(),
        stop=stop,
        ready=ready.put_nowait,
        pauses=Pauses(link.clock, lambda: 1.0),
        sleep=sleep,
    )
    task = asyncio.create_task(serving)
    assert await asyncio.wait_for(ready.get(), 5) == "Connected to Slack over Socket Mode."
    assert link.clock.slept == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    stop.set()
    await asyncio.wait_for(task, 5)


async def test_many_that_are_ended_at_once_do_not_come_back_at_once(link: Link) -> None:
    link.slack.sockets.ending = "too_many_websockets"
    link.most, seconds = 100.0, []
    for jitter in (0.0, 0.3, 1.0):
        link.jitter, link.clock = jitter, SleptClock()
        with pytest.raises(Enough):
            await link.mode().run(link.let_in.set)
        seconds.append(link.clock.slept[2])
    assert seconds == [2.0, 2.6, 4.0]


@pytest.mark.parametrize("fault", ["429:40", "500", "service_unavailable"])
async def test_slack_is_let_in_peace_as_long_as_it_says(link: Link, fault: str) -> None:
    link.slack.faults.on(fault, OPEN)
    async with link.running():
        assert link.clock.slept == [40.0 if fault.startswith("429") else 1.0]


async def test_a_handshake_that_is_refused_is_begun_anew_with_a_fresh_address(
    link: Link, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    sockets, given = link.slack.sockets, link.slack.sockets.ask
    calls: list[Payload] = []

    def ask(payload: Payload) -> Payload:
        calls.append(payload)
        return given(payload) if len(calls) > 1 else {"url": f"{given(payload)['url']}spent"}

    monkeypatch.setitem(link.slack._methods, OPEN, ask)
    async with link.running():
        assert sockets.connected.is_set()
    assert "refused with status 403" in caplog.text
    assert "ticket" not in caplog.text


async def test_an_end_that_slack_announces_is_made_good_at_once_after_a_while(
    link: Link, caplog: pytest.LogCaptureFixture
) -> None:
    async with link.running() as mode:
        await link.made_again(mode)
        for _ in range(3):
            await link.clock.sleep(STEADY)
            await link.made_again(mode)
        assert [each for each in link.clock.slept if each != STEADY] == [FIRST, 0.0, 0.0, 0.0]
    assert link.opened == 5
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []
    assert not await mode.is_connected()


async def test_what_is_under_way_is_acknowledged_on_the_connection_that_ends(link: Link) -> None:
    gate, taken = asyncio.Event(), asyncio.Event()

    @link.app.command("/compare")
    async def slow(ack: AsyncAck) -> None:
        taken.set()
        await gate.wait()
        await ack("done")

    async with link.running():
        asked = asyncio.create_task(OverSocket(link.slack).deliver(command(link.slack, "ISCB SPSM")))
        await asyncio.wait_for(taken.wait(), 5)
        await link.slack.sockets.refresh()
        gate.set()
        assert await asyncio.wait_for(asked, 5) == AppAnswer(200, {"text": "done"})


async def test_what_nobody_takes_is_left_without_an_acknowledgement(
    link: Link, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = OverSocket(link.slack)
    async with link.running():
        for fault in (None, ZeroDivisionError("no sessions")):
            if fault:

                async def broken(*_: object) -> None:
                    raise ZeroDivisionError("no sessions")

                monkeypatch.setattr(module, "run_async_bolt_app", broken)
            with caplog.at_level(logging.INFO), pytest.raises(TimeoutError):
                await asyncio.wait_for(line.deliver(command(link.slack, "x", "/nobody")), 0.2)
    assert "was not taken (status 404)" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_a_token_that_is_refused_ends_it_at_first_and_is_tried_again_later(link: Link) -> None:
    with pytest.raises(SlackFault) as caught:
        await link.mode("xapp-wrong").run(link.let_in.set)
    assert (caught.value.code, link.opened) == ("invalid_auth", 1)
    link.most = 100.0
    mode = link.mode()
    task = asyncio.create_task(mode.run(link.let_in.set))
    await asyncio.wait_for(link.let_in.wait(), 5)
    link.slack.installed.app_token = "xapp-another"
    await link.slack.sockets.close()
    with pytest.raises(Enough):
        await task
    assert link.opened > 5
