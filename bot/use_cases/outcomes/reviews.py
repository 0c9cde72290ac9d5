"""What followed decisions and firings: decision log, scorecard, the record of one rule, news in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from analytics.panel import PricePanel
from analytics.watch.followed import HORIZONS, follow, gap_after, pair_of
from analytics.watch.states import State
from bot.language import Review, ReviewRequest
from bot.model import (
    ChannelKey,
    NewNotice,
    NoticeKind,
    Request,
    RuleReport,
    StoredDecision,
    StoredIncident,
)
from bot.ports import Calendar, Store
from bot.render.rules.decisions import DecisionLog, LoggedDecision, decisions_message, export_decisions
from bot.render.rules.scorecard import (
    FiringRecord,
    Scorecard,
    export_scorecard,
    scorecard_message,
)
from bot.schedule import post_of
from bot.use_cases.gather import Gathered, MarketData, gather
from bot.use_cases.services import Services


async def show_review(services: Services, asked: ReviewRequest, request: Request) -> None:
    """Show what has followed; as a file for all in the channel where that is wanted."""
    if asked.review is Review.DECISIONS:
        log = await load_decisions(services, request)
        message, files = decisions_message(log), export_decisions(log)
    else:
        card = await load_scorecard(services, request)
        message, files = scorecard_message(card), export_scorecard(card)
    if asked.csv and files:
        await services.attach(request, message.text, files)
    else:
        await services.tell(request, message)


SPAN = timedelta(days=5 * 365 + 1)
"""How far back all sessions reach that firings are held against: five years, as far as a rule is tried."""


async def load_decisions(services: Services, request: Request) -> DecisionLog:
    """Load the decisions that everybody in this channel may know of, the newest first."""
    known = await services.repository(request).decisions()
    seen = await visible_channels(services, request, (each.watched.channel for each in known))
    told = [each for each in known if each.watched.channel in seen]
    market = services.market_data
    last = market.calendar.last_complete(market.clock.now())
    gathered = await gather(dict.fromkeys(each.watched.rule for each in told), market, last)
    logged = await asyncio.to_thread(_look_back, services, told, gathered, last)
    panel = gathered.panel
    return DecisionLog(logged, last, panel.source if logged else "", simulated=panel.simulated)


def _look_back(
    services: Services, told: Sequence[StoredDecision], gathered: Gathered, last: date
) -> tuple[LoggedDecision, ...]:
    calendar = services.market_data.calendar
    return tuple(
        LoggedDecision(
            each.watched,
            each.entry,
            gap_after(each.watched.rule, gathered.panel, calendar.last_complete(each.entry.at), last),
        )
        for each in told
    )


async def visible_channels(services: Services, request: Request, named: Iterable[str]) -> frozenset[str]:
    """Return the channels whose rules may be told of where it is asked: that one, and the public ones.

    Somebody of another workspace is told of that one alone.
    """
    others = sorted(set(named) - {request.channel})
    if (await services.users.person(request.team, request.user)).stranger:
        others = []
    public = await asyncio.gather(*(services.channels.is_public(request.team, each) for each in others))
    return frozenset([request.channel, *(each for each, known in zip(others, public, strict=True) if known)])


async def load_scorecard(services: Services, request: Request) -> Scorecard:
    """Load what followed the firings of all rules that everybody in this channel may know of.

    Deleted rules are among them: what a rule was worth does not change by its end.
    """
    known = await services.repository(request).firings()
    seen = await visible_channels(services, request, (each.watched.channel for each in known))
    return await _score(services, [each for each in known if each.watched.channel in seen])


async def load_rule_record(services: Services, request: Request, number: int) -> Scorecard:
    """Load what followed the firings of one rule."""
    return await _score(services, await services.repository(request).firings(number))


async def _score(services: Services, firings: Sequence[StoredIncident]) -> Scorecard:
    market = services.market_data
    last = market.calendar.last_complete(market.clock.now())
    gathered = await gather(dict.fromkeys(each.watched.rule for each in firings), market, last)
    records = await asyncio.to_thread(score, firings, gathered.panel, last)
    panel = gathered.panel
    return Scorecard(records, last, panel.source if records else "", simulated=panel.simulated)


def score(firings: Sequence[StoredIncident], panel: PricePanel, last: date) -> tuple[FiringRecord, ...]:
    """Compute what followed the firings of each rule, by its number and the two funds it was about then."""
    grouped: dict[object, list[StoredIncident]] = {}
    for each in firings:
        grouped.setdefault((each.watched.number, pair_of(each.watched.rule)), []).append(each)
    return tuple(_record(each, panel, last) for each in grouped.values())


def _record(firings: Sequence[StoredIncident], panel: PricePanel, last: date) -> FiringRecord:
    newest = max((each.watched for each in firings), key=lambda watched: watched.version)
    days = sorted({each.incident.fired for each in firings})
    return FiringRecord(newest, tuple(days), follow(newest.rule, panel, days, last - SPAN, last))


TEAMS = 50
"""Workspaces whose incidents are looked through at once."""


async def tell_followed(
    store: Store, market_data: MarketData, session: date, waiting: Collection[ChannelKey]
) -> int:
    """Have the threads of incidents told what followed, once at each of `HORIZONS`; how many that are.

    Each is claimed in the transaction that queues it, so whoever repeats it or runs beside it tells nothing
    twice.  What was missed, while the bot or the daily post was off, is told with the next that is due.

    waiting: channels that have not come to the session; they are told another time.
    """
    teams, count = list(await store.teams()), 0
    for start in range(0, len(teams), TEAMS):
        some = teams[start : start + TEAMS]
        digests = await store.daily(some)
        due = [
            each
            for each in await store.unfollowed(some, HORIZONS[-1])
            if (key := ChannelKey(each.watched.team, each.watched.channel)) not in waiting
            and (digest := digests.get(key)) is not None
            and digest.active
            and _may_have_passed(market_data.calendar, each, session)
        ]
        for told, report in await _outcomes(market_data, due, session) if due else ():
            watched, sessions = told.watched, report.followed[-1].sessions
            at = post_of(
                digests[ChannelKey(watched.team, watched.channel)], market_data.calendar.settles(session)
            )
            subject = f"{watched.key}.{told.incident.fired}.{sessions}"
            notice = NewNotice(watched.team, watched.channel, session, NoticeKind.REPLY, subject, report, at)
            count += await store.tell_followed(told, sessions, notice)
    return count


def _may_have_passed(calendar: Calendar, told: StoredIncident, session: date) -> bool:
    """Return whether the next horizon may have passed, by the calendar; the prices tell whether it has."""
    following = next(each for each in HORIZONS if each > told.incident.told)
    paired = pair_of(told.watched.rule) is not None
    return paired and len(calendar.sessions(told.incident.fired, session)) > following


async def _outcomes(
    market_data: MarketData, due: Sequence[StoredIncident], session: date
) -> list[tuple[StoredIncident, RuleReport]]:
    gathered = await gather(dict.fromkeys(each.watched.rule for each in due), market_data, session)
    return await asyncio.to_thread(lambda: list(_followed_reports(due, gathered.panel, session)))


def _followed_reports(
    due: Sequence[StoredIncident], panel: PricePanel, session: date
) -> Iterator[tuple[StoredIncident, RuleReport]]:
    for each in due:
        watched, incident = each.watched, each.incident
        found = follow(watched.rule, panel, [incident.fired], session - SPAN, session)
        passed = tuple(after for after in found if after.known)
        if passed and passed[-1].sessions > incident.told:
            report = RuleReport(watched, session, State(), None, incidents=(incident,), followed=passed)
            yield each, replace(report, source=panel.source, simulated=panel.simulated)
