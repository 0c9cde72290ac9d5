"""Which benchmark is in force."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.query import Query
from analytics.window import parse


@pytest.mark.parametrize(
    ("symbols", "held"),
    [
        (("ISCB", "SPSM", "IWM"), "SPY"),
        (("ISCB", "BRK-B", "^TNX"), "SPY"),
        (("ISCB", "SPSM", "VWCE.DE"), None),
        (("BTC-USD", "ETH-USD", "SOL-USD"), None),
        (("GC=F", "SPY", "TLT"), None),
        (("ISCB", "SPSM"), "SPSM"),
        (("ISCB",), None),
    ],
)
def test_several_are_held_against_the_broad_market_of_where_they_are_listed(
    symbols: tuple[str, ...], held: str | None
) -> None:
    assert Query(symbols, parse("1y"), date(2026, 1, 16), market=True).against == held
