"""What Slack said is believed up to its time; why it says nothing is logged, what lasts only once."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.slack import directory
from bot.slack.directory import DirectoryQuery, TimedValues
from bot.slack.errors import FaultKind, SlackFault

ANN, BEN, CY = ("T1", "U0ANN"), ("T1", "U0BEN"), ("T1", "U0CY")
log = logging.getLogger(__name__)


class TestBelieved:
    def test_up_to_its_time_and_not_at_it(self) -> None:
        said = TimedValues[str]()
        said.keep(ANN, "admin", until=10.0)
        assert [said.find(ANN, now) for now in (0.0, 9.9, 10.0)] == ["admin", "admin", None]

    def test_what_is_false_is_an_answer_too(self) -> None:
        said = TimedValues[bool]()
        said.keep(ANN, False, until=10.0)
        assert said.find(ANN, 0.0) is False
        assert said.find(BEN, 0.0) is None

    def test_the_oldest_gives_way_and_what_was_said_anew_is_the_newest(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(directory, "MOST", 2)
        said = TimedValues[int]()
        for number, key in enumerate((ANN, BEN, ANN, CY)):
            said.keep(key, number, until=10.0)
        assert [said.find(key, 0.0) for key in (ANN, BEN, CY)] == [2, None, 3]
        assert len(said) == 2


async def refused(kind: FaultKind, cause: str) -> str:
    raise SlackFault(kind, "", cause)


class TestAsking:
    async def test_an_answer_is_given_on(self) -> None:
        assert await DirectoryQuery(log, "Nothing").ask(asyncio.sleep(0, "yes")) == "yes"

    async def test_what_may_pass_is_told_each_time_and_what_lasts_once(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, __name__)
        asked = DirectoryQuery(log, "Nothing is known")
        for _ in range(2):
            await asked.ask(refused(FaultKind.BUSY, "no connection"))
            await asked.ask(refused(FaultKind.SETUP, "missing_scope"))
        assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
            ("WARNING", "Nothing is known: no connection"),
            ("INFO", "Nothing is known: missing_scope"),
            ("WARNING", "Nothing is known: no connection"),
        ]

    async def test_who_does_not_answer_is_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(directory, "PATIENCE", 0.0)
        answer = await DirectoryQuery(log, "Nothing is known").ask(asyncio.sleep(5))
        assert isinstance(answer, SlackFault)
        assert (answer.kind, answer.cause) == (FaultKind.BUSY, "no answer in time")
