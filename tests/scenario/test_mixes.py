"""A team names a mix, keeps a rule and a pair of it, and changes it: what was made keeps its version."""

from __future__ import annotations

import pytest

from bot.playground.storage import ANN, BEN
from tests.scenario.offices import IN_BOTH, Office

pytestmark = [pytest.mark.slow, IN_BOTH]


async def said(team: Office, person: str, words: str) -> str:
    return (await team.type(person, words)).replace("\xa0", " ")


async def test_what_was_made_with_a_mix_keeps_its_version(team: Office) -> None:
    made = await said(team, ANN, "/portfolio core = 40% SPSM 30% ISCB 30% AVUV")
    assert "`core` is 40 % SPSM, 30 % ISCB and 30 % AVUV, rebalanced quarterly." in made
    compared = await said(team, BEN, "/compare core SPY 5y")
    assert "core vs SPY · 5 years to 16 Jan 2026" in compared
    assert "core (version 1): 40 % SPSM, 30 % ISCB and 30 % AVUV, rebalanced quarterly, begins" in compared
    assert "%SPSM" not in compared, "symbols of mixes are not for people"
    rule = await said(team, ANN, "/watch core sortino < 1 for 5 sessions then SPSM")
    assert "R1 core Sortino below 1.0 is set" in rule
    assert "Set by @ann: `core@1 sortino 1y < 1 for 5 sessions then SPSM`" in rule
    await said(team, ANN, "/follow core SPY")

    assert "only they and the workspace's admins" in await said(team, BEN, "/portfolio core = 100% SPY")
    changed = await said(team, ANN, "/portfolio core = 60% SPSM 40% ISCB monthly")
    assert "`core` is now 60 % SPSM and 40 % ISCB, rebalanced monthly (version 2)" in changed
    assert "core v2 vs core v1" in await said(team, BEN, "/compare core core@1")
    assert "core v2" not in await said(team, BEN, "/sectors core SPY")

    await team.travel.sessions(1)
    (post,) = team.posts("digest")
    words = team.words(post).replace("\xa0", " ")
    assert "R1 core Sortino below 1.0" in words
    assert "core and SPY" in words
    assert "core (version 1): 40 % SPSM" in words
    assert "not followed here any more" in await said(team, ANN, "/unfollow core SPY")

    assert "core@1" in await said(team, BEN, "/portfolio core")
    assert "is no name of a mix any more" in await said(team, ANN, "/portfolio delete core")
    assert "`core` is not understood" in await said(team, BEN, "/compare core SPY")
    assert "No mix of funds has a name here" in await said(team, BEN, "/portfolio")
    assert "core vs SPY" in await said(team, BEN, "/compare core@1 SPY")
