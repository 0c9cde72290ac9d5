"""The row under an answer: each button asks about exactly what it stands under."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.query import Query
from analytics.returns import Rate
from analytics.window import parse
from bot.model import SectionQuery, ThreadContext
from bot.render import ids
from bot.render.blocks import follow_up_buttons
from bot.render.fit import fit_blocks
from tests.violations import violations

ASKED = Query(("ISCB", "SPSM"), parse("1y"), date(2026, 1, 16))
TOPIC = ThreadContext(ASKED, "Yahoo Finance")
LONGEST = ThreadContext(
    Query(
        tuple(f"ABCDEFGH{number}.XY" for number in range(6)),
        parse("2021-03-19..2024-12-31"),
        date(2024, 12, 31),
        "ABCDEFGH9.XY",
        Rate(0.0412),
        weekly=True,
    ),
    "A source with a name that nobody would give it " * 3,
    99,
)


def labels(context: ThreadContext) -> list[str]:
    (row,) = follow_up_buttons(context)
    return [each["text"]["text"] for each in row["elements"]]


def test_the_window_in_force_is_not_offered_again() -> None:
    rest = ["Sectors", "Holdings", "Is it real?", "Export", "Watch this"]
    assert labels(TOPIC) == ["3y", "5y", "10y", *rest]
    assert labels(replace(TOPIC, comparing=replace(ASKED, window=parse("5y")))) == ["1y", "3y", "10y", *rest]
    assert labels(replace(TOPIC, comparing=replace(ASKED, window=parse("ytd"))))[:4] == [
        "1y",
        "3y",
        "5y",
        "10y",
    ]


def test_beside_a_bond_fund_rates_take_the_place_of_sectors() -> None:
    (row,) = follow_up_buttons(TOPIC, bonds=True)
    labels_of_bonds = [each["text"]["text"] for each in row["elements"]]
    assert labels_of_bonds[3:] == ["Rates", "Holdings", "Is it real?", "Export", "Watch this"]
    assert SectionQuery.read(row["elements"][3]["value"]).text == "rates"


@pytest.mark.parametrize("context", [TOPIC, LONGEST], ids=["usual", "longest"])
def test_each_button_carries_what_it_stands_under(context: ThreadContext) -> None:
    (row,) = follow_up_buttons(context)
    asks = [SectionQuery.read(each["value"]) for each in row["elements"]]
    assert [each.topic for each in asks] == [context] * len(asks)
    assert [each.text for each in asks][-5:] == ["sectors", "holdings", "edge", "csv", "watch"]


def test_each_button_is_told_from_its_neighbours() -> None:
    (row,) = follow_up_buttons(TOPIC)
    names = [each["action_id"] for each in row["elements"]]
    assert names == [
        *(f"{ids.ASK}{name}" for name in ("3y", "5y", "10y", "sectors", "holdings", "edge", "csv")),
        ids.OPEN_WATCH,
    ]


@pytest.mark.parametrize("context", [TOPIC, LONGEST], ids=["usual", "longest"])
def test_slack_takes_the_row_as_it_is(context: ThreadContext) -> None:
    assert violations(follow_up_buttons(context)) == []
    assert list(fit_blocks(follow_up_buttons(context))) == follow_up_buttons(context), "none is left out"
