"""A question is answered once, or its asker is told why not; what is cut off is asked again."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import FixedClock
from bot.errors import Unavailable, UserError
from bot.ports import Place, Task
from bot.records import Question
from bot.render.message import Message
from bot.use_cases import answering as module
from bot.use_cases.answering import LEASE, LONGEST, Answering
from tests.fakes.inbox import MemoryInbox

NOW = datetime(2026, 1, 16, 22, 0, tzinfo=UTC)
ASKED = Question("1/2.a", "/compare", "A B", "T1", "C1", "U1", NOW, reply_url="https://hooks.example/secret")
KEY = "T1/1/2.a"


@dataclass
class Office:
    """An inbox with one question, and somebody who answers it.

    fault: what the answer raises.  gate: what it waits for.
    """

    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    answered: list[Question] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    fault: BaseException | None = None
    gate: asyncio.Event | None = None
    deaf: bool = False

    async def answer(self, question: Question) -> None:
        self.answered.append(question)
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

    def answering(self, longest: float = LONGEST) -> Answering:
        return Answering(
            self.inbox,
            self.tell,
            {"/compare": self.answer},
            self.clock,
            longest=longest,
            reference=lambda: "ref-1",
        )

    async def waits(self) -> bool:
        """Whether anybody may take the question now."""
        return await self.inbox.open(self.clock.now()) != []


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


async def test_an_answer_without_end_is_given_up_within_its_lease(here: Office) -> None:
    here.gate = asyncio.Event()
    await here.answering(longest=0.01).work(KEY)
    assert "nothing had come after 0 s" in here.heard[0]
    assert here.inbox.over
    assert timedelta(seconds=LONGEST + 10) < LEASE


async def test_a_timeout_inside_an_answer_is_not_taken_for_its_own(here: Office) -> None:
    here.fault = TimeoutError("inside")
    await here.answering().work(KEY)
    assert "Something went wrong on our side" in here.heard[0]


async def test_a_question_for_nobody_is_told_and_done(here: Office) -> None:
    await here.inbox.put(Question("q2", "/gone", "", "T1", "C1", "U1", NOW, reply_url=ASKED.reply_url))
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
    assert not await here.waits()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert await here.waits()
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
    assert not await here.waits()
    assert "when its lease ends" in caplog.text
    here.clock.set(NOW + LEASE)
    assert await here.waits()


async def test_after_two_attempts_its_asker_is_told_to_ask_again(
    here: Office, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        await here.inbox.claim(here.clock.now(), LEASE)
        here.clock.set(here.clock.now() + LEASE)
    await here.answering().work(KEY)
    assert here.answered == []
    assert here.heard == ["I was restarted twice before I could answer this. Please ask again."]
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
    assert await here.waits()
