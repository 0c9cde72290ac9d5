"""A channel's next daily post: when it comes, and that it does come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import date

from bot.errors import BotError
from bot.records import Digest, Kept, Kind, Lane, Outcome
from bot.schedule import AROUND, Due, Settled, next_post, post_of, settled
from bot.use_cases.course import exchanges_of, first_needed
from bot.use_cases.gather import Gathered, gather
from bot.use_cases.judge import Channel, Evidence, judge
from bot.use_cases.watch.parts import Parts

log = logging.getLogger(__name__)


async def next_due(parts: Parts, digest: Digest, rules: Sequence[Kept]) -> Due | None:
    """Find the next daily post of a channel: of a session that it was not told of already.

    rules: active ones of the channel.  Gives None while the channel hears nothing.
    """
    calendar, codes, book = parts.desk.calendar, exchanges_of(rules), parts.store.of(digest.team)
    due = next_post(calendar, parts.desk.clock.now(), digest, codes)
    while due and await book.delivered(digest.channel, due.session, Kind.DIGEST.value):
        due = next_post(calendar, due.at, digest, codes)
    return due


async def keep_next(parts: Parts, digest: Digest, rules: Sequence[Kept]) -> None:
    """Have a channel told at its time of what is decided already; asked again, nothing is told twice.

    A session is decided as soon as it has settled, and promised to the channels that want their post then:
    one that wants it since, or at another time, is promised it here.  What should have been told before now
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
        lane = Lane(digest.team, digest.channel)
        await _decide(parts, await _channel(parts, lane, rules, gathered, due.settled), gathered)
    except BotError as fault:
        log.warning("%s/%s is not told of %s: %s", digest.team, digest.channel, due.session, fault)


async def catch_up(parts: Parts, lane: Lane, rules: Sequence[Kept], session: date) -> None:
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
    await _decide(parts, await _channel(parts, lane, rules, gathered, end), gathered)


async def _decide(parts: Parts, channel: Channel, gathered: Gathered) -> None:
    outcome = await asyncio.to_thread(_judged, channel, gathered)
    await parts.store.commit([outcome])


async def _channel(
    parts: Parts, lane: Lane, rules: Sequence[Kept], gathered: Gathered, end: Settled
) -> Channel:
    store, session = parts.store, gathered.through
    digest = await store.of(lane.team).digest(lane.channel)
    first = min(first_needed(each, session) for each in rules)
    known = await store.incidents([lane.team])
    keys = [each.watched.key for each in rules]
    return Channel(
        lane,
        tuple(rules),
        digest,
        due=post_of(digest, end.at) if digest else end.at,
        incidents={key: known[lane.team, key] for key in keys if (lane.team, key) in known},
        unsent=(await store.unsent([lane.team], session)).get(lane, ()),
        exchanges=gathered.exchanges,
        sessions=parts.desk.calendar.sessions(first, session).tolist(),
    )


def _judged(channel: Channel, gathered: Gathered) -> Outcome:
    session = gathered.through
    first = min(first_needed(each, session) for each in channel.kept)
    readings = gathered.readings([each.watched.rule for each in channel.kept], first, session)
    return judge(channel, Evidence(readings, gathered.panel), session)
