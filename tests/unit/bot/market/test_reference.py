"""Suggestions for a mistyped symbol, and the facts no source sends along."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.fund import Approach, Fact, FundProfile, Kind
from analytics.notes import INTEREST_RATES
from bot.market import reference


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("SPSN", ("SPSM",)),  # a wrong letter
        ("ISBC", ("ISCB",)),  # two letters swapped
        ("SPMS", ("SPSM", "SPMD")),  # the swap comes before the replaced letter
        ("spsn", ("SPSM",)),  # typed in small letters
        ("TLTT", ("TLT",)),  # a letter too many
        ("IMW", ("IWM", "IVW")),
        ("SPM", ("SPMD", "SPSM", "SPY")),  # a letter too few; never more than three
        ("NOSUCH", ()),
        ("SPLG", ("SPYM",)),  # renamed, and no slip for SPLV or SPYG
        ("jkj", ("ISCB",)),
        ("VB", ()),  # well known, so no slip for VV or BND
        ("", ()),
        ("A" * 200, ()),
    ],
)
def test_nearest(typed: str, meant: tuple[str, ...]) -> None:
    assert reference.similar_symbols(typed) == meant


def test_of_what_has_ended_only_the_new_name_is_meant() -> None:
    meant = reference.suggest_symbols(["SPSN", "SPMS", "SPLG", "SPYQ"], ended={"SPMS", "SPLG"})
    assert meant["SPSN"] == ("SPSM",)
    assert (meant["SPMS"], meant["SPLG"]) == ((), ("SPYM",))


def test_what_was_renamed_is_not_known_by_its_old_name() -> None:
    assert not set(reference.RENAMED) & set(reference.NAMES)
    assert not set(reference.RENAMED) & set(reference.RENAMED.values())


def test_the_table_is_read_whole() -> None:
    assert 100 <= len(reference.NAMES) <= 160
    assert reference.NAMES["SPSM"] == "SPDR Portfolio S&P 600 Small Cap ETF"
    assert all(symbol.isalnum() and symbol.isupper() and name for symbol, name in reference.NAMES.items())


def test_changes_of_index() -> None:
    assert [(change.on, change.to) for change in reference.INDEX_CHANGES["ISCB"]] == [
        (date(2021, 3, 19), "Morningstar US Small Cap Extended")
    ]
    assert [(change.on, change.to) for change in reference.INDEX_CHANGES["SPSM"]] == [
        (date(2017, 11, 16), "SSGA Small Cap"),
        (date(2020, 1, 24), "S&P SmallCap 600"),
    ]
    assert reference.INDEX_CHANGES["VB"][-1].on == date(2013, 1, 31)
    # What has been renamed is kept under its new name, by which a profile is asked for.
    assert not set(reference.INDEX_CHANGES) & set(reference.RENAMED)
    for symbol, changes in reference.INDEX_CHANGES.items():
        days = [change.on for change in changes]
        assert days == sorted(set(days)), symbol
        assert all(day.weekday() < 5 for day in days), symbol


def test_indices_are_told_by_their_caret() -> None:
    assert reference.is_index("^IRX")
    assert not reference.is_index("IWM")
    assert all(reference.is_index(rate) for rate in INTEREST_RATES)


@pytest.mark.parametrize(
    ("symbol", "category", "found"),
    [
        ("ISCB", "Small Blend", ("IWM", "VB")),
        ("IWM", "Small Blend", ("VB", "IJR")),  # never itself
        ("TLT", "Long Government", ("VGLT", "SPTL")),
        ("AGG", "Intermediate Core Bond", ("BND", "SPY")),  # one of its category, then the broad market
        ("ARKK", None, ("SPY", "IWM")),
        ("ARKK", "", ("SPY", "IWM")),
        ("ARKK", "<!channel> Mid-Cap", ("SPY", "IWM")),  # no category of ours
        ("SPY", None, ("IWM", "TLT")),
    ],
)
def test_peers(symbol: str, category: str | None, found: tuple[str, ...]) -> None:
    assert reference.peers(symbol, category) == found


def test_peers_are_of_what_can_be_had() -> None:
    assert reference.peers("ISCB", "Small Blend", {"SPSM", "SPY", "ISCB"}) == ("SPSM", "SPY")
    assert reference.peers("ISCB", "Small Blend", {"ISCB"}) == ()


def test_the_table_of_peers_is_of_funds_that_are_known_and_leaves_two_for_each() -> None:
    for category, funds in reference._PEERS_BY_CATEGORY.items():
        assert len(set(funds)) == len(funds) >= 2, category
        assert category == category.strip()
        for symbol in funds:
            assert symbol.isalpha(), (category, symbol)
            assert symbol.isupper(), (category, symbol)
            assert len(reference.peers(symbol, category)) == reference.MOST_PEERS


DAY = date(2026, 1, 20)


def complete(symbol: str, name: str = "", category: str | None = None) -> FundProfile:
    return reference.complete_profile(FundProfile(symbol, Kind.FUND, name, category=category), DAY)


def values(profile: FundProfile) -> tuple[str | None, str | None, Approach | None]:
    told = (profile.provider, profile.index, profile.approach)
    provider, index, approach = (fact.value if fact else None for fact in told)
    return provider, index, approach  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("symbol", "provider", "index", "approach"),
    [
        ("ISCB", "BlackRock (iShares)", "Morningstar US Small Cap Extended", Approach.INDEX),
        ("SPSM", "State Street (SPDR)", "S&P SmallCap 600", Approach.INDEX),
        ("XLK", "State Street (SPDR)", "Technology Select Sector", Approach.INDEX),
        ("AVUV", "American Century (Avantis)", None, Approach.ACTIVE),
        ("GLD", "State Street (SPDR)", None, Approach.PHYSICAL),
        ("GDX", "VanEck", None, None),  # its index changed lately: not surely known
        ("QZXWVK", None, None, None),
    ],
)
def test_what_well_known_funds_follow(
    symbol: str, provider: str | None, index: str | None, approach: Approach | None
) -> None:
    found = complete(symbol)
    assert values(found) == (provider, index, approach)
    assert found.name == reference.NAMES.get(symbol, "")


def test_each_has_its_source_and_day() -> None:
    found = complete("SPSM")
    assert (found.index and found.index.source, found.provider and found.provider.source) == (
        "issuer's prospectus",
        "by its name",
    )
    assert found.index is not None
    assert found.index.as_of == date(2025, 12, 31)


def test_what_a_source_tells_itself_stays() -> None:
    told = Fact("State Street Investment Management", "Yahoo Finance", DAY)
    found = reference.complete_profile(FundProfile("SPSM", Kind.FUND, "Its name", provider=told), DAY)
    assert (found.provider, found.name) == (told, "Its name")


@pytest.mark.parametrize(
    ("name", "category", "approach"),
    [
        ("Vanguard 500 Index Fund", None, Approach.INDEX),
        ("Fidelity Nasdaq Composite Index ETF", "Large Growth", Approach.INDEX),
        ("Some Enhanced Index Fund", None, None),
        ("Active Index Fund", None, None),
        ("Capital Active Bond ETF", None, Approach.ACTIVE),
        ("ActivePassive International Equity ETF", None, None),
        ("Direxion Daily Small Cap Bull 3X Shares", "Trading--Leveraged Equity", Approach.LEVERAGED),
        ("ProShares Short S&P500", "Trading--Inverse Equity", Approach.INVERSE),
        ("Traded Something", "Trading--Miscellaneous", None),
        ("Growth & Income", "Small Blend", None),
        ("", None, None),
    ],
)
def test_a_name_or_a_category_says_it_or_nothing_does(
    name: str, category: str | None, approach: Approach | None
) -> None:
    assert values(complete("QZXWVK", name, category))[2] is approach


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("iShares MSCI Chile ETF", "BlackRock (iShares)"),
        ("State Street SPDR Portfolio", "State Street (SPDR)"),
        ("The iShares Way", None),
        ("Vanguardian Fund", None),
    ],
)
def test_a_trade_mark_names_the_provider(name: str, provider: str | None) -> None:
    assert values(complete("QZXWVK", name))[0] == provider


def test_every_fund_of_the_table_that_follows_something_is_an_index_fund() -> None:
    found = [complete(symbol) for symbol in (*reference.NAMES, *reference.INDEX_CHANGES)]
    assert all(fund.provider for fund in found if fund.symbol not in {"USO", *reference.INDEX_CHANGES})
    known = [fund for fund in found if fund.index]
    assert len({fund.symbol for fund in known}) >= 120
    assert all(fund.approach and fund.approach.value is Approach.INDEX for fund in known)
