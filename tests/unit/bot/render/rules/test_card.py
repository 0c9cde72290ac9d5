"""An incident's card and its thread, in every mood."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from analytics.watch.followed import HORIZONS, Followed
from analytics.watch.readings import Reading
from analytics.watch.rules import Condition
from bot.model import AuditAction, RuleReport
from bot.render import ids, limits, text
from bot.render.rules.card import acknowledge_value, card_message, is_closed, reply_message
from bot.render.rules.state import last_incident
from bot.render.text import NBSP
from tests.snapshot import Snapshot
from tests.unit.bot.render.rules.moods import buttons, faults, in_turn
from tests.unit.bot.render.rules.stories import (
    ACKNOWLEDGED,
    ASSETS,
    BETA,
    DELETED,
    EDITED,
    EVERY,
    EXPENSE,
    FALL,
    FIRED,
    FIRING,
    LAG,
    NO_DATA,
    PAUSED,
    QUIET,
    RECOVERED,
    SECTOR,
    SHARE,
    SHARPE_GAP,
    SNOOZED,
    TWO_OF_THREE,
    deed,
    low,
    of,
    picture,
)

OTHERS: dict[str, tuple[Condition, float, float]] = {
    "gap": (SHARPE_GAP, -0.12, 0.55),
    "fall": (FALL, -0.162, -0.128),
    "expense": (EXPENSE, 0.0005, 0.0024),
    "assets": (ASSETS, 240e6, 11.4e9),
    "sector": (SECTOR, 0.213, 0.132),
    "beta": (BETA, 1.3, 1.24),
    "share": (SHARE, 0.71, 0.121),
    "lag": (LAG, -0.034, 0.018),
}


def other(name: str) -> RuleReport:
    condition, value, then = OTHERS[name]
    return of(condition, Reading(value, met=True, safe=False, then=then), FIRING.state, then="IWN")


def test_cards_read_well(snapshot: Snapshot) -> None:
    snapshot("watch_cards", in_turn({name: card_message(report) for name, report in EVERY.items()}))


def test_cards_of_other_rules_read_well(snapshot: Snapshot) -> None:
    snapshot("watch_cards_of_other_rules", in_turn({name: card_message(other(name)) for name in OTHERS}))


def test_replies_read_well(snapshot: Snapshot) -> None:
    snapshot("watch_replies", in_turn({name: reply_message(report) for name, report in EVERY.items()}))


@pytest.mark.parametrize("name", EVERY)
def test_slack_takes_them_as_they_are(name: str) -> None:
    assert faults(card_message(EVERY[name], picture())) == []
    assert faults(reply_message(EVERY[name], picture())) == []


def test_the_notification_is_the_finding_with_the_target() -> None:
    assert card_message(FIRED).text.replace(NBSP, " ") == (
        "R7 ISCB Sortino below 1.0 is met: "
        "ISCB's Sortino ratio over 1 year is 0.94, below 1.00 for 5 sessions (since 12 Jan 2026). "
        "SPSM: 0.87, below 1.00 too."
    )


def test_a_target_that_is_not_beyond_or_not_known_is_said_so() -> None:
    told = [card_message(replace(FIRED, reading=low(then=then))).text for then in (1.2, None)]
    assert told[0].endswith("SPSM: 1.20, not below 1.00.")
    assert told[1].endswith("SPSM: – (its value is not known).")


def test_a_card_that_comes_late_counts_no_sessions_of_another_day() -> None:
    assert FIRED.flip
    late = replace(FIRED, flip=replace(FIRED.flip, session=FIRED.session - timedelta(days=2)))
    assert "below 1.00 for 5" in card_message(FIRED).text
    assert "below 1.00; triggered since" in card_message(late).text


def test_an_open_incident_can_be_taken_in_hand() -> None:
    assert buttons(card_message(FIRED)) == {
        "Acknowledge": acknowledge_value(FIRED),
        "Snooze 5 sessions": "R7v1",
        "Why?": "R7v1",
        "Edit": json.dumps({"rule": "R7v1", "text": FIRED.watched.text}),
        "History": "R7v1",
    }


def test_its_form_names_the_rule_and_its_value() -> None:
    said = "R7 ISCB Sortino below 1.0 is met: ISCB's Sortino ratio over 1 year is 0.94, below 1.00"
    assert json.loads(acknowledge_value(FIRED))["said"].replace(NBSP, " ").startswith(said)
    assert json.loads(acknowledge_value(FIRED, channel="C1"))["channel"] == "C1"


@pytest.mark.parametrize(
    ("report", "labels"),
    [
        (ACKNOWLEDGED, ["Snooze 5 sessions", "Why?", "Edit", "History"]),
        (SNOOZED, ["Acknowledge", "Unsnooze", "Why?", "Edit", "History"]),
        (NO_DATA, ["Acknowledge", "Snooze 5 sessions", "Why?", "Edit", "History"]),
        (RECOVERED, ["Why?", "Edit", "History"]),
        (PAUSED, ["Why?", "Edit", "History"]),
        (EDITED, ["History"]),
        (DELETED, ["History"]),
    ],
)
def test_a_card_offers_what_can_be_done(report: RuleReport, labels: list[str]) -> None:
    assert list(buttons(card_message(report))) == labels
    assert is_closed(report) == ("Acknowledge" not in labels and "Snooze 5 sessions" not in labels)


@pytest.mark.parametrize("act", [AuditAction.PAUSED, AuditAction.EDITED, AuditAction.DELETED])
def test_a_card_that_a_person_has_closed_says_no_snooze(act: AuditAction) -> None:
    """It ended with the incident."""
    assert "Snoozed" in str(card_message(SNOOZED).blocks)
    assert "Snoozed" not in str(card_message(replace(SNOOZED, deed=deed(act))).blocks)


def test_a_text_too_long_for_a_button_leaves_the_button_out() -> None:
    long = replace(FIRED, watched=replace(FIRED.watched, text="é" * limits.BUTTON_VALUE))
    assert "Edit" not in buttons(card_message(long))
    accents = replace(FIRED, watched=replace(FIRED.watched, text="é" * 500))
    assert json.loads(buttons(card_message(accents))["Edit"])["text"] == "é" * 500
    assert faults(card_message(long)) == []


def test_actions_are_distinguishable_by_their_ids() -> None:
    (row,) = (block for block in card_message(FIRED).blocks if block["type"] == "actions")
    assert [each["action_id"] for each in row["elements"]] == [
        ids.ACK,
        ids.SNOOZE,
        ids.WHY,
        ids.EDIT,
        ids.HISTORY,
    ]
    assert row["block_id"] == "watch.R7v1"


def test_a_picture_stands_between_the_finding_and_its_convention() -> None:
    message = card_message(FIRED, picture())
    kinds = [block["type"] for block in message.blocks]
    assert kinds == ["section", "section", "image", "context", "actions"]
    assert [each.name for each in message.pictures] == ["watch"]
    assert [block["type"] for block in card_message(FIRED).blocks] == [
        "section",
        "section",
        "context",
        "actions",
    ]


def test_a_source_that_says_sample_itself_says_it_once_in_its_line() -> None:
    shown = card_message(replace(FIRED, simulated=True, source="SAMPLE DATA (simulated)"))
    (line,) = [each for each in str(shown.blocks).split("`") if "source" in each]
    assert line.count("SAMPLE DATA") == 1


def test_simulated_prices_are_said_first() -> None:
    simulated = replace(FIRED, simulated=True)
    for message in (card_message(simulated), reply_message(simulated)):
        assert message.text.startswith("SAMPLE DATA · R7 ISCB Sortino below 1.0 is met")
        assert message.blocks[0]["text"]["text"].startswith("SAMPLE DATA · *R7")


def test_of_many_conditions_the_first_ones_have_a_line() -> None:
    watched, reading = TWO_OF_THREE.watched, TWO_OF_THREE.reading
    assert reading is not None
    rule = replace(watched.rule, conditions=watched.rule.conditions * 10)
    many = replace(
        TWO_OF_THREE,
        watched=replace(watched, rule=rule),
        reading=replace(reading, parts=reading.parts * 10),
    )
    message = card_message(many)
    assert faults(message) == []
    assert "and 22 more" in message.blocks[1]["text"]["text"]


def test_a_reading_that_is_gone_is_a_dash_with_a_reason() -> None:
    nothing = replace(QUIET, reading=None)
    assert "is not known" in card_message(nothing).text
    parts = (Reading(None, None, None, "no price of <ISCB>"), *[low()] * 2)
    blind = replace(TWO_OF_THREE, reading=Reading(None, None, None, "no price", parts=parts))
    assert "is not known (SPSM –): no price of &lt;ISCB&gt;" in card_message(blind).blocks[1]["text"]["text"]


def test_a_chart_that_stays_on_the_card_says_of_which_day_it_is() -> None:
    (image,) = [block for block in card_message(FIRING, shown=True).blocks if block["type"] == "image"]
    incident = last_incident(FIRING)
    assert incident is not None
    assert image["title"]["text"].endswith(f"as it was on {text.day(incident.fired)}")


def test_a_card_tells_what_followed_earlier_firings_while_it_is_open() -> None:
    days = [FIRED.session - timedelta(days=100 * at) for at in range(1, 7)]
    gaps = tuple(zip(days, [0.03, -0.02, None, 0.01, -0.04, -0.01], strict=True))
    found = tuple(Followed("ISCB", "SPSM", each, gaps, -0.002, 0.45, 1000) for each in HORIZONS)
    said = card_message(replace(FIRED, followed=found))
    line = (
        "Replayed over five years, 120 sessions after a firing: SPSM less ISCB -0.6 pp on average, ahead in "
        "2 of 5; after any session -0.2 pp, ahead in 45 %."
    )
    assert line in json.dumps(said.blocks, ensure_ascii=False).replace(NBSP, " ")
    unknown = tuple(replace(each, gaps=()) for each in found)
    assert "Replayed over" not in str(card_message(replace(FIRED, followed=unknown)).blocks)
    over = replace(RECOVERED, followed=found)
    assert "Replayed over" not in str(card_message(over).blocks)


def test_a_thread_is_told_the_longest_horizon_first() -> None:
    passed = tuple(
        Followed("ISCB", "SPSM", sessions, ((FIRED.session, gap),), 0.001, 0.5, 900)
        for sessions, gap in ((20, -0.0301), (60, 0.0123))
    )
    said = reply_message(replace(FIRED, followed=passed)).text.replace(NBSP, " ")
    assert said == (
        "60 sessions after R7 ISCB Sortino below 1.0 triggered on 16 Jan 2026, SPSM was 1.2 pp ahead of ISCB "
        "(after any session 0.1 pp ahead on average, ahead in 50 %)."
    )
    shown = str(reply_message(replace(FIRED, followed=passed)).blocks).replace(NBSP, " ")
    assert "after 20: SPSM was 3.0 pp behind ISCB" in shown.replace("\\xa0", " ")
