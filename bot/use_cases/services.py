"""What all answers are made with: sources, store, ways to people; which rule is meant, who may change it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.fund import FundProfile, Kind
from analytics.notes import Note, NoteKind
from analytics.watch.since import since_fired
from bot.errors import BotError, Unavailable, Undelivered, UserError
from bot.model import (
    AuditAction,
    AuditEntry,
    NewNotice,
    NoticeKind,
    Request,
    RuleIncident,
    RuleReport,
    RuleStatus,
    RuleVersion,
    StoredRule,
)
from bot.ports import (
    Channels,
    ChartRenderer,
    Clock,
    Delivered,
    Document,
    Funds,
    Jobs,
    Messenger,
    Metrics,
    Place,
    Profiles,
    Store,
    Task,
    Users,
    WorkspaceRepository,
)
from bot.render.advice import progress_message
from bot.render.message import Message
from bot.render.rules.changes import no_such_rule_message
from bot.render.rules.names import safe_rule_name
from bot.use_cases.gather import MarketData, gather

log = logging.getLogger(__name__)

EXCHANGE_ZONE = "America/New_York"
SHOWN = 3
"""Incidents on a card."""
PATIENCE = 5.0
"""Seconds that an answer waits for the name of a source."""


class Declined(BotError):
    """The answer is no; `message` tells the asker why."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(message.text)


FACTS_WITHIN = 5.0
"""Seconds that the figures of an answer wait for fund facts; later ones are put in when they come."""
PROGRESS_AFTER = 3.0
"""Seconds after which the asker is told what is being fetched."""
COMING = "they are still being fetched and will be put in here"


class SoonFunds:
    """Fund facts, as far as they come soon; those that do not are fetched on, so that a cache has them.

    known: by symbol, what is known of a fund without any source.
    """

    def __init__(self, funds: Funds, seconds: float, known: Mapping[str, FundProfile]) -> None:
        self._funds, self._seconds, self._known = funds, seconds, known
        self._coming: asyncio.Task[Profiles] | None = None

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """Return what has come within the time, else profiles that say that facts are still to come."""
        task = asyncio.ensure_future(self._funds.profiles(symbols))
        await asyncio.wait({task}, timeout=self._seconds)
        if task.done():
            return task.result()
        self._coming = task
        notes = tuple(Note(NoteKind.NO_PROFILE, symbol, {"cause": COMING}) for symbol in symbols)
        empty = {symbol: self._known.get(symbol) or FundProfile(symbol, Kind.FUND) for symbol in symbols}
        return Profiles(empty, notes)

    async def arrived(self) -> bool:
        """Wait for what was to come; tell whether there was anything."""
        if self._coming is None:
            return False
        await asyncio.wait({self._coming})
        return True


@dataclass(frozen=True)
class Services:
    """Sources, store, ways to people.

    everyone: anybody in the channel may change its rules and its daily post, else their owner and workspace
    admins.
    patience: how long the daily post waits for prices that are late.
    facts_within, progress_after: seconds that figures wait for fund facts, and the asker for a first word.
    metrics: counts answers that may be repeated.
    zone: IANA name of the exchange's, for people of whom Slack knows none.
    """

    market_data: MarketData
    store: Store
    messenger: Messenger
    renderer: ChartRenderer
    users: Users
    channels: Channels
    jobs: Jobs
    metrics: Metrics
    everyone: bool = False
    zone: str = EXCHANGE_ZONE
    patience: timedelta = timedelta(hours=6)
    facts_within: float = FACTS_WITHIN
    progress_after: float = PROGRESS_AFTER

    def repository(self, request: Request) -> WorkspaceRepository:
        """Return the repository of the asker's workspace."""
        return self.store.of(request.team)

    async def tell(self, request: Request, message: Message) -> None:
        """Tell the asker alone."""
        await self.messenger.tell(Place.of(request), message)

    @asynccontextmanager
    async def progress(self, request: Request, symbols: Sequence[str]) -> AsyncIterator[None]:
        """Tell the asker what is being fetched, where the block takes more than a moment."""
        telling = asyncio.create_task(self._tell_progress(request, symbols))
        try:
            yield
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    async def _tell_progress(self, request: Request, symbols: Sequence[str]) -> None:
        await asyncio.sleep(self.progress_after)
        if request.attempt > 1:
            return
        try:
            await self.tell(request, progress_message(symbols))
        except Unavailable:
            log.info("%s is not told that it takes a while", request.id, exc_info=True)

    async def post(self, request: Request, message: Message) -> Delivered:
        """Post for all in the channel, with pictures; what an earlier attempt has posted stands for it."""
        if found := await self.repeats.before_posting(request):
            return found
        pictures = await self.draw_charts(message, request.team)
        return await self.messenger.post(Place.of(request), message, pictures, request.id)

    async def rewrite(self, request: Request, posted: Delivered, message: Message) -> bool:
        """Put more into an answer that stands; False where it cannot be, and it is told in another way.

        What an earlier attempt has posted is not rewritten: nobody knows which pictures it shows.
        """
        wanted = {block["slot"] for block in message.blocks if "slot" in block}
        if posted.ts is None or wanted - posted.files.keys():
            return False
        try:
            await self.messenger.rewrite(Place.of(request), posted, message)
        except Unavailable:
            log.warning("The answer to %s is not added to", request.id, exc_info=True)
            return False
        return True

    async def attach(self, request: Request, words: str, documents: Sequence[Document]) -> Delivered:
        """Attach files for all in the channel, as `post` does."""
        names = [each.name for each in documents]
        if found := await self.repeats.before_posting(request, names):
            return found
        return await self.messenger.attach(Place.of(request), words, documents)

    @property
    def repeats(self) -> Repeats:
        """Looks for what earlier attempts have posted."""
        return Repeats(self.messenger, self.market_data.clock, self.metrics)

    async def request_delivery(self, request: Request) -> None:
        """Request a delivery: something is queued in the channel and may be due."""
        await self.jobs.enqueue([Task("deliver", f"{request.team}/{request.channel}")])

    async def zone_of(self, request: Request) -> str:
        """Return the asker's time zone, else the exchange's."""
        return await self._own_zone(request) or self.zone

    async def day_of(self, request: Request) -> date:
        """Return the date on the asker's calendar when it was asked, else UTC's: "last year" is told from
        it.
        """
        return request.asked.astimezone(ZoneInfo(await self._own_zone(request) or "UTC")).date()

    async def _own_zone(self, request: Request) -> str | None:
        person = await self.users.person(request.team, request.user)
        return person.zone if person.zone and _is_zone(person.zone) else None

    async def draw_charts(self, message: Message, team: str) -> dict[str, bytes]:
        """Draw the pictures; none where they cannot be drawn, for an answer is not lost to a chart."""
        try:
            return dict(await self.renderer.draw(message.pictures, team)) if message.pictures else {}
        except Unavailable:
            log.exception("The charts could not be drawn")
            return {}


def rule_report(
    stored: StoredRule, incidents: Sequence[RuleIncident] = (), entry: AuditEntry | None = None
) -> RuleReport:
    """Report a rule as it stands; before its first decision, on the day it was made."""
    watched, state = stored.watched, stored.rule_state.state
    session = state.session or watched.made.date()
    return RuleReport(watched, session, state, stored.rule_state.reading, None, tuple(incidents), entry)


async def load_report(services: Services, stored: StoredRule, entry: AuditEntry | None = None) -> RuleReport:
    """Load a version as it stands, with the last incidents up to it."""
    watched = stored.watched
    history = await services.store.of(watched.team).history(watched.number)
    incidents = [each for each in history.incidents if each.version <= watched.version]
    return await with_since(
        services, await with_source(services, rule_report(stored, incidents[:SHOWN], entry))
    )


async def load_reports(services: Services, team: str, stored_rules: Sequence[StoredRule]) -> list[RuleReport]:
    """Load many rules of a workspace as they stand, each with the last incidents of its version."""
    known = await services.store.incidents([team])
    reports = [rule_report(each, known.get((team, each.watched.key), ())) for each in stored_rules]
    first = [await with_source(services, report) for report in reports[:1]]
    return [replace(each, source=first[0].source, simulated=first[0].simulated) for each in reports]


async def with_source(services: Services, report: RuleReport) -> RuleReport:
    """Add the name of who gave a report's prices, where that can be had without much ado."""
    rule = report.watched.rule
    try:
        async with asyncio.timeout(PATIENCE):
            found = await services.market_data.prices.history(
                [*rule.priced, *rule.profiled][:1], report.session
            )
    except (BotError, TimeoutError):
        return report
    return replace(report, source=found.panel.source, simulated=found.panel.simulated)


async def with_since(services: Services, report: RuleReport) -> RuleReport:
    """Add what has become of the funds since the open incident fired, where that can be had soon."""
    rule, fired = report.watched.rule, report.state.fired
    if not report.state.open or fired is None:
        return report
    try:
        async with asyncio.timeout(PATIENCE):
            panel = (await gather([rule], services.market_data, report.session)).panel
    except TimeoutError:
        return report
    return replace(report, since=since_fired(rule, panel, fired, report.session))


def action_notice(report: RuleReport, kind: NoticeKind, request: Request, due: datetime) -> NewNotice:
    """Make the notice that a card shows what a person did; the same for the same question."""
    watched, entry = report.watched, report.deed
    assert entry, "a report of what a person did"
    subject = f"{watched.key}/{entry.act}/{request.id}"
    return NewNotice(watched.team, watched.channel, report.session, kind, subject, report, due)


def card_notices(services: Services, report: RuleReport, request: Request) -> list[NewNotice]:
    """Make the notice that puts a deed on the card of what was open; the delivery drops it where there
    is none.
    """
    if not report.state.open:
        return []
    return [action_notice(report, NoticeKind.UPDATE, request, services.market_data.clock.now())]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, or no name of one
        return False
    return True


_KEY = re.compile(r"R([1-9]\d{0,8})v([1-9]\d{0,8})")
MANY_RULES = 50
"""Deeds looked through for one that is done already."""


def read_key(key: object) -> tuple[int, int] | None:
    """Read number and version of "R7v2", the value of a button; None for anything else."""
    found = _KEY.fullmatch(key) if isinstance(key, str) else None
    return (int(found[1]), int(found[2])) if found else None


async def find_rule(repository: WorkspaceRepository, number: int, request: Request) -> StoredRule:
    """Find the newest version of a rule of this channel, a deleted one too; asked alone, any of the
    asker's own.

    Raises Declined where there is none, UserError where it is another channel's: what that channel watches
    is its own affair.
    """
    stored = await repository.rule(number)
    if stored is None:
        known = [each.watched.number for each in await repository.rules(request.channel)]
        raise Declined(no_such_rule_message(number, known))
    own = request.alone and stored.watched.owner == request.user
    if stored.watched.channel != request.channel and not own:
        raise UserError(
            f"R{number} belongs to another channel of this workspace; ask there. "
            "`/watch list` shows the rules of this one."
        )
    return stored


async def find_live_rule(repository: WorkspaceRepository, number: int, request: Request) -> StoredRule:
    """Find a rule as `find_rule` does; raises UserError for a deleted one."""
    stored = await find_rule(repository, number, request)
    if stored.watched.status is RuleStatus.DELETED:
        raise UserError(deleted_text(stored.watched))
    return stored


def deleted_text(watched: RuleVersion) -> str:
    """Return what to say of a deleted rule."""
    return (
        f"{safe_rule_name(watched)} was deleted; its number is not given again. "
        f"`/watch history {watched.name}` still shows what happened to it."
    )


async def may_change_rule(services: Services, watched: RuleVersion, request: Request) -> bool:
    """Tell whether the asker may change the rule."""
    return await may_change(services, watched.owner, request)


async def may_change(services: Services, owner: str, request: Request) -> bool:
    """Tell whether the asker is the owner of what is to be changed, an admin, or anybody where all may."""
    if services.everyone or request.user == owner:
        return True
    return (await services.users.person(request.team, request.user)).admin


def move_to_channel(watched: RuleVersion, request: Request) -> Request:
    """Move the question to where the rule is heard, as if asked there: its owner may ask alone, too."""
    if watched.channel == request.channel:
        return request
    return request.with_place(watched.channel, None, within=False)


def audit_entry(request: Request, act: AuditAction, detail: str = "") -> AuditEntry:
    """Return what the asker does; the same for the same question."""
    return AuditEntry(request.user, act, request.asked, detail)


async def is_done_already(repository: WorkspaceRepository, number: int, entry: AuditEntry) -> bool:
    """Return whether the question that leads to this deed was worked on before: an answer may be cut
    short.
    """
    history = await repository.history(number, MANY_RULES)
    return any((each.user, each.act, each.at) == (entry.user, entry.act, entry.at) for each in history.deeds)


ANSWER = "answer"
"""Kind of the notice by which repetitions are counted."""
AHEAD = timedelta(hours=1)
"""How far back is looked where the question seems yet to come: it was noted by a clock that was ahead."""


@dataclass(frozen=True)
class Repeats:
    """Looks for what an earlier attempt has posted, where Slack lets the bot look.

    What one person saw alone, and what stands in direct messages that the question does not name, cannot be
    looked for.
    """

    messenger: Messenger
    clock: Clock
    metrics: Metrics

    async def before_posting(self, request: Request, files: Sequence[str] = ()) -> Delivered | None:
        """Return the answer that stands already; where nobody may look for it, it may be repeated, and
        that is said.

        files: names of those that are shared, where the answer is files.
        """
        if request.attempt > 1 and not request.channel:
            self._warn_of_repeat(request, "its channel is not known")
            return None
        try:
            found = await self._find_earlier(request, files)
        except Undelivered as fault:
            self._warn_of_repeat(request, fault.cause)
            return None
        if found:
            log.info("%s was answered already in %s/%s", request.id, request.team, request.channel)
        return found

    async def is_answered(self, request: Request) -> bool:
        """Return whether an answer is known to stand; False where nobody may look."""
        try:
            return await self._find_earlier(request) is not None
        except Undelivered as fault:
            log.info("The answer to %s cannot be looked for: %s", request.id, fault.cause)
            return False

    async def _find_earlier(self, request: Request, files: Sequence[str] = ()) -> Delivered | None:
        if request.attempt == 1 or not request.channel:
            return None
        now = self.clock.now()
        since = request.asked if request.asked <= now else now - AHEAD
        return await self.messenger.find(Place.of(request), request.id, since, files)

    def _warn_of_repeat(self, request: Request, cause: str) -> None:
        log.warning("The answer to %s is possibly repeated: it cannot be looked for (%s)", request.id, cause)
        self.metrics.notice(ANSWER, "possibly repeated")
