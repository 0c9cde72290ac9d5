"""What the page answers to a browser: itself, its parts, live changes; other web pages are kept away.

A browser would let any page send forms to a port of this machine.  The host must be this machine by one of
its own names, or a hostile name could lead here (DNS rebinding); what changes anything comes from the page.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.playground.actions import Actions
from bot.playground.model import BOT, BOT_NAME, TEAM_NAME, Change, Channel, PostedMessage, View
from bot.playground.page.blocks import template
from bot.playground.page.contents import Chip, PageContents
from bot.playground.page.forms import Drafts, Element, NotThere, action_of, complaints, state_of
from bot.playground.page.viewer import Viewer
from bot.playground.payloads import ClickSource
from bot.playground.time_travel import Travel
from bot.playground.workspace import Workspace

PARTS = ("side", "time", "head", "log", "chips", "thread", "thread-chips", "modal", "home")
THEMES = ("auto", "light", "dark")
STATIC = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
LEAPS = {"1": "1 day", "5": "1 week", "21": "1 month"}
"""Sessions that can be let pass at once, and how people call so many trading days."""
SHOWN_AS_PICTURES = frozenset({"image/png", "image/jpeg"})
YEAR = 365 * 24 * 3600

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Suggestion:
    """What may follow a / or an @ at the beginning of a text.

    insert: what is put there for it.  hint: behind the word in the list.  usage: once a space is typed.
    """

    word: str
    insert: str
    hint: str
    usage: str
    description: str
    examples: Sequence[str] = ()


class PageHandlers:
    """The handlers, and what they share."""

    def __init__(
        self,
        workspace: Workspace,
        deeds: Actions,
        travel: Travel | None = None,
        ready: asyncio.Event | None = None,
    ) -> None:
        self._workspace, self._deeds, self._travel, self._ready = workspace, deeds, travel, ready
        self._drafts = Drafts()
        self._sent: set[tuple[str, str, str]] = set()  # place, thread, and the text of a chip

    def routes(self) -> list[web.RouteDef]:
        """Return all of them, behind the guard."""
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
        whole = [
            (method, path, handler if handler == self.static else self._when_ready(handler))
            for method, path, handler in table
        ]
        return [web.route(method, path, guard_handler(handler)) for method, path, handler in whole]

    def _when_ready(self, handler: Handler) -> Handler:
        """Return the handler for as soon as the bot listens; until then a page that looks again by itself."""

        async def waiting(request: web.Request) -> web.StreamResponse:
            if self._ready is None or self._ready.is_set():
                return await handler(request)
            if handler == self.events:
                await self._ready.wait()  # a browser that is refused would not try again
                return await handler(request)
            if request.method not in READING:
                return web.Response(status=503, text="The playground is starting. Try again in a moment.\n")
            html = template("starting.html").render({"team": TEAM_NAME, "theme": _theme_of(request)})
            return web.Response(text=html, content_type="text/html")

        return waiting

    async def front(self, _request: web.Request) -> web.StreamResponse:
        """Lead to the first channel of the first person."""
        viewer = Viewer(self._workspace, self._workspace.humans()[0].id)
        raise web.HTTPSeeOther(viewer.href(self._workspace.channels_of(viewer.user)[0].id))

    async def static(self, request: web.Request) -> web.StreamResponse:
        """Serve style, script and icon."""
        name = request.match_info["name"]
        if name not in STATIC:
            raise web.HTTPNotFound
        content = files("bot.playground.page").joinpath("static", name).read_bytes()
        return web.Response(body=content, content_type=STATIC[name], charset="utf-8")

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Serve an uploaded file; only pictures are shown in the browser."""
        file = self._workspace.files.get(request.match_info["file"])
        if file is None or not file.complete:
            raise web.HTTPNotFound
        if file.mimetype in SHOWN_AS_PICTURES:
            return web.Response(body=file.content, content_type=file.mimetype)
        away = {"Content-Disposition": "attachment"}
        return web.Response(body=file.content, content_type="application/octet-stream", headers=away)

    async def theme(self, request: web.Request) -> web.StreamResponse:
        """Choose light, dark, or as the system has it."""
        form = await request.post()
        response = _answer_done(request, form)
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
        return _answer_done(request, form)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream the live stream of one person."""
        return await stream_changes(request, self._contents(request))

    async def channel(self, request: web.Request) -> web.StreamResponse:
        """Show a channel, with a thread beside it where one is asked for."""
        eyes = self._contents(request)
        channel = eyes.viewer.channel_of(request.match_info["channel"])
        if channel is None:
            raise web.HTTPSeeOther(eyes.viewer.href(self._workspace.channels_of(eyes.viewer.user)[0].id))
        self._workspace.mark_read(eyes.viewer.user, channel.id)
        if channel.kind == "dm" and not request.query.get("part"):
            await self._deeds.open_home(eyes.viewer.user, "messages")
        return self._render_page(request, eyes, self._of_channel(request, eyes, channel))

    async def home(self, request: web.Request) -> web.StreamResponse:
        """Show the app's Home tab; the app hears that it is looked at."""
        eyes = self._contents(request)
        if not request.query.get("part"):
            await self._deeds.open_home(eyes.viewer.user)
        channel = self._workspace.dm(eyes.viewer.user)
        about = {"channel": channel, "rows": [], "older": 0, "thread": [], "thread_ts": "", "at_home": True}
        return self._render_page(request, eyes, about)

    async def say(self, request: web.Request) -> web.StreamResponse:
        """Post what was typed into a message box."""
        eyes, form = self._contents(request), await request.post()
        channel = self._visible_channel(request, eyes)
        thread = str(form.get("thread") or "") or None
        text = str(form.get("text", "")).replace("\r\n", "\n")
        if form.get("chip"):
            self._sent.add((channel.id, thread or "", text))
        await self._deeds.type(eyes.viewer.user, channel.id, text, thread)
        return _answer_done(request, form)

    async def press(self, request: web.Request) -> web.StreamResponse:
        """Press a button, menu or input of a message."""
        eyes, form = self._contents(request), await request.post()
        channel = self._visible_channel(request, eyes)
        message = self._message(eyes, channel, request.match_info["ts"])
        source = ClickSource(channel=channel.id, ts=message.ts)
        await self._press(eyes, form, message.blocks, source)
        return _answer_done(request, form)

    async def shortcut(self, request: web.Request) -> web.StreamResponse:
        """Use a global shortcut, while one looks at a channel or at none."""
        eyes, form = self._contents(request), await request.post()
        channel = str(form.get("channel", ""))
        seen = channel if eyes.viewer.sees(channel) else ""
        await self._deeds.shortcut(eyes.viewer.user, str(form.get("callback", "")), seen)
        return _answer_done(request, form)

    async def shortcut_on(self, request: web.Request) -> web.StreamResponse:
        """Use a shortcut from the menu of a message."""
        eyes, form = self._contents(request), await request.post()
        channel = self._visible_channel(request, eyes)
        message = self._message(eyes, channel, request.match_info["ts"])
        await self._deeds.shortcut(eyes.viewer.user, str(form.get("callback", "")), channel.id, message.ts)
        return _answer_done(request, form)

    async def press_in_view(self, request: web.Request) -> web.StreamResponse:
        """Press a button, menu or input of a modal or of the Home tab."""
        eyes, form = self._contents(request), await request.post()
        view = self._view(request, eyes)
        await self._press(eyes, form, view.body["blocks"], ClickSource(view_id=view.id))
        return _answer_done(request, form)

    async def submit(self, request: web.Request) -> web.StreamResponse:
        """Submit a modal's form; what is wrong with it is shown beside its inputs."""
        eyes, form = self._contents(request), await request.post()
        view, user = self._view(request, eyes), eyes.viewer.user
        blocks = view.body["blocks"]
        state = state_of(blocks, self._drafts.of(user, view.id), form, eyes.viewer)
        self._drafts.keep(user, view.id, state)
        faults = complaints(blocks, state)
        if faults:
            self._workspace.views.refuse(view.id, faults)
        else:
            await self._deeds.submit(user, view.id, state)
        return _answer_done(request, form)

    async def close(self, request: web.Request) -> web.StreamResponse:
        """Take a modal away."""
        eyes, form = self._contents(request), await request.post()
        await self._deeds.close(eyes.viewer.user, self._view(request, eyes).id)
        return _answer_done(request, form)

    async def _press(
        self, eyes: PageContents, form: Any, blocks: Sequence[Element], source: ClickSource
    ) -> None:
        user, place = eyes.viewer.user, source.view_id or f"{source.channel}/{source.ts}"
        state = state_of(blocks, self._drafts.of(user, place), form, eyes.viewer)
        try:
            action = action_of(blocks, str(form.get("press")), state, eyes.viewer)
        except NotThere:
            raise _conflict() from None
        self._drafts.keep(user, place, state)
        whole = ClickSource(source.channel, source.ts, source.view_id, state)
        await self._deeds.click(user, whole, action)

    def _contents(self, request: web.Request) -> PageContents:
        user = request.match_info["user"]
        if user not in {person.id for person in self._workspace.humans()}:
            raise web.HTTPNotFound(text=f"Nobody here is called {user}.\n")
        return PageContents(Viewer(self._workspace, user), self._drafts)

    def _visible_channel(self, request: web.Request, eyes: PageContents) -> Channel:
        channel = eyes.viewer.channel_of(request.match_info["channel"])
        if channel is None:
            raise web.HTTPNotFound(text="There is no such channel, or you cannot see it.\n")
        return channel

    def _message(self, eyes: PageContents, channel: Channel, ts: str) -> PostedMessage:
        message = self._workspace.message(channel.id, ts)
        if message is None or message.ephemeral_for not in (None, eyes.viewer.user):
            raise _conflict()
        return message

    def _view(self, request: web.Request, eyes: PageContents) -> View:
        view = self._workspace.views.get(request.match_info["view"])
        if view is None or view.user != eyes.viewer.user:
            raise _conflict()
        return view

    def _of_channel(self, request: web.Request, eyes: PageContents, channel: Channel) -> dict[str, Any]:
        rows, older = eyes.log(channel.id, "all" in request.query)
        ts = request.query.get("thread", "")
        thread = eyes.thread(channel.id, ts) if ts else []
        thread_ts = ts if thread else ""
        about = {"rows": rows, "older": older, "thread": thread, "thread_ts": thread_ts, "at_home": False}
        return {"channel": channel, **about}

    def _render_page(
        self, request: web.Request, eyes: PageContents, about: Mapping[str, Any]
    ) -> web.Response:
        channel, at_home = about["channel"], about["at_home"]
        travel, passed = self._travel, self._travel.passed if self._travel else None
        everything = {
            **about,
            "viewer": eyes.viewer,
            "people": self._workspace.humans(),
            "places": eyes.places("" if at_home else channel.id),
            "members": [eyes.viewer.name_of(each) for each in channel.members],
            "has_bot": BOT in channel.members,
            "app": eyes.viewer.name_of(BOT),
            "modal": eyes.modal("" if at_home else channel.id),
            "home": eyes.home(),
            "team": TEAM_NAME,
            "theme": _theme_of(request),
            "leaps": LEAPS if travel else {},
            "journey": travel.journey if travel else None,
            "left": eyes.viewer.moment(passed[0].timestamp()) if passed else None,
            "news": eyes.news(*passed) if passed else [],
            "chips": self._chips(eyes, channel),
            "thread_chips": self._chips(eyes, channel, about["thread_ts"]) if about["thread_ts"] else [],
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

    def _chips(self, eyes: PageContents, channel: Channel, thread: str = "") -> list[Chip]:
        sent = {text for place, under, text in self._sent if (place, under) == (channel.id, thread)}
        return eyes.chips(channel, thread, sent)

    def _suggestions(self) -> list[Suggestion]:
        own = [
            Suggestion(each.name, f"{each.name} ", each.hint, each.usage, each.description, each.examples[:2])
            for each in self._deeds.commands
        ]
        name = f"@{BOT_NAME}"
        invite = Suggestion("/invite", f"/invite {name}", name, name, "Bring the app into this channel")
        remove = Suggestion("/remove", f"/remove {name}", name, name, "Take the app out of this channel")
        mention = Suggestion(name, f"{name} ", "", "", "Mention the app; it answers in a thread")
        return [*own, invite, remove, mention]


def _answer_done(request: web.Request, form: Mapping[str, Any]) -> web.Response:
    """Answer the script with nothing more; a browser without it with the page that it came from."""
    if request.headers.get("X-Requested-With") == "fetch":
        return web.Response(status=204)
    back = str(form.get("back", ""))
    inside = back.startswith("/as/") and back.isprintable()
    return web.Response(status=303, headers={"Location": back if inside else "/"})


def _theme(chosen: object) -> str:
    return chosen if isinstance(chosen, str) and chosen in THEMES else THEMES[0]


def _theme_of(request: web.Request) -> str:
    return _theme(request.cookies.get("theme"))


def _conflict() -> web.HTTPConflict:
    return web.HTTPConflict(text="This has changed since the page was shown. Look again.\n")


SILENCE = 15.0
"""Seconds after which an idle stream says something, so that a closed page is noticed."""
RECONNECT_MS = 1000
"""Milliseconds before a browser connects again."""


async def stream_changes(request: web.Request, eyes: PageContents) -> web.StreamResponse:
    """Stream every change that concerns the person, until the page is closed."""
    response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
    with eyes.viewer.workspace.changes() as feed:
        await response.prepare(request)
        try:
            await response.write(f"retry: {RECONNECT_MS}\n\n".encode())
            while True:
                await response.write(await _next_event(feed, eyes))
        except ConnectionResetError:
            return response


async def _next_event(feed: asyncio.Queue[Change], eyes: PageContents) -> bytes:
    try:
        change = await asyncio.wait_for(feed.get(), SILENCE)
    except TimeoutError:
        return b": nothing new\n\n"
    told = _change_json(change, eyes)
    return f"data: {json.dumps(told)}\n\n".encode() if told else b""


def _change_json(change: Change, eyes: PageContents) -> dict[str, str] | None:
    if change.user not in ("", eyes.viewer.user):
        return None
    if change.kind == "channel":
        return {"kind": "channel"}  # perhaps one that the person sees no more
    if change.channel and not eyes.viewer.sees(change.channel):
        return None
    notice = eyes.notice(change.channel, change.ts) if change.kind == "message" else ""
    return {"kind": change.kind, "channel": change.channel, "notice": notice}


HOSTS = frozenset({"127.0.0.1", "localhost"})
READING = frozenset({"GET", "HEAD"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def guard_handler(handler: Handler) -> Handler:
    """Return the handler behind the checks, with the headers on everything it answers."""

    async def checked(request: web.Request) -> web.StreamResponse:
        fault = refusal_text(request)
        if fault:
            return web.Response(status=403, text=f"{fault}\n", headers=HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as answer:
            answer.headers.update(HEADERS)
            raise
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    return checked


def refusal_text(request: web.Request) -> str | None:
    """Return why a request is not served; None where it is."""
    if _host_name(request.host) not in HOSTS:
        return f"This page is served to 127.0.0.1 and localhost only, not to {request.host}."
    origin = request.headers.get("Origin")
    if request.method not in READING and origin != f"http://{request.host}":
        return f"Only the page itself may do this, not {origin or 'a request without an Origin'}."
    return None


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
