"""Rules in drawn worlds against the measures themselves, window by window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics import (
    BadRule,
    Combine,
    Condition,
    Exchange,
    Op,
    PricePanel,
    Quantity,
    Rate,
    Rule,
    parse_window,
)
from analytics.align import MINIMUM_RETURNS
from analytics.evidence.intervals import draw_sessions
from analytics.measures import Sample
from analytics.watch import worlds as module
from analytics.watch.rules import PRICED
from analytics.watch.running import RUNNING
from analytics.watch.worlds import (
    Past,
    Worlds,
    draw_worlds,
    lead_of,
    made_sessions,
    own_level,
    past_of,
    paths_for,
    why_not,
)
from tests.panels import levels_of, panel_of, weekdays

RNG = np.random.default_rng(16)
LENGTH = 560
MARKET = RNG.normal(0.0003, 0.01, LENGTH)
RETURNS = {
    "AAA": MARKET + RNG.normal(0.0, 0.004, LENGTH),
    "BBB": MARKET + RNG.normal(0.0001, 0.004, LENGTH),
    "CCC": RNG.normal(0.0, 0.01, LENGTH),
}
DAYS = weekdays("2023-01-02", LENGTH + 1)
PANEL = panel_of({symbol: levels_of(steps, 50.0) for symbol, steps in RETURNS.items()}, DAYS)
PAST = past_of(RETURNS, PANEL, date(2023, 1, 1), date(2026, 1, 1))
MOVING = sorted(RUNNING)
WINDOWS = {"1m": 21, "3m": 63, "1y": 252}


def small(lead: int, paths: int = 3, decided: int = 40, past: Past = PAST) -> Worlds:
    sessions = draw_sessions(past.length, [7], count=paths, steps=lead + decided, block=21)
    return Worlds(past, sessions, lead)


def quantity(measure: str, window: str = "3m", rate: float = 0.0) -> Quantity:
    against = "BBB" if getattr(PRICED[measure], "relative", False) else None
    return Quantity(measure, "AAA", window=parse_window(window), benchmark=against, rate=Rate(rate))


def plainly(asked: Quantity, worlds: Worlds, path: int, at: int) -> float:
    """The measure on the one window that ends on a session that is decided."""
    count = WINDOWS[asked.window.label]
    end = worlds.lead + at + 1
    levels, against = (
        levels_of(worlds.returns(symbol)[path])[end - count : end + 1] for symbol in ("AAA", "BBB")
    )
    years = count / 252 if count >= 252 else None
    sample = Sample(
        levels[None, :],
        made_sessions(count + 1, 252),
        (asked.rate.annual or 0.0) / 252,
        against[None, :] if asked.against else None,
        MINIMUM_RETURNS,
        years=years,
    )
    return float(PRICED[asked.measure].compute(sample)[0])


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("measure", MOVING)
def test_running_sums_are_the_measure_on_every_window(measure: str, window: str) -> None:
    asked = quantity(measure, window, 0.02)
    worlds = small(lead_of(PAST, [asked]) + 5)
    found = worlds.values(asked)
    assert found.shape == (3, 40)
    for path, at in [(0, 0), (1, 17), (2, 39)]:
        assert found[path, at] == pytest.approx(
            plainly(asked, worlds, path, at), rel=1e-8, abs=1e-10, nan_ok=True
        )


@pytest.mark.parametrize("measure", [name for name in PRICED if name not in MOVING])
def test_other_measures_are_computed_window_by_window(measure: str) -> None:
    asked = quantity(measure, "2y")  # a whole calendar year lies inside
    found = small(lead_of(PAST, [asked]), paths=2, decided=3).values(asked)
    assert found.shape == (2, 3)
    assert np.isfinite(found).all()


def test_by_window_and_by_running_sums_are_one_figure() -> None:
    # The made calendar has 250 to 254 sessions in a year of days, running sums have 252.
    asked = quantity("volatility", "1y")
    worlds = small(lead_of(PAST, [asked]) + 10)
    slow = module._Term(worlds, asked).by_window()
    assert worlds.values(asked) == pytest.approx(slow, rel=0.01)


def test_two_funds() -> None:
    gap = Quantity("sharpe", "AAA", other="CCC", window=parse_window("3m"))
    worlds = small(63)
    one, other = worlds.values(gap.of("AAA")), worlds.values(gap.of("CCC"))
    assert worlds.values(gap) == pytest.approx(one - other)
    ratio = worlds.values(replace(gap, combine=Combine.RATIO))
    alike = one * other > 0
    assert np.isnan(ratio[~alike]).all()
    assert ratio[alike] == pytest.approx((one / other)[alike])


def test_all_funds_are_drawn_together() -> None:
    worlds = draw_worlds(PAST, 21, 4)
    assert worlds.sessions.shape == (4, 21 + 756)
    assert worlds.years == 3.0
    assert worlds.returns("AAA")[2, 5] == pytest.approx(RETURNS["AAA"][worlds.sessions[2, 5]])
    assert worlds.returns("BBB")[2, 5] == pytest.approx(RETURNS["BBB"][worlds.sessions[2, 5]])
    assert (draw_worlds(PAST, 21, 4).sessions == worlds.sessions).all()
    assert (draw_worlds(PAST, 22, 4).sessions[:, :700] != worlds.sessions[:, :700]).any()


def test_blocks_of_a_month() -> None:
    worlds = draw_worlds(PAST, 252, 200)
    follows = (np.diff(worlds.sessions, axis=1) % LENGTH) == 1
    assert 1 / (1 - follows.mean()) == pytest.approx(21, rel=0.05)
    assert np.bincount(worlds.sessions.ravel(), minlength=LENGTH).min() > 0


def test_a_loss_begins_after_a_year_and_is_the_funds_alone() -> None:
    worlds = draw_worlds(PAST, 63, 3)
    asked = Quantity("total_return", "AAA", other="BBB", window=parse_window("3m"))
    before = worlds.values(asked).copy()
    losing = worlds.losing("AAA", 0.0252)
    assert (losing.returns("BBB") == worlds.returns("BBB")).all()
    fall = worlds.returns("AAA") - losing.returns("AAA")
    assert fall[:, : 63 + 252] == pytest.approx(0.0)
    assert fall[:, 63 + 252 :] == pytest.approx(0.0001)
    assert losing.values(asked)[:, :252] == pytest.approx(before[:, :252])
    assert (losing.values(asked)[:, 252:] < before[:, 252:]).all()
    assert (worlds.values(asked) == before).all()


def test_the_past_is_of_the_sessions_that_all_have() -> None:
    levels = PANEL.total_return.copy()
    levels[1, 100] = np.nan
    holed = replace(PANEL, total_return=levels, close=levels)
    past = past_of(("AAA", "BBB"), holed, date(2023, 1, 10), date(2025, 2, 14))
    assert (past.start, past.end) == (date(2023, 1, 10), date(2025, 2, 14))
    assert past.length == 548 - 1  # of 549 sessions BBB misses one
    both = PANEL.total_return[0, 101] / PANEL.total_return[0, 99] - 1
    assert both in past.returns["AAA"]
    with pytest.raises(BadRule, match="less than 2 years"):
        past_of(("AAA",), PANEL, date(2023, 6, 1), date(2025, 1, 1))


def test_the_funds_own_level() -> None:
    steps = RETURNS["AAA"]
    plain = steps.mean() / np.sqrt(np.mean(np.minimum(steps, 0.0) ** 2)) * np.sqrt(252)
    assert own_level(Quantity("sortino", "AAA"), PAST) == pytest.approx(plain)
    other = own_level(Quantity("sortino", "CCC"), PAST)
    assert other is not None
    assert own_level(Quantity("sortino", "AAA", other="CCC"), PAST) == pytest.approx(plain - other)
    assert own_level(Quantity("correlation", "AAA", benchmark="BBB"), PAST) == pytest.approx(
        np.corrcoef(RETURNS["AAA"], RETURNS["BBB"])[0, 1]
    )
    assert own_level(Quantity("drawdown", "AAA"), PAST) is None
    assert own_level(Quantity("sharpe", "AAA", "BBB", Combine.RATIO), PAST) is None


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Quantity("expense_ratio", "AAA"), "fact"),
        (Quantity("sharpe", "AAA", window=parse_window("max")), "grows"),
        (Quantity("sharpe", "AAA", window=parse_window("since 2021-03-19")), "grows"),
        (Quantity("correlation", "AAA", benchmark="^TNX"), r"\^TNX is a rate"),
        (Quantity("sharpe", "AAA", window=parse_window("ytd")), None),
        (Quantity("price_change", "AAA"), None),
    ],
)
def test_of_what_an_unchanged_world_says_nothing(asked: Quantity, reason: str | None) -> None:
    found = why_not(Rule((Condition(asked, Op.ABOVE, 0.1),)))
    assert found is None if reason is None else found is not None
    if reason and found:
        assert reason.replace("\\", "") in found


def test_fewer_paths_where_there_are_no_running_sums() -> None:
    assert paths_for([quantity("sortino")], PAST) == 500
    assert paths_for([quantity("omega", "1y")], PAST) == 12_000_000 // (252 * 756)
    assert paths_for([replace(quantity("omega", "1y"), window=parse_window("10y"))], PAST) == 20


def test_funds_whose_exchanges_close_apart() -> None:
    apart = (Exchange("XNYS"), Exchange("XTKS", close=6.0), Exchange("XNYS"))
    panel: PricePanel = replace(PANEL, exchanges=apart)
    past = past_of(("AAA", "BBB"), panel, date(2023, 1, 1), date(2026, 1, 1))
    asked = quantity("correlation", "6m")
    weekly = small(lead_of(past, [asked]), paths=2, decided=5, past=past).values(asked)
    assert np.isfinite(weekly).all()
    # From one session to the next most weeks, and so most values, are the same.
    assert np.count_nonzero(np.diff(weekly, axis=1) == 0) >= 3
    assert own_level(asked, past) is None
