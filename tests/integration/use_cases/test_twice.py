"""The same rule twice in a channel: the first is offered, and nothing is kept before the asker chooses."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest

from bot.model import RuleStatus, SectionQuery
from bot.render import ids
from tests.integration.use_cases.room import ADA, BEN, ELSEWHERE, MET, QUIET, Room, later

pytestmark = pytest.mark.slow

ALIKE = (
    QUIET,
    "bbb DRAWDOWN 3m &lt; -5% for 1 session",
    "BBB drawdown 3m < -5% for 1 recover -4.5%",
    "BBB drawdown 3m < -5% for 1 session recover for 1 session",
)
NEARLY = {
    "BBB drawdown 3m < -5% for 5 sessions": "it triggers after 1 session, this one after 5 sessions",
    f"{QUIET} recover -1%": "it clears at or above -4.5 %, this one at or above -1.0 %",
    f"{QUIET} recover for 3 sessions": "it clears after 1 session, this one after 3 sessions",
    f"{QUIET} then AAA": "it shows no fund beside it, this one AAA",
}
OTHER = ("BBB drawdown 3m < -6% for 1", "BBB drawdown 6m < -5% for 1", "AAA drawdown 3m < -5% for 1")


def plain(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ")


def offered(here: Room) -> dict[str, str]:
    """What the buttons under the last private answer ask."""
    rows = [each for each in here.messenger.told[-1].message.blocks if each["type"] == "actions"]
    return {
        each["text"]["text"]: SectionQuery.read(each["value"]).text
        for row in rows
        for each in row["elements"]
    }


async def press(here: Room, label: str, **more: str) -> None:
    """Press a button of the last private answer: it asks what one could have typed."""
    await here.watch(offered(here)[label].removeprefix("watch "), **more)


@pytest.fixture
async def set_(here: Room) -> Room:
    """R1 is set by Ann."""
    await here.watch(QUIET)
    here.heard()
    return here


@pytest.mark.parametrize("text", ALIKE)
async def test_the_one_that_is_there_is_offered_and_nothing_is_kept(set_: Room, text: str) -> None:
    before = set_.rows()
    await set_.watch(text, user=BEN)
    assert set_.rows() == before
    assert set_.heard() == ""
    assert list(offered(set_)) == ["Show R1", "Set it all the same"]
    told = plain(set_.told())
    assert (
        "R1 BBB drawdown 3m below -5 % already watches this here*, set by <@U1> on 16 Jan 2026, quiet" in told
    )
    assert "Nothing was saved." in told


async def test_it_is_set_all_the_same_where_the_asker_says_so(set_: Room) -> None:
    await set_.watch(QUIET, user=BEN)
    await press(set_, "Set it all the same", user=BEN)
    assert "R2 BBB drawdown 3m below -5\u00a0% is set" in set_.heard()
    assert (await set_.rule(2)).watched.owner == BEN


@pytest.mark.parametrize("text", NEARLY)
async def test_one_of_another_patience_or_target_says_how_it_differs(set_: Room, text: str) -> None:
    await set_.watch(text)
    assert list(offered(set_)) == ["Show R1", "Change R1", "Set it all the same"]
    told = plain(set_.told())
    assert f"It differs: {NEARLY[text]}." in told
    await set_.watch(text, user=BEN)
    assert list(offered(set_)) == ["Show R1", "Set it all the same"], "Ben may not change it"
    await set_.watch(text, user=ADA)
    await press(set_, "Change R1", user=ADA)
    assert "R1 BBB drawdown 3m below -5\u00a0% is now version 2" in set_.heard()


async def test_an_equal_one_goes_before_one_that_is_nearly_so(set_: Room) -> None:
    await set_.watch(f"anyway {QUIET} then AAA")
    await set_.watch(f"{QUIET} then AAA")
    assert "R2 BBB drawdown 3m below -5\u00a0% already watches this here" in set_.told()


@pytest.mark.parametrize("text", OTHER)
async def test_another_rule_is_kept(set_: Room, text: str) -> None:
    await set_.watch(text)
    assert re.search(r"R2 (AAA|BBB) drawdown [36]m below -[56]\W% is set", set_.heard())


async def test_another_channel_may_watch_the_same_and_so_may_this_one_after_it_is_deleted(set_: Room) -> None:
    await set_.watch(QUIET, channel=ELSEWHERE)
    assert "R2 BBB drawdown 3m below -5\u00a0% is set" in set_.heard()
    await set_.press(ids.DELETE, "R1v1")
    set_.heard()
    await set_.watch(QUIET)
    assert "R3 BBB drawdown 3m below -5\u00a0% is set" in set_.heard()


async def test_a_paused_one_is_offered_to_be_resumed(set_: Room) -> None:
    await set_.watch("pause R1")
    set_.heard()
    await set_.watch(QUIET, user=BEN)
    assert list(offered(set_)) == ["Show R1", "Set it all the same"]
    await set_.watch(QUIET)
    assert "paused. Nothing was saved." in set_.told()
    await set_.watch(QUIET)
    await press(set_, "Resume R1")
    assert "R1 BBB drawdown 3m below -5\u00a0% is resumed" in set_.heard()
    assert (await set_.rule()).watched.status is RuleStatus.ACTIVE


async def test_a_question_that_is_asked_again_does_not_see_its_own_rule(here: Room) -> None:
    request = await here.watch(QUIET)
    here.heard()
    await here.again("/watch", later(request))
    assert "R1 BBB drawdown 3m below -5\u00a0% is set" in here.heard()
    assert here.told() == ""
    assert len(await here.repository.rules()) == 1


async def test_nor_one_that_was_asked_in_the_same_moment(here: Room) -> None:
    """The same person, twice within the clock's step: these are two questions."""
    await here.watch(QUIET)
    await here.watch(QUIET)
    assert "R1 BBB drawdown 3m below -5\u00a0% already watches this here" in here.told()


async def test_two_who_set_the_same_at_once_lose_neither(here: Room) -> None:
    first, second = here.question(QUIET), here.question(QUIET, user=BEN)
    await asyncio.gather(here.again("/watch", first), here.again("/watch", second))
    said, stored_rules = here.heard() + here.told(), await here.repository.rules()
    assert 1 <= len(stored_rules) <= 2
    assert (
        said.count(" is set:") // 2 + said.count("[R1 BBB drawdown 3m below -5\u00a0% already watches") == 2
    )


async def test_an_edit_that_makes_two_the_same_is_held_back_too(set_: Room) -> None:
    await set_.watch(MET)
    set_.heard()
    before = set_.rows()
    await set_.watch(f"edit R2 {QUIET}")
    assert list(offered(set_)) == ["Show R1", "Change R2 all the same"]
    await set_.send(ids.EDIT_FORM, "R2v1", {ids.RULE_TEXT: QUIET})
    assert "R1 BBB drawdown 3m below -5\u00a0% already watches this here" in set_.told()
    assert (set_.rows(), set_.heard()) == (before, "")
    request = await set_.watch(f"edit R2 anyway {QUIET}")
    assert "R2 BBB drawdown 3m below -5\u00a0% is now version 2" in set_.heard()
    await set_.again("/watch", replace(later(request), text=f"edit R2 {QUIET}"))
    assert "R2 BBB drawdown 3m below -5\u00a0% is now version 2" in set_.heard(), (
        "what this question has made does not hold it back"
    )


async def test_an_edit_of_the_patience_alone_is_no_second_rule(set_: Room) -> None:
    await set_.watch(f"anyway {QUIET} then AAA")
    set_.heard()
    await set_.watch("edit R2 BBB drawdown 3m < -5% for 3 then AAA")
    assert "R2 BBB drawdown 3m below -5\u00a0% is now version 2" in set_.heard()


async def test_a_test_of_a_rule_that_is_there_is_no_second_one(set_: Room) -> None:
    await set_.watch(f"test {QUIET}")
    assert "Tested, nothing was saved" in set_.heard()
