"""A workspace in a folder: its state as one JSON file, written whole or not at all, and files beside it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from bot import files
from bot.errors import UserError
from bot.playground.model import Channel, File, PostedMessage, View
from bot.playground.seed import USERS, seeded
from bot.playground.workspace import Workspace
from bot.ports import Clock

STATE = "workspace.json"
FILES = "files"
FORM = 1
LONG_AGO = -1e9
"""A moment of every clock by which all that was kept had been processed."""
PAUSE = 0.2
"""Seconds in which changes are gathered before they are written."""


def opened(folder: Path, clock: Clock) -> Workspace:
    """The workspace that was kept in the folder, else a new one.

    Raises UserError where what is kept cannot be read.
    """
    path = folder / STATE
    if not path.exists():
        return seeded(clock, folder / FILES)
    try:
        return _restored(json.loads(path.read_text(encoding="utf-8")), folder / FILES, clock)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{path} cannot be read as a workspace ({type(error).__name__}: {error}). "
            "Move it away, or choose another folder with --home."
        ) from error


def save(workspace: Workspace, folder: Path) -> None:
    """Write everything; what was there before stays until the new is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    files.replace(folder / STATE, json.dumps(_state(workspace), ensure_ascii=False).encode())


@asynccontextmanager
async def kept(workspace: Workspace, folder: Path) -> AsyncIterator[None]:
    """Every change is on disk a moment later, and at the end of the block."""
    keeping = asyncio.create_task(_keep(workspace, folder))
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        save(workspace, folder)


async def _keep(workspace: Workspace, folder: Path) -> None:
    with workspace.changes() as feed:
        while True:
            await feed.get()
            await asyncio.sleep(PAUSE)
            while not feed.empty():
                feed.get_nowait()
            save(workspace, folder)


def _state(workspace: Workspace) -> dict[str, Any]:
    kept = (message for channel in workspace.channels for message in workspace.everything(channel))
    return {
        "form": FORM,
        "last_id": workspace.ids.last,
        "channels": [asdict(channel) for channel in workspace.channels.values()],
        "messages": [asdict(message) for message in kept],
        "files": [
            asdict(file) | {"held": None, "place": None} for file in workspace.files.values() if file.complete
        ],
        "homes": [asdict(view) for view in workspace.views.home_tabs.values()],
        "read": [[*where, ts] for where, ts in workspace.read.items()],
    }


def _restored(state: dict[str, Any], folder: Path, clock: Clock) -> Workspace:
    if state["form"] != FORM:
        raise ValueError(f"its form is {state['form']}, and {FORM} is what is known here")
    workspace = Workspace(clock, USERS, (_made(Channel, each) for each in state["channels"]), folder)
    workspace.ids.last = int(state["last_id"])
    for each in state["messages"]:
        workspace.keep(_made(PostedMessage, each))
    for each in state["files"]:
        place = folder / each["id"]
        found = {"place": place if place.exists() else None, "held": b"", "done_at": LONG_AGO}
        workspace.upload(_made(File, each | found))
    for each in state["homes"]:
        workspace.views.home_tabs[each["user"]] = _made(View, each)
    workspace.read |= {(user, channel): ts for user, channel, ts in state["read"]}
    return workspace


def _made(kind: Any, given: dict[str, Any]) -> Any:
    """A frozen value from its JSON, whose lists are tuples again."""
    names = {each.name for each in fields(kind)}
    return kind(
        **{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in given.items()
            if name in names
        }
    )
