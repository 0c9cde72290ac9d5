"""What followed decisions and firings: the decision log, the scorecard, the record of one rule."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from analytics.panel import PricePanel
from analytics.watch.followed import follow, gap_after, pair_of
from bot.language import Review, ReviewRequest
from bot.model import Request, StoredDecision, StoredIncident
from bot.render.rules.decisions import DecisionLog, LoggedDecision, decisions_message, export_decisions
from bot.render.rules.scorecard import (
    FiringRecord,
    Scorecard,
    export_scorecard,
    scorecard_message,
)
from bot.use_cases.gather import Gathered, gather
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
