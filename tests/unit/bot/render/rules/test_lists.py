"""Rules looked up: lists, one rule, its history, how its value comes about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.watch.moves import SessionEffect, WindowMove
from analytics.watch.operators import Op
from analytics.watch.readings import Reading
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Announcement, Phase, Reason
from analytics.window import Window
from bot.model import RuleHistory, RuleReport, RuleStatus
from bot.render.fallback import MessageDraft
from bot.render.rules.lists import PAGE, ListPage, history_message, list_message, rule_message, why_message
from bot.render.text import NBSP
from tests.snapshot import Snapshot
from tests.unit.bot.render.rules.moods import faults, in_turn
from tests.unit.bot.render.rules.stories import (
    ACKNOWLEDGED,
    ASSETS,
    BETA,
    BUSY,
    CALM,
    DIGEST,
    EXPENSE,
    FIRED,
    FIRING,
    HISTORY,
    LAG,
    NO_DATA,
    QUIET,
    SECTOR,
    SHARPE_GAP,
    SORTINO,
    TWO_OF_THREE,
    WEAK,
    flip,
    numbered,
    of,
    picture,
    watched,
)
from tests.unit.bot.render.rules.weighed import NOISY
from tests.unit.bot.render.sections.reading import as_read, cells, table_of
from tests.violations import violations


def whole(count: int) -> ListPage:
    """The only page."""
    return ListPage(1, 1, count, count)


PAUSED = replace(
    numbered(QUIET, 12), watched=replace(WEAK, number=12, status=RuleStatus.PAUSED), reading=None
)
NOTHING = RuleHistory((), (), (), ())


def test_lists_read_well(snapshot: Snapshot) -> None:
    told = {
        "several": list_message((*BUSY.stories, PAUSED), DIGEST, whole(8)),
        "one": list_message([QUIET], None, whole(1)),
        "none": list_message([], replace(DIGEST, on=False), whole(0)),
        "page": list_message([FIRING], DIGEST, ListPage(2, 3, 81, 81, "", "list", "list page 3")),
        "some": list_message([FIRING], DIGEST, ListPage(1, 1, 1, 81, "ISCB firing")),
        "none of them": list_message([], DIGEST, ListPage(1, 1, 0, 81, "IWM")),
    }
    snapshot("watch_list", in_turn(told))


def test_one_rule_reads_well(snapshot: Snapshot) -> None:
    told = {
        "firing": rule_message(ACKNOWLEDGED, CALM, HISTORY, picture(), NOISY),
        "several": rule_message(TWO_OF_THREE, CALM, NOTHING),
        "paused": rule_message(PAUSED, None, NOTHING),
    }
    snapshot("watch_show", in_turn(told))


def test_histories_read_well(snapshot: Snapshot) -> None:
    long = RuleHistory(
        HISTORY.versions * 4, HISTORY.transitions * 5, HISTORY.deeds * 10, HISTORY.incidents * 10
    )
    several = watched(TWO_OF_THREE.watched.rule)
    told = {
        "short": history_message(WEAK, HISTORY),
        "long": history_message(WEAK, long),
        "new": history_message(several, replace(NOTHING, versions=(several,))),
    }
    snapshot("watch_history", in_turn(told))


def test_reasons_read_well(snapshot: Snapshot) -> None:
    told = {
        "fired": why_message(FIRED),
        "several": why_message(TWO_OF_THREE),
        "no_data": why_message(NO_DATA),
        "gap": why_message(of(SHARPE_GAP, Reading(0.31, met=False, safe=True, then=0.55), then="IWM")),
        "beta": why_message(of(BETA, Reading(1.21, met=False, safe=False))),
        "lag": why_message(of(LAG, Reading(-0.034, met=True, safe=False))),
        "expense": why_message(of(EXPENSE, Reading(0.0003, met=False, safe=True))),
        "assets": why_message(of(ASSETS, Reading(240e6, met=True, safe=False))),
        "sector": why_message(of(SECTOR, None)),
    }
    snapshot("watch_why", in_turn(told))


def test_why_begins_with_what_left_and_entered_the_window() -> None:
    left = SessionEffect(date(2025, 1, 16), (("ISCB", -0.008), ("<x>", 0.0)), 0.021)
    move = WindowMove(
        date(2026, 1, 15),
        1.02,
        date(2026, 1, 16),
        0.94,
        (left,),
        (SessionEffect(date(2026, 1, 16), (("ISCB", -0.021),), -0.101),),
    )
    told = why_message(FIRED, [(SORTINO.quantity, move)])
    assert faults(told) == []
    words = as_read(told).replace(NBSP, " ")
    assert "Sortino ratio over 1 year: 1.02 on 15 Jan 2026, 0.94 on 16 Jan 2026." in words
    assert "16 Jan 2025 left (ISCB -0.8 %, &lt;x&gt; 0.0 %): 0.02 up" in words
    assert "16 Jan 2026 entered (ISCB -2.1 %): 0.10 down" in words
    assert words.index("entered") < words.index("Sortino ratio = mean")


@pytest.mark.parametrize("report", [FIRED, FIRING, NO_DATA, TWO_OF_THREE, PAUSED, ACKNOWLEDGED])
def test_slack_takes_them_as_they_are(report: RuleReport) -> None:
    assert faults(why_message(report)) == []
    assert faults(rule_message(report, CALM, HISTORY, picture())) == []
    assert faults(list_message([report] * PAGE, DIGEST, whole(PAGE))) == []


def test_the_window_of_a_value_is_named_by_its_days() -> None:
    words = as_read(why_message(FIRED))
    assert "Window 1y: 1 year to 16 Jan 2026; rf 0" in words
    all_of_it = of(replace(SORTINO, quantity=replace(SORTINO.quantity, window=Window("max"))), None)
    assert "Window max: first common close, to 16 Jan 2026" in as_read(why_message(all_of_it))
    since = Window("since 2021-03-19", date(2021, 3, 19))
    fixed = of(replace(SORTINO, quantity=replace(SORTINO.quantity, window=since)), None)
    assert "last close on or before 19 Mar 2021" in as_read(why_message(fixed))


def test_every_number_that_decided_is_there() -> None:
    words = as_read(why_message(FIRED))
    for part in ("Value 0.94", "Threshold 1.00, 0.06 below; met: yes", "at or above 1.10; reached: no"):
        assert part in words
    assert "Value – (no price of ISCB on 2026-01-16)" in as_read(why_message(NO_DATA))


def test_a_paused_rule_is_in_the_list_without_a_value() -> None:
    assert cells(table_of(list_message([PAUSED], DIGEST, whole(1))))[1] == [
        "R12 ISCB Sortino below 1.0",
        "–",
        "< 1.00",
        "paused",
    ]


def test_a_page_is_shown_whole_whatever_its_rules_are_called() -> None:
    """As a table, and told in lines where Slack refuses the table."""
    long = Quantity("information_ratio", "ABCDEFGH.L-X", other="ZYXWVUTS.L-X", benchmark="MMMMMMMM.L-X")
    rule = Rule(
        (Condition(replace(long, window=Window("18m")), Op.CROSSES_BELOW, -123.456),), then="QQQQQQQQ.L-X"
    )
    reading = Reading(-99.12345, met=True, safe=False, then=-88.12345)
    report = replace(of(rule.conditions[0], reading, then=rule.then), state=ACKNOWLEDGED.state)
    reports = [numbered(report, 999_999_900 + at) for at in range(PAGE)]
    page = ListPage(2, 25_000_000, 999_999_999, 999_999_999, "", "list", "list page 3")
    message = list_message(reports, DIGEST, page)
    assert faults(message) == []
    assert [row[0].split()[0] for row in cells(table_of(message))[1:]] == [
        each.watched.name for each in reports
    ]
    plain = MessageDraft.of(message, {}).next_plainer()
    assert plain
    assert violations(plain.filled_blocks()) == []
    assert all(f"*{each.watched.name} " in str(plain.blocks) for each in reports)


def test_a_change_is_told_with_its_values() -> None:
    words = as_read(history_message(WEAK, HISTORY)).replace(NBSP, " ")
    assert "• 16 Jan 2026: waiting to triggered, 0.94, SPSM 0.87" in words
    counted = replace(HISTORY, transitions=tuple(replace(each, value=2.0) for each in HISTORY.transitions))
    assert "waiting to triggered, 2 of 3 hold" in as_read(history_message(TWO_OF_THREE.watched, counted))


@pytest.mark.parametrize(
    ("phase", "notice", "words"),
    [
        (Phase.FIRING, Announcement.STILL_FIRING, "16 Jan 2026: still triggered after a snooze, 0.91"),
        (Phase.NO_DATA, Announcement.NO_DATA, "16 Jan 2026: still without data after a snooze, 0.91"),
    ],
)
def test_what_a_snooze_kept_unsaid_is_no_change_of_state(
    phase: Phase, notice: Announcement, words: str
) -> None:
    late = flip(phase, phase, Reason.STILL_MET, notice, value=0.91)
    told = as_read(history_message(WEAK, replace(HISTORY, transitions=(late,)))).replace(NBSP, " ")
    assert words in told
    assert "triggered to triggered" not in told
