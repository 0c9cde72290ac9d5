"""A rule from its first word to its last, each step taken twice; what each step says is tested beside it."""

from __future__ import annotations

from datetime import timedelta

from analytics.watch.states import Acknowledgement
from bot.model import AuditAction, NoticeKind, RuleStatus
from bot.render import ids
from tests.integration.use_cases.room import BEN, MET, NOW, Room, later


async def test_a_rule_is_set_taken_in_hand_edited_and_deleted(here: Room) -> None:
    made = await here.watch(MET)
    await here.again("/watch", later(made))
    assert [notice.new.kind for notice in await here.deliver()] == [NoticeKind.CARD]

    here.clock.set(NOW + timedelta(minutes=1))
    taken = await here.send(ids.ACK_FORM, "R1v1", {ids.REASON: "known"}, ts="ts1", user=BEN)
    await here.again(ids.ACK_FORM, later(taken))
    assert (await here.rule()).rule_state.state.acknowledged == Acknowledgement(BEN, "known")
    assert [notice.new.kind for notice in await here.deliver()] == [NoticeKind.UPDATE, NoticeKind.REPLY]

    here.clock.set(NOW + timedelta(minutes=2))
    edited = await here.watch("edit R1 AAA drawdown 3m < -25% for 1")
    await here.again("/watch", later(edited))
    assert [notice.new.kind for notice in await here.deliver()] == [NoticeKind.UPDATE]

    deleted = await here.press(ids.DELETE, "R1v2")
    await here.again(ids.DELETE, later(deleted))
    assert (await here.rule()).watched.status is RuleStatus.DELETED
    assert await here.deliver() == []
    done = [entry.act for entry in (await here.repository.history(1)).deeds]
    assert done == [AuditAction.DELETED, AuditAction.EDITED, AuditAction.ACKNOWLEDGED, AuditAction.MADE]
