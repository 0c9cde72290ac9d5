"""Numbers, labels and currencies read out of a comparison, and when a difference is worth marking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import ceil
from typing import Any

from analytics.comparison import Comparison
from analytics.fund import Fact, Kind
from analytics.liquidity import MOST_ON_EXCHANGE, PARTICIPATION
from analytics.measures import MEASURES, Better
from analytics.measures.number import Number
from analytics.returns import Period
from analytics.watch.rules import WATCHABLE
from bot.render import text

Values = Sequence[float | None]
PAIR = 2
COLUMNS = 4
"""Most columns of a table: a phone shows no more."""
MOST_TALL = COLUMNS - 1
"""Most funds that stand in columns; more of them lie down, one line a fund."""


def numbers(comparison: Comparison, name: str) -> list[Number | None]:
    """Read a measure by name, with its reason where it is not defined; None for the benchmark itself."""
    by_symbol = comparison.relative if MEASURES[name].relative else comparison.metrics
    return [by_symbol[symbol][name] if symbol in by_symbol else None for symbol in comparison.symbols]


def absolute_measure(comparison: Comparison, name: str) -> list[float | None]:
    """Return an absolute measure by name; None where it is not defined."""
    return [comparison.metrics[symbol][name].value for symbol in comparison.symbols]


def relative_measure(comparison: Comparison, name: str) -> list[float | None]:
    """Return a relative measure by name; None for the benchmark itself."""
    rows = (comparison.relative.get(symbol) for symbol in comparison.symbols)
    return [row[name].value if row else None for row in rows]


def fact_values(comparison: Comparison, name: str) -> list[float | None]:
    """Return a fact of the profiles by name; None where it is not known."""
    return [fact.value if fact else None for fact in profile_facts(comparison, name)]


def lacking_in_mix(what: str) -> str:
    """Say why a fact of a mix of funds is not known."""
    own = what in {"assets", "number of holdings"}
    return "a mix has none of its own" if own else "not known of all its funds"


def profile_facts(comparison: Comparison, name: str) -> list[Fact[Any] | None]:
    """Read a fact of the profiles by name, with its source and day."""
    profiles = [comparison.profiles.get(symbol) for symbol in comparison.symbols]
    return [getattr(profile, name) if profile else None for profile in profiles]


def current_facts(comparison: Comparison, name: str) -> list[float | None]:
    """Read a fact for a finding: None too where it is of a later day than the span, see `Fact.postdates`."""
    end = comparison.span.end
    return [
        None if fact is None or fact.postdates(end) else fact.value
        for fact in profile_facts(comparison, name)
    ]


def dated_title(title: str, facts: Iterable[Fact[Any] | None], end: date) -> str:
    """Name the day of facts that are later than the span: "Cost and size, facts of 29 Nov 2026"."""
    found = [fact for fact in facts if fact]
    if not any(fact.postdates(end) for fact in found):
        return title
    days = sorted({fact.as_of for fact in found if fact.as_of})
    return f"{title}, facts of {' to '.join(text.day(day) for day in dict.fromkeys((days[0], days[-1])))}"


def traded_values(comparison: Comparison) -> list[float | None]:
    """Take the value traded a day in the quote currency; None for an index, with its members' volume."""
    profiles = [comparison.profiles.get(symbol) for symbol in comparison.symbols]
    values = [comparison.traded[symbol].value for symbol in comparison.symbols]
    pairs = zip(profiles, values, strict=True)
    return [None if profile and profile.kind is Kind.INDEX else value for profile, value in pairs]


def known_values(values: Values) -> list[float]:
    """Return what is known of the values."""
    return [value for value in values if value is not None]


def extremes(symbols: Sequence[str], values: Values) -> tuple[tuple[str, float], tuple[str, float]] | None:
    """Return the lowest and the highest known value with their symbols; None below two known ones."""
    pairs = [(symbol, value) for symbol, value in zip(symbols, values, strict=True) if value is not None]
    if len(pairs) < 2:
        return None
    ranked = sorted(pairs, key=lambda pair: pair[1])
    return ranked[0], ranked[-1]


def is_annual(comparison: Comparison) -> bool:
    """Return True where returns over the span are told as annual rates: above one year."""
    return comparison.span.is_annual


def is_short(comparison: Comparison) -> bool:
    """Return True below a year: what is annualised then rests on few returns."""
    return comparison.span.is_short


def is_span(comparison: Comparison, period: Period) -> bool:
    """Return True for a period that is the span itself under another name, as 1y is 2025 at the year's
    end.
    """
    return (period.start, period.end) == (comparison.span.start, comparison.span.end)


def span_words(comparison: Comparison) -> str:
    """Name the span beside a number: "1 year", else "from 19 Mar 2021"; the title says up to when.

    Dates and a history cut short go by their first close, not by the window asked.
    """
    window, span = comparison.query.window, comparison.span
    named = window.start is None and window.label != "max"
    return window.words if span.full and (named or span.is_over) else f"from {text.day(span.start)}"


def over_span(comparison: Comparison) -> str:
    """Write the span behind a number in a sentence: "over 1 year", "from 19 Mar 2021"."""
    words = span_words(comparison)
    return words if words.startswith("from ") else f"over {words}"


def span_dates(comparison: Comparison) -> str:
    """Write "19 Mar 2021 to 16 Jan 2026": the base close and the last one."""
    return f"{text.day(comparison.span.start)} to {text.day(comparison.span.end)}"


def priced_in(comparison: Comparison) -> list[str | None]:
    """Read the currency of each fund's prices and of what it trades; None where it is not told with them.

    What the profile says is no substitute: prices may be in pence where it says pounds.
    """
    return [comparison.currencies.get(symbol) for symbol in comparison.symbols]


def stated_in(comparison: Comparison) -> list[str | None]:
    """Read the currency of the amounts in each fund's profile; None where it does not tell it."""
    profiles = [comparison.profiles.get(symbol) for symbol in comparison.symbols]
    return [profile.currency if profile else None for profile in profiles]


def one_currency(currencies: Sequence[str | None], values: Values) -> str | None:
    """Find the currency that all known amounts are in; None where they differ, or one of them has none."""
    found = {unit for unit, value in zip(currencies, values, strict=True) if value is not None}
    return found.pop() if len(found) == 1 else None


def yield_kind(comparison: Comparison) -> str | None:
    """Return the kind of all yields; "" where it is not told, None where the funds differ."""
    found = {profile.yield_kind for profile in comparison.profiles.values() if profile.yield_kind}
    return None if len(found) > 1 else next(iter(found), "")


RULES: Mapping[str, Better] = {
    **{name: row.better for name, row in WATCHABLE.items() if row.better},
    "dividend_yield": Better(higher=True, step=0.001),
    "traded": Better(higher=True, factor=2.0),
}
"""By measure or fact; what is not named here is never marked."""


def best_column(name: str, values: Sequence[float | None]) -> int | None:
    """Return index of the value to mark: better than every other by a material difference; None where
    there is none.

    Nothing is marked where a value is missing: the missing one might be better.
    """
    rule = RULES.get(name)
    known = [value for value in values if value is not None]
    if rule is None or len(known) < len(values) or len(known) < 2:
        return None
    first, second = sorted(known, reverse=rule.higher)[:2]
    return list(values).index(first) if rule.differs(first, second) else None


def are_alike(name: str, values: Sequence[float]) -> bool:
    """Return True where all values lie within one step of each other."""
    return not RULES[name].differs(max(values), min(values))


def rule_of(measure: str, *, short: bool) -> str | None:
    """Name the rule of a measure; None below a year for what is annualised from a few weeks.

    That is shown, but no difference of it is worth a mark.
    """
    rule = RULES.get(measure)
    return measure if rule and (rule.steady or not short) else None


IN_KIND = "in kind"
"""Stands for days to trade where nobody would trade so: units are created or redeemed with the issuer."""


def is_in_kind(days: float) -> bool:
    """Return True for days to trade at `PARTICIPATION` of the volume that nobody would take."""
    return days * PARTICIPATION > MOST_ON_EXCHANGE


def trading_days(days: float) -> str:
    """Return days to trade: 2.14 -> "2.1", 0.01 -> "<0.1", 378.0 -> "in kind"."""
    if is_in_kind(days):
        return IN_KIND
    return "<0.1" if days < 0.05 else f"{days:,.1f}"


def days_words(days: float) -> str:
    """Write days to trade as people plan them: 0.8 -> "within a day", 14.3 -> "15 days", 378 -> "in kind"."""
    if is_in_kind(days):
        return IN_KIND
    return "within a day" if days <= 1 else f"{ceil(days):,}{text.NBSP}days"
