"""What holds of every decision, whatever the readings: properties on random histories."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import Announcement, Phase, Policy, Reading, State, decide
from tests.unit.analytics.watch.days import FAILED, days, reading, run

VALUES = st.sampled_from([0.5, 0.9, 0.999, 1.0, 1.05, 1.1, 1.4])
DAYS = st.lists(VALUES | st.none() | st.just(FAILED), min_size=1, max_size=40)
KNOWN = st.lists(VALUES, min_size=1, max_size=40)
POLICIES = st.builds(Policy, st.integers(1, 5), st.none() | st.integers(1, 5))
PROPERTY = settings(max_examples=30, deadline=None, derandomize=True)
INCIDENT = {Phase.FIRING, Phase.RECOVERING}
Day = float | Reading | None


@pytest.mark.slow
@given(DAYS, POLICIES, st.booleans())
@PROPERTY
def test_fired_and_recovered_take_turns_and_match_the_incidents(
    values: list[Day], policy: Policy, crossing: bool
) -> None:
    decisions = run(values, policy, crossing=crossing)
    spoken = [
        each.notice for each in decisions if each.notice in {Announcement.FIRED, Announcement.RECOVERED}
    ]
    assert spoken == [Announcement.FIRED, Announcement.RECOVERED] * (len(spoken) // 2) + [
        Announcement.FIRED
    ] * (len(spoken) % 2)
    assert decisions[-1].state.open == (len(spoken) % 2 == 1)


@pytest.mark.slow
@given(DAYS, POLICIES, st.booleans())
@PROPERTY
def test_a_quiet_reading_never_speaks_outside_an_incident(
    values: list[Day], policy: Policy, crossing: bool
) -> None:
    before = State()
    for decision, value in zip(run(values, policy, crossing=crossing), values, strict=True):
        if isinstance(value, float) and value >= 1.0 and not before.open:
            assert (decision.notice, decision.state.phase) == (None, Phase.OK)
        if decision.notice:
            assert decision.transition or decision.notice in {Announcement.NO_DATA, Announcement.ERROR}
        before = decision.state


@pytest.mark.slow
@given(DAYS, POLICIES, st.booleans())
@PROPERTY
def test_missing_data_change_nothing_beneath(values: list[Day], policy: Policy, crossing: bool) -> None:
    before = State()
    for decision, value in zip(run(values, policy, crossing=crossing), values, strict=True):
        if not isinstance(value, float):
            after = decision.state
            kept = (after.kept, after.run, after.fired, after.armed, after.acknowledged, after.open)
            assert kept == (
                before.kept,
                before.run,
                before.fired,
                before.armed,
                before.acknowledged,
                before.open,
            )
        before = decision.state


@given(DAYS, POLICIES, st.booleans())
@PROPERTY
def test_the_known_sessions_alone_tell_the_same_story(
    values: list[Day], policy: Policy, crossing: bool
) -> None:
    known = [value for value in values if isinstance(value, float)]
    with_gaps = [
        (each.state.kept, each.notice)
        for each, value in zip(run(values, policy, crossing=crossing), values, strict=True)
        if isinstance(value, float)
    ]
    assert with_gaps == [(each.state.kept, each.notice) for each in run(known, policy, crossing=crossing)]


@given(KNOWN, POLICIES)
@PROPERTY
def test_confirmation_and_recovery_are_honoured(values: list[float], policy: Policy) -> None:
    for at, decision in enumerate(run(values, policy)):
        if decision.notice is Announcement.FIRED:
            assert at + 1 >= policy.confirm
            assert all(value < 1.0 for value in values[at + 1 - policy.confirm : at + 1])
        if decision.notice is Announcement.RECOVERED:
            assert all(value >= 1.1 for value in values[at + 1 - policy.recovery : at + 1])
        recent = values[max(0, at + 1 - policy.confirm) : at + 1]
        if len(recent) == policy.confirm and all(value < 1.0 for value in recent):
            assert decision.state.phase is Phase.FIRING


@given(DAYS, POLICIES, st.booleans())
@PROPERTY
def test_missing_data_are_said_once_in_a_row(values: list[Day], policy: Policy, crossing: bool) -> None:
    said: set[Announcement] = set()
    for decision, value in zip(run(values, policy, crossing=crossing), values, strict=True):
        expected = Announcement.ERROR if value is FAILED else Announcement.NO_DATA
        if isinstance(value, float):
            said = set()
        else:
            assert decision.notice is (None if expected in said else expected)
            said.add(expected)


@given(DAYS, POLICIES, st.booleans(), st.integers(0, 39))
@PROPERTY
def test_replaying_any_session_changes_nothing(
    values: list[Day], policy: Policy, crossing: bool, back: int
) -> None:
    state = run(values, policy, crossing=crossing)[-1].state
    session = days(len(values))[max(0, len(values) - 1 - back)]
    for value in (0.5, 1.4, None):
        again = decide(state, reading(value, crossing=crossing), policy, session)
        assert (again.state, again.transition, again.notice) == (state, None, None)


@given(DAYS, POLICIES, st.integers(0, 39), st.integers(0, 10))
@PROPERTY
def test_a_snooze_is_silent_and_moves_no_state(
    values: list[Day], policy: Policy, start: int, length: int
) -> None:
    values = [*([0.5] * policy.confirm), *values]
    start = min(start + policy.confirm, len(values) - 1)
    before = run(values[:start], policy)[-1].state
    if not before.open:
        return
    every = days(start + length + 1)
    snoozed = run(values[start:], policy, state=before.snooze(every[-1]), first=start)
    plain = run(values[start:], policy, state=before, first=start)
    assert [each.state.kept for each in snoozed] == [each.state.kept for each in plain]
    ends = next((at for at, each in enumerate(plain) if not each.state.open), len(plain))
    assert all(each.notice is None for each in snoozed[: min(length, ends) + 1])
    assert [each.notice for each in snoozed[ends + 1 :]] == [each.notice for each in plain[ends + 1 :]]
    reminders = [each for each in snoozed if each.notice is Announcement.STILL_FIRING]
    assert len(reminders) <= 1


@given(DAYS, POLICIES)
@PROPERTY
def test_a_crossing_fires_only_after_the_other_side_was_seen(values: list[Day], policy: Policy) -> None:
    fired = [at for at, each in enumerate(run(values, policy, crossing=True)) if each.state.open]
    if fired:
        assert any(isinstance(value, float) and value >= 1.0 for value in values[: fired[0]])
