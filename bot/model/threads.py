"""What a conversation is about: the question that was answered, and nothing of its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from pydantic import TypeAdapter

from analytics.query import Query as Comparing

NEWEST = timedelta(days=5)
"""How old the newest complete session is at most: a weekend with holidays at both of its ends."""
MOST_SEATS = 6
"""Looks that pictures have for funds."""


def take_seats(seats: Sequence[str], symbols: Sequence[str]) -> tuple[str, ...]:
    """Give every symbol a seat: whoever has one keeps it, so that a fund looks the same in all pictures.

    A new one takes the first free seat, else that of the first fund that is not among the symbols.
    """
    held = list(seats[:MOST_SEATS])
    for symbol in symbols:
        if symbol not in held and len(held) < MOST_SEATS:
            held.append(symbol)
        elif symbol not in held and (gone := [at for at, fund in enumerate(held) if fund not in symbols]):
            held[gone[0]] = symbol
    return tuple(held)


@dataclass(frozen=True)
class ThreadContext:
    """What the next question in a place is about.

    comparing: as it was answered; its `as_of` is the session that the answer reached to, so that all figures
    of one conversation agree.
    source: whose prices those were.
    more: how many funds of a digest are left out, where it has more than fit side by side.
    seats: the fund that has each of the looks of pictures; empty: those of `comparing` in their order.
    """

    comparing: Comparing
    source: str = ""
    more: int = 0
    seats: tuple[str, ...] = ()

    def told_from(self, today: date) -> date:
        """Return the day from which "last week" is told: today where the answer reached the newest session,
        else, in a conversation about an earlier day, the session it reached.
        """
        as_of = self.comparing.as_of
        return today if as_of <= today <= as_of + NEWEST else as_of

    @property
    def seated(self) -> tuple[str, ...]:
        """The fund that has each of the looks of pictures."""
        return take_seats(self.seats, self.comparing.funds)

    def with_seats(self, seats: tuple[str, ...]) -> ThreadContext:
        """Return it with these seats, which are not written where they follow from the funds."""
        return replace(self, seats=() if seats == take_seats((), self.comparing.funds) else seats)


@dataclass(frozen=True)
class SectionQuery:
    """A question in a conversation, as a button or a mention asks it.

    text: as one types it after the bot's name, e.g. "sectors vs IWM".
    topic: what it is about; None: what is remembered of the place it is asked in.
    """

    text: str
    topic: ThreadContext | None = None

    @property
    def value(self) -> str:
        """As JSON, for a button or the inbox; half a character, which JSON can carry in, becomes a mark."""
        whole = replace(self, text=self.text.encode("utf-8", "replace").decode())
        return _adapter().dump_json(whole, exclude_defaults=True).decode()

    @classmethod
    def read(cls, value: str) -> SectionQuery:
        """Return the JSON of one; ValueError for anything else."""
        return _adapter().validate_json(value)


@cache
def _adapter() -> TypeAdapter[SectionQuery]:
    return TypeAdapter(SectionQuery)
