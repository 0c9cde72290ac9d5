"""An amount in each fund: fee in money, part of the assets, days to trade; in the right currency."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.render.sections.cost import Order
from tests.unit.bot.render.sections import moods
from tests.unit.bot.render.sections.worlds import PROFILES, in_euros, two_currencies, world


def order(amount: float | None = None, **changes: object) -> Order:
    profiles = {**PROFILES, "ISCB": replace(PROFILES["ISCB"], **changes)}  # type: ignore[arg-type]
    return Order.of(moods.few("ISCB", "SPSM", profiles=profiles).comparison, amount)


@pytest.mark.parametrize(
    ("amount", "words"), [(None, "1 M USD"), (2.5e6, "2.5 M USD"), (900.0, "900 USD"), (1e9, "1 bn USD")]
)
def test_the_amount_is_named_with_its_currency(amount: float | None, words: str) -> None:
    assert order(amount).words.replace("\u00a0", " ") == words


def test_euros_are_euros() -> None:
    held = Order.of(in_euros(), 1e6)
    assert held.words.replace("\u00a0", " ") == "1 M EUR"
    assert held.money(1e6, "ISCB").replace("\u00a0", " ") == "1 M EUR"


def test_in_two_currencies_each_amount_names_its_own() -> None:
    held = Order.of(two_currencies(), 1e6)
    assert held.unit is None
    assert held.words.replace("\u00a0", " ") == "1 M of its own currency"
    assert held.money(400.0, "VWCE.DE").replace("\u00a0", " ") == "400 EUR"
    assert held.money(945.0, "SPY").replace("\u00a0", " ") == "945 USD"


def test_without_a_profile_the_prices_tell_the_currency() -> None:
    held = Order.of(moods.dark().comparison, 1e6)
    assert held.words.replace("\u00a0", " ") == "1 M USD"
    assert held.paid == held.shares == held.waits == [None, None]


def test_an_amount_whose_currency_nobody_tells_has_none() -> None:
    held = Order.of(world("unknown_currency"), 1e6)
    assert held.words.replace("\u00a0", " ") == "1 M of its own currency"
    amounts = [held.money(5e5, "ISCB"), held.show_profile_amount(5e5, "SPSM")]
    assert amounts == ["500\u00a0k\u00a0USD", "500\u00a0k"]
    assert held.shares == [pytest.approx(1e6 / 253.45e6), None]


def test_an_amount_is_no_part_of_assets_in_another_currency() -> None:
    """Prices in dollars, assets told in euros, in nothing, and in dollars."""
    for told, share in (("EUR", None), (None, None), ("USD", 1e6 / 253.45e6)):
        assert order(1e6, currency=told).shares[0] == (share and pytest.approx(share))


def test_a_fund_without_fee_or_size_has_no_amounts_and_the_other_does() -> None:
    held = order(1e6, expense_ratio=None, assets=None)
    assert held.paid == [None, pytest.approx(300.0)]
    assert held.shares == [None, pytest.approx(1e6 / 13.08e9)]


def test_a_fee_of_nothing_is_known_and_nothing() -> None:
    fact = PROFILES["ISCB"].expense_ratio
    assert fact
    assert order(1e6, expense_ratio=replace(fact, value=0.0)).paid[0] == 0.0


def test_a_fund_of_no_assets_is_no_division() -> None:
    fact = PROFILES["ISCB"].assets
    assert fact
    assert order(1e6, assets=replace(fact, value=0.0)).shares[0] is None


def test_twice_the_amount_takes_twice_the_days_and_costs_twice_as_much() -> None:
    once, twice = order(1e6), order(2e6)
    for name in ("paid", "shares", "waits"):
        single, double = getattr(once, name), getattr(twice, name)
        assert double == pytest.approx([2 * value for value in single])


def test_an_index_trades_nothing_itself() -> None:
    assert Order.of(world("rate_index"), None).waits[1] is None
