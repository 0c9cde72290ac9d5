"""A month that is over: its table in the daily post, and the same and more as a CSV file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics.pairs import PairReturn, PairReturns, Period
from bot.model import DigestContent, PeriodReport, RuleChange, RuleReport
from bot.render import blocks, text
from bot.render.message import Block, Document
from bot.render.rules.conditions import cut_symbol, short_quantity, value_of
from bot.render.sections.export import Value, csv_bytes

TOTAL_RETURN = "total return, in the fund's own currency"
LABELS = {Period.MONTH: "month", Period.YEAR: "year to date"}
HEAD = ("what", "figure", "unit", "from", "to", "value", "basis", "source", "why empty")
MOST_PAIRS = 12
"""Of the table; a channel follows no more."""


def month_table(month: PeriodReport) -> list[Block]:
    """Return the table of the pairs: returns over the month and the year to date, and the gap under them."""
    told = [pair for pair in month.pairs if pair.session is not None][:MOST_PAIRS]
    if not told:
        return []
    head = ("Total return", text.month(month.end), f"{month.end.year} to date")
    rows = [row for pair in told for row in _pair_rows(pair)]
    cells = [
        [blocks.cell(shown, bold=True) for shown in head],
        *([blocks.cell(each) for each in row] for row in rows),
    ]
    return [blocks.table_of_cells(cells)]


def _pair_rows(pair: PairReturns) -> Iterator[tuple[str, ...]]:
    periods = [pair.over(each) for each in LABELS]
    for at, symbol in enumerate(pair.symbols):
        yield (
            cut_symbol(symbol),
            *(text.shown(each.returns[at] if each else None, text.signed_percent) for each in periods),
        )
        if at == 1:  # what stands beside them comes after the gap
            first, second = (cut_symbol(symbol) for symbol in pair.symbols[:2])
            gaps = [each.gap if each else None for each in periods]
            yield (
                text.less(first, second),
                *(text.shown(gap, text.points) for gap in gaps),
            )


def month_change(report: RuleReport, change: RuleChange | None) -> str:
    """Write "; 1.10 on 31 Dec 2025", where a month is told of and the rule has one value; not escaped."""
    rule = report.watched.rule
    if change is None or change.before is None or len(rule.conditions) > 1:
        return ""
    return f"; {value_of(rule.conditions[0], change.before)} on {text.day(change.base)}"


def month_document(digest_content: DigestContent) -> Document:
    """Make the CSV file of a month: a line a figure, each with its dates and its basis.

    Raises ValueError where no month is told of.
    """
    month = digest_content.month
    if month is None:
        raise ValueError(f"no month ended that the post of {digest_content.session} tells of")
    named = {report.watched.name: report for report in digest_content.stories}
    rows: list[Sequence[Value]] = [HEAD]
    for pair in month.pairs:
        rows += _pair_figures(pair)
    for change in month.rules:
        if change.name in named:
            rows += _rule_figures(named[change.name], change, month)
    name = f"watchpoint-{month.end:%Y-%m}.csv"
    return Document(name, f"Watchpoint: {text.month(month.end)}", csv_bytes(rows))


def _pair_figures(pair: PairReturns) -> Iterator[Sequence[Value]]:
    source = f"{pair.source}{' (simulated)' if pair.simulated and 'simulated' not in pair.source else ''}"
    for period, label in LABELS.items():
        told = pair.over(period) or PairReturn(period, None, (None,) * len(pair.symbols))
        dates = (told.base.isoformat() if told.base else "", pair.session.isoformat() if pair.session else "")
        for symbol, value in zip(pair.symbols, told.returns, strict=True):
            yield (symbol, label, "fraction", *dates, value, TOTAL_RETURN, source, _why(value))
        less = f"{pair.symbols[0]} - {pair.symbols[1]}"
        basis = "difference of the two total returns"
        yield (less, label, "fraction", *dates, told.gap, basis, source, _why(told.gap))


def _rule_figures(report: RuleReport, change: RuleChange, month: PeriodReport) -> Iterator[Sequence[Value]]:
    conditions = report.watched.rule.conditions
    figure = short_quantity(conditions[0].quantity) if len(conditions) == 1 else "conditions that hold"
    # A rule of several conditions has no value of its own.
    values = (change.before, change.after) if len(conditions) == 1 else (None, None)
    for value, day in zip(values, (change.base, month.end), strict=True):
        why = _why(value) if len(conditions) == 1 else "a rule of several conditions"
        yield (
            report.watched.name,
            figure,
            "as measured",
            "",
            day.isoformat(),
            value,
            report.watched.text,
            report.source,
            why,
        )


def _why(value: float | None) -> str:
    return "" if value is not None else "a price is not known"


def month_words(digest_content: DigestContent) -> str:
    """Return the words above the file, safe mrkdwn."""
    month = digest_content.month
    when = text.month(month.end) if month else text.day(digest_content.session)
    return f"{when} as CSV: returns over the month and the year to date, gaps, and what the rules measured."
