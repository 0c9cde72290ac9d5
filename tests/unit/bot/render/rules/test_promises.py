"""What is queued after an acknowledgement or a snooze is what the state machine then tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from analytics.watch.readings import Reading
from analytics.watch.states import Announcement, Policy, State
from analytics.watch.transitions import decide
from bot.model import AuditAction
from bot.render.rules import changes
from bot.render.rules.card import reply_message
from tests.unit.bot.render.rules.stories import FIRED, WEAK, deed

if TYPE_CHECKING:
    from collections.abc import Sequence


DAYS = [date(2026, 1, 19) + timedelta(days=at) for at in range(12)]
UNTIL = DAYS[3]
BREACH, SAFE = Reading(0.9, met=True, safe=False), Reading(1.2, met=False, safe=True)
ONCE = Policy(1)
OPEN = decide(State(), BREACH, ONCE, DAYS[0]).state
IN_HAND, SNOOZED = OPEN.acknowledge("U0BOB", "in review"), OPEN.snooze(UNTIL)
BOTH = IN_HAND.snooze(UNTIL)


def told(state: State, readings: Sequence[Reading]) -> list[Announcement | None]:
    """What is told of the sessions after a state."""
    found = []
    for session, reading in zip(DAYS[1:], readings, strict=False):
        decision = decide(state, reading, ONCE, session)
        found.append(decision.notice)
        state = decision.state
    return found


def thread(state: State, act: AuditAction) -> str:
    """The line in the card's thread."""
    detail = UNTIL.isoformat() if act is AuditAction.SNOOZED else "in review"
    return reply_message(replace(FIRED, state=state, session=DAYS[0], deed=deed(act, detail))).text


def answer(state: State, act: AuditAction) -> str:
    """What the person who pressed is told."""
    if act is AuditAction.SNOOZED:
        return changes.snoozed_message(WEAK, "U0BOB", UNTIL, in_hand=state.acknowledged is not None).text
    return changes.acknowledged_message(WEAK, "U0BOB", "in review", snoozed_until=state.snoozed_until).text


@pytest.mark.parametrize("words", [thread, answer])
@pytest.mark.parametrize(
    ("state", "act"),
    [
        (IN_HAND, AuditAction.ACKNOWLEDGED),
        (BOTH, AuditAction.ACKNOWLEDGED),
        (SNOOZED, AuditAction.SNOOZED),
        (BOTH, AuditAction.SNOOZED),
    ],
)
def test_words_and_behaviour_are_the_same(words, state: State, act: AuditAction) -> None:  # type: ignore[no-untyped-def]
    queued = words(state, act)
    lasting, recovered = told(state, [BREACH] * 8), told(state, [BREACH] * 5 + [SAFE])
    assert ("what is triggered then is told" in queued) == (Announcement.STILL_FIRING in lasting)
    assert ("no reminder" in queued.lower()) == (Announcement.STILL_FIRING not in lasting)
    within = told(state, [BREACH, SAFE])
    assert ("Nothing is said" in queued) == (within == [None, None])
    assert ("that it clears is told" in queued) == (within == [None, Announcement.RECOVERED])
    assert ("that it clears after it is told" in queued) == (
        Announcement.RECOVERED in recovered
        and Announcement.RECOVERED not in within
        and Announcement.STILL_FIRING not in recovered
    )
    if act is AuditAction.SNOOZED:
        anew = told(state, [SAFE, BREACH])
        assert ("a new one is told at once" in queued) == (anew == [None, Announcement.FIRED])


def test_nothing_is_promised_of_a_snooze_that_is_over() -> None:
    over = replace(
        FIRED, state=replace(BOTH, session=UNTIL), session=UNTIL, deed=deed(AuditAction.ACKNOWLEDGED, "x")
    )
    assert "No reminder until it is over" in reply_message(over).text
