"""Plain GETs to a source that wants a key: bounded in time, size and number, and checked before believed.

A key is sent in a header to one host alone, over TLS, and stands in no address, error or line of the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, FiniteFloat, TypeAdapter, ValidationError

from analytics.fund import FundProfile, Kind
from analytics.notes import Note, NoteKind
from bot.errors import Unavailable, UserError
from bot.market import reference
from bot.market.yahoo_client import COOL_DOWN, HttpLimits
from bot.ports import Profiles

T = TypeVar("T")

MOST_BYTES = 32 * 2**20
"""Of one answer: forty years of a fund are about 3 MB."""
MOST_WORDS = 4096
"""Of an answer that says why there is none."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})

Price = Annotated[FiniteFloat, Field(ge=0, le=1e9)]
"""What a price, an amount or a volume may be."""
Shares = Annotated[FiniteFloat, Field(ge=0, le=1e15)]

log = logging.getLogger(__name__)


class NothingKnown(Exception):
    """The source does not know what was asked for."""


class RequestBudget:
    """Requests that a plan allows: no more are sent within any stretch of so many seconds.

    monotonic : gives seconds that never go back
    """

    def __init__(self, most: int, seconds: float, monotonic: Callable[[], float]) -> None:
        self._most, self._seconds, self._monotonic = most, seconds, monotonic
        self._sent = deque[float]()
        self._closed_until = float("-inf")

    def take(self) -> float:
        """Count one request, or give the seconds until there may be another one; 0.0 where it was counted."""
        now = self._monotonic()
        if now < self._closed_until:
            return self._closed_until - now
        while self._sent and self._sent[0] <= now - self._seconds:
            self._sent.popleft()
        if len(self._sent) >= self._most:
            return self._sent[0] + self._seconds - now
        self._sent.append(now)
        return 0.0

    def close(self, seconds: float) -> None:
        """Send nothing for so long: the source has said that it was too much."""
        self._closed_until = max(self._closed_until, self._monotonic() + seconds)


@dataclass(frozen=True)
class KeyedHost:
    """Where a source is and how it is asked.

    source : as printed under answers.  url : its base.  headers : with the key
    settings : names of the settings that hold the key, for who has to correct it
    unknown : HTTP statuses by which it says that it does not know what is asked for
    """

    source: str
    url: str
    headers: Mapping[str, str]
    settings: str
    unknown: frozenset[int] = frozenset({404})

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise UserError(f"{self.source}: its address has to begin with https, for a key is sent there.")

    def __repr__(self) -> str:
        return f"KeyedHost({self.source!r}, {self.url!r})"


DEFAULT_LIMITS = HttpLimits(request=10.0)


class KeyedClient:
    """Asks one host; keeps nothing open between requests."""

    def __init__(self, host: KeyedHost, budget: RequestBudget, limits: HttpLimits = DEFAULT_LIMITS) -> None:
        self._host, self._budget, self._limits = host, budget, limits
        self._refused = False
        self._turns = asyncio.Semaphore(limits.parallel)

    async def get(self, path: str, query: Mapping[str, str], form: TypeAdapter[T], symbol: str | None) -> T:
        """Get one answer in the form asked for.

        Raises NothingKnown, or Unavailable: after new attempts where a failure may pass, at once where the
        key is refused or the plan allows no more.
        """
        for pause in self._limits.backoff:
            try:
                return await self._once(path, query, form, symbol)
            except Unavailable as fault:
                if fault.permanent or fault.retry_after:
                    raise
                await asyncio.sleep(pause)
        return await self._once(path, query, form, symbol)

    async def _once(self, path: str, query: Mapping[str, str], form: TypeAdapter[T], symbol: str | None) -> T:
        if self._refused:  # the key is that of this process's life
            raise self._key_fault()
        async with self._turns:
            if wait := self._budget.take():
                cause = "the requests that its plan allows are used up"
                raise self._fault(cause, symbol, retry_after=wait)
            status, headers, body = await self._request(path, query, symbol)
        if status == 200:
            return self._read(body, form, symbol)
        raise self._refusal(status, headers, body, symbol)

    async def _request(
        self, path: str, query: Mapping[str, str], symbol: str | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        import aiohttp

        url, timeout = f"{self._host.url.rstrip('/')}{path}", aiohttp.ClientTimeout(self._limits.request)
        # Redirects are not followed: a key goes nowhere else.
        asked = aiohttp.request(
            "GET", url, params=query, headers=self._host.headers, timeout=timeout, allow_redirects=False
        )
        try:
            async with asked as answer:
                most = MOST_BYTES if answer.status == 200 else MOST_WORDS
                body = b""
                async for part in answer.content.iter_chunked(1 << 16):
                    body += part
                    if len(body) > most:
                        break
                return answer.status, answer.headers, body
        except TimeoutError as fault:
            raise self._fault("no answer in time", symbol) from fault
        except aiohttp.ClientPayloadError as fault:
            raise self._fault("an answer cut short", symbol) from fault
        except (aiohttp.ClientError, OSError) as fault:
            raise self._fault("the connection failed", symbol) from fault

    def _read(self, body: bytes, form: TypeAdapter[T], symbol: str | None) -> T:
        if len(body) > MOST_BYTES:
            raise self._fault(f"an answer of more than {MOST_BYTES // 2**20} MB", symbol)
        try:
            return form.validate_json(body)
        except ValidationError as fault:
            first = fault.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            cause = "an unreadable answer"
            raise self._fault(cause, symbol, detail=f"{where}: {first['msg']}") from None

    def _refusal(self, status: int, headers: Mapping[str, str], body: bytes, symbol: str | None) -> Exception:
        """Return what an answer without prices means."""
        if status in self._host.unknown:
            return NothingKnown(symbol)
        if status == 429:
            told = headers.get("Retry-After", "")
            wait = float(told) if told.isascii() and told.isdigit() and len(told) < 7 else COOL_DOWN
            self._budget.close(wait)
            return self._fault("too many requests, HTTP 429", symbol, retry_after=max(wait, 1.0))
        if status == 403 and b"subscription" in body.lower():
            return self._fault("its plan does not allow this question, HTTP 403", symbol, permanent=True)
        if status in (401, 403):
            log.error("%s refuses the key; see %s", self._host.source, self._host.settings)
            self._refused = True
            return self._key_fault()
        return self._fault(f"HTTP {status}", symbol, permanent=status < 500)

    def _key_fault(self) -> Unavailable:
        return self._fault(f"it refuses the key, see {self._host.settings}", None, permanent=True)

    def _fault(self, cause: str, symbol: str | None, **more: Any) -> Unavailable:
        return Unavailable(self._host.source, cause, symbol=symbol, **more)


def profiles_without_facts(symbols: Sequence[str], source: str, today: date) -> Profiles:
    """Make what is known of funds without any source, for one that tells prices alone."""
    profiles: dict[str, FundProfile] = {}
    notes: list[Note] = []
    for symbol in dict.fromkeys(symbols):
        profiles[symbol] = reference.empty_profile(symbol, today)
        if profiles[symbol].kind is Kind.INDEX:
            notes.append(reference.not_a_fund_note(symbol, Kind.INDEX))
        else:
            notes.append(Note(NoteKind.NO_PROFILE, symbol, {"cause": f"{source} tells prices alone"}))
    return Profiles(profiles, tuple(notes))
