"""Calls to yfinance, bounded in time and number: each answers or raises one clear error."""

from __future__ import annotations

import asyncio
import logging
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlsplit

from bot.errors import Unavailable
from bot.market.calendar import FIRST, Listing

if TYPE_CHECKING:
    import pandas as pd


SOURCE = "Yahoo Finance"
QUOTE_SUMMARY = "/v10/finance/quoteSummary/"
MODULES = "quoteType,summaryDetail,defaultKeyStatistics,fundProfile,topHoldings"

QUOTE_MODULES = "quoteType,price,summaryDetail"

DIVIDEND_CURRENCY = "Dividends FX"
"""Column with the currency of a dividend, where Yahoo tells one; yfinance calls it so elsewhere."""

COOL_DOWN = 60.0
"""Seconds to leave Yahoo alone after it refused with 429 and did not say for how long."""


class NoSuchSymbol(Exception):
    """Yahoo knows no such symbol."""


class NoPrices(NoSuchSymbol):
    """Yahoo knows the symbol, and has no prices of it (any more)."""


@dataclass(frozen=True)
class Chart:
    """Daily rows of all known history, indexed by day, and where the symbol is traded."""

    rows: pd.DataFrame
    listing: Listing


class YahooClient:
    """yfinance set up once, with one session for all threads; nothing is opened before the first call.

    folder : where yfinance keeps its cookie and time zones, so that the next process need not ask again.
    """

    def __init__(self, folder: Path, monotonic: Callable[[], float], limits: HttpLimits) -> None:
        self._folder = folder
        self._watch = RequestWatch(monotonic, limits)
        self._opening = threading.Lock()
        self._session: Any = None

    def history(self, symbol: str, deadline: float) -> Chart:
        """Return daily rows of all known history: Close, Adj Close, Volume, Dividends, Capital Gains,
        Stock Splits.

        deadline : as of the monotonic clock.  Raises NoSuchSymbol, NoPrices or Unavailable.
        """
        with self._exchange(deadline) as (session, exchange):
            try:
                return _ask_history(session, symbol)
            except NoPrices:
                self._after_failure(exchange)
                raise
            except Exception as error:  # yfinance raises whatever its parsing stumbles on
                self._after_failure(exchange)
                raise self._no_such_symbol(symbol, exchange) or _unavailable(
                    symbol, error, exchange
                ) from error

    def summary(self, symbol: str, deadline: float, modules: str = MODULES) -> dict[str, Any]:
        """Get Yahoo's modules about one symbol, by name, in a single request.  Raises as `history` does.

        `Ticker.info` and `Ticker.funds_data` would take four requests, and answer nothing, None or an
        UnboundLocalError where Yahoo refuses; this is the call beneath both.
        """
        with self._exchange(deadline) as (session, exchange):
            try:
                return _ask_summary(session, symbol, modules)
            except Exception as error:
                self._after_failure(exchange)
                if exchange.was(404, QUOTE_SUMMARY):
                    raise NoSuchSymbol(symbol) from error
                raise _unavailable(symbol, error, exchange) from error

    def close(self) -> None:
        """Close the session; the client cannot be used afterwards."""
        if self._session is not None:
            self._session.close()

    @contextmanager
    def _exchange(self, deadline: float) -> Iterator[tuple[Any, HttpExchange]]:
        """Open the session, and what happens on it until `deadline`."""
        try:
            session = self._open()
            with self._watch.exchange(deadline) as exchange:
                yield session, exchange
        finally:
            _close_databases()

    def _open(self) -> Any:
        with self._opening:
            import yfinance  # noqa: F401  it turns its warnings on when it is first imported

            warnings.filterwarnings("ignore", module=r"^yfinance")  # it warns of itself under pandas 3.1
            if self._session is None:
                _configure(self._folder)
                self._session = watched_session(self._watch)
        return self._session

    def _after_failure(self, exchange: HttpExchange) -> None:
        """Throw away what yfinance would answer the next question with."""
        import yfinance

        yfinance.data.YfData.cache_get.cache_clear()  # it keeps error answers
        if exchange.last_status == 401:  # the cookie on disk is kept for a year, also when Yahoo refuses it
            self._session.cookies.clear()
            yfinance.cache.get_cookie_cache().store("curlCffi", None)

    def _no_such_symbol(self, symbol: str, exchange: HttpExchange) -> NoSuchSymbol | None:
        """Return what a failure to get prices says of the symbol; None where it says nothing.

        That there are none (404) is true of a symbol that Yahoo does not know, and of one that has ended: its
        quote is still known.  Where Yahoo blocks it answers neither.
        """
        if exchange.was(404, QUOTE_SUMMARY):
            return NoSuchSymbol(symbol)
        if not exchange.was(404, "/v8/finance/chart/"):
            return None
        try:
            self.summary(symbol, exchange.deadline)
        except NoSuchSymbol:
            return NoSuchSymbol(symbol)
        except Unavailable:
            return None
        return NoPrices(symbol)


def _ask_history(session: Any, symbol: str) -> Chart:
    import yfinance
    from yfinance.exceptions import YFPricesMissingError

    # A new Ticker each time: after a failure the old one answers None.
    # No `end`: what ends in the past goes through a cache that keeps errors.
    ticker = yfinance.Ticker(symbol, session=session)
    try:
        frame: pd.DataFrame = ticker.history(start=FIRST, auto_adjust=False, actions=True)
    except YFPricesMissingError as error:
        if _read_listing(ticker).kind:  # it says what the symbol is, and no more
            raise NoPrices(symbol) from error
        raise
    if frame["Close"].isna().all():
        raise NoPrices(symbol)
    return Chart(_with_currency(frame, ticker), _read_listing(ticker))


def _with_currency(rows: pd.DataFrame, ticker: Any) -> pd.DataFrame:
    """Return the rows with the currency of their dividends, where Yahoo tells it.

    yfinance drops it from them, and what else it has for it would ask again.
    """
    paid = ticker._price_history._dividends  # noqa: SLF001
    if "currency" not in getattr(paid, "columns", ()):
        return rows
    told = paid.set_axis(paid.index.normalize())["currency"]
    told = told[~told.index.duplicated()]
    return rows.assign(**{DIVIDEND_CURRENCY: told.reindex(rows.index, method="ffill")})


def _read_listing(ticker: Any) -> Listing:
    """Read where the symbol of a chart that has come is traded; ask nothing again."""
    told = ticker.history_metadata
    names = ("exchangeName", "exchangeTimezoneName", "instrumentType", "currency")
    return Listing(*(str(told.get(name) or "") for name in names))


def _ask_summary(session: Any, symbol: str, names: str) -> dict[str, Any]:
    import yfinance

    url = f"https://query2.finance.yahoo.com{QUOTE_SUMMARY}{quote(symbol, safe='')}"
    query = {"modules": names, "corsDomain": "finance.yahoo.com", "formatted": "false", "symbol": symbol}
    answer = yfinance.data.YfData(session=session).get_raw_json(url, params=query)
    modules: dict[str, Any] = answer["quoteSummary"]["result"][0]
    if not modules["quoteType"]["quoteType"]:
        raise ValueError("the answer does not say what the symbol is")
    return modules


def _configure(folder: Path) -> None:
    import yfinance

    logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # all it has to say reaches us as an error
    yfinance.config.debug.hide_exceptions = False
    yfinance.set_tz_cache_location(str(folder))
    yfinance.cache.get_tz_cache().lookup("")  # opens its databases here: it would race in the threads
    yfinance.cache.get_cookie_cache().lookup("")


def _close_databases() -> None:
    """Close this thread's connections to the files of yfinance, which would leave them open when it ends."""
    from yfinance import cache

    cache._TzDBManager.close_db()  # noqa: SLF001
    cache._CookieDBManager.close_db()  # noqa: SLF001


def _unavailable(symbol: str, error: Exception, exchange: HttpExchange) -> Unavailable:
    throttled = type(error).__name__ == "YFRateLimitError" or exchange.last_status == 429
    wait = (exchange.retry_after or COOL_DOWN) if throttled else None
    cause = "too many requests, HTTP 429" if throttled else _cause(error, exchange)
    return Unavailable(SOURCE, cause, symbol=symbol, retry_after=wait)


def _cause(error: Exception, exchange: HttpExchange) -> str:
    from curl_cffi.requests import exceptions

    if isinstance(error, TimeoutError | exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, exceptions.IncompleteRead):
        return "an answer cut short"
    if isinstance(error, exceptions.ConnectionError):
        return "the connection failed"
    if exchange.last_status and exchange.last_status >= 400:
        return f"HTTP {exchange.last_status}"
    if "MissingError" in type(error).__name__:
        return "no prices in the answer"
    return f"an unreadable answer, {type(error).__name__}"


@dataclass(frozen=True)
class HttpLimits:
    """How long to wait for Yahoo, and how often to ask.

    request : seconds for one request; yfinance asks for up to 30 by itself.
    total : seconds for everything one symbol needs, new attempts included.
    backoff : seconds to wait before each new attempt after a failure that may pass.
    parallel : requests under way at once.
    """

    request: float = 5.0
    total: float = 12.0
    backoff: tuple[float, ...] = (0.5, 2.0)
    parallel: int = 8


@dataclass
class HttpExchange:
    """What one question to Yahoo led to: its deadline, and what was answered."""

    deadline: float
    answers: list[tuple[str, int]] = field(default_factory=list)
    retry_after: float | None = None

    @property
    def last_status(self) -> int | None:
        """Status of the newest answer, None where none came."""
        return self.answers[-1][1] if self.answers else None

    def was(self, status: int, path: str) -> bool:
        """Return whether a request to a path holding this text got this status."""
        return any(path in asked and got == status for asked, got in self.answers)


class RequestWatch:
    """Ties requests to the question they belong to: yfinance keeps to the thread."""

    def __init__(self, monotonic: Callable[[], float], limits: HttpLimits) -> None:
        self._monotonic, self._limits = monotonic, limits
        self._thread = threading.local()

    @contextmanager
    def exchange(self, deadline: float) -> Iterator[HttpExchange]:
        """Let all requests of this thread in here count for one question and end by its deadline."""
        before = getattr(self._thread, "exchange", None)
        self._thread.exchange = HttpExchange(deadline)
        try:
            yield self._thread.exchange
        finally:
            self._thread.exchange = before

    def seconds_left(self) -> float:
        """Return the time the next request may take.  Raises TimeoutError where the question's time is up."""
        left: float = self._thread.exchange.deadline - self._monotonic()
        if left <= 0:
            raise TimeoutError("the time for this question is up")
        return min(left, self._limits.request)

    def note(self, response: Any) -> None:
        """Remember the status of an answer and how long it asks to be left alone."""
        exchange: HttpExchange = self._thread.exchange
        exchange.answers.append((urlsplit(response.url).path, response.status_code))
        if response.status_code == 429:
            exchange.retry_after = _retry_seconds(response.headers.get("Retry-After"))


def watched_session(watch: RequestWatch) -> Any:
    """Return a session that looks like a browser, bounded and watched.

    The class is looked up now, not at import: whoever replaces `curl_cffi.requests.Session` is obeyed.
    """
    from curl_cffi import requests

    class WatchedSession(requests.Session):  # type: ignore[type-arg]
        def request(self, *args: Any, **options: Any) -> Any:
            response = super().request(*args, **{**options, "timeout": watch.seconds_left()})
            watch.note(response)
            return response

    return WatchedSession(impersonate="chrome")


def _retry_seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdigit() else None


T = TypeVar("T")
Failure = NoSuchSymbol | Unavailable
Work = Callable[[str, float], T]
"""A blocking call: the symbol, and the time on the monotonic clock by which it must have ended."""


class Throttle:
    """Threads for questions to Yahoo; one symbol is one question."""

    def __init__(self, monotonic: Callable[[], float], limits: HttpLimits) -> None:
        self._monotonic, self._limits = monotonic, limits
        self._threads = ThreadPoolExecutor(limits.parallel, thread_name_prefix="yahoo")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._silent_since = float("-inf")

    async def all(self, work: Work[T], symbols: Sequence[str]) -> Mapping[str, T | Failure]:
        """Return every symbol's answer or failure.

        A question's time begins with its turn, so that many symbols are not too many.  Where one ends without
        any answer, those that still wait for a turn are told so too: a hang lasts as long for 500 as for 1.
        """
        distinct = list(dict.fromkeys(symbols))
        answers = await asyncio.gather(*(self._in_turn(work, symbol) for symbol in distinct))
        return dict(zip(distinct, answers, strict=True))

    def close(self) -> None:
        """Wait for the threads; what has not begun never does."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _in_turn(self, work: Work[T], symbol: str) -> T | Failure:
        loop = asyncio.get_running_loop()
        since = loop.time()
        async with self._turn(loop):
            if self._silent_since < since:
                try:
                    async with asyncio.timeout(self._limits.total):
                        return await self._try(work, symbol)
                except TimeoutError:
                    self._silent_since = loop.time()
                except (NoSuchSymbol, Unavailable) as failure:
                    return failure
        return Unavailable(SOURCE, f"no answer within {self._limits.total:g} s", symbol=symbol)

    def _turn(self, loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
        if self._loop is not loop:  # a semaphore belongs to one event loop
            self._loop, self._turns = loop, asyncio.Semaphore(self._limits.parallel)
        return self._turns

    async def _try(self, work: Work[T], symbol: str) -> T:
        deadline = self._monotonic() + self._limits.total
        for pause in self._limits.backoff:
            try:
                return await self._in_thread(work, symbol, deadline)
            except Unavailable as fault:
                if fault.retry_after not in (None, COOL_DOWN):
                    raise  # it said itself for how long
                await asyncio.sleep(pause)
        return await self._in_thread(work, symbol, deadline)

    async def _in_thread(self, work: Work[T], symbol: str, deadline: float) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, symbol, deadline)
