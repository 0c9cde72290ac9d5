"""What the past and an unchanged world make of a rule, worked out once of the same prices."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import date

from analytics.watch.followed import Followed
from analytics.watch.offers import Offer, offers
from analytics.watch.preflight import Asked, PreFlight, loss_of, preflight, record
from analytics.watch.readings import Readings
from analytics.watch.rules import Rule
from analytics.watch.states import Policy
from bot.language.rule import write_rule
from bot.render.rules.worth import OfferedRule
from bot.use_cases.gather import Gathered, MarketData, content_key
from bot.use_cases.outcomes.reviews import SPAN

MORE = 0.1
"""By how much more of the cases, beyond chance, a rule must see than one that keeps the budget itself."""
BESIDE = 2
"""Offers under a rule that is kept."""


@dataclass(frozen=True, eq=False)
class Weighing:
    """A rule that is weighed.

    gathered : its prices and facts; readings : of its past, up to `session`
    """

    rule: Rule
    policy: Policy
    gathered: Gathered
    readings: Readings
    session: date

    def key(self, what: str) -> str:
        """Return what tells apart that which is worked out from it."""
        panel, readings = self.gathered.panel.through(self.session), self.readings
        return content_key(panel, what, self.rule, self.policy, readings.sessions, readings.values)

    def asked(self, market_data: MarketData) -> Asked:
        """Return the question to a pre-flight."""
        panel = self.gathered.panel.through(self.session)
        return Asked(self.rule, self.policy, panel, self.readings, market_data.regimes)


async def find_worth(market_data: MarketData, weighing: Weighing) -> PreFlight:
    """Work out what is known of a rule before it is kept: its past, an unchanged world, a real loss.

    Worlds are too large to be kept: it has them only where they were drawn for it.
    """

    def work() -> PreFlight:
        drawn.append(preflight(weighing.asked(market_data)))
        return replace(drawn[0], worlds=None)

    drawn: list[PreFlight] = []
    kept = await asyncio.to_thread(market_data.computed.once, weighing.key("pre-flight"), work)
    return drawn[0] if drawn else kept


async def find_offers(
    market_data: MarketData, weighing: Weighing, told: PreFlight, number: int | None = None
) -> tuple[OfferedRule, ...]:
    """Find rules within the budget that are worth having instead of one.

    number: of the rule that is kept, in whose place they are put; None for one that is only tried.
    """
    if told.unchanged is None:
        return ()
    loss = loss_of(weighing.rule)

    def work() -> tuple[Offer, ...]:
        worlds = told.worlds or preflight(weighing.asked(market_data)).worlds
        return offers(weighing.rule, worlds, loss) if worlds else ()

    found = await asyncio.to_thread(market_data.computed.once, weighing.key("offers"), work)
    better = [each for each in found if _is_worth_offering(each, told, kept=number is not None)]
    verb = f"edit R{number} " if number else ""
    texts = [write_rule(each.rule, each.policy) for each in better]
    made = [OfferedRule(each, text, f"{verb}{text}") for each, text in zip(better, texts, strict=True)]
    return tuple(made[: BESIDE if number else len(made)])


def _is_worth_offering(offer: Offer, told: PreFlight, *, kept: bool) -> bool:
    """Tell whether a rule is shown beside another one; beside one that is only tried all others are."""
    if (offer.rule.conditions, offer.policy) == (told.rule.conditions, told.policy):
        return False
    if not kept or told.noisy or told.seen is None:
        return not kept or told.noisy
    return offer.seen.more_than_chance >= told.seen.more_than_chance + MORE


async def find_earlier(
    market_data: MarketData, rule: Rule, policy: Policy, gathered: Gathered, last: date
) -> tuple[Followed, ...]:
    """Find what followed the firings that a rule would have had in the five years to a session."""

    def work() -> tuple[Followed, ...]:
        readings = gathered.readings([rule], last - SPAN, last).own(rule)
        found = record(rule, policy, readings, gathered.panel)
        return found.followed if found else ()

    facts = [gathered.profiles.get(symbol) for symbol in rule.profiled]
    known = sorted(gathered.complete.items())
    key = content_key(gathered.panel.through(last), "earlier", rule, policy, last, known, facts)
    return await asyncio.to_thread(market_data.computed.once, key, work)
