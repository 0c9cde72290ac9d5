"""Facts and the day they are of."""

from __future__ import annotations

import pytest

from analytics import Basis, Fact, FundProfile, IndexChange, Kind, Query, SectorWeights, parse_window
from analytics.fund import latest_index_change
from analytics.query import settle_regime
from tests.panels import day


@pytest.mark.parametrize(
    ("as_of", "later"),
    [
        ("2026-11-29", True),
        ("2026-01-24", True),
        ("2026-01-23", False),  # a week: over weekends and holidays facts are days younger than prices
        ("2026-01-16", False),
        ("2020-01-16", False),  # an old fact is what was known
        (None, False),
    ],
)
def test_a_fact_of_more_than_a_week_later_is_none_of_the_day(as_of: str | None, later: bool) -> None:
    fact = Fact(0.0004, "issuer", day(as_of) if as_of else None)
    assert fact.postdates(day("2026-01-16")) is later


def test_weights_name_what_they_follow_and_what_they_are_parts_of() -> None:
    assert SectorWeights("GICS", {}).named == "GICS, of net assets"
    assert SectorWeights("GICS", {}, Basis.SHARES).named == "GICS, of its shares"


def changed(symbol: str, *days: str) -> FundProfile:
    changes = tuple(IndexChange(day(on), f"Index {on}") for on in days)
    return FundProfile(symbol, Kind.FUND, index_changes=changes)


def test_the_newest_change_of_index_known_on_a_day() -> None:
    known = [changed("AAA", "2017-11-16", "2020-01-24"), changed("BBB", "2019-02-01"), changed("CCC")]
    for before, symbol, on in (
        ("2026-01-16", "AAA", "2020-01-24"),
        ("2020-01-25", "AAA", "2020-01-24"),
        ("2020-01-24", "BBB", "2019-02-01"),  # on its day a change has no past to look at yet
        ("2018-01-02", "AAA", "2017-11-16"),
    ):
        found = latest_index_change(known, day(before))
        assert found is not None
        assert (found[0].symbol, found[1].on) == (symbol, day(on))
    assert latest_index_change(known, day("2017-11-16")) is None
    assert latest_index_change([], day("2026-01-16")) is None


def test_since_regime_begins_with_the_newest_change_of_what_is_asked_about() -> None:
    profiles = {
        each.symbol: each
        for each in (changed("AAA", "2020-01-24"), changed("BBB", "2021-03-19"), changed("CCC"))
    }
    asked = Query(("AAA", "CCC"), parse_window("since regime"), day("2026-01-16"))
    assert settle_regime(asked, profiles).window == parse_window("since 2020-01-24")
    beside = Query(("AAA", "CCC"), asked.window, asked.as_of, benchmark="BBB")
    assert settle_regime(beside, profiles).window == parse_window("since 2021-03-19")
    alone = Query(("CCC", "DDD"), asked.window, asked.as_of)
    assert settle_regime(alone, profiles).window == parse_window("5y")
    named = Query(("AAA", "CCC"), parse_window("3y"), asked.as_of)
    assert settle_regime(named, profiles) is named
