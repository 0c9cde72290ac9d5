"""What sessions make of the rules of a channel: where they stand, what changed, what is to be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from analytics.pairs import Period
from analytics.panel import PricePanel
from analytics.watch.readings import Readings
from analytics.watch.since import since_fired
from bot.model import (
    ChannelKey,
    Digest,
    DigestContent,
    DigestMode,
    Follow,
    KnownDate,
    NewNotice,
    NoticeKind,
    PeriodReport,
    RuleIncident,
    RuleReport,
    RuleTransition,
    SessionResult,
    StoredRule,
    alert_for,
)
from bot.ports import Calendar, Store
from bot.render.rules.digest import MOST_LINES
from bot.schedule import Settled, comes_without_news, ended_periods, post_of
from bot.use_cases.daily.content import (
    AHEAD,
    channel_dates,
    dates_to_tell,
    funds_of,
    known_dates,
    pairs_on,
    period_report,
)
from bot.use_cases.gather import Gathered, MarketData
from bot.use_cases.replay import ReplayStep, RuleReplay, first_needed, replay

SHOWN = 3
"""Incidents in a report."""


CHANGES = timedelta(days=70)
"""How far back rules are read where a month or a week is told of: two months, and holidays."""


@dataclass(frozen=True, eq=False)
class SessionData:
    """What rules say on the sessions in question, and the prices that they were read from.

    dates: that are known of the funds and exchanges, around the session, one fund each.
    following: the workspace's next session, None where no dates are told.
    """

    readings: Readings
    panel: PricePanel
    dates: tuple[KnownDate, ...] = ()
    following: date | None = None


@dataclass(frozen=True, eq=False)
class ChannelRules:
    """Everything of one channel that a session is judged with.

    kept: its active rules, by number.  digest: its daily post, None without one.
    incidents: the last ones by version key, the newest first.
    unsent: digests of older sessions that nobody has tried to send.
    due: when the channel is to hear of the session.
    exchanges: codes of the exchanges of its rules' symbols, as far as they are known.
    sessions: of the workspace's calendar, from the oldest that a rule has missed on; each has its own post.
    follows: pairs that are told of beside them.
    ended: the last sessions of the week and the month that are to be told of.
    told: the session up to which every post came; None where some did not, or none was due.
    """

    channel_key: ChannelKey
    kept: tuple[StoredRule, ...]
    digest: Digest | None
    due: datetime
    incidents: Mapping[str, Sequence[RuleIncident]] = field(default_factory=dict)
    unsent: Sequence[DigestContent] = ()
    exchanges: Mapping[str, str] = field(default_factory=dict)
    sessions: Sequence[date] = ()
    follows: Sequence[Follow] = ()
    ended: Mapping[Period, date] = field(default_factory=dict)
    told: date | None = None

    @property
    def funds(self) -> tuple[str, ...]:
        """All that the channel's post is about: what rules read or show, and what is followed."""
        followed = (symbol for follow in self.follows for symbol in follow.symbols)
        return tuple(dict.fromkeys([*funds_of(each.watched.rule for each in self.kept), *followed]))

    def post_of(self, day: date) -> date:
        """Find the session whose post tells of a day, on which only another exchange may have been open."""
        return next((session for session in self.sessions if session >= day), day)


@dataclass(frozen=True, eq=False)
class ChannelRecords:
    """What the store knows of the channels of some workspaces before a session is decided."""

    digests: Mapping[ChannelKey, Digest]
    incidents: Mapping[tuple[str, str], Sequence[RuleIncident]]
    unsent: Mapping[ChannelKey, Sequence[DigestContent]]
    follows: Mapping[ChannelKey, Sequence[Follow]] = field(default_factory=dict)

    def ended(self, channel_key: ChannelKey, calendar: Calendar, session: date) -> dict[Period, date]:
        """Find the week and the month that the post of a session is to tell of.

        What an unsent post was to tell of, the new one tells.
        """
        return ended_periods(calendar, self._told(channel_key), session)

    def _told(self, channel_key: ChannelKey) -> date | None:
        """Find up to which session the posts of a channel came; None for none."""
        digest, unsent = self.digests.get(channel_key), self.unsent.get(channel_key, ())
        if unsent:
            return min(each.session for each in unsent) - timedelta(days=1)
        return digest.reached if digest else None

    def channel_rules(
        self,
        channel_key: ChannelKey,
        stored_rules: Sequence[StoredRule],
        end: Settled,
        exchanges: Mapping[str, str],
        sessions: Sequence[date],
        ended: Mapping[Period, date] | None = None,
    ) -> ChannelRules:
        """Put together what a session that has settled at `end` is judged with."""
        digest = self.digests.get(channel_key)
        found = {each.watched.key: (channel_key.team, each.watched.key) for each in stored_rules}
        return ChannelRules(
            channel_key,
            tuple(stored_rules),
            digest,
            due=post_of(digest, end.at) if digest else end.at,
            incidents={key: self.incidents[at] for key, at in found.items() if at in self.incidents},
            unsent=self.unsent.get(channel_key, ()),
            exchanges=exchanges,
            sessions=sessions,
            follows=self.follows.get(channel_key, ()),
            ended=ended or {},
            told=self._told(channel_key) if digest and digest.mode is DigestMode.ALWAYS else None,
        )


async def load_records(store: Store, teams: Sequence[str], session: date) -> ChannelRecords:
    """Load what is known of workspaces' channels; digests of sessions before `session` that are unsent."""
    return ChannelRecords(
        await store.daily(teams),
        await store.incidents(teams),
        await store.unsent(teams, session),
        await store.follows(teams),
    )


def missed_sessions(calendar: Calendar, stored_rules: Sequence[StoredRule], session: date) -> Sequence[date]:
    """Give the sessions of the workspace's calendar from the oldest that one of the rules needs on."""
    sessions: list[date] = calendar.sessions(_oldest_needed(stored_rules, session), session).tolist()
    return sessions


def _oldest_needed(stored_rules: Sequence[StoredRule], session: date) -> date:
    return min((first_needed(each, session) for each in stored_rules), default=session)


def read_sessions(
    gathered: Gathered,
    stored_rules: Sequence[StoredRule],
    session: date,
    market_data: MarketData | None = None,
    *,
    periods: bool = False,
) -> SessionData:
    """Read each distinct rule on all sessions that one of them may have to decide; for many, in a thread.

    market_data: knows the dates that a post tells; None where none is to be made.
    periods: a week or a month is to be told of, whose beginning is read, too.
    """
    rules = list(dict.fromkeys(each.watched.rule for each in stored_rules))
    oldest = _oldest_needed(stored_rules, session)
    first = min(oldest, session - CHANGES) if periods else oldest
    readings = gathered.readings(rules, first, session)
    if market_data is None:
        return SessionData(readings, gathered.panel)
    ahead: list[date] = market_data.calendar.sessions(session + timedelta(days=1), session + AHEAD).tolist()
    dates = tuple(known_dates(gathered, market_data, session))
    return SessionData(readings, gathered.panel, dates, following=next(iter(ahead), None))


def awaited_symbols(
    gathered: Gathered,
    stored_rules: Sequence[StoredRule],
    session: date,
    follows: Iterable[Follow] = (),
) -> Sequence[str]:
    """Find the symbols whose price may still come, of the rules that have not come to a session."""
    behind = (each for each in stored_rules if (each.rule_state.reached or date.min) < session)
    waited = [symbol for each in behind for symbol in gathered.waits(each.watched.rule)]
    followed = (symbol for each in follows for symbol in each.symbols if symbol in gathered.late)
    return list(dict.fromkeys([*waited, *followed]))


def evaluate(channel: ChannelRules, session_data: SessionData, session: date) -> SessionResult:
    """Decide what the rules of a channel have missed up to a session, and what the channel is told of it.

    Each rule is brought through the sessions of its own exchanges up to that day.

    The session decided last is decided again where its data were corrected or came late.  Rules that have
    come to the session already are told of as they stand.

    session_data: what `read_sessions` gives of these rules, or of these and others.
    """
    courses = [_replay_rule(channel, stored, session_data, session) for stored in channel.kept]
    moved = [course for course in courses if course.rule_state is not course.kept.rule_state]
    return SessionResult(
        channel.channel_key.team,
        channel.channel_key.channel,
        session,
        standings=tuple((course.watched, course.rule_state) for course in moved),
        flips=tuple(
            (course.watched, step.transition) for course in moved for step in course.steps if step.transition
        ),
        notices=tuple(_notices(channel, courses, session_data, session)),
        overtaken=tuple(digest_content.session for digest_content in channel.unsent)
        if _is_told(channel)
        else (),
        told=_is_told(channel),
    )


def _replay_rule(
    channel: ChannelRules, stored: StoredRule, session_data: SessionData, session: date
) -> RuleReplay:
    known = channel.incidents.get(stored.watched.key, ())
    symbols = stored.watched.rule.priced
    exchanges = {symbol: channel.exchanges[symbol] for symbol in symbols if symbol in channel.exchanges}
    return replay(stored, known, session_data.readings, session, exchanges)


def first_decision(
    stored: StoredRule, gathered: Gathered, session: date, settled: date, digest: Digest | None, at: datetime
) -> SessionResult:
    """Decide what the newest session makes of a new, edited or resumed version, outside the daily run.

    Its card is due at once where it fires and the channel's digest is active; nothing else is queued, for
    the answer to the person tells the rest.  Where a price of the session may still come, nothing is decided:
    the standing is given back as it was, and the daily run takes the rule up.

    session: the newest complete one of the rule's exchanges.
    settled: the newest one of the workspace's calendar, whose run tells the channel of the rule.
    """
    watched = stored.watched
    if awaited_symbols(gathered, [stored], session):
        return SessionResult(watched.team, watched.channel, session, ((watched, stored.rule_state),))
    channel_key = ChannelKey(watched.team, watched.channel)
    channel = ChannelRules(channel_key, (stored,), digest, at, exchanges=gathered.exchanges)
    outcome = evaluate(channel, read_sessions(gathered, [stored], session), session)
    cards = tuple(notice for notice in outcome.notices if notice.kind in (NoticeKind.CARD, NoticeKind.ALERT))
    told = ((each, replace(now, through=min(session, settled))) for each, now in outcome.standings)
    return replace(outcome, standings=tuple(told), notices=cards, told=False)


def _notices(
    channel: ChannelRules, courses: Sequence[RuleReplay], session_data: SessionData, session: date
) -> Iterator[NewNotice]:
    """Yield cards, updates and replies rule by rule, then the digest with what belongs into its thread, all
    for one moment.

    A quiet channel hears of news alone, and on the weekdays that it has chosen.  What an older digest did not
    come to tell is news.
    """
    digest = channel.digest
    if digest is None or not _is_told(channel):
        yield from _alerts(channel, courses, session_data, session)
        return
    for course in courses:
        for kind, report in _rule_reports(course, session_data, session):
            yield _notice(channel, session, kind, course.watched.key, report)
    changed = bool(channel.unsent) or any(course.heard for course in courses)
    if changed or comes_without_news(digest, channel.due):
        digest_content = _digest_content(channel, courses, session_data, session)
        if digest_content.stories or digest_content.pairs:
            yield _notice(channel, session, NoticeKind.DIGEST, "", digest_content)
            if len(digest_content.stories) > MOST_LINES:
                yield _notice(channel, session, NoticeKind.DETAILS, "", digest_content)
            if digest_content.month:
                yield _notice(channel, session, NoticeKind.FILE, "", digest_content)


def _alerts(
    channel: ChannelRules, courses: Sequence[RuleReplay], session_data: SessionData, session: date
) -> Iterator[NewNotice]:
    """Yield for each owner what has fired or is over, where the channel wants its post and takes none."""
    if channel.digest is None or not channel.digest.on:
        return
    for course in courses:
        known = {incident.fired for incident in course.known}
        for kind, report in _rule_reports(course, session_data, session):
            if kind is NoticeKind.CARD and report.state.fired in known:
                continue  # told when it fired
            notice = _notice(channel, session, kind, course.watched.key, report)
            if alert := alert_for(notice, channel.due):
                yield alert


def _is_told(channel: ChannelRules) -> bool:
    return channel.digest is not None and channel.digest.active


def _notice(
    channel: ChannelRules, session: date, kind: NoticeKind, subject: str, content: RuleReport | DigestContent
) -> NewNotice:
    return NewNotice(
        channel.channel_key.team, channel.channel_key.channel, session, kind, subject, content, channel.due
    )


def _rule_reports(
    course: RuleReplay, session_data: SessionData, session: date
) -> Iterator[tuple[NoticeKind, RuleReport]]:
    """Yield what is to be said of incidents: their end, and where the open one stands.

    The card of an open one is rewritten after each of its sessions, which makes no noise, also under a
    snooze; its thread hears of changes only.
    """
    for step in course.steps:
        for incident in _closed_incidents(course, step):
            report = _rule_report(course, step, session_data, session)
            mine = (incident, *(other for other in step.incidents if other.fired < incident.fired))
            yield from _update_and_reply(
                replace(report, flip=step.transition, incidents=mine[:SHOWN]), silent=step.silenced
            )
    newest = course.incidents[0] if course.incidents else None
    if newest and newest.recovered is None:
        yield from _open_incident_reports(course, newest, session_data, session)


def _open_incident_reports(
    course: RuleReplay, incident: RuleIncident, session_data: SessionData, session: date
) -> Iterator[tuple[NoticeKind, RuleReport]]:
    last = course.steps[-1] if course.steps else None
    changes = [step.transition for step in course.steps if step.transition]
    report = _rule_report(course, last, session_data, session)
    since = since_fired(course.watched.rule, session_data.panel, incident.fired, report.session)
    report = replace(report, flip=changes[-1] if changes else None, since=since)
    quiet = course.quiet(session)
    if incident.ts is None and not quiet:
        yield NoticeKind.CARD, report
    elif incident.ts and course.steps:
        yield from _update_and_reply(report, silent=quiet or not course.heard)


def _update_and_reply(report: RuleReport, *, silent: bool = False) -> Iterator[tuple[NoticeKind, RuleReport]]:
    yield NoticeKind.UPDATE, report
    if not silent:
        yield NoticeKind.REPLY, report


def _closed_incidents(course: RuleReplay, step: ReplayStep) -> Iterator[RuleIncident]:
    """Yield the incidents that a step has closed and that people may have a card of."""
    day = step.decision.session
    open_before = {incident.fired for incident in course.known if incident.recovered is None}
    for incident in step.incidents:
        if incident.recovered == day and incident.fired in open_before:
            yield incident


def _rule_report(
    course: RuleReplay, step: ReplayStep | None, session_data: SessionData, session: date
) -> RuleReport:
    """Report where a rule stood after a step, or stands without one.

    session: for a rule that nothing was decided of yet.
    """
    rule_state = course.rule_state
    decided = step.decision.session if step else rule_state.state.session
    return RuleReport(
        watched=course.watched,
        session=decided or session,
        state=step.decision.state if step else rule_state.state,
        reading=step.reading if step else rule_state.reading,
        incidents=(step.incidents if step else course.known)[:SHOWN],
        source=session_data.panel.source,
        simulated=session_data.panel.simulated,
    )


def _digest_content(
    channel: ChannelRules, courses: Sequence[RuleReplay], session_data: SessionData, session: date
) -> DigestContent:
    """Return every rule as it stands, and what older sessions brought that nobody was told of."""
    late = [(course, transition) for course in courses for transition in course.older]
    own = [
        (course.watched.name, transition)
        for course, transition in sorted(late, key=lambda each: each[1].session)
    ]
    return DigestContent(
        session,
        stories=tuple(_digest_line(course, session_data, session) for course in courses),
        missed=(*(told for digest_content in channel.unsent for told in _older_news(digest_content)), *own),
        sessions_missed=sum(1 + digest_content.sessions_missed for digest_content in channel.unsent)
        + len({channel.post_of(day) for course in courses for day in course.days} - {session}),
        pairs=pairs_on(channel.follows, session_data.panel, session),
        week=_period_report(channel, session_data, Period.WEEK),
        month=_period_report(channel, session_data, Period.MONTH),
        dates=dates_to_tell(
            channel_dates(session_data.dates, channel.funds, channel.exchanges),
            channel.told,
            session_data.following,
        ),
    )


def _period_report(channel: ChannelRules, session_data: SessionData, period: Period) -> PeriodReport | None:
    """Return what a week or a month came to, where one is to be told of."""
    end = channel.ended.get(period)
    if end is None:
        return None
    return period_report(
        channel.kept, channel.follows, session_data.readings, session_data.panel, period, end
    )


def _digest_line(course: RuleReplay, session_data: SessionData, session: date) -> RuleReport:
    last = course.steps[-1] if course.steps else None
    return replace(_rule_report(course, last, session_data, session), flip=course.headline)


def _older_news(digest_content: DigestContent) -> Iterator[tuple[str, RuleTransition]]:
    yield from digest_content.missed
    for report in digest_content.stories:
        if report.flip:
            yield report.watched.name, report.flip
