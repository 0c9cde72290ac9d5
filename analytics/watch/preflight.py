"""Is a rule worth having?  What the past and an unchanged world make of it, and whether it sees a real loss.

past       firings, the share of time it was open, whether the fund to look at was beyond too
unchanged  false alarms a year and the same shares where nothing changes (`analytics.watch.worlds`)
seen       how often, and how soon, it fires where the fund loses its edge, and by chance
offers     rules that stay within the budget (`analytics.watch.offers`)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from analytics.errors import BadRule
from analytics.fund import FundProfile, IndexChange, funds_of, latest_index_change
from analytics.measures.sample import MONTHS
from analytics.panel import BoolArray, FloatArray, PricePanel
from analytics.watch.backtest import play
from analytics.watch.followed import Followed, follow
from analytics.watch.many_paths import Breaches, Course, breaches, combine, run
from analytics.watch.readings import Readings
from analytics.watch.rules import WATCHABLE, Condition, Quantity, Rule
from analytics.watch.states import Policy
from analytics.watch.worlds import (
    PATHS,
    Past,
    Worlds,
    draw_worlds,
    lead_of,
    own_level,
    past_of,
    paths_for,
    symbols_of,
    why_not,
)
from analytics.window import REGIME_MONTHS, months_before

MOST_ALARMS = 0.5
"""False alarms a year of a rule within the budget: one in two years."""
MOST_OPEN = 0.20
"""Share of the time for which it may be open where nothing changes."""
LOSS = 0.04
"""What a fund loses a year where it loses its edge, fraction, unless the rule asks about a gap itself."""


@dataclass(frozen=True)
class Record:
    """What a rule would have done in the past.

    start, end : first and last session with data
    fired : on which sessions
    open : share of the sessions with data on which it was open
    target_too : share of the sessions on which it was met and the target's figure is known, on which that was
        beyond the threshold too; None without a target or such sessions
    followed : what followed its firings
    """

    start: date
    end: date
    fired: tuple[date, ...]
    open: float
    target_too: float | None
    followed: tuple[Followed, ...]


@dataclass(frozen=True)
class Unchanged:
    """What a rule does where nothing changes.

    paths, years : worlds, and for how long each was decided
    alarms : firings a year, all of them false
    open : share of the sessions on which it is open
    target_too : share of the firings on whose session the target's figure is beyond the threshold too
    alarms_error, open_error, target_error : standard errors of the drawing
    """

    paths: int
    years: float
    alarms: float
    open: float
    target_too: float | None
    alarms_error: float
    open_error: float
    target_error: float | None

    @property
    def within_budget(self) -> bool:
        """True for at most one false alarm in two years, and open for at most a fifth of the time."""
        return self.alarms <= MOST_ALARMS and self.open <= MOST_OPEN


@dataclass(frozen=True)
class Seen:
    """How often a rule fires where the fund loses its edge, beside how often it does by chance.

    loss : what the mean of `losing_fund` falls by, fraction a year, once the rule has been kept for a year
    one : share of the worlds in which it fires anew within a year
    chance_one : the same where nothing is lost
    months : until it fires, in the middle one of the worlds; None where it does not within two years
    """

    loss: float
    one: float
    chance_one: float
    months: float | None

    @property
    def more_than_chance(self) -> float:
        """Share within a year, less that by chance."""
        return self.one - self.chance_one


@dataclass(frozen=True)
class Own:
    """What the rule's own fund is like, beside the threshold.

    value : the figure over the whole past, or where it depends on the length of its window the middle one of
        the unchanged world's
    middle : True for the latter
    """

    quantity: Quantity
    value: float
    middle: bool


@dataclass(frozen=True)
class PreFlight:
    """What is known of a rule before it is kept.

    rule, policy : of which it is told
    start, end : of the past that worlds are drawn from; None where none are
    regime : the fund and its change of index that this past begins with, None for five years
    own : None where it is not known
    usual : by condition, between which values nine of ten sessions of an unchanged world lie; None: unknown
    record : None of a rule without a past
    unchanged, seen : None for what `why_not` says; `seen` too where no loss is watched for
    why_not : why nothing is told of an unchanged world
    worlds : that it was read in, for what is read in them next
    """

    rule: Rule
    policy: Policy
    start: date | None = None
    end: date | None = None
    regime: tuple[str, IndexChange] | None = None
    own: Own | None = None
    usual: tuple[tuple[float, float] | None, ...] = ()
    record: Record | None = None
    unchanged: Unchanged | None = None
    seen: Seen | None = None
    why_not: str | None = None
    worlds: Worlds | None = field(default=None, compare=False, repr=False)

    @property
    def noisy(self) -> bool:
        """True where an unchanged world shows that it would be on, or fire, too often."""
        return self.unchanged is not None and not self.unchanged.within_budget


def history_of(
    rule: Rule, profiles: Mapping[str, FundProfile], last: date
) -> tuple[date, tuple[str, IndexChange] | None]:
    """Return the day from which on the funds of a rule have been what they are, and by which change.

    Five years back where none is known to have changed its index since.
    """
    inside = dict.fromkeys(fund for symbol in symbols_of(rule) for fund in funds_of(symbol))
    known = [profiles[fund] for fund in inside if fund in profiles]
    usual = months_before(last, REGIME_MONTHS)
    found = latest_index_change(known, last)
    if found is None:
        return usual, None
    fund, change = found
    return change.on, (fund.symbol, change)


def record(rule: Rule, policy: Policy, readings: Readings, panel: PricePanel) -> Record | None:
    """Work out what a rule would have done over the sessions of its readings; None where none has data."""
    played = play(rule, readings, policy)
    known = played.known_sessions
    if not known:
        return None
    fired = tuple(incident.fired for incident in played.incidents)
    return Record(
        start=known[0],
        end=known[-1],
        fired=fired,
        open=played.decided_open / len(known),
        target_too=played.target_too,
        followed=follow(rule, panel, fired, known[0], known[-1]),
    )


def _has_target(rule: Rule) -> bool:
    """Tell whether the fund to look at has the same figures: a difference with itself is none."""
    return rule.then is not None and all(each.quantity.other is None for each in rule.conditions)


def draw_for(rule: Rule, past: Past, most: int) -> Worlds:
    """Draw the worlds that a rule alone is read in."""
    return draw_worlds(past, lead_of(past, rule.quantities), paths_for(rule.quantities, past, most))


def read_breaches(rule: Rule, worlds: Worlds, *, target: bool = False) -> Breaches:
    """Read a rule, or the same of the fund to look at, on every session of some worlds: (P, S)."""
    parts = []
    for condition in rule.conditions:
        quantity = condition.quantity.of(rule.then) if target and rule.then else condition.quantity
        parts.append(breaches(condition, worlds.values(quantity), condition.threshold, condition.recovery))
    return combine(parts, rule.needed)


def unchanged(rule: Rule, policy: Policy, worlds: Worlds) -> tuple[Unchanged, Course]:
    """Work out what a rule does in worlds where nothing changes."""
    said = read_breaches(rule, worlds)
    course = run(said, policy, crossing=rule.crossing)
    too = read_breaches(rule, worlds, target=True).met if _has_target(rule) else None
    return figures(course, worlds.years, too), course


def figures(course: Course, years: float, too: BoolArray | None = None) -> Unchanged:
    """Sum up what some worlds, (P, S), made of a rule.

    Parameters
    ----------
    years : for which each world was decided
    too : where the figure of the fund to look at is beyond the threshold
    """
    alarms, share = course.alarms / years, course.share
    target, target_error = _share(too, course)
    return Unchanged(
        paths=course.shape[0],
        years=years,
        alarms=course.first.size / (course.shape[0] * years),
        open=float(share.mean()),
        target_too=target,
        alarms_error=_error(alarms),
        open_error=_error(share),
        target_error=target_error,
    )


def _error(each: FloatArray) -> float:
    return float(each.std(ddof=1) / np.sqrt(each.size)) if each.size > 1 else float("inf")


def _share(mask: BoolArray | None, course: Course) -> tuple[float | None, float | None]:
    """Return the share of a mask among firings, and its standard error: paths are independent."""
    total = course.first.size
    if mask is None or not total:
        return None, None
    inside, held = course.alarms, course.path[mask[course.path, course.first]]
    both = np.bincount(held, minlength=inside.size)
    share = float(both.sum()) / total
    apart = both - share * inside
    return share, float(np.sqrt(np.square(apart).sum()) / total)


def seen(chance: Course, losing: Course, loss: float, before: int) -> Seen:
    """Sum up how soon a rule fires anew where something is lost, and where nothing is.

    Parameters
    ----------
    chance, losing : of the same worlds without and with the loss
    loss : fraction a year
    before : sessions of a year, after which it begins
    """
    first, by_chance = (course.fires_after(before) for course in (losing, chance))
    middle = float(np.median(first)) + 1.0
    within = middle <= losing.shape[1] - before
    return Seen(
        loss=loss,
        one=float((first < before).mean()),
        chance_one=float((by_chance < before).mean()),
        months=middle * MONTHS / before if within else None,
    )


def see_loss(rule: Rule, policy: Policy, worlds: Worlds, chance: Course, loss: float) -> Seen | None:
    """Work out how soon a rule sees a loss; None where no fund's loss is what it watches for.

    chance : what it does in the same worlds without the loss
    """
    fund = losing_fund(rule)
    if fund is None:
        return None
    lost = run(read_breaches(rule, worlds.losing(fund, loss)), policy, crossing=rule.crossing)
    return seen(chance, lost, loss, worlds.before)


def loss_of(rule: Rule) -> float:
    """Return the loss a year to be seen: the gap in annual return that a rule asks about, else `LOSS`.

    >>> from analytics.watch.rules import Op
    >>> gap = Condition(Quantity("total_return", "AAA", other="BBB"), Op.BELOW, -0.06)
    >>> loss_of(Rule((gap,))), loss_of(Rule((Condition(Quantity("sortino", "AAA"), Op.BELOW, 1.0),)))
    (0.06, 0.04)
    """
    condition = rule.conditions[0]
    quantity = condition.quantity
    asked = quantity.measure in {"total_return", "cagr"} and quantity.other and quantity.window.months == 12
    return abs(condition.threshold) if asked and condition.threshold and len(rule.conditions) == 1 else LOSS


def waits_for_better(condition: Condition) -> bool:
    """Tell whether a condition is met by a better figure of its own fund, and not by a worse one.

    >>> from analytics.watch.rules import Op
    >>> strong, weak = (Condition(Quantity("sortino", "AAA"), op, 1.0) for op in (Op.ABOVE, Op.BELOW))
    >>> waits_for_better(strong), waits_for_better(weak)
    (True, False)
    """
    better = WATCHABLE[condition.quantity.measure].better
    return better is not None and better.higher is not condition.op.falling


def losing_fund(rule: Rule) -> str | None:
    """Return the fund whose loss a rule would see: its own one; where it waits for a better figure the one
    that is subtracted, None without one.
    """
    condition = rule.conditions[0]
    return condition.quantity.other if waits_for_better(condition) else condition.quantity.symbol


USUAL = (0.05, 0.95)
"""Shares of the sessions between which values are usual."""


def _usual(condition: Condition, worlds: Worlds) -> tuple[float, float] | None:
    values = worlds.values(condition.quantity)
    known = values[np.isfinite(values)]
    if not known.size:
        return None
    low, high = np.quantile(known, USUAL).tolist()
    return low, high


def own_of(condition: Condition, worlds: Worlds) -> Own | None:
    """Return what the fund's own figure is where nothing changes."""
    quantity = condition.quantity
    value = own_level(quantity, worlds.past)
    if value is not None:
        return Own(quantity, value, middle=False)
    values = worlds.values(quantity)
    known = values[np.isfinite(values)]
    return Own(quantity, float(np.median(known)), middle=True) if known.size else None


@dataclass(frozen=True, eq=False)
class Asked:
    """A rule with what a pre-flight needs to know of it.

    panel : of `symbols_of` the rule, and the bill where it is asked for
    readings : of the rule, over the past that is told of
    """

    rule: Rule
    policy: Policy
    panel: PricePanel
    readings: Readings
    profiles: Mapping[str, FundProfile]


def preflight(asked: Asked, paths: int = PATHS) -> PreFlight:
    """Work out what is known of a rule before it is kept.

    Parameters
    ----------
    paths : worlds at most; fewer where a measure takes long (`paths_for`)

    Returns
    -------
    PreFlight; of a rule that an unchanged world says nothing of only its past, and why.
    """
    rule, policy, panel = asked.rule, asked.policy, asked.panel
    last = panel.as_of
    since, regime = history_of(rule, asked.profiles, last)
    facts = all(condition.quantity.is_fact for condition in rule.conditions)
    told = PreFlight(
        rule, policy, regime=regime, record=None if facts else record(rule, policy, asked.readings, panel)
    )
    if reason := why_not(rule):
        return replace(told, why_not=reason)
    try:
        past = past_of(symbols_of(rule), panel, since, last)
    except BadRule as fault:
        return replace(told, why_not=f"it {fault.complaint}")
    worlds = draw_for(rule, past, paths)
    figures_, course = unchanged(rule, policy, worlds)
    return replace(
        told,
        start=past.start,
        end=past.end,
        worlds=worlds,
        own=own_of(rule.conditions[0], worlds),
        usual=tuple(_usual(condition, worlds) for condition in rule.conditions),
        unchanged=figures_,
        seen=see_loss(rule, policy, worlds, course, loss_of(rule)),
    )
