"""What every source of prices notices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from analytics.panel import PricePanel
from bot.errors import UnknownSymbols
from bot.ports import Prices
from tests.contracts.markets import CALENDAR, FRIDAY, KEYED, MARKETS, opened

PAIR = ["ISCB", "SPSM"]


@pytest.fixture(scope="module", params=MARKETS)
def prices(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prices]:
    with opened(request.param, tmp_path_factory.mktemp("home")) as market:
        yield market


async def ask(prices: Prices, symbols: list[str], through: date = FRIDAY) -> PricePanel:
    return (await prices.history(symbols, through)).panel


async def test_rows_stand_in_the_order_asked(prices: Prices) -> None:
    one, other = await ask(prices, PAIR), await ask(prices, PAIR[::-1])
    assert (one.symbols, other.symbols) == (("ISCB", "SPSM"), ("SPSM", "ISCB"))
    np.testing.assert_array_equal(one.total_return, other.total_return[::-1])
    assert not np.array_equal(one.total_return[0], one.total_return[1])


async def test_the_sessions_are_all_those_of_the_exchange(prices: Prices) -> None:
    panel = await ask(prices, PAIR)
    first: date = panel.sessions[0].astype(date)
    np.testing.assert_array_equal(panel.sessions, CALENDAR.sessions(first, FRIDAY))
    assert not np.isnan(panel.total_return[:, 0]).all()  # it begins with the first price of any symbol


@pytest.mark.parametrize(
    ("through", "as_of"),
    [
        (FRIDAY, FRIDAY),
        (date(2026, 1, 18), FRIDAY),  # a Sunday
        (date(2026, 1, 20), FRIDAY),  # a session that has not settled
        (date(2030, 1, 1), FRIDAY),
        (date(2025, 6, 30), date(2025, 6, 30)),
        (date(2025, 7, 4), date(2025, 7, 3)),  # a holiday
    ],
)
async def test_nothing_is_newer_than_asked_or_settled(prices: Prices, through: date, as_of: date) -> None:
    panel = await ask(prices, PAIR, through)
    assert panel.as_of == as_of
    assert not np.isnan(panel.total_return[:, -1]).any()


async def test_an_earlier_evening_knew_the_same_returns(prices: Prices) -> None:
    early = await ask(prices, PAIR, date(2025, 6, 30))
    late = (await ask(prices, PAIR)).through(date(2025, 6, 30))
    np.testing.assert_array_equal(early.sessions, late.sessions)
    np.testing.assert_array_equal(early.close, late.close)
    growth = [panel.total_return[:, 1:] / panel.total_return[:, :-1] for panel in (early, late)]
    np.testing.assert_allclose(growth[0], growth[1], rtol=1e-12)


async def test_a_symbol_has_the_same_prices_alone_and_in_company(prices: Prices) -> None:
    alone, both = await ask(prices, ["SPSM"]), await ask(prices, PAIR)
    np.testing.assert_array_equal(alone.total_return[0], both.total_return[1, -alone.sessions.size :])


async def test_asked_twice_it_says_the_same(prices: Prices) -> None:
    first, second = await prices.history(PAIR, FRIDAY), await prices.history(PAIR, FRIDAY)
    np.testing.assert_array_equal(first.panel.close, second.panel.close)
    np.testing.assert_array_equal(first.panel.volume, second.panel.volume)
    assert first.notes == second.notes == ()


async def test_prices_are_whole(prices: Prices) -> None:
    panel = await ask(prices, PAIR)
    np.testing.assert_array_equal(np.isnan(panel.total_return), np.isnan(panel.close))
    lives = panel.total_return[:, np.argmax(~np.isnan(panel.total_return).any(axis=0)) :]
    assert not np.isnan(lives).any()


async def test_total_return_is_never_below_the_price_return(prices: Prices) -> None:
    """Dividends are reinvested: over the years the total return runs ahead of the price."""
    panel = await ask(prices, PAIR)
    start = int(np.argmax(~np.isnan(panel.close).any(axis=0)))
    total = panel.total_return[:, -1] / panel.total_return[:, start]
    assert (total > panel.close[:, -1] / panel.close[:, start]).all()


async def test_an_index_has_levels_and_no_dividends(prices: Prices, request: pytest.FixtureRequest) -> None:
    if any(name in request.node.name for name in KEYED):
        with pytest.raises(UnknownSymbols):
            await ask(prices, ["^IRX"])
        return
    panel = await ask(prices, ["^IRX"])
    np.testing.assert_array_equal(panel.total_return, panel.close)


async def test_the_source_is_named_and_simulation_admitted(
    prices: Prices, request: pytest.FixtureRequest
) -> None:
    panel = await ask(prices, PAIR)
    assert panel.source
    assert panel.simulated == ("sample" in request.node.name)


async def test_every_unknown_symbol_is_named_with_the_likeliest_ones_meant(prices: Prices) -> None:
    with pytest.raises(UnknownSymbols) as caught:
        await prices.history(["SPSN", "ISCB", "ISBC", "QZXWVK"], FRIDAY)
    nearest = {symbol: list(like) for symbol, like in caught.value.nearest.items()}
    assert nearest == {"SPSN": ["SPSM"], "ISBC": ["ISCB"], "QZXWVK": []}


async def test_before_the_first_price_there_is_one_empty_session(prices: Prices) -> None:
    panel = await ask(prices, PAIR, date(1990, 1, 2))
    assert (panel.as_of, panel.sessions.size) == (date(1990, 1, 2), 1)
    assert np.isnan(panel.total_return).all()
