"""Files for people to keep: one message with all of them, never two, and never silently fewer."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from bot.playground.model import TEAM
from bot.playground.model import PostedMessage as SlackMessage
from bot.playground.storage import ANN, PORTFOLIO
from bot.ports import Delivered, Document, Place
from bot.render.limits import SECTION_TEXT
from bot.slack.errors import FaultKind, SlackFault
from tests.fakes.slack_desk import HERE, Desk
from tests.fakes.workspace import BOT_TOKEN

TABLE = Document("ISCB-SPSM_table.csv", "Table", b"measure,ISCB,SPSM\n")
SERIES = Document("ISCB-SPSM_series.csv", "Series", b"date,ISCB,SPSM\n")
BOTH = (TABLE, SERIES)
COMPLETE = "files.completeUploadExternal"
UPLOADING = ("files.getUploadURLExternal", "upload")


async def attach(desk: Desk, place: Place = HERE, words: str = "*ISCB*, 1 year") -> Delivered:
    return await desk.messenger.attach(place, words, BOTH)


def names(desk: Desk, post: SlackMessage) -> list[str]:
    return [desk.slack.workspace.files[file].name for file in post.files]


class TestAsMeant:
    async def test_all_files_are_one_message_in_the_thread(self, desk: Desk) -> None:
        delivered = await attach(desk, replace(HERE, thread="1700000000.5"))
        (post,) = desk.posts()
        assert delivered == Delivered(PORTFOLIO, None)
        assert (post.text, post.thread_ts) == ("*ISCB*, 1 year", "1700000000.5")
        assert names(desk, post) == ["ISCB-SPSM_table.csv", "ISCB-SPSM_series.csv"]
        assert len(desk.slack.calls_of(COMPLETE)) == 1

    async def test_no_alt_text_goes_with_them(self, desk: Desk) -> None:
        await attach(desk)
        assert all("alt_txt" not in call.payload for call in desk.slack.calls)

    async def test_outside_threads_and_without_words_nothing_is_named(self, desk: Desk) -> None:
        await attach(desk, words="")
        (call,) = desk.slack.calls_of(COMPLETE)
        assert not {"thread_ts", "initial_comment"} & call.payload.keys()

    async def test_words_beyond_the_limit_are_cut(self, desk: Desk) -> None:
        await attach(desk, words="word " * 900)
        (post,) = desk.posts()
        assert len(post.text) == SECTION_TEXT
        assert post.text.endswith("…")


class TestOnceOnly:
    @pytest.mark.parametrize("fault", ["drop_connection", "500", "500_after"])
    async def test_what_may_have_been_shared_is_not_shared_again(
        self, desk: Desk, fault: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk.slack.faults.on(fault, COMPLETE)
        with caplog.at_level(logging.WARNING), pytest.raises(SlackFault) as caught:
            await attach(desk)
        assert (caught.value.kind, caught.value.permanent) == (FaultKind.DOUBT, False)
        assert len(desk.slack.calls_of(COMPLETE)) == 1
        assert len(desk.posts()) == (fault != "500")
        assert desk.shown() == []
        assert "Possibly shared" in caplog.text

    async def test_slack_is_obeyed_and_they_are_shared_once(self, desk: Desk) -> None:
        desk.slack.faults.on("429:3", COMPLETE, times=2)
        assert (await attach(desk)).compromises == ()
        assert desk.clock.slept == [3.0, 3.0]
        assert len(desk.posts()) == 1

    @pytest.mark.slow
    @pytest.mark.parametrize("method", UPLOADING)
    @pytest.mark.parametrize("fault", ["500", "429", "drop_connection"])
    async def test_bytes_are_sent_again_for_nobody_sees_them(
        self, desk: Desk, method: str, fault: str
    ) -> None:
        desk.slack.faults.on(fault, method, times=2)
        assert (await attach(desk)).compromises == ()
        (post,) = desk.posts()
        assert len(post.files) == 2


class TestFewer:
    async def test_one_that_slack_does_not_take_is_named_and_the_other_shared(self, desk: Desk) -> None:
        desk.slack.faults.on("some_new_policy", "files.getUploadURLExternal", times=1)
        desk.slack.faults.on("", "files.getUploadURLExternal")
        desk.slack.faults.on("some_new_policy", "files.getUploadURLExternal", times=2)
        delivered = await attach(desk)
        (post,) = desk.posts()
        assert delivered.compromises == ("files",)
        assert len(post.files) == 1
        missing = {TABLE.name, SERIES.name} - set(names(desk, post))
        assert post.text == f"*ISCB*, 1 year\nSlack did not take `{missing.pop()}`: ask again in a minute."

    async def test_where_it_takes_none_nothing_is_shared_and_nothing_is_in_doubt(self, desk: Desk) -> None:
        desk.slack.faults.on("500", "upload", times=9)
        with pytest.raises(SlackFault) as caught:
            await attach(desk)
        assert (caught.value.kind, caught.value.cause) == (FaultKind.BUSY, "the files could not be uploaded")
        assert desk.slack.calls_of(COMPLETE) == []

    async def test_without_the_scope_it_is_unavailable_for_good(self, desk: Desk) -> None:
        desk.slack.installed.scopes = ("commands", "chat:write")
        with pytest.raises(SlackFault) as caught:
            await attach(desk)
        assert (caught.value.code, caught.value.permanent) == ("missing_scope", True)
        assert desk.slack.calls_of("chat.postMessage") == []


class TestElsewhere:
    async def test_not_in_the_channel_the_asker_gets_them_and_how_to_invite(self, desk: Desk) -> None:
        desk.kick()
        delivered = await attach(desk, replace(HERE, thread="1700000000.5"))
        line, files = desk.shown()
        assert delivered == Delivered("D0ANN", None, ("channel",))
        assert line.text == (
            "I could not share files in <#C0PORTFOLIO> (not_in_channel): they are here. "
            "To have them there, invite me: `/invite @watchpoint`"
        )
        assert (files.text, files.thread_ts, len(files.files)) == ("*ISCB*, 1 year", None, 2)
        assert desk.posts() == []

    @pytest.mark.parametrize(
        "code", ["is_archived", "restricted_action", "slack_connect_file_upload_sharing_blocked"]
    )
    async def test_where_inviting_would_not_help_the_reason_is_named(self, desk: Desk, code: str) -> None:
        desk.slack.faults.on(code, COMPLETE)
        assert (await attach(desk)).compromises == ("channel",)
        line, files = desk.shown()
        assert line.text == f"I could not share files in <#C0PORTFOLIO> ({code}): they are here."
        assert len(files.files) == 2

    async def test_under_a_message_that_is_gone_the_asker_hears_so(self, desk: Desk) -> None:
        desk.slack.faults.on("thread_not_found", COMPLETE)
        await attach(desk, replace(HERE, thread="1700000000.5"))
        line, files = desk.shown()
        assert line.text == "The message in <#C0PORTFOLIO> that these files belong to is gone."
        assert len(files.files) == 2

    async def test_a_share_in_doubt_is_not_made_elsewhere(self, desk: Desk) -> None:
        desk.slack.faults.on("500_after", COMPLETE)
        with pytest.raises(SlackFault):
            await attach(desk)
        assert desk.shown() == []

    @pytest.mark.parametrize("channel", ["", ANN])
    async def test_asked_nowhere_they_come_as_a_direct_message(self, desk: Desk, channel: str) -> None:
        delivered = await attach(desk, Place(TEAM, channel, ANN))
        words, files = desk.shown()
        assert delivered == Delivered("D0ANN", None)
        assert (words.text, files.text, len(files.files)) == ("*ISCB*, 1 year", "", 2)

    async def test_in_direct_messages_they_are_shared_right_there(self, desk: Desk) -> None:
        desk.slack.workspace.dm(ANN)
        assert await attach(desk, Place(TEAM, "D0ANN", ANN)) == Delivered("D0ANN", None)
        (files,) = desk.shown()
        assert len(files.files) == 2


async def test_no_secret_and_nothing_of_the_files_is_logged(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.kick()
    with caplog.at_level(logging.DEBUG):
        await attach(desk)
    assert "Not shared in C0PORTFOLIO" in caplog.text
    assert BOT_TOKEN not in caplog.text
    assert "measure,ISCB" not in caplog.text
