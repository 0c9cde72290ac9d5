"""How rules stand and would have behaved: list, show, history, why; the first session of a version."""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from analytics.fund import as_named
from analytics.panel import PricePanel
from analytics.watch.backtest import Backtest, backtest
from analytics.watch.moves import WindowMove, find_move
from analytics.watch.noise import Noise
from analytics.watch.preflight import PreFlight
from analytics.watch.quantities import fact_value
from analytics.watch.readings import Reading, Readings
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Phase, Policy
from bot.errors import Unavailable, UserError
from bot.language import ListedState, RuleListing, list_text
from bot.language.amounts import is_in
from bot.model import Request, RuleNoise, RuleReport, RuleStatus, RuleVersion, StoredRule
from bot.ports import Delivered
from bot.render import forms
from bot.render.blocks import FormView
from bot.render.chart_specs import PastChart
from bot.render.forms import MOST_HINT, NOT_TRIED, ThresholdTrial, watch_form
from bot.render.message import Message
from bot.render.rules.charts import Usual, past_chart
from bot.render.rules.lists import PAGE, ListPage, list_message, rule_message
from bot.render.rules.lists import history_message as history_of
from bot.render.rules.lists import why_message as why_of
from bot.render.rules.read_back import Worth, past_words
from bot.render.rules.scorecard import record_lines
from bot.render.rules.state import is_snoozed, is_undecided, urgency
from bot.render.rules.words import threshold_hint
from bot.render.rules.worth import WeighedRule, noisiest_message, offers_message
from bot.render.text import one_line
from bot.use_cases.evaluate import first_decision
from bot.use_cases.form_fields import SentFields, json_object, read_sent
from bot.use_cases.forms import SECTOR_NAMES, read_rule_draft, watch_fields_in
from bot.use_cases.gather import Gathered, gather, today
from bot.use_cases.outcomes.reviews import load_rule_record
from bot.use_cases.outcomes.worth import Weighing, find_offers, find_worth
from bot.use_cases.services import (
    PATIENCE,
    Services,
    find_live_rule,
    find_rule,
    load_report,
    load_reports,
    rule_report,
)

log = logging.getLogger(__name__)


async def list_rules(services: Services, asked: RuleListing, request: Request) -> None:
    """List the rules of this channel that are meant, a page of them, and when it hears of them."""
    repository = services.repository(request)
    meant, page = page_of_rules(await repository.rules(request.channel), asked)
    reports = await load_reports(services, request.team, meant)
    await services.tell(request, list_message(reports, await repository.digest(request.channel), page))


def page_of_rules(known: Sequence[StoredRule], asked: RuleListing) -> tuple[Sequence[StoredRule], ListPage]:
    """Return the rules of a channel that stand on the page that is asked for; on the last where there are
    fewer.
    """
    meant = [each for each in known if _is_meant(rule_report(each), asked)]
    meant.sort(key=lambda each: urgency(rule_report(each)))
    page = _page(asked, len(meant), len(known))
    return meant[(page.number - 1) * PAGE : page.number * PAGE], page


def _page(asked: RuleListing, meant: int, known: int) -> ListPage:
    pages = max(math.ceil(meant / PAGE), 1)
    number = min(asked.page, pages)

    def typed(turned: int) -> str:
        return list_text(replace(asked, page=turned)) if 1 <= turned <= pages else ""

    said = list_text(replace(asked, page=1)).removeprefix("list").strip()
    return ListPage(number, pages, meant, known, said, typed(number - 1), typed(number + 1))


def _is_meant(report: RuleReport, asked: RuleListing) -> bool:
    rule = report.watched.rule
    named = {as_named(symbol) for each in rule.quantities for symbol in each.shared}
    known = named >= {as_named(symbol) for symbol in asked.symbols}
    return known and (asked.stand is None or asked.stand in _rule_states(report))


def _rule_states(report: RuleReport) -> Iterator[ListedState]:
    """Yield where a rule stands, in every word of the list that says so."""
    state = report.state
    if report.watched.status is RuleStatus.PAUSED:
        yield ListedState.PAUSED
        return
    if is_undecided(report):
        return
    yield _KEPT[state.kept]
    if state.open:
        yield ListedState.OPEN
    if state.trouble:
        yield _TROUBLE[state.trouble]
    if state.acknowledged:
        yield ListedState.ACKNOWLEDGED
    if is_snoozed(state, report.session):
        yield ListedState.SNOOZED


_KEPT = {
    Phase.OK: ListedState.QUIET,
    Phase.PENDING: ListedState.PENDING,
    Phase.FIRING: ListedState.FIRING,
    Phase.RECOVERING: ListedState.RECOVERING,
}
_TROUBLE = {
    Phase.NO_DATA: ListedState.NO_DATA,
    Phase.DOUBT: ListedState.DOUBT,
    Phase.ERROR: ListedState.ERROR,
}


async def list_noisiest(services: Services, page: int, request: Request) -> None:
    """List the rules that an unchanged world sets off most: of this channel; asked alone, one's own and those
    of the public channels of the workspace.
    """
    repository = services.repository(request)
    known = await repository.rules(None if request.alone else request.channel)
    if request.alone:
        known = [each for each in known if await _may_be_seen(services, each.watched, request)]
    noise = await repository.noise()
    reports = await load_reports(services, request.team, known)
    weighed = [WeighedRule(report, noise.get(report.watched.key)) for report in reports]
    await services.tell(request, noisiest_message(weighed, alone=request.alone, page=page))


async def _may_be_seen(services: Services, watched: RuleVersion, request: Request) -> bool:
    """Tell whether somebody may know of a rule outside its channel."""
    own = request.user == watched.owner
    return own or await services.channels.is_public(request.team, watched.channel)


async def show_rule(services: Services, number: int, request: Request) -> None:
    """Show all about one rule, with how it would have behaved where prices can be had."""
    repository = services.repository(request)
    stored = await find_live_rule(repository, number, request)
    history = await repository.history(number)
    looked = await _data_if_known(services, stored)
    told = await find_worth(services.market_data, looked.weighing) if looked else None
    report = await load_report(services, stored)
    await services.tell(request, rule_message(report, looked.past if looked else None, history, told=told))


async def show_history(services: Services, number: int, request: Request) -> None:
    """Show what happened to a rule and who did what, of a deleted one too."""
    repository = services.repository(request)
    stored = await find_rule(repository, number, request)
    history = await repository.history(number)
    followed = await _record_if_known(services, request, number) if history.incidents else []
    await services.tell(request, history_of(stored.watched, history, followed))


async def _record_if_known(services: Services, request: Request, number: int) -> Sequence[str]:
    """Say what followed the firings of a rule, where the source answers soon."""
    try:
        async with asyncio.timeout(PATIENCE):
            return record_lines(await load_rule_record(services, request, number))
    except TimeoutError:
        log.warning("R%d is told without what followed", number)
        return []


async def show_why(services: Services, number: int, request: Request) -> None:
    """Show why a rule stands where it stands, and what moved it where prices can be had."""
    repository = services.repository(request)
    stored = await find_live_rule(repository, number, request)
    report, looked = await load_report(services, stored), await _data_if_known(services, stored)
    moves = await asyncio.to_thread(_moves, report, looked) if looked else []
    await services.tell(request, why_of(report, moves))


def _moves(report: RuleReport, looked: RuleData) -> list[tuple[Quantity, WindowMove]]:
    """Work out what moved the quantities of a rule to the session that it stands at."""
    panel, coming = looked.gathered.panel, looked.gathered.coming
    found = (
        (quantity, find_move(quantity, panel, report.session, coming))
        for quantity in dict.fromkeys(each.quantity for each in report.watched.rule.conditions)
    )
    return [(quantity, move) for quantity, move in found if move]


async def _data_if_known(services: Services, stored: StoredRule) -> RuleData | None:
    try:
        return await load_rule_data(services, stored.watched.rule, stored.watched.policy)
    except (Unavailable, UserError):
        log.warning("%s is shown without its past", stored.watched.key, exc_info=True)
        return None


BACKTEST_SPAN = timedelta(days=5 * 365 + 1)
"""How far back a rule is tried: five years."""


@dataclass(frozen=True, eq=False)
class RuleData:
    """A rule with its data.

    rule: with today's values as thresholds where it waits for a change.
    session: the newest complete one of its exchanges.  readings: of five years, up to it.
    """

    rule: Rule
    policy: Policy
    session: date
    gathered: Gathered
    readings: Readings
    back: Backtest

    @property
    def weighing(self) -> Weighing:
        """As it is held against its past and an unchanged world."""
        return Weighing(self.rule, self.policy, self.gathered, self.readings, self.session)

    @property
    def reading(self) -> Reading:
        """Of the newest complete session."""
        return self.readings.at(self.rule, self.session)

    @property
    def early(self) -> bool:
        """True while a price of the session may still come: the daily run decides when it has."""
        return bool(self.gathered.waits(self.rule))

    @property
    def past(self) -> Backtest | None:
        """What can be told of the past: nothing of a rule on facts, which are known for today only."""
        return None if all(each.quantity.is_fact for each in self.rule.conditions) else self.back

    def with_reading(self, report: RuleReport) -> RuleReport:
        """Add today's reading to a report, where nothing was decided yet."""
        if report.reading:
            return report
        return replace(report, session=self.session, reading=self.reading)


async def load_rule_data(services: Services, rule: Rule, policy: Policy) -> RuleData:
    """Gather and replay a rule that is kept already.

    Raises UnknownSymbols for a fund that does not exist, whether it is measured, held against or looked at
    `then`; Unavailable.
    """
    gathered = await _gather(services, rule)
    return await asyncio.to_thread(_backtest_rule, rule, policy, gathered, settled_day(services))


async def load_new_rule_data(services: Services, rule: Rule, policy: Policy) -> RuleData:
    """Gather and replay a rule that begins today: what waits for a change is held against today's value.

    Raises as `look`; UserError where a change is waited for of what is not known.
    """
    gathered = await _gather(services, rule)
    fresh = _in_currencies(from_today(rule, gathered), gathered.panel)
    return await asyncio.to_thread(_backtest_rule, fresh, policy, gathered, settled_day(services))


async def _gather(services: Services, rule: Rule) -> Gathered:
    day = today(services.market_data)
    await services.market_data.prices.history(list(dict.fromkeys([*rule.priced, *rule.profiled])), day)
    return await gather([rule], services.market_data, day)


def from_today(rule: Rule, gathered: Gathered) -> Rule:
    """Set today's value as the threshold of every condition that waits for a change."""
    return replace(rule, conditions=tuple(_condition_from_today(rule, gathered)))


def _condition_from_today(rule: Rule, gathered: Gathered) -> Iterator[Condition]:
    for condition in rule.conditions:
        if condition.op.has_threshold:
            yield condition
            continue
        quantity = condition.quantity
        today = fact_value(quantity, gathered.profiles.get(quantity.symbol))
        if today.value is None:
            raise UserError(
                f"A change cannot be watched: {today.reason}. Watch another fund or another fact."
            )
        yield replace(condition, threshold=today.value)


def _in_currencies(rule: Rule, panel: PricePanel) -> Rule:
    """Name the currency of each price; UserError where another one was typed."""
    quoted = dict(zip(panel.symbols, panel.currencies, strict=True))
    beside = quoted.get(rule.then) if rule.then else None
    return replace(rule, conditions=tuple(_in_currency(each, quoted, beside) for each in rule.conditions))


def _in_currency(condition: Condition, currencies: Mapping[str, str | None], beside: str | None) -> Condition:
    quantity = condition.quantity
    quoted = currencies.get(quantity.symbol)
    if quantity.measure != "price" or quoted is None:
        return condition
    if not is_in(quoted, quantity.currency or ""):
        typed = "dollars" if quantity.currency == "$" else quantity.currency
        raise UserError(
            f"{quantity.symbol} is quoted in {quoted}, not in {typed}; write the price in {quoted}."
        )
    of_quote = None if quantity.other else quoted
    return replace(condition, quantity=replace(quantity, currency=of_quote, beside=beside))


def _backtest_rule(rule: Rule, policy: Policy, gathered: Gathered, settled: date) -> RuleData:
    """Replay a rule over the past.  settled: the day of one whose funds have no session of their own."""
    session = gathered.newest_session(rule) or settled
    readings = gathered.readings([rule], session - BACKTEST_SPAN, session).own(rule)
    return RuleData(rule, policy, session, gathered, readings, backtest(rule, readings, policy))


async def weigh_rule(
    services: Services, report: RuleReport, looked: RuleData, *, whole: bool = False
) -> Worth:
    """Weigh a rule before it is read back.  whole: all is told of its past."""
    told = await find_worth(services.market_data, looked.weighing)
    return Worth(told, past_chart_of(report, looked, told.usual), whole=whole)


async def add_offers(
    services: Services,
    request: Request,
    posted: Delivered,
    worth: Worth,
    looked: RuleData,
    message: Callable[[Worth], Message],
    number: int | None = None,
) -> None:
    """Add rules that are worth having instead to an answer that stands; where it is not ours to change, tell
    them to the asker.
    """
    market_data = services.market_data
    offered = await find_offers(market_data, looked.weighing, worth.told, number) if worth.told else ()
    if offered and not await services.rewrite(request, posted, message(replace(worth, offered=offered))):
        await services.tell(request, offers_message(offered))


def past_chart_of(report: RuleReport, looked: RuleData, usual: Usual = ()) -> PastChart | None:
    """Return what the past would have looked like; None without any."""
    if not (looked.past and looked.past.start):
        return None
    return past_chart(
        report.watched,
        looked.readings,
        looked.back,
        source=report.source,
        simulated=report.simulated,
        usual=usual,
    )


async def keep_noise(services: Services, stored: StoredRule, looked: RuleData, told: PreFlight) -> None:
    """Keep what an unchanged world makes of a rule that was just set: no night has seen it yet."""
    watched, found = stored.watched, told.unchanged
    noise = Noise(found.alarms, found.open, found.paths) if found else None
    key = watched.team, watched.number, watched.version
    await services.store.save_noise([RuleNoise(*key, looked.session, noise, told.why_not or "")])


FEWEST_VALUES = 60
"""Sessions with a value below which nothing is said of where it has lain."""
PLACEHOLDERS = ("0", "-1%", "1%", "1", "0.5", "100M")
"""Thresholds in every unit: one that can be read makes a rule of a form that has none yet."""
ASIDE = (10.0, 25.0)
"""Percent of the sessions on the far side of a threshold that is suggested, and of a nearer one."""

Rewrite = Callable[[str, str, FormView], Awaitable[bool]]
"""Puts other words into an open form: see `HomeTabs.rewrite_form`."""


async def try_in_form(services: Services, rewrite: Rewrite, request: Request) -> None:
    """Tell in a rule's form where its value has lain and how often it would have fired.

    What cannot be read yet, or had, leaves the form as it was written.
    """
    given = json_object(request.text)
    view, seen = str(given.pop("view", "")), str(given.pop("hash", ""))
    sent = read_sent(json.dumps(given))
    trial = await _try_threshold(services, sent, await services.day_of(request))
    form = watch_form(
        str(given.get("metadata") or ""),
        watch_fields_in(sent),
        SECTOR_NAMES,
        trial,
        where=not sent.channel,
    )
    await rewrite(view, seen, form)


async def _try_threshold(services: Services, sent: SentFields, day: date) -> ThresholdTrial:
    drafts = (read_rule_draft(sent, each, day) for each in PLACEHOLDERS)
    draft = next((each for each in drafts if each), None)
    if draft is None:
        return NOT_TRIED
    try:
        looked = await load_new_rule_data(services, draft.rule, draft.policy)
    except UserError as fault:
        return ThresholdTrial(hint=one_line(fault.complaints[0], MOST_HINT))
    except Unavailable as fault:
        log.info("A rule in a form is not tried: %s", fault)
        return NOT_TRIED
    if looked.past is None:
        return ThresholdTrial(past=past_words(draft.rule, None))
    return await asyncio.to_thread(_trial, sent, draft.rule.conditions[0], looked, day, settled_day(services))


def _trial(
    sent: SentFields, condition: Condition, looked: RuleData, day: date, settled: date
) -> ThresholdTrial:
    values = looked.readings.series(condition.quantity)
    values = values[np.isfinite(values)]
    if values.size < FEWEST_VALUES:
        return NOT_TRIED
    falling = condition.op.falling
    far, near = np.percentile(values, ASIDE if falling else [100 - each for each in ASIDE]).tolist()
    hint, example = threshold_hint(condition, far, near, float(values[-1]), falling=falling)
    typed = sent.text(forms.THRESHOLD)
    meant = read_rule_draft(sent, typed or example, day)
    if meant is None:
        return ThresholdTrial(hint, example)
    tried = _backtest_rule(meant.rule, meant.policy, looked.gathered, settled)
    told = past_words(meant.rule, tried.past)
    return ThresholdTrial(hint, example, f"At {typed or example}: {told[:1].lower()}{told[1:]}")


def settled_day(services: Services) -> date:
    """Give the newest session of the workspace's calendar that has settled."""
    return services.market_data.calendar.last_complete(services.market_data.clock.now())


async def decide_first_session(services: Services, stored: StoredRule, looked: RuleData) -> StoredRule:
    """Decide a version at once on the newest complete session, unless the daily run was faster.

    A rule that fires has its card queued; the version is given back as it stands then.
    """
    watched, repository = stored.watched, services.store.of(stored.watched.team)
    if stored.rule_state.state.session is None and watched.status is RuleStatus.ACTIVE and not looked.early:
        digest = await repository.digest(watched.channel)
        now = services.market_data.clock.now()
        outcome = first_decision(stored, looked.gathered, looked.session, settled_day(services), digest, now)
        await services.store.commit([outcome])
    return await repository.rule(watched.number, watched.version) or stored
