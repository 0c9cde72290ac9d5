"""What the words of a switch's cost mean, how its numbers come about, and those that went in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import sqrt

from analytics.liquidity import MOST_ON_EXCHANGE, PARTICIPATION, SESSIONS
from analytics.switch import HORIZONS, Leg, Switch, SwitchAnswer
from bot.render import text
from bot.render.evidence.switch import SPREADS, switch_foot
from bot.render.evidence.switch_table import SwitchView, duration_words, edge_words, needed_lines
from bot.render.message import Message
from bot.render.sections.finding import cost_words
from bot.render.sections.page import SectionAnswer, TableLine, section_message, table_head

Cell = Callable[[Leg], str]


def explain_switch_section(found: SectionAnswer, answer: SwitchAnswer) -> Message:
    """Write the whole answer: what is paid and needed, and the steps with the numbers of the first pair."""
    view = SwitchView(found.comparison, answer)
    switch = answer.switches[0] if answer.switches else None
    return section_message(
        found,
        title=f"{' to '.join(found.comparison.symbols[:2])} · cost of a switch explained",
        finding=tuple(_finding(view, switch)),
        foot=switch_foot(view),
        lines=explain_switch_lines(view, switch) if switch else (),
        remarks=tuple(_method(view)),
    )


def _finding(view: SwitchView, switch: Switch | None) -> Iterator[str]:
    yield "Cost of a switch: one fund is sold and another bought, paid once and earned back over the years."
    yield "*Paid once* = half of both spreads + both impacts + commissions + tax rate × share of gain."
    yield "*Impact* = daily volatility × √(order / value traded a day), for orders within one day's volume."
    yield "*Edge needed a year* = paid once / years held + the fee bought less the fee sold."
    yield "*Earned back* after 12 × paid once / (edge - the fee bought less the fee sold) months, or never."
    if switch is None:
        yield "Two funds are needed for numbers, e.g. explain cost ISCB SPSM."
        return
    once = switch.once
    named = f"{switch.sold.symbol} to {switch.bought.symbol} with {view.amount}"
    if once.value is None:
        yield f"{named}: not told ({once.reason})."
        return
    least = "at least " if switch.is_floor else ""
    needs = [f"{cost_words(switch.needed(years).value or 0.0)} over {years}" for years in HORIZONS]
    yield f"{named}: {least}{cost_words(once.value)} once; needs a year {text.join_words(needs)} years."


def explain_switch_lines(view: SwitchView, switch: Switch) -> list[TableLine]:
    """Return the steps of both orders with enough digits to work them out again."""
    legs = (switch.sold, switch.bought)
    unit = f", {view.unit}" if view.unit else ""
    steps: list[tuple[str, Cell]] = [
        (
            f"Traded a day{unit}",
            lambda leg: text.shown(leg.traded.value, lambda value: text.count(round(value))),
        ),
        ("Order / traded a day", lambda leg: text.shown(leg.days, lambda days: text.ratio(days, 4))),
        ("Square root of that", lambda leg: text.shown(leg.days, lambda days: text.ratio(sqrt(days), 4))),
        (
            "Volatility a day",
            lambda leg: text.shown(leg.volatility.value, lambda value: text.percent(value, 3)),
        ),
        ("Impact", lambda leg: text.shown(leg.impact.value, _long)),
        ("Half spread", lambda leg: text.shown(leg.half_spread.value, _long)),
        ("Commission", lambda leg: _long(leg.commission) if leg.commission else text.NONE),
        ("With the issuer", lambda leg: text.shown(leg.creation, _long)),
        ("Cost", lambda leg: text.shown(leg.cost.value, _long)),
    ]
    told = [(label, [cell(leg) for leg in legs]) for label, cell in steps]
    kept = [TableLine((label, *cells)) for label, cells in told if set(cells) != {text.NONE}]
    head = table_head("Step", f"{legs[0].symbol} sold", f"{legs[1].symbol} bought")
    return [head, *kept, *needed_lines(switch), *_earned_lines(switch)]


EDGES = (0.0025, 0.01, 0.02)
"""Edges a year, before fees, that the explanation tells the months of."""


def _earned_lines(switch: Switch) -> list[TableLine]:
    """Return in how long edges of three sizes earn the cost back."""
    if switch.once.value is None:
        return []
    months = [switch.months_to_earn(edge).value for edge in EDGES]
    told = ["never" if each is None else duration_words(each).removeprefix("in ") for each in months]
    return [
        table_head("Edge before fees", *map(edge_words, EDGES)),
        TableLine(("Earned back in at least" if switch.is_floor else "Earned back in", *told)),
    ]


def _long(fraction: float) -> str:
    """Write a step with more digits than a result."""
    return f"{text.ratio(fraction * 1e4, 2)}{text.NBSP}bp"


def _method(view: SwitchView) -> Iterator[str]:
    """Yield why each part is as it is, a line each."""
    yield (
        "Half a spread is paid on each side: a fund is bought at the ask and sold at the bid, half a spread "
        "from the middle. No spread is estimated from highs and lows: such estimates say 31 bp of SPY, where "
        "it is about 1."
    )
    if any(each.is_floor for each in view.answer.switches):
        yield SPREADS
    yield (
        "The square root was measured on orders below one day's volume (Almgren, Thum, Hauptmann and Li "
        "2005) and is told of no others."
    )
    yield (
        "A larger order goes through the primary market: an authorised participant creates or redeems units "
        "for the basket, which costs half of the basket's spread and a fixed fee, whatever the fund itself "
        f"trades. Days to trade, at {text.percent(PARTICIPATION, 0)} of the volume, are told up to "
        f"{MOST_ON_EXCHANGE:g} days of it."
    )
    yield f"Value traded (close × shares, the mean) and volatility are both of the last {SESSIONS} sessions."
    yield (
        "Edge, before fees: by how much what is bought would have to return more if neither fund had a fee. "
        "Returns of funds are after fees; the gaps that the data allow are moved by the fees of today, so "
        "that both stand on one ground."
    )
    yield "Tax is paid on what is gain, now; that a later sale then owes less is left out, as is market risk."
    if view.one is None:
        yield "Of more funds the first is sold; the steps are those of the first switch."
