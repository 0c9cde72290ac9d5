"""The studies of facts in every mood a comparison can have: deliverable, sober, and true to their tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from analytics.exposures import holdings as positions_of
from bot.render import limits
from bot.render.fallback import MessageDraft
from bot.render.fit import fit
from bot.render.message import Message
from bot.render.sections.cost import cost_section
from bot.render.sections.holdings import holdings_section
from bot.render.sections.page import SectionAnswer
from bot.render.sections.sectors import sectors_section
from tests.unit.bot.render.sections.reading import cells
from tests.unit.bot.render.sections.worlds import in_every_mood, world
from tests.violations import violations

PARTICIPATION = "10\u00a0%"
PERCENT = re.compile(r"-?\d[\d,.]*\u00a0(?:%|bn|M|k)")


def _holdings(found: SectionAnswer) -> Message:
    comparison = found.comparison
    return holdings_section(found, positions_of(comparison.profiles, comparison.symbols))


STUDIES: dict[str, Callable[[SectionAnswer], Message]] = {
    "sectors": sectors_section,
    "holdings": _holdings,
    "cost": cost_section,
}


def messages(name: str) -> list[Message]:
    return [study(SectionAnswer(world(name), (), "U0ANN")) for study in STUDIES.values()]


def table(message: Message) -> list[list[str]]:
    blocks: list[dict[str, Any]] = [block for block in message.blocks if block["type"] == "table"]
    return cells(blocks[0]) if blocks else []


@in_every_mood
def test_slack_takes_them_as_they_are(name: str) -> None:
    for message in messages(name):
        assert violations(message.blocks) == []
        assert len(message.text) <= limits.FALLBACK_TEXT
        assert fit(message) == message


@in_every_mood
def test_the_plainest_form_is_within_the_limits_too(name: str) -> None:
    for message in messages(name):
        draft = MessageDraft.of(message, {}).next_plainer()
        assert draft is None or violations(draft.filled_blocks()) == []


@in_every_mood
def test_the_notification_is_the_finding_without_markup(name: str) -> None:
    for message in messages(name):
        assert message.text.startswith(message.blocks[0]["text"]["text"])
        assert not set("*_`~<>") & set(message.text)


@in_every_mood
def test_tables_have_four_columns_at_most_and_no_empty_cell(name: str) -> None:
    for message in messages(name):
        for row in table(message):
            assert len(row) <= 4
            assert all(cell.strip("* ") for cell in row)


@in_every_mood
def test_what_is_not_known_is_never_nothing(name: str) -> None:
    """No text says nan, None or an empty pair of brackets."""
    for message in messages(name):
        assert not re.search(
            r"\bnan\b|None|\(\)|\binf\b", f"{message.text}{message.blocks}".replace("'None'", "")
        )


@in_every_mood
def test_amounts_of_the_finding_stand_in_the_table(name: str) -> None:
    """Percentages and money; gaps and how many times are differences and ratios of what stands there."""
    for message in messages(name):
        shown = " ".join(cell for row in table(message) for cell in row)
        missing = [
            amount for amount in PERCENT.findall(message.blocks[1]["text"]["text"]) if amount not in shown
        ]
        assert [amount for amount in missing if amount != "10\u00a0%"] == []


@in_every_mood
def test_pictures_conclude_and_are_named_by_their_slots(name: str) -> None:
    for message in messages(name):
        slots = [block["slot"] for block in message.blocks if "slot" in block]
        assert slots == [picture.name for picture in message.pictures]
        for picture in message.pictures:
            assert picture.alt.startswith("Sample data.") == picture.simulated
            assert picture.alt.endswith(".")
