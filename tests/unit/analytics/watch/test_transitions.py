"""Decisions by example: confirmation, recovery, missing data, crossings, snooze, corrected data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics import Announcement, Phase, Policy, Reason, State, Transition, decide, restate
from tests.unit.analytics.watch.days import DOUBTFUL, FAILED, days, notices, phases, reading, run

LOW, BAND, HIGH = 0.9, 1.05, 1.2
TWO, THREE = Policy(2), Policy(3)


def test_a_breach_is_confirmed_and_a_recovery_is() -> None:
    decisions = run([HIGH, LOW, LOW, LOW, LOW, HIGH, HIGH, HIGH, HIGH], THREE)
    assert phases(decisions) == "oppFFrroo"
    assert notices(decisions) == {3: "fired", 7: "recovered"}


def test_a_session_that_fails_starts_the_count_again() -> None:
    decisions = run([LOW, LOW, BAND, LOW, LOW, LOW, HIGH, HIGH, LOW, HIGH, HIGH, HIGH], THREE)
    assert phases(decisions) == "ppoppFrrFrro"
    assert notices(decisions) == {5: "fired", 11: "recovered"}
    assert [decisions[at].reason for at in (2, 8)] == [Reason.CONFIRMATION_BROKEN, Reason.RELAPSED]
    assert dict(decisions[2].facts) == {"value": BAND, "count": 2, "needed": 3}


def test_what_fires_knows_the_first_session_of_its_breach() -> None:
    confirmed = run([HIGH, LOW, None, LOW, LOW], THREE)[-1]
    assert (confirmed.reason, confirmed.facts["since"]) == (Reason.CONFIRMED, days(2)[-1])
    at_once = run([HIGH, LOW], Policy(1))[-1]
    assert at_once.facts["since"] == days(2)[-1]


def test_the_band_between_threshold_and_recovery_ends_no_incident() -> None:
    decisions = run([LOW, LOW, BAND, BAND, BAND, HIGH, BAND, HIGH, HIGH], TWO)
    assert phases(decisions) == "pFFFFrFro"
    assert decisions[2].reason is Reason.NOT_YET_SAFE
    assert decisions[6].reason is Reason.RELAPSED


def test_one_session_is_enough_where_the_policy_says_so() -> None:
    decisions = run([LOW, HIGH, LOW], Policy(1))
    assert (phases(decisions), notices(decisions)) == ("FoF", {0: "fired", 1: "recovered", 2: "fired"})
    assert phases(run([LOW, HIGH, HIGH, HIGH], Policy(1, recover=3))) == "Frro"


@pytest.mark.parametrize(("confirm", "recover"), [(0, None), (1, 0), (-5, 5)])
def test_no_session_is_too_few(confirm: int, recover: int | None) -> None:
    with pytest.raises(ValueError, match="one session or more"):
        Policy(confirm, recover)


def test_defaults_are_five_and_five() -> None:
    assert phases(run([LOW] * 6 + [HIGH] * 6, Policy())) == "ppppFFrrrroo"


def test_the_transition_is_between_the_phases_shown() -> None:
    decisions = run([LOW, None, LOW], TWO)
    assert [each.transition for each in decisions] == [
        Transition(Phase.OK, Phase.PENDING, days(1)[-1]),
        Transition(Phase.PENDING, Phase.NO_DATA, days(2)[-1]),
        Transition(Phase.NO_DATA, Phase.FIRING, days(3)[-1]),
    ]


def test_missing_data_keep_the_count_and_are_said_once() -> None:
    decisions = run([LOW, LOW, None, None, LOW, None, HIGH, None, None, HIGH, HIGH], THREE)
    assert phases(decisions) == "ppnnFnrnnro"
    assert notices(decisions) == {2: "no data", 4: "fired", 5: "no data", 7: "no data", 10: "recovered"}
    assert decisions[3].state.run == 2
    assert decisions[5].state.open
    assert decisions[2].facts["cause"] == "no price"


def test_data_that_come_back_resolve_nothing() -> None:
    decisions = run([LOW, LOW, None, LOW, LOW], TWO)
    assert (phases(decisions), notices(decisions)) == ("pFnFF", {1: "fired", 2: "no data"})
    assert decisions[3].state.fired == decisions[1].session


def test_errors_and_missing_data_are_said_once_each() -> None:
    decisions = run([HIGH, None, FAILED, None, FAILED, HIGH, FAILED], THREE)
    assert phases(decisions) == "oneneoe"
    assert notices(decisions) == {1: "no data", 2: "error", 6: "error"}
    assert decisions[2].facts["cause"] == "no prices of ZZZ at all"


def test_a_price_in_doubt_is_waited_out_and_said_once() -> None:
    decisions = run([LOW, LOW, DOUBTFUL, LOW, DOUBTFUL, DOUBTFUL, HIGH], THREE)
    assert phases(decisions) == "ppdFddr"
    assert notices(decisions) == {2: "in doubt", 3: "fired", 4: "in doubt"}
    waiting, fired = decisions[2], decisions[3]
    assert (waiting.state.kept, waiting.state.run, waiting.reason) == (Phase.PENDING, 2, Reason.DOUBT)
    assert waiting.facts["cause"] == DOUBTFUL.reason
    assert (fired.facts["count"], fired.facts["since"]) == (3, days(1)[0])
    assert all(each.state.fired == days(4)[-1] for each in decisions[3:])


def test_doubts_and_missing_data_are_said_once_each() -> None:
    decisions = run([HIGH, None, DOUBTFUL, None, DOUBTFUL, HIGH, DOUBTFUL], THREE)
    assert (phases(decisions), notices(decisions)) == (
        "ondndod",
        {1: "no data", 2: "in doubt", 6: "in doubt"},
    )


def test_a_price_that_was_corrected_is_restated() -> None:
    before = run([LOW], TWO)[-1].state
    said = decide(before, DOUBTFUL, TWO, days(2)[-1]).state
    again = restate(before, said, reading(LOW), TWO, days(2)[-1])
    assert (again.state.phase, again.notice, again.facts["was"]) == (
        Phase.FIRING,
        Announcement.RESTATED,
        "in doubt",
    )


def test_in_an_incident_an_unknown_safety_is_missing_data() -> None:
    # Of several conditions, enough may be known for "not met" and too little for "safe".
    open_ = run([LOW, LOW], TWO)[-1].state
    decision = decide(open_, reading(HIGH).__class__(1.0, met=False, safe=None), TWO, days(3)[-1])
    assert (decision.state.phase, decision.state.kept) == (Phase.NO_DATA, Phase.FIRING)


def test_a_crossing_needs_a_sample_from_before() -> None:
    decisions = run([LOW, LOW, LOW, HIGH, LOW, LOW], TWO, crossing=True)
    assert phases(decisions) == "oooopF"
    assert decisions[0].reason is Reason.ALREADY_BEYOND
    assert notices(decisions) == {5: "fired"}
    assert phases(run([LOW, LOW, LOW, HIGH, LOW, LOW], TWO)) == "pFFrFF"


def test_a_crossing_remembers_across_missing_data_and_after_a_recovery() -> None:
    assert phases(run([BAND, None, LOW, LOW], TWO, crossing=True)) == "onpF"
    assert phases(run([None, LOW, LOW], TWO, crossing=True)) == "noo"
    assert phases(run([BAND, LOW, LOW, HIGH, HIGH, LOW, LOW], TWO, crossing=True)) == "opFropF"


def test_what_was_decided_stays_decided() -> None:
    state = run([LOW, LOW], TWO)[-1].state
    for session in days(2):
        again = decide(state, reading(HIGH), TWO, session)
        assert (again.state, again.transition, again.notice) == (state, None, None)
        assert (again.reason, again.facts["through"]) == (Reason.ALREADY_DECIDED, days(2)[-1])


def test_sessions_in_a_state() -> None:
    decisions = run([LOW, LOW, LOW, None, LOW, HIGH], TWO)
    assert [each.state.held for each in decisions] == [1, 1, 2, 3, 4, 1]
    assert [each.state.since for each in decisions[1:5]] == [days(2)[-1]] * 4
    assert decisions[5].state.fired == days(2)[-1]


def test_an_acknowledgement_lasts_as_long_as_the_incident() -> None:
    state = run([LOW, LOW], TWO)[-1].state.acknowledge("U1", "we know")
    after = run([LOW, HIGH, LOW, HIGH, HIGH], TWO, state=state, first=2)
    assert [each.state.acknowledged is not None for each in after] == [True, True, True, True, False]
    assert notices(after) == {4: "recovered"}
    with pytest.raises(ValueError, match="nothing to acknowledge: the rule is ok"):
        after[-1].state.acknowledge("U1", "again")


def test_a_snooze_silences_and_reminds_once() -> None:
    state = run([LOW, LOW], TWO)[-1].state.snooze(days(4)[-1])
    after = run([LOW, LOW, LOW, LOW], TWO, state=state, first=2)
    assert (phases(after), notices(after)) == ("FFFF", {2: "still firing"})


def test_on_the_way_back_when_a_snooze_ends() -> None:
    """It is said if that comes to nothing, or when it is over."""
    state = run([LOW, LOW], TWO)[-1].state.snooze(days(3)[-1])
    assert notices(run([HIGH, HIGH], TWO, state=state, first=2)) == {1: "recovered"}
    assert notices(run([HIGH, LOW], TWO, state=state, first=2)) == {1: "still firing"}
    late = Policy(1, recover=3)
    assert notices(run([HIGH, HIGH, LOW], late, state=state, first=2)) == {2: "still firing"}


def test_a_snooze_ends_with_its_incident_and_what_fires_anew_is_told_at_once() -> None:
    state = run([LOW, LOW], TWO)[-1].state.snooze(days(20)[-1])
    after = run([HIGH, HIGH, LOW, LOW, LOW], TWO, state=state, first=2)
    assert (phases(after), notices(after)) == ("ropFF", {3: "fired"})
    assert [each.state.snoozed_until is not None for each in after] == [True, False, False, False, False]


def test_a_snooze_that_was_kept_without_an_incident_silences_nothing() -> None:
    stale = replace(State(), snoozed_until=days(20)[-1])
    after = run([None, LOW, LOW, LOW], TWO, state=stale)
    assert (phases(after), notices(after)) == ("npFF", {0: "no data", 2: "fired"})
    assert after[-1].state.snoozed_until is None


def test_a_quiet_rule_has_nothing_to_snooze() -> None:
    for state in (State(), run([LOW], TWO)[-1].state, run([LOW, LOW, HIGH, HIGH], TWO)[-1].state):
        with pytest.raises(ValueError, match="nothing to snooze: the rule is"):
            state.snooze(days(9)[-1])


def test_an_acknowledged_incident_is_not_reminded_of() -> None:
    state = run([LOW, LOW], TWO)[-1].state.acknowledge("U1", "we know").snooze(days(3)[-1])
    assert notices(run([LOW, LOW, LOW], TWO, state=state, first=2)) == {}


def test_missing_data_in_a_snooze_are_said_after_it() -> None:
    state = run([LOW], Policy(1))[-1].state.snooze(days(3)[-1])
    assert notices(run([None, None, None, None], Policy(1), state=state, first=1)) == {2: "no data"}


def test_corrected_data_that_change_nothing_say_nothing() -> None:
    before = run([LOW], TWO)[-1].state
    said = decide(before, reading(LOW), TWO, days(2)[-1]).state
    again = restate(before, said, reading(0.8), TWO, days(2)[-1])
    assert (again.state, again.reason, again.transition, again.notice) == (said, Reason.RESTATED, None, None)


def test_a_firing_that_corrected_data_take_back_is_restated() -> None:
    before = run([LOW], TWO)[-1].state
    said = decide(before, reading(LOW), TWO, days(2)[-1]).state.acknowledge("U1", "we know")
    again = restate(before, said, reading(HIGH), TWO, days(2)[-1])
    assert (again.state.phase, again.state.acknowledged) == (Phase.OK, None)
    assert again.notice is Announcement.RESTATED
    assert again.transition == Transition(Phase.FIRING, Phase.OK, days(2)[-1])
    assert again.facts["was"] == "firing"


def test_a_firing_that_corrected_data_bring_is_restated() -> None:
    before = run([LOW], TWO)[-1].state
    said = decide(before, reading(HIGH), TWO, days(2)[-1]).state
    assert restate(before, said, reading(LOW), TWO, days(2)[-1]).notice is Announcement.RESTATED


def test_a_correction_in_a_snooze_is_silent_and_ends_it_only_with_the_incident() -> None:
    before, session, until = run([LOW, LOW], TWO)[-1].state, days(3)[-1], days(4)[-1]
    said = decide(before, reading(LOW), TWO, session).state.snooze(until)
    again = restate(before, said, reading(HIGH), TWO, session)
    assert (again.notice, again.state.phase, again.state.snoozed_until) == (None, Phase.RECOVERING, until)
    over = restate(before, said, reading(HIGH), Policy(1), session)
    assert (over.notice, over.state.phase, over.state.snoozed_until) == (None, Phase.OK, None)


def test_a_correction_between_quiet_phases_is_silent() -> None:
    before, session = State(), days(1)[-1]
    said = decide(before, reading(LOW), TWO, session).state
    again = restate(before, said, reading(HIGH), TWO, session)
    assert (again.transition, again.notice) == (Transition(Phase.PENDING, Phase.OK, session), None)
