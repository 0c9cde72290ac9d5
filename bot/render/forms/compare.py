"""The form for a comparison."""

from __future__ import annotations

from dataclasses import dataclass

from bot.render import inputs
from bot.render.forms import fields
from bot.render.inputs import View
from bot.render.message import Block
from bot.render.talk.ids import COMPARE_FORM

RETURNS = {"daily": "Daily", "weekly": "Weekly, Friday to Friday"}


@dataclass(frozen=True)
class CompareFields:
    """What stands in the form first.

    funds: symbols.  window: a label; words: what it is called; since: a day, "2021-03-19", that takes its
    place.
    rate: as after `rf=`.  as_of: a day, empty for today.
    remark: where the funds come from, and what is to be done about them.
    """

    funds: str = ""
    window: str = "1y"
    since: str = ""
    benchmark: str = ""
    rate: str = "0"
    weekly: bool = False
    as_of: str = ""
    remark: str = ""
    words: str = ""


def compare_form(metadata: str, first: CompareFields, *, where: bool = False) -> View:
    """Asks what is to be compared.  where: also in which channel"""
    return inputs.modal(
        COMPARE_FORM,
        "Compare funds",
        "Compare",
        metadata,
        _funds(first),
        inputs.field(fields.WINDOW, "Window", fields.window_menu(first.window, first.words)),
        inputs.field(
            fields.SINCE, "Since", inputs.day(first.since), "Takes the place of the window.", optional=True
        ),
        fields.symbol_field(
            fields.BENCHMARK, "Benchmark", first.benchmark, "SPY", "Empty: the last of the funds."
        ),
        fields.rate_field(first.rate, "Also the target of the Sortino ratio."),
        inputs.field(
            fields.RETURNS,
            "Returns",
            inputs.menu(RETURNS, "weekly" if first.weekly else "daily"),
            "For risk and relative figures.",
        ),
        inputs.field(
            fields.AS_OF,
            "As of",
            inputs.day(first.as_of),
            "Nothing after this day is used. Empty: the newest session.",
            optional=True,
        ),
        *fields.where_field(where),
    )


def _funds(first: CompareFields) -> Block:
    hint = f"{first.remark} Two to six symbols, in the order of the columns.".strip()
    return inputs.field(
        fields.FUNDS, "Funds", inputs.text(first.funds, "ISCB SPSM IWM", most=fields.LONGEST), hint
    )
