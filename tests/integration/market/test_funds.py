"""Fund facts through the real yfinance: units, fields that lie, sectors that do not add up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analytics.fund import Basis, Fact, FundProfile, Holding, IndexChange, Kind
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
    assert fund.turnover == Fact(0.31, "Yahoo Finance", TODAY)
    assert fund.holdings_count is None  # Yahoo does not say
    assert fund.index_changes == (IndexChange(date(2021, 3, 19), "Morningstar US Small Cap Extended"),)


async def test_what_the_fund_is(market: YahooMarket) -> None:
    fund, _ = await profile(market)
    assert fund.provider == Fact("iShares", "Yahoo Finance", TODAY)
    assert fund.inception == Fact(date(2004, 6, 28), "Yahoo Finance", TODAY)
    assert fund.exchange == "NYSE Arca"
    assert fund.index
    assert fund.index.source == "issuer's prospectus"  # Yahoo tells none


@pytest.mark.parametrize(
    "seconds",
    [None, "2004-06-28", 1e20, float("inf"), 1_900_000_000, -3_000_000_000, 1_088_380_800_000],
)
async def test_what_is_no_inception_date_is_none(
    market: YahooMarket, yahoo: FakeYahoo, seconds: object
) -> None:
    yahoo.listings["ISCB"].modules["defaultKeyStatistics"]["fundInceptionDate"] = seconds
    fund, notes = await profile(market)
    assert (fund.inception, notes) == (None, ())


async def test_the_family_stands_in_either_module(market: YahooMarket, yahoo: FakeYahoo) -> None:
    modules = yahoo.listings["ISCB"].modules
    del modules["fundProfile"]["family"]
    modules["defaultKeyStatistics"]["fundFamily"] = "Smith &amp; Sons"
    fund, _ = await profile(market)
    assert fund.provider
    assert fund.provider.value == "Smith & Sons"


async def test_holdings_are_fractions_largest_first(market: YahooMarket) -> None:
    fund, _ = await profile(market)
    assert fund.holdings is not None
    assert fund.holdings.value == (
        Holding("Alpha Inc", 0.009, "AAA"),
        Holding("Beta Corp", 0.0081, "BBB"),
        Holding("Gamma Trust", 0.004, None),
    )


def held(yahoo: FakeYahoo) -> dict[str, Any]:
    """What Yahoo tells of a fund's holdings: 30, 25, 25 and 20 % of its shares, which are 98 % of it."""
    found: dict[str, Any] = yahoo.listings["ISCB"].modules["topHoldings"]
    return found


async def test_sectors_are_parts_of_the_whole_fund(market: YahooMarket) -> None:
    fund, notes = await profile(market)
    assert fund.sectors is not None
    assert fund.sectors.value.named == "Morningstar, of net assets"
    assert fund.sectors.value.weights == pytest.approx(
        {
            "Technology": 0.294,
            "Industrials": 0.245,
            "Financial Services": 0.245,
            "Real Estate": 0.196,
            "Bonds, cash and other": 0.02,
        }
    )
    assert notes == ()


@pytest.mark.parametrize(
    ("shares", "technology", "rest"),
    [
        (0.6, 0.18, 0.4),
        (0.004, 0.0012, 0.996),  # a bond fund with a crumb of shares
        (1.3, 0.39, -0.3),  # shares on borrowed money
    ],
)
async def test_what_is_not_in_shares_is_a_part_of_its_own(
    market: YahooMarket, yahoo: FakeYahoo, shares: float, technology: float, rest: float
) -> None:
    held(yahoo).update(stockPosition=shares, bondPosition=1 - shares, cashPosition=0.0)
    fund, _ = await profile(market)
    assert fund.sectors is not None
    weights = fund.sectors.value.weights
    assert weights["Technology"] == pytest.approx(technology)
    assert weights["Bonds, cash and other"] == pytest.approx(rest)
    assert sum(weights.values()) == pytest.approx(1.0)


async def test_a_fund_without_any_shares_has_no_sectors(market: YahooMarket, yahoo: FakeYahoo) -> None:
    held(yahoo).update(stockPosition=0.0, bondPosition=1.0, cashPosition=0.0)
    fund, notes = await profile(market)
    assert (fund.sectors, notes) == (None, ())


@pytest.mark.parametrize(
    ("parts", "bonds", "of_bonds"),
    [
        ({"stockPosition": 0.0, "bondPosition": 0.99, "cashPosition": 0.01}, 0.99, True),
        ({"stockPosition": 0.6, "bondPosition": 0.4, "cashPosition": 0.0}, 0.4, False),
        ({"stockPosition": 0.0, "bondPosition": 0.0, "cashPosition": 0.0}, None, False),
        ({"stockPosition": 1.0, "bondPosition": 99.0, "cashPosition": 0.0}, None, False),
    ],
)
async def test_the_part_in_bonds_says_what_a_bond_fund_is(
    market: YahooMarket, yahoo: FakeYahoo, parts: dict[str, float], bonds: float | None, of_bonds: bool
) -> None:
    held(yahoo).update(parts)
    fund, _ = await profile(market)
    assert (fund.bonds.value if fund.bonds else None, fund.is_bond_fund) == (bonds, of_bonds)


@pytest.mark.parametrize("parts", [{}, {"stockPosition": 0.0, "bondPosition": 0.0, "cashPosition": 0.0}])
async def test_where_the_part_in_shares_is_not_told_sectors_are_those_of_the_shares(
    market: YahooMarket, yahoo: FakeYahoo, parts: dict[str, float]
) -> None:
    for name in ("stockPosition", "cashPosition"):
        del held(yahoo)[name]
    held(yahoo).update(parts)
    fund, notes = await profile(market)
    assert fund.sectors is not None
    assert fund.sectors.value.of is Basis.SHARES
    assert fund.sectors.value.weights["Technology"] == 0.30
    assert notes == ()


async def test_a_part_in_shares_that_cannot_be_is_refused(market: YahooMarket, yahoo: FakeYahoo) -> None:
    held(yahoo)["stockPosition"] = 98.0
    fund, notes = await profile(market)
    assert fund.sectors is not None
    assert fund.sectors.value.of is Basis.SHARES
    assert notes == (refused("part in shares", 98.0, percent=True),)


async def test_short_and_leveraged_positions_are_positions(market: YahooMarket, yahoo: FakeYahoo) -> None:
    told = [("Share", 0.05), ("Owed", -0.85), ("Swap", 1.85), ("Nothing", 0.0)]
    held(yahoo)["holdings"] = [{"holdingName": name, "holdingPercent": part} for name, part in told]
    fund, notes = await profile(market)
    assert fund.holdings is not None
    assert fund.holdings.value == (Holding("Swap", 1.85), Holding("Owed", -0.85), Holding("Share", 0.05))
    assert notes == ()


async def test_positions_in_percent_are_refused(market: YahooMarket, yahoo: FakeYahoo) -> None:
    held(yahoo)["holdings"] = [{"holdingName": "Alpha", "holdingPercent": 7.4}]
    fund, notes = await profile(market)
    assert fund.holdings is None
    assert notes == (refused("position", 7.4, percent=True),)


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


def refused(fact: str, value: float, *, percent: bool, symbol: str = "ISCB") -> Note:
    return Note(NoteKind.FACT_REFUSED, symbol, {"fact": fact, "value": value, "percent": percent})


def fees(yahoo: FakeYahoo) -> dict[str, Any]:
    found: dict[str, Any] = yahoo.listings["ISCB"].modules["fundProfile"]["feesExpensesInvestment"]
    return found


@pytest.mark.parametrize("junk", ["0.04", None, {"raw": 0.04}, float("nan")])
async def test_an_expense_ratio_that_is_no_number_is_not_known(
    market: YahooMarket, yahoo: FakeYahoo, junk: object
) -> None:
    fees(yahoo)["annualReportExpenseRatio"] = junk
    fund, notes = await profile(market)
    assert (fund.expense_ratio, notes) == (None, ())


@pytest.mark.parametrize(
    ("value", "percent"), [(0.68, True), (0.0301, True), (4.0, False), (0.0, False), (-0.01, False)]
)
async def test_an_expense_ratio_that_no_fund_has_is_refused_with_a_word(
    market: YahooMarket, yahoo: FakeYahoo, value: float, percent: bool
) -> None:
    fees(yahoo)["annualReportExpenseRatio"] = value
    fund, notes = await profile(market)
    assert fund.expense_ratio is None
    assert notes == (refused("expense ratio", value, percent=percent),)


async def test_a_dear_fund_is_believed(market: YahooMarket, yahoo: FakeYahoo) -> None:
    fees(yahoo)["annualReportExpenseRatio"] = 0.03
    fund, notes = await profile(market)
    assert (fund.expense_ratio, notes) == (Fact(0.03, "Yahoo Finance", TODAY), ())


async def test_a_fee_of_nothing_gives_way_to_one_that_is_told(market: YahooMarket, yahoo: FakeYahoo) -> None:
    fees(yahoo)["netExpRatio"] = 0.0
    fund, notes = await profile(market)
    assert (fund.expense_ratio, notes) == (Fact(0.0004, "Yahoo Finance", TODAY), ())


@pytest.mark.parametrize(("value", "percent"), [(1.5007, True), (0.31, True), (99.99, False), (-0.02, False)])
async def test_a_yield_that_no_fund_pays_is_refused_with_a_word(
    market: YahooMarket, yahoo: FakeYahoo, value: float, percent: bool
) -> None:
    yahoo.listings["ISCB"].modules["summaryDetail"]["yield"] = value
    fund, notes = await profile(market)
    assert (fund.dividend_yield, fund.yield_kind) == (None, None)
    assert notes == (refused("yield", value, percent=percent),)


@pytest.mark.parametrize("value", [0.0, 0.30])
async def test_a_yield_of_nothing_and_a_high_one_are_believed(
    market: YahooMarket, yahoo: FakeYahoo, value: float
) -> None:
    yahoo.listings["ISCB"].modules["summaryDetail"]["yield"] = value
    fund, notes = await profile(market)
    assert (fund.dividend_yield, notes) == (Fact(value, "Yahoo Finance", TODAY), ())


async def test_the_yield_of_a_stock_is_checked_as_well(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.listings["AAPL"].modules["summaryDetail"]["trailingAnnualDividendYield"] = 0.61
    stock, notes = await profile(market, "AAPL")
    assert stock.dividend_yield is None
    assert refused("yield", 0.61, percent=True, symbol="AAPL") in notes


async def test_a_money_market_fund_is_a_fund(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.listings["ISCB"].modules["quoteType"]["quoteType"] = "MONEYMARKET"
    fund, notes = await profile(market)
    assert (fund.kind, notes) == (Kind.FUND, ())
    assert fund.expense_ratio == Fact(0.0004, "Yahoo Finance", TODAY)


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
