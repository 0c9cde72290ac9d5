"""Any prices, any faults, any nights off: what changed is told exactly once, in the end.

A plan is made up: closes of two funds, evenings on which the bot was down, prices that come late or are
corrected, and what Slack does to each request.  Then the weather clears, and the books are checked.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analytics import Policy
from bot.errors import Verdict
from bot.model import DigestContent, DigestMode, RuleTransition
from bot.store import url_of
from bot.store.engine import Database
from bot.store.schema import OUTBOX
from bot.use_cases.deliver import LEASE
from tests.examples import at_length
from tests.integration.use_cases.office import HERE, SESSIONS, TEAM, Office, below, office

FAULTS = st.sampled_from(["", "", "", "later", "lost", "arrived", "crash before", "crash after"])
LETTERS = st.text("obm-", min_size=4, max_size=9)


class Killed(Exception):
    """The process is gone."""


@dataclass(frozen=True)
class Plan:
    """exchange: of BBB; AAA is traded in New York.  letters: their closes.  off: evenings without a bot.

    corrected: closes of AAA that change afterwards.
    """

    exchange: str
    letters: tuple[str, str]
    off: frozenset[int]
    corrected: tuple[tuple[int, str], ...]
    faults: tuple[str, ...]
    mode: DigestMode
    readable: bool
    confirm: int


PLANS = st.builds(
    Plan,
    st.sampled_from(["XNYS", "XLON", "XTKS", "24/7"]),
    st.tuples(LETTERS, LETTERS),
    st.frozensets(st.integers(0, 7), max_size=4),
    st.lists(st.tuples(st.integers(0, 7), st.sampled_from("ob")), max_size=2).map(tuple),
    st.lists(FAULTS, max_size=25).map(tuple),
    st.sampled_from(DigestMode),
    st.booleans(),
    st.integers(1, 2),
)


class Weather:
    """Does to each request what the plan says; then all is well."""

    def __init__(self, here: Office, plan: Plan) -> None:
        self.here, self.faults = here, list(plan.faults)
        self.publish, self.rewrite = here.publisher.publish, here.publisher.rewrite
        here.publisher.publish = self.published  # type: ignore[method-assign, assignment]
        here.publisher.rewrite = self.rewritten  # type: ignore[method-assign, assignment]
        here.publisher.unreadable = set() if plan.readable else {HERE}

    async def published(self, *given: Any) -> Any:
        return await self.through(self.publish, *given)

    async def rewritten(self, *given: Any) -> Any:
        return await self.through(self.rewrite, *given)

    async def through(self, call: Callable[..., Awaitable[Any]], *given: Any) -> Any:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "crash before":
            raise Killed
        if fault in {"later", "lost", "arrived"}:
            verdict = Verdict.LATER if fault == "later" else Verdict.DOUBT
            self.here.publisher.fail(verdict, arrived=fault == "arrived")
        done = await call(*given)
        if fault == "crash after":
            raise Killed
        return done


async def deliver(here: Office) -> None:
    """By a new process each time, as after a restart."""
    await here.another().deliver_channel(TEAM, HERE)


async def live(here: Office, plan: Plan) -> None:
    await here.rule(policy=Policy(plan.confirm))
    await here.rule(below("BBB"), Policy(plan.confirm))
    await here.digest(plan.mode)
    here.market.exchanges["BBB"] = plan.exchange
    Weather(here, plan)
    count = max(map(len, plan.letters))
    for symbol, letters in zip(("AAA", "BBB"), plan.letters, strict=True):
        here.write(" ".join(letters.ljust(count, "o")), symbol=symbol)
    corrections = dict(plan.corrected)
    for at in range(count):
        session = SESSIONS[at]
        if at not in plan.off or at == count - 1:
            await here.evening(session, timedelta(hours=1))
            for hours in (7, 10):  # what is missing is decided without, six hours after the last exchange
                await here.evening(session, timedelta(hours=hours))
        if at in corrections:
            here.write(corrections[at], first=at)
        here.clock.set(here.due(session))
        for _ in range(3):
            await deliver(here)
            here.clock.set(here.clock.now() + LEASE / 3)
    for _ in range(40):
        here.clock.set(here.clock.now() + LEASE)
        await deliver(here)


def told(contents: list[DigestContent]) -> Counter[tuple[str, date, str, str]]:
    """What the digests told of: rule, session, phase, reason."""
    found: list[tuple[str, RuleTransition]] = []
    for digest_content in contents:
        found += digest_content.missed
        found += [(report.watched.name, report.flip) for report in digest_content.stories if report.flip]
    return Counter((name, *_what(transition)) for name, transition in found)


def _what(transition: RuleTransition) -> tuple[date, str, str]:
    return transition.session, transition.after.value, transition.reason.value


async def check(folder: Path, plan: Plan) -> None:
    async with office(folder) as here:
        await live(here, plan)
        database = Database(url_of(f"sqlite:///{folder / 'watchpoint.db'}"))
        rows = await database.read(lambda connection: connection.execute(sa.select(OUTBOX)).all())
        await database.close()
        assert {row.state for row in rows} <= {"sent", "dropped"}, "nothing waits for ever"
        faults = {row.fault for row in rows if row.state == "dropped"}
        assert faults <= {"told by the digest of a newer session", "no card of R1v1 was posted",
                          "no card of R2v1 was posted", "its digest was not posted"}, faults  # fmt: skip
        repository = here.store.of(TEAM)
        histories = {number: await repository.history(number, 1000) for number in (1, 2)}
        happened = Counter(
            (f"R{number}", *_what(transition))
            for number, each in histories.items()
            for transition in each.transitions
        )
        digests = [row.content for row in rows if row.kind == "digest" and row.state == "sent"]
        assert told(digests) == happened, "every change is told in one digest"
        posts = Counter(each.key for each in here.publisher.published)
        sent = [row for row in rows if row.state == "sent" and row.kind != "update"]
        rewrites = [
            row
            for row in sent
            if row.kind == "card" and f"{TEAM}/{HERE}/{row.session}/card/{row.subject}" not in posts
        ]
        assert len(posts) == len(sent) - len(rewrites), "what is noted as sent was posted"
        repeated = sum(count - 1 for count in posts.values())
        admitted = sum(outcome == "possibly repeated" for _, outcome in here.metrics.notices)
        assert repeated <= admitted, "what is posted twice is admitted"
        assert plan.readable <= (repeated == 0), "who may read never repeats"
        await check_cards(here, posts)


async def check_cards(here: Office, posts: Counter[str]) -> None:
    """One card an incident, for all that lasted to be told of; the newest words are in it."""
    for number in (1, 2):
        incidents = (await here.store.of(TEAM).history(number, 1000)).incidents
        cards = [key for key in posts if f"/card/R{number}v1" in key]
        assert len(cards) == sum(incident.ts is not None for incident in incidents)
        assert all(incident.ts for incident in incidents if incident.recovered is None)


def run(plan: Plan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder), plan))


@pytest.mark.slow
@given(PLANS)
@example(
    Plan(
        "XNYS",
        ("bbbb", "bbbb"),
        frozenset(),
        ((1, "o"),),
        ("lost", "lost"),
        DigestMode.QUIET,
        readable=False,
        confirm=1,
    )
)
@settings(max_examples=at_length(30), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_everything_is_told_once(plan: Plan) -> None:
    run(plan)
