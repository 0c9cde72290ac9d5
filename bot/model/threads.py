"""What a conversation is about: the question that was answered, and nothing of its answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from pydantic import TypeAdapter

from analytics.query import Query as Comparing


@dataclass(frozen=True)
class ThreadContext:
    """What the next question in a place is about.

    comparing: as it was answered; its `as_of` is the session that the answer reached to, so that all figures
    of one conversation agree.
    source: whose prices those were.
    more: how many funds of a digest are left out, where it has more than fit side by side.
    """

    comparing: Comparing
    source: str = ""
    more: int = 0


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
