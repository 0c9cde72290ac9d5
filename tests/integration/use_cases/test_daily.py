"""The daily run on the real store: read once, kept whole, safe to repeat."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from analytics import Condition, Op, Policy, Quantity, Rule
from bot.errors import Unavailable, UserError
from bot.model import AuditAction, AuditEntry, ChannelKey, DigestContent, DigestMode, NoticeKind, RuleStatus
from bot.ports import RuleDraft
from bot.render.rules.channel import preview_notices
from bot.use_cases import daily_run
from tests.integration.use_cases.office import CALENDAR, HERE, SESSIONS, TEAM, below, office

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.use_cases.office import Office


CHANNEL_KEY = ChannelKey(TEAM, HERE)
FIRST = SESSIONS[0]
EXPENSE = Rule((Condition(Quantity("expense_ratio", "SPSM"), Op.CHANGES, 0.0003),))


def deed(here: Office, act: AuditAction) -> AuditEntry:
    return AuditEntry("U1", act, here.clock.now())


@pytest.mark.slow
async def test_symbols_are_asked_for_once_and_rules_read_once_whoever_watches_them(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        for team in ("T1", "T2", "T3"):
            for channel in ("C1", "C2"):
                await here.rule(team=team, channel=channel)
                await here.rule(below("BBB", then="AAA"), team=team, channel=channel)
        report = await here.evening(FIRST)
        assert here.market.calls == [("AAA", "BBB")]
        assert (report.rules, report.symbols, len(report.decided)) == (2, 2, 6)
        assert report.complete


@pytest.mark.slow
async def test_teams_are_kept_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily_run, "TEAMS", 2)
    async with office(tmp_path) as here:
        for number in range(5):
            await here.rule(team=f"T{number}")
        report = await here.evening(FIRST)
        assert [channel_key.team for channel_key in report.decided] == ["T0", "T1", "T2", "T3", "T4"]
        assert len(here.market.calls) == 1


async def test_the_same_session_twice_changes_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule(policy=Policy(1))
        await here.digest()
        here.write("b")
        assert (await here.evening(FIRST)).decided == [CHANNEL_KEY]
        before = await here.kept()
        assert (await here.evening(FIRST)).decided == []
        assert await here.kept() == before
        assert [new.kind for new in await here.waiting()] == [
            NoticeKind.CARD,
            NoticeKind.DIGEST,
        ]
        assert len(here.market.calls) == 1


@pytest.mark.slow
async def test_two_runs_at_once_keep_one(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule(policy=Policy(1))
        await here.digest()
        here.write("b")
        here.clock.set(CALENDAR.settles(FIRST))
        now = here.clock.now()
        reports = await asyncio.gather(*(here.daily.run(FIRST, now) for _ in range(3)))
        assert sorted((len(each.decided), len(each.lost)) for each in reports) == [(0, 1), (0, 1), (1, 0)]
        assert [new.kind for new in await here.waiting()] == [
            NoticeKind.CARD,
            NoticeKind.DIGEST,
        ]
        assert await here.flips() == ["01-02 ok>firing"]


@pytest.mark.slow
async def test_a_person_who_acts_meanwhile_wins_and_the_next_run_decides(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        stored = await here.rule(policy=Policy(1))
        repository = here.store.of(TEAM)
        outer = here.store.rules_behind

        async def slow(*given):  # type: ignore[no-untyped-def]
            found = await outer(*given)
            await repository.alter(stored, stored.rule_state.state, deed(here, AuditAction.ACKNOWLEDGED), ())
            return found

        here.store.rules_behind = slow  # type: ignore[method-assign]
        report = await here.evening(FIRST)
        assert (report.lost, report.complete, here.metrics.runs) == ([CHANNEL_KEY], False, [])
        here.store.rules_behind = outer  # type: ignore[method-assign]
        assert (await here.evening(FIRST)).decided == [CHANNEL_KEY]


@pytest.mark.slow
@pytest.mark.parametrize("change", ["pause", "delete", "edit"])
async def test_what_was_paused_edited_or_deleted_meanwhile_is_not_decided(
    tmp_path: Path, change: str
) -> None:
    async with office(tmp_path) as here:
        stored = await here.rule(policy=Policy(1))
        await here.digest()
        here.write("b")
        repository, outer = here.store.of(TEAM), here.store.rules_behind

        async def slow(*given):  # type: ignore[no-untyped-def]
            found = await outer(*given)
            now = here.clock.now()
            if change == "edit":
                draft = RuleDraft(HERE, "U1", "…", below("BBB"), Policy(1), now, "q9")
                await repository.revise(1, draft)
            else:
                status = RuleStatus.PAUSED if change == "pause" else RuleStatus.DELETED
                await repository.mark(1, status, deed(here, AuditAction.PAUSED))
            return found

        here.store.rules_behind = slow  # type: ignore[method-assign]
        assert (await here.evening(FIRST)).lost == [CHANNEL_KEY]
        here.store.rules_behind = outer  # type: ignore[method-assign]
        first = await repository.rule(1, 1)
        assert first
        assert first.rule_state.state == stored.rule_state.state
        assert await here.waiting() == []
        decided = (await here.evening(FIRST)).decided
        assert decided == ([CHANNEL_KEY] if change == "edit" else [])


@pytest.mark.slow
async def test_late_prices_are_waited_for_and_then_decided(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule()
        await here.rule(below("BBB"))
        await here.rule(below("BBB"), channel="C2")
        here.write("-")
        report = await here.evening(FIRST)
        assert report.waiting == {CHANNEL_KEY: "no price of AAA on 2026-01-02 yet"}
        assert (report.decided, report.complete) == ([ChannelKey(TEAM, "C2")], False)
        assert here.metrics.runs == []
        assert (await here.kept(2)).rule_state.state.session is None  # a channel is decided whole
        here.write("b")
        report = await here.evening(FIRST, timedelta(hours=1))
        assert (report.decided, report.waiting) == ([CHANNEL_KEY], {})
        assert [session for session, _ in here.metrics.runs] == [FIRST]
        assert await here.flips() == ["01-02 ok>pending"]


@pytest.mark.slow
async def test_at_the_deadline_missing_data_are_said_once_and_corrected_when_they_come(
    tmp_path: Path,
) -> None:
    async with office(tmp_path) as here:
        await here.rule(policy=Policy(2, 2))
        await here.digest()
        days = here.write("b - - b")
        await here.evening(days[0])
        for day in days[1:3]:
            assert (await here.evening(day, timedelta(hours=5, minutes=59))).waiting
            assert (await here.evening(day, timedelta(hours=6))).decided == [CHANNEL_KEY]
        assert await here.flips() == ["01-02 ok>pending", "01-05 pending>no data"]
        here.write("b b b b")
        await here.evening(days[3])
        assert (await here.flips())[2:] == ["01-05 pending>firing", "01-06 no data>firing"]
        kinds = [(new.session.day, new.kind.value) for new in await here.waiting()]
        assert kinds == [(7, "card"), (7, "digest")]


@pytest.mark.slow
async def test_a_silent_source_makes_everyone_wait_and_harms_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule()
        await here.digest()
        here.market.down = Unavailable("Level Market", "no connection")
        report = await here.evening(FIRST)
        assert "no connection" in report.waiting[CHANNEL_KEY]
        assert (await here.kept()).rule_state.revision == 0
        here.market.down = None
        assert (await here.evening(FIRST)).decided == [CHANNEL_KEY]


@pytest.mark.slow
async def test_a_symbol_that_does_not_exist_is_an_error_of_its_rule_said_once(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule(below("XXX"))
        await here.rule()
        await here.digest()
        here.market.unknown = {"XXX"}
        for day in SESSIONS[:2]:
            assert (await here.evening(day)).decided == [CHANNEL_KEY]
        assert await here.flips() == ["01-02 ok>error"]
        (queued,) = await here.waiting()
        assert isinstance(queued.content, DigestContent)
        first = queued.content.stories[0]
        assert first.reading
        cause = "Level Market has no such symbol, or it was delisted"
        assert first.reading.reason == f"no prices of XXX at all; {cause}"


@pytest.mark.slow
async def test_a_bot_that_was_down_for_a_week_catches_up_in_one_post(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule()
        await here.digest()
        days = here.write("o o b b b m b")
        await here.evening(days[0])
        await here.morning(days[0])
        await here.evening(days[6])
        await here.morning(days[6])
        assert here.posts() == ["01-12 CARD R1v1", "01-12 DIGEST"]
        assert await here.flips() == ["01-06 ok>pending", "01-07 pending>firing"]
        digest = here.publisher.published[1].message
        assert "5 earlier sessions were not posted" in digest.text


@pytest.mark.slow
async def test_unsent_digests_are_told_in_the_newest(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule()
        await here.digest()
        days = here.write("b b b o o")
        for day in days:
            await here.evening(day)
        await here.morning(days[4])
        assert here.posts() == [
            "01-05 CARD R1v1 x3",
            "01-08 REPLY R1v1 in thread",
            "01-08 DIGEST",
        ]


@pytest.mark.slow
async def test_facts_change_and_are_told(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule(EXPENSE, Policy(1))
        await here.digest()
        await here.evening(SESSIONS[0])
        here.market.expense = 0.0005
        await here.evening(SESSIONS[4])  # what it was in between nobody knows, and nobody is told
        assert await here.flips() == ["01-08 ok>firing"]
        assert here.market.calls == [("profile SPSM",)] * 2


@pytest.mark.slow
async def test_channels_hear_at_their_own_hours(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        for channel, zone in (("C1", "America/New_York"), ("C2", "Asia/Tokyo"), ("C3", "Europe/London")):
            await here.rule(policy=Policy(1), channel=channel)
            await here.digest(channel=channel, zone=zone)
        await here.rule(policy=Policy(1), channel="C4")
        await here.digest(channel="C4", at=time(16, 0), same_day=True)
        here.write("b")
        await here.evening(FIRST)
        channels = ("C1", "C2", "C3", "C4")
        due = {channel: {new.not_before for new in await here.waiting(channel)} for channel in channels}
        assert due == {
            "C1": {datetime(2026, 1, 5, 13, 30, tzinfo=UTC)},
            "C2": {datetime(2026, 1, 4, 23, 30, tzinfo=UTC)},
            "C3": {datetime(2026, 1, 5, 8, 30, tzinfo=UTC)},
            "C4": {datetime(2026, 1, 2, 21, 15, tzinfo=UTC)},  # it waits for the session of its own day
        }


async def test_a_dry_run_keeps_nothing_and_says_what_it_would(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule(policy=Policy(1))
        await here.digest()
        here.write("b")
        here.clock.set(CALENDAR.settles(FIRST))
        report = await here.daily.run(FIRST, here.clock.now(), dry=True)
        (outcome,) = report.outcomes
        assert [new.kind for new in outcome.notices] == [
            NoticeKind.CARD,
            NoticeKind.DIGEST,
        ]
        met = "R1 AAA price change below -10 % is met"
        told = f"{met}: AAA's price change over 1 year is -20.0 %, below -10.0 % for 1 session."
        assert [line.replace("\xa0", " ") for line in preview_notices(report.outcomes)] == [
            "2026-01-05 13:30 UTC T1/C1 card R1v1",
            f"    {told}",
            "2026-01-05 13:30 UTC T1/C1 digest",
            "    Fri 2 Jan 2026: 1 triggered.",
            "    • R1 AAA price change below -10 %: -20.0 %, 10.0 pp below -10.0 %, triggered on 2 Jan 2026; "
            "0.0 % on 26 Dec 2025",
        ]
        assert (report.decided, here.metrics.runs, here.metrics.newest) == ([], [], None)
        assert (await here.kept()).rule_state.revision == 0
        assert await here.waiting() == []


@pytest.mark.slow
async def test_one_channel_that_harms_the_code_harms_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path) as here:
        await here.rule(channel="C1")
        await here.rule(channel="C2")
        await here.store.of(TEAM).save_digest(replace(await here.digest(channel="C1"), zone="Mars/Olympus"))
        report = await here.evening(FIRST)
        assert list(report.failed) == [ChannelKey(TEAM, "C1")]
        assert report.decided == [ChannelKey(TEAM, "C2")]
        assert "could not be decided" in caplog.text


@pytest.mark.parametrize(
    ("session", "words"),
    [
        (date(2026, 1, 5), "not complete; the newest session that is, is 2026-01-02"),
        (date(2026, 1, 1), "is no trading session"),
    ],
)
async def test_a_session_that_cannot_be_decided(tmp_path: Path, session: date, words: str) -> None:
    async with office(tmp_path) as here:
        with pytest.raises(UserError, match=words):
            await here.daily.run(session, datetime(2026, 1, 5, 21, 14, tzinfo=UTC))


@pytest.mark.slow
async def test_a_run_counts_once_where_nothing_is_watched(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        for _ in range(3):
            await here.evening(FIRST)
        assert [session for session, _ in here.metrics.runs] == [FIRST]
        await here.evening(SESSIONS[1])
        assert len(here.metrics.runs) == 2


@pytest.mark.slow
async def test_a_digest_that_is_always_posted_tells_of_quiet_days_in_one_line(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule()
        await here.digest(DigestMode.ALWAYS)
        await here.live("o o")
        assert here.posts() == ["01-02 DIGEST", "01-05 DIGEST"]


async def test_by_a_clock_that_may_have_leapt_nothing_is_decided_without_prices(tmp_path: Path) -> None:
    """Far beyond the deadline, and so far that every symbol looks as if it had ended."""
    async with office(tmp_path) as here:
        await here.rule(policy=Policy(1))
        await here.rule(EXPENSE, channel="C2")
        await here.digest()
        here.write("o b" + " -" * 20)
        await here.evening(FIRST)
        before, here.clock.believed = await here.kept(), False
        for days in (2, 7, 20):
            leapt = await here.evening(SESSIONS[days], timedelta(hours=8))
            assert set(leapt.waiting) == {CHANNEL_KEY, ChannelKey(TEAM, "C2")}
            assert (leapt.decided, await here.kept()) == ([], before)
        day = SESSIONS[20]
        cause = f"the clock has not been compared with Slack's, and there is no price of {day} yet"
        assert leapt.waiting[ChannelKey(TEAM, "C2")] == cause
        # Prices of a session prove that it has been; then every rule that has its own is decided.
        assert len((await here.evening(SESSIONS[1])).decided) == 2
        here.clock.believed = True
        assert len((await here.evening(SESSIONS[2], timedelta(hours=8))).decided) == 2
        assert await here.flips() == ["01-05 ok>firing", "01-06 firing>no data"]


async def test_an_outage_of_three_days_ends_as_if_there_had_been_none(tmp_path: Path) -> None:
    """The source is silent beyond three deadlines; it fired and recovered meanwhile, and that is told."""
    async with office(tmp_path) as here:
        await here.rule(policy=Policy(1))
        await here.digest()
        days = here.write("o - - - -")
        await here.evening(days[0])
        for day in days[1:4]:
            await here.evening(day, timedelta(hours=6))
            await here.morning(day)
        assert (await here.kept()).rule_state.gaps == tuple(days[1:4])
        here.posts()
        here.write("o b b o o")
        await here.evening(days[4])
        rule_state = (await here.kept()).rule_state
        assert (rule_state.gaps, rule_state.state.phase.value, rule_state.state.run) == ((), "ok", 0)
        late = ["01-05 ok>firing", "01-07 no data>ok"]
        assert [flip for flip in await here.flips() if "no data" not in flip.partition(">")[2]] == late
        (digest_content,) = [new.content for new in await here.waiting() if new.kind is NoticeKind.DIGEST]
        assert isinstance(digest_content, DigestContent)
        assert [
            (name, transition.session.day, transition.after.value)
            for name, transition in digest_content.missed
        ] == [("R1", 5, "firing")]
        assert digest_content.sessions_missed == 0


async def test_an_incident_that_ended_in_an_outage_is_over_since_it_was(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule(policy=Policy(1))
        await here.digest()
        days = here.write("b - - -")
        await here.evening(days[0])
        await here.morning(days[0])
        for day in days[1:3]:
            await here.evening(day, timedelta(hours=6))
        here.write("b o b o")
        await here.evening(days[3])
        incidents = (await here.store.incidents([TEAM]))[TEAM, "R1v1"]
        known = [(each.fired, each.recovered) for each in incidents if each.ts]
        assert known == [(days[0], days[1])]
