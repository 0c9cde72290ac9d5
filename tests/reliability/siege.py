"""A process under attack: whether it goes on answering and posting, and what it costs.

The attack comes from a process of its own (`tests.reliability.attack`) with a higher file limit.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.bootstrap.roles import ROUND
from bot.clock import SystemClock
from bot.model import DigestContent, NewNotice, NoticeKind
from bot.playground.model import TEAM
from bot.playground.storage import PORTFOLIO
from bot.playground.transport import OverHttp
from bot.ports.store import Store
from bot.store import open_store
from tests.contracts.stores import own_database, server
from tests.fakes.workspace import SIGNING_SECRET, command
from tests.scenario.fleet import ROOT, Fleet, Process, fleet, until

HTTP = "http"
"""The name of this case."""
FILES = 1024
"""Of a plain systemd unit."""
EVERY = 0.25
"""Seconds between two commands."""
PAGES = ("/healthz", "/readyz", "/metrics")
RULE = "ISCB sortino 1y < 1.0 for 5 sessions then SPSM"
WAIT = 10.0
P99, MEMORY, LOG = 1.0, 50_000_000, 1_000_000
"""Seconds to an acknowledgement, bytes of memory and of log more than before: all at most."""


@dataclass
class Siege:
    """What was seen from the beginning of the attack to its end.

    done: what the attack counted.  waits: seconds to each acknowledgement.  answered: of the commands.
    pages: seconds to each page.  failed: what else came instead, of commands and pages.
    memory, log: bytes more.  late: seconds from the moment the digest was due to its post.
    refused: the metric, by reason.  files: open at most.  processor: seconds of its time.
    """

    role: str
    seconds: float
    done: Mapping[str, int] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    answered: int = 0
    pages: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    memory: int = 0
    log: int = 0
    files: int = 0
    processor: float = 0.0
    late: float = float("inf")
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def p99(self) -> float:
        """Of the acknowledgements, in seconds; infinite where one failed."""
        return float("inf") if self.failed else statistics.quantiles(self.waits, n=100)[98]

    @property
    def sound(self) -> bool:
        """Whether it stood: nothing lost, all in time, the digest posted, within its memory and its log."""
        small = self.memory < MEMORY and self.log < LOG and self.files < FILES
        return not self.failed and self.lost == 0 and self.p99 <= P99 and self.late < WAIT + ROUND and small

    @property
    def lost(self) -> int:
        """Commands that were not acknowledged, or not answered."""
        return len(self.failed) + len(self.waits) - self.answered


async def besiege(role: str, database: str, folder: Path, seconds: float, *, hasty: bool) -> Siege:
    """Attack a process of this role for so long; with `web` a worker, which is left alone, does the work."""
    async with fleet(folder, database, FILES, hasty=hasty) as here:
        if role == "web":
            await here.run("migrate")
            await here.start("worker")
        bot = await here.start(role)
        await warm_up(here, bot)
        siege = Siege(role, seconds)
        due = datetime.now(UTC) + timedelta(seconds=seconds / 3)  # noqa: TID251
        await queue_digest(here, due, "due")
        await _attacked(siege, here, bot, due)
        await until(lambda: _answers(here) >= len(siege.waits), "all are answered")
        siege.answered = _answers(here)
        siege.refused = await _refused(bot)
        return siege


async def both(seconds: float) -> list[Siege]:
    """A process that does all on SQLite, and where there is a PostgreSQL one that only takes commands."""
    with tempfile.TemporaryDirectory(prefix="siege-") as folder:
        home = Path(folder)
        sieges = [await besiege("all", f"sqlite:///{home / 'watchpoint.db'}", home, seconds, hasty=False)]
    if server():
        with own_database() as address, tempfile.TemporaryDirectory(prefix="siege-") as folder:
            sieges.append(await besiege("web", address, Path(folder), seconds, hasty=False))
    return sieges


def facts(siege: Siege) -> list[dict[str, str]]:
    """The table: a line for each figure."""
    kinds = ("half-open", "huge bodies", "stuck bodies", "unsigned")
    told = {
        "seconds": f"{siege.seconds:.0f}",
        **{f"attack: {kind}": f"{siege.done[kind]:,}" for kind in kinds},
        "refused, by the metric": f"{sum(siege.refused.values()):,}",
        "commands, signed": str(len(siege.waits) + len(siege.failed)),
        "lost": str(siege.lost),
        "acknowledged, p50": f"{statistics.median(siege.waits) * 1e3:.0f} ms",
        "acknowledged, p99": f"{siege.p99 * 1e3:.0f} ms",
        "looks at the pages": str(len(siege.pages)),
        "the slowest of them": f"{max(siege.pages) * 1e3:.0f} ms",
        "digest, after it was due": f"{siege.late:.1f} s",
        "memory more, at most": f"{siege.memory / 1e6:.1f} MB",
        "log more": f"{siege.log / 1e3:.0f} kB",
        "files open, at most": str(siege.files),
        "processor time": f"{siege.processor:.1f} s",
    }
    return [{"what": what, "how much": much} for what, much in told.items()]


async def warm_up(here: Fleet, bot: Process) -> None:
    """Bring into memory all that ordinary work takes there, and post a digest that can be told again."""
    await here.ask(bot, RULE, "/watch")
    await until(lambda: bool(here.answers("R1")), "the rule is kept")
    await here.ask(bot, "on 08:30 always", "/digest")
    await here.ask(bot, "ISCB SPSM 1y")
    await until(lambda: bool(here.answers("ISCB vs SPSM")), "ISCB is compared")
    await here.ask(bot, "now", "/digest")
    await here.all_done()
    await until(lambda: bool(digests(here)), "a digest is posted")
    async with OverHttp.to(f"{bot.base}/slack/events", SIGNING_SECRET, SystemClock()) as line:
        for _ in range(50):
            assert (await line.deliver(command(here.slack, "help", "/digest"))).status == 200
    for page in PAGES:
        await bot.get(page)


def digests(here: Fleet) -> list[str]:
    """List the times of the digests that were posted."""
    return [post.ts for post in here.answers("• R1")]


def _answers(here: Fleet) -> int:
    return len(here.told("The daily post is on"))


async def queue_digest(here: Fleet, due: datetime, subject: str) -> None:
    """Promise the last digest once more, at a moment within the attack."""
    async with open_store(here.database) as store:
        digest_content = await _told(store, digests(here)[-1])
        about = (TEAM, PORTFOLIO, digest_content.session)
        notice = NewNotice(*about, NoticeKind.DIGEST, subject, digest_content, due)
        await store.of(TEAM).add_notices([notice])


async def _told(store: Store, ts: str) -> DigestContent:
    digest_content = await store.of(TEAM).content_of_message(PORTFOLIO, ts)
    assert isinstance(digest_content, DigestContent)
    return digest_content


async def _attacked(siege: Siege, here: Fleet, bot: Process, due: datetime) -> None:
    before, log, posted = _memory(bot, "VmRSS"), bot.log.stat().st_size, len(digests(here))
    used = _processor(bot)
    _proc(bot, "clear_refs").write_text("5")  # the peak begins anew
    attack = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.reliability.attack", bot.base, str(siege.seconds)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    at_work = asyncio.create_task(attack.communicate())
    others = [
        _commands(siege, here, bot, at_work),
        _looks(siege, bot, at_work),
        _posted(siege, here, due, posted),
    ]
    tasks = [asyncio.create_task(each) for each in others]
    try:
        said, _ = await at_work
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        if attack.returncode is None:
            attack.kill()
    siege.done = Counter(json.loads(said))
    siege.processor = _processor(bot) - used
    siege.memory, siege.log = _memory(bot, "VmHWM") - before, bot.log.stat().st_size - log


async def _commands(siege: Siege, here: Fleet, bot: Process, attack: asyncio.Task[Any]) -> None:
    """One after the other, each over a connection of its own, as Slack's come."""
    clock = SystemClock()
    while not attack.done():
        began = clock.monotonic()
        try:
            async with asyncio.timeout(WAIT):
                ack = await here.ask(bot, "status", "/digest")
        except TimeoutError:
            siege.failed.append(f"no acknowledgement in {WAIT:.0f} s")
        else:
            if ack == (200, None):
                siege.waits.append(clock.monotonic() - began)
            else:
                siege.failed.append(f"acknowledged with {ack}")
        await asyncio.sleep(EVERY)


async def _looks(siege: Siege, bot: Process, attack: asyncio.Task[Any]) -> None:
    """At the pages, and at how many files are open."""
    clock = SystemClock()
    while not attack.done():
        for page in PAGES:
            began = clock.monotonic()
            try:
                async with asyncio.timeout(WAIT):
                    status, _ = await bot.get(page)
            except (OSError, TimeoutError) as fault:
                siege.failed.append(f"{page}: {fault!r}")
                continue
            siege.pages.append(clock.monotonic() - began)
            if status != 200:
                siege.failed.append(f"{page}: {status}")
        siege.files = max(siege.files, sum(1 for _ in _proc(bot, "fd").iterdir()))
        await asyncio.sleep(EVERY)


async def _posted(siege: Siege, here: Fleet, due: datetime, before: int) -> None:
    await asyncio.sleep((due - datetime.now(UTC)).total_seconds())  # noqa: TID251
    await until(lambda: len(digests(here)) > before, "the digest is posted")
    siege.late = (datetime.now(UTC) - due).total_seconds()  # noqa: TID251


async def _refused(bot: Process) -> dict[str, int]:
    _, text = await bot.get("/metrics")
    found = re.findall(r'watchpoint_http_refused_total\{reason="(\w+)"\} ([\d.]+)', text)
    return {reason: int(float(count)) for reason, count in found}


def _proc(bot: Process, name: str) -> Path:
    return Path(f"/proc/{bot.running.pid}/{name}")


def _memory(bot: Process, name: str) -> int:
    """In bytes: VmRSS now, VmHWM at most."""
    found = re.search(rf"{name}:\s+(\d+) kB", _proc(bot, "status").read_text())
    assert found
    return int(found[1]) * 1024


def _processor(bot: Process) -> float:
    """Seconds that it has used so far."""
    fields = _proc(bot, "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
