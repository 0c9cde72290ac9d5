"""Empty stores on both databases, and records to put into them.

PostgreSQL is found by TEST_DATABASE_URL (e.g. postgresql://postgres@127.0.0.1/test): a database of its own is
made beside the one named, and removed at the end.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from analytics.query import Query as Comparing
from analytics.returns import Rate
from analytics.watch.operators import Op
from analytics.watch.readings import Reading
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Announcement, Phase, Policy, Reason, State
from analytics.window import parse
from bot.model import (
    AuditAction,
    AuditEntry,
    ChannelKey,
    Digest,
    DigestContent,
    Follow,
    NewNotice,
    Notice,
    NoticeKind,
    RuleReport,
    RuleTransition,
    RuleVersion,
    SessionResult,
    StoredRule,
    ThreadContext,
)
from bot.ports.store import RuleDraft
from bot.store import SqlStore, engine, migrate, open_store, url_of
from bot.store.schema import METADATA

KINDS = ("sqlite", "postgresql")
NOW = datetime(2026, 1, 16, 13, 30, tzinfo=UTC)
THURSDAY, FRIDAY, TUESDAY = date(2026, 1, 15), date(2026, 1, 16), date(2026, 1, 20)
LEASE = timedelta(seconds=120)
CHANNEL_KEY = ChannelKey("T1", "C1")
RULE = Rule((Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0),), then="SPSM")


def server() -> str | None:
    """The address of the PostgreSQL database that tests may use, if there is one."""
    return os.environ.get("TEST_DATABASE_URL")  # noqa: TID251


@contextmanager
def own_database() -> Iterator[str]:
    """The address of a new, empty database; skips where there is no server."""
    given = server()
    if not given:
        pytest.skip("no PostgreSQL: TEST_DATABASE_URL is not set")
    name = f"watchpoint_{uuid.uuid4().hex}"
    server_engine = sa.create_engine(url_of(given), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server_engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield url_of(given).set(database=name).render_as_string(hide_password=False)
    finally:
        with server_engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the newest schema, copied for every test."""
    file = tmp_path_factory.mktemp("template") / "watchpoint.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A database with the newest schema, emptied for every test."""
    with own_database() as address:
        migrate(address)
        yield address


def emptied(address: str) -> str:
    """The same database without a row."""
    bare = sa.create_engine(url_of(address), poolclass=sa.NullPool)
    with bare.begin() as connection:
        if bare.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        for table in reversed(METADATA.sorted_tables):
            connection.execute(sa.delete(table))
    return address


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of an empty store of each kind."""
    if request.param == "postgresql":
        return emptied(request.getfixturevalue("postgresql"))
    # Nobody pulls the plug here, and waiting for the disk is most of the time these tests take.
    monkeypatch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS, "PRAGMA synchronous = OFF"))
    file = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "watchpoint.db")
    return f"sqlite:///{file}"


@pytest.fixture
async def store(address: str) -> AsyncIterator[SqlStore]:
    """Empty."""
    async with open_store(address) as store:
        yield store


def draft(asked: str = "q1", channel: str = "C1", author: str = "U1", **changes: object) -> RuleDraft:
    """A version to be kept: the Sortino ratio of ISCB below one."""
    made = RuleDraft(channel, author, "ISCB sortino < 1.0 then SPSM", RULE, Policy(), NOW, asked)
    return replace(made, **changes)  # type: ignore[arg-type]


def firing(session: date, fired: date | None = None) -> State:
    """An incident is open."""
    return State(kept=Phase.FIRING, since=session, held=1, session=session, fired=fired or session)


def calm(session: date) -> State:
    """None is."""
    return State(since=session, held=1, session=session, armed=True)


def flip(session: date, reason: Reason = Reason.CONFIRMED) -> RuleTransition:
    """What was decided."""
    over = reason in (Reason.RECOVERED, Reason.RESTATED)
    before, after = (Phase.FIRING, Phase.OK) if over else (Phase.PENDING, Phase.FIRING)
    notice = Announcement.RECOVERED if over else Announcement.FIRED
    return RuleTransition(
        session, before, after, reason, notice, {"value": 0.9, "count": 5, "needed": 5}, 0.9, 1.2
    )


def deed(act: AuditAction, detail: str = "") -> AuditEntry:
    """By the rule's author."""
    return AuditEntry("U1", act, NOW, detail)


def story(watched: RuleVersion, state: State) -> RuleReport:
    """Of the state's session."""
    return RuleReport(watched, state.session or FRIDAY, state, Reading(0.9, met=True, safe=False, then=1.2))


def followed(team: str = "T1", first: str = "ISCB", second: str = "SPSM", **more: str) -> Follow:
    """A pair that the channel C1 follows; more: other fields."""
    fields = {"channel": "C1", "against": "", "owner": "U1"} | more
    return Follow(team, first=first, second=second, made=NOW, **fields)


def digest(team: str = "T1", channel: str = "C1", owner: str = "U1") -> Digest:
    """Half past eight in New York."""
    return Digest(team, channel, owner, time(8, 30), "America/New_York")


def queued(
    subject: str = "",
    session: date = FRIDAY,
    kind: NoticeKind = NoticeKind.DIGEST,
    channel_key: ChannelKey = CHANNEL_KEY,
    not_before: datetime = NOW,
) -> NewNotice:
    """A notice with little to say."""
    content = (
        DigestContent(session, ()) if kind in (NoticeKind.DIGEST, NoticeKind.DETAILS) else f"about {subject}"
    )
    return NewNotice(channel_key.team, channel_key.channel, session, kind, subject, content, not_before)


def card(stored: StoredRule, state: State) -> NewNotice:
    """The root message of an incident."""
    watched = stored.watched
    session = state.session or FRIDAY
    content = story(watched, state)
    return NewNotice(watched.team, watched.channel, session, NoticeKind.CARD, watched.key, content, NOW)


def topic(*symbols: str, window: str = "3y", more: int = 0) -> ThreadContext:
    """Weekly figures against IWM."""
    query = Comparing(symbols or ("ISCB", "SPSM"), parse(window), FRIDAY, "IWM", Rate(0.1 + 0.2), weekly=True)
    return ThreadContext(query, "yahoo", more)


def outcome(
    decided: Sequence[tuple[StoredRule, State]],
    session: date,
    flips: Sequence[tuple[StoredRule, RuleTransition]] = (),
    notices: Sequence[NewNotice] = (),
) -> SessionResult:
    """What a session came to in the channel of the first rule."""
    watched = decided[0][0].watched
    standings = tuple(
        (stored.watched, replace(stored.rule_state, state=state, before=stored.rule_state.state))
        for stored, state in decided
    )
    told = tuple((stored.watched, transition) for stored, transition in flips)
    return SessionResult(watched.team, watched.channel, session, standings, told, tuple(notices))


async def decided(store: SqlStore, stored: StoredRule, state: State) -> StoredRule:
    """The rule after a session that came to `state`."""
    assert await store.commit([outcome([(stored, state)], state.session or FRIDAY)])
    found = await store.of(stored.watched.team).rule(stored.watched.number)
    assert found is not None
    return found


async def claimed(
    store: SqlStore, now: datetime = NOW, holder: str = "worker", channel_key: ChannelKey = CHANNEL_KEY
) -> Notice:
    """What is next in a channel."""
    found = await store.outbox.claim(channel_key, now, LEASE, holder)
    assert found is not None
    return found
