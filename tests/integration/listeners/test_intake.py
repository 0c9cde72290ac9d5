"""What is asked is kept before it is acknowledged, or its asker is told that it was not taken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from bot.clock import FixedClock
from bot.errors import Unavailable
from bot.model import NO_LIMITS, Request, RequestLimits
from bot.ports import Ack, Place, Task
from bot.render.message import Message
from bot.slack import intake as module
from bot.slack.intake import STRANGER, Intake
from tests.fakes.inbox import MemoryInbox

NOW = datetime(2026, 1, 16, 22, 0, tzinfo=UTC)
ASKED = Request("q1", "mention", "compare A B", "T1", "C1", "U1", NOW, reply_url="https://hooks.example/x")
WORK = Ack(work=True)


@dataclass
class Handler:
    """Gives what it was given, or raises it."""

    gives: Ack | Exception = WORK
    got: list[tuple[str, Place]] = field(default_factory=list)

    def receive(self, text: str, place: Place) -> Ack:
        self.got.append((text, place))
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


@dataclass
class Queue:
    """Remembers tasks.  fault: cannot take any."""

    tasks: list[Task] = field(default_factory=list)
    fault: Exception | None = None

    async def enqueue(self, tasks: Sequence[Task]) -> None:
        if self.fault:
            raise self.fault
        self.tasks += tasks

    def on(self, kind: str, handler: Callable[[str], Awaitable[None]], at_once: int) -> None:
        raise NotImplementedError

    async def run(self, stop: asyncio.Event) -> None:
        raise NotImplementedError


@dataclass
class Lobby:
    """A intake with everything that it touches."""

    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    queue: Queue = field(default_factory=Queue)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    heard: list[str] = field(default_factory=list)
    deaf: bool = False

    async def tell(self, place: Place, message: Message) -> None:
        if self.deaf:
            raise Unavailable("Slack", "no connection")
        self.heard.append(message.text)

    def intake(self, patience: float = 1.0, most: int = 200, limits: RequestLimits = NO_LIMITS) -> Intake:
        return Intake(
            self.inbox,
            self.queue,
            self.tell,
            self.clock,
            patience=patience,
            most=most,
            limits=limits,
            reference=lambda: "ref-1",
        )


@pytest.fixture
def here() -> Lobby:
    return Lobby()


async def test_a_question_is_kept_and_handed_out_when_it_is_taken(here: Lobby) -> None:
    handler = Handler()
    assert await here.intake().receive(handler, ASKED) == WORK
    assert handler.got == [("compare A B", Place("T1", "C1", "U1", None, "https://hooks.example/x"))]
    assert list(here.inbox.kept.values()) == [ASKED]
    assert here.queue.tasks == [Task("question", "T1/q1")]


async def test_a_mention_is_kept_as_the_command_that_it_is(here: Lobby) -> None:
    await here.intake().receive(Handler(Ack(work=True, handler="/compare", text="A B")), ASKED)
    assert list(here.inbox.kept.values()) == [replace(ASKED, handler="/compare", text="A B")]


async def test_an_empty_text_behind_a_mention_is_empty(here: Lobby) -> None:
    await here.intake().receive(Handler(Ack(work=True, handler="/watch", text="")), ASKED)
    assert here.inbox.kept["T1", "q1"].text == ""


async def test_what_is_answered_elsewhere_is_kept_for_there_and_still_for_its_asker(here: Lobby) -> None:
    there = Place("T9", "C2", "U9", "1.5")
    taken = await here.intake().receive(Handler(Ack(work=True, place=there)), ASKED)
    assert taken.place == there
    assert list(here.inbox.kept.values()) == [replace(ASKED, channel="C2", thread="1.5", reply_url=None)]


class TestStranger:
    @pytest.mark.parametrize(
        "taken",
        [
            WORK,
            Ack(),
            Ack(Message("usage", ())),
            Ack(form={"type": "modal"}),
            Ack(faults={"rule": "Name one."}),
        ],
        ids=["work", "nothing", "reply", "form", "faults"],
    )
    async def test_what_is_not_open_is_for_members(self, here: Lobby, taken: Ack) -> None:
        handler = Handler(taken)
        assert await here.intake().receive(handler, ASKED, stranger=True) == Ack(reply=STRANGER)
        assert len(handler.got) == 1
        assert (here.inbox.kept, here.queue.tasks) == ({}, [])

    async def test_what_is_open_is_kept_for_everybody(self, here: Lobby) -> None:
        await here.intake().receive(Handler(Ack(work=True, open=True)), ASKED, stranger=True)
        assert list(here.inbox.kept.values()) == [ASKED]

    @pytest.mark.parametrize(
        "taken", [Ack(Message("usage", ()), open=True), Ack(form={"type": "modal"}, open=True)]
    )
    async def test_what_is_open_is_said_and_shown_to_everybody(self, here: Lobby, taken: Ack) -> None:
        assert await here.intake().receive(Handler(taken), ASKED, stranger=True) is taken


async def test_a_second_delivery_is_neither_kept_nor_handed_out(here: Lobby) -> None:
    intake = here.intake()
    for _ in range(3):
        assert (await intake.receive(Handler(), ASKED)).reply is None
    assert len(here.queue.tasks) == 1


@pytest.mark.parametrize("taken", [Ack(Message("usage", ())), Ack(form={"type": "modal"}), Ack()])
async def test_what_is_answered_at_once_is_not_kept(here: Lobby, taken: Ack) -> None:
    assert await here.intake().receive(Handler(taken), ASKED) is taken
    assert (here.inbox.kept, here.queue.tasks) == ({}, [])


async def test_a_text_longer_than_slack_lets_anybody_type_is_refused_before_it_is_read(here: Lobby) -> None:
    handler = Handler()
    taken = await here.intake().receive(handler, replace(ASKED, text="a" * 40_001))
    words = "This has 40,001 characters; at most 40,000 are taken. Ask in fewer words."
    assert (taken, handler.got) == (Ack(reply=Message(words, ())), [])
    assert await here.intake().receive(handler, replace(ASKED, text="a" * 40_000)) == WORK


async def test_so_is_a_field_of_a_form_at_the_field(here: Lobby) -> None:
    handler = Handler()
    fields = {"funds": "a" * 3001, "then": "a" * 3000, "chosen": ["a"], "empty": None}
    taken = await here.intake().receive(handler, replace(ASKED, extra={"fields": fields}))
    assert taken.faults is not None
    assert list(taken.faults) == ["funds"]
    assert "3,001 characters; at most 3,000" in taken.faults["funds"]
    assert handler.got == []


async def test_a_handler_that_fails_costs_no_acknowledgement(
    here: Lobby, caplog: pytest.LogCaptureFixture
) -> None:
    taken = await here.intake().receive(Handler(ZeroDivisionError()), ASKED)
    assert taken.reply is not None
    assert "ref-1" in taken.reply.text
    assert not taken.work
    assert "ref-1" in caplog.text
    assert "hooks.example" not in caplog.text


async def test_an_inbox_that_refuses_is_told_with_the_reference_of_the_log(
    here: Lobby, caplog: pytest.LogCaptureFixture
) -> None:
    here.inbox.down = True
    taken = await here.intake().receive(Handler(), ASKED)
    assert taken.reply is not None
    assert taken.reply.text.startswith("The database did not answer: it is locked.")
    assert "ref-1" in taken.reply.text
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.reference == "ref-1"  # type: ignore[attr-defined]
    assert not taken.work


async def test_an_inbox_that_hangs_is_told_in_time_and_its_question_is_not_answered_later(
    here: Lobby,
) -> None:
    here.inbox.slow, intake = asyncio.Event(), here.intake(patience=0.01)
    taken = await intake.receive(Handler(), ASKED)
    assert taken.reply is not None
    assert "no answer within 0.01 s" in taken.reply.text
    here.inbox.slow.set()
    await intake.idle()
    assert here.inbox.over == {("T1", "q1")}
    assert await here.inbox.open(NOW) == []
    assert here.queue.tasks == []


async def test_a_second_delivery_that_hangs_does_not_withdraw_the_first(here: Lobby) -> None:
    intake = here.intake(patience=0.01)
    await intake.receive(Handler(), ASKED)
    here.inbox.slow = asyncio.Event()
    await intake.receive(Handler(), ASKED)
    here.inbox.slow.set()
    await intake.idle()
    assert await here.inbox.open(NOW) == [("T1", "q1")]


async def test_a_queue_that_fails_costs_nothing_for_the_sweep_finds_the_question(here: Lobby) -> None:
    here.queue.fault = Unavailable("PostgreSQL", "no connection")
    assert await here.intake().receive(Handler(), ASKED) == WORK
    assert await here.inbox.open(NOW) == [("T1", "q1")]


async def test_too_much_is_declined_until_less_waits(here: Lobby) -> None:
    intake = here.intake(most=3)

    async def ask(number: int) -> Ack:
        taken = await intake.receive(Handler(), replace(ASKED, id=f"q{number}"))
        await intake.idle()
        return taken

    taken = [await ask(number) for number in range(9)]
    declined = [each.reply is module.TOO_MUCH for each in taken]
    assert declined[:3] == [False] * 3
    assert declined[-1]
    assert not taken[-1].work
    assert len(here.inbox.kept) < 9
    for team, id_ in here.inbox.kept:
        await here.inbox.mark_done(team, id_)
    assert [(await ask(number)).work for number in range(20, 24)][-1]


async def test_whoever_has_enough_open_is_told_so_and_nobody_else(here: Lobby) -> None:
    intake = here.intake(limits=RequestLimits(person=1, channel=2, apart=frozenset({"home"})))

    async def ask(number: int, user: str = "U1", handler: str = "") -> Message | None:
        request = replace(ASKED, id=f"q{number}", user=user)
        taken = await intake.receive(Handler(Ack(work=True, handler=handler)), request)
        assert taken.work is (taken.reply is None)
        return taken.reply

    assert await ask(0) is None
    refused = await ask(1)
    assert refused
    assert refused.text == "1 of your questions is being worked on; ask again when it is answered."
    assert await ask(0) is None  # delivered again
    assert await ask(2, handler="home") is None
    assert await ask(3, "U2") is None
    refused = await ask(4, "U3")
    assert refused
    assert refused.text == "2 questions in this channel are being worked on; ask again when one is answered."
    assert [task.key for task in here.queue.tasks] == ["T1/q0", "T1/q2", "T1/q3"]
    await here.inbox.mark_done("T1", "q0")
    assert await ask(5) is None


async def test_an_inbox_that_cannot_be_counted_declines_nobody(here: Lobby) -> None:
    intake = here.intake(most=1)
    here.inbox.down = True
    await intake.receive(Handler(), ASKED)
    await intake.idle()
    here.inbox.down = False
    assert (await intake.receive(Handler(), ASKED)).work


class TestInTheBackground:
    async def test_a_message_is_told(self, here: Lobby) -> None:
        intake = here.intake()
        busy = [intake.busy]
        intake.tell_later(Place.of(ASKED), Message("advice", ()))
        busy.append(intake.busy)
        await intake.idle()
        busy.append(intake.busy)
        assert (here.heard, busy) == (["advice"], [False, True, False])

    async def test_who_cannot_be_told_is_logged(self, here: Lobby, caplog: pytest.LogCaptureFixture) -> None:
        here.deaf, intake = True, here.intake()
        intake.tell_later(Place.of(ASKED), Message("advice", ()))
        await intake.idle()
        assert "Could not tell U1 in C1" in caplog.text

    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            (Unavailable("Slack", "expired_trigger_id"), "Slack did not answer: expired_trigger_id"),
            (KeyError(), ""),
        ],
    )
    async def test_a_form_that_cannot_be_opened_is_told(
        self, here: Lobby, fault: Exception, words: str
    ) -> None:
        async def show() -> None:
            raise fault

        intake = here.intake()
        intake.show_later(Place.of(ASKED), show)
        await intake.idle()
        (told,) = here.heard
        assert words in told
        assert "ref-1" in told

    async def test_a_slack_that_hangs_does_not_hold_up_the_shutdown(
        self, here: Lobby, caplog: pytest.LogCaptureFixture
    ) -> None:
        intake = here.intake()
        assert await intake.drain(1.0) == 0
        intake.show_later(Place.of(ASKED), asyncio.Event().wait)
        assert await intake.drain(0.01) == 1
        assert not intake.busy
        assert "1 people could not be told" in caplog.text
