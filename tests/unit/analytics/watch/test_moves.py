"""What left a window and what entered it: the effects sum to the change; a day's is what it alone does."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.panel import FloatArray, PricePanel
from analytics.watch.moves import find_move
from analytics.watch.quantities import quantities_at
from analytics.watch.rules import Quantity
from analytics.window import parse

DAYS = np.busday_offset(np.datetime64("2024-01-01"), np.arange(560))
MEASURES = ("total_return", "sharpe", "sortino", "volatility", "max_drawdown", "drawdown", "calmar", "cagr")


def panel(seed: int, scale: float = 0.01) -> PricePanel:
    steps = np.random.default_rng(seed).normal(0.0003, scale, (2, DAYS.size))
    levels = 100.0 * np.exp(np.cumsum(steps, axis=1))
    return PricePanel(DAYS, ("AAA", "BBB"), levels, levels, np.full(levels.shape, np.nan), "by hand")


@given(
    seed=st.integers(0, 10_000),
    measure=st.sampled_from(MEASURES),
    window=st.sampled_from(["1y", "6m", "3m", "18m", "since 2024-06-03"]),
    back=st.integers(1, 40),
    other=st.sampled_from([None, "BBB"]),
)
def test_the_effects_sum_to_the_change(
    seed: int, measure: str, window: str, back: int, other: str | None
) -> None:
    held, session = panel(seed), DAYS[-back].item()
    quantity = Quantity(measure, "AAA", other=other, window=parse(window))
    move = find_move(quantity, held, session)
    column = DAYS.size - back
    old, new = quantities_at([quantity], held, np.array([column - 1, column])).values[0]
    if move is None:
        assert not np.isfinite([old, new]).all()
        return
    assert (move.value_before, move.value_after) == (old, new)
    effects = [each.effect for each in (*move.left, *move.entered)]
    assert sum(effects) == pytest.approx(new - old, rel=1e-9, abs=1e-9)
    assert [each.session for each in move.entered] == [session]
    assert all(each.session < session for each in move.left)


def test_a_day_that_leaves_takes_its_own_return_with_it() -> None:
    """By hand: -5 % left a year of nothing else, and +1 % entered it."""
    returns = np.zeros(DAYS.size)
    end = DAYS.size - 1
    base = int(np.searchsorted(DAYS, np.datetime64(DAYS[end] - np.timedelta64(365, "D"))))
    returns[base], returns[end] = -0.05, 0.01
    levels: FloatArray = (100.0 * np.cumprod(1.0 + returns))[None].astype(np.float64)
    held = PricePanel(DAYS, ("AAA",), levels, levels, np.full(levels.shape, np.nan), "by hand")
    move = find_move(Quantity("total_return", "AAA"), held, DAYS[end].item())
    assert move is not None
    (left,) = [each for each in move.left if each.session == DAYS[base].item()]
    (entered,) = move.entered
    assert (left.returns[0][1], left.effect) == pytest.approx((-0.05, 0.05))
    assert (entered.returns[0][1], entered.effect) == pytest.approx((0.01, 0.01))


@pytest.mark.parametrize(
    ("quantity", "session"),
    [
        (Quantity("sharpe", "AAA"), DAYS[0].item()),
        (Quantity("sharpe", "AAA"), DAYS[100].item()),
        (Quantity("sharpe", "AAA"), date(2026, 1, 3)),
        (Quantity("total_return", "AAA", window=parse("ytd")), date(2026, 1, 1)),
        (Quantity("price", "AAA"), DAYS[-1].item()),
    ],
    ids=["no session before", "no full window", "no session", "a window that begins anew", "no window"],
)
def test_nothing_is_told_where_nothing_can_be(quantity: Quantity, session: date) -> None:
    assert find_move(quantity, panel(1), session) is None
