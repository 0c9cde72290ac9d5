"""What is answered again after its worker was killed is posted once, or said to be possibly repeated."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.model import Request, SectionQuery
from bot.ports import Place
from bot.render import ids
from bot.use_cases.compare import FundAnswers
from bot.use_cases.services import AHEAD, Repeats
from tests.fakes.messenger import RecordingMessenger
from tests.fakes.metrics import QuietMetrics
from tests.integration.use_cases.room import ANN, HERE, MET, TEAM, Room, later, room

THREAD = "1700000000.000777"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as found:
        yield found


def counted(here: Room) -> list[tuple[str, str]]:
    metrics = here.parts.metrics
    assert isinstance(metrics, QuietMetrics)
    return metrics.notices


async def asked(here: Room, text: str = "AAA BBB") -> Request:
    request = here.question(text, handler="/compare")
    await FundAnswers(here.parts).compare(request)
    return request


async def test_what_stands_is_not_posted_again_and_its_topic_is_kept(here: Room) -> None:
    request = await asked(here)
    (posted,) = here.messenger.posted
    context = await here.repository.recall(HERE, posted.ts)
    await here.store.forget_topics(here.clock.now() + timedelta(days=1))
    assert await here.repository.recall(HERE, posted.ts) is None, "the worker was killed before it was kept"
    await FundAnswers(here.parts).compare(later(request))
    assert here.messenger.posted == [posted]
    assert await here.repository.recall(HERE, posted.ts) == context is not None
    assert counted(here) == []


async def test_what_does_not_stand_is_posted(here: Room) -> None:
    await asked(here)
    await FundAnswers(here.parts).compare(later(here.question("AAA BBB", handler="/compare")))
    assert len({posted.key for posted in here.messenger.posted}) == 2


async def test_a_first_attempt_looks_for_nothing(here: Room) -> None:
    here.messenger.unreadable = True
    await asked(here)
    assert (len(here.messenger.posted), counted(here)) == (1, [])


async def test_where_nobody_may_look_it_is_posted_again_and_that_is_said(
    here: Room, caplog: pytest.LogCaptureFixture
) -> None:
    request = await asked(here)
    here.messenger.unreadable = True
    await FundAnswers(here.parts).compare(later(request))
    assert len(here.messenger.posted) == 2
    assert f"The answer to {request.id} is possibly repeated" in caplog.text
    assert counted(here) == [("answer", "possibly repeated")]


async def test_files_are_known_by_their_names(here: Room) -> None:
    request = here.question(SectionQuery("csv AAA BBB").value, handler="ask", thread=THREAD)
    answers = FundAnswers(here.parts)
    await answers.ask(request)
    await answers.ask(later(request))
    assert len(here.messenger.attached) == 1
    await answers.ask(later(replace(request, text=SectionQuery("csv AAA BBB 6m").value)))
    assert len(here.messenger.attached) == 2


async def test_a_rule_is_made_and_read_back_once(here: Room) -> None:
    request = await here.watch(MET)
    rows = here.rows()
    await here.again("/watch", later(request))
    assert (here.rows(), len(here.messenger.posted), here.messenger.told) == (rows, 1, [])


async def test_a_rule_that_was_kept_before_the_kill_is_read_back_by_the_next_worker(here: Room) -> None:
    request = await here.watch(MET)
    rows, first = here.rows(), here.heard()
    await here.again("/watch", later(request))
    assert (here.rows(), here.heard(), here.messenger.told) == (rows, first, [])


async def test_the_daily_post_is_switched_off_once(here: Room) -> None:
    await here.watch(MET)
    request = await here.digest("off")
    await here.again("/digest", later(request))
    assert len(here.messenger.posted) == 2


async def test_a_rule_that_is_set_alone_is_announced_once(here: Room) -> None:
    request = await here.press(ids.ALONE, MET)
    rows, said = here.rows(), [posted.message.text for posted in here.messenger.posted]
    assert len(said) == 2
    await here.again(ids.ALONE, later(request))
    assert here.rows() == rows
    assert [posted.message.text for posted in here.messenger.posted] == said


class TestLooks:
    def looking(self, here: Room, messenger: RecordingMessenger) -> Repeats:
        return Repeats(messenger, here.clock, QuietMetrics())

    async def test_what_belongs_to_no_channel_cannot_be_looked_for(
        self, here: Room, caplog: pytest.LogCaptureFixture
    ) -> None:
        looks = self.looking(here, here.messenger)
        request = later(here.question("", channel=""))
        assert await looks.before_posting(request) is None
        assert not await looks.is_answered(request)
        assert "its channel is not known" in caplog.text

    async def test_it_stands_only_where_that_is_known(self, here: Room) -> None:
        looks, request = self.looking(here, here.messenger), await asked(here)
        assert not await looks.is_answered(request)
        assert await looks.is_answered(later(request))
        here.messenger.unreadable = True
        assert not await looks.is_answered(later(request))

    async def test_it_looks_since_the_question_or_an_hour_where_that_is_yet_to_come(self, here: Room) -> None:
        since: list[datetime] = []

        class Looked(RecordingMessenger):
            async def find(self, place: Place, key: str, at: datetime, files: object = ()) -> None:
                assert place == Place(TEAM, HERE, ANN)
                since.append(at)

        looks = self.looking(here, Looked())
        now = here.clock.now()
        for ahead in (-timedelta(seconds=40), timedelta(days=10)):
            await looks.before_posting(later(replace(here.question(""), asked=now + ahead)))
        assert since == [now - timedelta(seconds=40), now - AHEAD]
