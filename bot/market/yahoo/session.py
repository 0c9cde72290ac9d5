"""The HTTP session yfinance is given: every request bounded in time, every answer's status remembered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


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
        """Whether a request to a path holding this text got this status."""
        return any(path in asked and got == status for asked, got in self.answers)


class RequestWatch:
    """Ties requests to the question they belong to: yfinance keeps to the thread."""

    def __init__(self, monotonic: Callable[[], float], limits: HttpLimits) -> None:
        self._monotonic, self._limits = monotonic, limits
        self._thread = threading.local()

    @contextmanager
    def exchange(self, deadline: float) -> Iterator[HttpExchange]:
        """All requests of this thread in here count for one question and end by its deadline."""
        before = getattr(self._thread, "exchange", None)
        self._thread.exchange = HttpExchange(deadline)
        try:
            yield self._thread.exchange
        finally:
            self._thread.exchange = before

    def seconds_left(self) -> float:
        """Time the next request may take.  Raises TimeoutError where the question's time is up."""
        left: float = self._thread.exchange.deadline - self._monotonic()
        if left <= 0:
            raise TimeoutError("the time for this question is up")
        return min(left, self._limits.request)

    def note(self, response: Any) -> None:
        """Remember the status of an answer and how long it asks to be left alone."""
        exchange: HttpExchange = self._thread.exchange
        exchange.answers.append((urlsplit(response.url).path, response.status_code))
        if response.status_code == 429:
            exchange.retry_after = _seconds(response.headers.get("Retry-After"))


def watched_session(watch: RequestWatch) -> Any:
    """A session that looks like a browser, bounded and watched.

    The class is looked up now, not at import: whoever replaces `curl_cffi.requests.Session` is obeyed.
    """
    from curl_cffi import requests

    class WatchedSession(requests.Session):  # type: ignore[type-arg]
        def request(self, *args: Any, **options: Any) -> Any:
            response = super().request(*args, **{**options, "timeout": watch.seconds_left()})
            watch.note(response)
            return response

    return WatchedSession(impersonate="chrome")


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdigit() else None
