"""Plays a script and prints what each person then sees, for documentation and tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.playground.actions import Actions
from bot.playground.api.server import EVERY, Slack
from bot.playground.model import BOT_NAME, Change, PostedMessage, View
from bot.playground.page.forms import (
    EXTERNAL,
    KEYS,
    SEVERAL,
    Choice,
    Drafts,
    Element,
    FormElement,
    State,
    action_of,
    choices,
    complaints,
    current_state,
    element_value,
    value_of_form,
)
from bot.playground.page.viewer import Viewer
from bot.playground.payloads import ClickSource
from bot.playground.plain_text import (
    Surface,
    choice_label,
    element_labels,
    is_same,
    message_lines,
    pressable,
    view_lines,
    without_emphasis,
)
from bot.playground.script import (
    FORM,
    HOME,
    OFF,
    AnyLine,
    ChannelChange,
    FaultSwitch,
    MomentComes,
    ScriptLine,
    SessionsPass,
)
from bot.playground.workspace import Workspace

INDENT = "    "


@dataclass(frozen=True)
class Stage:
    """What a script is played on.

    idle: waits until the bot has nothing to do; pass_: lets sessions pass; to: lets time pass until a moment.
    """

    deeds: Actions
    slack: Slack
    idle: Callable[[], Awaitable[None]]
    pass_: Callable[[int], Awaitable[object]]
    to: Callable[[datetime], Awaitable[object]]

    @property
    def workspace(self) -> Workspace:
        """What people see."""
        return self.slack.workspace


async def play_script(lines: Sequence[AnyLine], stage: Stage, say: Callable[[str], None]) -> None:
    """Do one line after the other and print what its person then sees.

    While time passes, or something becomes of a channel, it is what the first person sees.  Raises UserError
    with the line's number: before anything is done for people, channels and methods that are never there,
    else where what is asked for is not there, after what was printed so far.
    """
    check_names(lines, stage)
    player = Player(stage)
    for line in lines:
        say(line.given)
        for text in await player.play(line):
            say(f"{INDENT}{text}".rstrip())
        say("")


def check_names(lines: Sequence[AnyLine], stage: Stage) -> None:
    """Look for people, channels and methods that are never there; raises UserError that names them all."""
    people = [person.name for person in stage.workspace.humans()]
    channels = [channel.name for channel in stage.workspace.channels.values() if channel.name]
    wrong: list[str] = []
    for line in lines:
        if isinstance(line, ChannelChange):
            channels += [line.channel] if line.deed == "create" else [line.to] if line.to else []
            wrong += _absent(line, "#" + line.channel, [f"#{each}" for each in channels])
        if isinstance(line, FaultSwitch) and line.method != EVERY:
            wrong += _absent(line, line.method, stage.slack.methods)
        if isinstance(line, ScriptLine):
            wrong += _absent(line, line.person, people)
            if line.verb in ("invite", "remove") and line.text:
                everybody = [person.name for person in stage.workspace.users.values()]
                wrong += _absent(line, line.text.lower(), everybody)
            if line.place.startswith("#"):
                wrong += _absent(line, line.place, [f"#{each}" for each in channels])
    if wrong:
        raise UserError(*wrong)


def _absent(line: AnyLine, name: str, known: Sequence[str]) -> list[str]:
    return [] if name in known else [_complaint(line, f"There is no {name}. There are: {', '.join(known)}.")]


def _complaint(line: AnyLine, words: str) -> str:
    return f"Line {line.number}, {line.given!r}: {words}"


def _fault(line: AnyLine, words: str, kind: str = "", possible: Sequence[str] = ()) -> UserError:
    """Return why a line cannot be done.  kind: what there may be; possible: what there is."""
    known = list(dict.fromkeys(possible))
    there = f" {kind}: {', '.join(known) or 'none'}." if kind else ""
    return UserError(_complaint(line, f"{words}{there}"))


class FilledField:
    """A form with one field, as a browser would post it."""

    def __init__(self, part: FormElement, values: Sequence[str]) -> None:
        self._name, self._values = part.name, list(values)

    def getall(self, key: str, default: list[object], /) -> list[object]:
        """Return every value of a field."""
        return list(self._values) if key == self._name else default


class Player:
    """Does lines, and remembers what is put into forms meanwhile."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._workspace, self._deeds = stage, stage.workspace, stage.deeds
        self._drafts = Drafts()

    async def play(self, line: AnyLine) -> list[str]:
        """Do a line; gives what the person sees then that is new.  Raises UserError where it cannot be."""
        user = self._user_of(line)
        with self._workspace.changes() as feed:
            before = self._views(user)
            await self._do(line, user)
            await self._stage.idle()
            news = list(_news(feed, user, line, self._workspace))
        lines = self._messages_apart(news)
        if isinstance(line, SessionsPass | MomentComes):
            return [*lines, self._time(user)]
        if isinstance(line, ScriptLine) and line.verb in ("show", "form", "home"):
            return self._looked_at(line, user)
        return [*lines, *self._changed_views(line, user, *before)]

    async def _do(self, line: AnyLine, user: str) -> None:
        match line:
            case SessionsPass():
                await self._stage.pass_(line.sessions)
            case MomentComes():
                await self._wait(line, user)
            case FaultSwitch(name=name) if name == OFF:
                self._stage.slack.faults.off()
            case FaultSwitch():
                self._stage.slack.faults.on(line.name, line.method, line.times)
            case ChannelChange():
                await self._change_channel(line, user)
            case ScriptLine():
                await self._act(line, user)

    async def _act(self, line: ScriptLine, user: str) -> None:
        match line.verb:
            case "type":
                await self._type(line, user)
            case "press":
                await self._press(line, user)
            case "choose" | "fill":
                await self._put(line, user)
            case "shortcut":
                await self._shortcut(line, user)
            case "send":
                await self._send(line, user)
            case "close":
                await self._deeds.close(user, self._form(line, user).id)
            case "home":
                await self._deeds.open_home(user)
            case "edit":
                message = self._own_message(line, user)
                await self._deeds.edit(user, message.channel, message.ts, line.text)
            case "delete":
                message = self._own_message(line, user)
                await self._deeds.erase(user, message.channel, message.ts)
            case "invite" | "remove":
                await self._move(line, user)

    # Talking and time

    async def _type(self, line: ScriptLine, user: str) -> None:
        channel = self._channel(line, user)
        if self._workspace.channels[channel].archived:
            raise _fault(line, f"{line.place} is archived. `@channel {line.place} unarchive` opens it.")
        await self._deeds.type(user, channel, line.text, self._thread(line, user) if line.thread else None)

    async def _wait(self, line: MomentComes, user: str) -> None:
        moment = line.moment(ZoneInfo(self._workspace.users[user].tz))
        if moment <= self._workspace.clock.now().astimezone(UTC):
            raise _fault(line, f"That moment is over. {self._time(user)}")
        await self._stage.to(moment)

    def _time(self, user: str) -> str:
        viewer = Viewer(self._workspace, user)
        local = viewer.moment(self._workspace.clock.now().timestamp()).local
        return f"It is {local:%a} {local.day} {local:%b %Y, %H:%M} in {viewer.city}."

    # Channels

    async def _change_channel(self, line: ChannelChange, user: str) -> None:
        channels = {each.name: each.id for each in self._workspace.channels.values() if each.name}
        taken = line.channel if line.deed == "create" else line.to
        if taken in channels:
            raise _fault(line, f"There is a #{taken} already.")
        if line.deed == "create":
            self._deeds.create_channel(user, line.channel)
            return
        if line.channel not in channels:
            names = [f"#{each}" for each in channels]
            raise _fault(line, f"There is no #{line.channel}.", "There are", names)
        channel = channels[line.channel]
        match line.deed:
            case "archive":
                self._deeds.archive(channel)
            case "unarchive":
                await self._deeds.unarchive(user, channel)
            case "private":
                self._deeds.make_private(channel)
            case "delete":
                await self._deeds.delete_channel(user, channel)
            case _:
                self._deeds.rename(channel, line.to)

    async def _move(self, line: ScriptLine, user: str) -> None:
        channel, name = self._channel(line, user), line.text.lower() or BOT_NAME
        whom = next(each.id for each in self._workspace.users.values() if each.name == name)
        members = self._workspace.channels[channel].members
        names = [self._workspace.users[each].name for each in members]
        if user not in members:
            raise _fault(line, f"{line.person} is not in {line.place}.", "In it are", names)
        if (whom in members) == (line.verb == "invite"):
            state = "is in it already" if whom in members else "is not in it"
            raise _fault(line, f"{name} {state}.", "In it are", names)
        if line.verb == "invite":
            await self._deeds.invite(user, channel, whom)
        else:
            self._deeds.remove(user, channel, whom)

    # Buttons, menus and forms

    async def _press(self, line: ScriptLine, user: str) -> None:
        viewer, labels = Viewer(self._workspace, user), list[str]()
        for surface in self._surfaces(line, user):
            for what, label in pressable(surface, viewer):
                if is_same(label, line.text):
                    await self._click(surface, user, what, self._state(surface, user))
                    return
                labels.append(label)
        raise _fault(line, f"There is no button {line.text!r} here.", "Buttons that are there", labels)

    async def _put(self, line: ScriptLine, user: str) -> None:
        """Choose in a menu, or fill in a field; what waits for no form to be sent is told at once."""
        viewer, labels = Viewer(self._workspace, user), list[str]()
        for surface in self._surfaces(line, user):
            state = self._state(surface, user)
            for block, part in surface.elements():
                if part.kind not in KEYS and part.kind != "overflow":
                    continue
                names = element_labels(block, part, state, viewer)
                labels.append(names[0])
                if any(is_same(each, line.text) for each in names):
                    await self._put_into(line, surface, block, part, state, viewer)
                    return
        kind = "Fields" if FORM in (line.place, f"@{line.verb}") or line.verb == "fill" else "Menus"
        raise _fault(line, f"There is no {line.text!r} here.", f"{kind} that are there", labels)

    async def _put_into(
        self,
        line: ScriptLine,
        surface: Surface,
        block: Element,
        part: FormElement,
        state: State,
        viewer: Viewer,
    ) -> None:
        given = _form_values(line, part, choices(part.element, viewer))
        if part.kind == "overflow":
            await self._click(surface, viewer.user, f"{part.name}/{given[0]}", state)
            return
        value = value_of_form(part, FilledField(part, given), viewer)
        if value is None and given:
            raise _fault(line, f"{line.value!r} is not what {line.text!r} takes: {part.kind}.")
        state[part.block_id][part.action_id] = element_value(part.element, value)
        self._drafts.keep(viewer.user, surface.key, state)
        if not part.waits or block.get("dispatch_action"):
            await self._click(surface, viewer.user, part.name, state)

    async def _click(self, surface: Surface, user: str, what: str, state: State) -> None:
        action = action_of(surface.blocks, what, state, Viewer(self._workspace, user))
        self._drafts.keep(user, surface.key, state)
        source = surface.source
        await self._deeds.click(user, ClickSource(source.channel, source.ts, source.view_id, state), action)

    async def _send(self, line: ScriptLine, user: str) -> None:
        view = self._form(line, user)
        state = current_state(view.body["blocks"], self._drafts.of(user, view.id))
        if faults := complaints(view.body["blocks"], state):
            self._workspace.views.refuse(view.id, faults)
        else:
            await self._deeds.submit(user, view.id, state)

    async def _shortcut(self, line: ScriptLine, user: str) -> None:
        known = self._deeds.shortcuts
        found = next((each for each in known if is_same(each.name, line.text)), None)
        if found is None:
            raise _fault(
                line, f"There is no shortcut {line.text!r}.", "There are", [each.name for each in known]
            )
        message = self._messages(line, user)[0] if found.on_message else None
        await self._deeds.shortcut(
            user, found.callback_id, self._channel(line, user), message.ts if message else ""
        )

    def _state(self, surface: Surface, user: str) -> State:
        return current_state(surface.blocks, self._drafts.of(user, surface.key))

    def _surfaces(self, line: ScriptLine, user: str) -> list[Surface]:
        """Return where elements are looked for, the newest message first."""
        if line.place == HOME:
            home = self._workspace.views.home_tabs.get(user)
            if home is None:
                raise _fault(line, f"{line.person} has not opened the Home tab: `@home {line.person}` does.")
            return [Surface(ClickSource(view_id=home.id), home.body["blocks"])]
        if line.place == FORM or line.verb == "fill":
            form = self._form(line, user)
            return [Surface(ClickSource(view_id=form.id), form.body["blocks"])]
        found = self._messages(line, user)
        return [Surface(ClickSource(each.channel, each.ts), each.blocks) for each in found]

    def _form(self, line: ScriptLine, user: str) -> View:
        view = self._workspace.views.top(user)
        if view is None:
            raise _fault(line, f"No form is open before {line.person}; a button or a @shortcut opens one.")
        return view

    # Messages

    def _channel(self, line: ScriptLine, user: str) -> str:
        if not line.place.startswith("#"):
            return self._workspace.dm(user).id
        channels = {each.name: each.id for each in self._workspace.channels_of(user) if each.name}
        if line.place[1:] not in channels:
            names = [f"#{each}" for each in channels]
            raise _fault(line, f"{line.person} sees no {line.place}.", f"{line.person} sees", names)
        return channels[line.place[1:]]

    def _messages(self, line: ScriptLine, user: str) -> list[PostedMessage]:
        """Return those that a line may mean, the newest first: by their words, or in a thread."""
        channel = self._channel(line, user)
        if line.thread:
            return self._workspace.thread(channel, self._thread(line, user), user)[::-1]
        found = self._workspace.messages(channel, user)[::-1]
        named = [each for each in found if self._has_words(each, line.words)]
        if not named:
            what = f"No message with {line.words!r} is" if line.words else "No message is"
            raise _fault(line, f"{what} in {line.place}. `@show {line.place} {line.person}` prints all.")
        return named

    def _thread(self, line: ScriptLine, user: str) -> str:
        """Return the thread of the message that is named, else of the newest one outside threads."""
        channel = self._channel(line, user)
        history = self._workspace.messages if line.words else self._workspace.history
        seen = [each for each in history(channel, user) if each.ephemeral_for is None]
        found = [each for each in seen if self._has_words(each, line.words)]
        if not found:
            raise _fault(line, f"No message to answer to is in {line.place}.")
        return found[-1].thread_ts or found[-1].ts

    def _own_message(self, line: ScriptLine, user: str) -> PostedMessage:
        own = (each for each in self._messages(line, user) if each.user == user and not each.subtype)
        found = next(own, None)
        if found is None:
            raise _fault(line, f"No such message in {line.place} is by {line.person}.")
        return found

    def _has_words(self, message: PostedMessage, words: str) -> bool:
        shown = "\n".join((*message_lines(message, self._workspace), message.text))
        return without_emphasis(words) in without_emphasis(shown)

    # What is seen

    def _views(self, user: str) -> tuple[View | None, View | None]:
        return self._workspace.views.top(user), self._workspace.views.home_tabs.get(user)

    def _messages_apart(self, messages: Iterable[tuple[PostedMessage, Sequence[str]]]) -> list[str]:
        """Return messages as lines, with an empty one between two."""
        lines = list[str]()
        for message, notes in messages:
            lines += [""] * bool(lines) + list(message_lines(message, self._workspace, *notes))
        return lines

    def _looked_at(self, line: ScriptLine, user: str) -> list[str]:
        if line.verb == "show":
            return self._messages_apart((each, _place(each)) for each in self._messages(line, user)[::-1])
        if line.verb == "form":
            return self._view(self._form(line, user))
        home = self._workspace.views.home_tabs.get(user)
        return self._view(home) if home else ["The app shows no Home tab."]

    def _view(self, view: View) -> list[str]:
        return list(view_lines(view, self._drafts.of(view.user, view.id), self._workspace))

    def _changed_views(self, line: AnyLine, user: str, form: View | None, home: View | None) -> list[str]:
        form_now, home_now = self._views(user)
        lines = list[str]()
        if form_now is None and form is not None:
            lines.append("The form is closed.")
        elif form_now is not None and (_differs(form, form_now) or line.given.startswith("@send")):
            lines += self._view(form_now)
        at_home = isinstance(line, ScriptLine) and line.place == HOME
        if at_home and home_now is not None and _differs(home, home_now):
            lines += self._view(home_now)
        return lines

    def _user_of(self, line: AnyLine) -> str:
        humans = self._workspace.humans()
        if isinstance(line, ScriptLine):
            return next(person.id for person in humans if person.name == line.person)
        return humans[0].id


def _form_values(line: ScriptLine, part: FormElement, found: Sequence[Choice]) -> list[str]:
    """Return what a browser would send for what is to be chosen or filled in."""
    if part.kind.endswith(EXTERNAL):
        raise _fault(line, f"{line.text!r} asks the app for what to choose from; a script cannot.")
    if not found:
        return [line.value.replace("\\n", "\n")] if line.value else []
    labels = [choice_label(each) for each in found]
    whole = [number for number, label in enumerate(labels) if is_same(label, line.value)]
    wanted = line.value.split(",") if part.kind in SEVERAL and not whole else [line.value] * bool(line.value)
    numbers = whole[:1]
    for each in () if whole else wanted:
        number = next((at for at, label in enumerate(labels) if is_same(label, each)), None)
        if number is None:
            raise _fault(line, f"{line.text!r} offers no {each.strip()!r}.", "It offers", labels)
        numbers.append(number)
    return [str(number) for number in numbers]


def _news(
    feed: asyncio.Queue[Change], user: str, line: AnyLine, workspace: Workspace
) -> Iterator[tuple[PostedMessage, list[str]]]:
    """Yield what was posted or changed and is not the person's own, each once, as it is now, with notes."""
    new, changed = set[tuple[str, str]](), dict[tuple[str, str], None]()
    visible = {channel.id: channel for channel in workspace.channels_of(user)}
    while not feed.empty():
        change = feed.get_nowait()
        if change.kind in ("message", "update") and change.user in ("", user) and change.channel in visible:
            changed[change.channel, change.ts] = None
            if change.kind == "message":
                new.add((change.channel, change.ts))
    for where in changed:
        message = workspace.message(*where)
        if message is None or message.user == user:
            continue
        place, here = visible[message.channel], line.place if isinstance(line, ScriptLine) else ""
        name = f"#{place.name}" if place.name else "direct messages"
        elsewhere = place.name != here.removeprefix("#") if here.startswith("#") else not here.startswith("@")
        threaded = _place(message) if not (isinstance(line, ScriptLine) and line.thread) else []
        notes = [f"in {name}"] if elsewhere else []
        yield message, [*notes, *threaded, *([] if where in new else ["changed"])]


def _place(message: PostedMessage) -> list[str]:
    return ["in a thread"] if message.thread_ts not in (None, message.ts) else []


def _differs(before: View | None, now: View) -> bool:
    return before is None or (before.id, before.hash, before.errors) != (now.id, now.hash, now.errors)
