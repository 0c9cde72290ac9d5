"""What is left out of an answer is said in it."""

from __future__ import annotations

import pytest

from bot.render.advice import note_funds_left_out
from bot.render.message import Message
from tests.violations import violations

SHORT = Message("Sectors.", ({"type": "section", "text": {"type": "mrkdwn", "text": "Sectors."}},))


def test_nothing_left_out_is_nothing_said() -> None:
    assert note_funds_left_out(SHORT, 0) is SHORT


@pytest.mark.parametrize(
    ("more", "said"), [(1, "1 more fund is named"), (1200, "1,200 more funds are named")]
)
def test_the_text_alone_says_how_many(more: int, said: str) -> None:
    message = note_funds_left_out(SHORT, more)
    assert message.text.startswith("Sectors. ")
    assert said in message.text
    assert said in str(message.blocks[-1])
    assert message.blocks[:-1] == SHORT.blocks
    assert violations(message.blocks) == []
