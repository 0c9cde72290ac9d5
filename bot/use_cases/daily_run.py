"""The story of a daily run: what every active rule makes of a session, decided, kept and queued."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from analytics.panel import PricePanel
from analytics.watch.crosscheck import Agreement, Disagreement, agreement
from analytics.watch.noise import Kept, Noise, noise_of
from analytics.watch.worlds import why_not
from bot.errors import UserError
from bot.model import (
    ChannelKey,
    Follow,
    RuleNoise,
    RuleStatus,
    RuleVersion,
    SessionResult,
    StoredRule,
)
from bot.ports import Calendar, Metrics, Prices, Store
from bot.schedule import Settled, ended_periods, find_settled
from bot.use_cases.evaluate import (
    ChannelRecords,
    SessionData,
    awaited_symbols,
    evaluate,
    load_records,
    missed_sessions,
    read_sessions,
)
from bot.use_cases.gather import Gathered, MarketData, find_prices, gather
from bot.use_cases.outcomes.reviews import tell_followed
from bot.use_cases.replay import exchanges_of

log = logging.getLogger(__name__)

TEAMS = 50
"""Workspaces that are read and kept at once."""
JUST_ENDED = timedelta(days=4)
"""A week or month that ended longer ago is told without what rules said when it began."""


@dataclass
class RunReport:
    """What a run came to, by channel.

    decided: and kept.  waiting: for an exchange or for prices, and why.
    lost: to another worker or to a person who acted at the same moment; they come again.
    failed: and why, a bug.
    outcomes: what would have been kept, of a dry run only.
    seconds: all in all.  symbols: whose prices were asked for.  rules: distinct ones.
    """

    session: date
    decided: list[ChannelKey] = field(default_factory=list)
    waiting: dict[ChannelKey, str] = field(default_factory=dict)
    lost: list[ChannelKey] = field(default_factory=list)
    failed: dict[ChannelKey, str] = field(default_factory=dict)
    outcomes: list[SessionResult] = field(default_factory=list)
    seconds: float = 0.0
    symbols: int = 0
    rules: int = 0

    @property
    def complete(self) -> bool:
        """True where no channel is left that has not come to the session."""
        return not (self.waiting or self.lost or self.failed)


@dataclass(frozen=True)
class _Undecided:
    """A channel that has not come to the session: its active rules, and the pairs that it follows."""

    channel_key: ChannelKey
    rules: tuple[StoredRule, ...]
    follows: tuple[Follow, ...] = ()

    @property
    def followed(self) -> tuple[str, ...]:
        """The symbols of its pairs."""
        return tuple(symbol for follow in self.follows for symbol in follow.symbols)


_Chunk = tuple[Sequence[str], Sequence[_Undecided]]
"""Workspaces with those of their channels that are to be judged."""


@dataclass(frozen=True, eq=False)
class _Run:
    """What one run knows.

    sessions: of the workspace's calendar, from the oldest that a rule has missed on.
    compared: what holding the prices against a second source came to, None without one.
    """

    session: date
    now: datetime
    gathered: Gathered
    session_data: SessionData
    sessions: Sequence[date]
    compared: Agreement | None = None


class DailyRun:
    """Decides sessions; safe to repeat and to run beside others.

    patience: how long after a session has settled, on all exchanges that a channel needs, its prices are
    waited for.
    """

    def __init__(self, store: Store, market_data: MarketData, metrics: Metrics, patience: timedelta) -> None:
        self._store, self._desk, self._metrics, self._patience = store, market_data, metrics, patience
        self._complete: date | None = None

    async def run(self, session: date, now: datetime, *, dry: bool = False) -> RunReport:
        """Decide a session of the workspace's calendar for every channel that has not come to it.

        A channel waits until the day has settled on every exchange on which its rules' symbols are traded.
        All prices are asked for once and every distinct rule is read once, whoever watches it; what comes of
        it is kept some workspaces at a time, each channel whole or not at all.

        dry: keep nothing, give back what would be kept.
        Raises UserError where the day is no session or its prices have not settled.
        """
        started = self._desk.clock.monotonic()
        self._check(session, now)
        report = RunReport(session)
        undecided = [chunk async for chunk in self._undecided_channels(session)]
        chunks = [(teams, list(self._settled_channels(each, report, now))) for teams, each in undecided]
        run = await self._read([channel for _, each in chunks for channel in each], session, now)
        report.symbols = len(run.gathered.panel.symbols)
        report.rules = len(
            {stored.watched.rule for _, each in chunks for channel in each for stored in channel.rules}
        )
        for teams, each in chunks:
            await self._decide_channels(run, teams, each, report, dry=dry)
        if not dry:
            await tell_followed(self._store, self._desk, session, frozenset(report.waiting))
        report.seconds = self._desk.clock.monotonic() - started
        if not dry:
            self._measure(report, run.gathered, now)
            if run.compared:
                self._metrics.sources(run.compared)
        return report

    def _check(self, session: date, now: datetime) -> None:
        newest = self._desk.calendar.last_complete(now)
        if session > newest:
            raise UserError(f"{session} is not complete; the newest session that is, is {newest}.")
        try:
            self._desk.calendar.settles(session)
        except ValueError as fault:
            raise UserError(f"{fault}. The newest session is {newest}.") from fault

    async def _undecided_channels(self, session: date) -> AsyncIterator[_Chunk]:
        teams = list(await self._store.teams())
        for start in range(0, len(teams), TEAMS):
            some = teams[start : start + TEAMS]
            follows = await self._store.follows(some)
            rules = dict(_by_channel(await self._store.rules_behind(some, session)))
            for channel_key in await self._followed_channels(some, follows, session):
                rules.setdefault(channel_key, await self._active_rules(channel_key))
            if rules:
                yield (
                    some,
                    [_Undecided(key, kept, tuple(follows.get(key, ()))) for key, kept in rules.items()],
                )

    async def _followed_channels(
        self, teams: Sequence[str], follows: Mapping[ChannelKey, Sequence[Follow]], session: date
    ) -> list[ChannelKey]:
        """List the channels whose daily post has not come to the session and that follow a pair."""
        if not follows:
            return []
        digests = await self._store.daily(teams)
        return [
            key
            for key, digest in digests.items()
            if key in follows and digest.active and (digest.reached or date.min) < session
        ]

    async def _active_rules(self, channel_key: ChannelKey) -> tuple[StoredRule, ...]:
        stored = await self._store.of(channel_key.team).rules(channel_key.channel)
        return tuple(each for each in stored if each.watched.status is RuleStatus.ACTIVE)

    def _settled_channels(
        self, channels: Sequence[_Undecided], report: RunReport, now: datetime
    ) -> Iterator[_Undecided]:
        """Yield the channels whose exchanges have closed, as far as they are known from before."""
        for channel in channels:
            end = find_settled(self._desk.calendar, report.session, exchanges_of(channel.rules))
            if end.at > now:
                report.waiting[channel.channel_key] = _closing_text(end)
            else:
                yield channel

    async def _read(self, channels: Sequence[_Undecided], session: date, now: datetime) -> _Run:
        stored_rules = [stored for channel in channels for stored in channel.rules]
        rules = list(dict.fromkeys(each.watched.rule for each in stored_rules))
        known = {symbol: code for each in stored_rules for symbol, code in each.rule_state.exchanges.items()}
        followed = [symbol for channel in channels for symbol in channel.followed]
        gathered = await gather(rules, self._desk, session, known, followed)
        compared = await hold_against_second(gathered.panel, self._desk.sources, session)
        gathered = with_doubts(gathered, compared) if compared else gathered
        periods = bool(ended_periods(self._desk.calendar, session - JUST_ENDED, session))
        session_data = await asyncio.to_thread(
            read_sessions, gathered, stored_rules, session, self._desk, periods=periods
        )
        sessions = missed_sessions(self._desk.calendar, stored_rules, session)
        return _Run(session, now, gathered, session_data, sessions, compared)

    async def _decide_channels(
        self,
        run: _Run,
        teams: Sequence[str],
        channels: Sequence[_Undecided],
        report: RunReport,
        *,
        dry: bool,
    ) -> None:
        records = await load_records(self._store, teams, run.session)
        outcomes = await asyncio.to_thread(self._session_results, run, records, channels, report)
        if dry:
            report.outcomes += outcomes
            return
        done = {ChannelKey(each.team, each.channel) for each in await self._store.commit(outcomes)}
        for outcome in outcomes:
            channel_key = ChannelKey(outcome.team, outcome.channel)
            (report.decided if channel_key in done else report.lost).append(channel_key)

    def _session_results(
        self, run: _Run, records: ChannelRecords, channels: Sequence[_Undecided], report: RunReport
    ) -> list[SessionResult]:
        """Decide channel by channel; what one of them does to the code harms no other."""
        outcomes = []
        for undecided in channels:
            channel_key, rules = undecided.channel_key, undecided.rules
            try:
                codes = run.gathered.codes_of((each.watched.rule for each in rules), undecided.followed)
                end = find_settled(self._desk.calendar, run.session, codes)
                if cause := self._cause_of_wait(run, undecided, end):
                    report.waiting[channel_key] = cause
                    continue
                exchanges = run.gathered.exchanges
                ended = records.ended(channel_key, self._desk.calendar, run.session)
                channel = records.channel_rules(channel_key, rules, end, exchanges, run.sessions, ended)
                outcomes.append(evaluate(channel, run.session_data, run.session))
            except Exception as fault:
                log.exception(
                    "The rules of %s/%s could not be decided", channel_key.team, channel_key.channel
                )
                report.failed[channel_key] = f"{type(fault).__name__}: {fault}"
        return outcomes

    def _cause_of_wait(self, run: _Run, channel: _Undecided, end: Settled) -> str:
        """Return why a channel has to wait: for an exchange, or a while for prices; empty where it has not.

        By a clock that is not trusted no wait for prices is over, and no day has come that has none.
        """
        if run.now < end.at:
            return _closing_text(end)
        trusted = self._desk.clock.trusted
        cause = _cause_of_delay(run, channel) if run.now < end.at + self._patience or not trusted else ""
        if not cause and run.now < end.at + min(SECOND_PATIENCE, self._patience):
            cause = awaited_of_second(run.compared)
        if trusted or cause or (run.gathered.newest or date.min) >= run.session:
            return cause
        return f"the clock has not been compared with Slack's, and there is no price of {run.session} yet"

    def _measure(self, report: RunReport, gathered: Gathered, now: datetime) -> None:
        """Count a session as run, once, when nothing is left of it, also where nothing is watched."""
        if report.complete and (report.decided or report.session != self._complete):
            self._complete = report.session
            self._metrics.run(report.session, report.seconds, now)
        if gathered.newest:
            self._metrics.prices(gathered.newest, now)


def _by_channel(stored_rules: Sequence[StoredRule]) -> Iterator[tuple[ChannelKey, tuple[StoredRule, ...]]]:
    """Group by channel, as the store gives them."""
    for (team, channel), rules in groupby(
        stored_rules, lambda each: (each.watched.team, each.watched.channel)
    ):
        yield ChannelKey(team, channel), tuple(rules)


def _channel_ends(
    calendar: Calendar, stored_rules: Sequence[StoredRule], session: date
) -> Iterator[tuple[ChannelKey, tuple[StoredRule, ...], Settled]]:
    """Yield channel by channel, when a session has settled on all exchanges that its rules may need."""
    for channel_key, rules in _by_channel(stored_rules):
        yield channel_key, rules, find_settled(calendar, session, exchanges_of(rules))


def count_overdue(calendar: Calendar, stored_rules: Sequence[StoredRule], session: date, by: datetime) -> int:
    """Count the rules among undecided ones whose session had settled by a moment on all exchanges needed.

    kept: by channel, as the store gives them.
    """
    return sum(len(rules) for _, rules, end in _channel_ends(calendar, stored_rules, session) if end.at <= by)


def _closing_text(end: Settled) -> str:
    return f"the day settles on {end.code} at {end.at:%Y-%m-%d %H:%M} UTC"


def _cause_of_delay(run: _Run, channel: _Undecided) -> str:
    """Return why prices of the session may still come; empty where none may."""
    symbols = awaited_symbols(run.gathered, channel.rules, run.session, channel.follows)
    return "; ".join(dict.fromkeys(run.gathered.causes[symbol] for symbol in symbols))


AT_ONCE = 500
"""Rules that are weighed and kept at once."""


class NightlyNoise:
    """Works out what an unchanged world makes of every active rule, once a session; safe to repeat."""

    def __init__(self, store: Store, market_data: MarketData) -> None:
        self._store, self._desk = store, market_data

    async def run(self, session: date) -> int:
        """Weigh the rules that were not weighed on the session yet; how many that were.

        A rule without prices has that for a reason, and is weighed again on the next session.
        """
        teams, count = list(await self._store.teams()), 0
        for start in range(0, len(teams), TEAMS):
            waiting = await self._store.rules_unweighed(teams[start : start + TEAMS], session)
            for at in range(0, len(waiting), AT_ONCE):
                await self._weigh(waiting[at : at + AT_ONCE], session)
            count += len(waiting)
        return count

    async def _weigh(self, stored_rules: Sequence[StoredRule], session: date) -> None:
        kept = {(each.watched.rule, each.watched.policy): None for each in stored_rules}
        drawn = [rule for rule, _ in kept if why_not(rule) is None]
        gathered = await gather(drawn, self._desk, session)
        found = await asyncio.to_thread(noise_of, kept, gathered.panel, self._desk.regimes, session)
        await self._store.save_noise([_rule_noise(each.watched, session, found) for each in stored_rules])


def _rule_noise(watched: RuleVersion, session: date, found: Mapping[Kept, Noise | str]) -> RuleNoise:
    told = found[watched.rule, watched.policy]
    noise, reason = (None, told) if isinstance(told, str) else (told, "")
    return RuleNoise(watched.team, watched.number, watched.version, session, noise, reason)


SECONDS = 60.0
"""How long a run waits for the second source's answer."""
SECOND_PATIENCE = timedelta(hours=2)
"""How long after a session has settled the second source's prices of it are waited for."""


async def hold_against_second(
    panel: PricePanel, sources: Mapping[str, Prices], session: date
) -> Agreement | None:
    """Hold prices after a session against the next source that has any of the symbols.

    What the two disagree about is in doubt from then on: a rule waits the session whose own price is, and its
    card and the daily post say why.  Nothing is raised, nothing taken from the second source.

    sources: all that are set, by name, in order of trust.

    Returns
    -------
    What the comparison came to; None where there is no second source, or nothing to compare.
    """
    others = {name: source for name, source in sources.items() if name != panel.source}
    if not others or not panel.symbols or not panel.source:
        return None
    causes: list[str] = []
    for name, source in others.items():
        found = await _agreement(panel, name, source, session)
        if isinstance(found, Agreement):
            log.info("%s", found.words)
            return found
        causes.append(found)
    cause = "; ".join(causes)
    log.warning("Prices of %s are held against no other source: %s", session, cause)
    return Agreement(panel.source, ", ".join(others), session, cause=cause)


async def _agreement(panel: PricePanel, name: str, source: Prices, session: date) -> Agreement | str:
    """Compare with one source; or say why that cannot be done."""
    try:
        async with asyncio.timeout(SECONDS):
            found = await find_prices(source, panel.symbols, session)
    except TimeoutError:
        return f"{name} did not answer within {SECONDS:.0f} s"
    if found.panel is None:
        told = [*found.silent.values(), *found.unknown.values()]
        return told[0].rstrip(".") if told else f"{name} has none of the symbols"
    return await asyncio.to_thread(agreement, panel, found.panel, session)


def with_doubts(gathered: Gathered, found: Agreement) -> Gathered:
    """Add the doubts of a comparison, and what the second source has of prices that are missing."""
    panel = replace(gathered.panel, doubts=(*gathered.panel.doubts, *found.doubts))
    missing = (each for each in found.fresh if each.kind is Disagreement.MISSING and each.by == found.first)
    symbols = {each.symbol for each in missing} & gathered.causes.keys()
    causes = {symbol: f"{gathered.causes[symbol]}; {found.second} has one" for symbol in symbols}
    return replace(gathered, panel=panel, causes={**gathered.causes, **causes})


def awaited_of_second(found: Agreement | None) -> str:
    """Say what the second source has no price of yet; empty where it has all that can be compared."""
    if found is None or not found.late:
        return ""
    return f"{found.second} has no price of {', '.join(found.late)} on {found.session} yet to compare with"
