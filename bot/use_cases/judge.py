"""What sessions make of the rules of a channel: where they stand, what changed, what is to be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from analytics.panel import PricePanel
from analytics.watch.readings import Readings
from analytics.watch.since import since_fired
from bot.records import (
    Digest,
    Edition,
    Flip,
    Incident,
    Kept,
    Kind,
    Lane,
    Mode,
    NewPromise,
    Outcome,
    Story,
    alert_of,
)
from bot.use_cases.course import Course, Step, first_needed, follow
from bot.use_cases.gather import Gathered

SHOWN = 3
"""Incidents in a story."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What rules say on the sessions in question, and the prices that they were read from."""

    readings: Readings
    panel: PricePanel


@dataclass(frozen=True, eq=False)
class Channel:
    """Everything of one channel that a session is judged with.

    kept: its active rules, by number.  digest: its daily post, None without one.
    incidents: the last ones by version key, the newest first.
    unsent: editions of older sessions that nobody has tried to send.
    due: when the channel is to hear of the session.
    exchanges: codes of the exchanges of its rules' symbols, as far as they are known.
    sessions: of the workspace's calendar, from the oldest that a rule has missed on; each has its own post.
    """

    lane: Lane
    kept: tuple[Kept, ...]
    digest: Digest | None
    due: datetime
    incidents: Mapping[str, Sequence[Incident]] = field(default_factory=dict)
    unsent: Sequence[Edition] = ()
    exchanges: Mapping[str, str] = field(default_factory=dict)
    sessions: Sequence[date] = ()

    def post_of(self, day: date) -> date:
        """Find the session whose post tells of a day, on which only another exchange may have been open."""
        return next((session for session in self.sessions if session >= day), day)


def judge(channel: Channel, evidence: Evidence, session: date) -> Outcome:
    """Decide what the rules of a channel have missed up to a session, and what the channel is told of it.

    Each rule is brought through the sessions of its own exchanges up to that day.

    The session decided last is decided again where its data were corrected or came late.  Rules that have
    come to the session already are told of as they stand.

    evidence: read from the oldest `first_needed` of the rules on.
    """
    courses = [_course(channel, kept, evidence, session) for kept in channel.kept]
    moved = [course for course in courses if course.standing is not course.kept.standing]
    return Outcome(
        channel.lane.team,
        channel.lane.channel,
        session,
        standings=tuple((course.watched, course.standing) for course in moved),
        flips=tuple((course.watched, step.flip) for course in moved for step in course.steps if step.flip),
        promises=tuple(_promises(channel, courses, evidence, session)),
        overtaken=tuple(edition.session for edition in channel.unsent) if _is_told(channel) else (),
    )


def _course(channel: Channel, kept: Kept, evidence: Evidence, session: date) -> Course:
    known = channel.incidents.get(kept.watched.key, ())
    symbols = kept.watched.rule.priced
    exchanges = {symbol: channel.exchanges[symbol] for symbol in symbols if symbol in channel.exchanges}
    return follow(kept, known, evidence.readings, session, exchanges)


def first_decision(
    kept: Kept, gathered: Gathered, session: date, settled: date, digest: Digest | None, at: datetime
) -> Outcome:
    """What its newest session makes of one new, edited or resumed version, outside the daily run.

    Its card is due at once where it fires and the channel's digest is active; nothing else is promised, for
    the answer to the person tells the rest.  Where a price of the session may still come, nothing is decided:
    the standing is given back as it was, and the daily run takes the rule up.

    session: the newest complete one of the rule's exchanges.
    settled: the newest one of the workspace's calendar, whose run tells the channel of the rule.
    """
    watched = kept.watched
    if gathered.waits(watched.rule):
        return Outcome(watched.team, watched.channel, session, ((watched, kept.standing),))
    readings = gathered.readings([watched.rule], first_needed(kept, session), session)
    lane = Lane(watched.team, watched.channel)
    channel = Channel(lane, (kept,), digest, at, exchanges=gathered.exchanges)
    outcome = judge(channel, Evidence(readings, gathered.panel), session)
    cards = tuple(promise for promise in outcome.promises if promise.kind in (Kind.CARD, Kind.ALERT))
    told = ((each, replace(now, through=min(session, settled))) for each, now in outcome.standings)
    return replace(outcome, standings=tuple(told), promises=cards)


def _promises(
    channel: Channel, courses: Sequence[Course], evidence: Evidence, session: date
) -> Iterator[NewPromise]:
    """Cards, updates and replies rule by rule, then the digest with its details, all for the same moment.

    On a day without news a digest of mode ALWAYS has no details: it is one line.  What an older edition did
    not come to tell is news.
    """
    digest = channel.digest
    if digest is None or not _is_told(channel):
        yield from _alerts(channel, courses, evidence, session)
        return
    for course in courses:
        for kind, story in _stories(course, evidence, session):
            yield _promise(channel, session, kind, course.watched.key, story)
    changed = bool(channel.unsent) or any(course.heard for course in courses)
    if changed or digest.mode is Mode.ALWAYS:
        edition = _edition(channel, courses, evidence, session)
        yield _promise(channel, session, Kind.DIGEST, "", edition)
        if changed:
            yield _promise(channel, session, Kind.DETAILS, "", edition)


def _alerts(
    channel: Channel, courses: Sequence[Course], evidence: Evidence, session: date
) -> Iterator[NewPromise]:
    """Where the channel wants its post and takes none: what has fired, and what is over, to each owner."""
    if channel.digest is None or not channel.digest.on:
        return
    for course in courses:
        known = {incident.fired for incident in course.known}
        for kind, story in _stories(course, evidence, session):
            if kind is Kind.CARD and story.state.fired in known:
                continue  # told when it fired
            promise = _promise(channel, session, kind, course.watched.key, story)
            if alert := alert_of(promise, channel.due):
                yield alert


def _is_told(channel: Channel) -> bool:
    return channel.digest is not None and channel.digest.active


def _promise(
    channel: Channel, session: date, kind: Kind, subject: str, content: Story | Edition
) -> NewPromise:
    return NewPromise(channel.lane.team, channel.lane.channel, session, kind, subject, content, channel.due)


def _stories(course: Course, evidence: Evidence, session: date) -> Iterator[tuple[Kind, Story]]:
    """What is to be said of incidents: their end, and where the open one stands.

    The card of an open one is rewritten after each of its sessions, which makes no noise, also under a
    snooze; its thread hears of changes only.
    """
    for step in course.steps:
        for incident in _ended(course, step):
            story = _story(course, step, evidence, session)
            mine = (incident, *(other for other in step.incidents if other.fired < incident.fired))
            yield from _told(replace(story, flip=step.flip, incidents=mine[:SHOWN]), silent=step.silenced)
    newest = course.incidents[0] if course.incidents else None
    if newest and newest.recovered is None:
        yield from _of_open(course, newest, evidence, session)


def _of_open(
    course: Course, incident: Incident, evidence: Evidence, session: date
) -> Iterator[tuple[Kind, Story]]:
    last = course.steps[-1] if course.steps else None
    changes = [step.flip for step in course.steps if step.flip]
    story = _story(course, last, evidence, session)
    since = since_fired(course.watched.rule, evidence.panel, incident.fired, story.session)
    story = replace(story, flip=changes[-1] if changes else None, since=since)
    quiet = course.quiet(session)
    if incident.ts is None and not quiet:
        yield Kind.CARD, story
    elif incident.ts and course.steps:
        yield from _told(story, silent=quiet or not course.heard)


def _told(story: Story, *, silent: bool = False) -> Iterator[tuple[Kind, Story]]:
    yield Kind.UPDATE, story
    if not silent:
        yield Kind.REPLY, story


def _ended(course: Course, step: Step) -> Iterator[Incident]:
    """The incidents that a step has closed and that people may have a card of."""
    day = step.decision.session
    open_before = {incident.fired for incident in course.known if incident.recovered is None}
    for incident in step.incidents:
        if incident.recovered == day and incident.fired in open_before:
            yield incident


def _story(course: Course, step: Step | None, evidence: Evidence, session: date) -> Story:
    """Where a rule stood after a step, or stands without one.

    session: for a rule that nothing was decided of yet.
    """
    standing = course.standing
    decided = step.decision.session if step else standing.state.session
    return Story(
        watched=course.watched,
        session=decided or session,
        state=step.decision.state if step else standing.state,
        reading=step.reading if step else standing.reading,
        incidents=(step.incidents if step else course.known)[:SHOWN],
        source=evidence.panel.source,
        simulated=evidence.panel.simulated,
    )


def _edition(channel: Channel, courses: Sequence[Course], evidence: Evidence, session: date) -> Edition:
    """Every rule as it stands, and what older sessions brought that nobody was told of."""
    late = [(course, flip) for course in courses for flip in course.older]
    own = [(course.watched.name, flip) for course, flip in sorted(late, key=lambda each: each[1].session)]
    return Edition(
        session,
        stories=tuple(_line(course, evidence, session) for course in courses),
        missed=(*(told for edition in channel.unsent for told in _news(edition)), *own),
        sessions_missed=sum(1 + edition.sessions_missed for edition in channel.unsent)
        + len({channel.post_of(day) for course in courses for day in course.days} - {session}),
    )


def _line(course: Course, evidence: Evidence, session: date) -> Story:
    last = course.steps[-1] if course.steps else None
    return replace(_story(course, last, evidence, session), flip=course.headline)


def _news(edition: Edition) -> Iterator[tuple[str, Flip]]:
    yield from edition.missed
    for story in edition.stories:
        if story.flip:
            yield story.watched.name, story.flip
