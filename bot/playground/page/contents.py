"""What stands on the page as one person sees it: messages in order, threads, channels, modal and Home tab."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from bot.playground.guide import next_in_channel, next_in_thread
from bot.playground.model import BOT, BOT_NAME, SLACKBOT, Channel, File, PostedMessage, View
from bot.playground.page.blocks import Blocks
from bot.playground.page.forms import Drafts
from bot.playground.page.mrkdwn import mrkdwn, plain_text
from bot.playground.page.viewer import Moment, Viewer
from bot.playground.workspace import files_in

NEWEST = 50
"""Messages on a page; the older ones come on demand."""
TOGETHER = 300.0
"""Seconds within which messages of one author stand under one name."""


@dataclass(frozen=True)
class ShownReplies:
    """What stands under the parent of a thread."""

    count: int
    last: Moment
    href: str


@dataclass(frozen=True)
class ShownRow:
    """One message.

    key : its id on the page; anchor : of the message itself, in both lists that it may stand in
    divider : the day that begins with it; follows : whether it stands under the name above it
    said : what notifications and screen readers get, where blocks are shown in its place
    files : to be downloaded, beside what the blocks show
    """

    key: str
    message: PostedMessage
    author: str
    initials: str
    hue: int
    at: Moment
    body: Markup
    said: str
    is_app: bool
    only_you: bool
    href: str
    press: str
    shortcut: str
    divider: str = ""
    follows: bool = False
    replies: ShownReplies | None = None
    files: tuple[File, ...] = ()


@dataclass(frozen=True)
class ShownPlace:
    """A channel in the bar on the left."""

    channel: Channel
    name: str
    href: str
    unread: int
    current: bool
    has_bot: bool


@dataclass(frozen=True)
class ShownNews:
    """What the app has posted in a place since time was let pass."""

    name: str
    href: str
    count: int


@dataclass(frozen=True)
class Chip:
    """A text that may come next, over a message box.  text: what a press sends; label: what it shows."""

    text: str
    label: str


@dataclass(frozen=True)
class ShownView:
    """A view: the topmost modal, or the Home tab."""

    view: View
    body: Markup
    title: str
    submit: str
    close: str
    press: str
    errors: str


@dataclass(frozen=True)
class PageContents:
    """Makes everything that one person sees.  drafts: what they have put into inputs."""

    viewer: Viewer
    drafts: Drafts

    def log(self, channel: str, everything: bool = False) -> tuple[list[ShownRow], int]:
        """Return the messages of a channel outside threads, oldest first, and how many older ones are left
        out.
        """
        found = self.viewer.workspace.history(channel, self.viewer.user)
        kept = found if everything else found[-NEWEST:]
        threads = self._threads(channel)
        rows = [replace(self._row(each, "m"), replies=threads.get(each.ts)) for each in kept]
        return _arrange_rows(rows), len(found) - len(kept)

    def thread(self, channel: str, ts: str) -> list[ShownRow]:
        """Return a parent and its replies; empty where there is none."""
        found = self.viewer.workspace.thread(channel, ts, self.viewer.user)
        return _arrange_rows([self._row(message, "t") for message in found])

    def places(self, current: str) -> list[ShownPlace]:
        """Return the channels that the person sees."""
        return [
            self._place(channel, current) for channel in self.viewer.workspace.channels_of(self.viewer.user)
        ]

    def news(self, since: datetime, until: datetime) -> list[ShownNews]:
        """Return where the app has posted between two moments, and how much."""
        viewer, found = self.viewer, list[ShownNews]()
        for channel in viewer.workspace.channels_of(viewer.user):
            posted = viewer.workspace.messages(channel.id, viewer.user)
            own = (float(each.ts) for each in posted if each.user == BOT)
            count = sum(since.timestamp() < ts <= until.timestamp() for ts in own)
            if count:
                name = viewer.name_of(BOT) if channel.kind == "dm" else f"#{channel.name}"
                found.append(ShownNews(name, viewer.href(channel.id), count))
        return found

    def chips(self, channel: Channel, thread: str = "", sent: Container[str] = ()) -> list[Chip]:
        """Return three texts that may come next in a channel or in a thread of it.

        sent: those that were sent from here already; they come last.
        """
        viewer, name = self.viewer, f"@{BOT_NAME} "
        said = viewer.workspace.thread(channel.id, thread, viewer.user) if thread else []
        texts = next_in_thread(channel, said) if said else next_in_channel(channel)
        last = sorted(texts, key=lambda text: text in sent)
        return [Chip(text, text.removeprefix(name)) for text in last[:CHIPS]]

    def modal(self, place: str) -> ShownView | None:
        """Return what lies on top of the page.  place: a channel, empty for the Home tab: a form that was
        opened elsewhere stays there.
        """
        view = self.viewer.workspace.views.top(self.viewer.user)
        return self._show_view(view) if view and view.place in (None, place) else None

    def home(self) -> ShownView | None:
        """Return the app's Home tab; None where it has published none."""
        view = self.viewer.workspace.views.home_tabs.get(self.viewer.user)
        return self._show_view(view) if view else None

    def notice(self, channel: str, ts: str) -> str:
        """Return what a notification says about a message, in plain words."""
        message = self.viewer.workspace.message(channel, ts)
        if message is None or message.user == self.viewer.user:
            return ""
        return f"{self.viewer.name_of(message.user)}: {plain_text(message.text, self.viewer)}"

    def _row(self, message: PostedMessage, prefix: str) -> ShownRow:
        viewer, key = self.viewer, f"{prefix}{message.ts.replace('.', '-')}"
        person = viewer.workspace.users.get(message.user)
        place = f"{viewer.href(message.channel)}/messages/{message.ts}"
        state = self.drafts.of(viewer.user, f"{message.channel}/{message.ts}")
        blocks = Blocks(viewer, key, f"{place}/press", state)
        return ShownRow(
            key=key,
            message=message,
            author=viewer.name_of(message.user),
            initials=viewer.initials_of(message.user),
            hue=viewer.hue_of(message.user),
            at=viewer.moment_of(message),
            body=blocks.all(message.blocks) if message.blocks else mrkdwn(message.text, viewer),
            said=plain_text(message.text, viewer) if message.blocks else "",
            is_app=person is not None and person.is_bot and person.id != SLACKBOT,
            only_you=message.ephemeral_for is not None,
            href=viewer.href(message.channel, message.thread_ts or message.ts),
            press=f"{place}/press",
            shortcut=f"{place}/shortcut",
            files=self._files(message),
        )

    def _files(self, message: PostedMessage) -> tuple[File, ...]:
        shown = set(files_in(message.blocks))
        found = (self.viewer.file(each) for each in message.files if each not in shown)
        return tuple(file for file in found if file is not None)

    def _threads(self, channel: str) -> dict[str, ShownReplies]:
        """Sum up the replies of each thread, by the parent's ts."""
        found: dict[str, ShownReplies] = {}
        for message in self.viewer.workspace.messages(channel, self.viewer.user):
            parent = message.thread_ts
            if parent and parent != message.ts:
                count = found[parent].count + 1 if parent in found else 1
                found[parent] = ShownReplies(
                    count, self.viewer.moment_of(message), self.viewer.href(channel, parent)
                )
        return found

    def _place(self, channel: Channel, current: str) -> ShownPlace:
        viewer = self.viewer
        name = viewer.name_of(BOT) if channel.kind == "dm" else channel.name
        unread = viewer.workspace.unread(viewer.user, channel.id)
        here = channel.id == current
        return ShownPlace(channel, name, viewer.href(channel.id), unread, here, BOT in channel.members)

    def _show_view(self, view: View) -> ShownView:
        body, user = view.body, self.viewer.user
        press = f"/as/{user}/views/{view.id}/press"
        blocks = Blocks(self.viewer, view.id, press, self.drafts.of(user, view.id), view.errors)
        return ShownView(
            view,
            blocks.all(body["blocks"]),
            _label(body.get("title"), "Home"),
            _label(body.get("submit"), ""),
            _label(body.get("close"), "Cancel"),
            press,
            view.errors.get("", ""),
        )


CHIPS = 3


def _arrange_rows(rows: Sequence[ShownRow]) -> list[ShownRow]:
    """Arrange rows with a divider before each day, and names only where the author changes."""
    arranged = []
    for index, row in enumerate(rows):
        above = rows[index - 1] if index else None
        day = row.at.divider
        divider = "" if above and above.at.local.date() == row.at.local.date() else day
        arranged.append(replace(row, divider=divider, follows=not divider and _follows_above(row, above)))
    return arranged


def _follows_above(row: ShownRow, above: ShownRow | None) -> bool:
    if above is None or row.only_you or above.only_you or row.message.subtype or above.message.subtype:
        return False
    near = row.at.seconds - above.at.seconds < TOGETHER
    return near and row.message.user == above.message.user and row.message.user not in (BOT, SLACKBOT)


def _label(node: object, otherwise: str) -> str:
    return str(node.get("text", otherwise)) if isinstance(node, dict) else otherwise
