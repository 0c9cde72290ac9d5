"""What a Home tab tells of: facts, no words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from bot.model import Digest, RuleReport


@dataclass(frozen=True)
class Freshness:
    """How new the prices are.

    session: the newest complete one.  priced: the newest with prices, None where they could not be had.
    source: whose they are, empty where they could not be had.
    """

    session: date
    priced: date | None = None
    source: str = ""
    simulated: bool = False


@dataclass(frozen=True)
class Post:
    """A channel's daily post, and the next moment at which it may come; None while it does not."""

    digest: Digest
    next: datetime | None


@dataclass(frozen=True)
class Pages:
    """Which page of each part of the rules is looked at, from 1 on."""

    own: int = 1
    others: int = 1

    @property
    def value(self) -> str:
        """Of a button that turns to them."""
        return f"{self.own} {self.others}"

    @classmethod
    def read(cls, value: str) -> Pages:
        """The pages of a button's value; the first ones for anything else."""
        found = re.fullmatch(r"([1-9]\d{0,5}) ([1-9]\d{0,5})", value, re.ASCII)
        return cls(int(found[1]), int(found[2])) if found else cls()


@dataclass(frozen=True)
class HomeFacts:
    """All that one person's Home tab tells of.

    stories: rules that the person may know of, as they stand.  posts: of channels that they may know of.
    first: it is looked at for the first time.  now: the moment that it was made.
    pages: of the rules, where they are more than fit.
    """

    user: str
    stories: tuple[RuleReport, ...]
    posts: tuple[Post, ...]
    freshness: Freshness
    now: datetime
    first: bool = False
    pages: Pages = Pages()

    @property
    def own(self) -> tuple[RuleReport, ...]:
        """Rules that the person has set up."""
        return tuple(story for story in self.stories if story.watched.owner == self.user)

    @property
    def others(self) -> tuple[RuleReport, ...]:
        """Rules that somebody else has set up."""
        return tuple(story for story in self.stories if story.watched.owner != self.user)
