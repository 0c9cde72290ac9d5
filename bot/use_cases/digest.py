"""The story of `/digest` and its form: when a channel hears of its rules, when its next post comes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from analytics.fund import as_named
from analytics.pairs import FOLLOWED, PairReturns, pair_returns
from bot.commands import DIGEST, FOLLOW, UNFOLLOW, Command
from bot.errors import BotError, Unclear, UserError
from bot.language import (
    DigestNow,
    DigestOff,
    DigestOn,
    DigestStatus,
    FollowListing,
    FollowPair,
    Help,
    UnfollowPair,
    read_digest,
    read_pair,
)
from bot.model import (
    MOST_FOLLOWED,
    ChannelKey,
    Digest,
    DigestContent,
    DigestMode,
    Follow,
    NewNotice,
    NoticeKind,
    Request,
    StoredRule,
)
from bot.ports import Ack, Place
from bot.render import advice
from bot.render.rules.channel import (
    digest_status_message,
    refused_message,
    switched_off_message,
    switched_on_message,
)
from bot.render.rules.digest import MOST_LINES
from bot.render.rules.pairs import (
    followed_message,
    follows_message,
    known_pair_message,
    pair_name,
    unfollowed_message,
)
from bot.render.rules.posts import Waits
from bot.schedule import AROUND, DEFAULT_POST_TIME, Due, Settled, find_settled, next_post, post_of
from bot.use_cases.channels import active_rules, reopen_channel, require_open_channel
from bot.use_cases.daily.content import pairs_on
from bot.use_cases.evaluate import awaited_symbols, evaluate, load_records, missed_sessions, read_sessions
from bot.use_cases.gather import Gathered, gather, today
from bot.use_cases.replay import exchanges_of
from bot.use_cases.services import PATIENCE, Declined, Services, load_reports, may_change

SETS_ONE = "`/watch ISCB sortino < 1.0 for 5 sessions then SPSM` sets one."


class DigestHandler:
    """Takes `/digest` and its mentions; needs no data."""

    def __init__(self, nearest: advice.Nearest) -> None:
        self._nearest = nearest

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """Read the text: the answer is what is wrong with it, or the usage; else the question goes on."""
        try:
            asked = read_digest(text)
        except Unclear as fault:
            return Ack(reply=advice.unclear_message(fault, self._nearest), open=True)
        if isinstance(asked, Help):
            return Ack(reply=advice.usage(DIGEST), open=True)
        return Ack(work=True, open=isinstance(asked, DigestStatus))


class DigestAnswers:
    """Answers `/digest`; safe to ask twice."""

    def __init__(self, services: Services) -> None:
        self._parts = services

    async def answer(self, request: Request) -> None:
        """Raise UserError with what to do, Unavailable where a source, Slack or the store is silent."""
        try:
            await self._story(request)
        except Declined as declined:
            await self._parts.tell(request, declined.message)

    async def _story(self, request: Request) -> None:
        match read_digest(request.text):
            case DigestOn() as asked:
                await self._on(asked, request)
            case DigestOff():
                await self._off(request)
            case DigestStatus():
                await self._status(request)
            case DigestNow():
                await self._now(request)
            case asked:
                raise AssertionError(f"the door answers {asked}")

    async def _on(self, asked: DigestOn, request: Request) -> None:
        """Switch the post on; what is not named stays, and whoever does it answers for it from then on.

        One that was stopped tells what is open.  Raises Declined where the bot may not post, or the asker may
        not change what somebody else has switched on.
        """
        await require_open_channel(self._parts, request, "The daily post was not changed")
        repository = self._parts.repository(request)
        known = await repository.digest(request.channel) or await default_digest(self._parts, request)
        digest = replace(
            known,
            owner=known.owner if known.active else request.user,
            at=known.at if asked.at is None else asked.at,
            zone=asked.zone or known.zone,
            mode=asked.mode or known.mode,
            same_day=known.same_day if asked.same_day is None else asked.same_day,
            days=asked.days or (known.days if asked.mode is None else ()),
            chosen=known.chosen or asked.mode is not None,
            on=True,
        )
        if known.active and digest != known:
            await _require_may_change(self._parts, known, request)
        await repository.save_digest(digest)
        if not known.active:
            await mark_told(self._parts, digest)
        if digest.stopped:
            await reopen_channel(self._parts, ChannelKey(request.team, request.channel), request.id)
            digest = replace(digest, stopped="")
        rules = await self._rules(request)
        await queue_next_post(self._parts, digest, rules)
        due = await next_post_due(self._parts, digest, rules)
        by = request.user if digest != known or request.attempt > 1 else digest.owner
        await self._parts.post(request, switched_on_message(digest, self._waits(due, rules), len(rules), by))
        await self._parts.request_delivery(request)

    async def _off(self, request: Request) -> None:
        """Switch the post off: the rules are read as before, and nobody is told.

        Raises Declined where the asker may not stop what somebody else has switched on.
        """
        repository = self._parts.repository(request)
        known = await repository.digest(request.channel)
        by = request.user if known and (known.on or request.attempt > 1) else ""
        if known and known.on:
            await _require_may_change(self._parts, known, request)
            await repository.save_digest(replace(known, on=False))
        await self._parts.post(request, switched_off_message(known, len(await self._rules(request)), by))

    async def _status(self, request: Request) -> None:
        repository = self._parts.repository(request)
        digest = await repository.digest(request.channel)
        last = await repository.last_delivered(request.channel)
        rules = await self._rules(request)
        due = await next_post_due(self._parts, digest, rules) if digest else None
        await self._parts.tell(
            request, digest_status_message(digest, self._waits(due, rules), len(rules), last)
        )

    async def _now(self, request: Request) -> None:
        """Post once now, whatever the channel's hour is, also where the daily post is off."""
        market_data = self._parts.market_data
        now = market_data.clock.now()
        session = market_data.calendar.last_complete(now)
        await require_open_channel(self._parts, request, "Nothing was posted")
        rules, follows = (
            await self._rules(request),
            await self._parts.repository(request).follows(request.channel),
        )
        if not rules and not follows:
            none = "No rule is active in this channel and no pair is followed, so there is nothing to post. "
            raise UserError(none + SETS_ONE)
        await decide_missed(self._parts, ChannelKey(request.team, request.channel), rules, session)
        reports = await load_reports(self._parts, request.team, await self._rules(request))
        followed = [symbol for follow in follows for symbol in follow.symbols]
        panel = (await gather([], market_data, session, followed=followed)).panel
        digest_content = DigestContent(session, tuple(reports), pairs=pairs_on(follows, panel, session))
        about = (request.team, request.channel, session)
        kinds = [NoticeKind.DIGEST, *([NoticeKind.DETAILS] if len(reports) > MOST_LINES else [])]
        await self._parts.repository(request).add_notices(
            [NewNotice(*about, kind, f"now/{request.id}", digest_content, now) for kind in kinds]
        )
        await self._parts.request_delivery(request)

    async def _rules(self, request: Request) -> list[StoredRule]:
        """Return the active ones of the channel."""
        return await active_rules(self._parts, ChannelKey(request.team, request.channel))

    def _waits(self, due: Due | None, rules: Sequence[StoredRule]) -> Waits | None:
        if due is None:
            return None
        codes, end = exchanges_of(rules), due.settled
        home = self._parts.market_data.calendar
        ordered = sorted(codes, key=lambda code: home.of(code).exchange.close)
        told = () if codes == {home.exchange.code} else tuple(ordered)
        until = end.at + self._parts.patience
        return Waits(due.at, due.session, told, end.code, end.at, until, due.sooner)


log = logging.getLogger(__name__)


async def _require_may_change(services: Services, digest: Digest, request: Request) -> None:
    """Raise Declined where the asker may not change or stop the daily post."""
    if not await may_change(services, digest.owner, request):
        raise Declined(refused_message(digest))


async def default_digest(services: Services, request: Request) -> Digest:
    """Return a daily post as it is where nobody says otherwise: at half past eight where the asker is."""
    zone = await services.zone_of(request)
    return Digest(request.team, request.channel, request.user, DEFAULT_POST_TIME, zone)


async def mark_told(services: Services, digest: Digest) -> None:
    """Let a post that begins now begin with the next session, not with one that it would have told before."""
    calendar, now = services.market_data.calendar, services.market_data.clock.now()
    newest = calendar.last_complete(now)
    days: list[date] = calendar.sessions(newest - AROUND, newest).tolist()
    told = [day for day in days if post_of(digest, find_settled(calendar, day).at) <= now]
    if told:
        await services.store.of(digest.team).mark_told(digest.channel, told[-1])


async def next_post_due(services: Services, digest: Digest, rules: Sequence[StoredRule]) -> Due | None:
    """Find the next daily post of a channel: of a session that it was not told of already.

    rules: active ones of the channel.  Gives None while the channel hears nothing.
    """
    calendar, codes, repository = (
        services.market_data.calendar,
        exchanges_of(rules),
        services.store.of(digest.team),
    )
    due = next_post(calendar, services.market_data.clock.now(), digest, codes)
    while due and await repository.delivered_ts(digest.channel, due.session, NoticeKind.DIGEST.value):
        due = next_post(calendar, due.at, digest, codes)
    return due


async def queue_next_post(services: Services, digest: Digest, rules: Sequence[StoredRule]) -> None:
    """Have a channel told at its time of what is decided already; asked again, nothing is told twice.

    A session is decided as soon as it has settled, and queued to the channels that want their post then:
    one that wants it since, or at another time, is queued it here.  What should have been told before now
    is told now.
    """
    if not digest.active:
        return
    calendar, now = services.market_data.calendar, services.market_data.clock.now()
    codes, newest = exchanges_of(rules), services.market_data.calendar.last_complete(now)
    days: list[date] = calendar.sessions(newest - AROUND, newest).tolist()
    dues = {day: post_of(digest, find_settled(calendar, day, codes).at) for day in days}
    await services.store.of(digest.team).retime(digest.channel, dues, now)
    due = await next_post_due(services, digest, rules)
    reached = [each.rule_state.reached for each in rules]
    if due is None or not rules or any(last is None or last < due.session for last in reached):
        return  # the daily run comes to it
    try:
        channel_key = ChannelKey(digest.team, digest.channel)
        gathered = await gather(
            [each.watched.rule for each in rules],
            services.market_data,
            due.session,
            followed=await _followed(services, channel_key),
        )
        await _decide_channel(services, channel_key, rules, gathered, due.settled)
    except BotError as fault:
        log.warning("%s/%s is not told of %s: %s", digest.team, digest.channel, due.session, fault)


async def decide_missed(
    services: Services, channel_key: ChannelKey, rules: Sequence[StoredRule], session: date
) -> None:
    """Decide at once what the daily run has not come to yet in one channel.

    Nothing is decided while the session goes on at an exchange that the channel needs, or a price of it may
    still come: the daily run waits for them.
    """
    if all((each.rule_state.reached or date.min) >= session for each in rules):
        return
    watched = [each.watched.rule for each in rules]
    gathered = await gather(
        watched, services.market_data, session, followed=await _followed(services, channel_key)
    )
    end = find_settled(services.market_data.calendar, session, gathered.codes_of(watched))
    if end.at > services.market_data.clock.now() or awaited_symbols(gathered, rules, session):
        return
    await _decide_channel(services, channel_key, rules, gathered, end)


async def _decide_channel(
    services: Services, channel_key: ChannelKey, rules: Sequence[StoredRule], gathered: Gathered, end: Settled
) -> None:
    """Decide one channel as the daily run does, and keep it."""
    session = gathered.through
    records = await load_records(services.store, [channel_key.team], session)
    sessions = missed_sessions(services.market_data.calendar, rules, session)
    ended = records.ended(channel_key, services.market_data.calendar, session)
    channel = records.channel_rules(channel_key, rules, end, gathered.exchanges, sessions, ended)
    session_data = await asyncio.to_thread(
        read_sessions, gathered, rules, session, services.market_data, periods=bool(ended)
    )
    await services.store.commit([await asyncio.to_thread(evaluate, channel, session_data, session)])


async def _followed(services: Services, channel_key: ChannelKey) -> list[str]:
    """Return the symbols of the pairs that a channel follows."""
    follows = await services.store.of(channel_key.team).follows(channel_key.channel)
    return [symbol for follow in follows for symbol in follow.symbols]


class FollowHandler:
    """Takes `/follow` or `/unfollow`, their mentions and buttons; needs no data."""

    def __init__(self, command: Command, nearest: advice.Nearest) -> None:
        self._command, self._nearest = command, nearest

    def receive(self, text: str, place: Place) -> Ack:
        """Read the text: the answer is what is wrong with it, or the usage; else the question goes on."""
        try:
            asked = read_pair(self._command, text)
        except Unclear as fault:
            return Ack(reply=advice.unclear_message(fault, self._nearest), open=True)
        if isinstance(asked, Help):
            return Ack(reply=advice.usage(self._command), open=True)
        # What changes stands in the channel, not in the thread of a post that it was pressed under.
        there = place if place.within else replace(place, thread=None)
        return Ack(work=True, handler=self._command.name, text=text, place=there, open=_lists(asked))


def _lists(asked: object) -> bool:
    return isinstance(asked, FollowListing)


class FollowAnswers:
    """Answers `/follow` and `/unfollow`; safe to ask twice."""

    def __init__(self, services: Services) -> None:
        self._parts = services

    async def follow(self, request: Request) -> None:
        """Raise UserError with what to do, Unavailable where a source, Slack or the store is silent."""
        await self._answer(FOLLOW, request)

    async def unfollow(self, request: Request) -> None:
        """Raise as `follow`."""
        await self._answer(UNFOLLOW, request)

    async def _answer(self, command: Command, request: Request) -> None:
        try:
            match read_pair(command, request.text):
                case FollowPair() as asked:
                    await self._follow(asked, request)
                case UnfollowPair() as asked:
                    await self._unfollow(asked, request)
                case FollowListing():
                    await self._list(request)
                case asked:
                    raise AssertionError(f"the door answers {asked}")
        except Declined as declined:
            await self._parts.tell(request, declined.message)

    async def _follow(self, asked: FollowPair, request: Request) -> None:
        """Keep the pair, switch on the channel's first daily post, and tell all how the pair stands.

        Raises Declined, and keeps nothing, where the channel would not hear of it or follows it already.
        """
        about = f"{asked.first} and {asked.second}"
        await require_open_channel(self._parts, request, "Nothing was saved", about=about)
        repository = self._parts.repository(request)
        follow = Follow(request.team, request.channel, *_pair(asked), request.user, request.asked)
        known = {each.pair: each for each in await repository.follows(request.channel)}
        before = known.get(follow.pair)
        if before and not _is_asked_by(before, request):
            if not follow.against or before.against == follow.against:
                raise Declined(known_pair_message(before))
            follow = replace(follow, first=before.first, second=before.second)
        found = await self._returns(follow.symbols)
        if not await repository.follow(follow, MOST_FOLLOWED):
            raise UserError(
                f"This channel follows {MOST_FOLLOWED} pairs, which is all that one post has room for. "
                "`/unfollow` one of them first; `/follow list` shows them."
            )
        await self._announce(follow, found, request, changed=before is not None and follow != before)

    async def _announce(self, follow: Follow, found: PairReturns, request: Request, *, changed: bool) -> None:
        repository = self._parts.repository(request)
        digest = await repository.digest(request.channel)
        is_new = digest is None
        if digest is None:
            digest = await default_digest(self._parts, request)
        if is_new or not digest.chosen:
            # A pair has something to tell every morning, until somebody says otherwise.
            digest = replace(digest, mode=DigestMode.ALWAYS)
            await repository.save_digest(digest)
        if digest.active and digest.reached is None:
            await mark_told(self._parts, digest)
        rules = await active_rules(self._parts, ChannelKey(request.team, request.channel))
        due = await next_post_due(self._parts, digest, rules)
        what = f"Now beside {follow.against}" if changed else "Followed from now on"
        message = followed_message(follow, found, digest, due.at if due else None, what=what, is_new=is_new)
        await self._parts.post(request, message)

    async def _unfollow(self, asked: UnfollowPair, request: Request) -> None:
        repository = self._parts.repository(request)
        follows = await repository.follows(request.channel)
        named = {as_named(asked.first), as_named(asked.second)}
        meant = [each for each in follows if {*map(as_named, each.symbols[:2])} == named]
        ended = [await repository.unfollow(request.channel, each.pair) for each in meant]
        if not any(ended) and request.attempt == 1:
            others = [pair_name(each.symbols) for each in follows]
            known = f"Followed here: {'; '.join(others)}." if others else "No pair is followed here."
            raise UserError(f"{asked.first} and {asked.second} are not followed in this channel. {known}")
        await self._parts.post(request, unfollowed_message((asked.first, asked.second), request.user))

    async def _list(self, request: Request) -> None:
        """Tell the asker which pairs the channel follows, with their returns where those can be had soon."""
        repository = self._parts.repository(request)
        follows, digest = await repository.follows(request.channel), await repository.digest(request.channel)
        rules = await active_rules(self._parts, ChannelKey(request.team, request.channel))
        due = await next_post_due(self._parts, digest, rules) if digest else None
        pairs = [(follow, await self._returns_if_known(follow)) for follow in follows]
        await self._parts.tell(request, follows_message(pairs, digest, due.at if due else None))

    async def _returns(self, symbols: Sequence[str]) -> PairReturns:
        """Compute a pair's returns up to now.  Raises UnknownSymbols, Unavailable."""
        day = today(self._parts.market_data)
        panel = (await self._parts.market_data.prices.history(symbols, day)).panel
        return pair_returns(panel, symbols, day, FOLLOWED)

    async def _returns_if_known(self, follow: Follow) -> PairReturns | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._returns(follow.symbols)
        except (BotError, TimeoutError) as fault:
            log.info("The returns of %s are left out: %r", follow.pair, fault)
            return None


def _pair(asked: FollowPair) -> tuple[str, str, str]:
    return asked.first, asked.second, asked.against


def _is_asked_by(known: Follow, request: Request) -> bool:
    """Return whether a pair is kept by this question: an answer may have been cut short."""
    return (known.owner, known.made) == (request.user, request.asked)
