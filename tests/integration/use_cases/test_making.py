"""A rule is set: read back, kept once, decided at once; and one that is only tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from analytics.watch.states import Phase
from bot.errors import Unavailable
from bot.model import AuditAction, Digest, DigestMode, NoticeKind
from bot.ports import Task, User
from tests.integration.use_cases.room import ANN, BEN, HERE, MET, NOW, QUIET, TEAM, Room, later

pytestmark = pytest.mark.slow

FRIDAY = date(2026, 1, 16)
MORNING = datetime(2026, 1, 19, 8, 30, tzinfo=UTC)
"""Of Monday, where Ann is."""


async def test_a_rule_is_kept_decided_and_read_back(here: Room) -> None:
    await here.watch(QUIET + " then AAA")
    stored = await here.rule()
    assert (stored.watched.name, stored.watched.owner, stored.watched.channel) == ("R1", ANN, HERE)
    assert (stored.rule_state.state.phase, stored.rule_state.state.session) == (Phase.OK, FRIDAY)
    said = here.heard()
    assert "R1 BBB drawdown 3m below -5\u00a0% is set" in said
    assert "AAA" in said
    assert "16 Jan 2026" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert [picture.name for picture in here.renderer.drawn] == ["past"]
    assert here.told() == ""


@pytest.mark.parametrize(
    ("code", "now", "session", "through"),
    [
        ("XLON", "2026-04-06 22:00", "2026-04-02", "2026-04-02"),  # Easter Monday, told of by New York's run
        ("XLON", "2026-04-10 17:00", "2026-04-10", "2026-04-09"),  # New York's Friday is not over
        ("24/7", "2026-01-16 22:00", "2026-01-15", "2026-01-15"),  # nor the coin's
        ("24/7", "2026-01-18 09:00", "2026-01-17", "2026-01-16"),  # a Sunday morning
        ("XNYS", "2026-01-18 09:00", "2026-01-16", "2026-01-16"),
    ],
)
async def test_a_rule_begins_on_the_newest_session_of_its_own_exchange(
    here: Room, code: str, now: str, session: str, through: str
) -> None:
    """And the run of the workspace's next session takes it up, so that no post leaves it out."""
    here.market.code = code
    here.clock.set(datetime.fromisoformat(now).replace(tzinfo=UTC))
    await here.watch(QUIET)
    rule_state = (await here.rule()).rule_state
    assert (f"{rule_state.state.session}", f"{rule_state.through}") == (session, through)
    assert dict(rule_state.exchanges) == {"BBB": code}
    day = f"{rule_state.state.session:%-d %b %Y}"
    said = here.heard().replace("\N{NO-BREAK SPACE}", " ")
    assert f"On {day} it is quiet" in said
    assert f"as of {day}" in said


async def test_the_first_rule_of_a_channel_switches_its_daily_post_on(here: Room) -> None:
    await here.watch(QUIET)
    assert await here.repository.digest(HERE) == Digest(
        TEAM, HERE, ANN, time(8, 30), "Europe/London", DigestMode.QUIET
    )
    said = here.heard()
    assert "/digest off" in said
    await here.watch(MET, user=BEN)
    assert "switched on" not in here.heard()
    digest = await here.repository.digest(HERE)
    assert digest
    assert digest.owner == ANN


@pytest.mark.parametrize("zone", [None, "Mars/Olympus", "../etc/passwd", ""])
async def test_who_has_no_time_zone_hears_at_the_exchanges(here: Room, zone: str | None) -> None:
    here.users.known[BEN] = User(BEN, zone)
    await here.watch(QUIET, user=BEN)
    digest = await here.repository.digest(HERE)
    assert digest
    assert digest.zone == "America/New_York"


async def test_a_daily_post_that_was_switched_off_stays_off(here: Room) -> None:
    off = Digest(TEAM, HERE, BEN, time(7, 0), "America/New_York", on=False)
    await here.repository.save_digest(off)
    await here.watch(MET)
    assert await here.repository.digest(HERE) == off
    assert "nobody is told" in here.heard()
    assert await here.deliver() == []


async def test_a_rule_that_is_met_at_once_has_its_card_promised(here: Room) -> None:
    await here.watch(MET)
    stored, incident = await here.rule(), await here.incident()
    assert stored.rule_state.state.phase is Phase.FIRING
    assert incident
    assert incident.fired == FRIDAY
    assert here.jobs.tasks == [Task("deliver", f"{TEAM}/{HERE}")]
    assert [notice.new.kind for notice in await here.deliver()] == [NoticeKind.CARD]


async def test_a_breach_that_is_not_confirmed_yet_notices_nothing(here: Room) -> None:
    await here.watch("AAA drawdown 3m < -5% for 5 sessions")
    assert (await here.rule()).rule_state.state.phase is Phase.PENDING
    assert await here.deliver(MORNING) == []


@pytest.mark.parametrize(
    "text",
    [
        "NOPE drawdown < -5%",
        "AAA drawdown < -5% then NOPE",
        "AAA beta < 0.5 vs NOPE",
        "AAA - NOPE sharpe < 0",
        "NOPE expense ratio changes",
    ],
)
async def test_a_fund_that_does_not_exist_is_named_and_nothing_is_kept(here: Room, text: str) -> None:
    before = here.rows()
    await here.watch(text)
    assert "NOPE: Hand Market has no such symbol" in here.told()
    assert here.heard() == ""
    assert here.rows() == before


async def test_a_window_that_is_not_full_is_kept_and_says_why_it_has_no_value(here: Room) -> None:
    await here.watch("CCC sharpe 1y < 1")
    assert (await here.rule()).rule_state.state.phase is Phase.NO_DATA
    said = here.heard()
    assert "R1 CCC Sharpe below 1.0 is set" in said
    assert "prices of CCC begin" in said


async def test_a_change_is_held_against_todays_value(here: Room) -> None:
    await here.watch("AAA expense ratio changes")
    stored = await here.rule()
    assert stored.watched.rule.conditions[0].threshold == 0.0003
    assert stored.rule_state.state.phase is Phase.OK
    assert "0.03" in here.heard()


async def test_a_fact_that_nobody_knows_cannot_change(here: Room) -> None:
    here.market.expense = None
    before = here.rows()
    await here.watch("AAA expense ratio changes")
    assert "the expense ratio of AAA is not known" in here.told()
    assert here.rows() == before


async def test_asked_again_after_a_lost_worker_nothing_is_doubled(here: Room) -> None:
    request = await here.watch(MET)
    before, said = here.rows(), here.heard()
    await here.again("/watch", later(request))
    assert here.rows() == before
    assert here.heard() == said


async def test_a_worker_lost_before_the_decision_leaves_it_to_the_next(
    here: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(outcomes: object) -> None:
        raise Unavailable("The database", "gone")

    with monkeypatch.context() as patched:
        patched.setattr(here.store, "commit", lost)
        request = here.question(MET)
        with pytest.raises(Unavailable):
            await here.again("/watch", request)
    assert (await here.rule()).rule_state.state.session is None
    await here.again("/watch", later(request))
    assert (await here.rule()).rule_state.state.phase is Phase.FIRING
    assert len(await here.repository.rules(HERE)) == 1
    assert [notice.new.kind for notice in await here.deliver()] == [NoticeKind.CARD]


async def test_a_rule_that_the_daily_run_has_decided_first_is_shown_as_it_stands(
    here: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = here.store.commit

    async def beaten(outcomes):  # type: ignore[no-untyped-def]
        await commit(outcomes)
        assert await commit(outcomes) == []
        return []

    monkeypatch.setattr(here.store, "commit", beaten)
    await here.watch(MET)
    assert "is met" in here.heard()
    assert len(await here.deliver()) == 1


async def test_prices_that_may_still_come_are_left_to_the_daily_run(here: Room) -> None:
    here.market.late = {"AAA"}
    await here.watch(MET)
    assert (await here.rule()).rule_state.state.session is None
    assert await here.incident() is None
    assert "no price of AAA" in here.heard()
    assert [stored.watched.name for stored in await here.store.rules_behind([TEAM], FRIDAY)] == ["R1"]


async def test_a_silent_source_keeps_nothing(here: Room) -> None:
    here.market.down = True
    before = here.rows()
    with pytest.raises(Unavailable):
        await here.watch(MET)
    assert here.rows() == before


async def test_an_answer_is_not_lost_to_a_chart(here: Room) -> None:
    here.renderer.down = True
    await here.watch(MET)
    assert "R1 AAA drawdown 3m below -5\u00a0% is set" in here.heard()


async def test_what_is_only_tried_changes_nothing(here: Room) -> None:
    before = here.rows()
    request = await here.watch(f"test {MET} then BBB")
    said = here.heard()
    assert "nothing was saved" in said
    assert "R0" not in said
    assert here.rows() == before
    assert here.jobs.tasks == []
    assert [picture.name for picture in here.renderer.drawn] == ["past"]
    assert "R0" not in here.renderer.drawn[0].title
    await here.again("/watch", later(request))
    assert here.heard() == said


async def test_numbers_go_on_and_belong_to_the_workspace(here: Room) -> None:
    await here.watch(MET)
    await here.watch(QUIET)
    assert [stored.watched.name for stored in await here.repository.rules(HERE)] == ["R1", "R2"]
    other = here.store.of("T2")
    assert await other.rule(1) is None
    entry = (await here.repository.history(2)).deeds[0]
    assert (entry.user, entry.act, entry.at) == (ANN, AuditAction.MADE, NOW)


async def test_what_people_type_reaches_no_message_unescaped(here: Room) -> None:
    request = replace(here.question(MET), user="U1><!channel>")
    await here.again("/watch", request)
    assert "<!channel>" not in here.heard()
