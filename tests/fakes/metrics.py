"""A meter that remembers what it was told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from analytics.watch.crosscheck import Agreement
from bot.ports import HttpRefusal, Understood


@dataclass
class QuietMetrics:
    """Every call, in its order."""

    runs: list[tuple[date, float]] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)
    newest: date | None = None
    acks: list[float] = field(default_factory=list)
    refusals: list[HttpRefusal] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)
    compared: list[Agreement] = field(default_factory=list)

    def run(self, session: date, seconds: float, now: datetime) -> None:
        self.runs.append((session, seconds))

    def notice(self, kind: str, outcome: str) -> None:
        self.notices.append((kind, outcome))

    def prices(self, session: date, now: datetime) -> None:
        self.newest = session

    def sources(self, compared: Agreement) -> None:
        self.compared.append(compared)

    def observe_ack(self, seconds: float) -> None:
        self.acks.append(seconds)

    def count_refusal(self, reason: HttpRefusal) -> None:
        self.refusals.append(reason)

    def count_understood(self, kind: Understood) -> None:
        self.understood.append(kind)
