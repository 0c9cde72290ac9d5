"""Channels of which some are public: the fake beside the real one, held to the same contract suite."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class KnownRooms:
    """Knows the public ones, in every workspace; silent: it says nothing of any."""

    public: set[str] = field(default_factory=set)
    silent: bool = False

    async def is_public(self, team: str, channel: str) -> bool:
        return not self.silent and channel in self.public
