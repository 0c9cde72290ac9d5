"""The story of `/digest` and its form: when a channel hears of its rules, when its next post comes."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.commands import DIGEST
from bot.errors import BotError, Unclear, UserError
from bot.language import DigestNow, DigestOff, DigestOn, DigestStatus, Help, read_digest
from bot.language.words import safe_word
from bot.language.zones import UnknownZone, zone_of
from bot.model import (
    ChannelKey,
    Digest,
    DigestContent,
    DigestMode,
    NewNotice,
    NoticeKind,
    Request,
    StoredRule,
)
from bot.ports import Ack, Place
from bot.render import advice, forms
from bot.render.forms import NEXT, OFF, ON, SAME, DigestFields
from bot.render.rules.channel import (
    digest_status_message,
    refused_message,
    switched_off_message,
    switched_on_message,
)
from bot.render.rules.posts import Waits
from bot.schedule import AROUND, MORNING, Due, Settled, find_settled, next_post, post_of
from bot.use_cases.channels import active_rules, reopen_channel, require_open_channel
from bot.use_cases.evaluate import awaited_symbols, evaluate, load_records, missed_sessions, read_sessions
from bot.use_cases.form_fields import SentFields, chosen_option
from bot.use_cases.gather import Gathered, gather
from bot.use_cases.replay import exchanges_of
from bot.use_cases.services import Declined, Services, load_reports, may_change

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
            on=True,
        )
        if known.active and digest != known:
            await _require_may_change(self._parts, known, request)
        await repository.save_digest(digest)
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
        rules = await self._rules(request)
        if not rules:
            raise UserError("No rule is active in this channel, so there is nothing to post. " + SETS_ONE)
        await decide_missed(self._parts, ChannelKey(request.team, request.channel), rules, session)
        reports = await load_reports(self._parts, request.team, await self._rules(request))
        digest_content = DigestContent(session, tuple(reports))
        await self._parts.repository(request).add_notices(
            [
                NewNotice(
                    request.team, request.channel, session, kind, f"now/{request.id}", digest_content, now
                )
                for kind in (NoticeKind.DIGEST, NoticeKind.DETAILS)
            ]
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
    return Digest(request.team, request.channel, request.user, MORNING, zone)


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
        gathered = await gather([each.watched.rule for each in rules], services.market_data, due.session)
        channel_key = ChannelKey(digest.team, digest.channel)
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
    gathered = await gather(watched, services.market_data, session)
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
    channel = records.channel_rules(channel_key, rules, end, gathered.exchanges, sessions)
    session_data = await asyncio.to_thread(read_sessions, gathered, rules, session)
    await services.store.commit([await asyncio.to_thread(evaluate, channel, session_data, session)])


_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def digest_text(sent: SentFields) -> str:
    """Return what the channel wants; of no use where `sent.faults` says what is wrong.

    A time, zone, mode or session that is not given stays as it is.  What is switched off needs none.
    """
    if chosen_option(sent, forms.STATE, (ON, OFF), ON) == OFF:
        return OFF
    mode = chosen_option(sent, forms.MODE, ["", *DigestMode], "")
    session = chosen_option(sent, forms.SESSION, ("", SAME, NEXT), "")
    return " ".join(
        filter(None, (ON, _digest_time(sent), _digest_zone(sent), mode, f"{session} day" if session else ""))
    )


def digest_fields(value: dict[str, Any]) -> DigestFields:
    """Return the form as the channel's post is now; what cannot be read is left empty."""
    names = ("at", "zone", "mode", "session")
    at, zone, mode, session = (str(value.get(name) or "") for name in names)
    return DigestFields(
        on=value.get("on") is not False,
        at=at if _TIME.fullmatch(at) else "",
        zone=zone,
        mode=mode if mode in list(DigestMode) else "",
        session=session if session in {SAME, NEXT} else "",
    )


def _digest_time(sent: SentFields) -> str:
    given = sent.text(forms.TIME)
    if not given or _TIME.fullmatch(given):
        return given
    sent.wrong(forms.TIME, f"`{safe_word(given)}` is not a time of day; write it like 08:30.")
    return ""


def _digest_zone(sent: SentFields) -> str:
    given = sent.text(forms.ZONE)
    try:
        return zone_of(given) if given else ""
    except UnknownZone as unknown:
        sent.wrong(forms.ZONE, str(unknown))
    return ""
