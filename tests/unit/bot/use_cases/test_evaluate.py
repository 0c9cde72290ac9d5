"""What sessions make of a channel's rules: decided in order, corrected, told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import Condition, Op, Policy, Quantity, Reading, Readings, Rule, State
from bot.model import (
    ChannelKey,
    Digest,
    DigestContent,
    DigestMode,
    NoticeKind,
    RuleIncident,
    RuleReport,
    RuleState,
    RuleTransition,
    RuleVersion,
    SessionResult,
    StoredRule,
)
from bot.use_cases.evaluate import ChannelRules, SessionData, evaluate, first_decision
from bot.use_cases.gather import Gathered
from bot.use_cases.replay import AGAIN, first_needed
from tests.panels import levels_of, panel_of, weekdays

if TYPE_CHECKING:
    from collections.abc import Sequence

DAYS: list[date] = weekdays("2026-01-05", 20).tolist()
"""From Monday 5 January 2026 on."""
PRICES = panel_of(
    {"F1": levels_of([-0.01] * 19, 100.0), "F2": levels_of([0.01] * 19, 50.0)}, weekdays("2026-01-05", 20)
)
"""F1 loses 1 % a session, F2 gains as much."""
VALUES = {"o": 1.2, "b": 0.8, "m": 1.05, "-": float("nan")}
DUE = datetime(2026, 1, 9, 13, 30, tzinfo=UTC)
DIGEST = Digest("T1", "C1", "U1", time(8, 30), "America/New_York")
ALWAYS = replace(DIGEST, mode=DigestMode.ALWAYS)


def rule_of(symbol: str) -> Rule:
    return Rule((Condition(Quantity("sortino", symbol), Op.BELOW, 1.0),))


def rule(number: int = 1, *, confirm: int = 2, recover: int | None = None, version: int = 1) -> StoredRule:
    watched = RuleVersion(
        "T1", number, version, "C1", "U1", "U1", "…", rule_of(f"F{number}"), Policy(confirm, recover), DUE
    )
    return StoredRule(watched, RuleState())


def evidence(*letters: str, first: int = 0) -> SessionData:
    """Readings of F1, F2, …, from the day of this number on."""
    rows = np.array([[VALUES[letter] for letter in line.split()] for line in letters])
    quantities = {rule_of(f"F{row + 1}").quantities[0]: row for row in range(len(letters))}
    reasons = np.where(np.isnan(rows), "no price", "")
    days = np.array(DAYS[first : first + rows.shape[1]], dtype="datetime64[D]")
    return SessionData(Readings(days, rows, reasons, quantities, {}), PRICES)


def channel(*kept: StoredRule, digest: Digest | None = DIGEST, **more: object) -> ChannelRules:
    return ChannelRules(ChannelKey("T1", "C1"), kept, digest, DUE, **more)  # type: ignore[arg-type]


def stand(outcome: SessionResult, *kept: StoredRule) -> list[StoredRule]:
    """The rules after a run, as the store gives them next time."""
    new = {watched.key: rule_state for watched, rule_state in outcome.standings}
    return [StoredRule(each.watched, new.get(each.watched.key, each.rule_state)) for each in kept]


def run(
    letters: str, stored: StoredRule, digest: Digest | None = DIGEST
) -> tuple[list[SessionResult], StoredRule]:
    """Evening after evening."""
    outcomes, incidents = [], list[RuleIncident]()
    for at in range(len(letters.split())):
        known = {stored.watched.key: tuple(incidents)}
        outcome = evaluate(channel(stored, incidents=known, digest=digest), evidence(letters), DAYS[at])
        outcomes.append(outcome)
        (stored,) = stand(outcome, stored)
        incidents = _kept_incidents(incidents, stored, outcome)
    return outcomes, stored


def _kept_incidents(
    incidents: Sequence[RuleIncident], stored: StoredRule, outcome: SessionResult
) -> list[RuleIncident]:
    """As the store keeps them; a card that was queued is posted."""
    state = stored.rule_state.state
    found = [
        each if each.recovered or each.fired == state.fired else replace(each, recovered=outcome.session)
        for each in incidents
    ]
    if state.fired and state.fired not in [each.fired for each in found]:
        found.insert(0, RuleIncident(1, state.fired))
    carded = any(new.kind is NoticeKind.CARD for new in outcome.notices)
    return [replace(each, ts="1.0") if carded and not each.recovered else each for each in found]


def kinds(outcome: SessionResult) -> str:
    return " ".join(f"{new.kind}:{new.subject}".rstrip(":") for new in outcome.notices)


def flips(outcome: SessionResult) -> list[str]:
    return [
        f"{transition.session:%d} {transition.before}>{transition.after} {transition.reason}"
        for _, transition in outcome.flips
    ]


def digest_content(outcome: SessionResult) -> DigestContent:
    (found,) = [new.content for new in outcome.notices if new.kind is NoticeKind.DIGEST]
    assert isinstance(found, DigestContent)
    return found


def story(outcome: SessionResult, kind: NoticeKind) -> RuleReport:
    (found,) = [new.content for new in outcome.notices if new.kind is kind]
    assert isinstance(found, RuleReport)
    return found


def test_an_incident_from_the_first_breach_to_the_recovery() -> None:
    outcomes, stored = run("o b b m o o o", rule())
    assert [kinds(outcome) for outcome in outcomes] == [
        "",
        "digest",
        "card:R1v1 digest",
        "update:R1v1",  # still open: no news, and the card is rewritten
        "update:R1v1 reply:R1v1 digest",
        "update:R1v1 reply:R1v1 digest",
        "",
    ]
    assert [line for outcome in outcomes for line in flips(outcome)] == [
        "06 ok>pending confirming",
        "07 pending>firing confirmed",
        "09 firing>recovering recovering",
        "12 recovering>ok recovered",
    ]
    assert stored.rule_state.state.session == DAYS[6]
    card, ended = story(outcomes[2], NoticeKind.CARD), story(outcomes[5], NoticeKind.REPLY)
    assert card.incidents == (RuleIncident(1, DAYS[2]),)
    assert (card.session, card.state.phase.value, card.source) == (DAYS[2], "firing", "by hand")
    assert card.reading == Reading(0.8, met=True, safe=False)
    assert ended.incidents == (RuleIncident(1, DAYS[2], DAYS[5], "1.0"),)
    assert ended.flip == outcomes[5].flips[0][1]


def test_the_card_of_an_open_incident_says_every_session_how_its_funds_did() -> None:
    """F1 loses 1 % a session: also while it recovers, is acknowledged, or lacks data; the end is as ever."""
    outcomes, _ = run("o b b b m - o o", rule())
    told = [
        (new.content.since, new.content.session)
        for outcome in outcomes
        for new in outcome.notices
        if new.kind in {NoticeKind.CARD, NoticeKind.UPDATE} and isinstance(new.content, RuleReport)
    ]
    fired = DAYS[2]
    assert [since and (since.fired, since.session, since.sessions) for since, _ in told] == [
        *((fired, DAYS[at], at - 1) for at in range(2, 7)),
        None,  # it is over
    ]
    assert [day for _, day in told] == DAYS[2:8]
    assert [since.returns[0][1] for since, _ in told if since] == pytest.approx(
        [0.99**held - 1 for held in range(5)]
    )
    assert not any(report.since for outcome in outcomes for report in _stories_of(outcome))


def _stories_of(outcome: SessionResult) -> Sequence[RuleReport]:
    """Of the digest, whose lines have no room for it."""
    return [
        report
        for new in outcome.notices
        if isinstance(new.content, DigestContent)
        for report in new.content.stories
    ]


def test_everything_is_due_at_the_channels_hour_and_of_the_session() -> None:
    outcomes, _ = run("b b", rule())
    assert {(new.team, new.channel, new.session, new.not_before) for new in outcomes[1].notices} == {
        ("T1", "C1", DAYS[1], DUE)
    }


def test_quiet_days_are_silent_or_one_line() -> None:
    assert kinds(run("o", rule())[0][0]) == ""
    assert kinds(run("o", rule(), digest=ALWAYS)[0][0]) == "digest"


STOPPED = replace(DIGEST, stopped="is_archived")


def test_the_owner_hears_of_a_closed_channel_once_when_it_fires_and_once_when_it_is_over() -> None:
    outcomes, stored = run("b b b o o o", rule(), digest=STOPPED)
    assert [kinds(each) for each in outcomes] == ["", "alert:R1v1", "", "", "alert:R1v1.over", ""]
    for told in (*outcomes[1].notices, *outcomes[4].notices):
        assert (told.channel, told.not_before) == (stored.watched.owner, DUE)


@pytest.mark.parametrize("digest", [None, replace(DIGEST, on=False), replace(STOPPED, on=False)])
def test_nobody_is_told_while_the_digest_is_off(digest: Digest | None) -> None:
    outcomes, stored = run("b b b", rule(), digest=digest)
    assert [outcome.notices for outcome in outcomes] == [(), (), ()]
    assert stored.rule_state.state.open
    again = evaluate(
        channel(stored, incidents={"R1v1": (RuleIncident(1, DAYS[1]),)}), evidence("b b b b"), DAYS[3]
    )
    assert kinds(again) == "card:R1v1"  # it is still open when the digest is switched on


def test_a_session_is_decided_once() -> None:
    (outcome,), stored = run("b", rule(confirm=1))
    again = evaluate(
        channel(stored, incidents={"R1v1": (RuleIncident(1, DAYS[0], ts="1.0"),)}), evidence("b"), DAYS[0]
    )
    assert (again.standings, again.flips, again.notices) == ((), (), ())
    assert kinds(outcome) == "card:R1v1 digest"


def test_a_rule_that_came_to_the_session_before_stands_in_the_digest() -> None:
    _, first = run("b", rule(1))
    outcome = evaluate(channel(first, rule(2, confirm=1)), evidence("b", "b"), DAYS[0])
    assert [watched.name for watched, _ in outcome.standings] == ["R2"]
    reports = digest_content(outcome).stories
    assert [(each.watched.name, each.state.phase.value, bool(each.flip)) for each in reports] == [
        ("R1", "pending", False),
        ("R2", "firing", True),
    ]
    assert reports[0].reading == Reading(0.8, met=True, safe=False)


def test_a_channel_that_slept_is_decided_in_order_and_told_of_the_newest() -> None:
    _, stored = run("o", rule())
    outcome = evaluate(channel(stored), evidence("o b b b m"), DAYS[4])
    assert flips(outcome) == ["06 ok>pending confirming", "07 pending>firing confirmed"]
    assert kinds(outcome) == "card:R1v1 digest"
    told = digest_content(outcome)
    assert (told.session, told.sessions_missed) == (DAYS[4], 3)
    assert [(name, transition.after.value) for name, transition in told.missed] == [
        ("R1", "pending"),
        ("R1", "firing"),
    ]
    assert told.stories[0].flip is None
    card = story(outcome, NoticeKind.CARD)
    assert (card.session, card.flip, card.state.phase.value) == (DAYS[4], outcome.flips[-1][1], "firing")
    assert card.incidents == (RuleIncident(1, DAYS[2]),)


def test_what_came_and_went_while_it_slept_gets_no_card() -> None:
    _, stored = run("o", rule())
    outcome = evaluate(channel(stored), evidence("o b b o o o"), DAYS[5])
    assert kinds(outcome) == "digest"
    assert [transition.after.value for _, transition in digest_content(outcome).missed] == [
        "pending",
        "firing",
        "recovering",
        "ok",
    ]


def test_an_incident_that_ended_while_it_slept_and_the_next_one() -> None:
    _, stored = run("b b", rule())
    known = {"R1v1": (RuleIncident(1, DAYS[1], ts="1.0"),)}
    outcome = evaluate(channel(stored, incidents=known), evidence("b b o o b b b"), DAYS[6])
    assert kinds(outcome) == "update:R1v1 reply:R1v1 card:R1v1 digest"
    ended, card = story(outcome, NoticeKind.REPLY), story(outcome, NoticeKind.CARD)
    assert (ended.session, ended.incidents) == (DAYS[3], (RuleIncident(1, DAYS[1], DAYS[3], "1.0"),))
    assert ended.state.phase.value == "ok"
    assert card.incidents == (RuleIncident(1, DAYS[5]), RuleIncident(1, DAYS[1], DAYS[3], "1.0"))


def test_digests_that_were_not_sent_are_told_in_the_next_one() -> None:
    outcomes, stored = run("b b", rule())
    unsent = [digest_content(outcome) for outcome in outcomes]
    known = {"R1v1": (RuleIncident(1, DAYS[1]),)}
    outcome = evaluate(channel(stored, unsent=unsent, incidents=known), evidence("b b o"), DAYS[2])
    told = digest_content(outcome)
    assert told.sessions_missed == 2
    assert [f"{transition.session:%d} {name} {transition.after}" for name, transition in told.missed] == [
        "05 R1 pending",
        "06 R1 firing",
    ]
    assert kinds(outcome) == "card:R1v1 digest"
    assert story(outcome, NoticeKind.CARD).state.phase.value == "recovering"


def test_missing_data_are_said_once_and_change_nothing_beneath() -> None:
    outcomes, stored = run("b - - b", rule(confirm=2))
    assert [kinds(outcome) for outcome in outcomes] == [
        "digest",
        "digest",
        "",
        "card:R1v1 digest",
    ]
    assert flips(outcomes[1]) == ["06 pending>no data no data"]
    assert stored.rule_state.state.fired == DAYS[3]


def test_missing_data_of_an_open_incident_are_told_in_its_thread() -> None:
    outcomes, _ = run("b b - -", rule())
    assert [kinds(outcome) for outcome in outcomes[2:]] == [
        "update:R1v1 reply:R1v1 digest",
        "update:R1v1",
    ]


@pytest.mark.parametrize(
    ("said", "corrected", "expected", "promised"),
    [
        # It fired on what was no breach.
        ("o b b", "o b o o", ["07 firing>ok restated"], "update:R1v1 reply:R1v1 digest"),
        # It had fired.
        ("o b o", "o b b b", ["07 ok>firing restated"], "card:R1v1 digest"),
        # The data came late.
        ("o b -", "o b b b", ["07 no data>firing restated"], "card:R1v1 digest"),
        ("o o -", "o o o o", ["07 no data>ok restated"], "digest"),
        (
            "o o -",
            "o o b o",
            ["07 no data>pending restated", "08 pending>ok confirmation broken"],
            "digest",
        ),
        # Another value that says the same; data that are gone again; an older session.
        ("o o m", "o o o o", [], ""),
        ("o o b", "o o - o", ["08 pending>ok confirmation broken"], "digest"),
        ("b o o", "o o o o", [], ""),
    ],
)
def test_corrected_data(said: str, corrected: str, expected: list[str], promised: str) -> None:
    _, stored = run(said, rule())
    state = stored.rule_state.state
    known = {"R1v1": (RuleIncident(1, state.fired, ts="1.0"),)} if state.fired else {}
    outcome = evaluate(channel(stored, incidents=known), evidence(corrected), DAYS[3])
    assert flips(outcome) == expected
    assert kinds(outcome) == promised
    ((_, rule_state),) = outcome.standings
    assert (rule_state.state.session, rule_state.revision) == (DAYS[3], stored.rule_state.revision)


@pytest.mark.parametrize(
    ("said", "filled", "expected", "gaps"),
    [
        # All of them came: it fired on the second of them, which is told late.
        ("o - - -", "o b b b b", ["06 ok>pending", "07 pending>firing", "08 no data>firing"], ""),
        # It fired and recovered meanwhile.
        ("b b - - -", "b b o o o o", ["07 firing>recovering", "08 recovering>ok", "09 no data>ok"], ""),
        # Some came: what has none yet is not told again, and waits on.
        ("o - - -", "o b - b -", ["06 ok>pending", "08 no data>firing", "09 firing>no data"], "07 09"),
        ("o - - -", "o - b - -", ["07 no data>pending"], "06 08 09"),
        # None came, and never will.
        ("o - - -", "o - - - -", [], "06 07 08 09"),
        # Later sessions were decided on data already: only where the rule stands now is told.
        ("o - b b", "o b b b b", [], ""),
        ("o - o b", "o b o b b", ["09 pending>firing"], ""),
        ("b - o b", "b b o b b", ["08 pending>firing"], ""),
        ("o - b", "o b b b", ["06 ok>pending", "07 pending>firing"], ""),
        # Data of one of those have gone again: nothing is touched.
        ("o - b -", "o b - b b", ["09 no data>firing"], "06 08"),
    ],
)
def test_data_that_come_after_days(said: str, filled: str, expected: list[str], gaps: str) -> None:
    _, stored = run(said, rule())
    last = len(filled.split()) - 1
    outcome = evaluate(channel(stored, incidents=_incidents_of(stored)), evidence(filled), DAYS[last])
    found = [
        f"{transition.session:%d} {transition.before}>{transition.after}" for _, transition in outcome.flips
    ]
    ((_, rule_state),) = outcome.standings
    assert (found, " ".join(f"{day:%d}" for day in rule_state.gaps)) == (expected, gaps)


def _incidents_of(stored: StoredRule) -> dict[str, tuple[RuleIncident, ...]]:
    fired = stored.rule_state.state.fired
    return {"R1v1": (RuleIncident(1, fired, ts="1.0"),)} if fired else {}


@given(st.lists(st.tuples(st.sampled_from("obm"), st.booleans()), min_size=3, max_size=9), st.integers(1, 3))
def test_data_that_come_late_leave_a_rule_where_it_would_be(
    sessions: list[tuple[str, bool]], confirm: int
) -> None:
    """Whatever sessions were without data, and however they were decided."""
    whole = [letter for letter, _ in sessions]
    first = " ".join("-" if late else letter for letter, late in sessions)
    _, stored = run(first, rule(confirm=confirm))
    _, undisturbed = run(" ".join([*whole, "o"]), rule(confirm=confirm))
    days = (
        channel(stored, incidents=_incidents_of(stored)),
        evidence(" ".join([*whole, "o"])),
        DAYS[len(whole)],
    )
    ((_, rule_state),) = evaluate(*days).standings
    state, expected = rule_state.state, undisturbed.rule_state.state
    if stored.rule_state.state.open:  # people know since when
        state, expected = replace(state, fired=None), replace(expected, fired=None)
    assert (rule_state.gaps, state) == ((), expected)


def test_what_stays_without_data_is_let_go_after_two_weeks() -> None:
    _, stored = run("o " + "- " * 14, rule())
    first = stored.rule_state.gaps[0]
    assert first > DAYS[1]
    assert DAYS[14] - first <= AGAIN
    assert first_needed(stored, DAYS[15]) == first


def test_a_correction_is_the_headline_unless_the_session_has_its_own() -> None:
    _, stored = run("o b -", rule())
    told = digest_content(evaluate(channel(stored), evidence("o b b b"), DAYS[3]))
    assert (told.stories[0].flip is not None, told.missed, told.sessions_missed) == (True, (), 0)
    told = digest_content(evaluate(channel(stored), evidence("o b b o"), DAYS[3]))
    assert [transition.after.value for _, transition in told.missed] == ["firing"]
    assert told.stories[0].flip
    assert told.stories[0].flip.after.value == "recovering"


def test_a_correction_starts_from_before_and_keeps_what_people_did() -> None:
    _, stored = run("b b", rule(confirm=1))
    acknowledged = replace(stored.rule_state.state.acknowledge("U2", "known"), session=DAYS[1])
    stored = StoredRule(stored.watched, replace(stored.rule_state, state=acknowledged))
    known = {"R1v1": (RuleIncident(1, DAYS[0], ts="1.0"),)}
    outcome = evaluate(channel(stored, incidents=known), evidence("b m b"), DAYS[2])
    ((_, rule_state),) = outcome.standings
    assert rule_state.state.acknowledged == acknowledged.acknowledged
    assert rule_state.state.fired == DAYS[0]


def test_a_snoozed_rule_says_nothing_but_its_card_keeps_the_truth() -> None:
    _, stored = run("b b", rule())
    snoozed = stored.rule_state.state.snooze(DAYS[3])
    stored = StoredRule(stored.watched, replace(stored.rule_state, state=snoozed))
    known = {"R1v1": (RuleIncident(1, DAYS[1], ts="1.0"),)}
    quiet = evaluate(channel(stored, incidents=known), evidence("b b o b b"), DAYS[2])
    assert kinds(quiet) == "update:R1v1"
    assert flips(quiet) == ["07 firing>recovering recovering"]
    (stored,) = stand(quiet, stored)
    quiet = evaluate(channel(stored, incidents=known, digest=ALWAYS), evidence("b b o b b"), DAYS[3])
    assert kinds(quiet) == "update:R1v1 digest"
    assert digest_content(quiet).stories[0].flip is None
    (stored,) = stand(quiet, stored)
    loud = evaluate(channel(stored, incidents=known), evidence("b b o b b"), DAYS[4])
    assert kinds(loud) == "update:R1v1 reply:R1v1 digest"
    assert [transition.notice for _, transition in loud.flips] == ["still firing"]


def test_what_fires_anew_in_a_snooze_of_the_incident_before_gets_its_card_at_once() -> None:
    _, stored = run("b", rule(confirm=1))
    stored = StoredRule(
        stored.watched, replace(stored.rule_state, state=stored.rule_state.state.snooze(DAYS[4]))
    )
    known = (RuleIncident(1, DAYS[0], ts="1.0"),)
    over = evaluate(channel(stored, incidents={"R1v1": known}), evidence("b o b"), DAYS[1])
    assert (kinds(over), flips(over)) == ("update:R1v1", ["06 firing>ok recovered"])
    (stored,) = stand(over, stored)
    anew = evaluate(
        channel(stored, incidents={"R1v1": (replace(known[0], recovered=DAYS[1]),)}),
        evidence("b o b"),
        DAYS[2],
    )
    assert (kinds(anew), flips(anew)) == ("card:R1v1 digest", ["07 ok>firing confirmed"])


def test_the_last_three_incidents_are_in_the_story() -> None:
    known = tuple(RuleIncident(1, date(2025, month, 1), date(2025, month, 20)) for month in (9, 6, 3))
    outcome = evaluate(channel(rule(confirm=1), incidents={"R1v1": known}), evidence("b"), DAYS[0])
    assert story(outcome, NoticeKind.CARD).incidents == (RuleIncident(1, DAYS[0]), *known[:2])


EXPENSE = Rule((Condition(Quantity("expense_ratio", "F1"), Op.CHANGES, 0.0003),))


def test_facts_are_read_on_the_newest_session_alone() -> None:
    stored = rule()
    watched = replace(stored.watched, rule=EXPENSE)
    said = Reading(0.0003, met=False, safe=True)
    stored = StoredRule(watched, RuleState(State(session=DAYS[0]), State(), said))
    assert first_needed(stored, DAYS[4]) == DAYS[4]
    days = np.array(DAYS[:5], dtype="datetime64[D]")
    values = np.array([[np.nan] * 4 + [0.0004]])
    reasons = np.where(np.isnan(values), "facts are known for the newest session only", "")
    facts = SessionData(Readings(days, values, reasons, {EXPENSE.quantities[0]: 0}, {}), PRICES)
    outcome = evaluate(channel(stored), facts, DAYS[4])
    assert flips(outcome) == ["09 ok>pending confirming"]


def test_what_is_needed_of_the_past() -> None:
    assert first_needed(rule(), DAYS[4]) == DAYS[4]
    _, stored = run("o o", rule())
    assert first_needed(stored, DAYS[4]) == DAYS[1]


def gathered(levels: str, late: frozenset[str] = frozenset()) -> Gathered:
    """Of a fund that stood at 100 for a year and then at these prices."""
    prices = np.array([100.0] * 280 + [float(level) for level in levels.split()])
    panel = panel_of({"F1": prices}, weekdays("2024-12-09", prices.size))
    day, causes = panel.as_of, dict.fromkeys(late, "no price yet")
    return Gathered(day, panel, {}, {"F1": day}, late, causes, {"F1": "XNYS"}, {})


FELL = Rule((Condition(Quantity("price_change", "F1"), Op.BELOW, -0.1),))


def new_rule(confirm: int) -> StoredRule:
    stored = rule(confirm=confirm)
    return StoredRule(replace(stored.watched, rule=FELL), RuleState())


def test_a_new_rule_that_fires_at_once_has_its_card_at_once() -> None:
    data, now = gathered("80"), datetime(2026, 1, 9, 12, 34, tzinfo=UTC)
    outcome = first_decision(new_rule(1), data, data.through, data.through, DIGEST, now)
    assert kinds(outcome) == "card:R1v1"
    assert outcome.notices[0].not_before == now
    assert story(outcome, NoticeKind.CARD).incidents == (RuleIncident(1, data.through),)
    assert [rule_state.state.phase.value for _, rule_state in outcome.standings] == ["firing"]
    assert first_decision(new_rule(1), data, data.through, data.through, None, now).notices == ()


def test_a_new_rule_that_is_not_confirmed_is_told_of_by_the_answer_alone() -> None:
    data = gathered("80")
    outcome = first_decision(new_rule(2), data, data.through, data.through, DIGEST, DUE)
    assert (kinds(outcome), len(outcome.flips)) == ("", 1)
    assert outcome.standings[0][1].state.phase.value == "pending"


def test_a_new_rule_whose_price_may_still_come_is_left_to_the_run() -> None:
    data = gathered("80", late=frozenset({"F1"}))
    stored = new_rule(1)
    outcome = first_decision(stored, data, data.through, data.through, DIGEST, DUE)
    assert (outcome.standings, outcome.flips, outcome.notices) == (
        ((stored.watched, stored.rule_state),),
        (),
        (),
    )


def test_a_flip_carries_value_and_target() -> None:
    stored = rule(1, confirm=1)
    watched = replace(stored.watched, rule=replace(rule_of("F1"), then="F2"))
    outcome = evaluate(channel(StoredRule(watched, RuleState())), evidence("b", "m"), DAYS[0])
    ((_, transition),) = outcome.flips
    assert isinstance(transition, RuleTransition)
    assert (transition.value, transition.then, transition.facts["needed"]) == (0.8, 1.05, 1)
