"""What a Home tab tells of: facts, no words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.records import Digest, Story


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
class Seen:
    """All that one person's Home tab tells of.

    stories: rules that the person may know of, as they stand.  posts: of channels that they may know of.
    first: it is looked at for the first time.  now: the moment that it was made.
    """

    user: str
    stories: tuple[Story, ...]
    posts: tuple[Post, ...]
    freshness: Freshness
    now: datetime
    first: bool = False

    @property
    def own(self) -> tuple[Story, ...]:
        """Rules that the person has set up."""
        return tuple(story for story in self.stories if story.watched.owner == self.user)

    @property
    def others(self) -> tuple[Story, ...]:
        """Rules that somebody else has set up."""
        return tuple(story for story in self.stories if story.watched.owner != self.user)
