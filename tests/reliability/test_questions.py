"""What counts as an answer, and as a notice, in the log of a workspace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.playground.model import BOT, PostedMessage
from bot.slack.history import metadata_of
from bot.slack.messenger import ANSWER_EVENT
from bot.slack.publisher import NOTICE_EVENT as PROMISE
from tests.reliability.questions import Answered, Result
from tests.reliability.workspace import key_of

AT = datetime(2026, 1, 20, 22, tzinfo=UTC)
ONCE = Answered("compare", "compare.0", (AT,), None, remembered=True)
RULE = Answered("watch", "watch.1", (AT,), 3.0, remembered=True)
GOOD = Result("sqlite", True, (ONCE, RULE), (("post",),), 1, 0, 0, 0, 1.0)


def said(event: str) -> PostedMessage:
    return PostedMessage("1.0", "C01", BOT, "", metadata=metadata_of(event, "T1/C01/key"))


def test_only_a_notice_has_the_key_of_one() -> None:
    assert key_of(said(PROMISE)) == "T1/C01/key"
    assert key_of(said(ANSWER_EVENT)) == ""
    assert key_of(replace(said(PROMISE), metadata=None)) == ""


def test_all_answered_once_is_sound() -> None:
    assert GOOD.sound
    assert (GOOD.lost, GOOD.doubled, GOOD.forgotten, GOOD.longest) == ([], [], [], 3.0)


@pytest.mark.parametrize(
    "change",
    [
        {"answered": (replace(ONCE, at=()), RULE)},
        {"answered": (replace(ONCE, at=(AT, AT)), RULE)},
        {"answered": (replace(ONCE, at=(AT, AT)), RULE), "possibly": 1},
        {"answered": (replace(ONCE, remembered=False), RULE)},
        {"rules": 2},
        {"stuck": 1},
    ],
)
def test_anything_else_is_not(change: dict[str, object]) -> None:
    assert not replace(GOOD, **change).sound  # type: ignore[arg-type]


def test_without_the_scope_what_is_said_to_be_possibly_repeated_may_be_doubled() -> None:
    twice = replace(GOOD, history=False, answered=(replace(ONCE, at=(AT, AT)), RULE))
    assert not twice.sound
    assert replace(twice, possibly=1).sound
