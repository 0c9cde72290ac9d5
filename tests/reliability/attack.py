"""python -m tests.reliability.attack URL SECONDS: everything at once against one HTTP port, without a secret.

Half-open connections from several addresses, each opened again when it is closed; bodies of 200 MB, announced
and in chunks, under headers as Slack's; bodies that stop before their end; small requests that are not
signed.  What was done is printed as JSON at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import resource
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.clock import SystemClock

HALF_OPEN = 2000
PEERS = itertools.cycle([f"127.0.0.{number}" for number in range(2, 10)])
"""Addresses of this machine that all of it comes from, in turn; the commands come from 127.0.0.1."""
HUGE = 200_000_000
AGAIN = 250
"""Of those that were closed, opened again every half second."""
STUCK = 40
A_SECOND = 10_000 / 60
"""Unsigned requests."""
EVENTS = "/slack/events"
Address = tuple[str, int]


def stamped(rest: str) -> bytes:
    """A request with headers of Slack's form; only the signature's value is wrong."""
    now = int(SystemClock().now().timestamp())
    return (
        f"POST {EVENTS} HTTP/1.1\r\nHost: bot\r\nX-Slack-Request-Timestamp: {now}\r\n"
        f"X-Slack-Signature: v0={'0' * 64}\r\nContent-Type: application/json\r\n{rest}\r\n\r\n"
    ).encode()


def unsigned() -> Iterator[tuple[str, bytes]]:
    """Names and requests of those that cost little, without end."""
    small = "Content-Length: 12"
    return itertools.cycle(
        [
            ("no signature", f"POST {EVENTS} HTTP/1.1\r\nHost: bot\r\n{small}\r\n\r\ntext=AAA+BBB".encode()),
            ("forged", stamped(small) + b"text=AAA+BBB"),
            ("no UTF-8", stamped(small) + b"\xff" * 12),
            ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
            ("scan", b"GET /wp-login.php HTTP/1.1\r\nHost: bot\r\n\r\n"),
            ("pipelined", b"GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n" * 50),
            ("upgrade", b"GET / HTTP/1.1\r\nHost: bot\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"),
            ("metrics", b"GET /metrics HTTP/1.1\r\nHost: bot\r\n\r\n"),
            ("ready", b"GET /readyz HTTP/1.0\r\n\r\n"),
            ("large header", b"GET / HTTP/1.1\r\nHost: bot\r\nX: " + b"x" * 60_000 + b"\r\n\r\n"),
        ]
    )


class HalfOpen:
    """Connections that say nothing, or a letter of a header now and then."""

    def __init__(self, address: Address, done: Counter[str]) -> None:
        self._address, self._done = address, done
        self._sockets: list[socket.socket] = []

    async def hold(self) -> None:
        """Keep up their number until cancelled."""
        try:
            for number in itertools.count():
                self._sockets = [each for each in self._sockets if self._lives(each, number % 4 == 0)]
                missing = min(HALF_OPEN - len(self._sockets), AGAIN if number else HALF_OPEN)
                self._sockets += [self._opened() for _ in range(missing)]
                await asyncio.sleep(0.5)
        finally:
            for each in self._sockets:
                each.close()

    def _opened(self) -> socket.socket:
        opened = socket.socket()
        opened.setblocking(False)
        opened.bind((next(PEERS), 0))
        opened.connect_ex(self._address)
        self._done["half-open"] += 1
        return opened

    def _lives(self, each: socket.socket, speak: bool) -> bool:
        try:
            if speak and each.fileno() % 2:
                each.send(b"GET / HTTP/1.1\r\nX-Slow: ")
            if each.recv(64):
                return True
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            pass
        each.close()
        return False


async def send(address: Address, first: bytes, body: bytes = b"", times: int = 0) -> int:
    """Send it as far as it is taken, the body again and again; the status of the answer, 0 for none."""
    reader, writer = await asyncio.open_connection(*address, local_addr=(next(PEERS), 0))
    with contextlib.suppress(OSError):
        writer.write(first)
        for _ in range(times):
            writer.write(body)
            await writer.drain()
    status = 0
    with contextlib.suppress(OSError, LookupError, ValueError):
        status = int((await reader.readline()).split()[1])
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return status


async def huge(address: Address, done: Counter[str]) -> None:
    """200 MB, announced or in chunks, again and again."""
    piece = bytes(100_000)
    for number in itertools.count():
        if number % 2:
            first, body = stamped("Transfer-Encoding: chunked"), b"186a0\r\n" + piece + b"\r\n"
        else:
            first, body = stamped(f"Content-Length: {HUGE}"), piece
        with contextlib.suppress(OSError):
            await send(address, first, body, HUGE // len(piece))
        done["huge bodies"] += 1
        await asyncio.sleep(0.2)


async def stuck(address: Address, done: Counter[str]) -> None:
    """Nearly a megabyte, and no end."""
    while True:
        with contextlib.suppress(OSError):
            done["stuck bodies"] += 1
            await send(address, stamped("Content-Length: 1000000"), bytes(900_000), 1)
        await asyncio.sleep(2.0)


async def noise(address: Address, done: Counter[str]) -> None:
    """Small requests, so many a second, whether answered or not."""
    clock, tasks = SystemClock(), set[asyncio.Task[None]]()
    began = clock.monotonic()
    for number, (name, request) in enumerate(unsigned()):
        await asyncio.sleep(max(began + number / A_SECOND - clock.monotonic(), 0.0))
        task = asyncio.create_task(_one(address, name, request, done))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def _one(address: Address, name: str, request: bytes, done: Counter[str]) -> None:
    done["unsigned"] += 1
    try:
        done[f"{name}: {await send(address, request)}"] += 1
    except OSError:
        done[f"{name}: none"] += 1


async def attack(url: str, seconds: float) -> Counter[str]:
    """All of it for so long; how often each was done, and how it was answered."""
    parts, done = urlsplit(url), Counter[str]()
    address = (parts.hostname or "", parts.port or 80)
    works = [HalfOpen(address, done).hold(), noise(address, done), huge(address, done)]
    works += [stuck(address, done) for _ in range(STUCK)]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.gather(*works)
    return done


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(json.dumps(asyncio.run(attack(sys.argv[1], float(sys.argv[2])))))
