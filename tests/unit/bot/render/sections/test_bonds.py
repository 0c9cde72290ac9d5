"""A comparison with a bond fund: rate sensitivity stands where sectors and the information ratio do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import pytest

from analytics.comparison import Comparison
from analytics.evidence.rates import PROXIES
from analytics.panel import DoubtKind
from bot.render.message import Message
from bot.render.sections.comparison import comparison_charts, comparison_message
from bot.render.sections.table import groups
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.evidence import Evident, asked, on, with_doubt, world
from tests.unit.bot.render.sections.prices import plain, read, row, rows
from tests.unit.bot.render.sections.reading import whole
from tests.violations import violations

MOODS: Mapping[str, Callable[[], Evident]] = {
    "pair": lambda: asked("bonds"),
    "one": lambda: on("TLT"),
    "beside_shares": lambda: on("SPY", "TLT"),
    "three": lambda: asked("three"),
    "no_proxies": lambda: on("TLT", "IEF", held=world(*(set(PROXIES) - {"TLT"}))),
    "doubtful": lambda: on("TLT", "IEF", held=with_doubt("IEF", -0.3)),
    "grave_proxy": lambda: on("TLT", "IEF", held=with_doubt("SPY", -0.99, DoubtKind.UNIT)),
}


@cache
def compared(mood: str) -> Comparison:
    """With the sensitivity, as the use case adds it."""
    one = MOODS[mood]()
    return replace(one.found.comparison, rates=one.rates)


def told(mood: str) -> Message:
    return comparison_message(compared(mood), (), "U0ANN")


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"answer_bonds_{mood}", read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_it_can_be_posted(mood: str) -> None:
    assert violations(told(mood).blocks) == []
    assert violations(whole(compared(mood)).blocks) == []


def test_rates_are_told_as_what_they_are() -> None:
    found = compared("pair").rates
    assert found is not None
    one, other = ([row.held.value.value or 0.0, row.duration.value or 0.0] for row in found.funds)
    said = plain(told("pair").text)
    assert f"TLT {100 * one[0]:.2f} %" in said
    assert f"an empirical duration of {other[1]:.1f} years" in said
    assert "SPY held still" in said
    assert row(whole(compared("pair")), "Empirical duration, years")[:2] == [
        f"{one[1]:.1f}",
        f"{other[1]:.1f}",
    ]


@pytest.mark.parametrize("mood", ["pair", "beside_shares", "three"])
def test_what_suits_shares_alone_is_left_out(mood: str) -> None:
    labels = {label for cells in rows(whole(compared(mood))) for label in (cells[0], *cells[1:])}
    assert not any("Information ratio" in label or "ector" in label for label in labels)
    assert [picture.name for picture in comparison_charts(compared(mood))] == ["growth"]


@pytest.mark.parametrize("mood", ["pair", "one", "beside_shares", "three"])
def test_one_row_of_the_answer_tells_of_rates(mood: str) -> None:
    """With its estimate's t, and since when and beside what in the finding, or under the whole table."""
    labels = [cells[0] for cells in rows(told(mood))]
    assert [label for label in labels if "yield" in label and "bp" in label] == [
        "For +25 bp in the 10-year yield"
    ]
    assert "Empirical duration, years" not in labels
    assert any(", t " in cell for cell in row(told(mood), "For +25 bp in the 10-year yield"))
    assert "from 15 Jan 2021 on, SPY held still" in plain(told(mood).text)
    assert "Rates from 15 Jan 2021, SPY held still." in plain(read(whole(compared(mood))))


def test_funds_of_shares_are_compared_as_before() -> None:
    shares = asked("full").found.comparison
    assert shares.bond_funds == ()
    labels = [one.label for group in groups(shares) for one in group.rows]
    assert "Information ratio" in labels
    assert not any("yield" in label and "bp" in label for label in labels)


def test_a_fund_of_shares_has_no_duration() -> None:
    assert row(whole(compared("three")), "Empirical duration, years")[:2] == ["–", "–"]


def test_without_the_yield_the_table_says_why() -> None:
    assert "no prices of ^TNX" in plain(read(whole(compared("no_proxies"))))
    assert "10-year yield" not in told("no_proxies").text


def test_nothing_is_concluded_from_a_market_that_looks_wrong() -> None:
    assert "10-year yield" not in told("grave_proxy").text
    assert row(whole(compared("grave_proxy")), "Empirical duration, years")[0].endswith("†")
    assert row(told("grave_proxy"), "For +25 bp in the 10-year yield")[0].endswith("†")


def test_a_fund_whose_older_price_looks_wrong_is_not_told_of() -> None:
    said = next(line for line in plain(read(told("doubtful"))).splitlines() if line.startswith("For +25 bp"))
    assert "TLT *" in said
    assert "IEF" not in said
