"""Work outlives its acknowledgement, is bounded, and never fails in silence."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

import pytest

from bot.errors import Unavailable, UserError
from bot.ports import Place, Received
from bot.render.message import Message
from bot.slack import handover as module
from bot.slack.handover import Handover

PLACE = Place("T0TEAM", "C0TEAM", "U0ANN", reply_url="https://hooks.example.com/secret")


@dataclass
class Asker:
    """Hears what is told."""

    heard: list[str] = field(default_factory=list)
    deaf: bool = False

    async def tell(self, place: Place, message: Message) -> None:
        assert place is PLACE
        if self.deaf:
            raise Unavailable("Slack", "no connection")
        self.heard.append(message.text)


@dataclass
class Handler:
    """Gives what it was given, or raises it."""

    gives: Received | Exception

    def receive(self, text: str, place: Place) -> Received:
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


@pytest.fixture
def asker() -> Asker:
    return Asker()


@pytest.fixture
def handover(asker: Asker) -> Handover:
    return Handover(asker.tell, reference=lambda: "ref-1")


async def finish(handover: Handover) -> None:
    assert await handover.drain(5.0) == 0


async def failing(error: Exception) -> None:
    raise error


async def test_work_starts_after_start_returns(handover: Handover) -> None:
    done: list[str] = []

    async def work() -> None:
        done.append("work")

    handover.start(PLACE, work)
    assert done == []
    await finish(handover)
    assert done == ["work"]


async def test_no_work_is_no_task(handover: Handover) -> None:
    handover.start(PLACE, None)
    assert len(asyncio.all_tasks()) == 1


async def test_a_bounded_number_runs_at_once(asker: Asker) -> None:
    handover, running, most = Handover(asker.tell, at_once=3), 0, 0

    async def work() -> None:
        nonlocal running, most
        running, most = running + 1, max(most, running + 1)
        await asyncio.sleep(0.001)
        running -= 1

    for _ in range(10):
        handover.start(PLACE, work)
    await finish(handover)
    assert most == 3


async def test_a_failure_is_logged_and_told_with_one_reference(
    handover: Handover, asker: Asker, caplog: pytest.LogCaptureFixture
) -> None:
    handover.start(PLACE, lambda: failing(KeyError("sectors")))
    await finish(handover)
    (record,) = caplog.records
    assert "ref-1" in asker.heard[0]
    assert "ref-1" in record.getMessage()
    assert (record.reference, record.exc_info is not None) == ("ref-1", True)  # type: ignore[attr-defined]
    assert "KeyError" not in asker.heard[0]


async def test_a_source_that_does_not_answer_is_named(handover: Handover, asker: Asker) -> None:
    handover.start(PLACE, lambda: failing(Unavailable("Yahoo", "timeout", retry_after=30.0)))
    await finish(handover)
    assert "Yahoo did not answer: timeout. Try again in 30 s." in asker.heard[0]
    assert "ref-1" in asker.heard[0]


async def test_advice_is_told_as_it_is_and_is_no_fault(
    handover: Handover, asker: Asker, caplog: pytest.LogCaptureFixture
) -> None:
    handover.start(PLACE, lambda: failing(UserError("XYZW: no such symbol.")))
    await finish(handover)
    assert asker.heard == ["XYZW: no such symbol."]
    assert caplog.records == []


async def test_an_asker_who_cannot_be_told_is_logged(
    handover: Handover, asker: Asker, caplog: pytest.LogCaptureFixture
) -> None:
    asker.deaf = True
    handover.start(PLACE, lambda: failing(KeyError("sectors")))
    await finish(handover)
    assert [record.getMessage() for record in caplog.records][1:] == [
        "Could not tell U0ANN in C0TEAM of a failure"
    ]


async def test_the_reply_url_is_never_logged(handover: Handover, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        handover.start(PLACE, lambda: failing(KeyError("sectors")))
        await finish(handover)
    assert "U0ANN" in caplog.text
    assert "hooks.example.com" not in caplog.text


def test_what_the_handler_says_is_passed_on(handover: Handover) -> None:
    received = Received(Message("usage", ()))
    assert handover.receive(Handler(received), "help", PLACE) is received


def test_a_handler_that_fails_costs_no_acknowledgement(
    handover: Handover, caplog: pytest.LogCaptureFixture
) -> None:
    received = handover.receive(Handler(ZeroDivisionError()), "ISCB SPSM", PLACE)
    assert received.reply is not None
    assert "ref-1" in received.reply.text
    assert "ref-1" in caplog.text
    assert received.work is None


async def test_too_much_work_is_declined_at_once(asker: Asker) -> None:
    handover, gate = Handover(asker.tell, at_once=1, most=2), asyncio.Event()
    handler = Handler(Received(work=lambda: _wait(gate)))
    for _ in range(2):
        handover.start(PLACE, handover.receive(handler, "", PLACE).work)
    declined = handover.receive(handler, "", PLACE)
    assert declined.reply is module.TOO_MUCH
    assert declined.work is None
    gate.set()
    await finish(handover)


async def _wait(gate: asyncio.Event) -> None:
    await gate.wait()


async def test_idle_waits_for_all_work_and_what_it_starts(handover: Handover) -> None:
    done: list[str] = []

    async def first() -> None:
        await asyncio.sleep(0)
        done.append("first")
        handover.start(PLACE, second)

    async def second() -> None:
        done.append("second")

    await handover.idle()
    handover.start(PLACE, first)
    await asyncio.wait_for(handover.idle(), 1)
    assert done == ["first", "second"]
    assert handover.receive(Handler(Received()), "", PLACE).reply is None


class TestDrain:
    async def test_work_under_way_is_finished_and_nothing_more_is_taken(self, handover: Handover) -> None:
        gate, handler = asyncio.Event(), Handler(Received())
        handover.start(PLACE, gate.wait)  # type: ignore[arg-type]
        draining = asyncio.create_task(handover.drain(5.0))
        await asyncio.sleep(0)
        assert handover.receive(handler, "", PLACE).reply is module.RESTARTING
        gate.set()
        assert await draining == 0

    async def test_what_takes_too_long_is_cut_off_and_its_asker_told(
        self, handover: Handover, asker: Asker
    ) -> None:
        ended: list[str] = []

        async def work() -> None:
            try:
                await asyncio.sleep(3600)
            finally:
                ended.append("cut off")

        handover.start(PLACE, work)
        assert await handover.drain(0.01) == 1
        assert ended == ["cut off"]
        assert asker.heard == [module.RESTARTED.text]

    async def test_a_slack_that_hangs_does_not_hold_up_the_shutdown(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(module, "FAREWELL", 0.01)

        async def tell(place: Place, message: Message) -> None:
            await asyncio.sleep(3600)

        handover = Handover(tell)
        handover.start(PLACE, lambda: asyncio.sleep(3600))
        assert await handover.drain(0.01) == 1
        assert "Not everybody could be told" in caplog.text
