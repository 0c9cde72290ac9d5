"""Two rules and a followed pair over a month of mornings: what comes when, once, and with what in it."""

from __future__ import annotations

from datetime import date, time

import pytest

from bot.playground.storage import ANN, BEN, PORTFOLIO, RESEARCH
from tests.scenario.offices import IN_BOTH, Office, key_of, labels, local

pytestmark = [pytest.mark.slow, IN_BOTH]

RULES = ("/watch ISCB sortino < 1.0 for 5 sessions then SPSM", "/watch IWM drawdown < -15%")


async def test_the_mornings_of_a_month(team: Office) -> None:
    for rule in RULES:
        await team.type(ANN, rule)
    made = await team.type(ANN, "/follow ISCB SPSM vs IWM")
    assert "gap *+0.1 pp*" in made.replace("\xa0", " ")
    assert "after every session, next on Wed 21 Jan 2026" in made.replace("\xa0", " ")
    await team.travel.sessions(10)
    posts = team.posts("digest")
    assert [str(local(each).date()) for each in posts[:5]] == [
        "2026-01-21",
        "2026-01-22",
        "2026-01-23",
        "2026-01-26",  # Friday's on Monday
        "2026-01-27",
    ]
    assert len({key_of(each) for each in posts}) == len(posts) == 10
    words = {key_of(each).split("/")[2]: team.words(each) for each in posts}
    assert all("ISCB and SPSM" in said and "R1" in said and "R2" in said for said in words.values())
    assert all("[picture: Sample data." in said for said in words.values())
    # A week ends on Friday, the month with January's last session.
    assert [day for day, said in words.items() if "· week " in said] == ["2026-01-23", "2026-01-30"]
    (month,) = (each for each in posts if "January 2026 is over" in team.words(each))
    assert key_of(month).split("/")[2] == "2026-01-30"
    assert "ISCB - SPSM        -1.8 pp       -1.8 pp" in team.words(month)
    (file,) = team.replies(month)
    assert [team.slack.workspace.files[each].name for each in file.files] == ["watchpoint-2026-01.csv"]
    assert labels(posts[0]) == ["Compare ISCB and SPSM", "All rules", "Settings…", "Turn off"]


async def test_a_pair_alone_is_told_and_told_no_more(team: Office) -> None:
    said = await team.type(ANN, "/follow ISCB SPSM", RESEARCH)
    assert "A daily post was switched on for this channel" in said
    assert "followed here already" in await team.type(BEN, "/follow SPSM ISCB", RESEARCH)
    assert "No pair is followed here" in await team.type(BEN, "/follow list", PORTFOLIO)
    await team.travel.sessions(2)
    assert len(team.posts("digest", RESEARCH)) == 2
    assert "R1" not in team.words(team.posts("digest", RESEARCH)[0])
    await team.type(ANN, "/watch daily quiet on", RESEARCH)
    await team.travel.sessions(1)
    assert len(team.posts("digest", RESEARCH)) == 2, "only on news, and a pair alone has none"
    assert "Mondays and days with news" in await team.type(ANN, "/watch daily quiet monday", RESEARCH)
    await team.until(date(2026, 1, 27), time(8, 32))
    assert [str(local(each).date()) for each in team.posts("digest", RESEARCH)][2:] == ["2026-01-26"]
    assert "not followed here any more" in await team.type(ANN, "/unfollow SPSM ISCB", RESEARCH)
    await team.type(ANN, "/watch daily quiet off", RESEARCH)
    await team.travel.sessions(1)
    assert len(team.posts("digest", RESEARCH)) == 3
