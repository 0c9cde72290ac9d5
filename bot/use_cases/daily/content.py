"""What a daily post tells besides its rules: followed pairs, a week or a month that is over, known dates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from analytics.pairs import FOLLOWED, PairReturns, Period, pair_returns
from analytics.panel import PricePanel
from analytics.watch.readings import Readings
from analytics.watch.rules import Rule
from bot.model import DateKind, Follow, KnownDate, PeriodReport, RuleChange, StoredRule
from bot.schedule import closed_weekdays
from bot.use_cases.gather import Gathered, MarketData

AHEAD = timedelta(days=7)
"""How far known dates are looked for after a session."""


def pairs_on(
    follows: Iterable[Follow], panel: PricePanel, day: date, periods: Sequence[Period] = FOLLOWED
) -> tuple[PairReturns, ...]:
    """Compute what followed pairs returned up to a day."""
    return tuple(pair_returns(panel, each.symbols, day, periods) for each in follows)


def period_report(
    kept: Iterable[StoredRule],
    follows: Iterable[Follow],
    readings: Readings,
    panel: PricePanel,
    period: Period,
    end: date,
) -> PeriodReport:
    """Compute what a week or a month came to that ended on a session.

    readings: of the rules, from before the period on.
    """
    told = (period, Period.YEAR) if period is Period.MONTH else (period,)
    changes = tuple(_rule_change(each, readings, period.base(end), end) for each in kept)
    return PeriodReport(end, pairs_on(follows, panel, end, told), changes)


def _rule_change(stored: StoredRule, readings: Readings, base: date, end: date) -> RuleChange:
    """Read a rule's value at both ends of a period; of facts, whose past nobody knows, at the end alone."""
    rule = stored.watched.rule
    days = readings.own_sessions(rule)
    first, last = (max((day for day in days if day <= limit), default=None) for limit in (base, end))
    before = None if first is None or rule.profiled else readings.at(rule, first).value
    after = None if last is None else readings.at(rule, last).value
    return RuleChange(stored.watched.name, first or base, before, after)


def channel_dates(
    known: Iterable[KnownDate], funds: Collection[str], exchanges: Mapping[str, str]
) -> tuple[KnownDate, ...]:
    """Pick the dates of some funds and of their exchanges, the nearest first; funds of one index together.

    exchanges: codes by symbol.
    """
    codes = {exchanges[symbol] for symbol in funds if symbol in exchanges}
    merged: dict[tuple[DateKind, date, str], KnownDate] = {}
    for each in known:
        if not (set(each.symbols) <= set(funds) if each.symbols else each.name in codes):
            continue
        key = (each.kind, each.day, each.name or " ".join(each.symbols))
        same = merged.get(key)
        merged[key] = replace(same, symbols=(*same.symbols, *each.symbols)) if same else each
    return tuple(sorted(merged.values(), key=lambda each: each.day))


def dates_to_tell(
    known: Iterable[KnownDate], told: date | None, following: date | None
) -> tuple[KnownDate, ...]:
    """Leave out what a channel has heard and will hear again: a date is told when it comes into sight, and
    once more before the session that it is on.

    told: the session up to which the channel's posts came, None where some did not.
    following: the session after the one that the post is about, None where it is not known.
    """
    if told is None or following is None:
        return tuple(known)
    return tuple(each for each in known if each.day > told + AHEAD or each.day <= following)


def known_dates(gathered: Gathered, market_data: MarketData, session: date) -> Iterator[KnownDate]:
    """Yield the dates around a session that are known of the funds gathered and of their exchanges.

    Nothing is guessed: what was paid and what is announced tells the source, when an index changes a table
    that names who says so, and when an exchange rests or closes early its calendar.
    """
    yield from _paid_dates(gathered, session)
    for symbol in gathered.panel.symbols:
        for change in market_data.rebalances(symbol, session, session + AHEAD):
            held = market_data.calendar.sessions(change.day - AHEAD, change.day)
            yield KnownDate(DateKind.REBALANCE, held[-1].item(), (symbol,), change.index)
    codes = {code: None for symbol in gathered.panel.symbols if (code := gathered.exchanges.get(symbol))}
    for code in codes:
        calendar, first, last = market_data.calendar.of(code), session + timedelta(days=1), session + AHEAD
        for day in closed_weekdays(calendar, first, last):
            yield KnownDate(DateKind.CLOSED, day, (), code)
        for day in calendar.early_closes(first, last).tolist():
            yield KnownDate(DateKind.HALF_DAY, day, (), code)


def _paid_dates(gathered: Gathered, session: date) -> Iterator[KnownDate]:
    panel = gathered.panel
    currencies = dict(zip(panel.symbols, panel.currencies, strict=True))
    for paid in panel.distributions:
        if paid.session == session:
            amount, currency = paid.amount, currencies[paid.symbol]
            yield KnownDate(DateKind.PAID, session, (paid.symbol,), "", amount, currency)
    for symbol, day in gathered.announced.items():
        if session < day <= session + AHEAD:
            yield KnownDate(DateKind.ANNOUNCED, day, (symbol,))


def funds_of(rules: Iterable[Rule]) -> Iterator[str]:
    """Yield the funds that rules are about, and those to look at; no benchmark."""
    for rule in rules:
        for condition in rule.conditions:
            yield condition.quantity.symbol
            if condition.quantity.other:
                yield condition.quantity.other
        if rule.then:
            yield rule.then
