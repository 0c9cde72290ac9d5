"""The outbox against a list in memory: any row of claims, ends of leases, refusals and arrivals."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.model import ChannelKey, NewNotice, Notice, NoticeKind
from bot.store import SqlStore, url_of
from bot.store.engine import Database
from tests.contracts.stores import LEASE, NOW, digest, queued
from tests.examples import at_length

T = TypeVar("T")
TEAMS = itertools.count()
CHANNELS = st.sampled_from(["C1", "C1", "C2"])
CLAIMS = st.sampled_from([0, 0, 0, 0, 1, 2])
"""Which claim something becomes of: mostly the newest, else one before it, which may be long over."""
HOLDERS = st.sampled_from(["anna", "ben"])
SECONDS = st.sampled_from([0, 1, 60, 120, 200])


@dataclass
class Row:
    """One notice, as it ought to be."""

    new: NewNotice
    state: str = "due"
    attempt: int = 0
    doubtful: bool = False
    first_tried: datetime | None = None
    lease: datetime | None = None
    holder: str = ""
    ts: str | None = None

    @property
    def unfinished(self) -> bool:
        return self.state in ("due", "sending")

    def may_be_tried(self, now: datetime) -> bool:
        if self.state == "sending":
            assert self.lease is not None
            return self.lease <= now
        return self.state == "due" and self.new.not_before <= now


class LedgerMachine(RuleBasedStateMachine):
    """A workspace of its own in a store that all runs share."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.team, self.now = f"M{next(TEAMS)}", NOW
        self.loop = asyncio.new_event_loop()
        self.store = SqlStore(self.database)
        self.rows: list[Row] = []
        self.claims: list[Notice] = []
        self.stopped = False
        self.names = itertools.count()
        self.do(self.store.of(self.team).save_digest(digest(self.team)))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        """Nothing of this run is left to others."""
        for channel_key in {row.new.channel for row in self.rows}:
            later = self.now + timedelta(days=9)
            while found := self.do(
                self.store.outbox.claim(ChannelKey(self.team, channel_key), later, LEASE, "end")
            ):
                self.do(self.store.outbox.mark_sent(found, None))
        self.loop.close()

    def next_in(self, channel: str) -> Row | None:
        turn = (
            row
            for row in self.rows
            if row.new.channel == channel
            and row.unfinished
            and (row.attempt or row.new.not_before <= self.now)
        )
        found = next(turn, None)
        return found if found and found.may_be_tried(self.now) else None

    def row(self, claim: Notice) -> Row:
        return next(row for row in self.rows if row.new.subject == claim.new.subject)

    def is_current(self, claim: Notice) -> bool:
        row = self.row(claim)
        return (row.state, row.attempt, row.holder) == ("sending", claim.attempt, claim.holder)

    @initialize()
    def begin(self) -> None:
        for channel in ("C1", "C1", "C1", "C1", "C2"):
            self.add(channel, 0)

    @rule(channel=CHANNELS, wait=st.sampled_from([-1, 0, 1, 60]))
    def add_notices(self, channel: str, wait: int) -> None:
        self.add(channel, wait)

    def add(self, channel: str, wait: int) -> None:
        due = self.now + timedelta(seconds=wait)
        new = queued(
            f"p{next(self.names)}",
            kind=NoticeKind.REPLY,
            channel_key=ChannelKey(self.team, channel),
            not_before=due,
        )
        assert self.do(self.store.of(self.team).add_notices([new, new])) == 1
        self.rows.append(Row(new))

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(at=CLAIMS, before=st.booleans())
    @precondition(lambda self: self.claims)
    def a_lease_ends(self, at: int, before: bool) -> None:
        claim = self.claims[-1 - at % len(self.claims)]
        self.now = max(self.now, claim.lease - timedelta(microseconds=before))

    @rule(seconds=st.integers(1, 30))
    def the_clock_is_set_back(self, seconds: int) -> None:
        self.now -= timedelta(seconds=seconds)

    @rule(channel=st.sampled_from(["C1", "C1", "C1", "C2", "U1"]), holder=HOLDERS)
    def claim(self, channel: str, holder: str) -> None:
        expected, channel_key = self.next_in(channel), ChannelKey(self.team, channel)
        found = self.do(self.store.outbox.claim(channel_key, self.now, LEASE, holder))
        if expected is None:
            assert found is None
            return
        assert found is not None
        expected.doubtful |= expected.state == "sending"
        expected.attempt += 1
        expected.first_tried = expected.first_tried or self.now
        expected.state, expected.lease, expected.holder = "sending", self.now + LEASE, holder
        assert found.new == expected.new
        assert (found.attempt, found.doubtful) == (expected.attempt, expected.doubtful)
        assert (found.first_tried, found.lease) == (expected.first_tried, expected.lease)
        self.claims.append(found)

    @rule(at=CLAIMS)
    @precondition(lambda self: self.claims)
    def holds(self, at: int) -> None:
        claim = self.claims[-1 - at % len(self.claims)]
        lease = self.row(claim).lease
        expected = self.is_current(claim) and lease is not None and lease > self.now
        assert self.do(self.store.outbox.holds(claim, self.now)) == expected

    @rule(at=CLAIMS, wait=SECONDS)
    @precondition(lambda self: self.claims)
    def put_back(self, at: int, wait: int) -> None:
        claim = self.claims[-1 - at % len(self.claims)]
        later, row = self.now + timedelta(seconds=wait), self.row(claim)
        self.do(self.store.outbox.put_back(claim, later, "slow down"))
        if self.is_current(claim):
            row.state, row.new = "due", replace(row.new, not_before=later)

    @rule(at=CLAIMS)
    @precondition(lambda self: self.claims)
    def sent(self, at: int) -> None:
        claim = self.claims[-1 - at % len(self.claims)]
        ts, row = f"{claim.id}.{claim.attempt}", self.row(claim)
        self.do(self.store.outbox.mark_sent(claim, ts))
        row.ts = ts if row.state != "sent" else row.ts
        row.state = "sent"

    @rule(at=CLAIMS)
    @precondition(lambda self: self.claims)
    def drop(self, at: int) -> None:
        claim = self.claims[-1 - at % len(self.claims)]
        self.do(self.store.outbox.drop(claim, "no_text"))
        if self.is_current(claim):
            self.row(claim).state = "dropped"

    # It empties the channel_key: not before much has happened.
    @rule(at=CLAIMS)
    @precondition(lambda self: len(self.claims) > 8)
    def stop(self, at: int) -> None:
        claim = self.claims[-1 - at % len(self.claims)]
        self.do(self.store.outbox.stop(claim, "is_archived", self.now))
        if not self.is_current(claim):
            return
        for row in self.rows:
            if row.new.channel == claim.new.channel and row.unfinished:
                row.state = "dropped"
        if claim.new.channel == "C1" and not self.stopped:
            self.stopped = True
            own = (NoticeKind.STOPPED, "C1", "is_archived", self.now)
            self.rows.append(Row(NewNotice(self.team, "U1", claim.new.session, *own)))

    @invariant()
    def due_channels_are_those_with_something_to_do(self) -> None:
        mine = [
            channel_key
            for channel_key in self.do(self.store.outbox.due_channels(self.now))
            if channel_key.team == self.team
        ]
        expected = {channel for channel in ("C1", "C2", "U1") if self.next_in(channel)}
        assert len(mine) == len(expected)
        assert {channel_key.channel for channel_key in mine} == expected

    @invariant()
    def what_arrived_is_known(self) -> None:
        for row in self.rows[-3:]:
            new = row.new
            asked = (new.channel, new.session, new.kind, new.subject)
            assert self.do(self.store.of(self.team).delivered_ts(*asked)) == (
                row.ts if row.state == "sent" else None
            )


@pytest.mark.slow
def test_the_outbox_does_what_a_list_in_memory_does(address: str) -> None:
    database = Database(url_of(address))
    machine = type("Machine", (LedgerMachine,), {"database": database})
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=at_length(150),
                stateful_step_count=50,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        database.close_now()
