"""A question is answered once, or its asker is told why not; what is cut off is asked again."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import FixedClock
from bot.errors import Unavailable, UserError
from bot.model import Request
from bot.ports import Place, Task
from bot.render.message import Message
from bot.use_cases import inbox as module
from bot.use_cases.inbox import LEASE, LONGEST, RENEWAL, SLOW, SOON, RequestWorker
from tests.fakes.inbox import MemoryInbox

NOW = datetime(2026, 1, 16, 22, 0, tzinfo=UTC)
ASKED = Request("1/2.a", "/compare", "A B", "T1", "C1", "U1", NOW, reply_url="https://hooks.example/secret")
KEY = "T1/1/2.a"


@dataclass
class Wait:
    """Somebody waits for so many seconds."""

    seconds: float
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Office:
    """An inbox with one question, and somebody who answers it.

    fault: what the answer raises.  gate: what it waits for.
    stood: an earlier attempt has answered, as Slack says.
    """

    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    answered: list[Request] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    fault: BaseException | None = None
    gate: asyncio.Event | None = None
    deaf: bool = False
    stood: bool = False
    waits: list[Wait] = field(default_factory=list)

    async def stands(self, request: Request) -> bool:
        return self.stood and request.attempt > 1

    async def sleep(self, seconds: float) -> None:
        """Until the test says that the time has passed."""
        wait = Wait(seconds)
        self.waits.append(wait)
        await wait.over.wait()

    def pass_by(self, seconds: float) -> None:
        """So many seconds pass; what waits for less than that goes on."""
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))
        for wait in self.waits:
            wait.seconds -= seconds
            if wait.seconds <= 0:
                wait.over.set()

    async def answer(self, request: Request) -> None:
        self.answered.append(request)
        self.begun.set()
        if self.gate:
            await self.gate.wait()
        if self.fault:
            raise self.fault

    async def tell(self, place: Place, message: Message) -> None:
        assert place == Place.of(ASKED)
        if self.deaf:
            raise Unavailable("Slack", "no connection")
        self.heard.append(message.text)

    def answering(self, longest: float = LONGEST) -> RequestWorker:
        return RequestWorker(
            self.inbox,
            self.tell,
            {"/compare": self.answer, "opened": self.answer},
            self.clock,
            self.stands,
            unasked={"opened"},
            longest=longest,
            sleep=self.sleep,
            reference=lambda: "ref-1",
        )

    async def is_free(self) -> bool:
        """Whether anybody may take the question now."""
        return await self.inbox.open(self.clock.now()) != []


async def killed(here: Office, times: int = 1) -> None:
    """Workers that were killed while they answered, and whose leases have ended."""
    for _ in range(times):
        await here.inbox.claim(here.clock.now(), LEASE)
        here.clock.set(here.clock.now() + LEASE)


async def settled() -> None:
    """What can go on now has done so."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
async def here() -> Office:
    office = Office()
    await office.inbox.put(ASKED)
    return office


async def test_a_question_is_answered_and_done(here: Office) -> None:
    await here.answering().work(KEY)
    assert here.answered == [ASKED]
    assert here.inbox.over == {("T1", "1/2.a")}
    await here.answering().work(KEY)
    assert len(here.answered) == 1


async def test_a_hint_is_for_the_question_whose_turn_it_is(here: Office) -> None:
    await here.inbox.put(replace(ASKED, id="q2", asked=NOW + timedelta(minutes=1)))
    await here.answering().work("T1/q2")
    assert [each.id for each in here.answered] == [ASKED.id]
    await here.answering().work(KEY)
    assert [each.id for each in here.answered] == [ASKED.id, "q2"]


async def test_two_workers_do_not_answer_the_same(here: Office) -> None:
    here.gate = asyncio.Event()
    working = [asyncio.create_task(here.answering().work(KEY)) for _ in range(2)]
    await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
    assert len(here.answered) == 1
    here.gate.set()
    await asyncio.gather(*working)
    assert len(here.answered) == 1


async def test_a_failure_is_logged_and_told_with_one_reference(
    here: Office, caplog: pytest.LogCaptureFixture
) -> None:
    here.fault = KeyError("sectors")
    await here.answering().work(KEY)
    (record,) = caplog.records
    assert "ref-1" in here.heard[0]
    assert "ref-1" in record.getMessage()
    assert (record.reference, record.exc_info is not None) == ("ref-1", True)  # type: ignore[attr-defined]
    assert "KeyError" not in here.heard[0]
    assert "hooks.example" not in caplog.text
    assert here.inbox.over


async def test_a_source_that_does_not_answer_is_named(here: Office) -> None:
    here.fault = Unavailable("Yahoo", "timeout", retry_after=30.0)
    await here.answering().work(KEY)
    assert "Yahoo did not answer: timeout. Try again in 30 s." in here.heard[0]
    assert "ref-1" in here.heard[0]


async def test_advice_is_told_as_it_is_and_is_no_fault(
    here: Office, caplog: pytest.LogCaptureFixture
) -> None:
    here.fault = UserError("XYZW: no such symbol.")
    await here.answering().work(KEY)
    assert (here.heard, caplog.records) == (["XYZW: no such symbol."], [])


async def test_an_asker_who_cannot_be_told_is_logged(here: Office, caplog: pytest.LogCaptureFixture) -> None:
    here.deaf, here.fault = True, KeyError("sectors")
    await here.answering().work(KEY)
    assert caplog.records[1].getMessage() == "Could not tell U1 in C1 of a failure"
    assert here.inbox.over


async def test_an_answer_without_end_is_given_up(here: Office) -> None:
    here.gate = asyncio.Event()
    await here.answering(longest=0.01).work(KEY)
    assert "nothing had come after 0 s" in here.heard[0]
    assert here.inbox.over


async def test_a_timeout_inside_an_answer_is_not_taken_for_its_own(here: Office) -> None:
    here.fault = TimeoutError("inside")
    await here.answering().work(KEY)
    assert "Something went wrong on our side" in here.heard[0]


async def test_a_question_for_nobody_is_told_and_done(here: Office) -> None:
    await here.inbox.put(Request("q2", "/gone", "", "T1", "C1", "U1", NOW, reply_url=ASKED.reply_url))
    for _ in range(2):
        await here.answering().work("T1/q2")
    assert "ref-1" in here.heard[0]
    assert ("T1", "q2") in here.inbox.over


async def test_what_is_cut_off_may_be_answered_again_at_once(
    here: Office, caplog: pytest.LogCaptureFixture
) -> None:
    here.gate = asyncio.Event()
    working = asyncio.create_task(here.answering().work(KEY))
    await here.begun.wait()
    assert not await here.is_free()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert await here.is_free()
    assert here.heard == []
    assert "it is asked again" in caplog.text
    here.gate.set()
    await here.answering().work(KEY)
    assert here.answered[-1].attempt == 2
    assert here.inbox.over


async def test_a_question_that_cannot_be_put_back_is_free_when_its_lease_ends(
    here: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "PUT_BACK", 0.01)
    here.gate = asyncio.Event()
    working = asyncio.create_task(here.answering().work(KEY))
    await here.begun.wait()
    here.inbox.slow = asyncio.Event()
    working.cancel()
    await asyncio.wait([working])
    here.inbox.slow = None
    assert not await here.is_free()
    assert "when its lease ends" in caplog.text
    here.clock.set(NOW + LEASE)
    assert await here.is_free()


async def test_after_three_attempts_its_asker_is_told_to_ask_again(
    here: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await killed(here, times=3)
    await here.answering().work(KEY)
    assert here.answered == []
    assert here.heard == ["I was restarted three times before I could answer this. Please ask again."]
    assert here.inbox.over
    assert caplog.records[0].levelno == logging.ERROR


async def test_what_nobody_works_on_is_found_again(here: Office) -> None:
    assert await here.answering().waiting() == [Task("question", KEY)]
    await here.answering().work(KEY)
    assert await here.answering().waiting() == []


async def test_an_inbox_that_does_not_answer_leaves_the_question_open(here: Office) -> None:
    here.inbox.down = True
    with pytest.raises(Unavailable):
        await here.answering().work(KEY)
    here.inbox.down = False
    assert await here.is_free()


async def test_a_question_stays_its_workers_for_as_long_as_the_answer_takes(here: Office) -> None:
    here.gate = asyncio.Event()
    working = asyncio.create_task(here.answering().work(KEY))
    await here.begun.wait()
    for _ in range(8):
        await settled()
        here.pass_by(RENEWAL)
        await settled()
        assert not await here.is_free()
    assert here.clock.now() - NOW > LEASE
    here.gate.set()
    await working
    assert here.inbox.over


async def test_after_a_kill_it_is_free_when_its_lease_ends(here: Office) -> None:
    await killed(here)
    assert await here.is_free()
    assert timedelta(seconds=20) >= LEASE


async def test_an_answer_whose_question_another_worker_has_is_stopped(
    here: Office, caplog: pytest.LogCaptureFixture
) -> None:
    here.gate = asyncio.Event()
    working = asyncio.create_task(here.answering().work(KEY))
    await here.begun.wait()
    await settled()
    await here.inbox.put_back("T1", "1/2.a")
    assert await here.inbox.claim(here.clock.now(), LEASE)
    here.pass_by(RENEWAL)
    await working
    assert "Another worker has the question" in caplog.text
    assert not here.inbox.over
    assert not await here.is_free()
    assert here.heard == []


async def test_a_store_that_is_away_for_a_while_does_not_stop_an_answer(here: Office) -> None:
    here.gate = asyncio.Event()
    working = asyncio.create_task(here.answering().work(KEY))
    await here.begun.wait()
    await settled()
    here.inbox.down = True
    here.pass_by(RENEWAL)
    await settled()
    here.inbox.down = False
    here.pass_by(RENEWAL)
    await settled()
    here.gate.set()
    await working
    assert here.inbox.over


@pytest.mark.parametrize(
    ("attempts", "told"),
    [
        (0, "This takes longer than usual; the answer comes here."),
        (1, "I was restarted while I worked on this; the answer comes here."),
    ],
)
async def test_who_waits_is_told_once(here: Office, attempts: int, told: str) -> None:
    await killed(here, attempts)
    here.gate = asyncio.Event()
    working = asyncio.create_task(here.answering().work(KEY))
    await here.begun.wait()
    await settled()
    here.pass_by((SOON if attempts else SLOW) - 0.5)
    await settled()
    assert here.heard == []
    for _ in range(3):
        here.pass_by(SLOW)
        await settled()
    assert here.heard == [told]
    here.gate.set()
    await working
    assert here.heard == [told]


async def test_who_is_answered_at_once_is_told_nothing_else(here: Office) -> None:
    await here.answering().work(KEY)
    here.pass_by(2 * SLOW)
    await settled()
    assert here.heard == []


async def test_that_an_answer_takes_longer_is_not_told_where_it_stands(here: Office) -> None:
    here.stood, here.gate = True, asyncio.Event()
    await killed(here)
    working = asyncio.create_task(here.answering().work(KEY))
    await here.begun.wait()
    await settled()
    here.pass_by(2 * SLOW)
    await settled()
    here.gate.set()
    await working
    assert here.heard == []


async def test_nobody_waits_for_what_nobody_asked(here: Office) -> None:
    await here.inbox.mark_done("T1", "1/2.a")
    await here.inbox.put(Request("q2", "opened", "", "T1", "", "U1", NOW))
    here.gate = asyncio.Event()
    working = asyncio.create_task(here.answering().work("T1/q2"))
    await here.begun.wait()
    await settled()
    here.pass_by(2 * SLOW)
    await settled()
    here.gate.set()
    await working
    assert here.heard == []


async def test_who_cannot_be_told_that_it_takes_longer_is_answered_nevertheless(here: Office) -> None:
    here.deaf, here.gate = True, asyncio.Event()
    working = asyncio.create_task(here.answering().work(KEY))
    await here.begun.wait()
    await settled()
    here.pass_by(2 * SLOW)
    await settled()
    here.gate.set()
    await working
    assert here.inbox.over


async def test_a_failure_of_the_second_attempt_is_not_told_where_the_answer_stands(
    here: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await killed(here)
    here.stood, here.fault = True, Unavailable("Yahoo", "timeout")
    await here.answering().work(KEY)
    assert here.heard == []
    assert "ref-1" in caplog.text
    assert here.inbox.over


async def test_an_answer_that_stands_is_not_asked_for_again(here: Office) -> None:
    await killed(here, times=3)
    here.stood = True
    await here.answering().work(KEY)
    assert (here.answered, here.heard) == ([], [])
    assert here.inbox.over
