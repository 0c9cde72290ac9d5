"""The bot in processes of its own before a Slack in this one: started, asked, killed and looked at."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.clock import SystemClock
from bot.playground.api.server import Faults, Slack
from bot.playground.model import Installed, PostedMessage
from bot.playground.storage import seed_workspace
from bot.playground.transport import AppAnswer, OverHttp
from bot.store import open_store
from tests.fakes.workspace import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, command, everybody_sees, only_for

ROOT = Path(__file__).resolve().parents[2]
PATIENT = 90.0
"""Seconds that anything may take on a busy machine."""
LOOK = 0.02


async def until(done: Callable[[], bool | Awaitable[bool]], what: str, patient: float = PATIENT) -> None:
    """Wait for it; fails with `what` where it does not come within so many seconds."""
    try:
        async with asyncio.timeout(patient):
            while True:
                found = done()
                if found if isinstance(found, bool) else await found:
                    return
                await asyncio.sleep(LOOK)
    except TimeoutError:
        raise AssertionError(f"in vain was waited {patient:.0f} s until {what}") from None


class MetFaults(Faults):
    """Knows which faults were met.  met: (method, fault)."""

    def __init__(self) -> None:
        super().__init__()
        self.met: list[tuple[str, str]] = []

    def next(self, method: str) -> str:
        """As it is, noted."""
        fault = super().next(method)
        if fault:
            self.met.append((method, fault))
        return fault


@dataclass
class Process:
    """One process of the bot.  base: its address."""

    name: str
    running: asyncio.subprocess.Process
    log: Path
    base: str = ""

    @property
    def said(self) -> str:
        """Its log so far."""
        return self.log.read_text()

    def signal(self, number: signal.Signals) -> None:
        """Send it one."""
        self.running.send_signal(number)

    async def ended(self) -> int:
        """Its exit code, or minus the signal that ended it."""
        return await asyncio.wait_for(self.running.wait(), PATIENT)

    async def killed(self) -> None:
        """By SIGKILL."""
        self.signal(signal.SIGKILL)
        assert await self.ended() == -signal.SIGKILL

    async def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        async with aiohttp.ClientSession() as session, session.get(self.base + path) as answer:
            return answer.status, await answer.text()

    async def metrics(self) -> dict[str, float]:
        """Values by sample name, those of all labels added up."""
        status, text = await self.get("/metrics")
        assert status == 200
        found: dict[str, float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found[sample.name] = found.get(sample.name, 0.0) + sample.value
        return found

    def maps(self, what: str) -> bool:
        """Whether compiled code of this library is in its memory."""
        return f"/{what}/" in Path(f"/proc/{self.running.pid}/maps").read_text()

    async def is_up(self) -> bool:
        """Whether it has said its address."""
        if self.running.returncode is not None:
            raise AssertionError(f"{self.name} ended with {self.running.returncode}:\n{self.said}")
        found = re.search(r"(?:Listening|health and metrics) on (http://[\d.:]+)", self.said)
        self.base = found[1] if found else ""
        return bool(found)


@dataclass
class Fleet:
    """All processes on one database.

    files: how many each may open, as many as we may where 0.  hasty: whether workers take over sooner than
    usual.
    """

    slack: Slack
    faults: MetFaults
    folder: Path
    database: str
    files: int = 0
    hasty: bool = True
    started: list[Process] = field(default_factory=list)
    names: Iterator[int] = field(default_factory=count)

    async def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """A command to its end: exit code, and all that it said."""
        process = await self._spawn(["-m", "bot", *arguments], asyncio.subprocess.PIPE, environment)
        said, _ = await asyncio.wait_for(process.communicate(), PATIENT)
        return process.returncode or 0, said.decode()

    async def start(self, role: str, **environment: str) -> Process:
        """A process that serves, from the moment that it says so."""
        name = f"{role}{next(self.names)}"
        log = self.folder / f"{name}.log"
        module = "tests.scenario.hasty" if self.hasty and role != "web" else "bot"
        with log.open("wb") as file:
            running = await self._spawn(
                ["-m", module, "serve", "--role", role, "--transport", "http"], file.fileno(), environment
            )
        process = Process(name, running, log)
        self.started.append(process)
        await until(process.is_up, f"{name} is up")
        return process

    async def ask(self, web: Process, text: str, name: str = "/compare") -> AppAnswer:
        """Type a command in #portfolio; the acknowledgement."""
        async with OverHttp.to(f"{web.base}/slack/events", SIGNING_SECRET, SystemClock()) as line:
            return await line.deliver(command(self.slack, text, name))

    def answers(self, about: str) -> list[PostedMessage]:
        """What everybody sees about something."""
        return [post for post in everybody_sees(self.slack) if about in post.text]

    def told(self, about: str) -> list[PostedMessage]:
        """What only the asker sees about it."""
        return [post for post in only_for(self.slack) if about in post.text]

    async def all_done(self) -> None:
        """Wait until no question is open, taken or not."""
        later = datetime.now(UTC) + timedelta(days=1)  # noqa: TID251
        async with open_store(self.database) as store:

            async def none() -> bool:
                return not await store.inbox.open(later)

            await until(none, "no question is open")

    async def met(self, method: str) -> None:
        """Wait until a call of this method met its fault, and forget that it did."""
        await until(lambda: any(name == method for name, _ in self.faults.met), f"{method} goes wrong")
        self.faults.met.clear()

    def dismiss(self) -> None:
        """Nobody is left."""
        for process in self.started:
            if process.running.returncode is None:
                process.running.kill()

    async def _spawn(
        self, arguments: list[str], output: int, environment: dict[str, str]
    ) -> asyncio.subprocess.Process:
        settings = {
            "DATABASE_URL": self.database,
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "WATCHPOINT_DATA": "sample",
            "WATCHPOINT_HOME": str(self.folder / "home"),
            "WATCHPOINT_PORT": "0",
        }
        known = {name: value for name, value in os.environ.items() if not name.startswith("WATCHPOINT_")}  # noqa: TID251
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=ROOT,
            env=known | settings | environment,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            preexec_fn=partial(_limit, self.files) if self.files else None,
        )


def _limit(files: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))


@asynccontextmanager
async def fleet(folder: Path, database: str, files: int = 0, *, hasty: bool = True) -> AsyncIterator[Fleet]:
    """A workspace and nobody before it yet; who was started is killed when the block ends."""
    slack = Slack(seed_workspace(SystemClock()), Installed(BOT_TOKEN, APP_TOKEN, SIGNING_SECRET))
    slack.faults = faults = MetFaults()
    async with slack.running():
        here = Fleet(slack, faults, folder, database, files, hasty)
        try:
            yield here
        finally:
            here.dismiss()
            await asyncio.gather(*(process.running.wait() for process in here.started))
