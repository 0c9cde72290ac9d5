"""The first words: four lines, three buttons, and everything in the notification."""

from __future__ import annotations

from datetime import date

from bot.language import FollowUp, read_follow
from bot.model import SectionQuery
from bot.render.home import LINES, welcome_message
from bot.render.ids import ASK, OPEN_COMPARE, OPEN_WATCH
from tests.snapshot import Snapshot
from tests.unit.bot.render.rules.moods import faults
from tests.unit.bot.render.sections.reading import as_read


def test_it_reads_well(snapshot: Snapshot) -> None:
    snapshot("home_welcome", as_read(welcome_message()))


def test_four_lines_and_three_buttons() -> None:
    message = welcome_message()
    assert faults(message) == []
    assert len(LINES) == 4
    assert message.text.splitlines() == message.blocks[0]["text"]["text"].splitlines() == list(LINES)
    pressed = [button["action_id"] for button in message.blocks[-1]["elements"]]
    assert pressed == [f"{ASK}first", OPEN_COMPARE, OPEN_WATCH]


def test_the_first_asks_what_it_says() -> None:
    asked = SectionQuery.read(welcome_message().blocks[-1]["elements"][0]["value"])
    assert asked == SectionQuery("compare ISCB SPSM")
    assert read_follow(asked.text, date(2026, 1, 20)) == FollowUp(symbols=("ISCB", "SPSM"))


def test_it_says_how_to_end_what_comes_again() -> None:
    assert "`/digest off`" in welcome_message().text
