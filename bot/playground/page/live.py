"""Word of changes to an open page, as server-sent events."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from bot.playground.model import Change
from bot.playground.page.guard import HEADERS
from bot.playground.page.shown import Eyes

SILENCE = 15.0
"""Seconds after which an idle stream says something, so that a closed page is noticed."""
AGAIN = 1000
"""Milliseconds before a browser connects again."""


async def stream(request: web.Request, eyes: Eyes) -> web.StreamResponse:
    """Every change that concerns the person, until the page is closed."""
    response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
    with eyes.viewer.workspace.changes() as feed:
        await response.prepare(request)
        try:
            await response.write(f"retry: {AGAIN}\n\n".encode())
            while True:
                await response.write(await _next(feed, eyes))
        except ConnectionResetError:
            return response


async def _next(feed: asyncio.Queue[Change], eyes: Eyes) -> bytes:
    try:
        change = await asyncio.wait_for(feed.get(), SILENCE)
    except TimeoutError:
        return b": nothing new\n\n"
    told = _told(change, eyes)
    return f"data: {json.dumps(told)}\n\n".encode() if told else b""


def _told(change: Change, eyes: Eyes) -> dict[str, str] | None:
    if change.user not in ("", eyes.viewer.user):
        return None
    if change.kind == "channel":
        return {"kind": "channel"}  # perhaps one that the person sees no more
    if change.channel and not eyes.viewer.sees(change.channel):
        return None
    notice = eyes.notice(change.channel, change.ts) if change.kind == "message" else ""
    return {"kind": change.kind, "channel": change.channel, "notice": notice}
