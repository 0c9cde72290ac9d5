"""What every source of fund facts notices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from analytics.fund import Approach, FundProfile, IndexChange, Kind
from analytics.notes import NoteKind
from bot.ports import Funds
from tests.contracts.markets import TELLING, opened


@pytest.fixture(scope="module", params=TELLING)
def funds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Funds]:
    with opened(request.param, tmp_path_factory.mktemp("home")) as market:
        yield market


async def profile(funds: Funds, symbol: str) -> FundProfile:
    return (await funds.profiles([symbol])).by_symbol[symbol]


async def test_one_profile_for_every_symbol_in_the_order_asked(funds: Funds) -> None:
    found = await funds.profiles(["SPSM", "^IRX", "ISCB"])
    assert list(found.by_symbol) == ["SPSM", "^IRX", "ISCB"]
    assert [profile.symbol for profile in found.by_symbol.values()] == ["SPSM", "^IRX", "ISCB"]


async def test_nothing_asked_nothing_answered(funds: Funds) -> None:
    found = await funds.profiles([])
    assert (dict(found.by_symbol), found.notes) == ({}, ())


@pytest.mark.parametrize("symbol", ["ISCB", "SPSM"])
async def test_costs_and_yields_are_fractions(funds: Funds, symbol: str) -> None:
    """0.0004 is 4 bp; 0.04 would be a percentage taken for a fraction."""
    fund = await profile(funds, symbol)
    assert fund.kind is Kind.FUND
    assert fund.expense_ratio is not None
    assert 0 < fund.expense_ratio.value < 0.002
    assert fund.dividend_yield is not None
    assert 0.005 < fund.dividend_yield.value < 0.05
    assert fund.yield_kind == "trailing 12 months"


@pytest.mark.parametrize("symbol", ["ISCB", "SPSM"])
async def test_assets_are_whole_dollars(funds: Funds, symbol: str) -> None:
    fund = await profile(funds, symbol)
    assert fund.currency == "USD"
    assert fund.assets is not None
    assert fund.assets.value > 1e8  # not millions


@pytest.mark.parametrize("symbol", ["ISCB", "SPSM"])
async def test_sectors_add_up_under_a_named_taxonomy(funds: Funds, symbol: str) -> None:
    sectors = (await profile(funds, symbol)).sectors
    assert sectors is not None
    assert sectors.value.taxonomy.startswith("Morningstar")
    assert sum(sectors.value.weights.values()) == pytest.approx(1, abs=0.02)
    assert all(0 <= weight <= 1 for weight in sectors.value.weights.values())


@pytest.mark.parametrize("symbol", ["ISCB", "SPSM"])
async def test_holdings_are_fractions_largest_first(funds: Funds, symbol: str) -> None:
    held = (await profile(funds, symbol)).holdings
    assert held is not None
    weights = [holding.weight for holding in held.value]
    assert weights == sorted(weights, reverse=True)
    assert 0 < sum(weights) <= 1
    assert all(holding.name for holding in held.value)


@pytest.mark.parametrize("symbol", ["ISCB", "SPSM"])
async def test_every_fact_has_a_source_and_a_day(funds: Funds, symbol: str) -> None:
    fund = await profile(funds, symbol)
    costs = (fund.expense_ratio, fund.dividend_yield, fund.assets, fund.sectors, fund.holdings)
    for fact in (*costs, fund.provider, fund.index, fund.inception, fund.approach):
        assert fact is not None
        assert fact.source
        assert fact.as_of is not None
        assert fact.as_of <= date(2026, 1, 20)


async def test_a_change_of_index_is_known(funds: Funds) -> None:
    change = IndexChange(date(2021, 3, 19), "Morningstar US Small Cap Extended")
    assert (await profile(funds, "ISCB")).index_changes == (change,)


async def test_what_a_fund_is_and_since_when(funds: Funds) -> None:
    fund = await profile(funds, "ISCB")
    assert fund.name
    assert (fund.exchange, fund.tracked_since) == ("NYSE Arca", date(2021, 3, 19))
    assert fund.provider is not None
    assert "iShares" in fund.provider.value
    assert fund.index is not None
    assert fund.index.value == "Morningstar US Small Cap Extended"
    assert fund.approach is not None
    assert fund.approach.value is Approach.INDEX
    assert fund.inception is not None
    assert fund.inception.value == date(2004, 6, 28)  # and not the day of its first trade


async def test_an_index_is_no_fund_and_that_is_no_failure(funds: Funds) -> None:
    found = await funds.profiles(["^IRX"])
    index = found.by_symbol["^IRX"]
    assert (index.kind, index.expense_ratio, index.sectors) == (Kind.INDEX, None, None)
    assert {note.kind for note in found.notes} <= {NoteKind.NOT_A_FUND}


async def test_a_symbol_it_does_not_know_gets_an_empty_profile_and_the_cause(funds: Funds) -> None:
    found = await funds.profiles(["QZXWVK", "ISCB"])
    unknown = found.by_symbol["QZXWVK"]
    assert (unknown.expense_ratio, unknown.assets, unknown.sectors) == (None, None, None)
    assert [(note.kind, note.symbol) for note in found.notes] == [(NoteKind.NO_PROFILE, "QZXWVK")]
    assert found.notes[0].facts["cause"]
    assert found.by_symbol["ISCB"].expense_ratio is not None


async def test_asked_twice_it_says_the_same(funds: Funds) -> None:
    assert await funds.profiles(["ISCB"]) == await funds.profiles(["ISCB"])
