"""Rules over prices that look wrong: card, post, lists, Home and charts say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from analytics import Doubt
from analytics.watch.readings import DoubtfulPrices, Reading, Readings
from analytics.watch.states import State
from bot.model import DigestContent, RuleReport
from bot.render import home
from bot.render.charts.theme import PHASES
from bot.render.message import Message
from bot.render.rules.card import card_message, reply_message
from bot.render.rules.charts import overview_chart, past_chart, rule_chart
from bot.render.rules.digest import digest_details, digest_message, rules_table
from bot.render.rules.lists import ListPage, list_message, rule_message, why_message
from bot.render.rules.read_back import created_message
from bot.render.rules.read_back import tested_message as tried
from bot.render.rules.state import short_state, state_words
from bot.render.text import NBSP
from tests.snapshot import Snapshot
from tests.unit.bot.render.rules.moods import faults, in_turn
from tests.unit.bot.render.rules.stories import (
    CALM,
    CRASH,
    DIGEST,
    FIRED,
    FIRING,
    HISTORY,
    NEXT,
    PENCE,
    QUIET,
    RECOVERED,
    SESSION,
    TWO_OF_THREE,
    WAITING,
    doubtful,
    numbered,
)
from tests.unit.bot.render.rules.test_charts import RULE, readings, watched
from tests.unit.bot.render.sections.reading import as_read, cells, table_of

WRONG = (
    "ISCB's price of 1 Oct 2025 looks wrong (-99.0 % against the price before, about a hundredth: another "
    "unit?)"
)


def plain(words: str) -> str:
    return words.replace(NBSP, " ")


def first_line(message: Message) -> str:
    return plain(str(message.blocks[0]["text"]["text"])).split("\n")[0]


@pytest.mark.parametrize("told", [FIRED, FIRING, RECOVERED, TWO_OF_THREE, QUIET])
def test_the_cards_first_line_and_the_notification_carry_the_doubt(told: RuleReport) -> None:
    for message in (card_message(doubtful(told)), reply_message(doubtful(told))):
        assert WRONG in first_line(message)
        assert WRONG in plain(message.text)
        assert faults(message) == []
    assert "looks wrong" not in as_read(card_message(told))


def test_the_doubt_stands_before_the_value() -> None:
    line = first_line(card_message(doubtful(FIRED)))
    assert line.index("looks wrong") < line.index("0.94")
    assert line.startswith("*R7 ISCB Sortino below 1.0 is met:* ISCB's price of 1 Oct 2025 looks wrong")


def test_several_doubts_are_one_clause_with_the_grave_first() -> None:
    line = first_line(card_message(doubtful(FIRED, CRASH, PENCE)))
    assert line.index("ISCB's price of 1 Oct") < line.index("SPSM's price of 2 Sep")
    many = [replace(CRASH, symbol=f"F{number}") for number in range(9)]
    assert "and 7 more like it; ISCB's Sortino" in first_line(card_message(doubtful(FIRED, *many)))


def test_a_rule_that_waits_says_on_which_price_and_keeps_its_state() -> None:
    assert first_line(card_message(WAITING)) == (
        "*R7 ISCB Sortino below 1.0 is held back a session:* "
        "ISCB's price of 16 Jan 2026 looks wrong (-99.0 %). The state is kept: quiet "
        "for 40 sessions."
    )
    assert plain(state_words(WAITING)) == "price in doubt on 16 Jan 2026, kept as quiet for 40 sessions"
    assert short_state(WAITING) == "price in doubt (quiet)"


def test_a_doubt_that_is_the_cause_is_told_once() -> None:
    assert as_read(reply_message(WAITING)).count("looks wrong") == 2  # notification and message
    unread = replace(WAITING, state=State(), flip=None)
    assert as_read(card_message(unread)).count("looks wrong") == 2


DIGEST_CONTENT = DigestContent(
    SESSION,
    (
        doubtful(FIRED),
        numbered(doubtful(QUIET), 8),
        numbered(WAITING, 9),
        numbered(replace(WAITING, flip=None), 10),
        numbered(QUIET, 11),
    ),
)


def test_the_daily_post_says_it_on_every_line_it_concerns() -> None:
    lines = [plain(line) for line in digest_message(DIGEST_CONTENT, {}).text.split("\n")]
    assert lines[0] == "Fri 16 Jan 2026: 1 triggered, 2 in doubt, 2 quiet."
    assert lines[1].startswith("• R7")
    assert lines[1].endswith(f"triggered on 16 Jan 2026 ({WRONG})")
    assert lines[2].startswith(
        "• R9 ISCB Sortino below 1.0 is held back a session: ISCB's price of 16 Jan 2026 looks wrong"
    )
    assert lines[3].startswith(
        "• R10 ISCB Sortino below 1.0 is held back a session: ISCB's price of 16 Jan 2026 looks wrong"
    )
    assert lines[4].startswith("• R8")
    assert lines[4].endswith(f"quiet ({WRONG})")
    assert len(lines) == 6


def test_a_post_after_silence_names_what_had_waited() -> None:
    transition = WAITING.flip
    assert transition is not None
    missed = replace(DIGEST_CONTENT, missed=(("R9", transition),), sessions_missed=1)
    assert "R9 ISCB Sortino below 1.0 was held back by a price that looked wrong on 16 Jan 2026" in plain(
        digest_message(missed, {}).text
    )


def test_tables_of_rules_mark_the_values_and_explain_the_mark() -> None:
    message = digest_details(DIGEST_CONTENT)
    assert [plain(row[1]) for row in cells(table_of(message))[1:]] == [
        "0.94† (SPSM 0.87)",
        "–",
        "–",
        "1.18† (SPSM 1.20)",
        "1.18 (SPSM 1.20)",
    ]
    assert "† rests on a price that looks wrong: ISCB on 1 Oct 2025." in plain(as_read(message))
    assert faults(message) == []
    assert len(rules_table([QUIET])[0]) == 1
    several = cells(rules_table([doubtful(TWO_OF_THREE)])[0][0])
    assert several[1][1] == "2 of 3 met†"


def test_lists_and_explanations_say_it() -> None:
    assert WRONG in plain(as_read(rule_message(doubtful(FIRED), CALM, HISTORY)))
    assert WRONG in plain(why_message(doubtful(FIRED)).text)
    assert "†" in as_read(list_message([doubtful(FIRED)], DIGEST, ListPage(1, 1, 1, 1)))


def test_what_is_set_or_tried_is_told_with_it() -> None:
    made = created_message(doubtful(QUIET), CALM, DIGEST, NEXT, edited=False, digest_is_new=False)
    assert f"On 16 Jan 2026 it is quiet: {WRONG}; " in plain(made.text)
    assert f"it is quiet: {WRONG}; " in plain(as_read(tried(doubtful(QUIET), CALM)))
    waiting = created_message(
        replace(WAITING, flip=None), CALM, DIGEST, NEXT, edited=False, digest_is_new=False
    )
    assert "It is held back a session: ISCB's price of 16 Jan 2026 looks wrong (-99.0 %)." in plain(
        waiting.text
    )


def test_home_says_it_under_the_rule() -> None:
    def lines(report: RuleReport) -> list[str]:
        seen = home.HomeFacts("U0ANN", (report,), (), home.Freshness(report.session), report.watched.made)
        shown = [block["text"]["text"] for block in home.home_view(seen)["blocks"] if "text" in block]
        return plain(next(each for each in shown if report.watched.name in each)).split("\n")

    assert lines(doubtful(QUIET))[2] == WRONG
    assert len(lines(QUIET)) == 2
    assert "price in doubt on 16 Jan 2026" in lines(WAITING)[1]


def test_a_rule_in_doubt_has_a_shape_of_its_own() -> None:
    assert PHASES["in doubt"][1] not in [shape for phase, (_, shape) in PHASES.items() if phase != "in doubt"]


def over(*doubts: Doubt, count: int = 60) -> Readings:
    """Readings of R7 whose windows all reach back a long way."""
    held = readings(RULE, [1.5] * count, [0.8] * count)
    old = np.full(count, np.datetime64("2020-01-02"))
    prices = DoubtfulPrices(doubts, old, np.zeros(count, dtype=np.bool_))
    return replace(held, doubts={RULE.quantities[0]: prices})


def test_a_chart_of_a_rule_marks_its_sessions() -> None:
    found = over(replace(PENCE, session=date(2026, 2, 9)), replace(PENCE, session=date(2025, 2, 9)))
    picture = rule_chart(watched(), found, found.sessions[-1].item(), source="Yahoo Finance")
    assert [mark.session for mark in picture.marks] == [date(2026, 2, 9)]
    assert plain(picture.subtitle).endswith(" · † price looks wrong: ISCB on 9 Feb 2026")
    assert [plain(words) for words in picture.traces[0].ends] == ["ISCB 1.50†", "SPSM 0.80"]
    assert "ISCB 1.50†, not below 1.00" in plain(picture.status)
    assert picture.alt.startswith("ISCB has prices that look wrong. ")


def test_a_chart_of_years_marks_them_too() -> None:
    found = over(replace(PENCE, session=date(2026, 2, 9)))
    picture = past_chart(watched(), found, CALM, source="Yahoo Finance")
    assert [mark.session for mark in picture.marks] == [date(2026, 2, 9)]
    assert "† price looks wrong" in picture.subtitle
    assert picture.alt.startswith("ISCB has prices that look wrong. ")


def test_the_overview_marks_the_value() -> None:
    held = readings(RULE, [1.18] * 60, [0.8] * 60)
    days: list[date] = held.sessions.tolist()
    told = replace(doubtful(QUIET), watched=replace(QUIET.watched, made=datetime(2020, 1, 2, tzinfo=UTC)))
    picture = overview_chart([(told, held), (QUIET, held)], days[-1], source="Yahoo Finance")
    assert sorted(cell.value for cell in picture.cells) == ["1.18", "1.18†"]
    assert plain(picture.subtitle).endswith("† price looks wrong: ISCB on 1 Oct 2025")
    calm = overview_chart([(QUIET, held)], days[-1], source="Yahoo Finance")
    assert "†" not in calm.subtitle + calm.cells[0].value


def test_a_value_that_is_not_known_carries_no_mark() -> None:
    unknown = replace(doubtful(QUIET), reading=Reading(None, None, None, "no prices", doubts=(PENCE,)))
    assert cells(rules_table([unknown])[0][0])[1][1] == "–"
    assert "1 Oct 2025" not in as_read(card_message(unknown))


def test_reads_well(snapshot: Snapshot) -> None:
    told = {
        "post": digest_message(DIGEST_CONTENT, {}),
        "details": digest_details(DIGEST_CONTENT),
        "set": created_message(doubtful(QUIET), CALM, DIGEST, NEXT, edited=False, digest_is_new=False),
    }
    snapshot("watch_doubts", in_turn(told))
