"""Whole lists of holdings: joined, laid side by side, measured; by hand, by properties, by a slow twin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.fund import Holding
from analytics.holdings import (
    AssetKind,
    Constituent,
    HoldingsList,
    active_share,
    effective_number,
    identifiers,
    lay_positions,
    match_holdings,
    name_sectors,
    share_overlap,
)
from tests.unit.analytics.discriminate import assert_is

DAY = date(2026, 1, 21)


def row(name: str, weight: float = 0.5, **told: object) -> Constituent:
    return Constituent(name, weight, **told)  # type: ignore[arg-type]


def names(pairs: Sequence[tuple[Holding, Holding]]) -> list[tuple[str, str]]:
    return sorted((one.name, other.name) for one, other in pairs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (row("a", isin="US0378331005"), row("b", isin="us0378331005 ")),
        (row("a", isin="US0378331005"), row("b", cusip="037833100")),
        (row("a", cusip="037833100"), row("b", cusip="03783310")),
        (row("a", isin="GB0002634946"), row("b", sedol="0263494")),
        (row("a", sedol="2046251"), row("b", sedol="2046251")),
        (row("a", symbol="BRK.B"), row("b", symbol="BRKB")),
        (row("a", symbol="BF/B"), row("b", symbol="bf-b")),
        (row("a", symbol="RR", currency="GBP"), row("b", symbol="RR")),
    ],
)
def test_one_security_under_two_names_is_joined(one: Constituent, other: Constituent) -> None:
    assert names(match_holdings([one], [other])) == [("a", "b")]
    assert names(match_holdings([other], [one])) == [("b", "a")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (row("a", isin="US0378331005", symbol="X"), row("b", isin="US5949181045", symbol="X")),
        (row("a", isin="US0378331005", symbol="X"), row("b", cusip="594918104", symbol="X")),
        (row("a", symbol="RR", currency="GBP"), row("b", symbol="RR", currency="USD")),
        (row("a", symbol="-"), row("b", symbol="-")),
        (row("a"), row("a")),
    ],
)
def test_two_securities_are_not_joined(one: Constituent, other: Constituent) -> None:
    assert match_holdings([one], [other]) == []


def test_the_strongest_identifier_has_its_say_before_a_ticker_that_comes_first() -> None:
    ours = [row("new", symbol="X"), row("old", isin="US0378331005", symbol="Y")]
    theirs = [row("theirs", isin="US0378331005", symbol="X")]
    assert names(match_holdings(ours, theirs)) == [("old", "theirs")]


def test_a_third_list_is_joined_by_what_either_of_the_others_knows() -> None:
    lists = {
        "A": [row("x", 1.0, isin="US0378331005")],
        "B": [row("x", 1.0, cusip="037833100", symbol="AAPL")],
        "C": [row("x", 1.0, symbol="AAPL")],
    }
    found = lay_positions(lists)
    assert found.rows == ((0,), (0,), (0,))
    assert found.weights.tolist() == [[1.0], [1.0], [1.0]]
    assert identifiers(found.positions[0]) == ("US0378331005", "03783310", None, "AAPL")


def test_overlap_and_active_share_by_hand() -> None:
    one = [row("X", 0.6, symbol="X"), row("Y", 0.4, symbol="Y")]
    other = [row("X", 0.5, symbol="X"), row("Z", 0.3, symbol="Z")]
    first, second = lay_positions({"A": one, "B": other}).weights
    assert_is(share_overlap(first, second), 0.5, {"sum of products": 0.3, "of the first alone": 0.6})
    # |0.6 - 0.5| + 0.4 + 0.3 = 0.8, and half of it.
    assert_is(active_share(first, second), 0.4, {"1 - overlap": 0.5, "not halved": 0.8})
    assert_is(effective_number(second), 0.64 / 0.34, {"not renormalised": 1 / 0.34})


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), min_size=1, max_size=30))
def test_of_lists_that_add_up_to_one_active_share_is_what_overlap_leaves(
    rows: list[tuple[float, float]],
) -> None:
    weights = np.array(rows).T
    if min(weights.sum(axis=1)) < 1e-3:
        return
    one, other = weights / weights.sum(axis=1, keepdims=True)
    assert active_share(one, other) == pytest.approx(1 - share_overlap(one, other), abs=1e-12)
    assert 1 - 1e-12 <= effective_number(one) <= len(rows) + 1e-9
    assert share_overlap(one, one) == pytest.approx(1.0)


KEYS = st.sampled_from(["A", "B", "C", "D", None])
HOLDINGS = st.lists(
    st.builds(lambda cusip, ticker: row("x", 0.1, cusip=cusip, symbol=ticker), KEYS, KEYS), max_size=8
)


@given(HOLDINGS, HOLDINGS)
def test_no_position_is_joined_twice_and_none_against_its_identifiers(
    ours: list[Constituent], theirs: list[Constituent]
) -> None:
    found = match_holdings(ours, theirs)
    assert len({id(one) for one, _ in found}) == len({id(other) for _, other in found}) == len(found)
    for one, other in found:
        keys = [(mine, yours) for mine, yours in zip(identifiers(one), identifiers(other), strict=True)]
        agreeing = next(at for at, (mine, yours) in enumerate(keys) if mine and mine == yours)
        assert all(mine is None or yours is None for mine, yours in keys[:agreeing])
    matrix = lay_positions({"A": ours, "B": theirs})
    assert len(matrix.positions) == len(ours) + len(theirs) - len(found)
    assert matrix.weights.sum() == pytest.approx(0.1 * (len(ours) + len(theirs)))


def a_list(*positions: Constituent, taxonomy: str = "GICS") -> HoldingsList:
    return HoldingsList("AAA", DAY, "by hand", positions, taxonomy)


def test_shares_are_renormalised_without_cash_derivatives_and_what_is_short() -> None:
    found = a_list(
        row("small", 0.2, sector="Energy"),
        row("large", 0.7, sector="Materials"),
        row("short", -0.1),
        row("USD", 0.15, kind=AssetKind.CASH),
        row("future", 0.05, kind=AssetKind.OTHER),
    )
    assert found.total == pytest.approx(1.0)
    assert found.part(AssetKind.SHARES) == pytest.approx(0.8)
    ranked = found.securities()
    assert [held.name for held in ranked] == ["large", "small"]
    assert [held.weight for held in ranked] == pytest.approx([7 / 9, 2 / 9])
    assert found.sectors() == pytest.approx({"Materials": 7 / 9, "Energy": 2 / 9})


def test_a_bond_fund_is_about_its_bonds() -> None:
    found = a_list(row("bond", 0.98, kind=AssetKind.BONDS), row("share", 0.02))
    assert found.sleeve is AssetKind.BONDS
    assert [held.name for held in found.securities()] == ["bond"]


def test_sectors_are_told_of_a_list_that_names_nearly_all() -> None:
    named, unnamed = row("X", 0.979, sector="Energy"), row("Y", 0.021)
    assert a_list(named, unnamed).sectors() is None
    assert a_list(replace(named, weight=0.981), replace(unnamed, weight=0.019)).sectors() == {"Energy": 1.0}
    assert a_list(replace(named, weight=1.0), taxonomy="").sectors() is None


@pytest.mark.parametrize(
    ("given", "kept", "taxonomy"),
    [
        (
            ["Communication", "Information Technology"],
            ["Communication Services", "Information Technology"],
            "GICS",
        ),
        (["Technology", "Energy"], ["Technology", "Energy"], "Morningstar"),
        (["Energy", "Utilities"], ["Energy", "Utilities"], "GICS"),
        (["Technology", "Financials"], [None, None], ""),
        (["Energy", "ENERGY"], ["Energy", "Energy"], "GICS"),
        ([], [], ""),
    ],
)
def test_sectors_follow_one_taxonomy_or_none(given: list[str], kept: list[str | None], taxonomy: str) -> None:
    cash = row("USD", 0.01, kind=AssetKind.CASH, sector="Cash and/or Derivatives")
    named, found = name_sectors([*(row("X", sector=sector) for sector in given), cash])
    assert ([held.sector for held in named], found) == ([*kept, None], taxonomy)
