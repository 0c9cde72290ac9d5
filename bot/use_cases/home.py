"""The story of the Home tab: opened, filled, shown anew after a change; the first words in a channel."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from weakref import WeakValueDictionary

import numpy as np

from analytics.panel import PricePanel
from bot.commands import COMPARE, DIGEST
from bot.errors import BotError, Unavailable, UserError
from bot.model import ChannelKey, Digest, Follow, Request, RuleStatus, StoredRule
from bot.ports import Ack, Channels, Handler, HomeTabs, Place, Task
from bot.render import advice, ids
from bot.render.home import (
    ACK,
    PAGE,
    QUICK,
    SNOOZE,
    UNSNOOZE,
    Freshness,
    HomeFacts,
    Pages,
    Post,
    home_view,
    welcome_message,
)
from bot.render.ids import DIGEST_OFF
from bot.render.rules.state import last_incident
from bot.schedule import newest_session
from bot.use_cases import rule_status
from bot.use_cases.channels import reopen_channel
from bot.use_cases.digest import next_post_due
from bot.use_cases.form_fields import is_channel, json_object
from bot.use_cases.services import PATIENCE, Services, load_reports, read_key

OPENED, MESSAGES, JOINED, UNARCHIVED, GONE = "home", "messages", "joined", "unarchived", "gone"
"""Handlers of the events."""
EVENTS = frozenset((OPENED, MESSAGES, JOINED, UNARCHIVED, GONE, ids.TRIED))
"""What nobody asked: no limit of questions holds for it, and nobody waits for its answer."""


class EventHandler:
    """Takes an event that is always answered.  handler: who answers it."""

    def __init__(self, handler: str) -> None:
        self._handler = handler

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """Take the event; see `Handler.receive`."""
        return Ack(work=True, handler=self._handler, open=True)


class TabHandler:
    """Takes the look at a tab of the app: Home, or the one that the text names."""

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """Take the event; see `Handler.receive`."""
        return Ack(work=True, handler=MESSAGES if text == MESSAGES else OPENED, text="", open=True)


class QuickCompareHandler:
    """Takes what was typed into Home's field; the answer comes as a direct message."""

    def __init__(self, compare: Handler) -> None:
        self._compare = compare

    def receive(self, text: str, place: Place) -> Ack:
        """Read what was typed as `/compare` does."""
        alone = replace(place, channel=place.user, thread=None)
        taken = self._compare.receive(text, alone)
        return replace(taken, handler=COMPARE.name, text=text, place=alone)


class TurnOffHandler:
    """Takes the off switch under a daily post."""

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """Take it as `/digest off` in that channel: not in the post's thread, so that all see it."""
        return Ack(work=True, handler=DIGEST.name, text="off", place=replace(place, thread=None))


class RuleButtonHandler:
    """Takes a button beside a rule as the one on its card, in the rule's channel; Home is shown anew.

    action: id of the card's button.  taken: who takes that.
    """

    def __init__(self, action: str, taken: Handler) -> None:
        self._action, self._taken = action, taken

    def receive(self, text: str, place: Place) -> Ack:
        """Read the press; see `Handler.receive`."""
        try:
            value = json_object(text)
        except ValueError:
            value = {}
        key, channel = value.get("rule"), value.get("channel")
        if not (read_key(key) and is_channel(channel)):
            return Ack(
                reply=advice.refusal_message(UserError("This button is of no message that this bot knows."))
            )
        there = Place(place.team, str(channel), place.user)
        said = value.get("said")
        given = json.dumps({"rule": key, "said": said}) if said else str(key)
        ack = self._taken.receive(given, there)
        return replace(ack, handler=self._action, text=str(key), place=there) if ack.work else ack


def home_buttons(compare: Handler, on_cards: Mapping[str, Handler]) -> Mapping[str, Handler]:
    """Return who takes which button and field.

    compare: the handler of that command.  on_cards: those of a card's buttons, by action id.
    """
    beside = {ACK: ids.ACK, SNOOZE: ids.SNOOZE, UNSNOOZE: ids.UNSNOOZE}
    return {
        QUICK: QuickCompareHandler(compare),
        DIGEST_OFF: TurnOffHandler(),
        PAGE: EventHandler(OPENED),
        **{name: RuleButtonHandler(action, on_cards[action]) for name, action in beside.items()},
    }


def opened_handler() -> Handler:
    """Return who takes the look at a tab of the app."""
    return TabHandler()


def joined_handler() -> Handler:
    """Return who takes the bot's coming into a channel."""
    return EventHandler(JOINED)


def unarchived_handler() -> Handler:
    """Return who takes that a channel is open again."""
    return EventHandler(UNARCHIVED)


def deleted_handler() -> Handler:
    """Return who takes that a channel was deleted."""
    return EventHandler(GONE)


log = logging.getLogger(__name__)

HOME = "home"
"""Kind of the task to show somebody's Home tab anew; its key: "team/user"."""
LOOKING = timedelta(days=1)
"""Who has opened the tab since is taken to look at it: Slack tells when it is opened, not when it is left."""
MOST = 50
"""People whose tabs are shown anew after one change; everybody else's is when they open it."""

FIRST = Pages()

REMEMBERED = 1000
"""People whose pages are remembered."""

Answer = Callable[[Request], Awaitable[None]]
LinkTo = Callable[[Place, str], Awaitable[str | None]]
"""Finds the address of a message by its place and ts; see `Publisher.link`."""


class HomeAnswers:
    """Shows Home tabs; safe to ask twice.

    The pages that somebody has turned to stay through a change; they are forgotten with the process, and when
    the tab is opened anew.
    """

    def __init__(self, services: Services, home_tabs: HomeTabs, link_to: LinkTo) -> None:
        self._parts, self._home_tabs, self._link_to = services, home_tabs, link_to
        self._pages = OrderedDict[str, Pages]()
        self._turns = WeakValueDictionary[str, asyncio.Lock]()

    async def show_opened(self, request: Request) -> None:
        """Show Home to who looks or turns pages.  Raises Unavailable where Slack or the store is silent."""
        now = self._parts.market_data.clock.now()
        first = await self._parts.repository(request).note_visit(request.user, now)
        pages = Pages.read(request.text)
        is_first = (first or request.attempt > 1) and not request.text
        self._turn_to(f"{request.team}/{request.user}", pages)
        await self._show(request.team, request.user, first=is_first)

    async def try_in_form(self, request: Request) -> None:
        """Tell in a rule's form what the past says of it; what fails leaves the form as it was."""
        try:
            await rule_status.try_in_form(self._parts, self._home_tabs.rewrite_form, request)
        except Exception:
            log.exception("A form of %s is left as it was", request.user)

    async def greet_person(self, request: Request) -> None:
        """Tell who looks at the Messages tab for the first time what one can ask.

        Raises Unavailable where nothing could be said.
        """
        now = self._parts.market_data.clock.now()
        first = await self._parts.repository(request).note_visit(request.user, now, messages=True)
        if first or request.attempt > 1:
            await self._parts.post(request, welcome_message())

    async def greet_channel(self, request: Request) -> None:
        """Tell a channel that the bot has come into what is watched there, else what one can ask.

        Raises Unavailable where nothing could be said.
        """
        if await reopen_channel(self._parts, ChannelKey(request.team, request.channel), request.id):
            return
        await self._parts.post(request, welcome_message())

    async def work(self, key: str) -> None:
        """Show one person's tab anew, "team/user"; what fails is made good when it is opened again."""
        team, _, user = key.partition("/")
        try:
            await self._show(team, user)
        except Unavailable as fault:
            log.warning("The Home tab of %s in %s stays as it was: %s", user, team, fault)

    async def refresh_quietly(self, team: str) -> None:
        """Show Home anew after a change in a workspace; never raises, for what was done is done."""
        try:
            await self.refresh(team)
        except Exception:
            log.exception("The Home tabs of %s are not shown anew", team)

    async def refresh(self, team: str) -> None:
        """Have the tabs that people may look at shown anew.  Raises Unavailable."""
        since = self._parts.market_data.clock.now() - LOOKING
        looking = await self._parts.store.of(team).visitors(since)
        await self._parts.jobs.enqueue([Task(HOME, f"{team}/{user}") for user in looking[:MOST]])

    def with_refresh(self, answer: Answer) -> Answer:
        """Answer the same, and the tabs after it, also where it has failed half way."""

        async def answered(request: Request) -> None:
            try:
                await answer(request)
            finally:
                await self.refresh_quietly(request.team)

        return answered

    def _turn_to(self, key: str, pages: Pages) -> None:
        self._pages.pop(key, None)
        if pages != FIRST:
            self._pages[key] = pages
        while len(self._pages) > REMEMBERED:
            self._pages.popitem(last=False)

    async def _show(self, team: str, user: str, *, first: bool = False) -> None:
        """Show Home, one after the other for each person: what was seen earlier must not be shown later."""
        turn = self._turns.setdefault(f"{team}/{user}", asyncio.Lock())
        async with turn:
            seen = await load_home_facts(self._parts, team, user, first=first)
            pages = self._pages.get(f"{team}/{user}", FIRST)
            seen = replace(seen, pages=pages, cards=await self._card_links(team, user, seen))
            await self._home_tabs.show(team, user, home_view(seen))

    async def _card_links(self, team: str, user: str, seen: HomeFacts) -> dict[str, str]:
        """Find the addresses of the cards of what is open; those that Slack does not tell are left out."""
        found = {}
        for report in seen.urgent:
            incident = last_incident(report)
            if incident and incident.ts and incident.recovered is None:
                place = Place(team, report.watched.channel, user)
                if link := await self._link_to(place, incident.ts):
                    found[report.watched.key] = link
        return found


PROBE = "SPY"
"""Whose prices are looked at where there is no rule yet."""


async def load_home_facts(services: Services, team: str, user: str, *, first: bool = False) -> HomeFacts:
    """Load all that a person's Home tab tells of: to somebody of another workspace of no rule and no post.

    Raises Unavailable where the store is silent.
    """
    now = services.market_data.clock.now()
    stored_rules, digests, follows = await _visible_setup(services, team, user)
    channels = [each.watched.channel for each in stored_rules] + [each.channel for each in digests]
    named = sorted({*channels, *(each.channel for each in follows)})
    public = await _public_channels(services.channels, team, named)
    known = [each for each in stored_rules if each.watched.channel in public or each.watched.author == user]
    told = [each for each in digests if each.channel in public or each.owner == user]
    return HomeFacts(
        user=user,
        reports=tuple(await load_reports(services, team, known)),
        posts=tuple([Post(each, await _next_post_at(services, each, stored_rules)) for each in told]),
        freshness=await _freshness(services, known),
        now=now,
        first=first,
        follows=tuple(each for each in follows if each.channel in public or each.owner == user),
    )


async def _next_post_at(
    services: Services, digest: Digest, stored_rules: Sequence[StoredRule]
) -> datetime | None:
    """Tell when a channel hears of its rules next."""
    here = [each for each in stored_rules if each.watched.channel == digest.channel]
    due = await next_post_due(
        services, digest, [each for each in here if each.watched.status is RuleStatus.ACTIVE]
    )
    return due.at if due else None


async def _visible_setup(
    services: Services, team: str, user: str
) -> tuple[Sequence[StoredRule], Sequence[Digest], Sequence[Follow]]:
    """Return rules, daily posts and followed pairs of the workspace, as far as one of its members may know
    of them.
    """
    if (await services.users.person(team, user)).stranger:
        return (), (), ()
    repository = services.store.of(team)
    return await repository.rules(), await repository.digests(), await repository.follows()


async def _public_channels(channels: Channels, team: str, named: Sequence[str]) -> set[str]:
    open_to_all = await asyncio.gather(*(channels.is_public(team, channel) for channel in named))
    return {channel for channel, is_open in zip(named, open_to_all, strict=True) if is_open}


async def _freshness(services: Services, stored_rules: Sequence[StoredRule]) -> Freshness:
    """Return how new the prices of the first symbol are; a source that does not answer soon is not waited
    for.
    """
    session = services.market_data.calendar.last_complete(services.market_data.clock.now())
    symbol = next(_priced_symbols(stored_rules), PROBE)
    try:
        async with asyncio.timeout(PATIENCE):
            found = await services.market_data.prices.history([symbol], session)
    except (BotError, TimeoutError) as fault:
        log.info("How new the prices of %s are could not be found out: %r", symbol, fault)
        return Freshness(session)
    panel = found.panel
    own = services.market_data.calendar.of(panel.exchanges[0].code)
    complete = newest_session(own, session, services.market_data.clock.now())
    return Freshness(complete, _newest_priced(panel), panel.source, panel.simulated)


def _priced_symbols(stored_rules: Iterable[StoredRule]) -> Iterator[str]:
    return (symbol for each in stored_rules for symbol in each.watched.rule.priced)


def _newest_priced(panel: PricePanel) -> date | None:
    """Return the newest session with a price."""
    known = np.flatnonzero(np.isfinite(panel.close).any(axis=0))
    day: date | None = panel.sessions[known[-1]].astype(date) if known.size else None
    return day
