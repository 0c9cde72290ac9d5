"""The state of the embedded workspace: messages, channels, files, views, and a feed of their changes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.playground.model import (
    BOT,
    Block,
    Change,
    ChangeKind,
    Channel,
    File,
    Person,
    PostedMessage,
    View,
    ViewKind,
)
from bot.ports import Clock

MICRO = 1_000_000


class Workspace:
    """People, channels, messages, files and views of one team.

    clock: gives the messages their ts; two messages in one microsecond still get two.
    folder: where uploaded files go; None: they stay in memory.
    read: by (person, channel), the newest ts that the person has seen.
    """

    def __init__(
        self,
        clock: Clock,
        users: Iterable[Person] = (),
        channels: Iterable[Channel] = (),
        folder: Path | None = None,
    ) -> None:
        self.clock, self._folder = clock, folder
        self.users: dict[str, Person] = {person.id: person for person in users}
        self.channels: dict[str, Channel] = {channel.id: channel for channel in channels}
        self.files: dict[str, File] = {}
        self.read: dict[tuple[str, str], str] = {}
        self.feed, self.ids = Feed(), Ids()
        self.views = Views(self.feed, self.ids)
        self._messages: dict[str, dict[str, PostedMessage]] = {}
        self._gone: set[tuple[str, str]] = set()
        self._last = 0

    def changes(self) -> AbstractContextManager[asyncio.Queue[Change]]:
        """Open a queue that gets every change from now on, until the block ends."""
        return self.feed.changes()

    # Looking

    def humans(self) -> list[Person]:
        """List whom one can act as."""
        return [person for person in self.users.values() if not person.is_bot]

    def channels_of(self, user: str) -> list[Channel]:
        """Return what a person can see: every public channel, and what they are a member of."""
        return [each for each in self.channels.values() if each.kind == "public" or user in each.members]

    def message(self, channel: str, ts: str) -> PostedMessage | None:
        """Return one message, an ephemeral one too."""
        return self._messages.get(channel, {}).get(ts)

    def messages(self, channel: str, user: str | None = None) -> list[PostedMessage]:
        """Return all of a channel and its threads, oldest first; what is ephemeral only for `user`."""
        return [message for message in self.everything(channel) if message.ephemeral_for in (None, user)]

    def everything(self, channel: str) -> list[PostedMessage]:
        """Return all of a channel, whoever may see it, oldest first."""
        return list(self._messages.get(channel, {}).values())

    def history(self, channel: str, user: str | None = None) -> list[PostedMessage]:
        """Return the messages outside threads, oldest first; what is ephemeral only for `user`."""
        return [each for each in self.messages(channel, user) if each.thread_ts in (None, each.ts)]

    def thread(self, channel: str, ts: str, user: str | None = None) -> list[PostedMessage]:
        """Return the parent and its replies, oldest first; what is ephemeral only for `user`."""
        return [each for each in self.messages(channel, user) if ts in (each.ts, each.thread_ts)]

    def has_begun(self, channel: str, ts: str) -> bool:
        """Tell whether a thread is one: somebody has answered under the message, for all to see."""
        return any(each.thread_ts == ts and each.ts != ts for each in self.messages(channel))

    def is_gone(self, channel: str, ts: str) -> bool:
        """Return whether a thread has ended: its parent was taken away, and nothing stands in it."""
        return (channel, ts) in self._gone and not self.thread(channel, ts)

    def unread(self, user: str, channel: str) -> int:
        """Return how many messages of others the person has not seen in the channel."""
        read = self.read.get((user, channel), "")
        return sum(each.ts > read and each.user != user for each in self.history(channel, user))

    # Talking

    def say(self, channel: str, user: str, text: str, thread_ts: str | None = None) -> PostedMessage:
        """Post what a person types; whether the app hears of it is not decided here."""
        message = self.post(channel, user, text, thread_ts=thread_ts)
        self.mark_read(user, channel)
        return message

    def post(
        self,
        channel: str,
        user: str,
        text: str,
        blocks: Sequence[Block] = (),
        *,
        thread_ts: str | None = None,
        ephemeral_for: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        files: Sequence[str] = (),
        subtype: str = "",
    ) -> PostedMessage:
        """Put a message into a channel or a thread; files: ids of those that go with it beside the blocks."""
        message = PostedMessage(
            self.next_ts(),
            channel,
            user,
            text,
            tuple(blocks),
            thread_ts,
            ephemeral_for,
            metadata=metadata,
            files=(*files_in(blocks), *files),
            subtype=subtype,
        )
        self.keep(message)
        return message

    def post_ephemeral(
        self,
        channel: str,
        user: str,
        only_for: str,
        text: str,
        blocks: Sequence[Block] = (),
        thread_ts: str | None = None,
    ) -> PostedMessage:
        """Show a message to one person."""
        return self.post(channel, user, text, blocks, thread_ts=thread_ts, ephemeral_for=only_for)

    def update(
        self,
        channel: str,
        ts: str,
        text: str,
        blocks: Sequence[Block] = (),
        metadata: Mapping[str, Any] | None = None,
    ) -> PostedMessage:
        """Put other words into a message; KeyError where there is none.  metadata: None keeps what it had."""
        old = self._messages[channel][ts]
        new = replace(
            old,
            text=text,
            blocks=tuple(blocks),
            files=tuple(files_in(blocks)),
            edited=self.next_ts(),
            metadata=old.metadata if metadata is None else metadata,
        )
        self._messages[channel][ts] = new
        self.feed.tell("update", channel, ts, old.ephemeral_for or "")
        return new

    def delete(self, channel: str, ts: str) -> None:
        """Take a message away; KeyError where there is none."""
        gone = self._messages[channel].pop(ts)
        self._gone.add((channel, ts))
        self.feed.tell("delete", channel, ts, gone.ephemeral_for or "")

    def keep(self, message: PostedMessage) -> None:
        """Put a whole message in its place, as it was stored."""
        self._messages.setdefault(message.channel, {})[message.ts] = message
        self._last = max(self._last, micros(message.ts))
        self.feed.tell("message", message.channel, message.ts, message.ephemeral_for or "")

    def next_ts(self) -> str:
        """Make a ts later than every one before."""
        self._last = max(int(self.clock.now().timestamp() * MICRO), self._last + 1)
        return stamp(self._last)

    def mark_read(self, user: str, channel: str) -> None:
        """Note that the person has seen all there is in the channel."""
        newest = max((each.ts for each in self.messages(channel, user)), default="")
        if newest > self.read.get((user, channel), ""):
            self.read[user, channel] = newest
            self.feed.tell("read", channel, user=user)

    # Coming and going

    def dm(self, user: str) -> Channel:
        """Find the direct messages between a person and the bot, opened where there are none yet."""
        name = f"D{user[1:]}"
        if name not in self.channels:
            self._change(Channel(name, "", "dm", (user, BOT)))
        return self.channels[name]

    def join(self, channel: str, user: str, inviter: str | None = None) -> None:
        """Make somebody a member and say so in the channel; nothing where they are one."""
        old = self.channels[channel]
        if user in old.members:
            return
        self._change(replace(old, members=(*old.members, user)))
        words = f"was added to #{old.name} by <@{inviter}>." if inviter else f"joined #{old.name}."
        self.post(channel, user, f"<@{user}> {words}", subtype="channel_join")

    def leave(self, channel: str, user: str, remover: str | None = None) -> None:
        """Take somebody out of a channel and say so there; nothing where they are not in it."""
        old = self.channels[channel]
        if user not in old.members:
            return
        words = f"was removed from #{old.name} by <@{remover}>." if remover else f"left #{old.name}."
        self.post(channel, user, f"<@{user}> {words}", subtype="channel_leave")
        self._change(replace(old, members=tuple(member for member in old.members if member != user)))

    def create(self, name: str, user: str) -> Channel:
        """Open a public channel with one member."""
        made = Channel(self.ids.new("C"), name, "public", (user,))
        self._change(made)
        return made

    def archive(self, channel: str) -> None:
        """Close a channel: it can be read, and nothing is said there."""
        self._change(replace(self.channels[channel], archived=True))

    def unarchive(self, channel: str, user: str) -> None:
        """Open a channel again: in a public one is then only who does it, a private one keeps its members."""
        old = self.channels[channel]
        members = (user,) if old.kind == "public" else old.members
        self._change(replace(old, archived=False, members=members))

    def make_private(self, channel: str) -> None:
        """Close a public channel to all but its members."""
        self._change(replace(self.channels[channel], kind="private"))

    def rename(self, channel: str, name: str) -> None:
        """Give a channel another name; its id stays."""
        self._change(replace(self.channels[channel], name=name))

    def drop(self, channel: str) -> None:
        """Take a channel away with all that was said in it."""
        del self.channels[channel]
        self._messages.pop(channel, None)
        self.feed.tell("channel", channel)

    def upload(self, file: File) -> None:
        """Keep a file, or its newer state."""
        if self._folder is not None and file.held:
            self._folder.mkdir(parents=True, exist_ok=True)
            place = self._folder / file.id
            place.write_bytes(file.held)
            file = replace(file, held=b"", place=place)
        self.files[file.id] = file

    def _change(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        self.feed.tell("channel", channel.id)


def stamp(since_1970: int) -> str:
    """Return a ts of microseconds: seconds since 1970 with six decimals."""
    return f"{since_1970 // MICRO}.{since_1970 % MICRO:06d}"


def micros(ts: str) -> int:
    """Return the microseconds since 1970 of a ts."""
    whole, _, part = ts.partition(".")
    return int(whole) * MICRO + int(part.ljust(6, "0")[:6])


def files_in(node: object) -> Iterator[str]:
    """Yield the ids of all files that blocks show, at any depth."""
    if isinstance(node, Mapping):
        file = node.get("slack_file")
        if isinstance(file, Mapping) and isinstance(file.get("id"), str):
            yield file["id"]
        for value in node.values():
            yield from files_in(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from files_in(item)


Body = Mapping[str, Any]


class Views:
    """What is open before whom.  homes: by person; modals: stacks by person, the topmost last."""

    def __init__(self, feed: Feed, ids: Ids) -> None:
        self.home_tabs: dict[str, View] = {}
        self.modals: dict[str, tuple[View, ...]] = {}
        self._feed, self._ids = feed, ids

    def top(self, user: str) -> View | None:
        """Return the modal that the person looks at; None where none is open."""
        return next(reversed(self.modals.get(user, ())), None)

    def all(self) -> list[View]:
        """List whatever anybody has open."""
        return [*(view for stack in self.modals.values() for view in stack), *self.home_tabs.values()]

    def get(self, view_id: str) -> View | None:
        """Return a view by its id, whoever has it open."""
        return next((view for view in self.all() if view.id == view_id), None)

    def open(self, user: str, body: Body, place: str | None = None) -> View:
        """Show a modal in place of all that are open: the first of a new stack.  place: see `View`."""
        return self._stack(user, (replace(self._new("modal", user, body), place=place),))

    def push(self, user: str, body: Body) -> View:
        """Lay a modal on top of the stack."""
        under = self.modals.get(user, ())
        view = self._new("modal", user, body)
        if under:
            view = replace(view, root=under[0].id, previous=under[-1].id, place=under[0].place)
        return self._stack(user, (*under, view))

    def update(self, view_id: str, body: Body) -> View:
        """Put other content into a view; KeyError where it is closed."""
        old = self.get(view_id)
        if old is None:
            raise KeyError(view_id)
        return self._put(replace(old, body=body, hash=secrets.token_hex(8), errors={}))

    def refuse(self, view_id: str, errors: Mapping[str, str]) -> None:
        """Show beside its inputs what is wrong with a submission; errors: by block_id."""
        view = self.get(view_id)
        if view is not None:
            self._put(replace(view, errors=errors))

    def close(self, user: str, everything: bool = False) -> None:
        """Take the topmost modal away, or the whole stack."""
        self.modals[user] = () if everything else self.modals.get(user, ())[:-1]
        self._feed.tell("view", user=user)

    def publish(self, user: str, body: Body) -> View:
        """Set a person's Home tab; it keeps its id."""
        old, view = self.home_tabs.get(user), self._new("home", user, body)
        return self._put(replace(view, id=old.id, root=old.root) if old else view)

    def _new(self, kind: ViewKind, user: str, body: Body) -> View:
        view_id = self._ids.new("V")
        return View(view_id, kind, user, body, secrets.token_hex(8), root=view_id)

    def _stack(self, user: str, views: tuple[View, ...]) -> View:
        self.modals[user] = views
        self._feed.tell("view", user=user)
        return views[-1]

    def _put(self, view: View) -> View:
        if view.kind == "home":
            self.home_tabs[view.user] = view
        else:
            stack = self.modals[view.user]
            self.modals[view.user] = tuple(view if each.id == view.id else each for each in stack)
        self._feed.tell("view", user=view.user)
        return view


class Feed:
    """Passes changes on to everybody who listens, in the event loop's thread."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Change]] = set()

    @contextmanager
    def changes(self) -> Iterator[asyncio.Queue[Change]]:
        """Open a queue that gets every change from now on, until the block ends."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def tell(self, kind: ChangeKind, channel: str = "", ts: str = "", user: str = "") -> None:
        """Pass a change on; user: the only person whom it concerns."""
        for queue in self._listeners:
            queue.put_nowait(Change(kind, channel, ts, user))


class Ids:
    """Counts up for ever."""

    def __init__(self) -> None:
        self.last = 0

    def new(self, prefix: str) -> str:
        """Make an id that nothing else has, e.g. F00000012."""
        self.last += 1
        return f"{prefix}{self.last:08d}"
