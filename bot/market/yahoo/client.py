"""Blocking calls to yfinance that either answer or raise one clear error; safe in several threads."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.errors import Unavailable
from bot.market.calendar import FIRST
from bot.market.exchanges import Listing
from bot.market.yahoo.session import HttpExchange, HttpLimits, RequestWatch, watched_session

if TYPE_CHECKING:
    import pandas as pd

SOURCE = "Yahoo Finance"
QUOTE_SUMMARY = "/v10/finance/quoteSummary/"
MODULES = "quoteType,summaryDetail,defaultKeyStatistics,fundProfile,topHoldings"

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
        """Daily rows of all known history: Close, Adj Close, Volume, Dividends, Capital Gains, Stock Splits.

        deadline : as of the monotonic clock.  Raises NoSuchSymbol, NoPrices or Unavailable.
        """
        with self._exchange(deadline) as (session, exchange):
            try:
                return _history(session, symbol)
            except NoPrices:
                self._after_failure(exchange)
                raise
            except Exception as error:  # yfinance raises whatever its parsing stumbles on
                self._after_failure(exchange)
                raise self._lacking(symbol, exchange) or _unavailable(symbol, error, exchange) from error

    def summary(self, symbol: str, deadline: float) -> dict[str, Any]:
        """Yahoo's modules about one symbol, by name, from a single request.  Raises as `history` does.

        `Ticker.info` and `Ticker.funds_data` would take four requests, and answer nothing, None or an
        UnboundLocalError where Yahoo refuses; this is the call beneath both.
        """
        with self._exchange(deadline) as (session, exchange):
            try:
                return _summary(session, symbol)
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
        """The session, and what happens on it until `deadline`."""
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

    def _lacking(self, symbol: str, exchange: HttpExchange) -> NoSuchSymbol | None:
        """What a failure to get prices says of the symbol; None where it says nothing.

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


def _history(session: Any, symbol: str) -> Chart:
    import yfinance
    from yfinance.exceptions import YFPricesMissingError

    # A new Ticker each time: after a failure the old one answers None.
    # No `end`: what ends in the past goes through a cache that keeps errors.
    ticker = yfinance.Ticker(symbol, session=session)
    try:
        frame: pd.DataFrame = ticker.history(start=FIRST, auto_adjust=False, actions=True)
    except YFPricesMissingError as error:
        if _listing(ticker).kind:  # it says what the symbol is, and no more
            raise NoPrices(symbol) from error
        raise
    if frame["Close"].isna().all():
        raise NoPrices(symbol)
    return Chart(_with_currency(frame, ticker), _listing(ticker))


def _with_currency(rows: pd.DataFrame, ticker: Any) -> pd.DataFrame:
    """The rows with the currency of their dividends, where Yahoo tells it.

    yfinance drops it from them, and what else it has for it would ask again.
    """
    paid = ticker._price_history._dividends  # noqa: SLF001
    if "currency" not in getattr(paid, "columns", ()):
        return rows
    told = paid.set_axis(paid.index.normalize())["currency"]
    told = told[~told.index.duplicated()]
    return rows.assign(**{DIVIDEND_CURRENCY: told.reindex(rows.index, method="ffill")})


def _listing(ticker: Any) -> Listing:
    """Where the symbol of a chart that has come is traded: asks nothing again."""
    told = ticker.history_metadata
    names = ("exchangeName", "exchangeTimezoneName", "instrumentType", "currency")
    return Listing(*(str(told.get(name) or "") for name in names))


def _summary(session: Any, symbol: str) -> dict[str, Any]:
    import yfinance

    url = f"https://query2.finance.yahoo.com{QUOTE_SUMMARY}{quote(symbol, safe='')}"
    query = {"modules": MODULES, "corsDomain": "finance.yahoo.com", "formatted": "false", "symbol": symbol}
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
