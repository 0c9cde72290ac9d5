"""Fund facts through the real yfinance: units, fields that lie, sectors that do not add up."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.fund import Fact, FundProfile, Holding, IndexChange, Kind
from analytics.notes import Note, NoteKind
from bot.market.yahoo import YahooMarket
from tests.fakes.yahoo import FakeYahoo

pytestmark = pytest.mark.slow  # tens of milliseconds each, in yfinance

TODAY = date(2026, 1, 20)


async def profile(market: YahooMarket, symbol: str = "ISCB") -> tuple[FundProfile, tuple[Note, ...]]:
    found = await market.profiles([symbol])
    return found.by_symbol[symbol], found.notes


async def test_a_fund_whole(market: YahooMarket) -> None:
    fund, notes = await profile(market)
    assert notes == ()
    assert (fund.kind, fund.name, fund.currency) == (Kind.FUND, "ISCB Growth & Income", "USD")
    assert fund.category == "Small Blend"
    assert fund.expense_ratio == Fact(0.0004, "Yahoo Finance", TODAY)
    assert fund.dividend_yield == Fact(0.0138, "Yahoo Finance", TODAY)
    assert fund.yield_kind == "trailing 12 months"
    assert fund.assets == Fact(253_450_000.0, "Yahoo Finance", TODAY)
    assert fund.holdings_count is None  # Yahoo does not say
    assert fund.index_changes == (IndexChange(date(2021, 3, 19), "Morningstar US Small Cap Extended"),)


async def test_holdings_are_fractions_largest_first(market: YahooMarket) -> None:
    fund, _ = await profile(market)
    assert fund.holdings is not None
    assert fund.holdings.value == (
        Holding("Alpha Inc", 0.009, "AAA"),
        Holding("Beta Corp", 0.0081, "BBB"),
        Holding("Gamma Trust", 0.004, None),
    )


async def test_sectors_name_their_taxonomy_and_what_they_relate_to(market: YahooMarket) -> None:
    fund, _ = await profile(market)
    assert fund.sectors is not None
    assert fund.sectors.value.taxonomy == "Morningstar, equity sleeve"
    assert fund.sectors.value.weights == {
        "Technology": 0.30,
        "Industrials": 0.25,
        "Financial Services": 0.25,
        "Real Estate": 0.20,
    }


async def test_assets_are_not_taken_from_the_fields_that_lie(market: YahooMarket, yahoo: FakeYahoo) -> None:
    """`marketCap` is 7 and `totalNetAssets` 253.45 in the fake, as they are wrong at Yahoo."""
    del yahoo.listings["ISCB"].modules["summaryDetail"]["totalAssets"]
    assert (await profile(market))[0].assets is None
    yahoo.listings["ISCB"].modules["defaultKeyStatistics"] = {"totalAssets": 13_080_000_000}
    fund, _ = await profile(market)
    assert fund.assets == Fact(13_080_000_000.0, "Yahoo Finance", TODAY)


async def test_the_net_expense_ratio_comes_first(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.listings["ISCB"].modules["fundProfile"]["feesExpensesInvestment"]["netExpRatio"] = 0.0003
    fund, _ = await profile(market)
    assert fund.expense_ratio == Fact(0.0003, "Yahoo Finance", TODAY)


@pytest.mark.parametrize("junk", [4.0, -0.01, "0.04", None, {"raw": 0.04}])
async def test_an_expense_ratio_that_is_no_fraction_is_not_known(
    market: YahooMarket, yahoo: FakeYahoo, junk: object
) -> None:
    yahoo.listings["ISCB"].modules["fundProfile"]["feesExpensesInvestment"]["annualReportExpenseRatio"] = junk
    assert (await profile(market))[0].expense_ratio is None


@pytest.mark.parametrize(
    ("weights", "cause"),
    [
        ({"technology": 0.5, "industrials": 0.4}, "90.0 % in all"),
        ({"technology": 55.0, "industrials": 45.0}, "Technology 5500.0 %"),
        ({"technology": 1.1, "industrials": -0.1}, "Technology 110.0 %"),
    ],
)
async def test_sectors_that_cannot_be_are_refused_with_a_note(
    market: YahooMarket, yahoo: FakeYahoo, weights: dict[str, float], cause: str
) -> None:
    yahoo.listings["ISCB"].modules["topHoldings"]["sectorWeightings"] = [
        {key: w} for key, w in weights.items()
    ]
    fund, notes = await profile(market)
    assert fund.sectors is None
    assert notes == (Note(NoteKind.SECTORS_REFUSED, "ISCB", {"cause": cause}),)
    assert fund.holdings is not None  # the rest stands


@pytest.mark.parametrize("empty", [[], [{"technology": 0.0}, {"industrials": 0.0}]])
async def test_a_fund_without_equities_has_no_sectors_and_no_note(
    market: YahooMarket, yahoo: FakeYahoo, empty: list[dict[str, float]]
) -> None:
    yahoo.listings["ISCB"].modules["topHoldings"] = {"sectorWeightings": empty, "holdings": []}
    fund, notes = await profile(market)
    assert (fund.sectors, fund.holdings, notes) == (None, None, ())


async def test_a_stock_has_no_fund_facts_and_no_failure(market: YahooMarket) -> None:
    stock, notes = await profile(market, "AAPL")
    assert (stock.kind, stock.expense_ratio, stock.sectors, stock.holdings) == (Kind.STOCK, None, None, None)
    assert stock.dividend_yield == Fact(0.0061, "Yahoo Finance", TODAY)
    assert notes == (Note(NoteKind.NOT_A_FUND, "AAPL", {"kind": "stock"}),)


async def test_an_index_is_never_asked_about(market: YahooMarket, yahoo: FakeYahoo) -> None:
    index, notes = await profile(market, "^IRX")
    assert index.kind is Kind.INDEX
    assert notes == (Note(NoteKind.NOT_A_FUND, "^IRX", {"kind": "index"}),)
    assert yahoo.log == []


async def test_an_unknown_symbol_gets_a_note_not_an_error(market: YahooMarket) -> None:
    found = await market.profiles(["SPSN", "ISCB"])
    assert list(found.by_symbol) == ["SPSN", "ISCB"]
    assert found.notes == (Note(NoteKind.NO_PROFILE, "SPSN", {"cause": "Yahoo Finance has no such symbol"}),)


async def test_one_request_per_fund(market: YahooMarket, yahoo: FakeYahoo) -> None:
    await market.profiles(["ISCB", "SPSM", "ISCB"])
    assert [yahoo.requests(where) for where in ("quoteSummary", "")] == [2, 4]


async def test_a_module_of_another_shape_is_a_failure_of_yahoo_not_ours(
    market: YahooMarket, yahoo: FakeYahoo, caplog: pytest.LogCaptureFixture
) -> None:
    yahoo.listings["ISCB"].modules["topHoldings"]["sectorWeightings"] = [{"technology": "a third"}]
    fund, notes = await profile(market)
    assert (fund.kind, fund.expense_ratio) == (Kind.FUND, None)
    assert notes == (Note(NoteKind.NO_PROFILE, "ISCB", {"cause": "an unreadable answer, ValueError"}),)
    assert "about ISCB cannot be read" in caplog.text


@pytest.mark.parametrize(
    ("told", "currency"), [("GBp", "GBP"), ("ZAc", "ZAR"), ("EUR", "EUR"), (None, None), ("", None)]
)
@pytest.mark.parametrize("symbol", ["ISCB", "AAPL"])
async def test_a_currency_is_the_one_told_or_none(
    market: YahooMarket, yahoo: FakeYahoo, symbol: str, told: str | None, currency: str | None
) -> None:
    """Assets are told in the currency itself where prices are in its minor unit."""
    yahoo.listings[symbol].modules["summaryDetail"]["currency"] = told
    fund, _ = await profile(market, symbol)
    assert fund.currency == currency
    assert symbol == "AAPL" or fund.assets == Fact(253_450_000.0, "Yahoo Finance", TODAY)


async def test_without_an_answer_no_currency_is_claimed(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.fault("quoteSummary", 404)
    assert (await profile(market))[0].currency is None
