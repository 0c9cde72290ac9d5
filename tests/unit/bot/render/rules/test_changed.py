"""What a person did, said back; the daily post switched on and off; forms."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from analytics.watch.differences import Aspect
from analytics.watch.states import Acknowledgement, Decided
from bot.language import Watch, read_watch
from bot.model import RuleStatus, RuleVersion
from bot.render import ids, limits
from bot.render.forms import LONGEST_RULE, acknowledge_form, edit_form
from bot.render.message import Message
from bot.render.rules import changes, channel
from bot.render.rules.changes import duplicate_rule_message
from bot.render.rules.channel import (
    cannot_post_message,
    digest_stopped_message,
    set_in_messages_heading,
    set_in_messages_message,
)
from bot.render.rules.posts import Waits
from tests.snapshot import Snapshot
from tests.unit.bot.render.rules.moods import buttons, faults, in_turn
from tests.unit.bot.render.rules.stories import ALWAYS, BEFORE, DIGEST, NEXT, QUIET, WEAK
from tests.violations import view_violations


def read(text: str) -> Watch:
    asked = read_watch(text, date(2026, 1, 16))
    assert isinstance(asked, Watch)
    return asked


NEXT_VERSION: RuleVersion = replace(WEAK, version=2)
SETTLED, UNTIL = datetime(2026, 1, 16, 21, 15, tzinfo=UTC), datetime(2026, 1, 17, 3, 15, tzinfo=UTC)
AT_HOME = Waits(NEXT, date(2026, 1, 16), (), "XNYS", SETTLED, UNTIL)
AT_FOUR = replace(DIGEST, at=time(16, 0))
TUESDAY = replace(AT_HOME, post=datetime(2026, 1, 20, 21, tzinfo=UTC), sooner=SETTLED)
WAITED = Waits(
    datetime(2026, 1, 20, 21, 15, tzinfo=UTC),
    date(2026, 1, 20),
    (),
    "XNYS",
    datetime(2026, 1, 20, 21, 15, tzinfo=UTC),
    datetime(2026, 1, 21, 3, 15, tzinfo=UTC),
)
LONDONER = replace(DIGEST, zone="Europe/London")
ABROAD = replace(AT_HOME, codes=("XLON", "XNYS", "XTKS"))
QUICK = read("ISCB sortino < 1.0 for 3 sessions recover 1.2 for 2 sessions")
SAME = (QUIET, WEAK.rule, WEAK.policy, ())
PAUSED = replace(QUIET, watched=replace(WEAK, status=RuleStatus.PAUSED))
TWICE = {
    "same": duplicate_rule_message(*SAME, WEAK.text, edited=None, may_change=False),
    "edited": duplicate_rule_message(*SAME, WEAK.text, edited=3, may_change=True),
    "paused": duplicate_rule_message(PAUSED, *SAME[1:], WEAK.text, edited=None, may_change=True),
    "nearly": duplicate_rule_message(
        QUIET, QUICK.rule, QUICK.policy, tuple(Aspect), QUICK.text, edited=None, may_change=True
    ),
}
MESSAGES: dict[str, Message] = {
    "paused": changes.paused_message(WEAK, "U0BOB"),
    "resumed": changes.resumed_message(WEAK, "U0BOB"),
    "confirm_delete": changes.confirm_delete(WEAK),
    "deleted": changes.deleted_message(WEAK, "U0BOB"),
    "kept": changes.not_deleted_message(WEAK),
    "acknowledged": changes.acknowledged_message(WEAK, "U0BOB", "mandate review on Tuesday"),
    "acknowledged_without_reason": changes.acknowledged_message(WEAK, "U0BOB", " "),
    "acknowledged_before": changes.acknowledged_before_message(WEAK, Acknowledgement("U0BOB", "in review")),
    "snoozed_before": changes.snoozed_before_message(WEAK, date(2026, 1, 26)),
    "snoozed": changes.snoozed_message(WEAK, "U0BOB", date(2026, 1, 26)),
    "snoozed_in_hand": changes.snoozed_message(WEAK, "U0BOB", date(2026, 1, 26), in_hand=True),
    "acknowledged_in_a_snooze": changes.acknowledged_message(
        WEAK, "U0BOB", " ", snoozed_until=date(2026, 1, 26)
    ),
    "not_snoozed": changes.not_snoozed_message(WEAK),
    "unsnoozed": changes.unsnoozed_message(WEAK, "U0BOB"),
    "unsnoozed_in_hand": changes.unsnoozed_message(WEAK, "U0BOB", in_hand=True),
    **{f"twice_{name}": message for name, message in TWICE.items()},
    "refused_change": changes.refused_change_message(WEAK),
    "no_open_incident": changes.no_open_incident_message(WEAK),
    "superseded": changes.superseded_message(NEXT_VERSION),
    "no_such_rule": changes.no_such_rule_message(9, [1, 2, 7]),
    "no_such_rule_of_many": changes.no_such_rule_message(99, range(1, 41)),
    "no_rule_at_all": changes.no_such_rule_message(9, []),
    "status_on": channel.digest_status_message(DIGEST, AT_HOME, 3, BEFORE),
    "status_of_several_exchanges": channel.digest_status_message(LONDONER, ABROAD, 3, BEFORE),
    "status_new": channel.digest_status_message(ALWAYS, AT_HOME, 0, None),
    "status_off": channel.digest_status_message(replace(DIGEST, on=False), None, 1, BEFORE),
    "status_stopped": channel.digest_status_message(replace(DIGEST, stopped="is_archived"), None, 3, None),
    "status_none": channel.digest_status_message(None, None, 0, None),
    "switched_on": channel.switched_on_message(
        replace(ALWAYS, at=time(7, 45), zone="Europe/London"), AT_HOME, 1, ALWAYS.owner
    ),
    "switched_on_before_the_session_settles": channel.switched_on_message(AT_FOUR, TUESDAY, 1, "U7"),
    "switched_on_for_the_same_day": channel.switched_on_message(
        replace(AT_FOUR, same_day=True), WAITED, 1, AT_FOUR.owner
    ),
    "switched_off": channel.switched_off_message(DIGEST, 3, "U7"),
    "off_before": channel.switched_off_message(DIGEST, 3),
    "digest_refused": channel.refused_message(DIGEST),
    "switched_off_without_rules": channel.switched_off_message(DIGEST, 0, "U7"),
    "never_on": channel.switched_off_message(None, 3),
    "stopped": digest_stopped_message("C1", "not_in_channel", BEFORE),
    "stopped_for_good": digest_stopped_message("C1", "channel_deleted", BEFORE),
    "unheard": cannot_post_message("C1", "not_in_channel", "Nothing was saved", WEAK.text),
    "unheard_post": cannot_post_message("C1", "is_archived", "The daily post was not changed"),
    "alone": set_in_messages_heading("C1"),
    "set_alone": set_in_messages_message(WEAK.text),
    "stopped_oddly": digest_stopped_message("C1", "some_new_code", BEFORE),
    "stopped_without_a_word": digest_stopped_message("C1", " ", BEFORE),
}


def test_they_read_well(snapshot: Snapshot) -> None:
    snapshot("watch_changed", in_turn(MESSAGES))


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("in review", "in review. No reminder"),
        ("In review.", "In review. No reminder"),
        ("In review?", "In review? No reminder"),
    ],
)
def test_a_reason_may_end_its_own_sentence(reason: str, told: str) -> None:
    message = changes.acknowledged_message(WEAK, "U0BOB", reason)
    assert told in message.text
    assert told in str(message.blocks)


@pytest.mark.parametrize("name", MESSAGES)
def test_slack_takes_them_as_they_are(name: str) -> None:
    assert faults(MESSAGES[name]) == []


def test_deleting_asks_first_and_offers_to_keep() -> None:
    assert buttons(MESSAGES["confirm_delete"]) == {"Delete R7": "R7v1", "Keep it": "R7v1"}
    (row,) = (block for block in MESSAGES["confirm_delete"].blocks if block["type"] == "actions")
    assert [each["action_id"] for each in row["elements"]] == [ids.DELETE, ids.KEEP]


@pytest.mark.parametrize("text", ["ISCB sortino < 1.0", "", " \n ", "x" * 10_000, "<!channel>"])
def test_forms_are_within_limits(text: str) -> None:
    metadata = json.dumps({"rule": "R7v1", "channel": "C1", "ts": ""})
    for view in (acknowledge_form(metadata), edit_form(metadata, text)):
        assert view_violations(view) == []
        assert json.loads(view["private_metadata"])["rule"] == "R7v1"


def test_a_form_holds_what_comes_back() -> None:
    edit, acknowledge = edit_form("{}", "ISCB  sortino < 1.0"), acknowledge_form("{}")
    assert (edit["callback_id"], acknowledge["callback_id"]) == (ids.EDIT_FORM, ids.ACK_FORM)
    (field,) = edit["blocks"]
    assert (field["block_id"], field["element"]["action_id"]) == (ids.RULE_TEXT, ids.RULE_TEXT)
    assert field["element"]["initial_value"] == "ISCB sortino < 1.0"
    decided, reason = acknowledge["blocks"]
    assert [each["value"] for each in decided["element"]["options"]] == [each.value for each in Decided]
    assert decided.get("optional") is None
    assert (reason["block_id"], reason["element"]["action_id"]) == (ids.REASON, ids.REASON)
    assert reason.get("optional") is None
    assert field["element"]["max_length"] == LONGEST_RULE <= limits.INPUT_VALUE
