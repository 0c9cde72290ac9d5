"""Pictures of ISCB's Sortino ratio on the sample market and on real prices: the days are known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics.panel import PricePanel
from analytics.watch.operators import Op
from analytics.watch.readings import read
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Policy
from bot.clock import FixedClock
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.model import RuleVersion
from bot.render.rules.charts import rule_chart

if TYPE_CHECKING:
    from pathlib import Path

    from bot.render.chart_specs import WatchChart


pytestmark = pytest.mark.slow
RULE = Rule((Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0),), then="SPSM")
R7 = RuleVersion("T", 7, 1, "C", "U", "U", "", RULE, Policy(5), datetime(2020, 1, 2, tzinfo=UTC))


def shown(panel: PricePanel, session: date) -> WatchChart:
    found = read([RULE], panel, session.replace(year=session.year - 2), session)
    return rule_chart(R7, found, session, source=panel.source, simulated=panel.simulated)


async def test_on_the_sample_market_it_fires_and_recovers_in_february() -> None:
    market = SampleMarket(ExchangeCalendar(), FixedClock(datetime(2026, 3, 2, tzinfo=UTC)))
    panel = (await market.history(("ISCB", "SPSM"), date(2026, 2, 27))).panel
    fired, over = shown(panel, date(2026, 2, 2)), shown(panel, date(2026, 2, 18))
    assert fired.firing[-1] == (date(2026, 2, 2), date(2026, 2, 2))
    assert fired.phase == "firing"
    assert over.firing[-1] == (date(2026, 2, 2), date(2026, 2, 18))
    assert over.status.replace("\u00a0", " ").startswith("Cleared 18 Feb 2026 · ISCB 1.28")


def test_on_real_prices_it_fired_in_february_and_september_2025(market_dir: Path) -> None:
    found = shown(_panel(market_dir / "prices_adjclose"), date(2025, 9, 25))
    assert [span[0] for span in found.firing][-2:] == [date(2025, 2, 28), date(2025, 9, 25)]
    assert "ISCB 0.82, below 1.00; SPSM 0.43" in found.alt.replace("\u00a0", " ")


def _panel(folder: Path) -> PricePanel:
    files = [(folder / f"{symbol}.csv").read_text().splitlines()[1:] for symbol in RULE.priced]
    closes = [dict(line.split(",") for line in file) for file in files]
    days = sorted(set(closes[0]) & set(closes[1]))
    levels = np.array([[float(fund[day]) for day in days] for fund in closes])
    volume = np.full(levels.shape, np.nan)
    return PricePanel(
        np.array(days, dtype="datetime64[D]"), RULE.priced, levels, levels, volume, "Yahoo Finance"
    )
