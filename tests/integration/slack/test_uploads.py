"""Pictures: uploaded to nobody, waited for, and never worth an answer."""

from __future__ import annotations

import pytest

from bot.render.message import Message
from tests.fakes.slack_desk import HERE, PICTURE, PLAIN, PNG, SECTION, Desk, kinds, last_line

UPLOADING = ("files.getUploadURLExternal", "upload", "files.completeUploadExternal")


@pytest.mark.parametrize("late", [1, 3, 5])
async def test_one_that_is_not_ready_is_waited_for(desk: Desk, late: int) -> None:
    desk.slack.readiness.looks = late
    assert (await desk.post()).compromises == ()
    assert kinds(desk.posts()[0].blocks) == ["section", "table", "image"]
    backoff = [0.5, 1.0, 2.0, 4.0, 8.0][:late]
    assert [wait for wait in desk.clock.slept if wait in backoff][:late] == backoff


async def test_one_that_never_gets_ready_is_left_out_with_a_line(desk: Desk) -> None:
    desk.slack.readiness.looks = 99
    assert (await desk.post()).compromises == ("pictures",)
    (post,) = desk.posts()
    assert kinds(post.blocks) == ["section", "table", "context"]
    assert last_line(post.blocks) == "The chart could not be attached to this message."
    assert len(desk.slack.calls_of("chat.postMessage")) == 7


@pytest.mark.slow
@pytest.mark.parametrize("method", UPLOADING)
@pytest.mark.parametrize("fault", ["500", "429", "drop_connection"])
async def test_a_failed_upload_is_begun_again(desk: Desk, method: str, fault: str) -> None:
    desk.slack.faults.on(fault, method, times=2)
    assert (await desk.post()).compromises == ()
    assert len(desk.slack.calls_of("files.getUploadURLExternal")) == 3
    assert len(desk.posts()) == 1


async def test_an_upload_that_fails_three_times_costs_the_picture_only(desk: Desk) -> None:
    desk.slack.faults.on("500", "upload", times=3)
    assert (await desk.post()).compromises == ("pictures",)
    assert kinds(desk.posts()[0].blocks) == ["section", "table", "context"]


async def test_one_that_could_not_be_drawn_leaves_the_other(desk: Desk) -> None:
    two = Message("found", (SECTION, PICTURE, PICTURE | {"slot": "sectors"}))
    delivered = await desk.messenger.post(HERE, two, {"growth": PNG})
    assert delivered.compromises == ("pictures",)
    (post,) = desk.posts()
    assert kinds(post.blocks) == ["section", "image", "context"]
    assert last_line(post.blocks) == "The chart could not be attached to this message."


async def test_without_the_scope_nothing_is_tried_twice(desk: Desk) -> None:
    desk.slack.installed.scopes = ("commands", "chat:write")
    assert (await desk.post()).compromises == ("pictures",)
    assert len(desk.slack.calls_of("files.getUploadURLExternal")) == 1


@pytest.mark.slow
async def test_one_that_hangs_does_not_hold_up_the_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.files.DEADLINE", 0.05)
    desk.slack.faults.on("hang", "upload")
    assert (await desk.post()).compromises == ("pictures",)


async def test_pictures_are_uploaded_side_by_side(desk: Desk) -> None:
    other = PICTURE | {"slot": "sectors"}
    await desk.messenger.post(HERE, Message("two", (PICTURE, other)), {"growth": PNG, "sectors": PNG})
    methods = [call.method for call in desk.slack.calls]
    assert methods[:2] == ["files.getUploadURLExternal"] * 2
    assert kinds(desk.posts()[0].blocks) == ["image", "image"]


async def test_where_no_file_may_be_shared_the_rest_is_posted_at_once(desk: Desk) -> None:
    desk.slack.faults.on("slack_connect_file_link_sharing_blocked", "chat.postMessage")
    assert (await desk.post()).compromises == ("pictures",)
    assert kinds(desk.posts()[0].blocks) == ["section", "table", "context"]
    assert desk.clock.slept == []


async def test_what_no_block_shows_is_not_uploaded(desk: Desk) -> None:
    await desk.messenger.post(HERE, PLAIN, {"growth": PNG})
    assert desk.slack.calls_of("files.getUploadURLExternal") == []
