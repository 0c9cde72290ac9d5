"""What every messenger keeps: the real one in front of a loopback Slack, and the fake that tests use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import pytest

from bot.errors import Unavailable, Undelivered, Verdict
from bot.playground.model import BOT, TEAM
from bot.playground.storage import ANN, PORTFOLIO
from bot.ports import Document, Messenger, Place
from bot.render.message import Block, Message
from tests.fakes.messenger import RecordingMessenger
from tests.fakes.slack_clock import START
from tests.fakes.slack_desk import Desk
from tests.fakes.workspace import SCOPES, kick

PNG = b"\x89PNG growth"
SECTION: Block = {"type": "section", "text": {"type": "mrkdwn", "text": "*ISCB* 16.1 %"}}
PICTURE: Block = {"type": "image", "alt_text": "Growth of 100: ISCB 116", "slot": "growth"}
ANSWER = Message("ISCB returned 16.1 %", (SECTION, PICTURE))
ADVICE = Message("Name two symbols.", (SECTION,))
TABLE = Document("ISCB-SPSM_table.csv", "Table", b"measure,ISCB,SPSM\n")
SERIES = Document("ISCB-SPSM_series.csv", "Series", b"date,ISCB,SPSM\n")
BOTH = (
    ("ISCB-SPSM_table.csv", "Table", b"measure,ISCB,SPSM\n"),
    ("ISCB-SPSM_series.csv", "Series", b"date,ISCB,SPSM\n"),
)
COMPLETE = "files.completeUploadExternal"
HERE = Place(TEAM, PORTFOLIO, ANN, thread="1700000000.5")


@dataclass(frozen=True)
class Seen:
    """A message as somebody sees it; pictures: how many."""

    text: str
    thread: str | None
    pictures: int


@dataclass(frozen=True)
class Shared:
    """Files as somebody sees them, in one message."""

    words: str
    thread: str | None
    files: tuple[tuple[str, str, bytes], ...]


class World(Protocol):
    """A messenger, and the eyes of the people around it."""

    @property
    def messenger(self) -> Messenger: ...

    def reply_url(self) -> str: ...

    def close(self, channel: str) -> None:
        """The bot may no longer post there."""

    def go_down(self) -> None:
        """Slack takes nothing at all."""

    def hide(self) -> None:
        """Histories may not be read."""

    def everybody_sees(self) -> list[Seen]: ...

    def the_asker_sees(self) -> list[str]: ...

    def files(self, channel: str) -> list[Shared]:
        """What was shared in a channel."""


@dataclass
class Recorded:
    """The fake's world."""

    messenger: RecordingMessenger

    def reply_url(self) -> str:
        return "https://hooks.example.com/1"

    def close(self, channel: str) -> None:
        self.messenger.closed.add(channel)

    def go_down(self) -> None:
        self.messenger.down = True

    def hide(self) -> None:
        self.messenger.unreadable = True

    def everybody_sees(self) -> list[Seen]:
        return [
            Seen(each.message.text, each.place.thread, len(each.pictures)) for each in self.messenger.posted
        ]

    def the_asker_sees(self) -> list[str]:
        return [told.message.text for told in self.messenger.told]

    def files(self, channel: str) -> list[Shared]:
        return [
            Shared(each.words, each.place.thread, tuple((d.name, d.title, d.content) for d in each.documents))
            for each in self.messenger.attached
            if each.place.channel == channel
        ]


@dataclass
class Real:
    """The real messenger's world."""

    desk: Desk

    @property
    def messenger(self) -> Messenger:
        return self.desk.messenger

    def reply_url(self) -> str:
        return self.desk.slack.replies.new(ANN, PORTFOLIO)

    def close(self, channel: str) -> None:
        kick(self.desk.slack, channel)

    def go_down(self) -> None:
        for method in ("chat.postMessage", "chat.postEphemeral", "reply", COMPLETE):
            self.desk.slack.faults.on("500", method, times=9)

    def hide(self) -> None:
        self.desk.slack.installed.scopes = SCOPES

    def everybody_sees(self) -> list[Seen]:
        return [
            Seen(post.text, post.thread_ts, sum("slack_file" in block for block in post.blocks))
            for post in self.desk.posts()
        ]

    def the_asker_sees(self) -> list[str]:
        return [post.text for post in self.desk.shown() if not post.files]

    def files(self, channel: str) -> list[Shared]:
        kept = self.desk.slack.workspace.files
        return [
            Shared(post.text, post.thread_ts, tuple((f.name, f.title, f.content) for f in found))
            for post in self.desk.slack.workspace.messages(channel)
            if post.user == BOT and (found := [kept[file] for file in post.files])
        ]


@pytest.fixture(params=["fake", "real"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        yield Recorded(RecordingMessenger())
        return
    async with Desk.open() as desk:
        desk.slack.installed.scopes = (*SCOPES, "channels:history")
        yield Real(desk)


async def test_a_post_is_seen_by_everybody_in_its_thread_with_its_picture(world: World) -> None:
    delivered = await world.messenger.post(HERE, ANSWER, {"growth": PNG})
    assert world.everybody_sees() == [Seen("ISCB returned 16.1 %", "1700000000.5", 1)]
    assert world.the_asker_sees() == []
    assert (delivered.channel, delivered.compromises) == (PORTFOLIO, ())
    assert delivered.ts


async def test_two_posts_have_two_ids(world: World) -> None:
    posts = [await world.messenger.post(HERE, ANSWER, {"growth": PNG}) for _ in range(2)]
    assert len({post.ts for post in posts}) == 2


async def test_a_picture_that_is_not_there_is_a_compromise(world: World) -> None:
    delivered = await world.messenger.post(HERE, ANSWER, {})
    assert delivered.compromises == ("pictures",)
    assert [seen.pictures for seen in world.everybody_sees()] == [0]


MORE = Message("ISCB returned 16.1 %", (SECTION, PICTURE, {**SECTION, "block_id": "more"}))


async def test_what_was_posted_is_added_to_and_keeps_its_picture(world: World) -> None:
    posted = await world.messenger.post(HERE, ANSWER, {"growth": PNG}, "key")
    assert list(posted.files) == ["growth"]
    await world.messenger.rewrite(HERE, posted, Message("and 0.4 false alarms", MORE.blocks))
    assert world.everybody_sees() == [Seen("and 0.4 false alarms", "1700000000.5", 1)]


async def test_what_cannot_be_rewritten_stands_as_it_was(world: World) -> None:
    posted = await world.messenger.post(HERE, ANSWER, {"growth": PNG})
    for nowhere in (replace(posted, ts=None), replace(posted, ts="1700000000.999999")):
        with pytest.raises(Unavailable):
            await world.messenger.rewrite(HERE, nowhere, MORE)
    assert world.everybody_sees() == [Seen("ISCB returned 16.1 %", "1700000000.5", 1)]


async def test_what_is_told_is_seen_by_the_asker_only(world: World) -> None:
    await world.messenger.tell(HERE, ADVICE)
    assert (world.everybody_sees(), world.the_asker_sees()) == ([], ["Name two symbols."])


async def test_where_it_may_not_post_the_asker_gets_the_answer_by_the_reply_url(world: World) -> None:
    world.close(PORTFOLIO)
    place = Place(TEAM, PORTFOLIO, ANN, reply_url=world.reply_url())
    delivered = await world.messenger.post(place, ANSWER, {"growth": PNG})
    assert (world.everybody_sees(), world.the_asker_sees()) == ([], ["ISCB returned 16.1 %"])
    assert (delivered.ts, delivered.compromises) == (None, ("channel", "pictures"))


async def test_files_are_seen_by_everybody_in_one_message_in_the_thread(world: World) -> None:
    delivered = await world.messenger.attach(HERE, "*ISCB* and *SPSM*", (TABLE, SERIES))
    assert world.files(PORTFOLIO) == [Shared("*ISCB* and *SPSM*", "1700000000.5", BOTH)]
    assert world.the_asker_sees() == []
    assert (delivered.channel, delivered.ts, delivered.compromises) == (PORTFOLIO, None, ())


async def test_where_it_may_not_share_the_asker_gets_the_files_and_a_line(world: World) -> None:
    world.close(PORTFOLIO)
    delivered = await world.messenger.attach(HERE, "*ISCB* and *SPSM*", (TABLE, SERIES))
    assert world.files(PORTFOLIO) == []
    assert world.files("D0ANN") == [Shared("*ISCB* and *SPSM*", None, BOTH)]
    (line,) = world.the_asker_sees()
    assert line.startswith("I could not share files ")
    assert (delivered.channel, delivered.ts, delivered.compromises) == ("D0ANN", None, ("channel",))


async def test_where_nobody_can_be_given_the_files_it_is_unavailable_for_good(world: World) -> None:
    world.close(PORTFOLIO)
    with pytest.raises(Unavailable) as caught:
        await world.messenger.attach(Place(TEAM, PORTFOLIO, ""), "", (TABLE,))
    assert caught.value.permanent


async def test_where_nobody_can_be_reached_it_is_unavailable_for_good(world: World) -> None:
    world.close(PORTFOLIO)
    with pytest.raises(Unavailable) as caught:
        await world.messenger.post(Place(TEAM, PORTFOLIO, ""), ANSWER, {"growth": PNG})
    assert caught.value.permanent


async def test_where_slack_is_down_it_is_unavailable_for_now(world: World) -> None:
    world.go_down()
    attempts: tuple[Awaitable[object], ...] = (
        world.messenger.post(HERE, ANSWER, {"growth": PNG}),
        world.messenger.tell(HERE, ADVICE),
        world.messenger.attach(HERE, "", (TABLE,)),
    )
    for attempt in attempts:
        with pytest.raises(Unavailable) as caught:
            await attempt
        assert not caught.value.permanent
    assert (world.everybody_sees(), world.the_asker_sees()) == ([], [])


@pytest.mark.parametrize("thread", [None, "1700000000.5"])
async def test_what_was_posted_is_found_by_its_key(world: World, thread: str | None) -> None:
    here = replace(HERE, thread=thread)
    assert await world.messenger.find(here, "q1", START) is None
    await world.messenger.post(here, ADVICE, {}, "q2")
    mine = await world.messenger.post(here, ANSWER, {"growth": PNG}, "q1")
    await world.messenger.post(here, ADVICE, {})
    found = await world.messenger.find(here, "q1", START)
    assert found is not None
    assert (found.channel, found.ts) == (PORTFOLIO, mine.ts)
    assert await world.messenger.find(here, "q3", START) is None


async def test_what_stands_in_a_thread_is_not_found_beside_it(world: World) -> None:
    await world.messenger.post(HERE, ADVICE, {}, "q1")
    assert await world.messenger.find(replace(HERE, thread=None), "q1", START) is None
    assert await world.messenger.find(replace(HERE, thread="1700000000.6"), "q1", START) is None


async def test_files_are_found_by_their_names(world: World) -> None:
    names = [TABLE.name, SERIES.name]
    assert await world.messenger.find(HERE, "q1", START, names) is None
    await world.messenger.post(HERE, ANSWER, {"growth": PNG}, "q1")
    assert await world.messenger.find(HERE, "q1", START, names) is None
    await world.messenger.attach(HERE, "*ISCB* and *SPSM*", (TABLE, SERIES))
    found = await world.messenger.find(HERE, "q1", START, names)
    assert found is not None
    assert found.ts
    assert await world.messenger.find(HERE, "q1", START, ["IWM-IJR_table.csv"]) is None


async def test_where_nobody_may_look_nothing_is_known(world: World) -> None:
    world.hide()
    with pytest.raises(Undelivered) as caught:
        await world.messenger.find(HERE, "q1", START - timedelta(hours=1))
    assert caught.value.verdict is Verdict.SETUP
