"""Channels of which some are public: the fake beside the real one, held to the same contract suite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.ports import Access


@dataclass
class KnownChannels:
    """Knows the public ones, in every workspace; silent: it says nothing of any.

    closed: why the bot may not post, by channel; in all others it may.
    """

    public: set[str] = field(default_factory=set)
    silent: bool = False
    closed: Mapping[str, str] = field(default_factory=dict)

    async def is_public(self, team: str, channel: str) -> bool:
        return not self.silent and channel in self.public

    async def may_post(self, team: str, channel: str) -> Access:
        if self.silent:
            return Access(None)
        code = self.closed.get(channel, "")
        return Access(not code, code)
