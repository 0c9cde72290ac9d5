"""The page of the playground: looks and reads like Slack, plain HTML with one small script.

    Slack(workspace, installed).running(port, routes(workspace, deeds))

GET  /                                  leads to the first channel
GET  /as/{user}/{channel}?thread={ts}   a channel as one person sees it; ?part=log,side gives only parts of it
GET  /as/{user}/home, /events           the app's Home tab; word of changes
POST .../say, .../press, .../submit     what people do, from the page itself only
POST /time                              lets sessions pass; ?part=time shows how far they have got
"""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.playground.actions import Actions
from bot.playground.page.handlers import PageHandlers
from bot.playground.time_travel import Travel
from bot.playground.workspace import Workspace


def routes(
    workspace: Workspace, deeds: Actions, travel: Travel | None = None, ready: asyncio.Event | None = None
) -> list[web.RouteDef]:
    """Return what is served to browsers; paths under /api, /upload, /reply, /socket and /link are not
    touched.

    travel: None where time cannot be let pass.  ready: set when the app listens; None: it does.
    """
    return PageHandlers(workspace, deeds, travel, ready).routes()
