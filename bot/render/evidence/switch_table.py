"""A switch as a table: the parts of its cost, the edge they need, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from analytics.comparison import Comparison
from analytics.evidence.gaps import WORTH_RETURN
from analytics.liquidity import SESSIONS
from analytics.notes import NoteKind
from analytics.switch import HORIZONS, MOST_VOLUME, Leg, Switch, SwitchAnswer
from bot.render import text
from bot.render.doubts import is_grave
from bot.render.sections.cost import money_words
from bot.render.sections.finding import cost_words
from bot.render.sections.page import TableLine, table_head
from bot.render.values import one_currency, priced_in

JUST_OVER = 1.05
"""Days of volume below which one digit would say that it is one."""


@dataclass(frozen=True, eq=False)
class SwitchView:
    """The switches of an answer with what can be told of each."""

    comparison: Comparison
    answer: SwitchAnswer

    @cached_property
    def unit(self) -> str:
        """ "USD"; "" where it is not known."""
        return one_currency(priced_in(self.comparison), [1.0] * len(self.comparison.symbols)) or ""

    @property
    def amount(self) -> str:
        """ "100 k USD"."""
        return self.money(self.answer.amount)

    def money(self, amount: float) -> str:
        """Write an amount with its currency, where that is known."""
        return f"{money_words(amount)}{text.NBSP}{self.unit}" if self.unit else money_words(amount)

    @property
    def one(self) -> Switch | None:
        """The switch of a pair; None of more funds."""
        return self.answer.switches[0] if len(self.answer.switches) == 1 else None

    @property
    def edge(self) -> float:
        """The edge a year that is claimed, else one worth having."""
        return WORTH_RETURN if self.answer.terms.edge is None else self.answer.terms.edge

    def interval(self, switch: Switch) -> tuple[float, float] | None:
        """Return which gaps a year fit, before fees; None where none is known, or a price looks wrong."""
        found, pair = switch.interval_before_fees, {switch.sold.symbol, switch.bought.symbol}
        shaken = any(is_grave(doubt) for doubt in self.comparison.doubts if doubt.symbol in pair)
        unpaid = any(
            note.kind is NoteKind.INCOME_NOT_IN_PRICE and note.symbol in pair
            for note in self.comparison.notes
        )
        if found.low is None or found.high is None or shaken or unpaid:
            return None
        return found.low, found.high


def switch_lines(view: SwitchView) -> list[TableLine]:
    """Return the parts of the cost, the edge they need, and the trading; of more funds a line each."""
    switch = view.one
    if switch is None:
        return _wide_lines(view)
    return [*_cost_lines(view, switch), *needed_lines(switch), *_trading_lines(view, switch)]


def _cost_lines(view: SwitchView, switch: Switch) -> list[TableLine]:
    legs, amount = (switch.sold, switch.bought), view.answer.amount
    lines = [table_head("Paid once", f"{legs[0].symbol} sold", f"{legs[1].symbol} bought", "Both")]
    for label, cells in part_rows(switch):
        one = label == "tax"
        whole = None if None in cells and not one else sum(cell or 0.0 for cell in cells)
        lines.append(_line(text.capital(label), *cells, whole))
    if switch.once.value is None:
        return lines
    costs = [leg.cost.value for leg in legs]
    sold = None if costs[0] is None else costs[0] + switch.tax
    least = "At least" if switch.is_floor else "In all"
    lines.append(_line(least, sold, costs[1], switch.once.value, bold=True))
    money = [None if each is None else each * amount for each in (sold, costs[1], switch.once.value)]
    shown = [text.shown(each, money_words) for each in money]
    lines.append(TableLine((f"{least}, {view.unit}" if view.unit else f"{least}, in money", *shown)))
    return lines


def _line(label: str, *values: float | None, bold: bool = False) -> TableLine:
    cells = tuple(text.shown(value, cost_words) for value in values)
    return TableLine((label, *cells), frozenset({len(cells)}) if bold else frozenset())


def needed_lines(switch: Switch) -> list[TableLine]:
    """Return the cost spread over each horizon, the gap between the fees, and the edge that is needed."""
    once = switch.once.value
    if once is None:
        return []
    named = [f"{years}{text.NBSP}year{'s' * (years > 1)}" for years in HORIZONS]
    lines = [
        table_head("Needed a year", *named),
        _line("Cost, spread over", *(once / years for years in HORIZONS)),
    ]
    if switch.fee_gap.value is not None:
        sign = "+" if switch.fee_gap.value > 0 else ""
        gap = f"{sign}{cost_words(switch.fee_gap.value)}"
        lines.append(TableLine(("Fee gap", *([gap] * len(HORIZONS)))))
    lines.append(_line("Edge before fees", *(switch.needed(years).value for years in HORIZONS)))
    return lines


def _trading_lines(view: SwitchView, switch: Switch) -> list[TableLine]:
    legs = (switch.sold, switch.bought)
    rows: list[tuple[str, Callable[[Leg], str]]] = [
        (
            f"Traded a day{f', {view.unit}' if view.unit else ''}",
            lambda leg: text.shown(leg.traded.value, text.money),
        ),
        ("Order, of a day's volume", lambda leg: text.shown(leg.days, _volume_cell)),
        (
            "Volatility a day",
            lambda leg: text.shown(leg.volatility.value, lambda value: text.percent(value, 2)),
        ),
    ]
    known = [(label, [show(leg) for leg in legs]) for label, show in rows]
    kept = [TableLine((label, *cells)) for label, cells in known if set(cells) != {text.NONE}]
    return [table_head(f"{SESSIONS} sessions", *(leg.symbol for leg in legs)), *kept] if kept else []


def _volume_cell(days: float) -> str:
    """Write an order in days of volume for a table: "15 %", "<0.01 %", "38 days"."""
    if days > MOST_VOLUME:
        return f"{text.ratio(days, 0 if days >= 9.95 else 1)}{text.NBSP}days"
    least = 0.0001
    digits = 0 if days >= 0.0995 else 1 if days >= 0.00995 else 2
    return f"<{text.percent(least, 2)}" if days < least else text.percent(days, digits)


def _wide_lines(view: SwitchView) -> list[TableLine]:
    sold = view.comparison.symbols[0]
    switches = view.answer.switches
    lines = [table_head(f"{sold} into", "Once", "Needs, 3 years", f"At {edge_words(view.edge)}")]
    for each in switches:
        months = each.months_to_earn(view.edge)
        earned = text.NONE if each.once.value is None else "never"
        earned = earned if months.value is None else duration_words(months.value).removeprefix("in ")
        least = "≥ " if each.is_floor and each.once.value is not None else ""
        once = f"{least}{text.shown(each.once.value, cost_words)}"
        lines.append(
            TableLine((each.bought.symbol, once, text.shown(each.needed(3).value, cost_words), earned))
        )
    lines.append(table_head(f"Less {sold}, a year", "Fee", "Allowed from", "to"))
    for each in switches:
        low, high = view.interval(each) or (None, None)
        cells = (
            text.shown(each.fee_gap.value, text.basis_points),
            text.shown(low, text.points),
            text.shown(high, text.points),
        )
        lines.append(TableLine((each.bought.symbol, *cells)))
    return lines


def part_rows(switch: Switch) -> list[tuple[str, tuple[float | None, float | None]]]:
    """Return the parts of the cost of the fund sold and the one bought, as fractions; only those that are."""
    legs = (switch.sold, switch.bought)
    on_exchange = [leg for leg in legs if leg.creation is None]
    rows: list[tuple[str, tuple[float | None, float | None]]] = []
    if on_exchange:
        spreads, moves = ([each(leg) for leg in legs] for each in (_spread_part, _impact_part))
        rows += [("half spreads", (spreads[0], spreads[1])), ("impact", (moves[0], moves[1]))]
    if len(on_exchange) < len(legs):
        rows.append(("with the issuer", (switch.sold.creation or 0.0, switch.bought.creation or 0.0)))
    if any(leg.commission for leg in legs):
        rows.append(("commissions", (switch.sold.commission, switch.bought.commission)))
    if switch.tax:
        rows.append(("tax", (switch.tax, None)))
    return rows


def _spread_part(leg: Leg) -> float | None:
    return 0.0 if leg.creation is not None else leg.half_spread.value


def _impact_part(leg: Leg) -> float | None:
    return 0.0 if leg.creation is not None else leg.impact.value


def volume_words(days: float) -> str:
    """Write an order in days of volume: 37.8 -> "38 days' volume", 0.151 -> "15 % of a day's volume"."""
    if days <= MOST_VOLUME:
        return f"{_volume_cell(days)} of a day's volume"
    if days < JUST_OVER:
        return "just over a day's volume"
    return f"{text.ratio(days, 0 if days >= 9.95 else 1)} days' volume"


def edge_words(edge: float) -> str:
    """Write an edge in percentage points with the digits it has, two at most: 0.01 -> "1 pp"."""
    tenths = abs(edge * 1000 - round(edge * 1000)) < 1e-9
    number, _, unit = text.points(edge, 1 if tenths else 2).lstrip("+").rpartition(text.NBSP)
    return f"{number.removesuffix('.0')}{text.NBSP}{unit}"


def duration_words(months: float) -> str:
    """Write how long: 0.2 -> "within a month", 7.9 -> "in 8 months", 796 -> "in 66 years"."""
    if months <= 1.0:
        return "within a month"
    if months < 23.5:
        return f"in {months:.0f} month{'s' * (round(months) != 1)}"
    return f"in {text.ratio(months / 12, 1 if months < 119 else 0).removesuffix('.0')} years"
