"""The studies of prices in every mood a comparison can have, not only in their own."""

from __future__ import annotations

import re

from bot.render.charts.theme import COLOURS
from bot.render.message import Message
from bot.render.sections.drawdowns import drawdowns_section
from bot.render.sections.page import SectionAnswer
from bot.render.sections.returns import returns_section
from bot.render.sections.risk import risk_section
from tests.unit.bot.render.sections.prices import assert_sound, plain, rows
from tests.unit.bot.render.sections.worlds import in_every_mood, world

PERCENT = re.compile(r"-?\d[\d,]*\.\d+ %")


def messages(name: str) -> list[Message]:
    found = SectionAnswer(world(name), (), "U0ANN")
    return [returns_section(found), risk_section(found), drawdowns_section(found)]


@in_every_mood
def test_they_can_be_delivered(name: str) -> None:
    for message in messages(name):
        assert_sound(message)


@in_every_mood
def test_percentages_of_the_finding_stand_in_the_table(name: str) -> None:
    """All but the drawdown that a fund is in now: the picture has that."""
    for message in messages(name):
        said = plain(message.blocks[1]["text"]["text"]).replace("*", "")
        told = " ".join(line for line in said.splitlines() if not line.startswith("Drawdown on"))
        shown = " ".join(cell for line in rows(message) for cell in line)
        assert [number for number in PERCENT.findall(told) if number not in shown] == []


@in_every_mood
def test_pictures_have_a_colour_for_every_fund(name: str) -> None:
    for message in messages(name):
        for picture in message.pictures:
            assert 1 <= len(picture.symbols) <= len(COLOURS)  # type: ignore[union-attr]


def test_an_interest_rate_is_said_to_be_one() -> None:
    for message in messages("rate_index"):
        assert "^TNX is an interest rate" in str(message.blocks)
        assert "^TNX is an index" not in str(message.blocks)


def test_two_currencies_are_said() -> None:
    for message in messages("two_currencies"):
        assert "no exchange rate enters" in str(message.blocks)
