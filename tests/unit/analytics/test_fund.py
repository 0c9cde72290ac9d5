"""Facts and the day they are of."""

from __future__ import annotations

import pytest

from analytics import Basis, Fact, SectorWeights
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
