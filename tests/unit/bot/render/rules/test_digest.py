"""The daily post: short, what matters first, and never longer than a phone shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.watch.readings import Reading
from analytics.watch.states import Announcement, Phase, Reason
from bot.model import DigestContent, RuleTransition
from bot.render.ids import DIGEST_OFF
from bot.render.rules.digest import digest_details, digest_message
from bot.render.text import NBSP
from tests.snapshot import Snapshot
from tests.unit.bot.render.rules.moods import faults, in_turn
from tests.unit.bot.render.rules.stories import (
    BEFORE,
    BROKEN,
    BUSY,
    CALM_DAY,
    EVERY,
    EXPENSE,
    FALL,
    FIRED,
    FIRING,
    NO_DATA,
    PENDING,
    QUIET,
    RECOVERED,
    RESTATED,
    SESSION,
    TWO_OF_THREE,
    UNDECIDED,
    high,
    numbered,
    of,
    picture,
)
from tests.unit.bot.render.sections.reading import as_read, cells, table_of

CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
"""Characters that Slack takes in each part of a button's second question."""
LINKS = {
    "R1": "https://acme.slack.com/archives/C1/p1768574400000100",
    "R4": "https://acme.slack.com/archives/C1/p1767110400000100",
}


STILL_BLIND = replace(NO_DATA, flip=None, state=replace(QUIET.state, trouble=Phase.NO_DATA))


def missed() -> DigestContent:
    told = [
        (f"R{at}", report.flip) for at, report in ((1, FIRED), (2, RECOVERED), (3, NO_DATA), (4, PENDING))
    ]
    dated = tuple(
        (name, replace(transition, session=date(2026, 1, 13))) for name, transition in told if transition
    )
    return DigestContent(SESSION, (QUIET,), dated, sessions_missed=3)


def long() -> DigestContent:
    return DigestContent(SESSION, tuple(numbered(FIRED, at) for at in range(1, 31)))


DIGEST_CONTENTS = {
    "busy": BUSY,
    "calm": CALM_DAY,
    "missed": missed(),
    "blind": DigestContent(
        SESSION,
        (
            numbered(NO_DATA, 1),
            numbered(
                replace(NO_DATA, flip=None, state=replace(QUIET.state, trouble=NO_DATA.state.trouble)), 2
            ),
            numbered(RESTATED, 3),
            numbered(BROKEN, 4),
            numbered(TWO_OF_THREE, 5),
        ),
    ),
    "nothing_near": DigestContent(SESSION, (of(EXPENSE, Reading(0.0003, met=False, safe=True)),)),
    "no_rules": DigestContent(SESSION, ()),
    "long": long(),
    "simulated": DigestContent(SESSION, (replace(FIRING, simulated=True),)),
}


@pytest.mark.parametrize("name", DIGEST_CONTENTS)
def test_digests_read_well(name: str, snapshot: Snapshot) -> None:
    snapshot(f"watch_digest_{name}", as_read(digest_message(DIGEST_CONTENTS[name], LINKS)))


def test_details_read_well(snapshot: Snapshot) -> None:
    every = DigestContent(SESSION, tuple(numbered(report, at) for at, report in enumerate(EVERY.values(), 1)))
    snapshot(
        "watch_details",
        in_turn({"every": digest_details(every), "calm": digest_details(CALM_DAY)}),
    )


@pytest.mark.parametrize("name", DIGEST_CONTENTS)
def test_slack_takes_them_and_they_can_be_switched_off(name: str) -> None:
    message = digest_message(DIGEST_CONTENTS[name], LINKS, picture("overview"))
    assert faults(message) == []
    assert faults(digest_details(DIGEST_CONTENTS[name])) == []
    buttons = [each["text"]["text"] for each in message.blocks[-1]["elements"]]
    assert buttons[-2:] == ["Settings…", "Turn off"]


@pytest.mark.parametrize("name", DIGEST_CONTENTS)
def test_the_parent_is_short_on_every_day(name: str) -> None:
    message = digest_message(DIGEST_CONTENTS[name], LINKS, picture("overview"))
    assert len(message.text.splitlines()) <= 13
    lines = [] if name == "no_rules" else ["section"]
    assert [block["type"] for block in message.blocks] == ["section", "image", *lines, "context", "actions"]
    (basis,) = (block for block in message.blocks if block["type"] == "context")
    assert len(basis["elements"]) == 1


def test_the_off_switch_is_a_button_that_asks_once_more() -> None:
    switch = digest_message(CALM_DAY, {}).blocks[-1]["elements"][-1]
    assert (switch["text"]["text"], switch["action_id"]) == ("Turn off", DIGEST_OFF)
    asked = switch["confirm"]
    assert {part: len(asked[part]["text"]) <= most for part, most in CONFIRM.items()} == dict.fromkeys(
        CONFIRM, True
    )


def test_the_longest_parent_says_what_it_left_out() -> None:
    lines = digest_message(replace(long(), missed=missed().missed, sessions_missed=3), {}).text.splitlines()
    assert lines[0].endswith("30 triggered.")
    assert lines[11] == "and 20 more in the thread."
    assert len(lines) == 13


def test_what_other_exchanges_did_since_the_last_post_is_told_as_that() -> None:
    text = digest_message(replace(missed(), sessions_missed=0), {}).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "not posted" not in text
    assert "Since the last post: R1 triggered on 13 Jan 2026, R2 cleared on 13 Jan 2026" in text


def test_what_fired_stands_before_what_recovers_or_waits() -> None:
    text = digest_message(BUSY, {}).text
    assert text.index("• R1") < text.index("• R2") < text.index("• R3")


def test_a_rule_that_waits_for_its_first_prices_is_not_counted_as_quiet() -> None:
    text = digest_message(DigestContent(SESSION, (UNDECIDED, numbered(QUIET, 2))), {}).text
    assert text.splitlines()[0].replace(NBSP, " ") == "Fri 16 Jan 2026: 1 not decided yet, 1 quiet."


def test_names_lead_to_their_cards_and_only_to_pages() -> None:
    assert f"• <{LINKS['R1']}|R1" in digest_message(BUSY, LINKS).blocks[1]["text"]["text"]
    odd = digest_message(BUSY, {"R1": "javascript:alert(1)", "R2": "https://x|<!channel>"})
    assert "• R1" in odd.blocks[1]["text"]["text"]
    assert faults(odd) == []


def test_the_nearest_rule_is_the_one_with_the_smallest_share_of_its_threshold_left() -> None:
    near, far = of(FALL, Reading(-0.149, met=False, safe=False), number=1), numbered(QUIET, 2)
    lines = digest_message(DigestContent(SESSION, (far, near)), {}).text.replace(NBSP, " ").splitlines()
    assert lines[0] == "Fri 16 Jan 2026: 2 quiet."
    assert lines[1].endswith("-14.9 %, 0.1 pp above -15.0 %, quiet")
    assert lines[2].endswith("1.18 (SPSM 1.20), 0.18 above 1.00, quiet")


def test_a_table_longer_than_slack_takes_is_cut_with_a_word() -> None:
    many = DigestContent(SESSION, tuple(numbered(QUIET, at) for at in range(1, 131)))
    message = digest_details(many)
    assert faults(message) == []
    assert len(table_of(message)["rows"]) == 100
    assert "and 31 more: `/watch list`" in as_read(message)
    wordy = of(replace(FALL, quantity=replace(FALL.quantity, symbol="X" * 10_000)), high())
    assert faults(digest_details(DigestContent(SESSION, (wordy,) * 99))) == []


def test_each_row_holds_value_threshold_and_state() -> None:
    rows = {row[0]: row[1:] for row in cells(table_of(digest_details(BUSY)))}
    assert [cell.replace(NBSP, " ") for cell in rows["R4 ISCB Sortino below 1.0"]] == [
        "0.91 (SPSM 0.87)",
        "< 1.00",
        "triggered, 12 sessions, acknowledged",
    ]
    several = cells(table_of(digest_details(DigestContent(SESSION, (TWO_OF_THREE,)))))[1]
    assert several[:3] == [
        "R7 2 of 3: ISCB Sortino below 1.0, Sharpe below 0.5, drawdown below -20\u00a0%",
        "2 of 3 met",
        "2 needed",
    ]


def test_a_reminder_that_was_not_posted_is_no_change_of_state() -> None:
    late = RuleTransition(BEFORE, Phase.FIRING, Phase.FIRING, Reason.STILL_MET, Announcement.STILL_FIRING)
    text = digest_message(DigestContent(SESSION, (QUIET,), (("R1", late),), sessions_missed=1), {}).text
    assert "R1 was still triggered after a snooze on 15 Jan 2026" in text.replace("\N{NO-BREAK SPACE}", " ")
