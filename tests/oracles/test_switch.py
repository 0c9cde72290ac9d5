"""What a switch costs on real prices: figures worked out with another program before this one ran."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from analytics import FundProfile, Kind, PricePanel, Query, compare, parse_window
from analytics.fund import Fact
from analytics.switch import Switch, SwitchTerms, daily_volatility, weigh_switches

if TYPE_CHECKING:
    from pathlib import Path

END = date(2026, 1, 16)
PAIR = ("ISCB", "SPSM")
TRADED = (0.662e6, 123e6)
FEES = (0.0004, 0.0003)
SPREADS = SwitchTerms(spreads=(0.0012, 0.0003))


@pytest.fixture(scope="module")
def held(market_dir: Path) -> PricePanel:
    """Real adjusted closes; as many shares a day as make the value traded that the worked case assumes."""
    closes = {
        name: pd.read_csv(market_dir / "prices_adjclose" / f"{name}.csv", index_col="Date") for name in PAIR
    }
    frame = pd.DataFrame({name: rows["Close"] for name, rows in closes.items()}).dropna()
    frame.index = pd.to_datetime(frame.index)
    panel = PricePanel.from_frame(frame, source="Yahoo Finance").through(END)
    volume = np.array(TRADED)[:, None] / panel.close
    return PricePanel(
        panel.sessions,
        panel.symbols,
        panel.total_return,
        panel.close,
        volume,
        panel.source,
        currencies=("USD",) * 2,
    )


@pytest.fixture(scope="module")
def switch(held: PricePanel) -> Switch:
    profiles = {
        name: FundProfile(name, Kind.FUND, expense_ratio=Fact(fee, "published"))
        for name, fee in zip(PAIR, FEES, strict=True)
    }
    found = compare(held, profiles, Query(PAIR, parse_window("3y"), END))
    return weigh_switches(held, found, 1e5, SPREADS, ()).switches[0]


def test_volatility_is_that_of_pandas(held: PricePanel) -> None:
    frame = pd.DataFrame(held.total_return.T, columns=list(PAIR))
    expected = frame.pct_change().rolling(63).std().iloc[-1].to_numpy()
    assert daily_volatility(held.total_return) == pytest.approx(expected, rel=1e-12)
    assert expected == pytest.approx([0.010249388094, 0.010487306619], rel=1e-9)


def test_the_cost_of_100_k_on_real_prices(switch: Switch) -> None:
    parts = [leg.impact.value for leg in (switch.sold, switch.bought)]
    assert parts == pytest.approx([39.83537806966652e-4, 2.990276928114473e-4], rel=1e-9)
    assert switch.once.value == pytest.approx(50.325654997780994e-4, rel=1e-9)
    needed = [round((switch.needed(years).value or 0.0) * 1e4, 1) for years in (1, 3, 5)]
    assert needed == [49.3, 15.8, 9.1]


def test_with_the_volatility_of_a_year_it_is_the_worked_case(held: PricePanel) -> None:
    # 22.3 and 22.5 % a year are what every comparison of that day shows; 22.4 % stands for both.
    yearly = daily_volatility(held.total_return, sessions=251) * np.sqrt(252)
    assert [round(100 * each, 1) for each in yearly] == [22.3, 22.5]
    sigma = 0.224 / np.sqrt(252)
    once = 7.5e-4 + sum(sigma * np.sqrt(1e5 / traded) for traded in TRADED)
    assert [round(1e4 * once), round(1e5 * once)] == [66, 664]
