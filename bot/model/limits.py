"""How much may be asked at once, by one person, in one channel and in one workspace."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.model.notices import Request


class LimitScope(StrEnum):
    """Whose questions are counted."""

    PERSON = "person"
    CHANNEL = "channel"
    WORKSPACE = "workspace"


@dataclass(frozen=True)
class Crowded:
    """Why a question was not kept.  open: how many of theirs were waiting or being worked on."""

    whose: LimitScope
    open: int


@dataclass(frozen=True)
class Asker:
    """Whom a question is counted for."""

    team: str
    channel: str
    user: str
    handler: str

    @classmethod
    def of(cls, question: Request) -> Asker:
        """Give those of a question."""
        return cls(question.team, question.channel, question.user, question.handler)


@dataclass(frozen=True)
class RequestLimits:
    """How many questions may be open at once, waiting or being worked on; 0: any number.

    apart: handlers of what nobody asked, such as a look at the Home tab: not counted and never refused.
    """

    person: int = 0
    channel: int = 0
    workspace: int = 0
    apart: frozenset[str] = frozenset()

    def bind(self, handler: str) -> bool:
        """Tell whether a question for this handler may be refused."""
        return handler not in self.apart and any((self.person, self.channel, self.workspace))

    def met(self, asker: Asker, others: Collection[tuple[Asker, int]]) -> Crowded | None:
        """Find the limit that is met; others: whose questions are open, and how many."""
        team = [(at, n) for at, n in others if at.team == asker.team and at.handler not in self.apart]
        counts = (
            (LimitScope.PERSON, self.person, sum(n for at, n in team if at.user == asker.user)),
            (LimitScope.CHANNEL, self.channel, sum(n for at, n in team if at.channel == asker.channel)),
            (LimitScope.WORKSPACE, self.workspace, sum(n for _, n in team)),
        )
        return next((Crowded(whose, count) for whose, most, count in counts if 0 < most <= count), None)


NO_LIMITS = RequestLimits()
