"""How everything that is measured is named and shown, and where each measure stands.

What a measure is, its words included, is its row in `analytics.MEASURES`; here is only where it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from analytics.measures import MEASURES, PERIODS, Unit
from analytics.measures.registry import Every
from analytics.measures.sample import WEEKS
from analytics.watch.operators import Op
from analytics.watch.rules import FACTS, LEVELS, PRICED, WATCHABLE, WINDOWLESS, Quantity
from bot.render import text
from bot.render.text import escape, join_words
from bot.render.values import PAIR, are_alike, known_values

Show = Callable[[float], str]


class MeasureTable(Enum):
    """Where measures stand in an order of their own."""

    COMPARED = "risk, in a comparison"
    COMPARED_AGAINST = "against the benchmark, in a comparison"
    RISK = "the study of risk"
    RISK_AGAINST = "against the benchmark, in the study of risk"
    RETURNS = "the study of returns"
    ROLLING = "the study of windows that move"
    WATCHED = "the help of rules; what has no line there comes last"


@dataclass(frozen=True)
class PanelAxis:
    """What the axis of a measure's panel holds.

    reference : a level that its lines are read against: 1 is what rules ask of a ratio, and the most that a
        correlation is
    least : what it spans at least: to move by less is no news of the measure
    """

    reference: float | None = None
    least: float = 0.0


@dataclass(frozen=True)
class MeasureLine:
    """A measure in a table, or in a list.

    label : {period} stands for the day or the week of its returns, {against} for the benchmark; "" for the
        brief name, with a capital where it begins a line
    main : stays where there is room for few
    panel : the axis of its panel in the chart, None where it has none
    of_shares : left out beside a bond fund, of which it says nothing
    """

    measure: str
    label: str = ""
    main: bool = False
    panel: PanelAxis | None = None
    of_shares: bool = False


LINES: Mapping[MeasureTable, tuple[MeasureLine, ...]] = {
    MeasureTable.COMPARED: (
        MeasureLine("volatility", main=True),
        MeasureLine("max_drawdown", main=True),
        MeasureLine("sharpe"),
        MeasureLine("sortino", main=True),
        MeasureLine("calmar"),
    ),
    MeasureTable.COMPARED_AGAINST: (
        MeasureLine("beta", main=True),
        MeasureLine("tracking_error", main=True),
        MeasureLine("information_ratio", of_shares=True),
        MeasureLine("correlation", main=True),
    ),
    MeasureTable.RISK: (
        MeasureLine("volatility", "Volatility, a year"),
        MeasureLine("volatility_monthly", "Volatility, monthly"),
        MeasureLine("downside_deviation", "Downside deviation, a year"),
        MeasureLine("max_drawdown"),
        MeasureLine("drawdown", "Current drawdown"),
        MeasureLine("time_under_water"),
        MeasureLine("ulcer"),
        MeasureLine("var_95", "VaR 95, a {period}"),
        MeasureLine("cvar_95", "CVaR 95, a {period}"),
        MeasureLine("skewness"),
        MeasureLine("kurtosis", "Excess kurtosis"),
        MeasureLine("sharpe"),
        MeasureLine("sortino"),
        MeasureLine("omega"),
        MeasureLine("calmar"),
        MeasureLine("martin"),
    ),
    MeasureTable.RISK_AGAINST: (
        MeasureLine("beta"),
        MeasureLine("r_squared"),
        MeasureLine("alpha", "Alpha, a year"),
        MeasureLine("tracking_error", "Tracking error, a year"),
        MeasureLine("tracking_error_weekly", "Tracking error, weekly"),
        MeasureLine("information_ratio"),
        MeasureLine("correlation"),
        MeasureLine("correlation_weekly", "Correlation, weekly"),
        MeasureLine("capture_up"),
        MeasureLine("capture_down"),
    ),
    MeasureTable.RETURNS: (
        MeasureLine("best_day"),
        MeasureLine("worst_day"),
        MeasureLine("best_month"),
        MeasureLine("worst_month"),
        MeasureLine("positive_months", "Months that rose"),
    ),
    MeasureTable.ROLLING: (
        MeasureLine("sortino", panel=PanelAxis(1.0, 1.0)),
        MeasureLine("volatility", panel=PanelAxis(least=0.10)),
        MeasureLine("correlation", "correlation with {against}", panel=PanelAxis(1.0, 0.20)),
        MeasureLine("beta", "beta against {against}"),
    ),
    MeasureTable.WATCHED: (
        MeasureLine("total_return", "return"),
        *map(MeasureLine, ("cagr", "price_change")),
        *map(
            MeasureLine,
            ("volatility", "volatility_monthly", "downside_deviation", "drawdown", "max_drawdown"),
        ),
        *map(MeasureLine, ("time_under_water", "ulcer", "var_95", "cvar_95", "skewness", "kurtosis")),
        *map(MeasureLine, ("sharpe", "sortino", "calmar", "omega", "martin", "best_day", "worst_day")),
        *map(MeasureLine, ("best_month", "worst_month", "positive_months", "best_year", "worst_year")),
        *map(MeasureLine, ("beta", "beta_up", "beta_down", "alpha", "correlation", "r_squared")),
        *map(MeasureLine, ("tracking_error", "information_ratio", "capture_up", "capture_down")),
    ),
}

ANNUALISED = frozenset(name for name, row in MEASURES.items() if row.annualised and row.every is None)
"""What is scaled by the sessions of a year."""

SCALED = frozenset(name for name, row in MEASURES.items() if row.annualised)
"""And what by the weeks or months of one."""

RATED = frozenset(name for name, row in WATCHABLE.items() if row.rate)
"""What a risk-free rate enters."""

OWN_RETURNS = {
    Every.WEEK: "weekly total return",
    Every.MONTH: "monthly total return",
    Every.YEAR: "total return by calendar year",
}
"""What a measure with returns of its own is taken from, whatever the question says."""

_BY_WEEKS = (
    (f"√{PERIODS}", f"√{WEEKS}"),
    (f"× {PERIODS}", f"× {WEEKS}"),
    ("daily", "weekly"),
    ("sessions", "weeks"),
    ("days", "weeks"),
)


def measure_label(measure: str, *, weekly: bool = False) -> str:
    """Write "Sortino ratio"; of the worst days, or of the worst weeks."""
    words = WATCHABLE[measure].words.label
    return words.replace("days", "weeks") if weekly else words


def brief_label(measure: str) -> str:
    """Write "Sortino", "weekly correlation"."""
    return WATCHABLE[measure].words.brief


def line_label(line: MeasureLine) -> str:
    """Give the first cell of a line: "Sortino", "Volatility, a year"."""
    return line.label or text.capital(brief_label(line.measure))


def formula(measure: str, *, weekly: bool = False) -> str:
    """Write a formula in words; `weekly` counts only for measures of returns, others have a period."""
    words = WATCHABLE[measure].words.formula
    if weekly and MEASURES[measure].periodic:
        for day, week in _BY_WEEKS:
            words = words.replace(day, week)
    return words


def value_format(measure: str) -> Show:
    """Choose how a value is written: 16.1 %, 1.18."""
    return text.percent if MEASURES[measure].unit is Unit.FRACTION else text.ratio


def near_one_format(measure: str) -> Show:
    """Choose the same, with a digit more where it takes one: 0.997."""
    return text.correlation if is_near_one(measure) else value_format(measure)


def is_near_one(measure: str) -> bool:
    """Tell whether values may lie so close to 1 that it takes a digit more: those of a correlation."""
    return MEASURES[measure].unit is Unit.RATIO and MEASURES[measure].bounds.high == 1.0


def gap_format(measure: str) -> Show:
    """Choose how a difference of two values is written: +4.8 pp, +0.31."""
    return text.points if MEASURES[measure].unit is Unit.FRACTION else text.signed_ratio


def returns_of(measures: Collection[str]) -> list[str]:
    """Name the returns that watched measures are taken from, the daily ones first; none for closes alone."""
    every = [
        MEASURES[name].every if name in MEASURES else None
        for name in measures
        if name != "price_change" and name not in WINDOWLESS
    ]
    daily = ["daily total return"] if None in every else []
    return [*daily, *(words for each, words in OWN_RETURNS.items() if each in every)]


def level_basis(measures: Collection[str]) -> list[str]:
    """Name what prices and rates are: raw quotes, which no dividend is added to."""
    quoted = {"price": "closes as quoted", "interest_rate": "yields as quoted, in percent a year"}
    return [words for name, words in quoted.items() if name in measures]


def larger_words(symbols: Sequence[str], measure: str, values: Sequence[float | None]) -> str:
    """Write of a pair, behind its values: much the same, or whose is larger by how much."""
    if len(symbols) != PAIR or len(both := known_values(values)) != PAIR:
        return ""
    if are_alike(measure, both):
        return ", much the same"
    size = gap_format(measure)(abs(both[0] - both[1])).lstrip("+")
    words = "deeper" if measure == "max_drawdown" else "higher"
    larger = symbols[0] if _size(measure, both[0]) > _size(measure, both[1]) else symbols[1]
    return f": {larger}'s is {size} {words}"


def _size(measure: str, value: float) -> float:
    return abs(value) if measure == "max_drawdown" else value


def watchable_words() -> str:
    """List what a rule may ask for, by the names that people type; weekly ones are for those who look."""
    labels = {line.measure: line.label for line in LINES[MeasureTable.WATCHED]}
    rest = [name for name, row in PRICED.items() if name not in labels and row.every is not Every.WEEK]
    names = {name: labels.get(name) or PRICED[name].words.names[0] for name in (*labels, *rest)}
    alone = [words for name, words in names.items() if not PRICED[name].relative]
    against = [words for name, words in names.items() if PRICED[name].relative]
    levels = [row.words.names[0] for row in LEVELS.values()]
    facts = [row.words.names[0].replace("sector", "technology") for row in FACTS.values()]
    return f"{', '.join(alone)}; with `vs SPY` {', '.join(against)}; {', '.join([*levels, *facts])}"


def operator_words() -> str:
    """List what a rule compares by, as it is typed, in mrkdwn; what only facts have stands last."""
    signs = escape(" ".join(op for op in Op if not op.crossing and not op.of_facts_only))
    crossing = "".join(f", `{op}`" for op in Op if op.crossing)
    of_facts = join_words([f"`{op}`" for op in Op if op.of_facts_only])
    return f"`{signs}`{crossing}; facts also by {of_facts}"


def measure_name(quantity: Quantity) -> str:
    """Write "Sortino ratio", "weight in Technology"."""
    return f"weight in {quantity.sector}" if quantity.sector else measure_label(quantity.measure)


def short_name(quantity: Quantity) -> str:
    """Write "Sortino", "Technology"."""
    return quantity.sector or brief_label(quantity.measure)
