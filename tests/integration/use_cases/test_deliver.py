"""Notices kept on the real store: in order, once, and what becomes of those that Slack does not take."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from analytics import Policy
from bot.errors import Unavailable, Verdict
from bot.market.calendar import ExchangeCalendar
from bot.model import (
    AuditAction,
    AuditEntry,
    ChannelKey,
    DigestContent,
    DigestMode,
    NewNotice,
    Notice,
    NoticeKind,
    RuleReport,
    RuleStatus,
)
from bot.ports import RuleDraft
from bot.render.rules import channel
from bot.render.text import NBSP
from bot.use_cases import deliver
from bot.use_cases.deliver import GIVEN_UP, LEASE, MANY, OVERTAKEN, PAUSES, SETUP_PAUSE, TRIES, Delivery
from tests.integration.use_cases.office import HERE, SESSIONS, TEAM, below, office

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.use_cases.office import Office


CHANNEL_KEY = ChannelKey(TEAM, HERE)
ONCE = Policy(1, 1)
FIRED = ["01-02 CARD R1v1", "01-02 DIGEST"]
SECOND = timedelta(seconds=1)


async def fire(here: Office, mode: DigestMode = DigestMode.QUIET) -> None:
    """R1 fires on the first session; it is half past eight on the next morning, and nothing is sent yet."""
    await here.rule(policy=ONCE)
    await here.digest(mode)
    here.write("b")
    await here.evening(SESSIONS[0])
    here.clock.set(here.due(SESSIONS[0]))


def wait(here: Office, seconds: float) -> None:
    here.clock.set(here.clock.now() + timedelta(seconds=seconds))


async def deliver_without_run(here: Office) -> int:
    """Newer sessions have settled, and nothing decides them."""
    attempts = await here.deliver()
    wait(here, OVERTAKEN)
    return attempts + await here.deliver()


def outcomes(here: Office) -> list[str]:
    return [f"{kind} {outcome}" for kind, outcome in here.metrics.notices]


async def test_nothing_before_its_hour_and_all_of_it_then(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.clock.set(here.due(SESSIONS[0]) - SECOND)
        assert await here.deliver() == 0
        wait(here, 1)
        assert await here.deliver() == 2
        assert here.posts() == FIRED
        assert await here.deliver() == 0
        assert outcomes(here) == ["card sent", "digest sent"]
        card, digest = here.publisher.published
        assert set(card.pictures) == {"watch"}
        assert set(digest.pictures) == {"overview"}
        assert (card.place.team, card.place.channel) == (TEAM, HERE)
        incident = await here.store.of(TEAM).incident(1, 1)
        assert incident
        assert incident.ts == card.ts
        assert f"https://fund-team.slack.com/archives/C1/p{card.ts.replace('.', '')}" in str(
            digest.message.blocks
        )


@pytest.mark.slow
async def test_a_card_is_rewritten_and_answered_and_keeps_its_picture(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule(policy=Policy(1, 2))
        await here.digest()
        await here.live("b o o")
        assert here.posts() == [
            "01-02 CARD R1v1 x2",
            "01-02 DIGEST",
            "01-05 REPLY R1v1 in thread",
            "01-05 DIGEST",
            "01-06 REPLY R1v1 in thread",
            "01-06 DIGEST",
        ]
        card, *others = here.publisher.published
        recovering, recovered = (each for each in others if "/reply/" in each.key)
        assert recovering.place.thread == recovered.place.thread == card.ts
        assert "has cleared" in card.message.text
        # The chart of the evening on which it fired stays; none is drawn or brought to Slack again for it.
        assert [set(each.pictures) for each in (card, recovering, recovered)] == [set(), set(), {"watch"}]
        assert card.files == {"watch": "F1"}


@pytest.mark.slow
async def test_an_open_card_is_rewritten_after_every_session_without_a_sound(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule(policy=Policy(1, 2))
        await here.digest()
        await here.live("b b b b")
        assert here.posts() == ["01-02 CARD R1v1 x3", *FIRED[1:]]
        card = here.publisher.published[0]
        assert card.files == {"watch": "F1"}
        words = json.dumps(card.message.blocks, ensure_ascii=False).replace(NBSP, " ")
        told = "Session 4 of this incident. Since it triggered on 2 Jan 2026: AAA 0.0 %"
        assert f"{told} (total return, close to close, to 7 Jan 2026)." in words


@pytest.mark.slow
async def test_a_card_that_somebody_deleted_holds_up_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path) as here:
        await here.rule(policy=Policy(1, 1))
        await here.digest(DigestMode.ALWAYS)
        await here.live("b")
        del here.publisher.published[0]
        await here.live("b b b", first=1)
        assert here.posts()[-2:] == ["01-06 DIGEST", "01-07 DIGEST"]
        assert caplog.text.count("is dropped: message_not_found") == 3
        digest = await here.store.of(TEAM).digest(HERE)
        assert digest is not None
        assert digest.active


@pytest.mark.slow
async def test_a_card_without_its_chart_gets_one_at_the_next_session(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.renderer.down = True
        await here.deliver()
        assert here.publisher.published[0].files == {}
        here.renderer.down = False
        here.write("b b b")
        for session in SESSIONS[1:3]:
            await here.evening(session)
            here.clock.set(here.due(session))
            await here.deliver()
        card = here.publisher.published[0]
        assert (card.rewritten, card.pictures, card.files) == (2, {}, {"watch": "F1"})


@pytest.mark.slow
async def test_a_message_is_not_lost_to_its_picture(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.renderer.down = True
        await here.deliver()
        assert here.posts() == FIRED
        assert all(each.pictures == {} for each in here.publisher.published)
        assert "without its picture" in caplog.text


@pytest.mark.slow
async def test_a_message_does_not_wait_long_for_its_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        monkeypatch.setattr(deliver, "PATIENCE", 0.01)

        async def never(pictures):  # type: ignore[no-untyped-def]
            await asyncio.Event().wait()

        here.renderer.draw = never  # type: ignore[method-assign, assignment]
        await here.deliver()
        assert here.posts() == FIRED


@pytest.mark.slow
@pytest.mark.parametrize(("left", "posted"), [(31, 1), (30, 0)])
async def test_no_request_begins_that_could_outlast_the_claim(tmp_path: Path, left: int, posted: int) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        draw = here.renderer.draw

        async def slowly(pictures):  # type: ignore[no-untyped-def]
            wait(here, LEASE.total_seconds() - left)
            here.renderer.draw = draw  # type: ignore[method-assign]
            return await draw(pictures)

        here.renderer.draw = slowly  # type: ignore[method-assign, assignment]
        notice = await here.store.outbox.claim(CHANNEL_KEY, here.clock.now(), LEASE, "one")
        assert notice
        await here.delivery._deliver_notice(notice)
        assert len(here.publisher.published) == posted


@pytest.mark.slow
@pytest.mark.parametrize("told", [None, 30.0])
async def test_later_means_later_and_holds_up_the_lane(tmp_path: Path, told: float | None) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.fail(Verdict.LATER, retry_after=told)
        assert await here.deliver() == 1
        assert here.posts() == []
        wait(here, (told or PAUSES[0]) - 1)
        assert await here.deliver() == 0
        wait(here, 1)
        await here.deliver()
        assert here.posts() == FIRED
        assert outcomes(here)[:2] == ["card put back", "card sent"]
        assert here.publisher.looks == []  # it surely had not arrived


@pytest.mark.slow
async def test_pauses_grow_and_after_a_day_it_is_given_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.fail(Verdict.LATER, times=MANY)
        for pause in (5, 15, 60, *[300] * (MANY - 4)):
            assert await here.deliver() == 1
            wait(here, pause - 1)
            assert await here.deliver() == 0
            wait(here, 1)
        here.clock.set(here.due(SESSIONS[0]) + GIVEN_UP + SECOND)
        assert await deliver_without_run(here) == 2
        assert outcomes(here)[MANY - 1 :] == ["card dropped", "digest sent"]
        assert "given up after 1 day" in caplog.text


@pytest.mark.slow
async def test_a_bot_that_was_down_for_a_day_does_not_give_up_at_once(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.fail(Verdict.LATER, times=2)
        await here.deliver()
        here.clock.set(here.clock.now() + 2 * GIVEN_UP)
        await deliver_without_run(here)
        wait(here, PAUSES[1])
        await here.deliver()
        assert here.posts() == FIRED


@pytest.mark.slow
async def test_a_digest_that_a_newer_session_has_overtaken_waits_for_its_run(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.write("b", first=1)
        here.clock.set(here.due(SESSIONS[1]) - timedelta(hours=1))  # the bot was down all day
        assert await here.deliver() == 0
        assert here.posts() == []
        await here.daily.run(SESSIONS[1], here.clock.now())
        here.clock.set(here.due(SESSIONS[1]))
        await here.deliver()
        assert here.posts() == ["01-02 CARD R1v1 x1", "01-05 DIGEST"]
        (digest,) = [each for each in here.publisher.published if "/digest/" in each.key]
        assert (
            "1 earlier session was not posted: R1 AAA price change below -10 % triggered on 2"
            in digest.message.text.replace("\xa0", " ")
        )


@pytest.mark.slow
async def test_a_post_does_not_wait_for_a_session_that_goes_on_elsewhere(tmp_path: Path) -> None:
    """In a workspace by Tokyo's calendar, New York's Tuesday is told of when Tokyo's Wednesday is over."""
    async with office(tmp_path, calendar=ExchangeCalendar("XTKS")) as here:
        here.market.exchanges["AAA"] = "XNYS"
        await here.rule(policy=ONCE)
        await here.digest(zone="UTC", at=time(7, 0))
        tuesday = date(2026, 1, 20)
        here.market.levels["AAA", tuesday] = 80.0
        here.clock.set(datetime(2026, 1, 20, 21, 15, tzinfo=UTC))
        await here.daily.run(tuesday, here.clock.now())
        here.clock.set(datetime(2026, 1, 21, 7, 0, tzinfo=UTC))  # Wednesday has settled at 06:45
        assert (await here.daily.run(date(2026, 1, 21), here.clock.now())).waiting
        await here.deliver()
        assert here.posts() == ["01-20 CARD R1v1", "01-20 DIGEST"]


@pytest.mark.slow
async def test_a_closed_channel_stops_the_digest_and_tells_its_owner(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.closed = {HERE}
        await here.deliver()
        assert outcomes(here) == ["card stopped", "stopped sent", "alert sent"]
        assert here.posts() == ["01-02 stopped C1", "01-02 alert R1v1"]
        for told in here.publisher.published:
            assert told.place.channel == "U1"
            assert "<#C1>" in told.message.text
        digest = await here.store.of(TEAM).digest(HERE)
        assert digest
        assert (digest.active, digest.stopped) == (False, "not_in_channel")
        here.publisher.closed = set()
        await here.live("b", first=1)
        assert here.posts() == []


@pytest.mark.slow
async def test_an_owner_who_cannot_be_told_is_left_alone(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.closed = {HERE, "U1"}
        await here.deliver()
        assert outcomes(here) == ["card stopped", "stopped dropped", "alert dropped"]


@pytest.mark.slow
async def test_what_is_refused_is_dropped_and_the_rest_goes_on(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.fail(Verdict.REFUSED, code="invalid_arguments")
        await here.deliver()
        assert here.posts() == FIRED[1:]
        assert outcomes(here)[0] == "card dropped"
        await here.live("b", first=1)
        assert here.posts() == ["01-05 CARD R1v1"]  # the incident is open and has no card


@pytest.mark.slow
async def test_settings_are_waited_for(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.fail(Verdict.SETUP, code="token_revoked")
        await here.deliver()
        wait(here, SETUP_PAUSE - 1)
        assert await here.deliver() == 0
        wait(here, 1)
        await here.deliver()
        assert here.posts() == FIRED


@pytest.mark.slow
@pytest.mark.parametrize("arrived", [True, False])
async def test_in_doubt_it_is_looked_for_when_the_claim_ends(tmp_path: Path, arrived: bool) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.fail(Verdict.DOUBT, arrived=arrived)
        assert await here.deliver() == 1
        wait(here, LEASE.total_seconds() - 1)
        assert await here.another().deliver_channel(TEAM, HERE) == 0
        wait(here, 1)
        assert await here.another().deliver_channel(TEAM, HERE) == 2
        assert here.posts() == FIRED
        assert here.publisher.looks == ["T1/C1/2026-01-02/card/R1v1"]
        assert outcomes(here)[0] == "card sent"
        incident = await here.store.of(TEAM).incident(1, 1)
        assert incident
        assert incident.ts == here.publisher.published[0].ts


async def test_in_doubt_since_a_moment_yet_to_come_it_is_looked_for_all_the_same(tmp_path: Path) -> None:
    """A process that started by a clock two hours ahead has tried, and was killed."""
    async with office(tmp_path) as here:
        await fire(here)
        now = here.clock.now()
        here.publisher.fail(Verdict.DOUBT, arrived=True)
        here.clock.set(now + timedelta(hours=2))
        assert await here.deliver() == 1
        here.clock.set(now)
        assert await here.another().deliver_channel(TEAM, HERE) == 2
        assert here.posts() == FIRED


@pytest.mark.slow
async def test_in_doubt_and_without_leave_to_read_it_is_repeated_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.unreadable = {HERE}
        here.publisher.fail(Verdict.DOUBT, arrived=True)
        await here.deliver()
        wait(here, LEASE.total_seconds())
        await here.deliver()
        assert here.posts() == [FIRED[0], *FIRED]
        assert outcomes(here)[:2] == ["card possibly repeated", "card sent"]
        assert "possibly repeated" in caplog.text


@pytest.mark.slow
async def test_a_doubtful_one_that_is_refused_later_is_still_doubtful(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.unreadable = {HERE}
        here.publisher.fail(Verdict.DOUBT, arrived=True)
        here.publisher.fail(Verdict.LATER, retry_after=10)
        await here.deliver()
        wait(here, LEASE.total_seconds())
        await here.deliver()
        here.publisher.unreadable = set()
        wait(here, 10)
        await here.deliver()
        assert here.posts() == FIRED


@pytest.mark.slow
async def test_other_words_in_a_card_are_repeated_freely(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        await here.deliver()
        here.write("o", first=1)
        await here.evening(SESSIONS[1])
        here.clock.set(here.due(SESSIONS[1]))
        here.publisher.fail(Verdict.DOUBT, arrived=True)
        await here.deliver()
        wait(here, LEASE.total_seconds())
        await here.deliver()
        assert here.publisher.looks == []
        assert here.publisher.published[0].rewritten == 2
        assert outcomes(here)[2:] == ["update sent", "reply sent", "digest sent"]


@pytest.mark.slow
async def test_a_fault_of_ours_does_not_block_the_channel_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path) as here:
        await fire(here)

        def broken(story, picture=None):  # type: ignore[no-untyped-def]
            raise ZeroDivisionError

        monkeypatch.setattr(channel, "card_message", broken)
        for _ in range(TRIES):
            await here.deliver()
            wait(here, PAUSES[-1])
        await here.deliver()
        assert here.posts() == FIRED[1:]
        assert outcomes(here)[:5] == ["card put back"] * 4 + ["card dropped"]
        assert any(hasattr(record, "reference") for record in caplog.records)


@pytest.mark.slow
async def test_an_error_that_nobody_thought_of_leaves_it_in_doubt(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        outer = here.publisher.publish

        async def torn(*given):  # type: ignore[no-untyped-def]
            await outer(*given)
            raise RuntimeError("the lid was closed")

        here.publisher.publish = torn  # type: ignore[method-assign]
        assert await here.deliver() == 1
        here.publisher.publish = outer  # type: ignore[method-assign]
        wait(here, LEASE.total_seconds())
        await here.deliver()
        assert here.posts() == FIRED


@pytest.mark.slow
@pytest.mark.slow
@pytest.mark.parametrize(("away", "looks"), [(60, []), (130, ["T1/C1/2026-01-02/card/R1v1"])])
async def test_what_arrived_is_noted_when_the_database_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, away: int, looks: list[str]
) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        back, sent = here.clock.now() + timedelta(seconds=away), here.store.outbox.mark_sent

        async def noted(notice: Notice, ts: str | None, picture: str | None) -> None:
            if here.clock.now() < back:
                raise Unavailable("the database", "it is full")
            await sent(notice, ts, picture)

        async def sleep(seconds: float) -> None:
            wait(here, seconds)

        monkeypatch.setattr(here.store.outbox, "mark_sent", noted)
        delivery = Delivery(here.store, here.publisher, here.renderer, here.desk, here.metrics, "me", sleep)
        if looks:  # the claim has ended first
            with pytest.raises(Unavailable):
                await delivery.deliver_channel(TEAM, HERE)
            wait(here, away)
        await delivery.deliver_channel(TEAM, HERE)
        assert here.posts() == FIRED
        assert here.publisher.looks == looks


@pytest.mark.slow
async def test_who_loses_the_claim_sends_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        outer = here.renderer.draw

        async def slow(pictures):  # type: ignore[no-untyped-def]
            """The process sleeps for longer than its claim lasts, and another one works meanwhile."""
            here.renderer.draw = outer  # type: ignore[method-assign]
            wait(here, LEASE.total_seconds())
            await here.another().deliver_channel(TEAM, HERE)
            return await outer(pictures)

        here.renderer.draw = slow  # type: ignore[method-assign, assignment]
        await here.deliver()
        assert here.posts() == FIRED


@pytest.mark.slow
async def test_two_that_deliver_at_once_post_once(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        others = [here.another() for _ in range(3)]
        for _ in range(3):
            await asyncio.gather(*(each.deliver_channel(TEAM, HERE) for each in others))
        assert here.posts() == FIRED


@pytest.mark.slow
@pytest.mark.parametrize("status", [RuleStatus.PAUSED, RuleStatus.DELETED])
async def test_a_rule_that_is_gone_by_then_is_not_told_of(tmp_path: Path, status: RuleStatus) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        entry = AuditEntry("U1", AuditAction.PAUSED, here.clock.now())
        await here.store.of(TEAM).mark(1, status, entry)
        await here.deliver()
        assert here.posts() == []
        assert outcomes(here) == ["card dropped", "digest dropped"]


@pytest.mark.slow
async def test_the_other_rules_of_a_digest_are_told_of_all_the_same(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule(below("BBB"), ONCE)
        await fire(here)
        here.clock.set(here.due(SESSIONS[0]))
        draft = RuleDraft(HERE, "U1", "…", below("BBB"), ONCE, here.clock.now(), "q9")
        await here.store.of(TEAM).revise(1, draft)
        await here.deliver()
        assert here.posts() == ["01-02 CARD R2v1", *FIRED[1:]]
        assert "R1" not in str(here.publisher.published[1].message)


@pytest.mark.slow
async def test_a_digest_that_was_switched_off_meanwhile_is_not_posted(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        await here.digest(on=False)
        await here.deliver()
        assert here.posts() == []


@pytest.mark.slow
async def test_an_acknowledgement_of_the_evening_is_not_undone_by_the_morning(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule(policy=Policy(1, 2))
        await here.digest()
        await here.live("b")
        here.write("o", first=1)
        await here.evening(SESSIONS[1])
        stored, repository = await here.kept(), here.store.of(TEAM)
        entry = AuditEntry("U2", AuditAction.ACKNOWLEDGED, here.clock.now(), "known")
        state = stored.rule_state.state.acknowledge("U2", "known")
        report = RuleReport(stored.watched, SESSIONS[1], state, stored.rule_state.reading, deed=entry)
        hand = NewNotice(TEAM, HERE, SESSIONS[1], NoticeKind.UPDATE, "R1v1/ack/q5", report, here.clock.now())
        assert await repository.alter(stored, state, entry, [hand])
        assert await here.deliver() == 1  # at once, though tomorrow's digest is queued already
        assert "<@U2>" in str(here.publisher.published[0].message.blocks)
        await here.morning(SESSIONS[1])
        card = here.publisher.published[0]
        assert card.rewritten == 2
        assert "clearing" in card.message.text
        assert "<@U2>" in str(card.message.blocks)


@pytest.mark.slow
async def test_a_deed_is_told_also_where_the_rule_or_the_digest_is_gone(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        await here.deliver()
        stored, repository = await here.kept(), here.store.of(TEAM)
        entry = AuditEntry("U2", AuditAction.DELETED, here.clock.now())
        incident = await repository.incident(1, 1)
        assert incident
        report = RuleReport(
            stored.watched, SESSIONS[0], stored.rule_state.state, None, None, (incident,), entry
        )
        hand = [
            NewNotice(TEAM, HERE, SESSIONS[0], kind, "R1v1/deleted/q5", report, here.clock.now())
            for kind in (NoticeKind.UPDATE, NoticeKind.REPLY)
        ]
        await here.digest(on=False)
        await repository.mark(1, RuleStatus.DELETED, entry, hand)
        await here.deliver()
        assert here.posts() == ["01-02 CARD R1v1 x1", *FIRED[1:], "01-02 REPLY R1v1/deleted/q5 in thread"]


@pytest.mark.slow
async def test_a_digest_that_was_asked_for_is_posted_with_its_details(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        stored = await here.rule()
        here.write("b")
        await here.evening(SESSIONS[0])
        stored = await here.kept()
        report = RuleReport(stored.watched, SESSIONS[0], stored.rule_state.state, stored.rule_state.reading)
        digest_content, now = DigestContent(SESSIONS[0], (report,)), here.clock.now()
        await here.store.of(TEAM).add_notices(
            [
                NewNotice(TEAM, HERE, SESSIONS[0], kind, "now/q7", digest_content, now)
                for kind in (NoticeKind.DIGEST, NoticeKind.DETAILS)
            ]
        )
        await here.deliver()
        assert here.posts() == ["01-02 DIGEST now/q7", "01-02 DETAILS now/q7 in thread"]


@pytest.mark.slow
async def test_a_card_of_an_incident_that_has_one_gives_it_other_words(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.fail(Verdict.LATER, retry_after=3 * 86400.0 - 60)
        await here.deliver()
        here.write("b", first=1)
        await here.evening(SESSIONS[1])
        here.clock.set(here.due(SESSIONS[1]) + timedelta(days=4))
        await deliver_without_run(here)
        assert here.posts()[0] == "01-02 CARD R1v1 x1"
        assert len([each for each in here.publisher.published if "/card/" in each.key]) == 1


@pytest.mark.slow
async def test_two_incidents_that_slack_kept_waiting_have_a_card_each(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.fail(Verdict.LATER, retry_after=6 * 86400.0)
        await here.deliver()
        for day in here.write("b o b", first=1):
            await here.evening(day)
        here.clock.set(here.due(SESSIONS[3]) + timedelta(days=7))
        await deliver_without_run(here)
        assert here.posts() == [
            "01-02 CARD R1v1 x2",  # still firing, and over
            "01-06 REPLY R1v1 in thread",
            "01-07 CARD R1v1",
            "01-07 DIGEST",
        ]
        first, reply, second = here.publisher.published[:3]
        assert reply.place.thread == first.ts
        assert "cleared" in first.message.text
        assert "is met" in second.message.text


@pytest.mark.slow
async def test_links_are_left_out_where_there_are_none(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        here.publisher.unlinked = True
        await here.deliver()
        assert here.posts() == FIRED
        assert "slack.com" not in str(here.publisher.published[1].message.blocks)


@pytest.mark.slow
async def test_channels_do_not_wait_for_each_other(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        await here.rule(policy=ONCE, channel="C2")
        await here.digest(channel="C2")
        await here.evening(SESSIONS[0])
        here.clock.set(here.due(SESSIONS[0]))
        here.publisher.closed = {HERE}
        await here.deliver()
        assert [each.place.channel for each in here.publisher.published] == ["C2", "C2", "U1", "U1"]


@pytest.mark.slow
async def test_another_workspaces_channel_of_the_same_name_is_another(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fire(here)
        await here.rule(policy=ONCE, team="T2")
        await here.evening(SESSIONS[0])
        here.clock.set(here.due(SESSIONS[0]))
        await here.deliver()
        assert {each.place.team for each in here.publisher.published} == {TEAM}
        assert replace(CHANNEL_KEY, team="T2") not in await here.store.outbox.due_channels(here.clock.now())


async def test_a_holiday_is_told_when_it_comes_into_sight_and_before_it(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.digest(DigestMode.ALWAYS)
        await here.rule()
        told = []
        for day in here.write("o o o o o o o o o o o"):
            before = len(here.publisher.published)
            await here.evening(day)
            await here.morning(day)
            posts = here.publisher.published[before:]
            told += [day.day for each in posts if "is closed on" in str(each.message.blocks)]
        assert told == [12, 16]
