"""A channel's life over a month, session by session: from the breach to the recovery, as a team sees it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from analytics import Condition, Op, Policy, Quantity, Rule
from bot.market.sample import SampleMarket
from bot.model import AuditAction, AuditEntry, DigestMode, NewNotice, NoticeKind, RuleReport
from bot.render.message import Message
from tests.integration.use_cases.office import CALENDAR, HERE, TEAM, office

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.use_cases.office import Office


SORTINO = Rule((Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0),), then="SPSM")
MONTH: list[date] = CALENDAR.sessions(date(2026, 1, 23), date(2026, 2, 20)).tolist()
"""It fires on 2 February and is over on the 18th, after Presidents' Day."""


async def acknowledge(here: Office, session: date) -> None:
    """Somebody presses the button in the evening."""
    stored = await here.kept()
    state, entry = (
        stored.rule_state.state.acknowledge("U2", "rebalancing"),
        AuditEntry("U2", AuditAction.ACKNOWLEDGED, here.clock.now()),
    )
    report = RuleReport(stored.watched, session, state, stored.rule_state.reading, deed=entry)
    hand = NewNotice(TEAM, HERE, session, NoticeKind.UPDATE, "R1v1/ack/q1", report, here.clock.now())
    assert await here.store.of(TEAM).alter(stored, state, entry, [hand])
    await here.deliver()


@pytest.mark.slow
async def test_a_month_of_a_rule_as_its_channel_sees_it(tmp_path: Path) -> None:
    async with office(tmp_path, lambda clock: SampleMarket(CALENDAR, clock)) as here:
        await here.rule(SORTINO, Policy(5, 5))
        await here.digest()
        for day in MONTH:
            await here.evening(day)
            if day == date(2026, 2, 5):
                await acknowledge(here, day)
            await here.morning(day)
        assert await here.flips() == [
            "01-23 ok>pending",
            "01-26 pending>ok",
            "01-27 ok>pending",
            "02-02 pending>firing",
            "02-06 firing>recovering",
            "02-09 recovering>firing",
            "02-11 firing>recovering",
            "02-18 recovering>ok",
        ]
        assert [post for post in here.posts() if "DETAILS" not in post] == [
            "01-23 DIGEST",
            "01-26 DIGEST",
            "01-27 DIGEST",
            "02-02 CARD R1v1 x12",  # acknowledged, and after each of the eleven sessions up to its end
            "02-02 DIGEST",
            "02-06 REPLY R1v1 in thread",
            "02-06 DIGEST",
            "02-09 REPLY R1v1 in thread",
            "02-09 DIGEST",
            "02-11 REPLY R1v1 in thread",
            "02-11 DIGEST",
            "02-18 REPLY R1v1 in thread",
            "02-18 DIGEST",
        ]
        card = next(each for each in here.publisher.published if "/card/" in each.key)
        replies = [each for each in here.publisher.published if "/reply/" in each.key]
        assert {each.place.thread for each in replies} == {card.ts}
        assert "cleared" in card.message.text
        assert "SPSM" in str(replies[0].message)
        said = [_text(each.message) for each in here.publisher.published if "/digest/" in each.key]
        assert [card.ts.replace(".", "") in each for each in said] == [False] * 3 + [True] * 5
        assert all("SAMPLE" in _text(each.message) for each in here.publisher.published)
        incident = await here.store.of(TEAM).incident(1, 1)
        assert incident
        assert (incident.fired, incident.recovered, incident.ts) == (
            date(2026, 2, 2),
            date(2026, 2, 18),
            card.ts,
        )


@pytest.mark.slow
async def test_every_post_is_of_its_morning(tmp_path: Path) -> None:
    async with office(tmp_path, lambda clock: SampleMarket(CALENDAR, clock)) as here:
        await here.rule(SORTINO, Policy(5, 5))
        await here.digest(DigestMode.ALWAYS)
        for day in MONTH[:8]:
            await here.evening(day)
            for minutes in (-1, 0, 1):
                await here.morning(day, later=timedelta(minutes=minutes))
        digests = [each for each in here.publisher.published if "/digest/" in each.key]
        moments = [int(float(each.ts)) for each in digests]
        assert moments == [int(here.due(day).timestamp()) for day in MONTH[:8]]


def _text(message: Message) -> str:
    return message.text + str(message.blocks)
