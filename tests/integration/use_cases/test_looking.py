"""What is kept is shown, to the asker only."""

from __future__ import annotations

import pytest

from tests.integration.use_cases.room import BEN, ELSEWHERE, MET, QUIET, Room

pytestmark = pytest.mark.slow


async def test_the_list_holds_this_channels_rules_and_no_other(here: Room) -> None:
    await here.watch(MET)
    await here.watch("CCC sharpe 1m < 1", channel=ELSEWHERE)
    await here.watch(QUIET)
    here.heard()
    await here.watch("list", user=BEN)
    told = here.told()
    assert "2 rules in this channel" in told
    assert "R1" in told
    assert "R3" in told
    assert not any(secret in told for secret in ("CCC", "R2"))
    assert here.heard() == ""
    assert here.messenger.posted == []


async def test_a_long_list_asks_for_no_rules_prices_but_one(here: Room) -> None:
    for number in range(3, 8):
        await here.watch(f"AAA drawdown 3m < -{number}%")
    asked = here.market.asked
    await here.watch("list")
    assert here.market.asked == asked + 1
    assert here.told().count("Hand Market") == 1


async def test_a_list_does_without_the_source(here: Room) -> None:
    await here.watch(MET)
    here.market.down = True
    await here.watch("list")
    assert "1 rule in this channel" in here.told()


async def test_an_empty_list_says_how_to_fill_it(here: Room) -> None:
    await here.watch("list")
    assert "no rules yet" in here.told()


async def test_paused_rules_are_listed_and_deleted_ones_are_not(here: Room) -> None:
    await here.watch(MET)
    await here.watch(QUIET)
    await here.watch("pause R1")
    await here.press("watch.delete", "R2v1")
    await here.watch("list")
    told = here.told()
    assert "paused" in told
    assert "BBB" not in told


async def test_a_rule_is_shown_with_its_past_to_anybody_here(here: Room) -> None:
    await here.watch(MET)
    here.heard()
    await here.watch("show R1", user=BEN)
    told = here.told()
    assert "R1 AAA drawdown 3m below -5\u00a0% is met" in told
    assert "Who did what" in told
    assert "triggered once" in told
    assert here.heard() == ""


async def test_a_rule_is_shown_without_its_past_while_the_source_is_silent(here: Room) -> None:
    await here.watch(MET)
    here.market.down = True
    await here.watch("show R1")
    assert "R1 AAA drawdown 3m below -5\u00a0% is met" in here.told()


async def test_why_names_value_threshold_and_recovery(here: Room) -> None:
    await here.watch(MET)
    await here.watch("why R1")
    told = here.told()
    assert "-20.0" in told
    assert "-5.0" in told
    assert "-4.5" in told
    assert "Hand Market" in told


async def test_the_history_names_who_did_what(here: Room) -> None:
    await here.watch(MET)
    await here.watch("pause R1")
    await here.watch("history R1", user=BEN)
    told = here.told()
    assert "<@U1>" in told
    assert "paused" in told


async def test_looking_changes_nothing(here: Room) -> None:
    await here.watch(MET)
    before = here.rows()
    for text in ("list", "show R1", "why R1", "history R1", "delete R1"):
        await here.watch(text)
    assert here.rows() == before
