"""What can go wrong between a question and its answer.

    BotError
    ├── UserError        the question cannot be answered as asked; carries the advice to show
    │   ├── Unclear          the text cannot be read; carries what could be read of it
    │   ├── NothingPriced    funds are younger than the window; carries since when they are priced
    │   └── UnknownSymbols   no such symbol at the source, or no prices of it; carries what may be meant
    └── Unavailable      a source or Slack does not answer; says which, whether trying again helps, and when
        └── Undelivered      a message did not arrive, or nobody knows; says what became of it

A UserError is shown to the person as it is.  An Unavailable is shown with a reference id.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from enum import Enum


class BotError(Exception):
    """Root of everything that `bot` raises on purpose."""


class UserError(BotError):
    """The question cannot be answered as asked; every complaint at once, each with what to do."""

    def __init__(self, *complaints: str) -> None:
        self.complaints = complaints
        super().__init__("\n".join(complaints))


class Unclear(UserError):
    """A text that cannot be read.

    command: its name; given: the text; read: what could be read of it, part by part; symbols: everything
    that was or may have been meant as a symbol, upper case.
    """

    def __init__(
        self,
        command: str,
        given: str,
        complaints: Sequence[str],
        read: Sequence[str] = (),
        symbols: Sequence[str] = (),
    ) -> None:
        self.command, self.given = command, given
        self.read, self.symbols = tuple(read), tuple(symbols)
        super().__init__(*complaints)


class NothingPriced(UserError):
    """Funds that had no prices yet in the window asked for.

    first: by symbol, the oldest price of each that is too young.
    """

    def __init__(self, first: Mapping[str, date], window: str) -> None:
        self.first = dict(first)
        super().__init__(
            *(
                f"{symbol} is priced only from {day.day} {day:%b %Y} on: there is nothing of it in {window}."
                for symbol, day in first.items()
            )
        )


class UnknownSymbols(UserError):
    """Symbols that cannot be priced, now or later.

    nearest : each one, with the known symbols that may be meant.
    ended : those of them that the source knows, but has no prices of (any more).
    """

    def __init__(
        self, source: str, nearest: Mapping[str, Sequence[str]], ended: Collection[str] = frozenset()
    ) -> None:
        self.source, self.nearest, self.ended = source, nearest, frozenset(ended)
        super().__init__(*(self._sentence(symbol, like) for symbol, like in nearest.items()))

    def cause(self, symbol: str) -> str:
        """Say why a symbol cannot be priced, without a full stop."""
        if symbol in self.ended:
            return f"{self.source} knows it but has no prices of it; it has ended or was renamed"
        return f"{self.source} has no such symbol, or it was delisted"

    def _sentence(self, symbol: str, like: Sequence[str]) -> str:
        hint = f"Did you mean {' or '.join(like)}?" if like else "Check the ticker with your data provider."
        return f"{symbol}: {self.cause(symbol)}. {hint}"


class Unavailable(BotError):
    """A source does not answer.

    permanent: trying again will not help until somebody changes something.
    retry_after: seconds to wait before trying again, where the source said so.
    detail: what else is known, like an address: for the log and for who runs the bot, not for others.
    """

    def __init__(
        self,
        source: str,
        cause: str,
        *,
        symbol: str | None = None,
        permanent: bool = False,
        retry_after: float | None = None,
        detail: str = "",
    ) -> None:
        self.source, self.cause, self.symbol = source, cause, symbol
        self.permanent, self.retry_after, self.detail = permanent, retry_after, detail
        about = f" for {symbol}" if symbol else ""
        super().__init__(f"{source} did not answer{about}: {cause}. {self.advice}")

    @property
    def in_full(self) -> str:
        """For the log and for who runs the bot."""
        return f"{self} ({self.detail})" if self.detail and self.detail not in self.cause else str(self)

    @property
    def advice(self) -> str:
        """What a person can do about it."""
        if self.permanent:
            return "Ask the person who runs this bot to check its settings (`watchpoint doctor`)."
        if self.retry_after:
            return f"Try again in {self.retry_after:.0f} s."
        return "Try again in a few minutes."


class Verdict(Enum):
    """What became of a message that Slack did not take."""

    LATER = "it surely did not arrive; the same may be tried again"
    CLOSED = "this channel takes none from the bot until somebody changes that"
    REFUSED = "this message will never be taken"
    SETUP = "token or scope: no message will be taken until somebody changes the app's settings"
    DOUBT = "it may have arrived"


class Undelivered(Unavailable):
    """A message did not arrive, or nobody knows.  code: Slack's word for it, empty without one."""

    verdict: Verdict
    code: str
