"""The Prices and Funds ports on Yahoo Finance: tells unknown from silent."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from analytics.fund import FundProfile, Kind
from analytics.notes import Note, NoteKind
from bot.errors import Unavailable, UnknownSymbols
from bot.market import reference, series
from bot.market.checks import unknown_sessions
from bot.market.exchanges import calendar_of
from bot.market.series import Series
from bot.market.yahoo import funds, prices
from bot.market.yahoo.client import SOURCE, NoPrices, NoSuchSymbol, YahooClient
from bot.market.yahoo.session import HttpLimits
from bot.market.yahoo.throttle import Failure, Throttle, Work
from bot.ports import Calendar, Clock, PriceHistory, Profiles

T = TypeVar("T")

NEW_YORK = ZoneInfo("America/New_York")
SYMBOL = re.compile(r"\^?[A-Z0-9][A-Z0-9.=-]{0,14}")
ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
DEFAULT = HttpLimits()

log = logging.getLogger(__name__)


class YahooMarket:
    """Prices and fund facts from Yahoo Finance, asked anew each time: put a cache before it.

    home : folder of the bot; yfinance keeps its cookie and time zones in a folder of its own in there.
    """

    source = SOURCE

    def __init__(self, calendar: Calendar, clock: Clock, home: Path, limits: HttpLimits = DEFAULT) -> None:
        self._calendar, self._clock = calendar, clock
        self._client = YahooClient(home / "yfinance", clock.monotonic, limits)
        self._asking = Throttle(clock.monotonic, limits)

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """As the port says.  A session under way is left out, whatever `through` says."""
        now = self._clock.now()

        def ask(symbol: str, deadline: float) -> Series:
            chart = self._client.history(symbol, deadline)
            own = calendar_of(symbol, chart.listing, self._calendar)
            with _readable(symbol):
                return prices.read(chart, symbol, own, series.newest(own, through, now))

        rows = _all_or_raise(await self._ask(ask, symbols))
        notes = [note for row in rows for note in unknown_sessions(row)]
        panel = series.panel(rows, self._calendar, through, now, source=self.source)
        return PriceHistory(panel, tuple(notes))

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """As the port says.  An index has no profile, so Yahoo is not asked about it."""
        fetched = self._clock.now().astimezone(NEW_YORK).date()

        def ask(symbol: str, deadline: float) -> tuple[FundProfile, tuple[Note, ...]]:
            modules = self._client.summary(symbol, deadline)
            with _readable(symbol):
                return funds.read(modules, symbol, fetched)

        asked = await self._ask(ask, [symbol for symbol in symbols if not reference.is_index(symbol)])
        answers = [_profile(symbol, asked.get(symbol)) for symbol in dict.fromkeys(symbols)]
        notes = [note for _, found in answers for note in found]
        return Profiles({profile.symbol: profile for profile, _ in answers}, tuple(notes))

    def close(self) -> None:
        """Give the threads and the session back."""
        self._asking.close()
        self._client.close()

    async def _ask(self, work: Work[T], symbols: Sequence[str]) -> Mapping[str, T | Failure]:
        good = [symbol for symbol in symbols if SYMBOL.fullmatch(symbol) and not ISIN.fullmatch(symbol)]
        answers = await self._asking.all(work, good)
        return {symbol: answers.get(symbol, NoSuchSymbol(symbol)) for symbol in symbols}


@contextmanager
def _readable(symbol: str) -> Iterator[None]:
    """What Yahoo sends may change its shape any day: then it is unavailable, and the log says where."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        log.exception("the answer of %s about %s cannot be read", SOURCE, symbol)
        cause = f"an unreadable answer, {type(error).__name__}"
        raise Unavailable(SOURCE, cause, symbol=symbol) from error


def _all_or_raise(answers: Mapping[str, T | Failure]) -> list[T]:
    """The answers in the order asked; raises UnknownSymbols with all of them, else the first Unavailable."""
    unknown = [symbol for symbol, answer in answers.items() if isinstance(answer, NoSuchSymbol)]
    if unknown:
        ended = frozenset(symbol for symbol in unknown if isinstance(answers[symbol], NoPrices))
        raise UnknownSymbols(SOURCE, reference.meant(unknown, ended), ended)
    good: list[T] = []
    for answer in answers.values():
        if isinstance(answer, Unavailable):
            raise answer
        if not isinstance(answer, NoSuchSymbol):
            good.append(answer)
    return good


def _profile(
    symbol: str, answer: tuple[FundProfile, tuple[Note, ...]] | Failure | None
) -> tuple[FundProfile, tuple[Note, ...]]:
    """A profile whatever happened."""
    if answer is None:
        return funds.without_facts(symbol), (funds.not_a_fund(symbol, Kind.INDEX),)
    if isinstance(answer, tuple):
        return answer
    cause = answer.cause if isinstance(answer, Unavailable) else f"{SOURCE} has no such symbol"
    return funds.without_facts(symbol), (Note(NoteKind.NO_PROFILE, symbol, {"cause": cause}),)
