"""A channel's next daily post: when it comes, and that it does come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import date, time

from bot.errors import BotError
from bot.model import ChannelKey, Digest, NoticeKind, Request, SessionResult, StoredRule
from bot.schedule import AROUND, Due, Settled, next_post, post_of, settled
from bot.use_cases.evaluate import ChannelRules, SessionData, evaluate
from bot.use_cases.gather import Gathered, gather
from bot.use_cases.replay import exchanges_of, first_needed
from bot.use_cases.watch.services import Services

log = logging.getLogger(__name__)

MORNING = time(8, 30)
"""When a channel hears of a session where nobody says otherwise."""


async def new_digest(parts: Services, question: Request) -> Digest:
    """A daily post as it is where nobody says otherwise: at half past eight where the asker is."""
    zone = await parts.zone_of(question)
    return Digest(question.team, question.channel, question.user, MORNING, zone)


async def next_due(parts: Services, digest: Digest, rules: Sequence[StoredRule]) -> Due | None:
    """Find the next daily post of a channel: of a session that it was not told of already.

    rules: active ones of the channel.  Gives None while the channel hears nothing.
    """
    calendar, codes, repository = parts.desk.calendar, exchanges_of(rules), parts.store.of(digest.team)
    due = next_post(calendar, parts.desk.clock.now(), digest, codes)
    while due and await repository.delivered_ts(digest.channel, due.session, NoticeKind.DIGEST.value):
        due = next_post(calendar, due.at, digest, codes)
    return due


async def keep_next(parts: Services, digest: Digest, rules: Sequence[StoredRule]) -> None:
    """Have a channel told at its time of what is decided already; asked again, nothing is told twice.

    A session is decided as soon as it has settled, and queued to the channels that want their post then:
    one that wants it since, or at another time, is queued it here.  What should have been told before now
    is told now.
    """
    if not digest.active:
        return
    calendar, now = parts.desk.calendar, parts.desk.clock.now()
    codes, newest = exchanges_of(rules), parts.desk.calendar.last_complete(now)
    days: list[date] = calendar.sessions(newest - AROUND, newest).tolist()
    dues = {day: post_of(digest, settled(calendar, day, codes).at) for day in days}
    await parts.store.of(digest.team).retime(digest.channel, dues, now)
    due = await next_due(parts, digest, rules)
    reached = [each.standing.reached for each in rules]
    if due is None or not rules or any(last is None or last < due.session for last in reached):
        return  # the daily run comes to it
    try:
        gathered = await gather([each.watched.rule for each in rules], parts.desk, due.session)
        channel_key = ChannelKey(digest.team, digest.channel)
        await _decide(parts, await _channel(parts, channel_key, rules, gathered, due.settled), gathered)
    except BotError as fault:
        log.warning("%s/%s is not told of %s: %s", digest.team, digest.channel, due.session, fault)


async def catch_up(
    parts: Services, channel_key: ChannelKey, rules: Sequence[StoredRule], session: date
) -> None:
    """Decide at once what the daily run has not come to yet in one channel.

    Nothing is decided while the session goes on at an exchange that the channel needs, or a price of it may
    still come: the daily run waits for them.
    """
    behind = [each for each in rules if (each.standing.reached or date.min) < session]
    if not behind:
        return
    watched = [each.watched.rule for each in rules]
    gathered = await gather(watched, parts.desk, session)
    end = settled(parts.desk.calendar, session, gathered.codes_of(watched))
    if end.at > parts.desk.clock.now() or any(gathered.waits(each.watched.rule) for each in behind):
        return
    await _decide(parts, await _channel(parts, channel_key, rules, gathered, end), gathered)


async def _decide(parts: Services, channel: ChannelRules, gathered: Gathered) -> None:
    outcome = await asyncio.to_thread(_judged, channel, gathered)
    await parts.store.commit([outcome])


async def _channel(
    parts: Services, channel_key: ChannelKey, rules: Sequence[StoredRule], gathered: Gathered, end: Settled
) -> ChannelRules:
    store, session = parts.store, gathered.through
    digest = await store.of(channel_key.team).digest(channel_key.channel)
    first = min(first_needed(each, session) for each in rules)
    known = await store.incidents([channel_key.team])
    keys = [each.watched.key for each in rules]
    return ChannelRules(
        channel_key,
        tuple(rules),
        digest,
        due=post_of(digest, end.at) if digest else end.at,
        incidents={key: known[channel_key.team, key] for key in keys if (channel_key.team, key) in known},
        unsent=(await store.unsent([channel_key.team], session)).get(channel_key, ()),
        exchanges=gathered.exchanges,
        sessions=parts.desk.calendar.sessions(first, session).tolist(),
    )


def _judged(channel: ChannelRules, gathered: Gathered) -> SessionResult:
    session = gathered.through
    first = min(first_needed(each, session) for each in channel.kept)
    readings = gathered.readings([each.watched.rule for each in channel.kept], first, session)
    return evaluate(channel, SessionData(readings, gathered.panel), session)
