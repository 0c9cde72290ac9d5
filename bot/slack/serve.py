"""Runs the app until it is told to stop: over Socket Mode or HTTP; what is under way is finished first.

Beside Slack's requests the HTTP port has further pages, e.g. of health and metrics; with Socket Mode, and in
a process that Slack does not talk to at all, they are all it has.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Protocol, cast

from slack_bolt.async_app import AsyncApp

from bot.clock import SystemClock
from bot.slack.http import Asgi, CommandsTaken, Site, SlackRequests, by_path, not_found, serving

if TYPE_CHECKING:
    from bot.slack.socket_mode import Pauses

log = logging.getLogger(__name__)
Ready = Callable[[str], None]

PATH = "/slack/events"
SIGNALS = (signal.SIGINT, signal.SIGTERM) if sys.platform != "win32" else ()
"""Windows' event loop takes none: there Ctrl-C ends the process at once."""
DRAIN = 20.0
"""Seconds that answers under way get to finish; supervisors kill after 30 and more."""


class Drained(Protocol):
    """Work under way that is finished, or cut off, before the process ends."""

    async def drain(self, deadline: float) -> object:
        """Take nothing more and wait up to `deadline` seconds."""
        ...


async def serve_socket(
    app: AsyncApp,
    app_token: str,
    handover: Drained,
    *,
    stop: asyncio.Event | None = None,
    ready: Ready = log.info,
    drain: float = DRAIN,
    site: Site | None = None,
    pauses: Pauses | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Take commands over Socket Mode until SIGINT, SIGTERM or `stop`.

    app_token: begins with `xapp-`.  ready: called once with a sentence when Slack has let the app in.
    site: pages to serve meanwhile; None: no port is opened.
    pauses: how long it waits between two connections; sleep: how.
    Raises SlackFault where Slack refuses the token for good, UserError where the port is taken.
    """
    from bot.slack.socket_mode import Pauses, SocketMode

    listening = site.listening if site else CommandsTaken()
    sockets = SocketMode(app, app_token, pauses or Pauses(SystemClock()), sleep)

    def let_in() -> None:
        listening.since_now(sockets.is_connected)
        ready("Connected to Slack over Socket Mode.")

    async with _pages(site):
        with _stop_signal(stop) as told:
            taking = asyncio.create_task(sockets.run(let_in))
            try:
                await _until_finished_or_stopped(taking, told)
            finally:
                listening.no_more()
                taking.cancel()
                await asyncio.wait({taking})
                await handover.drain(drain)


async def serve_http(
    app: AsyncApp,
    host: str,
    port: int,
    handover: Drained,
    *,
    secret: str,
    stop: asyncio.Event | None = None,
    ready: Ready = log.info,
    drain: float = DRAIN,
    site: Site | None = None,
) -> None:
    """Take commands over HTTP at /slack/events until SIGINT, SIGTERM or `stop`.

    secret: Slack signs its requests with it; others are refused before they are read.
    port: 0 picks a free one; `ready` is called with a sentence that ends with the address.
    site: further pages on the same port; its own host and port do not count here.
    Raises UserError where the address cannot be listened on.
    """
    from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler

    site = site or Site(host, port)
    bolt = cast(Asgi, AsyncSlackRequestHandler(app, path=PATH))
    slack = SlackRequests(bolt, PATH, secret, SystemClock(), site.bounds.refused)
    with _stop_signal(stop) as told:
        try:
            async with serving(by_path(site.pages, slack), host, port, site.bounds) as (base, served):
                site.listening.since_now(_always)
                ready(f"Listening on {base}{PATH}")
                await _until_finished_or_stopped(served, told)
                site.listening.no_more()
        finally:
            await handover.drain(drain)


async def serve_worker(
    handover: Drained,
    site: Site,
    *,
    stop: asyncio.Event | None = None,
    ready: Ready = log.info,
    drain: float = DRAIN,
) -> None:
    """Serve the site's pages and take no commands until SIGINT, SIGTERM or `stop`; then finish the work.

    The pages stay up while the work is finished.  ready: called with a sentence that ends with the address.
    Raises UserError where the address cannot be listened on.
    """
    with _stop_signal(stop) as told:
        async with _pages_of(site) as (base, served):
            ready(f"Working; health and metrics on {base}")
            try:
                await _until_finished_or_stopped(served, told)
            finally:
                await handover.drain(drain)


@asynccontextmanager
async def _pages(site: Site | None) -> AsyncIterator[None]:
    """Serve the pages of a site that Slack does not talk to, until the block ends."""
    if site is None:
        yield
        return
    async with _pages_of(site) as (base, _):
        log.info("Health and metrics on %s", base)
        yield


def _pages_of(site: Site) -> AbstractAsyncContextManager[tuple[str, asyncio.Task[None]]]:
    return serving(by_path(site.pages, not_found), site.host, site.port, site.bounds)


async def _always() -> bool:
    return True


async def _until_finished_or_stopped(task: asyncio.Task[None], told: asyncio.Event) -> None:
    """Wait for the task or for the word to stop, whichever comes first; raises what the task raises."""
    stopping = asyncio.create_task(told.wait())
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
    finally:
        stopping.cancel()


@contextmanager
def _stop_signal(stop: asyncio.Event | None) -> Iterator[asyncio.Event]:
    """Make an event that SIGINT and SIGTERM set; a second signal ends the process at once."""
    told = stop or asyncio.Event()
    loop = asyncio.get_running_loop()

    def let_go() -> None:
        for each in SIGNALS:
            loop.remove_signal_handler(each)

    def tell() -> None:
        log.info("Stopping when what is under way is finished")
        told.set()
        let_go()

    for each in SIGNALS:
        loop.add_signal_handler(each, tell)
    try:
        yield told
    finally:
        let_go()
