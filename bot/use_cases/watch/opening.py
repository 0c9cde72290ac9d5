"""How a version stands on the session on which it begins, and how it would have behaved before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from analytics.watch.backtest import Backtest, backtest
from analytics.watch.quantities import fact_value
from analytics.watch.readings import Reading, Readings
from analytics.watch.rules import Condition, Op, Rule
from analytics.watch.states import Policy
from bot.errors import UserError
from bot.model import RuleReport, RuleStatus, StoredRule
from bot.use_cases.compare import today
from bot.use_cases.evaluate import first_decision
from bot.use_cases.gather import Gathered, gather
from bot.use_cases.watch.services import Services

PAST = timedelta(days=5 * 365 + 1)
"""How far back a rule is tried: five years."""


@dataclass(frozen=True, eq=False)
class Looked:
    """A rule with its data.

    rule: with today's values as thresholds where it waits for a change.
    session: the newest complete one of its exchanges.  readings: of five years, up to it.
    """

    rule: Rule
    session: date
    gathered: Gathered
    readings: Readings
    back: Backtest

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

    def told(self, story: RuleReport) -> RuleReport:
        """A story with today's reading, where nothing was decided yet."""
        if story.reading:
            return story
        return replace(story, session=self.session, reading=self.reading)


async def look(parts: Services, rule: Rule, policy: Policy) -> Looked:
    """Gather and replay a rule that is kept already.

    Raises UnknownSymbols for a fund that does not exist, whether it is measured, held against or looked at
    `then`; Unavailable.
    """
    gathered = await _gather(parts, rule)
    return await asyncio.to_thread(_replayed, rule, policy, gathered, settled_day(parts))


async def look_afresh(parts: Services, rule: Rule, policy: Policy) -> Looked:
    """Gather and replay a rule that begins today: what waits for a change is held against today's value.

    Raises as `look`; UserError where a change is waited for of what is not known.
    """
    gathered = await _gather(parts, rule)
    fresh = from_today(rule, gathered)
    return await asyncio.to_thread(_replayed, fresh, policy, gathered, settled_day(parts))


async def _gather(parts: Services, rule: Rule) -> Gathered:
    day = today(parts.desk)
    await parts.desk.prices.history(list(dict.fromkeys([*rule.priced, *rule.profiled])), day)
    return await gather([rule], parts.desk, day)


def from_today(rule: Rule, gathered: Gathered) -> Rule:
    """The rule with today's value as the threshold of every condition that waits for a change."""
    return replace(rule, conditions=tuple(_from_today(rule, gathered)))


def _from_today(rule: Rule, gathered: Gathered) -> Iterator[Condition]:
    for condition in rule.conditions:
        if condition.op is not Op.CHANGES:
            yield condition
            continue
        quantity = condition.quantity
        today = fact_value(quantity, gathered.profiles.get(quantity.symbol))
        if today.value is None:
            raise UserError(
                f"A change cannot be watched: {today.reason}. Watch another fund or another fact."
            )
        yield replace(condition, threshold=today.value)


def _replayed(rule: Rule, policy: Policy, gathered: Gathered, settled: date) -> Looked:
    """settled: the day of a rule whose funds have no session of their own."""
    session = gathered.newest_session(rule) or settled
    readings = gathered.readings([rule], session - PAST, session).own(rule)
    return Looked(rule, session, gathered, readings, backtest(rule, readings, policy))


def settled_day(parts: Services) -> date:
    """Give the newest session of the workspace's calendar that has settled."""
    return parts.desk.calendar.last_complete(parts.desk.clock.now())


async def begin(parts: Services, kept: StoredRule, looked: Looked) -> StoredRule:
    """Decide a version at once on the newest complete session, unless the daily run was faster.

    A rule that fires has its card queued; the version is given back as it stands then.
    """
    watched, repository = kept.watched, parts.store.of(kept.watched.team)
    if kept.standing.state.session is None and watched.status is RuleStatus.ACTIVE and not looked.early:
        digest = await repository.digest(watched.channel)
        now = parts.desk.clock.now()
        outcome = first_decision(kept, looked.gathered, looked.session, settled_day(parts), digest, now)
        await parts.store.commit([outcome])
    return await repository.rule(watched.number, watched.version) or kept
