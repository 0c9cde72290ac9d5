"""The line under every answer: returns, periods a year, rate, window, source and as-of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analytics.comparison import Comparison
from analytics.fund import is_mix
from analytics.measures import PERIODS
from analytics.measures.sample import MONTHS, WEEKS, YEARS
from analytics.mixes import Rebalancing, mix_of
from analytics.query import Query
from analytics.window import Span
from bot.render import text
from bot.render.values import profile_facts

SAMPLE = "SAMPLE DATA"
FACTS = ("expense_ratio", "dividend_yield", "assets")
"""The fund facts that stand in a first answer."""
BEGINS = "begins with its weights at the base close"
AS_RUN = "as it has run since all of its funds have prices"
"""When a mix begins that is looked at over windows which move."""
FREQUENCIES = {WEEKS: "weekly", MONTHS: "monthly", YEARS: "yearly"}


def convention(comparison: Comparison) -> str:
    """Write daily total return · 252 · rf 0 · 1y = 2025-01-16..2026-01-16 (251 returns) · source …"""
    query, span = comparison.query, comparison.span
    return " · ".join(
        (
            f"{frequency_words(comparison.periods)} total return · {periods_words(comparison.periods_by)}",
            rate_words(query),
            f"{window_words(query, span)} ({returns_words(comparison.returns_by)})",
            source_words(comparison.source, span),
        )
    )


def whole_convention(comparison: Comparison) -> str:
    """Write the convention with what each mix of funds in it is."""
    return " · ".join(filter(None, (convention(comparison), mixes_words(comparison.query.funds))))


def plain_convention(comparison: Comparison, *, facts: bool = True) -> str:
    """Write the convention in plain words: "Daily total returns, 16 Jan 2025 to 16 Jan 2026 (251), …".

    Its full form, with how much a year has, stands under the whole table; see `convention`.

    facts : whether fund facts are shown above it
    """
    span, periods = comparison.span, comparison.periods_by
    counted = returns_words(comparison.returns_by).removesuffix(" return").removesuffix(" returns")
    usual = set(periods.values()) <= {PERIODS, WEEKS}
    shown = [fact for name in FACTS for fact in profile_facts(comparison, name) if fact] if facts else []
    days = sorted({fact.as_of for fact in shown if fact.as_of})
    mixes = mixes_words(comparison.query.funds)
    line = ", ".join(
        (
            f"{frequency_words(comparison.periods).capitalize()} total returns",
            f"{text.day(span.start)} to {text.day(span.end)} ({counted})",
            *([] if usual else [f"a year counts {periods_words(periods)} of them"]),
            comparison.query.rate.words.replace(" %", f"{text.NBSP}%"),
            f"{comparison.source}{f'; fund facts of {text.day(days[-1])}' if days else ''}",
        )
    )
    return f"{line}. {mixes}" if mixes else line


def mixes_words(symbols: Iterable[str], begins: str = BEGINS) -> str:
    """Say in full what the mixes among symbols are, and what they leave out; "" without any.

    begins : when the weights are first those given, of a mix that does not have them every day
    """
    told = []
    for symbol in dict.fromkeys(filter(is_mix, symbols)):
        mix = mix_of(symbol)
        daily = mix.rebalancing is Rebalancing.DAILY or len(mix.components) == 1
        version = f" (version {mix.version})" if mix.name else ""
        told.append(f"{symbol}{version}: {mix.definition}{'' if daily else f', {begins}'}")
    return f"{'; '.join(told)}; no trading cost, no tax" if told else ""


def frequency_words(periods: int) -> str:
    """Return how often returns are taken, from how many of them a year has."""
    return FREQUENCIES.get(periods, "daily")


def periods_words(periods: Mapping[str, int]) -> str:
    """Say by how many returns a year figures are annualised: "252", or "VOO 252, BTC-USD 365"."""
    if len(set(periods.values())) == 1:
        return str(min(periods.values()))
    return ", ".join(f"{symbol} {count}" for symbol, count in periods.items())


def returns_words(returns: Mapping[str, int]) -> str:
    """Return how many returns figures come from: "251 returns", or "242 to 253 returns" where the funds
    differ.
    """
    fewest, most = min(returns.values()), max(returns.values())
    count = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
    return f"{count} return{'s' * (most != 1)}"


def rate_words(query: Query) -> str:
    """Write "rf 4 %", held together."""
    return query.rate.label.replace(" %", f"{text.NBSP}%")


def window_words(query: Query, span: Span) -> str:
    """Write 1y = 2025-01-16..2026-01-16; a window that the data cut short is not equal to its dates."""
    label = query.window.label
    dates = f"{span.start.isoformat()}..{span.end.isoformat()}"
    if label == dates:
        return dates
    return f"{label} = {dates}" if span.full else f"{label} cut short to {dates}"


def source_words(name: str, span: Span) -> str:
    """Write "source Yahoo Finance, as of 2026-01-16"."""
    return f"source {name}, as of {span.end.isoformat()}"


def sectors_convention(comparison: Comparison) -> str:
    """Write the taxonomy, and for which day each fund's weights hold."""
    sectors = comparison.sectors
    if sectors is None:
        return ""
    days = [
        f"{symbol} {fact.source}{f', {fact.as_of.isoformat()}' if fact.as_of else ''}"
        for symbol, fact in sectors.facts.items()
    ]
    return f"{sectors.taxonomy} · {' · '.join(days)}"
