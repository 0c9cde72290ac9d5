"""Where a gap came from: by hand, by properties, by a slow twin; splits; and why it may not be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.evidence.attribution import (
    GapOrigin,
    SplitStock,
    Withheld,
    find_gap_origin,
    fund_returns,
    sector_effects,
    stock_returns,
)
from analytics.holdings import AssetKind, Constituent, HoldingsList
from analytics.panel import Doubt, DoubtKind, PricePanel
from analytics.returns import with_mixes
from tests.unit.analytics.discriminate import assert_is

START, END = date(2026, 1, 21), date(2026, 5, 5)


def stock(
    name: str, weight: float, price: float | None, sector: str | None = "Energy", quantity: float = 100.0
) -> Constituent:
    return Constituent(
        name, weight, symbol=name, sector=sector, price=price, quantity=quantity, currency="USD"
    )


def a_list(symbol: str, day: date, *positions: Constituent, taxonomy: str = "GICS") -> HoldingsList:
    return HoldingsList(symbol, day, "by hand", positions, taxonomy)


def panel(ours: float = 0.10, theirs: float = 0.04, doubts: tuple[Doubt, ...] = ()) -> PricePanel:
    sessions = np.array(["2026-01-21", "2026-03-02", "2026-05-05"], dtype="datetime64[D]")
    levels = np.array([[1.0, 1.02, 1.0 + ours], [2.0, 2.1, 2.0 * (1.0 + theirs)]])
    return PricePanel(sessions, ("AAA", "BBB"), levels, levels, levels, "by hand", doubts=doubts)


TECH, ENERGY = "Information Technology", "Energy"
BEFORE = {
    "AAA": a_list("AAA", START, stock("T1", 0.6, 10.0, TECH), stock("E1", 0.4, 20.0, ENERGY)),
    "BBB": a_list("BBB", START, stock("T2", 0.5, 50.0, TECH), stock("E2", 0.5, 25.0, ENERGY)),
}
AFTER = {
    "AAA": a_list("AAA", END, stock("T1", 0.63, 11.0, TECH), stock("E1", 0.37, 19.0, ENERGY)),
    "BBB": a_list("BBB", END, stock("T2", 0.53, 54.0, TECH), stock("E2", 0.47, 24.0, ENERGY)),
}
LISTS = {symbol: (BEFORE[symbol], AFTER[symbol]) for symbol in BEFORE}


def ask(
    lists: Mapping[str, Sequence[HoldingsList]] | None = None,
    prices: PricePanel | None = None,
    **window: date,
) -> GapOrigin:
    first, last = window.get("first", START), window.get("last", END)
    found = LISTS if lists is None else lists
    return find_gap_origin(found, ("AAA", "BBB"), prices or panel(), first, last)


def test_the_textbook_case() -> None:
    """A: 0.6 x 10 % - 0.4 x 5 % = 4 %; B: 0.5 x 8 % - 0.5 x 4 % = 2 %; the funds are 6 points apart."""
    found = ask().attribution
    assert found is not None
    assert found.held == pytest.approx((0.04, 0.02))
    # Brinson, Hood and Beebower would take rB of the sector alone: 0.1 x 8 % - 0.1 x -4 % = 1.2 % as well,
    # but 0.8 and 0.4 points by sector; with the interaction apart, selection were 0.5 x 2 % - 0.5 x 1 %.
    assert_is(found.allocation, 0.012, {"with A's returns": 0.015})
    assert_is(found.selection, 0.008, {"without the interaction": 0.005})
    assert_is(found.rest, 0.06 - 0.02, {"the wrong way round": -0.04})
    assert found.gap == pytest.approx(0.06)
    tech, energy = found.sectors
    assert tech.sector == TECH
    assert tech.weights == pytest.approx((0.6, 0.5))
    assert tech.returns == pytest.approx((0.10, 0.08))
    assert_is(tech.allocation, 0.1 * (0.08 - 0.02), {"Brinson, Hood, Beebower": 0.1 * 0.08})
    assert energy.selection == pytest.approx(-0.004)
    assert (found.start, found.end) == (START, END)
    assert found.covered == pytest.approx((1.0, 1.0))
    assert (found.splits, found.left_out) == ((), 0)
    assert found.stocks[0].name == "T1"
    assert found.stocks[0].effect == pytest.approx(0.6 * (0.10 - 0.02))


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(-0.9, 2), st.sampled_from("abcd")),
        min_size=1,
        max_size=20,
    )
)
def test_effects_add_up_and_equal_their_slow_twin(rows: list[tuple[float, float, float, str]]) -> None:
    ours, theirs = (np.array([row[at] for row in rows]) + 1e-3 for at in (0, 1))
    weights = np.array([ours / ours.sum(), theirs / theirs.sum()])
    returns, sectors = np.array([row[2] for row in rows]), [row[3] for row in rows]
    found = {effect.sector: effect for effect in sector_effects(weights, returns, sectors)}
    total = sum(effect.allocation + effect.selection for effect in found.values())
    assert total == pytest.approx(float(weights[0] @ returns - weights[1] @ returns), abs=1e-9)
    whole = sum(weight * earned for weight, earned in zip(weights[1], returns, strict=True))
    for sector in set(sectors):
        part = [at for at, named in enumerate(sectors) if named == sector]
        mine, yours = (sum(weights[fund][at] for at in part) for fund in (0, 1))
        earned, base = (
            sum(weights[fund][at] * returns[at] for at in part) / held
            for fund, held in ((0, mine), (1, yours))
        )
        assert found[sector].allocation == pytest.approx((mine - yours) * (base - whole), abs=1e-9)
        assert found[sector].selection == pytest.approx(mine * (earned - base), abs=1e-9)


def test_what_the_second_fund_does_not_hold_is_selection() -> None:
    weights = np.array([[0.5, 0.5], [1.0, 0.0]])
    found = {each.sector: each for each in sector_effects(weights, np.array([0.02, 0.10]), ["a", "b"])}
    assert found["b"].allocation == 0.0
    assert found["b"].selection == pytest.approx(0.5 * 0.08)
    assert found["b"].returns[0] == pytest.approx(0.10)
    assert found["b"].returns[1] is None


def test_a_fund_and_its_twin_have_no_effects() -> None:
    twins = {"AAA": LISTS["AAA"], "BBB": tuple(replace(each, symbol="BBB") for each in LISTS["AAA"])}
    found = ask(twins).attribution
    assert found is not None
    assert (found.allocation, found.selection) == pytest.approx((0.0, 0.0))
    assert found.rest == pytest.approx(0.06)


HELD = np.full(5, 1000.0)
BASE = np.full(5, 40.0)


def move(price: float, quantity: float, flow: float = 1.0) -> tuple[float, float]:
    """What one of five stocks did, the others staying where they were while money came or left."""
    after, held = BASE.copy(), HELD * flow
    after[2], held[2] = price, HELD[2] * quantity * flow
    returns, factors = stock_returns(BASE, HELD, after, held)
    assert np.delete(returns, 2).tolist() == [0.0] * 4
    return float(returns[2]), float(factors[2])


@pytest.mark.parametrize("flow", [1.0, 1.3, 0.7])
@pytest.mark.parametrize(
    ("price", "quantity", "earned", "factor"),
    [
        (20.0, 2.0, 0.0, 2.0),  # a split, two for one
        (19.0, 2.02, -0.05, 2.0),  # and a small trade
        (4.4, 10.0, 0.1, 10.0),
        (400.0, 0.1, 0.0, 0.1),  # a reverse split, one for ten
        (20.0, 1.0, -0.5, 1.0),  # a fall
        (120.0, 1.0, 2.0, 1.0),  # a rise, the quantity says that it is one
        (41.0, 2.0, 0.025, 1.0),  # bought, as much again
        (36.0, 1.1, -0.1, 1.0),
    ],
)
def test_splits_are_told_from_falls_and_trades(
    price: float, quantity: float, earned: float, factor: float, flow: float
) -> None:
    assert move(price, quantity, flow) == pytest.approx((earned, factor), abs=1e-12)


@pytest.mark.parametrize(
    ("price", "quantity"),
    [
        (32.0, 1.25),  # five for four, or bought while it fell
        (26.0, 1.5),
        (120.0, 0.4),  # split one for three and traded, or neither
        (20.0, np.nan),
        (90.0, np.nan),
    ],
)
def test_what_may_be_a_split_is_left_out(price: float, quantity: float) -> None:
    earned, factor = move(price, quantity)
    assert np.isnan(earned)
    assert factor == 1.0


def test_without_quantities_a_usual_move_is_taken() -> None:
    assert move(30.0, np.nan)[0] == pytest.approx(-0.25)


def test_a_split_is_put_right_and_named() -> None:
    before = [stock(f"S{at}", 0.1, 10.0) for at in range(10)]
    after = [replace(each, price=5.5, quantity=200.0) if each.name == "S3" else each for each in before]
    lists = {
        symbol: (a_list(symbol, START, *before), a_list(symbol, END, *after)) for symbol in ("AAA", "BBB")
    }
    found = ask(lists).attribution
    assert found is not None
    assert found.splits == (SplitStock("S3", 2.0),)
    assert found.held == pytest.approx((0.01, 0.01))  # 0.1 x 10 %, not 0.1 x -45 %


def test_a_stock_that_two_lists_price_differently_is_left_out() -> None:
    shared, others = stock("S", 0.05, 10.0), [stock("X", 0.95, 10.0)]
    lists = {
        "AAA": (
            a_list("AAA", START, shared, *others),
            a_list("AAA", END, replace(shared, price=11.0), *others),
        ),
        "BBB": (
            a_list("BBB", START, shared, *others),
            a_list("BBB", END, replace(shared, price=12.0), *others),
        ),
    }
    found = ask(lists).attribution
    assert found is not None
    assert found.covered == pytest.approx((0.95, 0.95))
    assert (found.left_out, found.held) == (1, (0.0, 0.0))


def test_a_price_that_one_fund_tells_serves_the_other() -> None:
    """B's list of the second day is not there: what it holds is priced by A's."""
    shared = [stock("S", 0.5, 10.0), stock("T", 0.5, 10.0, TECH)]
    after = [replace(shared[0], price=11.0), shared[1]]
    lists = {
        "AAA": (a_list("AAA", START, *shared), a_list("AAA", END, *after)),
        "BBB": (a_list("BBB", START, *shared),),
    }
    found = ask(lists).attribution
    assert found is not None
    assert found.held == pytest.approx((0.05, 0.05))


def test_a_sector_that_one_list_lacks_is_that_of_the_other() -> None:
    bare = a_list(
        "BBB", START, *(replace(each, sector=None) for each in BEFORE["AAA"].positions), taxonomy=""
    )
    found = ask({"AAA": LISTS["AAA"], "BBB": (bare,)}).attribution
    assert found is not None
    assert found.covered == pytest.approx((1.0, 1.0))


def withheld(**change: tuple[HoldingsList, ...]) -> GapOrigin:
    return ask({**LISTS, **change})


def test_what_is_not_told_has_its_reason() -> None:
    nothing = withheld(BBB=())
    assert (nothing.reason, nothing.lacking) == (Withheld.NO_LISTS, ("BBB",))
    apart = withheld(BBB=(replace(BEFORE["BBB"], as_of=date(2026, 1, 22)),))
    assert apart.reason is Withheld.NO_DAYS
    assert apart.days == {"AAA": (START, END), "BBB": (date(2026, 1, 22),)}
    once = ask({symbol: (BEFORE[symbol],) for symbol in BEFORE})
    assert once.reason is Withheld.NO_DAYS
    bonds = tuple(
        replace(each, positions=tuple(replace(one, kind=AssetKind.BONDS) for one in each.positions))
        for each in LISTS["BBB"]
    )
    assert (withheld(BBB=bonds).reason, withheld(BBB=bonds).lacking) == (Withheld.NO_SHARES, ("BBB",))
    other = tuple(replace(each, taxonomy="Morningstar") for each in LISTS["BBB"])
    assert withheld(BBB=other).reason is Withheld.TAXONOMIES
    assert (
        ask(
            {symbol: tuple(replace(each, taxonomy="") for each in found) for symbol, found in LISTS.items()}
        ).reason
        is Withheld.NO_SECTORS
    )
    assert find_gap_origin(LISTS, ("AAA",), panel(), START, END).reason is Withheld.ONE_FUND
    doubt = Doubt(DoubtKind.JUMP, "AAA", date(2026, 3, 2), 0.5)
    assert ask(prices=panel(doubts=(doubt,))).reason is Withheld.FUND_PRICES


@pytest.mark.parametrize(("left", "told"), [(0.09, True), (0.11, False)])
def test_below_nine_tenths_nothing_is_told(left: float, told: bool) -> None:
    rows = [stock("X", 1 - left, 10.0), stock("gone", left, 10.0)]
    lists = {
        "AAA": LISTS["AAA"],
        "BBB": (a_list("BBB", START, *rows), a_list("BBB", END, rows[0])),
    }
    found = ask(lists)
    assert (found.attribution is not None) is told
    if not told:
        assert (found.reason, found.lacking) == (Withheld.NOT_COVERED, ("BBB",))
        assert found.covered == pytest.approx((1.0, 0.89))


def test_the_longest_span_that_is_covered_is_taken() -> None:
    early = date(2026, 1, 22)
    lists = {
        symbol: (
            a_list(symbol, START, stock("gone", 0.5, 10.0), stock("X", 0.5, 10.0)),
            a_list(symbol, early, stock("X", 1.0, 10.0)),
            a_list(symbol, END, stock("X", 1.0, 12.0)),
        )
        for symbol in ("AAA", "BBB")
    }
    found = ask(lists).attribution
    assert found is not None
    assert (found.start, found.end) == (early, END)


def test_a_list_of_after_the_window_or_long_before_it_is_not_used() -> None:
    assert ask(last=date(2026, 5, 4)).reason is Withheld.NO_DAYS
    assert ask(first=date(2026, 2, 25)).attribution is not None
    assert ask(first=date(2026, 2, 26)).reason is Withheld.NO_DAYS


def test_funds_are_priced_at_the_last_close_by_then() -> None:
    assert fund_returns(panel(), ("AAA", "BBB"), date(2026, 1, 25), END) == pytest.approx((0.10, 0.04))
    assert fund_returns(panel(), ("AAA", "BBB"), date(2026, 1, 27), END) is None
    assert fund_returns(panel(), ("AAA", "BBB"), date(2026, 1, 20), END) is None


def test_two_lists_that_both_lie_before_the_window_tell_nothing_of_it() -> None:
    february = date(2026, 2, 10)
    lists = {symbol: (BEFORE[symbol], replace(AFTER[symbol], as_of=february)) for symbol in BEFORE}
    assert ask(lists, first=date(2026, 2, 9)).reason is not Withheld.NO_DAYS
    assert ask(lists, first=february).reason is Withheld.NO_DAYS


def test_a_mix_begins_with_its_weights_where_its_list_does() -> None:
    """A has doubled by then: as it has run two thirds of it were A, which doubles again."""
    sessions = np.array(["2025-01-21", "2026-01-21", "2026-05-05"], dtype="datetime64[D]")
    levels = np.array([[1.0, 2.0, 4.0], [1.0, 1.0, 1.3]])
    mix = "50%AAA+50%BBB:never"
    mixed = with_mixes(PricePanel(sessions, ("AAA", "BBB"), levels, levels, levels, "by hand"), [mix, "BBB"])
    found = fund_returns(mixed, (mix, "BBB"), START, END)
    assert found is not None
    assert_is(found[0], 0.65, {"as it has run": 2 / 3 + 0.1})
    assert found[1] == pytest.approx(0.3)


def test_no_return_leads_across_another_fund_under_the_same_symbol() -> None:
    sessions = np.busday_offset(np.datetime64("2026-01-21"), np.arange(75)).astype("datetime64[D]")
    levels = np.ones((2, 75))
    levels[1, 5:30] = np.nan
    held = PricePanel(sessions, ("AAA", "BBB"), levels, levels, levels, "by hand")
    assert fund_returns(held, ("AAA", "BBB"), START, END) is None


@pytest.mark.parametrize(("euros", "told"), [(1.0, True), (0.8, False)])
def test_a_price_in_dollars_and_one_in_euros_make_no_return(euros: float, told: bool) -> None:
    """X is priced by AAA at first and by BBB later: from 10 dollars to 8 euros it has not lost a fifth."""
    ours = a_list("AAA", START, stock("X", 0.5, 10.0), stock("Y", 0.5, 10.0))
    theirs = a_list("BBB", START, stock("Y", 1.0, 10.0 * euros))
    later = a_list("BBB", END, stock("X", 0.5, 10.0 * euros), stock("Y", 0.5, 10.0 * euros))
    found = ask({"AAA": (ours,), "BBB": (theirs, later)})
    assert (found.attribution is not None) == told
    assert found.covered == (None if told else pytest.approx((0.5, 1.0)))


def test_a_fund_that_is_two_fifths_bonds_is_not_explained_by_its_shares() -> None:
    """Renormalised its stocks are those of the other fund, and all of the gap were "the rest"."""
    bond = replace(stock("a bond", 0.4, 100.0, None), kind=AssetKind.BONDS)
    shares = [stock("X", 0.5, 10.0), stock("Y", 0.5, 10.0)]
    mixed = [*(replace(one, weight=0.3) for one in shares), bond]
    lists = {
        "AAA": tuple(a_list("AAA", day, *mixed) for day in (START, END)),
        "BBB": tuple(a_list("BBB", day, *shares) for day in (START, END)),
    }
    found = ask(lists)
    assert (found.reason, found.lacking) == (Withheld.NOT_COVERED, ("AAA",))
    assert found.covered == pytest.approx((0.6, 1.0))
