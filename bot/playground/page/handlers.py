"""What the page answers to a browser: itself, its parts, and what people do on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from aiohttp import web

from bot.playground.deliver import Deeds
from bot.playground.drive.travel import Travel
from bot.playground.model import BOT, BOT_NAME, TEAM_NAME, Channel, PostedMessage, View
from bot.playground.page.elements import Element
from bot.playground.page.forms import Drafts, Gone, complaints, pressed, state_of
from bot.playground.page.guard import guarded
from bot.playground.page.jinja import template
from bot.playground.page.live import stream
from bot.playground.page.shown import Eyes
from bot.playground.page.viewer import Viewer
from bot.playground.payloads import ClickSource
from bot.playground.workspace import Workspace

PARTS = ("side", "time", "head", "log", "thread", "modal", "home")
THEMES = ("auto", "light", "dark")
STATIC = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
LEAPS = ("1", "5", "20")
"""Sessions that can be let pass at once."""
SHOWN_AS_PICTURES = frozenset({"image/png", "image/jpeg"})
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Suggestion:
    """What may follow a / or an @ at the beginning of a text.  insert: what is put there for it."""

    word: str
    insert: str
    usage: str
    description: str
    examples: Sequence[str] = ()


class PageHandlers:
    """The handlers, and what they share."""

    def __init__(self, workspace: Workspace, deeds: Deeds, travel: Travel | None = None) -> None:
        self._workspace, self._deeds, self._travel = workspace, deeds, travel
        self._drafts = Drafts()

    def routes(self) -> list[web.RouteDef]:
        """All of them, behind the guard."""
        table: list[tuple[str, str, Any]] = [
            ("GET", "/", self.front),
            ("GET", "/static/{name}", self.static),
            ("GET", "/files/{file}", self.file),
            ("POST", "/theme", self.theme),
            ("POST", "/time", self.time),
            ("GET", "/as/{user}/events", self.events),
            ("GET", "/as/{user}/home", self.home),
            ("POST", "/as/{user}/views/{view}/press", self.press_in_view),
            ("POST", "/as/{user}/views/{view}/submit", self.submit),
            ("POST", "/as/{user}/views/{view}/close", self.close),
            ("GET", "/as/{user}/{channel}", self.channel),
            ("POST", "/as/{user}/{channel}/say", self.say),
            ("POST", "/as/{user}/{channel}/messages/{ts}/press", self.press),
            ("POST", "/as/{user}/{channel}/messages/{ts}/shortcut", self.shortcut_on),
            ("POST", "/as/{user}/shortcut", self.shortcut),
        ]
        return [web.route(method, path, guarded(handler)) for method, path, handler in table]

    async def front(self, _request: web.Request) -> web.StreamResponse:
        """The first channel of the first person."""
        viewer = Viewer(self._workspace, self._workspace.humans()[0].id)
        raise web.HTTPSeeOther(viewer.href(self._workspace.channels_of(viewer.user)[0].id))

    async def static(self, request: web.Request) -> web.StreamResponse:
        """Style, script and icon."""
        name = request.match_info["name"]
        if name not in STATIC:
            raise web.HTTPNotFound
        content = files("bot.playground.page").joinpath("static", name).read_bytes()
        return web.Response(body=content, content_type=STATIC[name], charset="utf-8")

    async def file(self, request: web.Request) -> web.StreamResponse:
        """An uploaded file; only pictures are shown in the browser."""
        file = self._workspace.files.get(request.match_info["file"])
        if file is None or not file.complete:
            raise web.HTTPNotFound
        if file.mimetype in SHOWN_AS_PICTURES:
            return web.Response(body=file.content, content_type=file.mimetype)
        away = {"Content-Disposition": "attachment"}
        return web.Response(body=file.content, content_type="application/octet-stream", headers=away)

    async def theme(self, request: web.Request) -> web.StreamResponse:
        """Light, dark, or as the system has it."""
        form = await request.post()
        response = _done(request, form)
        response.set_cookie("theme", _theme(form.get("theme")), max_age=YEAR, samesite="Strict")
        return response

    async def time(self, request: web.Request) -> web.StreamResponse:
        """Let sessions pass, and answer when they have; while some are passing, no others do."""
        form = await request.post()
        chosen = str(form.get("sessions", ""))
        if self._travel is None or chosen not in LEAPS:
            raise web.HTTPBadRequest(text=f"Choose one of {', '.join(LEAPS)} sessions.\n")
        if self._travel.journey is None:
            await self._travel.sessions(int(chosen))
        return _done(request, form)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The live stream of one person."""
        return await stream(request, self._eyes(request))

    async def channel(self, request: web.Request) -> web.StreamResponse:
        """A channel, with a thread beside it where one is asked for."""
        eyes = self._eyes(request)
        channel = eyes.viewer.channel_of(request.match_info["channel"])
        if channel is None:
            raise web.HTTPSeeOther(eyes.viewer.href(self._workspace.channels_of(eyes.viewer.user)[0].id))
        self._workspace.mark_read(eyes.viewer.user, channel.id)
        return self._shown(request, eyes, self._of_channel(request, eyes, channel))

    async def home(self, request: web.Request) -> web.StreamResponse:
        """The app's Home tab; the app hears that it is looked at."""
        eyes = self._eyes(request)
        if not request.query.get("part"):
            await self._deeds.open_home(eyes.viewer.user)
        channel = self._workspace.dm(eyes.viewer.user)
        about = {"channel": channel, "rows": [], "older": 0, "thread": [], "thread_ts": "", "at_home": True}
        return self._shown(request, eyes, about)

    async def say(self, request: web.Request) -> web.StreamResponse:
        """What was typed into a message box."""
        eyes, form = self._eyes(request), await request.post()
        channel = self._seen(request, eyes)
        thread = str(form.get("thread") or "") or None
        text = str(form.get("text", "")).replace("\r\n", "\n")
        await self._deeds.type(eyes.viewer.user, channel.id, text, thread)
        return _done(request, form)

    async def press(self, request: web.Request) -> web.StreamResponse:
        """A button, menu or input of a message."""
        eyes, form = self._eyes(request), await request.post()
        channel = self._seen(request, eyes)
        message = self._message(eyes, channel, request.match_info["ts"])
        source = ClickSource(channel=channel.id, ts=message.ts)
        await self._press(eyes, form, message.blocks, source)
        return _done(request, form)

    async def shortcut(self, request: web.Request) -> web.StreamResponse:
        """A global shortcut, used while one looks at a channel or at none."""
        eyes, form = self._eyes(request), await request.post()
        channel = str(form.get("channel", ""))
        seen = channel if eyes.viewer.sees(channel) else ""
        await self._deeds.shortcut(eyes.viewer.user, str(form.get("callback", "")), seen)
        return _done(request, form)

    async def shortcut_on(self, request: web.Request) -> web.StreamResponse:
        """A shortcut from the menu of a message."""
        eyes, form = self._eyes(request), await request.post()
        channel = self._seen(request, eyes)
        message = self._message(eyes, channel, request.match_info["ts"])
        await self._deeds.shortcut(eyes.viewer.user, str(form.get("callback", "")), channel.id, message.ts)
        return _done(request, form)

    async def press_in_view(self, request: web.Request) -> web.StreamResponse:
        """A button, menu or input of a modal or of the Home tab."""
        eyes, form = self._eyes(request), await request.post()
        view = self._view(request, eyes)
        await self._press(eyes, form, view.body["blocks"], ClickSource(view_id=view.id))
        return _done(request, form)

    async def submit(self, request: web.Request) -> web.StreamResponse:
        """A modal's form; what is wrong with it is shown beside its inputs."""
        eyes, form = self._eyes(request), await request.post()
        view, user = self._view(request, eyes), eyes.viewer.user
        blocks = view.body["blocks"]
        state = state_of(blocks, self._drafts.of(user, view.id), form, eyes.viewer)
        self._drafts.keep(user, view.id, state)
        faults = complaints(blocks, state)
        if faults:
            self._workspace.views.refuse(view.id, faults)
        else:
            await self._deeds.submit(user, view.id, state)
        return _done(request, form)

    async def close(self, request: web.Request) -> web.StreamResponse:
        """Take a modal away."""
        eyes, form = self._eyes(request), await request.post()
        await self._deeds.close(eyes.viewer.user, self._view(request, eyes).id)
        return _done(request, form)

    async def _press(self, eyes: Eyes, form: Any, blocks: Sequence[Element], source: ClickSource) -> None:
        user, place = eyes.viewer.user, source.view_id or f"{source.channel}/{source.ts}"
        state = state_of(blocks, self._drafts.of(user, place), form, eyes.viewer)
        try:
            action = pressed(blocks, str(form.get("press")), state, eyes.viewer)
        except Gone:
            raise _gone() from None
        self._drafts.keep(user, place, state)
        whole = ClickSource(source.channel, source.ts, source.view_id, state)
        await self._deeds.click(user, whole, action)

    def _eyes(self, request: web.Request) -> Eyes:
        user = request.match_info["user"]
        if user not in {person.id for person in self._workspace.humans()}:
            raise web.HTTPNotFound(text=f"Nobody here is called {user}.\n")
        return Eyes(Viewer(self._workspace, user), self._drafts)

    def _seen(self, request: web.Request, eyes: Eyes) -> Channel:
        channel = eyes.viewer.channel_of(request.match_info["channel"])
        if channel is None:
            raise web.HTTPNotFound(text="There is no such channel, or you cannot see it.\n")
        return channel

    def _message(self, eyes: Eyes, channel: Channel, ts: str) -> PostedMessage:
        message = self._workspace.message(channel.id, ts)
        if message is None or message.ephemeral_for not in (None, eyes.viewer.user):
            raise _gone()
        return message

    def _view(self, request: web.Request, eyes: Eyes) -> View:
        view = self._workspace.views.get(request.match_info["view"])
        if view is None or view.user != eyes.viewer.user:
            raise _gone()
        return view

    def _of_channel(self, request: web.Request, eyes: Eyes, channel: Channel) -> dict[str, Any]:
        rows, older = eyes.log(channel.id, "all" in request.query)
        ts = request.query.get("thread", "")
        thread = eyes.thread(channel.id, ts) if ts else []
        thread_ts = ts if thread else ""
        about = {"rows": rows, "older": older, "thread": thread, "thread_ts": thread_ts, "at_home": False}
        return {"channel": channel, **about}

    def _shown(self, request: web.Request, eyes: Eyes, about: Mapping[str, Any]) -> web.Response:
        channel = about["channel"]
        everything = {
            **about,
            "viewer": eyes.viewer,
            "people": self._workspace.humans(),
            "places": eyes.places("" if about["at_home"] else channel.id),
            "members": [eyes.viewer.name_of(each) for each in channel.members],
            "has_bot": BOT in channel.members,
            "app": eyes.viewer.name_of(BOT),
            "modal": eyes.modal(),
            "home": eyes.home(),
            "team": TEAM_NAME,
            "theme": request.cookies.get("theme", "auto")
            if request.cookies.get("theme") in THEMES
            else "auto",
            "leaps": LEAPS if self._travel else (),
            "journey": self._travel.journey if self._travel else None,
            "now": eyes.viewer.moment(self._workspace.clock.now().timestamp()),
            "back": request.rel_url.without_query_params("part").human_repr(),
            "suggestions": self._suggestions(),
            "bot_name": BOT_NAME,
            "shortcuts": [each for each in self._deeds.shortcuts if not each.on_message],
            "message_shortcuts": [each for each in self._deeds.shortcuts if each.on_message],
        }
        wanted = [part for part in request.query.get("part", "").split(",") if part in PARTS]
        names = [f"{part}.html" for part in wanted] or ["page.html"]
        html = "\n".join(template(name).render(everything) for name in names)
        return web.Response(text=html, content_type="text/html")

    def _suggestions(self) -> list[Suggestion]:
        own = [
            Suggestion(each.name, f"{each.name} ", each.usage, each.description, each.examples[:2])
            for each in self._deeds.commands
        ]
        name = f"@{BOT_NAME}"
        invite = Suggestion("/invite", f"/invite {name}", name, "Bring the app into this channel")
        remove = Suggestion("/remove", f"/remove {name}", name, "Take the app out of this channel")
        mention = Suggestion(name, f"{name} ", "", "Mention the app; it answers in a thread")
        return [*own, invite, remove, mention]


def _done(request: web.Request, form: Mapping[str, Any]) -> web.Response:
    """For the script nothing more; for a browser without it, the page that it came from."""
    if request.headers.get("X-Requested-With") == "fetch":
        return web.Response(status=204)
    back = str(form.get("back", ""))
    inside = back.startswith("/as/") and back.isprintable()
    return web.Response(status=303, headers={"Location": back if inside else "/"})


def _theme(chosen: object) -> str:
    return chosen if isinstance(chosen, str) and chosen in THEMES else THEMES[0]


def _gone() -> web.HTTPConflict:
    return web.HTTPConflict(text="This has changed since the page was shown. Look again.\n")
