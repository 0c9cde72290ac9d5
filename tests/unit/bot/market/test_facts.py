"""Facts of the simulated funds: published where they say so, with a day, and sums that hold."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from analytics.fund import Approach, Fact, FundProfile, Kind
from analytics.notes import Note, NoteKind
from bot.market import reference, yahoo
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import simulate
from bot.market.sample_funds import FIRST, FUNDS, SECTORS, profile_of

EQUITY = [symbol for symbol, traits in FUNDS.items() if traits.duration is None]
JANUARY = date(2026, 1, 16)


def fund(symbol: str) -> FundProfile:
    profile, notes = profile_of(symbol)
    assert notes == ()
    return profile


def sectors(symbol: str) -> dict[str, float]:
    fact = fund(symbol).sectors
    assert fact is not None
    return dict(fact.value.weights)


def weights(symbol: str) -> dict[str, float]:
    """Weights of the top ten by their number."""
    fact = fund(symbol).holdings
    assert fact is not None
    return {str(holding.isin): holding.weight for holding in fact.value}


@pytest.mark.parametrize(
    ("symbol", "expense", "dividend", "assets", "count"),
    [("ISCB", 0.0004, 0.0138, 253.45e6, 1578), ("SPSM", 0.0003, 0.0162, 13.08e9, 607)],
)
def test_published_facts_of_the_pair(
    symbol: str, expense: float, dividend: float, assets: float, count: int
) -> None:
    profile = fund(symbol)
    assert profile.expense_ratio == Fact(expense, "published", JANUARY)
    assert profile.dividend_yield == Fact(dividend, "published", JANUARY)
    assert profile.yield_kind == "trailing 12 months"
    assert profile.assets == Fact(assets, "published", JANUARY)
    assert profile.holdings_count == Fact(count, "published", JANUARY)


def test_published_sectors_of_the_pair() -> None:
    small, core = sectors("ISCB"), sectors("SPSM")
    assert [small[name] for name in ("Industrials", "Financial Services", "Healthcare")] == [
        0.19,
        0.17,
        0.139,
    ]
    assert [core[name] for name in ("Financial Services", "Technology")] == [0.18, 0.15]
    assert list(small) == sorted(SECTORS)


@pytest.mark.parametrize(
    ("symbol", "source"),
    [
        ("ISCB", "published for 3 sectors, the rest simulated"),
        ("SPSM", "published for 2 sectors, the rest simulated"),
        ("IWM", "simulated"),
    ],
)
def test_sectors_say_how_much_of_them_is_published(symbol: str, source: str) -> None:
    fact = fund(symbol).sectors
    assert fact is not None
    assert (fact.source, fact.as_of, fact.value.taxonomy) == (source, JANUARY, reference.MORNINGSTAR)


def test_sectors_can_be_held_against_yahoos() -> None:
    fact = fund("SPY").sectors
    assert fact is not None
    assert fact.value.named == "Morningstar, of net assets"
    assert set(SECTORS) == set(yahoo.SECTORS.values())


@pytest.mark.parametrize("symbol", EQUITY)
def test_sector_weights_add_up_exactly(symbol: str) -> None:
    assert len(sectors(symbol)) == 11
    assert sum(sectors(symbol).values()) == 1.0
    assert math.fsum(sectors(symbol).values()) == 1.0


@pytest.mark.parametrize("symbol", EQUITY)
def test_the_top_ten_fits_the_number_of_holdings(symbol: str) -> None:
    held, count = list(weights(symbol).values()), fund(symbol).holdings_count
    assert count is not None
    assert len(held) == 10
    assert held == sorted(held, reverse=True)
    assert held[-1] > 1 / count.value
    assert sum(held) < 0.6


def test_holdings_are_made_up_and_say_so() -> None:
    fact = fund("ISCB").holdings
    assert fact is not None
    assert fact.source == "simulated"
    assert all(holding.name.startswith("Sample Holding ") for holding in fact.value)
    assert all(len(isin) == 12 and isin.startswith("ZZ") for isin in weights("ISCB"))


def test_the_pair_shares_some_holdings_and_one_index_means_the_same() -> None:
    small, core = weights("ISCB"), weights("SPSM")
    overlap = sum(min(small[isin], core[isin]) for isin in small.keys() & core.keys())
    assert 0.01 < overlap < sum(small.values())
    assert weights("IJR").keys() == core.keys()
    assert not weights("SPY").keys() & small.keys()


@pytest.mark.parametrize(
    ("symbol", "expense"),
    [
        ("IWM", 0.0019),
        ("IJR", 0.0006),
        ("VB", 0.0005),
        ("AVUV", 0.0025),
        ("SPMD", 0.0003),
        ("SPY", 0.000945),
        ("TLT", 0.0015),
        ("BIL", 0.001356),
    ],
)
def test_other_funds_costs_are_published_and_the_rest_is_not(symbol: str, expense: float) -> None:
    profile = fund(symbol)
    assert profile.expense_ratio == Fact(expense, "published", JANUARY)
    for fact in (profile.dividend_yield, profile.assets, profile.holdings_count):
        assert fact is not None
        assert fact.source == "simulated"


@pytest.mark.parametrize("symbol", ["TLT", "BIL"])
def test_bond_funds_have_no_sectors(symbol: str) -> None:
    assert fund(symbol).kind is Kind.FUND
    assert fund(symbol).sectors is None
    assert fund(symbol).holdings is None


def test_index_changes_are_told() -> None:
    assert fund("ISCB").index_changes == reference.INDEX_CHANGES["ISCB"]
    assert fund("SPSM").index_changes[-1].on == date(2020, 1, 24)
    assert fund("IWM").index_changes == ()


@pytest.mark.parametrize("symbol", list(FUNDS))
def test_every_fund_says_what_it_is(symbol: str) -> None:
    profile = fund(symbol)
    assert profile.name == reference.NAMES[symbol]
    assert profile.provider
    assert profile.exchange
    assert profile.approach
    assert (profile.index is None) == (profile.approach.value is Approach.ACTIVE)
    assert profile.inception
    assert profile.inception.value < FUNDS[symbol].first or FUNDS[symbol].first == profile.inception.value


def test_an_index_is_no_fund() -> None:
    profile, notes = profile_of("^TNX")
    assert (profile.kind, profile.name) == (Kind.INDEX, "10-year Treasury yield")
    assert profile.expense_ratio is None
    assert notes == (Note(NoteKind.NOT_A_FUND, "^TNX", {"kind": "index"}),)


def test_a_symbol_that_is_not_simulated_gets_an_empty_profile() -> None:
    profile, (note,) = profile_of("VTI")
    assert profile == FundProfile("VTI", Kind.OTHER)
    assert (note.kind, note.symbol) == (NoteKind.NO_PROFILE, "VTI")
    assert note.facts["cause"] == "it is not among the simulated funds"


@pytest.mark.slow
def test_yields_agree_with_the_dividends_of_the_simulated_prices() -> None:
    market = simulate(ExchangeCalendar().sessions(FIRST, date(2026, 3, 11)))
    for symbol in FUNDS:
        series, stated = market[symbol], fund(symbol).dividend_yield
        assert stated is not None
        last = int(np.searchsorted(series.sessions, np.datetime64(JANUARY)))
        ratio = series.total_return[1:] / series.total_return[:-1]
        paid = (ratio * series.close[:-1] - series.close[1:])[last - 251 : last].sum()
        assert paid / series.close[last] == pytest.approx(stated.value, abs=1.5e-4)


def test_only_what_holds_bonds_is_a_bond_fund() -> None:
    assert [symbol for symbol in FUNDS if fund(symbol).is_bond_fund] == ["TLT", "IEF"]
