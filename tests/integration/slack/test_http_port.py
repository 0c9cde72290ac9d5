"""The HTTP port before people who mean it ill: real sockets, one process."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.ports import HttpRefusal
from bot.slack import connections, http
from bot.slack.connections import Phase, allowed_connections, network_of
from bot.slack.http import HttpBounds, Receive, Send, SlackRequests, by_path, serving, tell

HOST, PATH = "127.0.0.1", "/slack/events"
SECRET = "of the app"
NOW = datetime(2026, 1, 16, 12, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
SOON = 0.1
"""Seconds in place of what a peer is given otherwise."""
BODY = b"command=%2Fcompare&text=ISCB+SPSM"
Headers = list[tuple[str, str]]


@dataclass
class Port:
    """A port that notes what reaches the app behind it.  gate: closed, the app does not answer."""

    number: int = 0
    bodies: list[bytes] = field(default_factory=list)
    refused: list[HttpRefusal] = field(default_factory=list)
    begun: asyncio.Queue[None] = field(default_factory=asyncio.Queue)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def app(self, _scope: Any, receive: Receive, send: Send) -> None:
        self.bodies.append((await receive())["body"])
        self.begun.put_nowait(None)
        await self.gate.wait()
        await tell(send, 200, "taken")

    async def open(self, host: str = HOST) -> Line:
        return Line(*await asyncio.open_connection(HOST, self.number, local_addr=(host, 0)))

    async def ask(self, *pieces: bytes) -> bytes:
        """What comes back over a connection of its own until it is closed."""
        line = await self.open()
        await line.say(*pieces)
        return await line.rest()


@dataclass
class Line:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def head(self) -> bytes:
        return await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 5)

    async def answer(self) -> bytes:
        """Status line and body of the next answer, the connection left open."""
        head = await self.head()
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return head.split(b"\r\n")[0] + b" " + await asyncio.wait_for(self.reader.readexactly(length), 5)

    async def rest(self) -> bytes:
        """All until it is closed; nothing where it was cut."""
        try:
            return await asyncio.wait_for(self.reader.read(), 5)
        except ConnectionResetError:
            return b""
        finally:
            self.writer.close()


@asynccontextmanager
async def opened(**bounds: Any) -> AsyncIterator[Port]:
    port = Port()
    port.gate.set()
    limits = HttpBounds(**bounds, refused=port.refused.append)
    slack = SlackRequests(port.app, PATH, SECRET, FixedClock(NOW), port.refused.append)
    async with serving(by_path({"/page": page}, slack), HOST, 0, limits) as (base, _):
        port.number = int(base.rpartition(":")[2])
        yield port
        port.gate.set()


async def page(_scope: Any, _receive: Receive, send: Send) -> None:
    await tell(send, 200, "a page")


@pytest.fixture
async def port() -> AsyncIterator[Port]:
    async with opened() as here:
        yield here


def post(*headers: tuple[str, str], version: str = "1.1") -> bytes:
    lines = [f"POST {PATH} HTTP/{version}", "Host: bot", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode()


def signed(body: bytes = BODY, stamp: str = STAMP, secret: str = SECRET) -> Headers:
    mac = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return [("X-Slack-Request-Timestamp", stamp), ("X-Slack-Signature", f"v0={mac}")]


def sized(body: bytes = BODY) -> tuple[str, str]:
    return "Content-Length", str(len(body))


def chunked(body: bytes, size: int) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def was_refused(answer: bytes, status: int) -> bool:
    """Whether it was, also where what was not read any more has reset the connection before the answer."""
    return answer == b"" or answer.startswith(b"HTTP/1.1 %d " % status)


ASKED = post(*signed(), sized()) + BODY
PAGE = b"GET /page HTTP/1.1\r\nHost: bot\r\n\r\n"


class TestSignature:
    async def test_what_is_signed_is_taken_and_the_connection_kept(self, port: Port) -> None:
        line = await port.open()
        for _ in range(2):
            await line.say(ASKED)
            assert await line.answer() == b"HTTP/1.1 200 OK taken"
        line.writer.close()
        assert (port.bodies, port.refused) == ([BODY, BODY], [])

    @pytest.mark.parametrize(
        ("headers", "reason"),
        [
            ([], HttpRefusal.UNSIGNED),
            (signed()[:1], HttpRefusal.UNSIGNED),
            (signed()[1:], HttpRefusal.UNSIGNED),
            ([*signed(), signed()[1]], HttpRefusal.UNSIGNED),
            ([*signed(), signed()[0]], HttpRefusal.UNSIGNED),
            ([("X-Slack-Request-Timestamp", "soon"), signed()[1]], HttpRefusal.UNSIGNED),
            ([("X-Slack-Request-Timestamp", "-5"), signed()[1]], HttpRefusal.UNSIGNED),
            ([("X-Slack-Request-Timestamp", "9" * 400), signed()[1]], HttpRefusal.UNSIGNED),
            ([signed()[0], ("X-Slack-Signature", "v0=" + "0" * 63)], HttpRefusal.UNSIGNED),
            ([signed()[0], ("X-Slack-Signature", "v0=\u00e9")], HttpRefusal.UNSIGNED),
            (signed(stamp=str(int(STAMP) - 301)), HttpRefusal.STALE),
            (signed(stamp=str(int(STAMP) + 301)), HttpRefusal.STALE),
        ],
    )
    async def test_what_headers_tell_is_refused_before_the_body_comes(
        self, port: Port, headers: Headers, reason: HttpRefusal
    ) -> None:
        answer = await port.ask(post(*headers, ("Content-Length", "5000")))
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert (port.refused, port.bodies) == ([reason], [])

    @pytest.mark.parametrize("body", [BODY, b"\xff\xfe" * 9, b""])
    async def test_a_signature_of_another_secret_is_refused_before_the_body_is_parsed(
        self, port: Port, body: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        answer = await port.ask(post(*signed(body, secret="guessed"), sized(body)), body)
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert (port.refused, port.bodies) == ([HttpRefusal.FORGED], [])
        assert "compare" not in caplog.text

    @pytest.mark.parametrize("age", [-300, 300])
    async def test_five_minutes_are_allowed(self, port: Port, age: int) -> None:
        line = await port.open()
        await line.say(post(*signed(stamp=str(int(STAMP) + age)), sized()), BODY)
        assert await line.answer() == b"HTTP/1.1 200 OK taken"
        line.writer.close()

    async def test_other_paths_and_methods_are_not_found_whatever_they_bring(self, port: Port) -> None:
        for method, path in (("GET", PATH), ("POST", "/"), ("POST", PATH + "/")):
            head = f"{method} {path} HTTP/1.1\r\nHost: bot\r\nContent-Length: 1000000000\r\n\r\n"
            assert (await port.ask(head.encode())).startswith(b"HTTP/1.1 404 ")
        assert port.bodies == []

    async def test_a_connection_that_proves_nothing_ends_with_its_answer(self, port: Port) -> None:
        answer = await port.ask(PAGE * 20)
        assert answer.count(b"HTTP/1.1 200 OK") == 1
        assert b"connection: close" in answer


class TestBody:
    async def test_one_that_is_announced_too_large_is_refused_at_once(self, port: Port) -> None:
        answer = await port.ask(post(*signed(), ("Content-Length", "1000001")))
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert port.refused == [HttpRefusal.LARGE]

    async def test_one_in_chunks_is_counted_as_it_comes(self, port: Port) -> None:
        line = await port.open()
        await line.say(post(*signed(), ("Transfer-Encoding", "chunked")))
        piece = b"2710\r\n" + bytes(10_000) + b"\r\n"
        await line.say(*[piece] * 100, b"1\r\nx\r\n")  # and no end
        assert (await line.head()).startswith(b"HTTP/1.1 413 ")
        assert (port.refused, port.bodies) == ([HttpRefusal.LARGE], [])
        line.writer.close()

    @pytest.mark.parametrize("size", [1_000_000, 8192])
    async def test_one_that_is_as_large_as_may_be_is_taken(self, port: Port, size: int) -> None:
        body = b"x" * 1_000_000
        line = await port.open()
        await line.say(post(*signed(body), ("Transfer-Encoding", "chunked")), chunked(body, size))
        assert await line.answer() == b"HTTP/1.1 200 OK taken"
        await line.say(post(*signed(body), sized(body)), body)
        assert await line.answer() == b"HTTP/1.1 200 OK taken"
        line.writer.close()
        assert port.bodies == [body, body]

    async def test_one_that_is_nearly_all_framing_is_cut(self, port: Port) -> None:
        head = post(*signed(), ("Transfer-Encoding", "chunked"))
        assert await port.ask(head, chunked(b"x" * 100_000, 1)) == b""
        assert (port.refused, port.bodies) == ([HttpRefusal.MALFORMED], [])

    async def test_one_that_does_not_come_is_not_waited_for(
        self, port: Port, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(http, "BODY_SECONDS", SOON)
        answer = await port.ask(post(*signed(), sized()), BODY[:-1])
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert (port.refused, port.bodies) == ([HttpRefusal.SLOW], [])

    async def test_where_all_are_too_much_together_the_largest_is_refused(
        self, port: Port, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(http, "ALL_BODIES_BYTES", 1_000_000)
        lines = [await port.open() for _ in range(3)]
        for line, size in zip(lines, (300_000, 500_000, 300_000), strict=True):
            await line.say(post(*signed(), ("Content-Length", "900000")), bytes(size))
        assert was_refused(await lines[1].rest(), 413)
        line = await port.open()
        await line.say(ASKED)
        assert await line.answer() == b"HTTP/1.1 200 OK taken"
        assert port.refused == [HttpRefusal.LARGE]
        for each in (line, lines[0], lines[2]):
            each.writer.close()

    async def test_a_peer_that_goes_away_leaves_no_trace(
        self, port: Port, caplog: pytest.LogCaptureFixture
    ) -> None:
        line = await port.open()
        await line.say(post(*signed(), sized()), BODY[:-1])
        line.writer.close()
        await line.writer.wait_closed()
        assert (await port.ask(PAGE)).endswith(b"a page")
        assert (port.bodies, port.refused, caplog.records) == ([], [], [])

    async def test_only_who_may_send_a_body_is_told_to_go_on(self, port: Port) -> None:
        expect = ("Expect", "100-continue")
        assert (await port.ask(post(sized(), expect))).startswith(b"HTTP/1.1 401 ")
        large = post(*signed(), ("Content-Length", "200000000"), expect)
        assert (await port.ask(large)).startswith(b"HTTP/1.1 413 ")
        line = await port.open()
        await line.say(post(*signed(), sized(), expect))
        assert (await line.head()).startswith(b"HTTP/1.1 100 ")
        await line.say(BODY)
        assert await line.answer() == b"HTTP/1.1 200 OK taken"
        line.writer.close()


class TestForm:
    @pytest.mark.parametrize(
        "lengths",
        [
            [("Content-Length", "5"), ("Content-Length", "6")],
            [("Content-Length", "5, 6")],
            [("Content-Length", "-5")],
            [("Content-Length", "+5")],
            [("Content-Length", "0x5")],
            [("Content-Length", "9" * 30)],
            [("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
        ],
    )
    async def test_a_length_that_can_be_read_in_two_ways_is_refused(
        self, port: Port, lengths: Headers
    ) -> None:
        assert (await port.ask(post(*signed(), *lengths), b"12345")).startswith(b"HTTP/1.1 400 ")
        assert (port.refused, port.bodies) == ([HttpRefusal.MALFORMED], [])

    @pytest.mark.parametrize(
        "lengths", [[sized(), sized()], [("Content-Length", f"{len(BODY)}, {len(BODY)}")]]
    )
    async def test_one_that_is_said_twice_alike_is_one(self, port: Port, lengths: Headers) -> None:
        line = await port.open()
        await line.say(post(*signed(), *lengths), BODY)
        assert await line.answer() == b"HTTP/1.1 200 OK taken"
        line.writer.close()

    async def test_http_1_0_is_answered_and_closed(self, port: Port) -> None:
        answer = await port.ask(post(*signed(), sized(), version="1.0"), BODY)
        assert (answer.startswith(b"HTTP/1.1 200 OK"), answer.endswith(b"taken")) == (True, True)
        assert (await port.ask(b"GET /page HTTP/1.0\r\n\r\n")).endswith(b"a page")

    @pytest.mark.parametrize("line", [b"X: " + b"x" * 40_000, b"a:b\r\n" * 8_000 + b"a:b"])
    async def test_headers_that_are_too_large_are_refused(self, port: Port, line: bytes) -> None:
        answer = await port.ask(b"GET /page HTTP/1.1\r\nHost: bot\r\n" + line + b"\r\n\r\n")
        assert was_refused(answer, 400)
        assert port.refused == [HttpRefusal.MALFORMED]

    async def test_pipelined_requests_are_answered_in_their_order(self, port: Port) -> None:
        bodies = [b"text=%d" % number for number in range(3)]
        line = await port.open()
        await line.say(b"".join(post(*signed(body), sized(body)) + body for body in bodies))
        for _ in bodies:
            assert await line.answer() == b"HTTP/1.1 200 OK taken"
        line.writer.close()
        assert port.bodies == bodies

    async def test_what_is_pipelined_while_an_answer_is_made_is_not_kept(self, port: Port) -> None:
        port.gate.clear()
        line = await port.open()
        await line.say(ASKED)
        await port.begun.get()
        await line.say(ASKED * 1000)
        assert (await port.ask(PAGE)).endswith(b"a page")  # by then the others have been read
        port.gate.set()
        answers = await line.rest()
        assert answers.count(b"HTTP/1.1 200 OK") <= 1  # none where the reset overtakes it
        assert len(port.bodies) == 1

    async def test_what_breaks_the_protocol_leaves_no_traceback(
        self, port: Port, caplog: pytest.LogCaptureFixture
    ) -> None:
        for junk in (b"\x16\x03\x01\r\n\r\n", b"GET\r\n\r\n", b"\x00" * 20_000, ASKED + b"junk\r\n\r\n"):
            await port.ask(junk)
        assert [record.levelname for record in caplog.records if record.exc_info] == []


class TestConnections:
    async def test_headers_that_do_not_come_are_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(connections.SECONDS, Phase.HEAD, SOON)
        async with opened() as port:
            for said in (b"", b"POST /slack/events HTTP/1.1\r\nX-Slow: "):
                assert (await port.ask(said)).startswith(b"HTTP/1.1 408 ")
            assert port.refused == [HttpRefusal.SLOW] * 2

    async def test_a_letter_now_and_then_buys_no_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(connections.SECONDS, Phase.HEAD, SOON)
        async with opened() as port:
            line = await port.open()
            closed = asyncio.create_task(line.rest())
            while not closed.done():
                line.writer.write(b"G")
                await asyncio.wait({closed}, timeout=SOON / 10)
            assert port.refused == [HttpRefusal.SLOW]

    async def test_one_that_is_kept_is_closed_when_idle_and_when_slow(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with opened(keep_alive=0) as port:
            assert (await port.ask(ASKED)).endswith(b"taken")
        async with opened(keep_alive=60) as port:
            line = await port.open()
            await line.say(ASKED)
            await line.answer()
            monkeypatch.setitem(connections.SECONDS, Phase.HEAD, SOON)
            await line.say(b"POST ")
            assert (await line.rest()).startswith(b"HTTP/1.1 408 ")

    async def test_an_answer_that_does_not_come_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(connections.SECONDS, Phase.ANSWER, SOON)
        async with opened() as port:
            port.gate.clear()
            assert await port.ask(ASKED) == b""
            assert port.refused == [HttpRefusal.SLOW]

    async def test_a_new_one_takes_the_place_of_the_one_that_waits_longest(self) -> None:
        async with opened(connections=3) as port:
            silent = [await port.open() for _ in range(3)]
            assert (await port.ask(PAGE)).endswith(b"a page")
            assert await silent[0].rest() == b""
            assert port.refused == [HttpRefusal.CROWDED]
            await silent[1].say(PAGE)
            assert (await silent[1].rest()).endswith(b"a page")
            silent[2].writer.close()

    async def test_who_opens_many_closes_their_own(self) -> None:
        async with opened(connections=4) as port:
            lone = await port.open("127.0.0.2")
            many = [await port.open("127.0.0.3") for _ in range(20)]
            for each in many[:-3]:
                assert await each.rest() == b""
            await lone.say(ASKED)
            assert await lone.answer() == b"HTTP/1.1 200 OK taken"
            for each in (lone, *many):
                each.writer.close()

    async def test_a_request_that_is_whole_is_not_cut_off_for_another(self) -> None:
        async with opened(connections=2) as port:
            port.gate.clear()
            lines = [await port.open() for _ in range(2)]
            for line in lines:
                await line.say(ASKED)
                await port.begun.get()
            assert await port.ask(PAGE) == b""
            assert port.refused == [HttpRefusal.FULL]
            port.gate.set()
            for line in lines:
                assert await line.answer() == b"HTTP/1.1 200 OK taken"
                line.writer.close()

    async def test_a_place_is_free_again_when_its_connection_ends(self) -> None:
        async with opened(connections=1) as port:
            for _ in range(5):
                assert (await port.ask(PAGE)).endswith(b"a page")
            assert port.refused == []

    async def test_more_are_queued_than_are_accepted_at_once(self, port: Port) -> None:
        sockets = [socket.socket() for _ in range(200)]
        for each in sockets:  # before the loop has its turn
            each.setblocking(False)
            assert each.connect_ex((HOST, port.number)) in (0, 115)
        assert (await port.ask(PAGE)).endswith(b"a page")
        for each in sockets:
            assert each.getpeername()[1] == port.number
            each.close()


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_whose_an_address_is(host: str, named: str) -> None:
    assert network_of(host) == named


@pytest.mark.parametrize(
    ("files", "asked", "allowed"),
    [(1024, 512, 512), (1024, 5000, 768), (600, 512, 344), (256, 512, 64), (None, 5000, 5000)],
)
def test_connections_stay_below_the_file_limit(
    files: int | None,
    asked: int,
    allowed: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(connections, "_file_limit", lambda: files)
    with caplog.at_level(logging.WARNING):
        assert allowed_connections(asked) == allowed
    assert (str(allowed) in caplog.text) == (allowed < asked)
