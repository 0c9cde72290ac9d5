"""What the sample market is made of: levels it passes through, yields, and the traits of its funds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.panel import DateArray

FIRST = date(2015, 1, 2)
CURRENCY = "USD"

# Levels of SPY, ISCB and SPSM with dividends (16 January 2026 = 100) and the market's volatility on the way
# there, percent a year.  ISCB and SPSM meet the published returns over 1, 3, 5 and 10 years to 2026-01-16 and
# over 1 year to 2026-01-09 and 2026-03-11, and the published worst falls; the rows of 2025 are tuned to the
# published volatility and Sortino ratios as well.  The others are the well-known highs and lows, rounded.
MILESTONES: tuple[tuple[str, float, float, float, float], ...] = (
    ("2015-01-02", 24.4, 41.3, 38.8, 12),
    ("2015-06-23", 25.5, 44.0, 41.6, 11),
    ("2016-01-15", 22.8, 36.1716, 33.3540, 17),
    ("2016-02-11", 22.2, 34.2, 31.4, 22),
    ("2016-12-30", 27.7, 44.9, 45.4, 13),
    ("2017-12-29", 33.7, 51.1, 52.4, 7),
    ("2018-08-31", 37.3, 58.5, 60.0, 12),
    ("2018-12-24", 30.4, 43.6, 44.3, 19),
    ("2020-02-19", 44.6, 59.3, 59.5, 12),
    ("2020-03-23", 29.5, 34.9, 34.6, 60),
    ("2020-06-08", 42.9, 53.0, 53.0, 32),
    ("2021-01-15", 50.4, 69.9736, 71.2875, 18),
    ("2021-11-08", 63.9, 82.5, 86.5, 13),
    ("2021-12-31", 64.6, 78.9, 83.2, 15),
    ("2022-09-30", 49.5, 59.27, 64.0, 22),
    ("2022-12-30", 53.0, 63.8, 70.6, 22),
    ("2023-01-13", 55.1, 67.9552, 74.8636, 21),
    ("2023-07-31", 64.2, 73.2, 79.2, 13),
    ("2023-10-27", 57.8, 61.2, 66.8, 13),
    ("2023-12-29", 66.8, 75.6, 79.0, 12),
    ("2024-11-25", 85.3, 92.6, 95.73, 12),
    ("2025-01-08", 84.2, 84.6318, 88.2935, 13),
    ("2025-01-16", 84.5, 86.1104, 89.8392, 13),
    ("2025-01-30", 86.4, 88.0, 91.0, 12.1),
    ("2025-03-11", 79.4, 77.9, 80.0, 15),
    ("2025-04-02", 81.0, 78.65, 80.53, 19.2),
    ("2025-04-08", 71.3, 67.3992, 68.9780, 30.4),
    ("2025-04-09", 78.0, 73.37, 74.44, 30),
    ("2025-07-31", 90.7, 85.1, 83.8, 16.1),
    ("2025-11-20", 94.2, 88.2, 86.6, 12.2),
    ("2026-01-09", 100.2, 99.4, 98.2, 10),
    ("2026-01-16", 100.0, 100.0, 100.0, 12),
    ("2026-03-11", 98.0, 95.8404, 96.6240, 14),
)
# 10-year and 13-week Treasury yields in percent, rounded.
RATES: tuple[tuple[str, float, float], ...] = (
    ("2015-01-02", 2.1, 0.03),
    ("2015-12-16", 2.3, 0.25),
    ("2016-07-08", 1.4, 0.3),
    ("2016-12-15", 2.6, 0.5),
    ("2017-09-07", 2.1, 1.0),
    ("2018-11-08", 3.2, 2.3),
    ("2019-09-03", 1.5, 1.9),
    ("2020-02-19", 1.6, 1.5),
    ("2020-03-09", 0.6, 0.4),
    ("2020-03-25", 0.8, 0.05),
    ("2020-08-04", 0.5, 0.1),
    ("2021-03-31", 1.7, 0.03),
    ("2021-12-20", 1.4, 0.05),
    ("2022-03-16", 2.2, 0.4),
    ("2022-06-14", 3.5, 1.7),
    ("2022-10-24", 4.2, 3.9),
    ("2023-05-04", 3.4, 5.1),
    ("2023-10-19", 5.0, 5.3),
    ("2023-12-27", 3.8, 5.2),
    ("2024-04-25", 4.7, 5.2),
    ("2024-09-16", 3.6, 4.8),
    ("2025-01-14", 4.8, 4.2),
    ("2025-01-17", 4.6, 4.2),
    ("2025-04-04", 4.0, 4.2),
    ("2025-05-21", 4.6, 4.2),
    ("2025-10-22", 4.0, 3.8),
    ("2026-01-16", 4.2, 3.6),
)


@dataclass(frozen=True)
class Traits:
    """What makes a simulated fund.

    Attributes
    ----------
    loads : exposure to the market, size and value factors
    own : its own volatility as a multiple of the market's
    price : close on 2026-01-16, USD
    payout : dividends, fraction of the price a year; None: the interest that its bonds earn
    shares : traded on an ordinary day
    drift : added return, fraction a year
    duration : of its bonds, in years; 0 for bills, None where it holds none
    first : its first session
    twin : a fund on the same index, whose own noise it shares
    """

    loads: tuple[float, float, float]
    own: float
    price: float
    payout: float | None
    shares: float
    drift: float = 0.0
    duration: float | None = None
    first: date = FIRST
    twin: str | None = None


FUNDS = {
    "ISCB": Traits((1.0, 0.9, 0.2), 0.124, 67.5, 0.01562, 10_500),
    "SPSM": Traits((1.0, 1.0, 0.6), 0.14, 50.0, 0.01842, 2_400_000),
    "IWM": Traits((1.05, 1.05, 0.1), 0.08, 266.0, 0.011, 33_000_000),
    "IJR": Traits((1.0, 1.0, 0.6), 0.015, 127.0, 0.0153, 5_500_000, drift=-0.0003, twin="SPSM"),
    "VB": Traits((1.0, 0.75, 0.1), 0.06, 273.0, 0.014, 800_000),
    "AVUV": Traits((1.0, 1.0, 1.1), 0.15, 108.0, 0.016, 900_000, first=date(2019, 9, 24)),
    "SPMD": Traits((1.0, 0.7, 0.4), 0.09, 60.5, 0.014, 2_000_000),
    "SPY": Traits((1.0, 0.0, 0.0), 0.0, 691.0, 0.0125, 72_000_000),
    "QQQ": Traits((1.15, -0.1, -0.3), 0.2, 621.0, 0.005, 48_000_000, drift=0.02),
    "TLT": Traits((0.0, 0.0, 0.0), 0.06, 87.5, None, 38_000_000, duration=15.0),
    "BIL": Traits((0.0, 0.0, 0.0), 0.0, 91.5, None, 8_500_000, drift=-0.0014, duration=0.0),
}
INDICES = ("^TNX", "^IRX")
SYMBOLS = (*FUNDS, *INDICES)

MILESTONE_DAYS: DateArray = np.array([row[0] for row in MILESTONES], dtype="datetime64[D]")
LAST_MILESTONE: date = MILESTONE_DAYS[-1].astype(date)
PRICED_ON = np.datetime64("2026-01-16", "D")
PINNED = ("SPY", "ISCB", "SPSM")
