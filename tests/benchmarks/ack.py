"""How soon a command is acknowledged while charts are drawn.  Run: python -m tests.benchmarks.ack

Load, in three processes that share this machine's cores:
- the server under test: uvicorn with Bolt's ASGI adapter, at /slack/events;
- one worker of a process pool of that server, which draws charts without a pause.  The chart is a stand-in
  for the product's: a 1600 x 900 figure of two lines with 2,520 points and an underwater panel, Agg,
  written as PNG.  What is drawn does not depend on the commands: their own work only yields once;
- the load generator: 50 connections, each with one signed `/compare ISCB SPSM` in flight at a time, raw HTTP.

"bare" is Bolt's AsyncApp as its documentation has it: token, one listener that acknowledges and nothing else.
"ours" is bot.slack.app.build_app with its handover.  Rounds alternate; a row is the median of its rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import itertools
import json
import statistics
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import astuple, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from bot.clock import SystemClock
from bot.ports import Place
from bot.slack.app import build_app
from bot.slack.client import connected
from bot.slack.handover import Handover, Received
from bot.slack.messenger import SlackMessenger
from bot.slack.serve import serve_http
from tests.fakes.slack import BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.fakes.slack_delivery import command, signed

ROOT = Path(__file__).resolve().parents[2]
IN_FLIGHT = 50
WARM_UP = 300
REQUESTS = 3000
ROUNDS = 3
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


def draw(seed: int) -> int:
    """Draw the stand-in chart; the number of its bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    growth = np.exp(np.cumsum(np.random.default_rng(seed).normal(3e-4, 0.012, (2, 2520)), axis=1))
    figure = Figure(figsize=(16, 9), dpi=100)
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, sharex=True)
    upper.plot(growth.T)
    lower.plot((growth / np.maximum.accumulate(growth, axis=1) - 1).T)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", pil_kwargs={"compress_level": 3})
    return len(picture.getvalue())


class Handler:
    """Takes every command and does next to nothing for it."""

    def receive(self, text: str, place: Place) -> Received:
        return Received(work=lambda: asyncio.sleep(0))


def our_app(client: Any, handover: Handover) -> Any:
    return build_app(
        client=client,
        signing_secret=SIGNING_SECRET,
        commands={"/compare": Handler()},
        mention=Handler(),
        handover=handover,
        clock=SystemClock(),
    )


def bare_app(client: Any) -> Any:
    from slack_bolt.async_app import AsyncApp

    app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)

    @app.command("/compare")
    async def compare(ack: Any) -> None:
        await ack()

    return app


async def server(kind: str, drawing: bool) -> None:
    """Serve until standard input ends; say the address first and the counts last, a line of JSON each."""
    async with FakeSlack.running() as slack, connected(BOT_TOKEN, slack.api_url) as client:
        # Thousands of commands a second would otherwise be declined as too many, as they should be.
        handover = Handover(SlackMessenger(client, SystemClock()).tell, at_once=10_000, most=10_000)
        app = our_app(client, handover) if kind == "ours" else bare_app(client)
        stop, drawn = asyncio.Event(), asyncio.Queue[int]()
        asyncio.get_running_loop().add_reader(sys.stdin, stop.set)
        artist = asyncio.create_task(_draw_without_pause(drawn)) if drawing else None
        if drawing:
            await drawn.get()
        began = SystemClock().monotonic()
        await serve_http(
            app, "127.0.0.1", 0, handover, stop=stop, ready=lambda said: _say(url=said.split()[-1])
        )
        rate = drawn.qsize() / (SystemClock().monotonic() - began)
        if artist:
            artist.cancel()
            with suppress(asyncio.CancelledError):
                await artist
        _say(drawn=rate, calls=len(slack.calls))


async def _draw_without_pause(drawn: asyncio.Queue[int]) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for seed in itertools.count():
            drawn.put_nowait(await asyncio.get_running_loop().run_in_executor(pool, draw, seed))


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
    queue = iter([_request(url) for _ in range(requests)])
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


def _request(url: str) -> bytes:
    body, headers = signed(command("/compare", "ISCB SPSM"))
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


async def benchmark(rounds: int) -> None:
    """Run all rounds and print the table."""
    cases = [(kind, drawing) for drawing in (False, True) for kind in ("bare", "ours")]
    results: dict[tuple[str, bool], list[Result]] = {case: [] for case in cases}
    for _ in range(rounds):
        for case in cases:
            results[case].append(await one_round(*case))
    rows = {case: median(found) for case, found in results.items()}
    print(f"{IN_FLIGHT} in flight, {REQUESTS} commands a round, median of {rounds} rounds\n")
    print("app   drawing  alone ms   p50 ms   p99 ms   per s   x bare   charts/s   Slack calls")
    for (kind, drawing), row in rows.items():
        ratio = row.throughput / rows["bare", drawing].throughput
        figures = f"{row.alone:8.1f}{row.p50:9.1f}{row.p99:9.1f}{row.throughput:8.0f}{ratio:9.2f}{row.drawn:11.2f}{row.calls:14.0f}"
        print(f"{kind:<6}{'yes' if drawing else 'no':<9}{figures}")
    ours, bare = rows["ours", True], rows["bare", True]
    print(f"\nWhile charts are drawn: p99 {ours.p99:.0f} ms (target below {TARGET_P99:.0f}),", end=" ")
    print(f"{ours.throughput / bare.throughput:.2f} x bare (target {TARGET_THROUGHPUT} and more)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", choices=("ours", "bare"))
    parser.add_argument("--draw", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    asyncio.run(server(given.server, given.draw) if given.server else benchmark(given.rounds))


if __name__ == "__main__":
    main()
