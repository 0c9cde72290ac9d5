"""How soon a command is acknowledged while charts are drawn.  Run: python -m tests.benchmarks.ack

Load, in four processes that share this machine's cores:
- the server under test: uvicorn with Bolt's ASGI adapter, at /slack/events;
- the product's own PoolChartRenderer in that server: two worker processes that draw growth charts of
  two funds over 2,520 sessions without a pause, each with another title so that none comes from the cache.
  What is drawn
  does not depend on the commands: their own work only yields once;
- the load generator: 50 connections, each with one signed `/compare ISCB SPSM` in flight at a time, raw HTTP.

Apps, each acknowledging empty:
- bare: Bolt's AsyncApp as its documentation has it: token, one listener that acknowledges and nothing else;
- web: our build_app (bot.slack.app) with its intake: before each acknowledgement the question is on
  the disk (SQLite, synchronous=FULL) and a task for it is enqueued; nobody works;
- web, PostgreSQL: the same, as that role is run; only where TEST_DATABASE_URL names a server;
- all: as web, and beside it, in the same process, the questions are taken, answered with nothing, and noted
  as done: three writes for each.  The role `all`.
"fsync" is what no app can be faster than that keeps each question by itself: one page written and synced,
again and again, where the temporary files are.  Rounds alternate; a row is the median of its rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from bot import store
from bot.clock import SystemClock
from bot.drawing import PoolChartRenderer
from bot.jobs.postgres import install, postgres_queue
from bot.jobs.queue import memory_queue
from bot.jobs.worker import Worker
from bot.model import Request
from bot.playground.api.server import Slack
from bot.playground.transport import sign_request
from bot.ports import QUESTION, Ack, Place, Routes
from bot.render.chart_specs import GrowthChart
from bot.slack.app import build_app
from bot.slack.client import slack_client
from bot.slack.intake import Intake
from bot.slack.messenger import SlackMessenger
from bot.slack.serve import serve_http
from bot.telemetry.metrics import PrometheusMetrics
from bot.use_cases.inbox import RequestWorker
from tests.contracts.stores import own_database
from tests.contracts.stores import server as server_address
from tests.fakes.front import never
from tests.fakes.users import KnownUsers
from tests.fakes.workspace import BOT_TOKEN, SIGNING_SECRET, command, loopback, unserved

ROOT = Path(__file__).resolve().parents[2]
BARE, WEB, POSTGRESQL, ALL = "bare", "web", "web, PostgreSQL", "all"
IN_FLIGHT = 50
WARM_UP = 300
REQUESTS = 3000
ROUNDS = 3
SYNCS = 200
TARGET_P99 = 100.0
TARGET_THROUGHPUT = 0.8


@dataclass(frozen=True)
class Result:
    """One round.

    alone: milliseconds, median with one command in flight; p50, p99: milliseconds with 50 in flight.
    throughput, drawn: commands and charts a second; calls: to Slack.
    """

    alone: float
    p50: float
    p99: float
    throughput: float
    drawn: float
    calls: float


def picture(number: int) -> GrowthChart:
    """A growth chart; two numbers are two pictures."""
    noise = np.random.default_rng(7).normal(3e-4, 0.012, (2, 2520))
    growth = 100 * np.exp(np.cumsum(noise, axis=1))
    return GrowthChart(
        title=f"AAA and BBB, drawing {number}",
        subtitle="Growth of 100, with dividends",
        footer="Simulated",
        alt="Growth of 100",
        symbols=("AAA", "BBB"),
        sessions=np.datetime64("2016-01-04") + np.arange(2520).astype("timedelta64[D]"),
        growth=growth,
        drawdowns=growth / np.maximum.accumulate(growth, axis=1) - 1,
        worst=(None, None),
        simulated=True,
    )


class Handler:
    """Takes every command."""

    def receive(self, text: str, place: Place) -> Ack:
        return Ack(work=True)


@asynccontextmanager
async def our_app(client: Any, address: str, *, works: bool) -> AsyncIterator[tuple[Any, Worker]]:
    """The bot's own front with its own store and queue, and an answer that is nothing.

    works: questions are answered in this process, too.
    """
    clock, handler = SystemClock(), Handler()
    queue = postgres_queue(address) if address.startswith("postgres") else memory_queue()
    tell = SlackMessenger(client, clock).tell
    async with store.open_store(address) as kept:
        # Thousands of commands a second would otherwise be declined as too many, as they should be.
        intake = Intake(kept.inbox, queue, tell, clock, most=100_000)
        shift = Worker(queue, intake)
        if works:
            queue.on(QUESTION, RequestWorker(kept.inbox, tell, {"/compare": _answer}, clock, never).work, 16)
            shift.begin(lambda: None)
        app = build_app(
            client=client,
            signing_secret=SIGNING_SECRET,
            handlers=Routes(
                {"/compare": handler},
                said=handler,
                home=handler,
                joined=handler,
                unarchived=handler,
                gone=handler,
            ),
            intake=intake,
            users=KnownUsers(),
            clock=clock,
            metrics=PrometheusMetrics(clock, None, "0", "all"),
        )
        try:
            yield app, shift
        finally:
            await queue.aclose()
        shift.check()


async def _answer(request: Request) -> None:
    await asyncio.sleep(0)


class Nothing:
    """There is no work to finish."""

    async def drain(self, deadline: float) -> int:
        return 0


@asynccontextmanager
async def app_of(kind: str, client: Any) -> AsyncIterator[tuple[Any, Any]]:
    if kind == BARE:
        yield bare_app(client), Nothing()
        return
    with TemporaryDirectory() as home, _database(kind, home) as address:
        await asyncio.to_thread(store.migrate, address)
        if kind == POSTGRESQL:
            await install(address)
        async with our_app(client, address, works=kind == ALL) as ours:
            yield ours


@contextmanager
def _database(kind: str, home: str) -> Iterator[str]:
    if kind == POSTGRESQL:
        with own_database() as address:
            yield address
    else:
        yield f"sqlite:///{home}/watchpoint.db"


def bare_app(client: Any) -> Any:
    from slack_bolt.async_app import AsyncApp

    app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)

    @app.command("/compare")
    async def compare(ack: Any) -> None:
        await ack()

    return app


async def server(kind: str, drawing: bool) -> None:
    """Serve until standard input ends; say the address first and the counts last, a line of JSON each."""
    async with (
        loopback() as slack,
        slack_client(BOT_TOKEN, slack.api_url) as client,
        app_of(kind, client) as (app, work),
    ):
        stop = asyncio.Event()
        asyncio.get_running_loop().add_reader(sys.stdin, stop.set)
        async with _drawing_without_pause(drawing) as drawn:
            began, before = SystemClock().monotonic(), len(drawn)
            await serve_http(app, "127.0.0.1", 0, work, secret=SIGNING_SECRET, stop=stop, ready=_say_address)
            rate = (len(drawn) - before) / (SystemClock().monotonic() - began)
        _say(drawn=rate, calls=len(slack.calls))


@asynccontextmanager
async def _drawing_without_pause(drawing: bool) -> AsyncIterator[list[int]]:
    """Sizes of the charts drawn so far, two always under way; it begins when the first is there."""
    drawn: list[int] = []
    if not drawing:
        yield drawn
        return
    with TemporaryDirectory() as home:
        renderer, numbers = PoolChartRenderer(Path(home)), itertools.count()
        await renderer.start()
        drawn += await _draw(renderer, next(numbers))
        artists = [asyncio.create_task(_draw_on(renderer, numbers, drawn)) for _ in range(2)]
        yield drawn
        for artist in artists:
            artist.cancel()
        await renderer.aclose()


async def _draw_on(renderer: PoolChartRenderer, numbers: Iterator[int], drawn: list[int]) -> None:
    for number in numbers:
        drawn += await _draw(renderer, number)


async def _draw(renderer: PoolChartRenderer, number: int) -> list[int]:
    return [len(png) for png in (await renderer.draw([picture(number)])).values()]


def _say_address(sentence: str) -> None:
    _say(url=sentence.split()[-1])


def _say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


async def one_round(kind: str, drawing: bool) -> Result:
    """Start a server, load it, stop it."""
    arguments = ["-m", "tests.benchmarks.ack", "--server", kind, *(["--draw"] if drawing else [])]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        url = json.loads(await process.stdout.readline())["url"]
        await load(url, WARM_UP)
        alone = statistics.median(await load(url, WARM_UP, in_flight=1))
        began = SystemClock().monotonic()
        waits = await load(url, REQUESTS)
        lasted = SystemClock().monotonic() - began
        said, _ = await process.communicate(b"")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    last = json.loads(said)
    cuts = statistics.quantiles(waits, n=100)
    speed = (alone * 1e3, cuts[49] * 1e3, cuts[98] * 1e3, len(waits) / lasted)
    return Result(*speed, last["drawn"], last["calls"])


async def load(url: str, requests: int, in_flight: int = IN_FLIGHT) -> list[float]:
    """Seconds until each acknowledgement."""
    users = unserved()
    queue = iter([_request(url, users) for _ in range(requests)])
    waits: list[float] = []
    await asyncio.gather(*(_connection(url, queue, waits) for _ in range(in_flight)))
    return waits


async def _connection(url: str, queue: Any, waits: list[float]) -> None:
    parts, clock = urlsplit(url), SystemClock()
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for request in queue:
        began = clock.monotonic()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        waits.append(clock.monotonic() - began)
        if not head.startswith(b"HTTP/1.1 200") or b"content-length: 0" not in head:
            raise RuntimeError(f"not acknowledged: {head!r}")
    writer.close()
    await writer.wait_closed()


def _request(url: str, users: Slack) -> bytes:
    body, headers = sign_request(command(users, "ISCB SPSM"), SIGNING_SECRET, SystemClock())
    lines = [
        f"POST {urlsplit(url).path} HTTP/1.1",
        f"Host: {urlsplit(url).netloc}",
        f"Content-Length: {len(body)}",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def median(results: Sequence[Result]) -> Result:
    """Each figure's own median."""
    columns = zip(*map(astuple, results), strict=True)
    return Result(*(statistics.median(column) for column in columns))


def synced() -> float:
    """Pages written and synced in a second, one after the other."""
    clock, page = SystemClock(), bytes(4096)
    with TemporaryFile() as file:
        began = clock.monotonic()
        for _ in range(SYNCS):
            file.write(page)
            file.flush()
            os.fdatasync(file.fileno())
        return SYNCS / (clock.monotonic() - began)


async def benchmark(rounds: int) -> None:
    """Run all rounds and print the table."""
    kinds = [BARE, WEB, *([POSTGRESQL] if server_address() else []), ALL]
    cases = [(kind, drawing) for drawing in (False, True) for kind in kinds]
    results: dict[tuple[str, bool], list[Result]] = {case: [] for case in cases}
    limits: list[float] = []
    for _ in range(rounds):
        limits.append(synced())
        for case in cases:
            results[case].append(await one_round(*case))
    rows = {case: median(found) for case, found in results.items()}
    print(f"{IN_FLIGHT} in flight, {REQUESTS} commands a round, median of {rounds} rounds\n")
    print("app               drawing  alone ms   p50 ms   p99 ms   per s   x bare   charts/s   Slack calls")
    for (kind, drawing), row in rows.items():
        ratio = row.throughput / rows[BARE, drawing].throughput
        speed = f"{row.alone:8.1f}{row.p50:9.1f}{row.p99:9.1f}{row.throughput:8.0f}{ratio:9.2f}"
        print(f"{kind:<18}{'yes' if drawing else 'no':<9}{speed}{row.drawn:11.2f}{row.calls:14.0f}")
    limit = statistics.median(limits)
    print(f"{'fsync':<18}{'no':<9}{1e3 / limit:8.1f}{'':18}{limit:8.0f}")
    web, every, bare = rows[WEB, True], rows[ALL, True], rows[BARE, True]
    print(f"\nWhile charts are drawn, p99 of web and all: {web.p99:.0f} and {every.p99:.0f} ms", end=" ")
    print(f"(target below {TARGET_P99:.0f}),", end=" ")
    print(
        f"{web.throughput / bare.throughput:.2f} and {every.throughput / bare.throughput:.2f} x bare", end=" "
    )
    print(f"(target {TARGET_THROUGHPUT} and more)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", choices=(BARE, WEB, POSTGRESQL, ALL))
    parser.add_argument("--draw", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    asyncio.run(server(given.server, given.draw) if given.server else benchmark(given.rounds))


if __name__ == "__main__":
    main()
