"""Two sources after each session: what they disagree about holds a rule back once, and is said."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics import Condition, Op, Policy, Quantity, Rule
from analytics.watch.crosscheck import Disagreement
from analytics.watch.states import Phase
from bot.errors import Unavailable
from bot.model import DigestContent, DigestMode, RuleReport
from bot.render.chart_specs import WatchChart
from bot.use_cases.daily_run import RunReport
from tests.integration.use_cases.office import LEVELS, Office, office

AT_ONCE = Policy(1, 2)
FALLS = Rule((Condition(Quantity("total_return", "AAA"), Op.BELOW, -0.10, -0.05),))
"""The total return over a year is below -10 %."""


def both(here: Office, letters: str, *, first: int = 0) -> list[date]:
    """The same closes at both sources."""
    days = here.write(letters, first=first)
    for day, letter in zip(days, letters.split(), strict=True):
        here.second.levels["AAA", day] = LEVELS[letter]
    return days


async def live(here: Office, day: date) -> RunReport:
    report = await here.evening(day)
    await here.morning(day)
    return report


def texts(here: Office) -> list[str]:
    """All that was posted, with plain spaces."""
    return [each.message.text.replace("\u00a0", " ") for each in here.publisher.published]


async def phase(here: Office) -> Phase:
    return (await here.kept()).rule_state.state.phase


async def test_a_disagreement_holds_a_firing_back_one_session_and_says_why(tmp_path: Path) -> None:
    async with office(tmp_path, compared=True) as here:
        await here.digest(DigestMode.ALWAYS)
        await here.rule(FALLS, AT_ONCE)
        one, two, three = both(here, "o b b")
        here.second.levels["AAA", two] = 80.5  # 0.6 % above what the first source says
        await live(here, one)
        await live(here, two)
        state = (await here.kept()).rule_state.state
        assert (state.phase, state.kept) == (Phase.DOUBT, Phase.OK)  # kept, and in the store
        told = texts(here)
        assert any(
            "two sources disagree about AAA on 5 Jan 2026 (Level Market -20.00 %, Second -19.50 %" in text
            for text in told
        ), told
        assert here.metrics.compared[-1].words == (
            "Level Market and Second agree about 0 of 1 symbols on 2026-01-05; AAA: Level Market -20.00 %, "
            "Second -19.50 %: one of them tells of a session that was not over"
        )
        await live(here, three)
        assert await phase(here) is Phase.FIRING
        assert await here.flips() == ["01-05 ok>in doubt", "01-06 in doubt>firing"]
        chart = next(drawn for drawn in here.renderer.drawn if isinstance(drawn, WatchChart))
        assert [mark.session for mark in chart.marks] == [two], "the card's † stands on its picture, too"
        assert "† price looks wrong: AAA on 5 Jan 2026" in chart.subtitle.replace("\u00a0", " ")


async def test_what_agrees_the_day_after_is_decided_as_it_should_have_been(tmp_path: Path) -> None:
    async with office(tmp_path, compared=True) as here:
        await here.digest()
        await here.rule(FALLS, Policy(2, 2))
        one, two, three = both(here, "o b b")
        here.second.levels["AAA", two] = 80.5
        await live(here, one)
        await live(here, two)
        assert await phase(here) is Phase.DOUBT
        here.second.levels["AAA", two] = 80.0  # it has corrected itself
        await live(here, three)
        assert await phase(here) is Phase.FIRING  # two sessions in breach, as if nothing had been


async def test_a_recovery_is_held_back_as_well(tmp_path: Path) -> None:
    async with office(tmp_path, compared=True) as here:
        await here.digest()
        await here.rule(FALLS, Policy(1, 1))
        days = both(here, "o b b r r")
        here.second.levels["AAA", days[3]] = 80.0
        for day in days[:4]:
            await live(here, day)
        state = (await here.kept()).rule_state.state
        assert (state.phase, state.open) == (Phase.DOUBT, True)
        await live(here, days[4])
        assert await phase(here) is Phase.OK


async def test_sources_that_agree_change_nothing(tmp_path: Path) -> None:
    async with office(tmp_path, compared=True) as here:
        await here.digest()
        await here.rule(FALLS, AT_ONCE)
        for day in both(here, "o b"):
            await live(here, day)
        assert await phase(here) is Phase.FIRING
        found = here.metrics.compared[-1]
        assert (found.compared, found.disparities, found.agreeing) == (("AAA",), (), 1)
        assert not any("disagree" in text for text in texts(here))


async def test_a_second_source_that_is_late_is_waited_for_a_while(tmp_path: Path) -> None:
    async with office(tmp_path, compared=True) as here:
        await here.digest()
        await here.rule(FALLS, AT_ONCE)
        one, two = both(here, "o b")
        await live(here, one)
        here.second.levels["AAA", two] = LEVELS["-"]
        report = await here.evening(two)
        assert list(report.waiting.values()) == [
            "Second has no price of AAA on 2026-01-05 yet to compare with"
        ]
        here.second.levels["AAA", two] = LEVELS["b"]
        assert (await here.evening(two, timedelta(hours=1))).decided
        assert await phase(here) is Phase.FIRING


async def test_it_is_not_waited_for_for_long_and_its_lack_is_known(tmp_path: Path) -> None:
    async with office(tmp_path, compared=True) as here:
        await here.digest()
        await here.rule(FALLS, AT_ONCE)
        one, two = both(here, "o b")
        await live(here, one)
        here.second.levels["AAA", two] = LEVELS["-"]
        assert (await here.evening(two, timedelta(hours=2, minutes=1))).decided
        assert await phase(here) is Phase.FIRING
        found = here.metrics.compared[-1]
        assert [(each.kind, each.by) for each in found.fresh] == [(Disagreement.MISSING, "Second")]
        assert found.compared == ()


@pytest.mark.parametrize("fault", [Unavailable("Second", "HTTP 500"), None])
async def test_a_second_source_that_is_silent_stops_nothing(
    tmp_path: Path, fault: Unavailable | None
) -> None:
    async with office(tmp_path, compared=True) as here:
        await here.digest()
        await here.rule(FALLS, AT_ONCE)
        here.second.down = fault
        here.second.unknown = {"AAA"}
        for day in both(here, "o b"):
            await live(here, day)
        assert await phase(here) is Phase.FIRING
        cause = "HTTP 500" if fault else "has no such symbol"
        assert cause in here.metrics.compared[-1].words


async def test_what_the_first_lacks_and_the_second_has_is_said_of_the_wait(tmp_path: Path) -> None:
    async with office(tmp_path, compared=True) as here:
        await here.digest()
        await here.rule(FALLS, AT_ONCE)
        one, two = both(here, "o b")
        await live(here, one)
        here.market.levels["AAA", two] = LEVELS["-"]
        report = await here.evening(two)
        assert list(report.waiting.values()) == ["no price of AAA on 2026-01-05 yet; Second has one"]


async def test_a_doubt_of_two_sources_outlives_a_restart_in_the_notice(tmp_path: Path) -> None:
    """The card and the post are written from what is kept, hours later and perhaps by another process."""
    async with office(tmp_path, compared=True) as here:
        await here.digest(DigestMode.ALWAYS)
        await here.rule(FALLS, AT_ONCE)
        one, two = both(here, "o b")
        here.second.levels["AAA", two] = 80.5
        await live(here, one)
        await here.evening(two)
        told = [notice.content for notice in await here.waiting()]
        reports = [each for each in told if isinstance(each, RuleReport)]
        posts = [each for each in told if isinstance(each, DigestContent)]
        assert posts
        (report,) = reports or posts[0].stories
        assert report.reading is not None
        assert report.reading.reason is not None
        assert "Second -19.50 %" in report.reading.reason
