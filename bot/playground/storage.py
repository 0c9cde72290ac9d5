"""A workspace in a folder, one JSON file and the uploaded files beside it; and the one to begin with."""

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
from bot.playground.model import BOT, BOT_NAME, SLACKBOT, Channel, File, Person, PostedMessage, View
from bot.playground.workspace import MICRO, Workspace, stamp
from bot.ports import Clock

STATE = "workspace.json"
FILES = "files"
FORM = 1
LONG_AGO = -1e9
"""A moment of every clock by which all that was kept had been processed."""
PAUSE = 0.2
"""Seconds in which changes are gathered before they are written."""


def load_workspace(folder: Path, clock: Clock) -> Workspace:
    """Load the workspace that was kept in the folder, else make a new one.

    Raises UserError where what is kept cannot be read.
    """
    path = folder / STATE
    if not path.exists():
        return seed_workspace(clock, folder / FILES)
    try:
        return _restore_workspace(json.loads(path.read_text(encoding="utf-8")), folder / FILES, clock)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{path} cannot be read as a workspace ({type(error).__name__}: {error}). "
            "Move it away, or choose another folder with --home."
        ) from error


def save_workspace(workspace: Workspace, folder: Path) -> None:
    """Write everything; what was there before stays until the new is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    files.replace(folder / STATE, json.dumps(_state(workspace), ensure_ascii=False).encode())


@asynccontextmanager
async def keep_saved(workspace: Workspace, folder: Path) -> AsyncIterator[None]:
    """Have every change on disk a moment later, and at the end of the block."""
    keeping = asyncio.create_task(_save_changes(workspace, folder))
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        save_workspace(workspace, folder)


async def _save_changes(workspace: Workspace, folder: Path) -> None:
    with workspace.changes() as feed:
        while True:
            await feed.get()
            await asyncio.sleep(PAUSE)
            while not feed.empty():
                feed.get_nowait()
            save_workspace(workspace, folder)


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


def _restore_workspace(state: dict[str, Any], folder: Path, clock: Clock) -> Workspace:
    if state["form"] != FORM:
        raise ValueError(f"its form is {state['form']}, and {FORM} is what is known here")
    workspace = Workspace(clock, USERS, (_make_record(Channel, each) for each in state["channels"]), folder)
    workspace.ids.last = int(state["last_id"])
    for each in state["messages"]:
        workspace.keep(_make_record(PostedMessage, each))
    for each in state["files"]:
        place = folder / each["id"]
        found = {"place": place if place.exists() else None, "held": b"", "done_at": LONG_AGO}
        workspace.upload(_make_record(File, each | found))
    for each in state["homes"]:
        workspace.views.home_tabs[each["user"]] = _make_record(View, each)
    workspace.read |= {(user, channel): ts for user, channel, ts in state["read"]}
    return workspace


def _make_record(kind: Any, given: dict[str, Any]) -> Any:
    """Make a frozen value from its JSON, whose lists are tuples again."""
    names = {each.name for each in fields(kind)}
    return kind(
        **{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in given.items()
            if name in names
        }
    )


ANN, BEN, CY = "U0ANN", "U0BEN", "U0CY"
PORTFOLIO, RESEARCH, DEALS, RANDOM = "C0PORTFOLIO", "C0RESEARCH", "C0DEALS", "C0RANDOM"

USERS = (
    Person(ANN, "ann", "Ann Portfolio", "Europe/London", is_admin=True),
    Person(BEN, "ben", "Ben Analyst", "America/New_York"),
    Person(CY, "cy", "Cy Guest", "Asia/Tokyo"),
    Person(BOT, BOT_NAME, "Watchpoint", "UTC", is_bot=True),
    Person(SLACKBOT, "slackbot", "Slackbot", "UTC", is_bot=True),
)
CHANNELS = (
    Channel(PORTFOLIO, "portfolio", "public", (ANN, BEN, CY, BOT), "Where the watchpoint bot is a member"),
    Channel(RANDOM, "random", "public", (ANN, BEN, CY), "Public, without the bot"),
    Channel(RESEARCH, "research-private", "private", (ANN, BEN, BOT), "Private, with the bot"),
    Channel(DEALS, "deals-private", "private", (ANN, BEN), "Private, without the bot"),
)
TALK = (
    (PORTFOLIO, BEN, "Small caps again on Thursday. Is SPSM still the better one of the two?"),
    (PORTFOLIO, ANN, "Ask the bot: `/compare ISCB SPSM`"),
    (RANDOM, CY, "Has anybody seen my umbrella?"),
    (RESEARCH, BEN, "Notes on the rebalance go here."),
    (DEALS, ANN, "Nothing that is said here reaches the bot."),
)
TALK_SECONDS_AGO = 3600
"""Seconds before the start that the talk so far took place."""


def seed_workspace(clock: Clock, folder: Path | None = None) -> Workspace:
    """Make people, channels, a little talk that everybody has read, and a DM for each person.

    folder: for uploaded files, see `Workspace`.
    """
    workspace = Workspace(clock, USERS, CHANNELS, folder)
    _talk(workspace)
    for person in workspace.humans():
        workspace.dm(person.id)
        for channel in workspace.channels_of(person.id):
            workspace.mark_read(person.id, channel.id)
    return workspace


def _talk(workspace: Workspace) -> None:
    start = int(workspace.clock.now().timestamp()) - TALK_SECONDS_AGO
    for minute, (channel, user, text) in enumerate(TALK):
        workspace.keep(PostedMessage(stamp((start + 60 * minute) * MICRO), channel, user, text))
