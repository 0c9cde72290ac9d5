"""A small Yahoo Finance on 127.0.0.1 for the real yfinance: cookies, crumbs, made-up prices, faults on order.

with FakeYahoo() as yahoo, redirected(yahoo):   # every session made in here ends at the fake
    yahoo.fault("chart/SPSM", "hang")
    ...
    assert yahoo.requests("quoteSummary") == 2
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from tests.fakes.yahoo_listings import Listing, chart, listing

Headers = dict[str, str]
SYMBOLS = {"ISCB": "ETF", "SPSM": "ETF", "AAPL": "EQUITY", "^IRX": "INDEX"}


@dataclass
class Fault:
    """What goes wrong, and how often.

    what : a status, or "null", "cut", "drop", "hang", "slow"
    """

    where: re.Pattern[str]
    what: int | str
    times: int
    body: Any
    headers: Headers


@dataclass
class FakeYahoo:
    listings: dict[str, Listing] = field(
        default_factory=lambda: {symbol: listing(symbol, kind) for symbol, kind in SYMBOLS.items()}
    )
    faults: list[Fault] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    crumbs: dict[str, str] = field(default_factory=dict)
    hanging: threading.Event = field(default_factory=threading.Event)
    most_at_once: int = 0

    def fault(
        self,
        where: str,
        what: int | str,
        *,
        times: int = 10_000,
        body: Any = "{}",
        headers: Headers | None = None,
    ) -> None:
        """Order a fault for requests whose host, path and query match."""
        self.faults.append(Fault(re.compile(where), what, times, body, headers or {}))

    def requests(self, where: str = "") -> int:
        """How many requests so far went there."""
        return sum(bool(re.search(where, asked)) for asked in self.log)

    def __enter__(self) -> Self:
        self._lock, self._closing, self._now = threading.Lock(), threading.Event(), 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.005})
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        asked = handler.headers["Host"].split(":")[0] + handler.path
        with self._lock:
            self.log.append(asked)  # before the answer: who has it may look here at once
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            fault = self._due(asked)
        if fault and fault.what == "slow":
            self._closing.wait(0.05)
            fault = None
        if fault:
            self._misbehave(handler, fault)
        else:
            self._answer(handler, asked)
        with self._lock:
            self._now -= 1

    def _due(self, asked: str) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.where.search(asked):
                fault.times -= 1
                return fault
        return None

    def _misbehave(self, handler: BaseHTTPRequestHandler, fault: Fault) -> None:
        empty = {"result": None, "error": None}
        if isinstance(fault.what, int):
            body = "Too Many Requests\r\n" if fault.what == 429 else fault.body
            send(handler, fault.what, body, fault.headers)
        elif fault.what == "null":
            send(handler, 200, {"chart": empty, "quoteSummary": empty})
        elif fault.what == "cut":
            send(handler, 200, '{"chart": {"result": [{"me', {"Content-Length": "4000"})
        elif fault.what == "hang":
            self.hanging.set()
            self._closing.wait(20)
        # "drop": nothing is sent and the connection ends

    def _answer(self, handler: BaseHTTPRequestHandler, asked: str) -> None:
        url = urlsplit(f"//{asked}")
        query = {key: values[-1] for key, values in parse_qs(url.query).items()}
        cookie = re.search(r"\bA3=([^;]+)", handler.headers.get("Cookie") or "")
        crumb = self.crumbs.get(cookie[1]) if cookie else None
        listed = self.listings.get(unquote(url.path.rsplit("/", 1)[-1]))
        if url.hostname in ("fc.yahoo.com", "guce.yahoo.com", "consent.yahoo.com"):
            self._welcome(handler)
        elif url.path == "/v1/test/getcrumb":
            send(handler, 200, crumb) if crumb else send(handler, 401, _error("Invalid Cookie"))
        elif "/v8/finance/chart/" in url.path:
            _chart(handler, listed, query)
        elif not crumb or query.get("crumb") != crumb:
            send(handler, 401, _error("Invalid Crumb"))
        else:
            _summary(handler, listed, query)

    def _welcome(self, handler: BaseHTTPRequestHandler) -> None:
        value = secrets.token_hex(8)
        self.crumbs[value] = secrets.token_hex(5)
        form = '<form><input name="csrfToken" value="t"/><input name="sessionId" value="s"/></form>'
        expires = "Expires=Fri, 01 Jan 2038 00:00:00 GMT"
        send(handler, 200, form, {"Set-Cookie": f"A3={value}; {expires}; Domain=.yahoo.com; Path=/"})


def _chart(handler: BaseHTTPRequestHandler, listed: Listing | None, query: Headers) -> None:
    if listed is None:
        send(handler, 404, _error("No data found, symbol may be delisted", "chart"))
        return
    newest, events = query.get("range") == "1d", "div" in query.get("events", "")
    result = chart(listed, newest=newest, events=events)
    send(handler, 200, {"chart": {"result": [result], "error": None}})


def _summary(handler: BaseHTTPRequestHandler, listed: Listing | None, query: Headers) -> None:
    if listed is None:
        send(handler, 404, _error("Quote not found for symbol", "quoteSummary"))
        return
    asked = query.get("modules", "").split(",")
    modules = {name: module for name, module in listed.modules.items() if name in asked}
    send(handler, 200, {"quoteSummary": {"result": [modules], "error": None}})


def _error(description: str, part: str = "finance") -> dict[str, Any]:
    return {part: {"result": None, "error": {"code": "Refused", "description": description}}}


def send(handler: BaseHTTPRequestHandler, status: int, body: Any, headers: Headers | None = None) -> None:
    data = (body if isinstance(body, str) else json.dumps(body)).encode()
    with suppress(OSError):  # whoever asked has given up
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)


def _handler(yahoo: FakeYahoo) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            yahoo.handle(self)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            yahoo.handle(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Handler


def _loopback_session(port: int) -> type[Any]:
    from curl_cffi import CurlOpt, requests

    class LoopbackSession(requests.Session):  # type: ignore[type-arg]
        """Keeps host names, so that cookies work, but resolves every one of them to the fake."""

        def __init__(self, **options: Any) -> None:
            here = {CurlOpt.RESOLVE: [f"*:{port}:127.0.0.1"]}
            super().__init__(curl_options=here, trust_env=False, **options)

        def request(self, method: Any, url: str, *args: Any, **options: Any) -> Any:
            asked = urlsplit(url)
            assert (asked.hostname or "").endswith(".yahoo.com"), f"a test tried to reach {url}"
            here = urlunsplit(("http", f"{asked.hostname}:{port}", asked.path or "/", asked.query, ""))
            return super().request(method, here, *args, **options)

    return LoopbackSession


@contextmanager
def redirected(yahoo: FakeYahoo) -> Iterator[None]:
    """Every session made in here ends at the fake; what yfinance keeps per process is put aside and back."""
    import curl_cffi.requests
    import yfinance

    real, place = curl_cffi.requests.Session, yfinance.cache._TzDBManager.get_location()
    hidden = yfinance.config.debug.hide_exceptions
    forget_everything()
    curl_cffi.requests.Session = _loopback_session(yahoo.port)  # type: ignore[misc]
    try:
        yield
    finally:
        curl_cffi.requests.Session = real  # type: ignore[misc]
        yfinance.config.debug.hide_exceptions = hidden
        yfinance.set_tz_cache_location(place)
        forget_everything()


def forget_everything() -> None:
    """Make yfinance as it is in a new process."""
    from yfinance import base, cache, data

    data.SingletonMeta._instances.pop(data.YfData, None)
    data.YfData.cache_get.cache_clear()
    base._tz_info_fetch_ctr = 0
    cache._TzCacheManager._tz_cache = None
    cache._CookieCacheManager._Cookie_cache = None
    cache._ISINCacheManager._isin_cache = None
