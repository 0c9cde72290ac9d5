"""What a session came to, for many channels in one transaction and few statements."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from analytics.watch.states import OPEN, Reason
from bot.model import NewNotice, NoticeKind, RuleReport, RuleState, RuleStatus, RuleVersion, SessionResult
from bot.store.rows import Values, insert_or, lock_workspaces, notice_values, state_values
from bot.store.schema import DIGESTS, FLIPS, INCIDENTS, OUTBOX, RULES, STANDINGS, UNFINISHED

_Version = tuple[str, int, int]
"""Team, number, version."""


def commit(connection: sa.Connection, outcomes: Sequence[SessionResult]) -> Sequence[SessionResult]:
    """Keep each channel whole or not at all; gives back those that were kept.  See `Store.commit`."""
    for outcome in outcomes:
        _check(outcome)
    teams = sorted({outcome.team for outcome in outcomes})
    lock_workspaces(connection, teams)
    kept = _drop_outdated(outcomes, _revisions(connection, teams))
    pairs = [pair for outcome in kept for pair in outcome.standings]
    _execute_many(connection, _update_states(), [_state_values(*pair) for pair in pairs])
    flips = [pair for outcome in kept for pair in outcome.flips]
    _execute_many(
        connection, sa.insert(FLIPS), [_key(watched) | {"flip": transition} for watched, transition in flips]
    )
    _write_incidents(connection, kept, _open_incidents(connection, teams))
    _execute_many(
        connection,
        _drop_superseded_digests(),
        [digest_content for outcome in kept for digest_content in _old_digests(outcome)],
    )
    told = [_reached_values(outcome) for outcome in kept if outcome.told]
    _execute_many(connection, _mark_reached(), told)
    notices = [notice_values(new) for outcome in kept for new in outcome.notices]
    _execute_many(connection, insert_or(connection, OUTBOX).on_conflict_do_nothing(), notices)
    return kept


def _check(outcome: SessionResult) -> None:
    """Refuse an outcome with something of another workspace or channel: ValueError."""
    versions = [watched for watched, _ in (*outcome.standings, *outcome.flips)]
    channel_keys = {(watched.team, watched.channel) for watched in versions}
    channel_keys |= {(new.team, _channel(new)) for new in outcome.notices}
    if channel_keys - {(outcome.team, outcome.channel)}:
        raise ValueError(f"the outcome of {outcome.team}/{outcome.channel} has a record of another channel")


def _channel(new: NewNotice) -> str:
    """Return whose news it is: what an owner is told alone is the rule's channel's."""
    return new.content.watched.channel if isinstance(new.content, RuleReport) else new.channel


def _version(watched: RuleVersion) -> _Version:
    return watched.team, watched.number, watched.version


def _key(watched: RuleVersion) -> dict[str, Any]:
    return {"team": watched.team, "number": watched.number, "version": watched.version}


def _execute_many(connection: sa.Connection, statement: sa.Executable, rows: Sequence[Values]) -> None:
    if rows:
        connection.execute(statement, rows)


def _revisions(connection: sa.Connection, teams: Sequence[str]) -> Mapping[_Version, int]:
    """Load the revisions of the newest versions of active rules: nothing else may be decided."""
    newest = sa.and_(
        STANDINGS.c.team == RULES.c.team,
        STANDINGS.c.number == RULES.c.number,
        STANDINGS.c.version == RULES.c.version,
    )
    columns = (STANDINGS.c.team, STANDINGS.c.number, STANDINGS.c.version, STANDINGS.c.revision)
    active = sa.select(*columns).join_from(STANDINGS, RULES, newest)
    of_teams = active.where(RULES.c.team.in_(teams), RULES.c.status == RuleStatus.ACTIVE.value)
    return {(team, number, version): found for team, number, version, found in connection.execute(of_teams)}


def _drop_outdated(
    outcomes: Iterable[SessionResult], revisions: Mapping[_Version, int]
) -> list[SessionResult]:
    """Keep those that start from what is there; of two that name the same version, the first."""
    seen: set[_Version] = set()
    kept = []
    for outcome in outcomes:
        read = {_version(watched): rule_state.revision for watched, rule_state in outcome.standings}
        same = all(revisions.get(version) == revision for version, revision in read.items())
        if same and seen.isdisjoint(read):
            seen |= read.keys()
            kept.append(outcome)
    return kept


def _update_states() -> sa.Update:
    # A bound name must not be that of a column that is set.
    mine = [STANDINGS.c[name] == sa.bindparam(f"its_{name}") for name in ("team", "number", "version")]
    values: dict[str, Any] = {name: sa.bindparam(name) for name in ("session", "position", "revision")}
    return sa.update(STANDINGS).where(*mine).values(values)


def _state_values(watched: RuleVersion, rule_state: RuleState) -> dict[str, Any]:
    mine = {f"its_{name}": value for name, value in _key(watched).items()}
    return mine | state_values(rule_state) | {"revision": rule_state.revision + 1}


def _open_incidents(connection: sa.Connection, teams: Sequence[str]) -> Mapping[_Version, list[date]]:
    """Return the sessions on which the open incidents of each version fired."""
    columns = (INCIDENTS.c.team, INCIDENTS.c.number, INCIDENTS.c.version, INCIDENTS.c.fired)
    open_ones = sa.select(*columns).where(INCIDENTS.c.team.in_(teams), INCIDENTS.c.recovered.is_(None))
    found = sorted(tuple(row) for row in connection.execute(open_ones))
    return {
        version: [row[3] for row in rows]
        for version, rows in itertools.groupby(found, key=lambda row: row[:3])
    }


def _write_incidents(
    connection: sa.Connection, outcomes: Sequence[SessionResult], known: Mapping[_Version, list[date]]
) -> None:
    closed = [ending for outcome in outcomes for ending in _endings(outcome, known)]
    _execute_many(connection, _close_incidents(), closed)
    begun = [beginning for outcome in outcomes for beginning in _beginnings(outcome, known)]
    _execute_many(connection, _insert_incidents(connection), begun)


def _beginnings(outcome: SessionResult, known: Mapping[_Version, list[date]]) -> Iterator[Values]:
    """Yield incidents of the standings that are not open yet."""
    for watched, rule_state in outcome.standings:
        fired = rule_state.state.fired
        if fired and fired not in known.get(_version(watched), []):
            yield _key(watched) | {"fired": fired}


def _endings(outcome: SessionResult, known: Mapping[_Version, list[date]]) -> Iterator[Values]:
    """Open incidents of the versions that are not the standing's."""
    ended = {
        _version(watched): transition.session
        for watched, transition in reversed(outcome.flips)  # of several the first has ended it
        if transition.reason in (Reason.RECOVERED, Reason.RESTATED) and transition.after not in OPEN
    }
    for watched, rule_state in outcome.standings:
        mine = {f"its_{name}": value for name, value in _key(watched).items()}
        recovered = ended.get(_version(watched), outcome.session)
        for fired in known.get(_version(watched), []):
            if fired != rule_state.state.fired:
                yield mine | {"its_fired": fired, "recovered": recovered}


def _close_incidents() -> sa.Update:
    names = ("team", "number", "version", "fired")
    mine = [INCIDENTS.c[name] == sa.bindparam(f"its_{name}") for name in names]
    return sa.update(INCIDENTS).where(*mine).values(recovered=sa.bindparam("recovered"))


def _insert_incidents(connection: sa.Connection) -> Any:
    """Insert incidents; one that fires again on the same session (paused, resumed) is the same."""
    key = ["team", "number", "version", "fired"]
    return insert_or(connection, INCIDENTS).on_conflict_do_update(
        index_elements=key, set_={"recovered": None}
    )


def _reached_values(outcome: SessionResult) -> Values:
    return {"its_team": outcome.team, "its_channel": outcome.channel, "its_session": outcome.session}


def _mark_reached() -> sa.Update:
    """Note the newest session that a channel's daily post has come to; a faster worker's stays."""
    session = sa.bindparam("its_session", type_=sa.Date)
    mine = [DIGESTS.c[name] == sa.bindparam(f"its_{name}") for name in ("team", "channel")]
    older = sa.or_(DIGESTS.c.reached.is_(None), DIGESTS.c.reached < session)
    return sa.update(DIGESTS).where(*mine, older).values(reached=session)


def _old_digests(outcome: SessionResult) -> Iterator[Values]:
    for session in outcome.overtaken:
        yield {"its_team": outcome.team, "its_channel": outcome.channel, "its_session": session}


def _drop_superseded_digests() -> sa.Update:
    """Drop digests that surely have not arrived: the new one says what they would have said."""
    # An IN of parameters cannot be executed for many rows at once.
    told = (NoticeKind.DIGEST, NoticeKind.DETAILS, NoticeKind.FILE)
    kinds = sa.or_(*(OUTBOX.c.kind == kind.value for kind in told))
    mine = [OUTBOX.c[name] == sa.bindparam(f"its_{name}") for name in ("team", "channel", "session")]
    unsent = (UNFINISHED, OUTBOX.c.state == "due", ~OUTBOX.c.doubtful)
    return (
        sa.update(OUTBOX)
        .where(*mine, kinds, OUTBOX.c.subject == "", *unsent)
        .values(state="dropped", fault="told by the digest of a newer session")
    )
