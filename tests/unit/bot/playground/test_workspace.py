"""The state: messages with their own time, threads, what one person sees, who is where, word of changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.playground.model import BOT, Change, File, Payload
from bot.playground.storage import (
    ANN,
    BEN,
    CY,
    DEALS,
    PORTFOLIO,
    RANDOM,
    RESEARCH,
    seed_workspace,
)
from bot.playground.workspace import Feed, Workspace, files_in, micros, stamp

NOON = datetime(2026, 1, 16, 12, 0, tzinfo=UTC)


@pytest.fixture
def workspace() -> Workspace:
    return seed_workspace(FixedClock(NOON))


class TestMessages:
    def test_a_standing_clock_still_gives_every_message_its_own_later_ts(self, workspace: Workspace) -> None:
        first, second = (workspace.say(PORTFOLIO, ANN, "hello") for _ in range(2))
        assert (first.ts, second.ts) == ("1768564800.000000", "1768564800.000001")

    def test_a_clock_that_goes_back_gives_later_ts_too(self) -> None:
        clock = FixedClock(NOON)
        workspace = seed_workspace(clock)
        before = workspace.next_ts()
        clock.set(datetime(2025, 1, 1, tzinfo=UTC))
        assert micros(workspace.next_ts()) == micros(before) + 1

    def test_replies_stand_in_their_thread_only(self, workspace: Workspace) -> None:
        parent = workspace.say(PORTFOLIO, ANN, "parent")
        reply = workspace.say(PORTFOLIO, BEN, "reply", parent.ts)
        assert workspace.history(PORTFOLIO)[-1] == parent
        assert workspace.thread(PORTFOLIO, parent.ts) == [parent, reply]

    def test_what_is_ephemeral_is_seen_by_one(self, workspace: Workspace) -> None:
        shown = workspace.post_ephemeral(PORTFOLIO, BOT, ANN, "between us")
        assert shown in workspace.history(PORTFOLIO, ANN)
        assert shown not in workspace.history(PORTFOLIO, BEN)
        assert shown not in workspace.history(PORTFOLIO)

    def test_an_update_keeps_the_place_and_what_it_does_not_name(self, workspace: Workspace) -> None:
        about = {"event_type": "notice", "event_payload": {"id": "7"}}
        old = workspace.post(PORTFOLIO, BOT, "old", metadata=about)
        new = workspace.update(PORTFOLIO, old.ts, "new")
        assert (new.ts, new.text, new.metadata) == (old.ts, "new", about)
        assert new.edited is not None
        assert new.edited > old.ts
        assert workspace.message(PORTFOLIO, old.ts) == new

    def test_what_is_deleted_is_gone(self, workspace: Workspace) -> None:
        message = workspace.say(PORTFOLIO, ANN, "oops")
        workspace.delete(PORTFOLIO, message.ts)
        assert workspace.message(PORTFOLIO, message.ts) is None
        with pytest.raises(KeyError):
            workspace.delete(PORTFOLIO, message.ts)

    def test_files_are_found_at_any_depth(self) -> None:
        image = {"type": "image", "slack_file": {"id": "F1"}}
        blocks = [image, {"type": "context", "elements": [{"type": "image", "slack_file": {"id": "F2"}}]}]
        assert list(files_in(blocks)) == ["F1", "F2"]
        assert list(files_in([{"slack_file": {"url": "https://example.com/a.png"}}])) == []

    def test_a_ts_is_read_as_it_is_written(self) -> None:
        assert stamp(micros("1700000000.000042")) == "1700000000.000042"
        assert micros("1700000000.5") == 1_700_000_000_500_000


class TestReading:
    def test_the_talk_so_far_has_been_read(self, workspace: Workspace) -> None:
        assert {workspace.unread(ANN, channel) for channel in workspace.channels} == {0}

    def test_what_others_said_since_is_unread_until_it_is_read(self, workspace: Workspace) -> None:
        workspace.say(PORTFOLIO, BEN, "one")
        workspace.post_ephemeral(PORTFOLIO, BOT, CY, "not for Ann")
        assert (workspace.unread(ANN, PORTFOLIO), workspace.unread(BEN, PORTFOLIO)) == (1, 0)
        workspace.mark_read(ANN, PORTFOLIO)
        assert workspace.unread(ANN, PORTFOLIO) == 0


class TestPlaces:
    def test_everybody_sees_public_channels_and_members_the_private_ones(self, workspace: Workspace) -> None:
        assert {each.id for each in workspace.channels_of(CY)} == {PORTFOLIO, RANDOM, "D0CY"}
        assert {each.id for each in workspace.channels_of(BEN)} == {
            *(PORTFOLIO, RANDOM, RESEARCH, DEALS),
            "D0BEN",
        }

    def test_the_four_channels_differ_in_whether_the_bot_is_there(self, workspace: Workspace) -> None:
        there = {each.name: (each.kind, BOT in each.members) for each in workspace.channels.values()}
        assert there["portfolio"] == ("public", True)
        assert there["random"] == ("public", False)
        assert there["research-private"] == ("private", True)
        assert there["deals-private"] == ("private", False)

    def test_joining_is_said_once_and_leaving_too(self, workspace: Workspace) -> None:
        for _ in range(2):
            workspace.join(RANDOM, BOT, inviter=ANN)
        assert BOT in workspace.channels[RANDOM].members
        assert workspace.history(RANDOM)[-1].text == f"<@{BOT}> was added to #random by <@{ANN}>."
        for _ in range(2):
            workspace.leave(RANDOM, BOT, remover=ANN)
        assert BOT not in workspace.channels[RANDOM].members
        assert [each.subtype for each in workspace.history(RANDOM)[-2:]] == ["channel_join", "channel_leave"]

    def test_direct_messages_are_opened_once(self, workspace: Workspace) -> None:
        assert workspace.dm(ANN) is workspace.dm(ANN)
        assert workspace.dm(ANN).members == (ANN, BOT)

    def test_people_are_those_who_are_not_apps(self, workspace: Workspace) -> None:
        assert [person.id for person in workspace.humans()] == [ANN, BEN, CY]


BODY: Payload = {"type": "modal", "blocks": []}


class TestViews:
    def test_a_modal_lies_on_the_one_that_opened_it(self, workspace: Workspace) -> None:
        under = workspace.views.open(ANN, BODY)
        over = workspace.views.push(ANN, BODY)
        assert workspace.views.top(ANN) == over
        assert (over.root, over.previous) == (under.id, under.id)
        workspace.views.close(ANN)
        assert workspace.views.top(ANN) == under
        assert workspace.views.top(BEN) is None

    def test_the_whole_stack_can_be_closed(self, workspace: Workspace) -> None:
        workspace.views.open(ANN, BODY)
        workspace.views.push(ANN, BODY)
        workspace.views.close(ANN, everything=True)
        assert workspace.views.top(ANN) is None

    def test_an_update_has_a_new_hash_and_no_old_complaints(self, workspace: Workspace) -> None:
        view = workspace.views.open(ANN, BODY)
        workspace.views.refuse(view.id, {"name": "too long"})
        assert workspace.views.get(view.id) != view
        new = workspace.views.update(view.id, {"type": "modal", "blocks": [{"type": "divider"}]})
        assert (new.id, new.errors, new.hash != view.hash) == (view.id, {}, True)

    def test_the_home_tab_keeps_its_id(self, workspace: Workspace) -> None:
        first, second = (workspace.views.publish(ANN, {"type": "home", "blocks": []}) for _ in range(2))
        assert first.id == second.id
        assert first.hash != second.hash
        assert workspace.views.home_tabs == {ANN: second}

    def test_a_closed_view_cannot_be_changed(self, workspace: Workspace) -> None:
        view = workspace.views.open(ANN, BODY)
        workspace.views.close(ANN)
        with pytest.raises(KeyError):
            workspace.views.update(view.id, BODY)


class TestChanges:
    def test_every_listener_hears_what_happens_while_it_listens(self, workspace: Workspace) -> None:
        workspace.say(PORTFOLIO, ANN, "before")
        with workspace.changes() as one, workspace.changes() as other:
            message = workspace.post(PORTFOLIO, BOT, "found")
            secret = workspace.post_ephemeral(PORTFOLIO, BOT, ANN, "between us")
            workspace.update(PORTFOLIO, message.ts, "found more")
            workspace.delete(PORTFOLIO, message.ts)
            workspace.views.open(ANN, {"type": "modal", "blocks": []})
            for feed in (one, other):
                assert [feed.get_nowait() for _ in range(feed.qsize())] == [
                    Change("message", PORTFOLIO, message.ts),
                    Change("message", PORTFOLIO, secret.ts, ANN),
                    Change("update", PORTFOLIO, message.ts),
                    Change("delete", PORTFOLIO, message.ts),
                    Change("view", user=ANN),
                ]
        workspace.say(PORTFOLIO, ANN, "after")
        assert one.empty()

    async def test_a_listener_can_wait(self) -> None:
        feed = Feed()
        with feed.changes() as changes:
            asyncio.get_running_loop().call_soon(feed.tell, "read", PORTFOLIO)
            assert await asyncio.wait_for(changes.get(), 1) == Change("read", PORTFOLIO)


def test_files_lie_in_the_folder_where_there_is_one(tmp_path: Path) -> None:
    workspace = seed_workspace(FixedClock(NOON), tmp_path / "files")
    workspace.upload(File("F1", "a.png", "A", b"\x89PNG"))
    workspace.upload(replace(workspace.files["F1"], complete=True))
    kept = workspace.files["F1"]
    assert (kept.content, kept.held, kept.complete) == (b"\x89PNG", b"", True)
    assert [path.name for path in (tmp_path / "files").iterdir()] == ["F1"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.png", "image/png"),
        ("a.JPG", "image/jpeg"),
        ("a.csv", "text/csv"),
        ("a", "application/octet-stream"),
    ],
)
def test_the_kind_of_a_file_is_in_its_name(name: str, kind: str) -> None:
    assert File("F1", name, "title").mimetype == kind
