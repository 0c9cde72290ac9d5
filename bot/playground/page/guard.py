"""Keeps other web pages away: a browser would let them send forms to any port of this machine.

The host must be this machine by one of its own names, or a hostile name could lead here (DNS rebinding);
what changes anything must come from the page itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

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


def guarded(handler: Handler) -> Handler:
    """The handler behind the checks, with the headers on everything it answers."""

    async def checked(request: web.Request) -> web.StreamResponse:
        fault = refused(request)
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


def refused(request: web.Request) -> str | None:
    """Why a request is not served; None where it is."""
    if _name(request.host) not in HOSTS:
        return f"This page is served to 127.0.0.1 and localhost only, not to {request.host}."
    origin = request.headers.get("Origin")
    if request.method not in READING and origin != f"http://{request.host}":
        return f"Only the page itself may do this, not {origin or 'a request without an Origin'}."
    return None


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
