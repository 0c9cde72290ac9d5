"""People of whom some is known: the fake beside the real one, held to the same contract suite."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.ports import User


@dataclass
class KnownUsers:
    """Knows those it was told of, in every workspace; silent: it says nothing of anybody."""

    known: dict[str, User] = field(default_factory=dict)
    silent: bool = False

    async def person(self, team: str, user: str) -> User:
        nobody = User(user, stranger=True)
        return nobody if self.silent else self.known.get(user, nobody)
