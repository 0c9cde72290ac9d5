"""What funds hold: sectors, concentration, overlap, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics import Basis, Fact, FundProfile, Holding, Kind, SectorWeights
from analytics.exposures import (
    blend_lists,
    compare_sectors,
    concentration,
    know_lists,
    overlap,
    whole_holdings,
)
from analytics.holdings import Constituent, HoldingsList
from tests.unit.analytics.discriminate import assert_is

SOURCE = "issuer"


def sectors(symbol: str, taxonomy: str = "GICS", **weights: float) -> FundProfile:
    return FundProfile(symbol, Kind.FUND, sectors=Fact(SectorWeights(taxonomy, weights), SOURCE))


def fund(symbol: str, *held: Holding, count: int | None = None) -> FundProfile:
    known = Fact(count, SOURCE) if count is not None else None
    return FundProfile(symbol, Kind.FUND, holdings=Fact(held, SOURCE), holdings_count=known)


def stocks(**weights: float) -> tuple[Holding, ...]:
    return tuple(Holding(name, weight, symbol=name) for name, weight in weights.items())


def test_active_weight_is_first_less_last() -> None:
    found = compare_sectors([sectors("A", Tech=0.30, Energy=0.10), sectors("B", Tech=0.22, Energy=0.15)])
    assert found is not None
    assert found.active == pytest.approx({"Tech": 0.08, "Energy": -0.05})
    assert found.symbols == ("A", "B")
    assert (found.taxonomy, found.of) == ("GICS, of net assets", Basis.FUND)
    assert found.facts["B"].source == SOURCE


def test_of_three_funds_the_first_and_the_last_are_subtracted() -> None:
    found = compare_sectors([sectors("A", Tech=0.3), sectors("M", Tech=0.9), sectors("B", Tech=0.2)])
    assert found is not None
    assert_is(found.active["Tech"], 0.1, {"first less second": -0.6, "second less last": 0.7})


def test_the_largest_sector_of_any_fund_comes_first() -> None:
    found = compare_sectors([sectors("A", Tech=0.2, Energy=0.1, Banks=0.2), sectors("B", Energy=0.5)])
    assert found is not None
    assert found.sectors == ("Energy", "Banks", "Tech")


def test_a_sector_that_one_source_does_not_name_has_no_active_weight() -> None:
    found = compare_sectors([sectors("A", Tech=0.3, Cash=0.01), sectors("B", Tech=0.2)])
    assert found is not None
    assert "Cash" in found.sectors
    assert "Cash" not in found.active


def test_one_fund_has_no_active_weights() -> None:
    found = compare_sectors([sectors("A", Tech=0.3), FundProfile("B", Kind.FUND)])
    assert found is not None
    assert found.active == {}
    assert found.symbols == ("A",)


def test_nothing_is_subtracted_across_taxonomies() -> None:
    assert compare_sectors([sectors("A", "GICS", Tech=0.3), sectors("B", "ICB", Tech=0.2)]) is None
    assert compare_sectors([FundProfile("A", Kind.FUND)]) is None
    assert compare_sectors([]) is None


def test_weights_of_the_shares_are_not_subtracted_from_weights_of_the_fund() -> None:
    whole = sectors("A", Tech=0.18, Energy=0.42)
    part = FundProfile("B", Kind.FUND, sectors=Fact(SectorWeights("GICS", {"Tech": 1.0}, Basis.SHARES), "x"))
    assert compare_sectors([whole, part]) is None
    alone = compare_sectors([part])
    assert alone is not None
    assert (alone.taxonomy, alone.of) == ("GICS, of its shares", Basis.SHARES)


def test_short_positions_are_no_part_of_a_concentration() -> None:
    # 130 % long, 30 % short: (100^2 + 30^2) / 130^2 of what is long; net it would be 100 %.
    found = concentration(fund("A", *stocks(X=1.0, Y=0.3, Z=-0.3), count=3))
    assert found is not None
    assert found.hhi is not None
    expected = (1.0 + 0.09) / 1.3**2
    assert_is(found.hhi, expected, {"net": 1.18, "all sizes": 1.18 / 1.6**2})
    assert (found.known, found.short) == (3, 1)


def test_ten_largest_are_long_ones() -> None:
    nine = stocks(**{f"S{at}": 0.05 for at in range(9)})
    swap, owed = Holding("Swap", 1.85), Holding("Cash owed", -0.85)
    nearly = concentration(fund("A", swap, owed, *nine[:8]))
    enough = concentration(fund("A", swap, owed, *nine))
    assert nearly is not None
    assert enough is not None
    assert nearly.top_ten is None
    # 185 + 9 x 5 = 230 %; with what is owed it would be 145 or 140 %
    assert enough.top_ten == pytest.approx(2.30)


def test_concentration_of_a_whole_list() -> None:
    # 50, 30, 15 %: the rest is cash, so weights are renormalised: (50^2 + 30^2 + 15^2) / 95^2
    found = concentration(fund("A", *stocks(X=0.5, Y=0.3, Z=0.15), count=3))
    assert found is not None
    assert found.hhi is not None
    expected = (0.25 + 0.09 + 0.0225) / 0.95**2
    assert_is(found.hhi, expected, {"not renormalised": 0.3625, "root": expected**0.5})
    assert found.effective == pytest.approx(1 / expected)
    assert (found.known, found.top_ten) == (3, None)


def test_a_top_ten_is_no_whole_list() -> None:
    ten = stocks(**{f"S{at}": 0.01 * (at + 1) for at in range(11)})
    found = concentration(fund("A", *ten, count=500))
    assert found is not None
    # 11 + 10 + ... + 2 = 65 %; the smallest, 1 %, is the eleventh
    assert found.top_ten == pytest.approx(0.65)
    assert (found.known, found.hhi, found.effective) == (11, None, None)
    exactly = concentration(fund("A", *ten[1:], count=500))
    assert exactly is not None
    assert exactly.top_ten == pytest.approx(0.65)


def test_without_a_count_no_list_is_known_to_be_whole() -> None:
    found = concentration(fund("A", *stocks(X=0.5, Y=0.5)))
    assert found is not None
    assert found.hhi is None


def test_weights_of_zero_have_no_concentration() -> None:
    # Some sources name the positions and give no weight.
    found = concentration(fund("A", *stocks(X=0.0, Y=0.0), count=2))
    assert found is not None
    assert (found.hhi, found.effective) == (None, None)


def test_no_positions_no_concentration() -> None:
    assert concentration(FundProfile("A", Kind.FUND)) is None
    assert concentration(fund("A")) is None


def test_overlap_is_the_sum_of_the_smaller_weights() -> None:
    found = overlap(fund("A", *stocks(X=0.6, Y=0.3, Z=0.1)), fund("B", *stocks(Y=0.5, X=0.2, Q=0.1)))
    assert found is not None
    # X: min(60, 20), Y: min(30, 50)
    mistakes = {"larger weights": 1.1, "products": 0.27, "own weights": 0.9, "of the covered": 0.5 / 0.8}
    assert_is(found.weight, 0.5, mistakes)
    assert found.symbols == ("A", "B")
    assert found.shared == 2
    assert found.covered == pytest.approx((1.0, 0.8))


def test_active_share_needs_both_lists_whole() -> None:
    one, other = stocks(X=0.6, Y=0.4), stocks(X=0.5, Z=0.5)
    whole = overlap(fund("A", *one, count=2), fund("B", *other, count=2))
    part = overlap(fund("A", *one, count=2), fund("B", *other, count=300))
    assert whole is not None
    assert part is not None
    # half of |60 - 50| + |40 - 0| + |0 - 50| = 50 %
    assert whole.active_share == pytest.approx(0.5)
    assert part.active_share is None
    assert not part.whole


def test_what_one_holds_and_the_other_sells_short_is_not_in_common() -> None:
    one = fund("A", *stocks(X=0.6, Y=0.4, Q=-0.2))
    other = fund("B", *stocks(X=0.5, Y=-0.3, Q=-0.2))
    found = overlap(one, other)
    assert found is not None
    assert_is(found.weight, 0.5, {"the smaller of both signs": 0.0, "sizes": 1.0})
    assert found.shared == 1
    assert found.covered == pytest.approx((1.0, 0.5))
    assert found.short == (1, 2)


@pytest.mark.parametrize("weights", [{"X": 1.3, "Y": -0.3}, {"X": 1.3}, {"X": 0.9}])
def test_no_active_share_of_what_does_not_add_up(weights: dict[str, float]) -> None:
    plain = fund("A", *stocks(X=0.6, Y=0.4), count=2)
    found = overlap(plain, fund("B", *stocks(**weights), count=len(weights)))
    assert found is not None
    assert found.whole
    assert found.active_share is None


def test_positions_are_joined_by_isin_then_cusip_then_ticker() -> None:
    ours = (
        Holding("Apple", 0.10, symbol="AAPL", isin="US0378331005"),
        Holding("Apple, once more", 0.09, symbol="AAPL"),
        Holding("Box", 0.05, symbol="BOX", cusip="10316T104"),
        Holding("Coke", 0.03, symbol="KO"),
    )
    theirs = (
        Holding("APPLE INC", 0.07, symbol="AAPL", isin="US0378331005"),
        Holding("BOX INC", 0.02, symbol="BX", cusip="10316T104"),
        Holding("BX", 0.5, symbol="BOX"),
        Holding("COCA COLA", 0.04, symbol="KO", isin="US1912161007"),
    )
    found = overlap(fund("A", *ours), fund("B", *theirs))
    assert found is not None
    # Apple 7, Box 2 (by CUSIP, not by the ticker of another), Coke 3; no position is joined twice
    assert found.weight == pytest.approx(0.12)
    assert found.shared == 3


def test_a_ticker_joins_nothing_that_an_isin_tells_apart() -> None:
    here = Holding("Alpha Inc", 0.5, symbol="ALP", isin="US0000000001")
    elsewhere = Holding("Alpine AG", 0.4, symbol="ALP", isin="CH0000000002")
    found = overlap(fund("A", here), fund("B", elsewhere))
    assert found is not None
    assert (found.shared, found.weight) == (0, 0.0)


def test_an_equal_isin_joins_whatever_weaker_ones_say() -> None:
    one = Holding("Alpha", 0.5, isin="US0000000001", cusip="000000000", symbol="ALP")
    other = Holding("Alpha", 0.4, isin="US0000000001", cusip="111111111", symbol="ALPH")
    found = overlap(fund("A", one), fund("B", other))
    assert found is not None
    assert (found.shared, found.weight) == (1, 0.4)


def test_names_alone_join_nothing() -> None:
    found = overlap(fund("A", Holding("Cash", 0.01)), fund("B", Holding("Cash", 0.02)))
    assert found is not None
    assert (found.weight, found.shared) == (0.0, 0)


def test_overlap_needs_both_lists() -> None:
    assert overlap(fund("A", *stocks(X=1.0)), FundProfile("B", Kind.FUND)) is None


def a_list(symbol: str, day: date, *held: Constituent, taxonomy: str = "GICS") -> HoldingsList:
    return HoldingsList(symbol, day, f"list of {symbol}", held, taxonomy)


def test_a_mix_holds_what_its_funds_hold() -> None:
    """60 % of A (X 0.7, Y 0.3), 30 % of B (X 0.2, Z 0.8), 10 % cash: X 0.48, Y 0.18, Z 0.24."""
    one = a_list(
        "A",
        date(2026, 1, 21),
        Constituent("X", 0.7, symbol="X", sector="Energy", quantity=30.0, price=7.0),
        Constituent("Y", 0.3, symbol="Y", sector="Materials", quantity=10.0, price=9.0),
    )
    other = a_list(
        "B",
        date(2025, 12, 31),
        Constituent("X", 0.2, symbol="X", sector="Energy", quantity=500.0, price=7.0),
        Constituent("Z", 0.8, symbol="Z", sector="Energy", quantity=1500.0, price=16.0),
    )
    found = blend_lists("M", [(one, 0.6), (other, 0.3)], cash=0.1)
    weights = {held.name: held.weight for held in found.positions}
    assert weights == pytest.approx({"X": 0.48, "Y": 0.18, "Z": 0.24, "cash": 0.1})
    assert (found.as_of, found.source, found.taxonomy) == (date(2025, 12, 31), "list of A, list of B", "GICS")
    # What flowed into either fund says nothing of a stock: a quantity is a part of its fund's.
    assert [held.quantity for held in found.positions] == [0.75, 0.25, 0.75, None]
    assert found.sectors() == pytest.approx({"Energy": 0.8, "Materials": 0.2})
    apart = blend_lists("M", [(one, 0.6), (replace(other, taxonomy="Morningstar"), 0.4)])
    assert (apart.taxonomy, apart.sectors()) == ("", None)


def test_a_sector_that_a_whole_list_has_nothing_in_is_nothing_and_not_unknown() -> None:
    """A has 40 % in energy and B none of it: an active weight of 40 points."""
    day = date(2026, 1, 21)
    tech, energy = (
        Constituent(name, weight, symbol=name, sector=sector)
        for name, weight, sector in (("X", 0.6, "Information Technology"), ("Y", 0.4, "Energy"))
    )
    lists = {"A": a_list("A", day, tech, energy), "B": a_list("B", day, replace(tech, weight=1.0))}
    found = whole_holdings(know_lists({}, lists, ("A", "B")), lists, ("A", "B")).sectors
    assert found is not None
    assert found.weights["B"] == {"Information Technology": 1.0, "Energy": 0.0}
    assert found.active == pytest.approx({"Information Technology": -0.4, "Energy": 0.4})
