"""The form for a rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analytics.watch.rules import FACTS, PRICED, Op
from analytics.watch.states import CONFIRM
from bot.render import inputs
from bot.render.forms import fields
from bot.render.inputs import View
from bot.render.measures import capital, named
from bot.render.message import Block
from bot.render.talk.ids import WATCH_FORM

WEIGHT = "sector_weight"
MOST_SESSIONS = 250
_OPS = {
    Op.BELOW: "is below",
    Op.ABOVE: "is above",
    Op.AT_MOST: "is at or below",
    Op.AT_LEAST: "is at or above",
    Op.CROSSES_BELOW: "crosses below",
    Op.CROSSES_ABOVE: "crosses above",
    Op.CHANGES: "changes (facts only)",
}


@dataclass(frozen=True)
class WatchFields:
    """What stands in the form first.

    window: a label; words: what it is called.  rate: as after `rf=`.
    then: the fund to look at.
    """

    fund: str = ""
    measure: str = "sortino"
    window: str = "1y"
    words: str = ""
    rate: str = "0"
    then: str = ""


def watch_form(metadata: str, first: WatchFields, sectors: Sequence[str], *, where: bool = False) -> View:
    """Asks for a rule.  sectors: whose weights can be watched.  where: also in which channel"""
    return inputs.modal(
        WATCH_FORM,
        "Watch a fund",
        "Watch",
        metadata,
        *_what(first, sectors),
        *_when(),
        fields.symbol_field(
            fields.THEN, "Then look at", first.then, "SPSM", "A fund; its figure is shown beside the other."
        ),
        fields.symbol_field(
            fields.BENCHMARK, "Benchmark", "", "SPY", "For what is measured against one, such as beta."
        ),
        fields.rate_field(first.rate, "Counts for Sortino, Sharpe, Omega, Martin, alpha and beta."),
        *fields.where_field(where),
    )


def measure_value(measure: str, sector: str = "") -> str:
    """What a choice of the measure is called: "sortino", "sector_weight/Technology"."""
    return f"{measure}/{sector}" if sector else measure


def measures(sectors: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """Everything that can be watched, in groups: labels by value."""
    alone = [name for name, row in PRICED.items() if not row.relative]
    return {
        "Of the fund": _named(alone),
        "Against a benchmark": _named(name for name in PRICED if name not in alone),
        "Facts": _named(name for name in FACTS if name != WEIGHT),
        "Weight of a sector": {measure_value(WEIGHT, sector): f"Weight of {sector}" for sector in sectors},
    }


def _what(first: WatchFields, sectors: Sequence[str]) -> list[Block]:
    fund = inputs.text(first.fund, "ISCB", most=fields.SHORT)
    return [
        inputs.field(fields.FUND, "Fund", fund, "Or two: ISCB - SPSM, ISCB / SPSM."),
        inputs.field(fields.MEASURE, "Measure", inputs.grouped_menu(measures(sectors), first.measure)),
        inputs.field(
            fields.WINDOW,
            "Window",
            fields.window_menu(first.window, first.words),
            "Facts, such as fees, have none.",
        ),
    ]


def _when() -> list[Block]:
    """The comparison, and how long it has to hold."""
    ops = {op.value: label for op, label in _OPS.items()}
    return [
        inputs.field(fields.COMPARISON, "Fires when it", inputs.menu(ops, Op.BELOW.value)),
        _amount(
            fields.THRESHOLD,
            "Threshold",
            "1.0",
            "Ratios 1.0, returns and falls -15%, assets 250M; changes none.",
        ),
        inputs.field(fields.SESSIONS, "Sessions in a row", inputs.whole_number(CONFIRM, 1, MOST_SESSIONS)),
        _amount(
            fields.RECOVER,
            "Recovers at",
            "1.1",
            "What ends it. Empty: 10 % past the threshold, within what there can be.",
        ),
    ]


def _amount(name: str, label: str, example: str, hint: str) -> Block:
    return inputs.field(name, label, inputs.text("", example, most=fields.SHORT), hint, optional=True)


def _named(measured: Iterable[str]) -> dict[str, str]:
    return {name: capital(named(name)) for name in measured}
