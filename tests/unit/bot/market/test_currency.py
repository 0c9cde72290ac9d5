"""Minor units are the currency; what is not told is not known."""

from __future__ import annotations

import pytest

from bot.market.series import settle_currency


@pytest.mark.parametrize(
    ("told", "currency", "units"),
    [
        ("GBp", "GBP", 100.0),
        ("GBX", "GBP", 100.0),
        ("GBP", "GBP", 1.0),
        ("ZAc", "ZAR", 100.0),
        ("ZAR", "ZAR", 1.0),
        ("ILA", "ILS", 100.0),
        ("USX", "USD", 100.0),
        ("KWF", "KWD", 1000.0),
        ("usd", "USD", 1.0),
        (" EUR ", "EUR", 1.0),
        ("", None, 1.0),
        (None, None, 1.0),
        (float("nan"), None, 1.0),
        (7, None, 1.0),
    ],
)
def test_a_currency_as_told(told: object, currency: str | None, units: float) -> None:
    assert settle_currency(told) == (currency, units)
