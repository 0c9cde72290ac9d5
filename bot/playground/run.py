"""The playground: the embedded workspace, its page, and the real bot before it, in one process.

workspace and page on 127.0.0.1:PORT ── requests or envelopes ──> the assembled bot
                                     <── Web API, uploads ──────
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bot.bootstrap import Bot, assemble_bot, listen, migrate
from bot.clock import ShiftedClock, SystemClock
from bot.config import Settings, Transport, has_screen, load
from bot.errors import UserError
from bot.playground import storage
from bot.playground.actions import Actions
from bot.playground.api.server import HOST, Slack
from bot.playground.guide import Opening
from bot.playground.model import TEAM, Installed
from bot.playground.page import routes
from bot.playground.play import Stage, play_script
from bot.playground.script import read_script
from bot.playground.time_travel import Around, Travel, TravelClock, late_until, posts_of
from bot.playground.transport import AppTransport, OverHttp, OverSocket
from bot.playground.workspace import Workspace
from bot.ports import Clock

log = logging.getLogger(__name__)
Say = Callable[[str], None]

BURST = 5
"""Posts to a channel at once before the playground asks for one a second: milder than Slack."""
WORKERS = 1
"""Processes that draw charts: one person asks one question at a time, and memory is dear on a laptop."""
MORNING = time(12)
"""UTC: seven in New York, before the exchange opens."""
PROCESSING = 0.2
"""Seconds that an uploaded picture is refused in a message, as with Slack."""


@dataclass(frozen=True)
class PlaygroundOptions:
    """What the command line offers.

    port: of the page, 0: a free one.  data: "sample" or "yahoo".
    home: folder to keep everything in; None: a temporary one.  transport: "http" or "socket".
    script: lines to play, on a free port.  browser: whether to open one.
    empty: begin with nothing asked, as a script does and a workspace that was kept.
    asof: day on whose morning it begins; None: now.
    database: address of a PostgreSQL; None: a SQLite file in the folder, whatever DATABASE_URL says.
    """

    port: int = 0
    data: str = "sample"
    home: Path | None = None
    transport: str = "http"
    script: Path | None = None
    browser: bool = True
    asof: date | None = None
    empty: bool = False
    database: str | None = None


@dataclass(frozen=True)
class Playground:
    """What runs.  url: the page; stop: set, it ends everything.

    settings, clock: the bot's.  is_new: nothing was kept of an earlier time.
    """

    slack: Slack
    deeds: Actions
    bot: Bot
    url: str
    stop: asyncio.Event
    travel: Travel
    settings: Settings
    clock: Clock
    is_new: bool


async def playground(options: PlaygroundOptions, say: Say) -> None:
    """Run until Ctrl-C, or until the script is played.

    say: prints a line.  Raises UserError where the port, the folder or the script is no good.
    """
    if options.script is not None:
        lines = read_script(_text_of(options.script))
        async with open_playground(replace(options, port=0)) as here:
            quiet, travel = here.bot.shift.quiet, here.travel
            with travel.hurried():
                stage = Stage(here.deeds, here.slack, quiet, travel.sessions, travel.to)
                await play_script(lines, stage, say)
        return

    async def show(url: str) -> None:
        say(f"The playground is at {url} (Ctrl-C ends it).")
        if options.browser and has_screen():
            await asyncio.to_thread(webbrowser.open, url)

    async with open_playground(options, show) as here:
        async with _opening(here, asked=here.is_new and not options.empty):
            await here.stop.wait()
        say("Ended.")


@asynccontextmanager
async def _opening(here: Playground, *, asked: bool) -> AsyncIterator[None]:
    """Have the first questions asked while the block runs.  asked: whether to."""
    opening = Opening(here.deeds, here.slack.workspace, here.bot.shift.quiet)
    asking = asyncio.create_task(_ask_first(opening, here)) if asked else None
    try:
        yield
    finally:
        if asking:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)


async def _ask_first(opening: Opening, here: Playground) -> None:
    """Ask the first questions; what goes wrong is logged, for the workspace works without them."""
    try:
        await opening.play(here.settings, here.clock)
    except Exception:
        log.exception("The first questions could not be asked")


async def _show_nobody(url: str) -> None:
    """Show the page to nobody."""


@asynccontextmanager
async def open_playground(
    options: PlaygroundOptions, show: Callable[[str], Awaitable[None]] = _show_nobody
) -> AsyncIterator[Playground]:
    """Open workspace, page and bot, until the block ends or Ctrl-C.

    show: gets the page's address as soon as it answers; it says "Starting..." until the bot listens.
    """
    clock, installed = ShiftedClock(SystemClock(), _morning(options.asof)), _fresh_secrets()
    bots: list[Bot] = []
    async with AsyncExitStack() as stack:
        home = stack.enter_context(_home(options.home))
        workspace, is_new = await _workspace(stack, home, clock)
        slack = Slack(workspace, installed)
        slack.rate.burst, slack.readiness.seconds = BURST, PROCESSING
        line = await _line(stack, slack, options.transport)
        deeds = Actions(slack, line)
        stack.push_async_callback(deeds.aclose)
        travel = Travel(clock, lambda: around(bots[0], clock, settings), lambda: workspace.feed.tell("time"))
        ready = asyncio.Event()
        await stack.enter_async_context(slack.running(options.port, routes(workspace, deeds, travel, ready)))
        url, settings = f"{slack.base}/", _settings(options, home, slack)
        await show(url)
        await migrate(settings)
        bot = await stack.enter_async_context(
            assemble_bot(settings, clock, WORKERS, sleep=travel.sleep, turns=TravelClock(clock))
        )
        bots.append(bot)
        stop = asyncio.Event()
        address = await stack.enter_async_context(_serve_bot(bot, settings, stop))
        if isinstance(line, OverHttp):
            line.url = address
        ready.set()
        yield Playground(slack, deeds, bot, url, stop, travel, settings, clock, is_new)


def _text_of(script: Path) -> str:
    try:
        return script.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{script} is no text in UTF-8 ({error.reason} at byte {error.start}).") from error


def _fresh_secrets() -> Installed:
    """Make fresh secrets: nothing that leaks from a playground opens anything else."""
    return Installed(
        f"xoxb-playground-{secrets.token_hex(8)}",
        f"xapp-playground-{secrets.token_hex(8)}",
        secrets.token_hex(16),
    )


def _settings(options: PlaygroundOptions, home: Path, slack: Slack) -> Settings:
    installed = slack.installed
    return load(
        data=options.data,
        transport=options.transport,
        home=home,
        host=HOST,
        port=0,
        SLACK_BOT_TOKEN=installed.bot_token,
        SLACK_APP_TOKEN=installed.app_token,
        SLACK_SIGNING_SECRET=installed.signing_secret,
        SLACK_API_URL=slack.api_url,
        DATABASE_URL=options.database or f"sqlite:///{home.absolute() / 'watchpoint.db'}",
    )


def _morning(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, MORNING, UTC)


def around(bot: Bot, clock: Clock, settings: Settings) -> Around:
    """Return what time passes by: the bot's own calendar, its daily posts, and the prices it waits for."""
    assert bot.calendar, "the playground works itself"
    calendar, patience = bot.calendar, timedelta(hours=settings.data_deadline)
    return Around(
        calendar,
        lambda: posts_of(bot.store.of(TEAM)),
        lambda: late_until(bot.store, TEAM, calendar, clock.now(), patience),
        bot.catch_up,
    )


async def _workspace(stack: AsyncExitStack, home: Path, clock: Clock) -> tuple[Workspace, bool]:
    """Open the workspace; gives it, and whether it is a new one."""
    folder = home / "workspace"
    is_new = not (folder / storage.STATE).exists()
    workspace = storage.load_workspace(folder, clock)
    await stack.enter_async_context(storage.keep_saved(workspace, folder))
    return workspace, is_new


async def _line(stack: AsyncExitStack, slack: Slack, transport: str) -> AppTransport:
    """Open the way to the bot; over HTTP its address is known only when the bot listens.

    Requests are signed at the real time, whatever the playground's is: old ones are refused.
    """
    if transport == Transport.SOCKET:
        return OverSocket(slack)
    return await stack.enter_async_context(OverHttp.to("", slack.installed.signing_secret, SystemClock()))


@asynccontextmanager
async def _serve_bot(bot: Bot, settings: Settings, stop: asyncio.Event) -> AsyncIterator[str]:
    """Let the bot take commands until the block ends; gives the last word of its sentence, the
    address.
    """
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(listen(bot, settings, stop, ready.set_result))
    try:
        either: set[asyncio.Future[Any]] = {serving, ready}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            await serving
        yield ready.result().split()[-1]
    finally:
        stop.set()
        with suppress(asyncio.CancelledError):
            await serving


@contextmanager
def _home(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="watchpoint-playground-") as folder:
        yield Path(folder)
