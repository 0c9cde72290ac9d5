"""Positions of several funds: the largest, the shared ones, and what is not known."""

from __future__ import annotations

from datetime import date

import pytest

from analytics import Fact, FundProfile, Holding, Kind, SharedPosition, holdings

DAY = date(2026, 1, 15)


def fund(symbol: str, *held: Holding, count: int | None = None) -> FundProfile:
    known = Fact(count, "issuer") if count else None
    return FundProfile(symbol, Kind.FUND, holdings=Fact(held, "issuer", DAY), holdings_count=known)


def ticker(symbol: str, weight: float) -> Holding:
    return Holding(f"{symbol} Inc", weight, symbol=symbol)


def profiles(*funds: FundProfile) -> dict[str, FundProfile]:
    return {found.symbol: found for found in funds}


ONE = fund("A", ticker("X", 0.06), ticker("Y", 0.04), ticker("W", 0.05))
TWO = fund("B", ticker("Y", 0.03), ticker("Z", 0.07))
THREE = fund("C", ticker("Z", 0.02), ticker("X", 0.01), ticker("Y", 0.09))


def test_the_largest_of_each_and_the_whole_list_with_its_day() -> None:
    found = holdings(profiles(ONE, TWO), ["A", "B"])
    assert [held.symbol for held in found.top["A"]] == ["X", "W", "Y"]
    assert found.facts["A"] == ONE.holdings
    assert found.facts["B"].as_of == DAY
    assert (found.symbols, found.missing) == (("A", "B"), ())
    assert found.concentration["A"].known == 3


def test_at_most_ten_of_each() -> None:
    many = fund("A", *(ticker(f"S{at}", 0.001 * (at + 1)) for at in range(12)))
    found = holdings(profiles(many), ["A"])
    assert [held.symbol for held in found.top["A"]] == [f"S{at}" for at in range(11, 1, -1)]
    assert len(found.facts["A"].value) == 12
    assert found.concentration["A"].top_ten == pytest.approx(sum(0.001 * at for at in range(3, 13)))


def test_every_pair_has_its_overlap_in_either_order() -> None:
    found = holdings(profiles(ONE, TWO, THREE), ["A", "B", "C"])
    assert list(found.overlaps) == [("A", "B"), ("A", "C"), ("B", "C")]
    weights = {pair: round(shared.weight, 6) for pair, shared in found.overlaps.items()}
    assert weights == {("A", "B"): 0.03, ("A", "C"): 0.05, ("B", "C"): 0.05}
    assert all(shared.symbols == pair for pair, shared in found.overlaps.items())
    assert found.overlap("C", "A") is found.overlap("A", "C") is found.overlaps["A", "C"]
    assert found.overlap("A", "D") is None


def test_shared_positions_with_every_funds_weight_the_largest_first() -> None:
    found = holdings(profiles(ONE, TWO, THREE), ["A", "B", "C"])
    assert found.shared == (
        SharedPosition("Y Inc", {"A": 0.04, "B": 0.03, "C": 0.09}, "Y"),
        SharedPosition("Z Inc", {"B": 0.07, "C": 0.02}, "Z"),
        SharedPosition("X Inc", {"A": 0.06, "C": 0.01}, "X"),
    )


def test_positions_are_joined_by_the_strongest_identifier() -> None:
    # The same ticker on two exchanges is told apart by its ISIN; the same ISIN joins two spellings.
    one = fund("A", Holding("Ace", 0.02, symbol="ACE", isin="US1"), Holding("Bee", 0.01, isin="US2"))
    two = fund("B", Holding("Ace SA", 0.03, symbol="ACE", isin="FR1"), Holding("BEE CORP", 0.02, isin="US2"))
    (shared,) = holdings(profiles(one, two), ["A", "B"]).shared
    assert (shared.name, shared.weights, shared.symbol) == ("Bee", {"A": 0.01, "B": 0.02}, None)


def test_a_third_list_may_know_only_the_identifier_of_the_second() -> None:
    # A gives the ISIN alone, C the ticker alone; B, which gives both, joins the three.
    one = fund("A", Holding("Ace", 0.02, isin="US1"))
    two = fund("B", Holding("Ace Inc", 0.03, symbol="ACE", isin="US1"))
    three = fund("C", Holding("ACE", 0.04, symbol="ACE"))
    (shared,) = holdings(profiles(one, two, three), ["A", "B", "C"]).shared
    assert shared == SharedPosition("Ace", {"A": 0.02, "B": 0.03, "C": 0.04}, "ACE")


def test_the_number_shared_is_that_of_the_overlap() -> None:
    found = holdings(profiles(ONE, THREE), ["A", "C"])
    assert len(found.shared) == found.overlaps["A", "C"].shared == 2


def test_funds_that_are_not_known_are_named() -> None:
    bare, empty = FundProfile("B", Kind.FUND), fund("C")
    found = holdings(profiles(ONE, bare, empty), ["D", "C", "A", "B"])
    assert found.missing == ("D", "C", "B")
    assert (list(found.top), list(found.overlaps), found.shared) == (["A"], [], ())
    assert (list(found.concentration), list(found.facts)) == (["A"], ["A"])


def test_nothing_is_known() -> None:
    found = holdings({}, ["A", "B"])
    assert (found.top, found.overlaps, found.concentration, found.shared) == ({}, {}, {}, ())
    assert found.missing == ("A", "B")


def test_a_fund_named_twice_counts_once() -> None:
    found = holdings(profiles(ONE, TWO), ["A", "B", "A"])
    assert found.symbols == ("A", "B")
    assert list(found.overlaps) == [("A", "B")]


def test_the_very_same_list_in_two_funds() -> None:
    positions = (ticker("X", 0.6), ticker("Y", 0.4))
    found = holdings(profiles(fund("A", *positions, count=2), fund("B", *positions, count=2)), ["A", "B"])
    assert found.overlaps["A", "B"].weight == pytest.approx(1.0)
    assert found.overlaps["A", "B"].active_share == pytest.approx(0.0)
    assert [shared.weights for shared in found.shared] == [{"A": 0.6, "B": 0.6}, {"A": 0.4, "B": 0.4}]
