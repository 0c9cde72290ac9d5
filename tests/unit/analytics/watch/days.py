"""Readings by hand for decisions: values against `x < 1.0`, recovered at 1.1; None is a day without data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analytics import Decision, Policy, Reading, State, decide
from tests.panels import weekdays

if TYPE_CHECKING:
    from datetime import date

DOUBTFUL = Reading(None, None, None, "AAA's price of 2 Oct 2025 looks wrong (-99.0 %)", waits=True)
FAILED = Reading(None, None, None, "no prices of ZZZ at all", failed=True)


def days(count: int) -> list[date]:
    found: list[date] = weekdays("2026-01-05", count).tolist()
    return found


def reading(value: float | None, *, crossing: bool = False) -> Reading:
    if value is None:
        return Reading(None, None, None, "no price", crossing)
    return Reading(value, value < 1.0, value >= 1.1, crossing=crossing)


def run(
    values: Sequence[float | Reading | None],
    policy: Policy,
    *,
    crossing: bool = False,
    state: State | None = None,
    first: int = 0,
) -> list[Decision]:
    """A decision per value, on consecutive weekdays from the 5th of January (and `first` days later) on."""
    out: list[Decision] = []
    current = state or State()
    for session, value in zip(days(first + len(values))[first:], values, strict=True):
        read = value if isinstance(value, Reading) else reading(value, crossing=crossing)
        out.append(decide(current, read, policy, session))
        current = out[-1].state
    return out


def phases(decisions: Sequence[Decision]) -> str:
    """One letter per session: o ok, p pending, F firing, r recovering, n no data, d in doubt, e error."""
    letters = {"ok": "o", "pending": "p", "firing": "F", "recovering": "r", "no data": "n", "error": "e"}
    letters["in doubt"] = "d"
    return "".join(letters[decision.state.phase.value] for decision in decisions)


def notices(decisions: Sequence[Decision]) -> dict[int, str]:
    """What was said, by the number of the session."""
    return {at: each.notice.value for at, each in enumerate(decisions) if each.notice}
