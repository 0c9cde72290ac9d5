"""What is typed after `/watch` is read at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.clock import FixedClock
from bot.ports import Ack, Place
from bot.use_cases.rules import WatchHandler
from tests.integration.use_cases.room import HERE, NOW, TEAM

HANDLER = WatchHandler(FixedClock(NOW), lambda symbol: ["ISCB"])
PLACE = Place(TEAM, HERE, "U1")


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("ISCB sortino < 1.0 for 5 sessions", False),
        ("test ISCB sortino < 1", True),
        ("edit R7 ISCB sortino < 1", False),
        ("list", True),
        ("show R7", True),
        ("history R7", True),
        ("why R7", True),
        ("pause R7", False),
        ("resume R7", False),
        ("delete R7", False),
    ],
)
def test_a_rule_and_a_question_about_rules_go_on(text: str, reads: bool) -> None:
    """People of another workspace may ask what changes nothing."""
    assert HANDLER.receive(text, PLACE) == Ack(work=True, open=reads)


def test_what_cannot_be_read_is_answered_with_advice() -> None:
    taken = HANDLER.receive("ISCB sortino <", PLACE)
    assert taken.reply
    assert (taken.work, taken.open) == (False, True)
    assert "/watch" in taken.reply.text


def test_help_is_the_usage() -> None:
    taken = HANDLER.receive("help", PLACE)
    assert taken.reply
    assert "recover" in taken.reply.text


@pytest.mark.slow
def test_doors_open_without_pandas_or_matplotlib() -> None:
    """The web role holds neither."""
    code = (
        "import sys, bot.use_cases.rules, bot.use_cases.buttons, bot.use_cases.digest;"
        "print([m for m in ('pandas', 'matplotlib', 'sqlalchemy', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
