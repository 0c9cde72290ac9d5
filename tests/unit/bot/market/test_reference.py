"""Suggestions for a mistyped symbol, and the facts no source sends along."""

from __future__ import annotations

from datetime import date

import pytest

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
