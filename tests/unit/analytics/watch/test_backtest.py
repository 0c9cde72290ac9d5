"""How often a rule would have fired, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import (
    Condition,
    Incident,
    Op,
    Policy,
    Quantity,
    Readings,
    Rule,
    State,
    backtest,
    incidents,
    replay,
)
from tests.panels import weekdays

if TYPE_CHECKING:
    from collections.abc import Sequence

QUANTITY = Quantity("sortino", "AAA")
RULE = Rule((Condition(QUANTITY, Op.BELOW, 1.0),))
LOW, HIGH = 0.9, 1.2


def readings(values: Sequence[float]) -> Readings:
    """Of one quantity, from Monday, 6 January 2025 on."""
    row = np.array([values], dtype=np.float64)
    reasons = np.where(np.isnan(row), "no price", "")
    return Readings(weekdays("2025-01-06", row.size), row, reasons, {QUANTITY: 0}, {})


def test_an_incident_lasts_from_firing_to_the_confirmed_recovery() -> None:
    found = readings([HIGH, LOW, LOW, LOW, np.nan, HIGH, HIGH, HIGH, LOW, LOW])
    days = found.sessions.tolist()
    assert incidents(replay(RULE, found, Policy(2))) == (
        Incident(days[2], days[6], 4),
        Incident(days[9], None, 1),
    )


def test_a_quiet_rule_has_none() -> None:
    found = backtest(RULE, readings([HIGH] * 300), Policy())
    assert (found.asked.fired, found.asked.sessions, found.asked.longest) == (0, 0, 0)


def test_an_open_incident_goes_on() -> None:
    found = readings([LOW] * 10)
    decisions = replay(RULE, found, Policy(5))
    assert incidents(decisions[7:]) == (Incident(found.sessions.tolist()[4], None, 3),)


def test_replaying_in_two_parts_is_replaying_at_once() -> None:
    values = [HIGH, LOW, LOW, HIGH, LOW, LOW, LOW, HIGH, HIGH, LOW]
    whole = replay(RULE, readings(values), Policy(2))
    again = replay(RULE, readings(values), Policy(2), whole[4].state)
    assert [each.state for each in again[5:]] == [each.state for each in whole[5:]]
    assert all(each.transition is None for each in again[:5])
    assert replay(RULE, readings([]), Policy(2), State()) == []


def noisy_year() -> Readings:
    """Nine breaches of six sessions and one of eighteen in a year."""
    short = ([LOW] * 6 + [HIGH] * 15) * 9
    return readings([*short, *[LOW] * 18, *[HIGH] * 25])


def test_a_rule_that_fires_often() -> None:
    found = backtest(RULE, noisy_year(), Policy(5))
    assert found.asked.fired == 10
    # Six sessions less the four of waiting, and five of recovery less the last: 6 + 5 - 1 - 4.
    assert found.asked.incidents[0].sessions == 6
    assert found.asked.longest == 18
    assert found.asked.sessions == 9 * 6 + 18


def test_the_years_are_those_with_data() -> None:
    found = backtest(RULE, readings([np.nan] * 261 + [HIGH] * 262), Policy())
    assert found.years == pytest.approx(1.0, abs=0.01)
    assert (found.start, found.asked.known) == (weekdays("2025-01-06", 262)[-1].item(), 262)
    nothing = backtest(RULE, readings([np.nan] * 9), Policy())
    assert (nothing.start, nothing.end, nothing.years) == (None, None, 0.0)
