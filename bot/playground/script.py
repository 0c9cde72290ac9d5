"""Plays typed lines and prints what comes back, for documentation and tests."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import zip_longest
from typing import Any

from bot.errors import UserError
from bot.playground.actions import Actions
from bot.playground.model import BOT_NAME, Change, PostedMessage
from bot.playground.workspace import Workspace

INDENT = "    "
_LINE = re.compile(r"(?:#(?P<channel>[\w-]+)|@(?P<app>[\w-]+))(?P<thread>>)? +(?P<person>\w+): *(?P<text>.+)")
_CLOCK = re.compile(r"@clock +(?P<sessions>\d{1,3}) sessions?")
_CHANNEL = re.compile(
    r"@channel +#?(?P<name>[\w-]+) +(?:(?P<deed>archive|unarchive|private|delete)|rename +#?(?P<to>[\w-]+))"
)
_LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")


@dataclass(frozen=True)
class ScriptLine:
    """One line to type.  channel: its name, None for the direct messages; thread: as a reply."""

    given: str
    channel: str | None
    person: str
    text: str
    thread: bool = False


@dataclass(frozen=True)
class SessionsPass:
    """Sessions that are let pass."""

    given: str
    sessions: int


@dataclass(frozen=True)
class Changing:
    """What the first person does to a channel.  deed: "archive" and the like; to: its new name, or empty."""

    given: str
    channel: str
    deed: str
    to: str = ""


def read_script(script: str) -> list[ScriptLine | SessionsPass | Changing]:
    """Return the lines to type.  Raises UserError that names every line that cannot be read."""
    lines: list[ScriptLine | SessionsPass | Changing] = []
    wrong: list[str] = []
    for number, given in enumerate(script.splitlines(), 1):
        if not given.strip() or given.startswith("#!"):
            continue
        clock = _CLOCK.fullmatch(given.strip())
        if clock:
            lines.append(SessionsPass(given.strip(), int(clock["sessions"])))
            continue
        if channel := _CHANNEL.fullmatch(given.strip()):
            name, deed, to = channel["name"], channel["deed"] or "rename", channel["to"] or ""
            lines.append(Changing(given.strip(), name, deed, to))
            continue
        match = _LINE.fullmatch(given.strip())
        if match is None or match["app"] not in (None, BOT_NAME):
            wrong.append(f"Line {number} cannot be read: {given!r}. It looks like `#portfolio ann: hello`.")
            continue
        thread = match["thread"] is not None
        lines.append(
            ScriptLine(given.strip(), match["channel"], match["person"].lower(), match["text"], thread)
        )
    if wrong:
        raise UserError(*wrong)
    return lines


@dataclass(frozen=True)
class Stage:
    """What a script is played on.  idle: waits until the bot has nothing to do; pass_: lets sessions pass."""

    deeds: Actions
    idle: Callable[[], Awaitable[None]]
    pass_: Callable[[int], Awaitable[object]]
    workspace: Workspace


async def play_script(
    lines: Sequence[ScriptLine | SessionsPass | Changing], stage: Stage, say: Callable[[str], None]
) -> None:
    """Type the lines one after the other and print what each person then sees.

    While time passes, or something becomes of a channel, it is what the first person sees.
    Raises UserError for a person or channel that is not there.
    """
    workspace = stage.workspace
    for line in lines:
        say(line.given)
        with workspace.changes() as feed:
            user = await _do_line(line, stage)
            seen = list(_new_messages(feed, user, workspace))
        for message in seen:
            for text in message_lines(message, workspace):
                say(f"{INDENT}{text}".rstrip())
        say("")


async def _do_line(line: ScriptLine | SessionsPass | Changing, stage: Stage) -> str:
    """Do what the line says; gives whose eyes are to be looked through."""
    workspace = stage.workspace
    if isinstance(line, SessionsPass):
        await stage.pass_(line.sessions)
        return workspace.humans()[0].id
    if isinstance(line, Changing):
        user = workspace.humans()[0].id
        await _change_channel(line, user, stage)
        await stage.idle()
        return user
    user, channel = _person(line, workspace), _channel(line, workspace)
    await stage.deeds.type(user, channel, line.text, _thread(line, channel, workspace))
    await stage.idle()
    return user


async def _change_channel(line: Changing, user: str, stage: Stage) -> None:
    workspace, channel = stage.workspace, _channel_named(line.channel, line.given, stage.workspace)
    match line.deed:
        case "archive":
            workspace.archive(channel)
        case "unarchive":
            await stage.deeds.unarchive(user, channel)
        case "private":
            workspace.make_private(channel)
        case "delete":
            await stage.deeds.delete_channel(user, channel)
        case _:
            workspace.rename(channel, line.to)


def message_lines(message: PostedMessage, workspace: Workspace) -> Iterator[str]:
    """Yield a message as lines of plain text, the first with who says it and to whom."""
    speaker = workspace.users[message.user]
    alone = " (only you can see this)" if message.ephemeral_for else ""
    yield f"{speaker.real_name}{alone}:"
    for block in message.blocks or ({"type": "section", "text": {"text": message.text}},):
        yield from _block(block, workspace)


def _new_messages(feed: asyncio.Queue[Change], user: str, workspace: Workspace) -> Iterator[PostedMessage]:
    """Return what was posted or changed and is not the person's own, each once, as it is now."""
    changed: dict[tuple[str, str], None] = {}
    visible = {channel.id for channel in workspace.channels_of(user)}
    while not feed.empty():
        change = feed.get_nowait()
        if change.kind in ("message", "update") and change.user in ("", user) and change.channel in visible:
            changed[change.channel, change.ts] = None
    messages = (workspace.message(*where) for where in changed)
    return (message for message in messages if message is not None and message.user != user)


def _block(block: dict[str, Any], workspace: Workspace) -> Iterator[str]:
    kind = block["type"]
    if kind == "table":
        yield from _table([[_words(cell, workspace) for cell in row] for row in block["rows"]])
    elif kind == "image":
        yield f"[picture: {_plain_text(block['alt_text'], workspace)}]"
    elif kind == "actions":
        yield " ".join(f"[{_words(element, workspace)}]" for element in block["elements"])
    elif kind != "divider":
        yield from _words(block, workspace).splitlines()


def _words(node: Any, workspace: Workspace) -> str:
    """Return every text in it, one under the other; those of one line of rich text side by side."""
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            return _plain_text(node["text"], workspace)
        between = "" if node.get("type") == "rich_text_section" else "\n"
        parts = (node.get(key) for key in ("text", "fields", "elements", "accessory", "placeholder"))
        found = (
            _words(each, workspace) for part in parts for each in (part if isinstance(part, list) else [part])
        )
        return between.join(text for text in found if text)
    return ""


def _plain_text(text: str, workspace: Workspace) -> str:
    def named(match: re.Match[str]) -> str:
        target, label = match[1], match[2]
        if target[:1] in "@#!" and not label:
            person, channel = workspace.users.get(target[1:]), workspace.channels.get(target[1:])
            return f"@{person.name}" if person else f"#{channel.name}" if channel else target
        return label or target

    return unescape(_LINK.sub(named, text))


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    for row in rows:
        first, *rest = [
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        yield "  ".join((first, *rest)).rstrip()


def _person(line: ScriptLine, workspace: Workspace) -> str:
    names = {person.name: person.id for person in workspace.humans()}
    if line.person not in names:
        raise UserError(f"{line.given!r}: there is no {line.person}. There are: {', '.join(names)}.")
    return names[line.person]


def _channel(line: ScriptLine, workspace: Workspace) -> str:
    if line.channel is None:
        return workspace.dm(_person(line, workspace)).id
    return _channel_named(line.channel, line.given, workspace)


def _channel_named(name: str, given: str, workspace: Workspace) -> str:
    names = {channel.name: channel.id for channel in workspace.channels.values() if channel.name}
    if name not in names:
        raise UserError(f"{given!r}: there is no #{name}. There are: {', '.join(names)}.")
    return names[name]


def _thread(line: ScriptLine, channel: str, workspace: Workspace) -> str | None:
    """Return the newest message outside threads, where a reply is asked for."""
    history = workspace.history(channel) if line.thread else []
    return history[-1].ts if history else None
