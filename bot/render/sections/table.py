"""The table of a comparison as rows, without a layout, and why a cell is a dash."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.comparison import Comparison
from analytics.evidence.closes import YIELD
from analytics.evidence.rates import STEP
from analytics.exposures import SectorComparison
from analytics.fund import Basis, FundProfile, Kind, is_mix
from analytics.liquidity import PARTICIPATION, SESSIONS, days_to_trade
from analytics.measures.number import Number
from analytics.notes import Note, NoteKind
from analytics.panel import Doubt
from analytics.window import parse
from bot.render import text
from bot.render.doubts import MARK
from bot.render.estimates import cell, percent, points
from bot.render.measures import LINES, MeasureTable, brief_label, gap_format, line_label, value_format
from bot.render.sections.doubtful import (
    columns_of_doubts,
    ground_doubts,
    measure_columns,
    measure_doubts,
    period_doubts,
    traded_doubts,
)
from bot.render.sections.finding import fee
from bot.render.values import (
    Values,
    absolute_measure,
    best_column,
    dated_title,
    days_words,
    fact_values,
    is_annual,
    is_short,
    is_span,
    lacking_in_mix,
    numbers,
    one_currency,
    priced_in,
    profile_facts,
    relative_measure,
    rule_of,
    span_words,
    stated_in,
    traded_values,
    yield_kind,
)

COSTS = ("expense_ratio", "dividend_yield", "assets", "holdings_count", "holdings")
"""The facts among the figures of cost and size."""
SECTORS = 3
TICKET = 1e6
"""The order, in the currency of the funds, whose trading time is shown where none is named."""

Format = Callable[[float], str]


@dataclass(frozen=True)
class Row:
    """One line: a label, a cell per fund, the difference of the first and the last.

    marked : index of the fund whose value is better by a material difference, None for none
    main : True for a figure that stays where there is room for few
    doubts : what the cells with the mark of a doubt rest on
    dashes : why cells have no number, where the table itself does not tell
    """

    label: str
    cells: tuple[str, ...]
    difference: str
    marked: int | None
    main: bool
    dashes: tuple[Dash, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def with_doubts(self, columns: Collection[int], doubts: Sequence[Doubt]) -> Row:
        """Mark the figures that rest on doubts, and their difference; beside them nothing is better."""
        shaken = {at for at in columns if self.cells[at] != text.NONE}
        if not shaken:
            return self
        cells = tuple(f"{cell}{MARK}" if at in shaken else cell for at, cell in enumerate(self.cells))
        ends = shaken & {0, len(self.cells) - 1} and self.difference != text.NONE
        difference = f"{self.difference}{MARK}" if ends else self.difference
        return replace(self, cells=cells, difference=difference, marked=None, doubts=tuple(doubts))


@dataclass(frozen=True)
class Group:
    """Rows that belong together.  alone : how a label stands without the title, e.g. "{} against SPSM"."""

    title: str
    rows: tuple[Row, ...]
    alone: str = "{}"

    @property
    def labelled(self) -> Group:
        """The same rows with labels that need no title."""
        rows = (replace(row, label=self.alone.format(row.label)) for row in self.rows)
        return Group(self.title, tuple(rows))

    @property
    def main(self) -> tuple[Row, ...]:
        """The figures that stay where there is room for few; all of them where no main one is known."""
        return tuple(row for row in self.rows if row.main) or self.rows


def groups(comparison: Comparison) -> tuple[Group, ...]:
    """Return the whole table; a row or group without any number is left out."""
    costs = [fact for name in COSTS for fact in profile_facts(comparison, name)]
    found = (
        Group("Return", _drop_blank_rows(_returns(comparison))),
        Group("Risk", _drop_blank_rows(risk_rows(comparison))),
        Group(
            f"Against {comparison.query.against}",
            _drop_blank_rows(_relative(comparison)),
            f"{{}}, against {comparison.query.against}",
        ),
        Group(rates_title(comparison), _drop_blank_rows(rate_rows(comparison))),
        Group(dated_title("Cost and size", costs, comparison.span.end), _drop_blank_rows(_fund(comparison))),
        _sectors_group(comparison),
    )
    return tuple(group for group in found if group.rows)


def dash_notes(comparison: Comparison, shown: Iterable[Row], notes: Sequence[Note]) -> tuple[str, ...]:
    """Tell why there are dashes in the rows shown, and why a measure has no row: it is defined for no fund.

    notes : as in `footnotes`
    """
    lacking = (row for row in _defined_rows(comparison) if _is_blank(row))
    dashes = (dash for row in (*shown, *lacking) for dash in row.dashes)
    return footnotes(dashes, comparison.symbols, notes)


def _drop_blank_rows(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(row for row in rows if not _is_blank(row))


def _is_blank(row: Row) -> bool:
    return set(row.cells) == {text.NONE}


def span_return(comparison: Comparison) -> Row:
    """Return what each fund earned over the span, a year where that is more than one."""
    annual = is_annual(comparison)
    name = "cagr" if annual else "total_return"
    label = f"{text.capital(span_words(comparison))}{', a year' if annual else ''}"
    row = _row(label, absolute_measure(comparison, name), text.percent, text.points, "cagr")
    return explain_gaps(comparison, name, row)


def _returns(comparison: Comparison) -> list[Row]:
    rows = [span_return(comparison)]
    if is_annual(comparison):
        values = absolute_measure(comparison, "total_return")
        total = _row(f"{text.capital(span_words(comparison))}, in total", values, text.percent, text.points)
        # Half a point between two totals of ten years is nothing; between annual rates it counts.
        rows.append(explain_gaps(comparison, "total_return", replace(total, marked=rows[0].marked)))
    for name in ("1y", "3y", "5y", "10y"):
        period = comparison.period(name)
        if period and not is_span(comparison, period):
            found = [period.returns[symbol] for symbol in comparison.symbols]
            title = f"{parse(name).words}{', a year' if period.annualised and name != '1y' else ''}"
            values = [number.value for number in found]
            row = _row(title, values, text.percent, text.points, "cagr")
            row = replace(row, dashes=measure_dashes(comparison.symbols, found))
            rows.append(_mark_doubts(comparison, period_doubts(comparison, period), row))
    return rows


def explain_gaps(comparison: Comparison, measure: str, row: Row) -> Row:
    """Tell why figures of a measure over the window are missing, and mark those that rest on doubts."""
    dashes = measure_dashes(comparison.symbols, numbers(comparison, measure), brief_label(measure))
    doubtful = measure_columns(comparison, measure)
    return replace(row, dashes=dashes).with_doubts(doubtful, measure_doubts(comparison, measure))


def _mark_doubts(comparison: Comparison, doubts: Sequence[Doubt], row: Row) -> Row:
    return row.with_doubts(columns_of_doubts(comparison, doubts), doubts)


def risk_rows(comparison: Comparison) -> list[Row]:
    """Return each fund's own measures of risk; the main ones stand in a first answer."""
    found = []
    for line in LINES[MeasureTable.COMPARED]:
        name = line.measure
        values, rule = absolute_measure(comparison, name), rule_of(name, short=is_short(comparison))
        row = _row(line_label(line), values, value_format(name), gap_format(name), rule, main=line.main)
        found.append(explain_gaps(comparison, name, row))
    return found


def _relative(comparison: Comparison) -> list[Row]:
    weekly = ", weekly" if comparison.apart else ""
    found = []
    for line in LINES[MeasureTable.COMPARED_AGAINST]:
        if line.of_shares and comparison.bond_funds:
            continue
        values = relative_measure(comparison, line.measure)
        row = _row(f"{line_label(line)}{weekly}", values, value_format(line.measure), main=line.main)
        found.append(explain_gaps(comparison, line.measure, row))
    return found


def rate_rows(comparison: Comparison) -> list[Row]:
    """Set out what a move of the 10-year yield does to each fund, of bond funds as a duration too."""
    if comparison.rates is None:
        return []
    found, bonds = comparison.rates, comparison.bond_funds
    held = [row.held for row in found.funds]
    pair = found.differences[0] if len(found.differences) == 1 else None
    move = f"For +{STEP:.0f}{text.NBSP}bp in the 10-year yield"
    cells = tuple(cell(each, percent) for each in held)
    moved = Row(move, cells, cell(pair.held, points) if pair else text.NONE, None, main=True)
    years = [row.duration.value if row.symbols[0] in bonds else None for row in found.funds]
    symbols, named = comparison.symbols, "rate sensitivity"
    shaken = ground_doubts(found.provenance, symbols, (found.market, YIELD))
    moved = replace(moved, dashes=measure_dashes(symbols, [each.value for each in held], named))
    lasting = _row("Empirical duration, years", years, _tenths, _signed_tenths)
    return [moved.with_doubts(*shaken), lasting.with_doubts(*shaken)]


def rates_title(comparison: Comparison) -> str:
    """Say since when, and what is held still: neither is that of the other rows."""
    found = comparison.rates
    return f"Rates from {text.day(found.provenance.start)}, {found.market} held still" if found else ""


def _tenths(value: float) -> str:
    return text.ratio(value, 1)


def _signed_tenths(value: float) -> str:
    return text.signed_ratio(value, 1)


def _defined_rows(comparison: Comparison) -> tuple[Row, ...]:
    """Return the rows whose absence is told."""
    return (*risk_rows(comparison), *_relative(comparison), *rate_rows(comparison)[:1])


def _fund(comparison: Comparison) -> list[Row]:
    fees, counts = fact_values(comparison, "expense_ratio"), fact_values(comparison, "holdings_count")
    found = [comparison.concentration.get(symbol) for symbol in comparison.symbols]
    tops = [part.top_ten if part else None for part in found]
    assets, *trading = _amounts(comparison)
    return [
        replace(
            _row("Expense ratio", fees, fee, text.basis_points, "expense_ratio"),
            dashes=fact_dashes(comparison, fees, "expense ratio"),
        ),
        replace(
            _yields(comparison),
            dashes=fact_dashes(comparison, fact_values(comparison, "dividend_yield"), "yield"),
        ),
        replace(assets, dashes=fact_dashes(comparison, fact_values(comparison, "assets"), "assets")),
        *(replace(row, dashes=trading_dashes(comparison)) for row in trading),
        replace(
            _row("Holdings", counts, lambda number: text.count(int(number)), main=False),
            dashes=fact_dashes(comparison, counts, "number of holdings"),
        ),
        replace(
            _row("Ten largest", tops, text.percent, text.points, main=False),
            dashes=position_dashes(comparison),
        ),
    ]


def _yields(comparison: Comparison) -> Row:
    """Put yields of two kinds side by side, but do not hold them against each other."""
    kind, values = yield_kind(comparison), fact_values(comparison, "dividend_yield")
    if kind is None:
        return _row("Yield, kinds differ", values, fee)
    return _row(f"Yield, {kind}" if kind else "Yield", values, fee, text.basis_points, "dividend_yield")


def _amounts(comparison: Comparison) -> list[Row]:
    """Set out assets and trading; in several currencies, or one not known, none is held against another."""
    turnover, shaky = traded_values(comparison), traded_doubts(comparison)
    sessions = f", {SESSIONS} sessions"
    rows = [
        _amount("Assets", "", fact_values(comparison, "assets"), stated_in(comparison), "assets"),
        _mark_doubts(
            comparison, shaky, _amount("Traded a day", sessions, turnover, priced_in(comparison), "traded")
        ),
    ]
    return [*rows, *filter(None, [trading_time(comparison)])]


def trading_time(comparison: Comparison) -> Row | None:
    """Return how long an order takes to trade; None where the funds trade in several currencies."""
    turnover = traded_values(comparison)
    unit = one_currency(priced_in(comparison), turnover)
    if not unit:
        return None
    waits = [float(days_to_trade(TICKET, np.array(value))) if value else None for value in turnover]
    share = text.percent(PARTICIPATION, 0)
    row = _row(f"{text.money(TICKET)}{text.NBSP}{unit} at {share} of volume", waits, days_words, main=False)
    row = replace(row, dashes=trading_dashes(comparison))
    return _mark_doubts(comparison, traded_doubts(comparison), row)


def _amount(label: str, rest: str, values: Values, currencies: Sequence[str | None], rule: str) -> Row:
    """Return amounts under the currency that they share, else each with its own."""
    main = rule == "assets"
    if unit := one_currency(currencies, values):
        return _row(f"{label}, {unit}{rest}", values, text.money, rule=rule, main=main)
    cells = tuple(
        text.NONE if value is None else f"{text.money(value)}{text.NBSP}{unit or ''}".rstrip()
        for value, unit in zip(values, currencies, strict=True)
    )
    return Row(f"{label}{rest}", cells, text.NONE, None, main=main)


def _sectors(comparison: Comparison) -> list[Row]:
    sectors = comparison.sectors
    if sectors is None or comparison.bond_funds:
        return []
    return [
        replace(
            _row(
                name,
                [sectors.weights.get(symbol, {}).get(name) for symbol in comparison.symbols],
                text.percent,
                text.points,
            ),
            dashes=sector_dashes(comparison, sectors, name),
        )
        for name in sectors.sectors[:SECTORS]
    ]


def _sectors_group(comparison: Comparison) -> Group:
    sectors = comparison.sectors
    part = " of its shares" if sectors and sectors.of is Basis.SHARES else ""
    title = dated_title(f"Largest sectors{part}", profile_facts(comparison, "sectors"), comparison.span.end)
    return Group(title, _drop_blank_rows(_sectors(comparison)), f"Sector{part}: {{}}")


def _row(
    label: str,
    values: Values,
    show: Format,
    gap: Format | None = None,
    rule: str | None = None,
    *,
    main: bool = True,
) -> Row:
    cells = tuple(text.shown(value, show) for value in values)
    marked = best_column(rule, values) if rule else None
    return Row(label, cells, _difference(values, gap), marked, main)


def _difference(values: Values, gap: Format | None) -> str:
    first, last = values[0], values[-1]
    if gap is None or first is None or last is None:
        return text.NONE
    return gap(first - last)


@dataclass(frozen=True)
class Dash:
    """A cell without a number.

    reason : as the arithmetic gives it, or what a source lacks
    what : the figure, "" where the reason alone tells which cells are meant
    """

    symbol: str
    reason: str
    what: str = ""


def measure_dashes(
    symbols: Sequence[str], numbers: Sequence[Number | None], what: str = ""
) -> tuple[Dash, ...]:
    """Collect the dashes of one measure: every number that has a reason instead of a value."""
    pairs = zip(symbols, numbers, strict=True)
    return tuple(Dash(symbol, number.reason, what) for symbol, number in pairs if number and number.reason)


def fact_dashes(comparison: Comparison, values: Values, what: str) -> tuple[Dash, ...]:
    """Collect the dashes of a fact.  What is no fund has none: a remark says that it has no facts."""
    pairs = zip(comparison.symbols, values, strict=True)
    absent = [(symbol, comparison.profiles.get(symbol)) for symbol, value in pairs if value is None]
    return tuple(
        Dash(symbol, lacking_in_mix(what), what)
        if is_mix(symbol)
        else Dash(symbol, "not known", what if _has_facts(profile) else "fund facts")
        for symbol, profile in absent
        if profile is None or profile.kind in {Kind.FUND, Kind.MIX}
    )


def trading_dashes(comparison: Comparison) -> tuple[Dash, ...]:
    """Collect the dashes of what is traded a day, and of the days that an order takes."""
    values = zip(comparison.symbols, traded_values(comparison), strict=True)
    nothing = f"nothing traded on the last {SESSIONS} sessions"
    return tuple(
        Dash(symbol, nothing if value == 0 else comparison.traded[symbol].reason or "not traded itself")
        for symbol, value in values
        if not value
    )


def position_dashes(comparison: Comparison) -> tuple[Dash, ...]:
    """Collect the dashes of the weight of the ten largest positions."""
    parts = comparison.concentration
    few = [
        Dash(symbol, "fewer than ten long positions known")
        for symbol in comparison.symbols
        if symbol in parts and parts[symbol].top_ten is None
    ]
    listed = [parts[symbol].known if symbol in parts else None for symbol in comparison.symbols]
    return (*fact_dashes(comparison, listed, "positions"), *few)


def sector_dashes(comparison: Comparison, sectors: SectorComparison, sector: str) -> tuple[Dash, ...]:
    """Collect the dashes of a sector: of a fund without weights, and of one whose source does not name it."""
    weights = [sectors.weights.get(symbol) for symbol in comparison.symbols]
    lacking = [
        Dash(symbol, "not named by its source", sector)
        for symbol, named in zip(comparison.symbols, weights, strict=True)
        if named is not None and sector not in named
    ]
    return (
        *fact_dashes(comparison, [None if named is None else 1.0 for named in weights], "sectors"),
        *lacking,
    )


def footnotes(dashes: Iterable[Dash], symbols: Sequence[str], notes: Sequence[Note] = ()) -> tuple[str, ...]:
    """Write each reason once, with its funds and figures: "– no return below the target (UPPX: Sortino)".

    symbols : all funds of the table; where a figure is defined for none of them they are not named
    notes : what the sources had to say; why they lack a fact is not said again
    """
    said = {(note.symbol, _lacking(note)) for note in notes}
    reasons: dict[str, dict[str, list[str]]] = {}
    for dash in dict.fromkeys(dashes):
        if (dash.symbol, dash.what) not in said:
            reasons.setdefault(dash.reason, {}).setdefault(dash.what, []).append(dash.symbol)
    return tuple(
        f"{text.NONE} {_reason_words(reason)}{_where(figures, symbols)}"
        for reason, figures in reasons.items()
    )


def _lacking(note: Note) -> str | None:
    """Return what a note tells the lack of, as a dash names it."""
    if note.kind is NoteKind.FACT_REFUSED:
        return str(note.facts["fact"]).replace("position", "positions")
    return {NoteKind.NO_PROFILE: "fund facts", NoteKind.SECTORS_REFUSED: "sectors"}.get(note.kind)


def _has_facts(profile: FundProfile | None) -> bool:
    if profile is None:
        return False
    stated = (
        profile.expense_ratio,
        profile.dividend_yield,
        profile.assets,
        profile.sectors,
        profile.holdings,
    )
    return any(fact is not None for fact in stated)


def _where(figures: dict[str, list[str]], symbols: Sequence[str]) -> str:
    by_funds: dict[str, list[str]] = {}
    for what, funds in figures.items():
        named = "" if what and set(funds) == set(symbols) else ", ".join(funds)
        by_funds.setdefault(named, []).append(what)
    parts = [
        ": ".join(filter(None, (funds, ", ".join(filter(None, whats))))) for funds, whats in by_funds.items()
    ]
    return f" ({'; '.join(parts)})"


def _reason_words(reason: str) -> str:
    """Write "prices begin 2022-06-06" with the day as people write it."""
    words, _, day = reason.rpartition(" ")
    return f"{words} {text.day(date.fromisoformat(day))}" if words == "prices begin" else reason
