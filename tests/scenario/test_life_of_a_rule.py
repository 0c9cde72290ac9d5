"""A rule's whole life as its channel reads it: weighed, exchanged, waited for, met, in hand, over."""

from __future__ import annotations

from datetime import date, time
from html import unescape

import pytest

from analytics.watch.states import Decided
from bot.model import AuditAction
from bot.playground.model import TEAM, PostedMessage
from bot.playground.payloads import ClickSource
from bot.playground.storage import ANN, BEN, CY, PORTFOLIO
from bot.use_cases.gather import Computed
from tests.scenario.offices import IN_BOTH, Office, key_of, labels, local

pytestmark = [pytest.mark.slow, pytest.mark.thorough, IN_BOTH]

NOISY = "/watch ISCB return 3m < 0% for 5 sessions then SPSM"
FOUNDING = "/watch ISCB sortino < 1.0 for 5 sessions then SPSM"
OFFERED = "ISCB - SPSM total return 3m < -2pp for 20 sessions"
MORNING = time(9)
REASON = "waiting for the rebalance"
OPEN = [
    "1 session)|0.83|",
    "2 sessions)|0.82|ISCB +0.4 %, SPSM +0.2 % (total return, close to close, to 3 Feb 2026)",
    "3 sessions)|0.93|ISCB +0.8 %, SPSM +0.6 % (total return, close to close, to 4 Feb 2026)",
    "4 sessions)|1.02|ISCB +0.6 %, SPSM +0.3 % (total return, close to close, to 5 Feb 2026)",
    "clearing (1 of 5)|1.12|ISCB +2.1 %, SPSM +2.2 % (total return, close to close, to 6 Feb 2026)",
]
"""State, value and what the funds did since it triggered, on the first five mornings of an incident."""


@pytest.fixture
def few_worlds() -> None:
    """In as many worlds as people have: what is offered depends on them."""


@pytest.fixture
def computed() -> Computed:
    """Nothing that was found in fewer."""
    return Computed()


def plain(words: str) -> str:
    return words.replace("*", "").replace("\u00a0", " ")


async def take(team: Office, user: str, message: PostedMessage, offered: str) -> str:
    """Press [Use this] beside the command that is offered."""
    (block,) = [
        block
        for block in message.blocks
        if "accessory" in block and offered in unescape(block["text"]["text"]).replace("\u00a0", " ")
    ]
    pressed = block["accessory"]
    action = {"block_id": block["block_id"], **{key: pressed[key] for key in ("type", "action_id", "value")}}
    before = {each.ts for each in team.seen_by(user)}
    await team.deeds.click(user, ClickSource(message.channel, message.ts), action)
    await team.bot.shift.quiet()
    return "\n".join(team.words(each) for each in team.seen_by(user) if each.ts not in before)


def on_card(team: Office, rule: str) -> PostedMessage:
    (card,) = [each for each in team.posts("card") if f"/card/{rule}" in key_of(each)]
    return team.now(card)


async def test_from_the_question_to_what_followed(team: Office) -> None:
    # It is weighed before it is kept; one of the rules that keep the budget is taken in its place.
    said = plain(await team.type(ANN, NOISY))
    assert "R1 ISCB return 3m below 0 % is set" in said
    assert "so this rule is noise rather than a warning: when nothing changes it is triggered on" in said
    assert "these keep to a false alarm in two years" in said.lower()
    taken = plain(await take(team, ANN, team.seen_by(ANN)[-1], OFFERED))
    assert "R1 ISCB - SPSM return 3m below -2 pp is now version 2" in taken
    assert "noise" not in taken
    assert "it is waiting (1 of 20): ISCB's total return less SPSM's over 3 months is -2.9 pp" in taken
    await team.type(BEN, FOUNDING)
    await team.type(CY, "/follow ISCB SPSM vs IWM")

    # It waits, morning by morning; what did not last is told once.
    await team.until(date(2026, 2, 2), MORNING)
    waiting = [plain(team.words(each)) for each in team.posts("digest")]
    counts = [f"waiting ({count} of 20)" for count in range(2, 11)]
    assert [count for count, told in zip(counts, waiting, strict=True) if count not in told] == []
    assert len([told for told in waiting if "quiet again: the breach lasted 2 of 5 sessions" in told]) == 1
    assert not team.posts("card")

    # The other one triggers; its card is rewritten after each session, and taken in hand with a decision.
    for day, told in zip((3, 4, 5, 6, 9), OPEN, strict=True):
        await team.until(date(2026, 2, day), MORNING)
        words = plain(team.words(on_card(team, "R2")))
        assert [part for part in told.split("|") if part not in words] == [], words
        assert "Replayed over five years, 120 sessions after a firing: SPSM less ISCB" in words
        if day == 4:
            await team.press(BEN, on_card(team, "R2"), "Acknowledge")
            assert await team.send_in(BEN, REASON) == {}
    card = on_card(team, "R2")
    assert "Acknowledged by @ben: looking into it, waiting for the rebalance." in plain(team.words(card))
    assert labels(card) == ["Snooze 5 sessions", "Why?", "Edit", "History"]

    # It clears; the one that was taken triggers meanwhile.
    await team.until(date(2026, 2, 20), MORNING)
    heads = [team.said(each).removeprefix("SAMPLE DATA · ").split(":")[0] for each in team.replies(card)]
    assert heads == [
        "R2 ISCB Sortino below 1.0 was acknowledged",
        "R2 ISCB Sortino below 1.0 is clearing (1 of 5)",
        "R2 ISCB Sortino below 1.0 is met again, after 1 of 5 sessions of clearing",
        "R2 ISCB Sortino below 1.0 is clearing (1 of 5)",
        "R2 ISCB Sortino below 1.0 has cleared",
    ]
    assert "State: cleared on 18 Feb 2026." in plain(team.words(card))
    assert "triggered since 13 Feb 2026 (4 sessions)" in plain(team.words(on_card(team, "R1v2")))
    mornings = team.posts("digest")
    assert len({key_of(each) for each in mornings}) == len(mornings) == 22, "a post a session, each once"
    assert [str(local(each).date()) for each in mornings[-2:]] == ["2026-02-19", "2026-02-20"]
    assert all(" gap " in plain(team.words(each)) for each in mornings)

    # What followed is told twenty sessions after it triggered, and kept in all that looks back.
    await team.until(date(2026, 3, 6), MORNING)
    followed = team.said(team.replies(card)[-1])
    assert "20 sessions after R2 ISCB Sortino below 1.0 triggered on 2 Feb 2026, SPSM was 1.0 pp ahead" in (
        followed
    )
    history = plain(await team.type(CY, "/watch history R2"))
    assert "20 sessions later: SPSM less ISCB +1.0 pp on average, ahead in 1 of 1" in history
    decisions = plain(await team.type(CY, "/watch decisions"))
    assert "looking into it, 4 Feb 2026" in decisions
    assert "SPSM - ISCB" in decisions
    assert "2 rules triggered 2 times" in plain(await team.type(CY, "/watch scorecard"))
    why = plain(await team.press(CY, on_card(team, "R1v2"), "Why?"))
    assert why.index("5 Mar 2026 entered") < why.index("Total return = last close / first close - 1")
    newest = (await team.bot.store.of(TEAM).history(2)).deeds[0]
    assert (newest.act, newest.decided) == (AuditAction.ACKNOWLEDGED, Decided.LOOKING)
    assert all(each.channel == PORTFOLIO for each in team.posts())
