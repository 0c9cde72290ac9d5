"""What one person's Home tab tells of: never what a private channel watches, but to who has set it up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

import numpy as np

from analytics.panel import PricePanel
from bot.errors import BotError
from bot.model import Digest, RuleStatus, StoredRule
from bot.ports import Channels
from bot.render.home import Freshness, HomeFacts, Post
from bot.schedule import newest_session
from bot.use_cases.watch.posts import next_due
from bot.use_cases.watch.services import PATIENCE, Services, stories_of

log = logging.getLogger(__name__)

PROBE = "SPY"
"""Whose prices are looked at where there is no rule yet."""


async def see(parts: Services, team: str, user: str, *, first: bool = False) -> HomeFacts:
    """All that a person's Home tab tells of: to somebody of another workspace of no rule and no post.

    Raises Unavailable where the store is silent.
    """
    now = parts.desk.clock.now()
    kept, digests = await _kept(parts, team, user)
    public = await _public(parts.channels, team, kept, digests)
    known = [each for each in kept if each.watched.channel in public or each.watched.author == user]
    told = [each for each in digests if each.channel in public or each.owner == user]
    return HomeFacts(
        user=user,
        stories=tuple(await stories_of(parts, team, known)),
        posts=tuple([Post(each, await _next(parts, each, kept)) for each in told]),
        freshness=await _freshness(parts, known),
        now=now,
        first=first,
    )


async def _next(parts: Services, digest: Digest, kept: Sequence[StoredRule]) -> datetime | None:
    """When a channel hears of its rules next."""
    here = [each for each in kept if each.watched.channel == digest.channel]
    due = await next_due(parts, digest, [each for each in here if each.watched.status is RuleStatus.ACTIVE])
    return due.at if due else None


async def _kept(parts: Services, team: str, user: str) -> tuple[Sequence[StoredRule], Sequence[Digest]]:
    """The rules and the daily posts of the workspace, as far as one of its members may know of them."""
    if (await parts.users.person(team, user)).stranger:
        return (), ()
    repository = parts.store.of(team)
    return await repository.rules(), await repository.digests()


async def _public(
    channels: Channels, team: str, kept: Sequence[StoredRule], digests: Sequence[Digest]
) -> set[str]:
    named = sorted({each.watched.channel for each in kept} | {each.channel for each in digests})
    open_to_all = await asyncio.gather(*(channels.is_public(team, channel) for channel in named))
    return {channel for channel, is_open in zip(named, open_to_all, strict=True) if is_open}


async def _freshness(parts: Services, kept: Sequence[StoredRule]) -> Freshness:
    """How new the prices of the first symbol are; a source that does not answer soon is not waited for."""
    session = parts.desk.calendar.last_complete(parts.desk.clock.now())
    symbol = next(_priced(kept), PROBE)
    try:
        async with asyncio.timeout(PATIENCE):
            found = await parts.desk.prices.history([symbol], session)
    except (BotError, TimeoutError) as fault:
        log.info("How new the prices of %s are could not be found out: %r", symbol, fault)
        return Freshness(session)
    panel = found.panel
    own = parts.desk.calendar.of(panel.exchanges[0].code)
    complete = newest_session(own, session, parts.desk.clock.now())
    return Freshness(complete, _newest(panel), panel.source, panel.simulated)


def _priced(kept: Iterable[StoredRule]) -> Iterator[str]:
    return (symbol for each in kept for symbol in each.watched.rule.priced)


def _newest(panel: PricePanel) -> date | None:
    """The newest session with a price."""
    known = np.flatnonzero(np.isfinite(panel.close).any(axis=0))
    day: date | None = panel.sessions[known[-1]].astype(date) if known.size else None
    return day
