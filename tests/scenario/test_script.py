"""The example of docs/script.md, played: what is promised there happens, on both databases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import UserError
from tests.scenario.offices import Office

pytestmark = pytest.mark.slow

EXAMPLE = (Path(__file__).parents[2] / "docs" / "script.md").read_text().split("```\n")[1]
SEEN = (
    ("#portfolio ann: /watch", "R1 ISCB Sortino below 1.5 is set"),
    ("@clock 7 sessions", "R1 ISCB Sortino below 1.5 is met"),
    ("@press #portfolio ben: Acknowledge", "Form: Acknowledge"),
    ("@send ben", "Acknowledged by @ben: looking into it, known outage"),
    ("@press #portfolio cy", "R1 ISCB Sortino below 1.5 is snoozed by @cy through 4 Feb 2026"),
    ("#portfolio> ann", "I could not read `snoze 1w`"),
    ("@edit #portfolio> ann", "R1 ISCB Sortino below 1.5 is unsnoozed by @ann"),
    ("@show #portfolio> ann", "Ann Portfolio (in a thread):\n    @watchpoint unsnooze"),
    ("@remove #portfolio ann", "@watchpoint was removed from #portfolio by @ann"),
    ("#portfolio ann: @watchpoint", "Would you like to invite it?\n    [Invite it] [Do nothing]"),
    ("@press #portfolio ann: Invite it", "1 rule is watched here"),
    ("@shortcut #portfolio ben", "Window: 1 year"),
    ("@send ben", "ISCB vs SPSM · 3 years"),
    ("@clock to 2026-02-09", "It is Mon 9 Feb 2026, 09:00 in London."),
    ("@home ann", "R1 ISCB Sortino below 1.5 `ISCB sortino 1y < 1.5 for 5 sessions`"),
    ("@watchpoint ben", "no rules yet"),
)
"""By the beginning of a line, in order, what is to be read under it."""


async def test_the_example_of_the_documentation(team: Office) -> None:
    parts = [part for part in re.split(r"\n(?=[@#])", await team.play(EXAMPLE)) if part]
    for beginning, words in SEEN:
        while not parts[0].startswith(beginning):
            parts.pop(0)
        assert words in parts.pop(0), beginning
    assert [call.status for call in team.slack.calls_of("chat.postMessage")].count(429) == 2


@pytest.mark.parametrize("away", ["sqlite-http"], indirect=True)
async def test_a_form_says_what_is_wrong_and_what_there_is(team: Office) -> None:
    shown = await team.play("@shortcut #portfolio ann: Compare funds\n@send ann\n@close ann")
    assert "Funds:\n      ! Please complete this required field." in shown
    assert "The form is closed." in shown
    with pytest.raises(UserError, match=r"Line 2, .*'Window' offers no '9 years'. It offers: Month to date,"):
        await team.play("@shortcut #portfolio ann: Compare funds\n@fill ann: Window = 9 years")
    with pytest.raises(UserError, match="Fields that are there: Funds, Window, Since"):
        await team.play("@fill ann: Fund = ISCB")


async def test_a_menu_of_an_answer_is_chosen_from(team: Office) -> None:
    shown = await team.play(
        "#portfolio ann: /compare ISCB SPSM 5y\n@choose #portfolio ann: More… = Risk\n"
        "@choose #portfolio> ben: More… = Over 1 year"
    )
    assert "ISCB vs SPSM · risk · 5 years to 16 Jan 2026" in shown
    with pytest.raises(UserError, match="It offers"):
        await team.play('@choose #portfolio ann "5 years": More… = Horoscope')
