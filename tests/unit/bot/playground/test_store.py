"""A workspace comes back as it was, is written whole or not at all, and says so where it cannot be read."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.errors import UserError
from bot.playground import storage
from bot.playground.model import BOT, File
from bot.playground.storage import ANN, BEN, PORTFOLIO, RANDOM, seed_workspace
from bot.playground.workspace import Workspace

CLOCK = FixedClock(datetime(2026, 1, 16, 12, 0, tzinfo=UTC))
BLOCKS = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Zürich – 1 %"}},
    {"type": "image", "alt_text": "growth", "slack_file": {"id": "F1"}},
]


def lived_in(folder: Path) -> Workspace:
    workspace = storage.load_workspace(folder, CLOCK)
    parent = workspace.say(PORTFOLIO, ANN, "parent")
    workspace.upload(File("F1", "growth.png", "Growth", b"\x89PNG", complete=True, looks=2))
    about = {"event_type": "notice", "event_payload": {"id": "7"}}
    workspace.post(PORTFOLIO, BOT, "reply", BLOCKS, thread_ts=parent.ts, metadata=about)
    workspace.post_ephemeral(PORTFOLIO, BOT, BEN, "for Ben")
    workspace.join(RANDOM, BOT, inviter=ANN)
    workspace.views.publish(ANN, {"type": "home", "blocks": [{"type": "divider"}]})
    return workspace


def test_everything_comes_back(tmp_path: Path) -> None:
    before = lived_in(tmp_path)
    storage.save_workspace(before, tmp_path)
    after = storage.load_workspace(tmp_path, CLOCK)
    assert after.channels == before.channels
    for channel in before.channels:
        assert after.everything(channel) == before.everything(channel)
    assert (after.read, after.views.home_tabs) == (before.read, before.views.home_tabs)
    assert (after.files["F1"].content, after.files["F1"].looks) == (b"\x89PNG", 2)


def test_what_is_new_afterwards_is_later_and_has_other_ids(tmp_path: Path) -> None:
    before = lived_in(tmp_path)
    storage.save_workspace(before, tmp_path)
    after = storage.load_workspace(tmp_path, CLOCK)
    newest = max(message.ts for channel in before.channels for message in before.everything(channel))
    assert after.say(PORTFOLIO, ANN, "again").ts > newest
    assert int(after.ids.new("F")[1:]) > before.ids.last


def test_an_empty_folder_is_a_new_workspace(tmp_path: Path) -> None:
    assert [each.text for each in storage.load_workspace(tmp_path, CLOCK).history(RANDOM)] == [
        "Has anybody seen my umbrella?"
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["{", "[]", "{}", json.dumps({"form": 9})])
def test_one_that_cannot_be_read_is_named_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / storage.STATE
    path.write_text(content)
    with pytest.raises(UserError, match=r"workspace\.json cannot be read as a workspace.*--home"):
        storage.load_workspace(tmp_path, CLOCK)
    assert path.read_text() == content


def test_a_write_that_fails_leaves_the_old_state_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = lived_in(tmp_path)
    storage.save_workspace(workspace, tmp_path)
    before = (tmp_path / storage.STATE).read_bytes()
    workspace.say(PORTFOLIO, ANN, "more")

    def full(self: Path, target: Path) -> Path:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        storage.save_workspace(workspace, tmp_path)
    assert (tmp_path / storage.STATE).read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["files", storage.STATE]


async def test_changes_are_on_disk_a_moment_later_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, save = asyncio.Event(), storage.save_workspace

    def heard(workspace: Workspace, folder: Path) -> None:
        save(workspace, folder)
        written.set()

    monkeypatch.setattr(storage, "PAUSE", 0.0)
    monkeypatch.setattr(storage, "save_workspace", heard)
    workspace = seed_workspace(CLOCK)
    async with storage.keep_saved(workspace, tmp_path):
        await asyncio.sleep(0)
        workspace.say(PORTFOLIO, ANN, "first")
        await asyncio.wait_for(written.wait(), 2)
        assert storage.load_workspace(tmp_path, CLOCK).history(PORTFOLIO)[-1].text == "first"
        workspace.say(PORTFOLIO, ANN, "last")
    assert storage.load_workspace(tmp_path, CLOCK).history(PORTFOLIO)[-1].text == "last"
