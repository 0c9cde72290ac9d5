"""Runs the app until it is told to stop: over Socket Mode or HTTP; what is under way is finished first."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from slack_bolt.async_app import AsyncApp

from bot.errors import UserError
from bot.slack.client import is_loopback
from bot.slack.faults import SlackFault, asked
from bot.slack.handover import Handover

if TYPE_CHECKING:
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

log = logging.getLogger(__name__)
Ready = Callable[[str], None]

PATH = "/slack/events"
SIGNALS = (signal.SIGINT, signal.SIGTERM) if sys.platform != "win32" else ()
"""Windows' event loop takes none: there Ctrl-C ends the process at once."""
DRAIN = 20.0
"""Seconds that answers under way get to finish; supervisors kill after 30 and more."""
CONNECTIONS = 5
"""Seconds that HTTP requests under way get: Slack gives up on them after three."""


async def serve_socket(
    app: AsyncApp,
    app_token: str,
    handover: Handover,
    *,
    stop: asyncio.Event | None = None,
    ready: Ready = log.info,
    drain: float = DRAIN,
) -> None:
    """Take commands over Socket Mode until SIGINT, SIGTERM or `stop`.

    app_token: begins with `xapp-`.  ready: called once with a sentence when Slack has let the app in.
    Raises SlackFault where Slack refuses the token for good.
    """
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

    handler = AsyncSocketModeHandler(app, app_token, logger=app.client.logger)
    if is_loopback(app.client.base_url):
        handler.client.proxy = None
    with _told_to_stop(stop) as told:
        connecting = asyncio.create_task(_let_in(handler, ready))
        try:
            await _finished_or_told(connecting, told)
            await told.wait()
        finally:
            connecting.cancel()
            await handler.close_async()  # type: ignore[no-untyped-call]
            await handover.drain(drain)


async def _let_in(handler: AsyncSocketModeHandler, ready: Ready) -> None:
    """Connect; a refusal for good is raised here, where the SDK would try again for ever."""
    try:
        handler.client.wss_uri = await asked(handler.client.issue_new_wss_url())
    except SlackFault as fault:
        if fault.permanent:
            raise
        log.warning("%s", fault)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    ready("Connected to Slack over Socket Mode.")


async def serve_http(
    app: AsyncApp,
    host: str,
    port: int,
    handover: Handover,
    *,
    stop: asyncio.Event | None = None,
    ready: Ready = log.info,
    drain: float = DRAIN,
) -> None:
    """Take commands over HTTP at /slack/events until SIGINT, SIGTERM or `stop`.

    port: 0 picks a free one; `ready` is called with a sentence that ends with the address.
    Raises UserError where the address cannot be listened on.
    """
    import uvicorn
    from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler

    class Server(uvicorn.Server):
        """uvicorn, with the signals left to us: it would end the process before the work is finished."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    listening = _listen(host, port)
    config = uvicorn.Config(
        AsyncSlackRequestHandler(app, path=PATH),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=CONNECTIONS,
    )
    server = Server(config)
    with _told_to_stop(stop) as told:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        ready(f"Listening on http://{host}:{listening.getsockname()[1]}{PATH}")
        try:
            await _finished_or_told(serving, told)
            server.should_exit = True
            await serving
        finally:
            await handover.drain(drain)


async def _finished_or_told(task: asyncio.Task[None], told: asyncio.Event) -> None:
    """Wait for the task or for the word to stop, whichever comes first; raises what the task raises."""
    stopping = asyncio.create_task(told.wait())
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
    finally:
        stopping.cancel()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise UserError(
            f"{host}:{port} cannot be listened on ({error.strerror or error}). "
            "Set WATCHPOINT_HOST and WATCHPOINT_PORT to an address that is free."
        ) from error


@contextmanager
def _told_to_stop(stop: asyncio.Event | None) -> Iterator[asyncio.Event]:
    """An event that SIGINT and SIGTERM set; a second signal ends the process at once."""
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
