"""How far a number may stray from its twin: 1e-9 of itself, and what rounding must leave.

A sum of returns of size m is known to about 1e-16 m.  Where a number is a small difference or a quotient by
a small scatter of large returns (a constant fund under a changing rate, a crash beside tiny moves), that
rounding is a larger part of it, in either arithmetic.  `slack` is that part, with a factor of about fifty to
spare.
"""

from __future__ import annotations

from tests.oracles.slow import (
    Series,
    columns,
    deviation,
    downside,
    enough,
    enough_pairs,
    kurtosis,
    mean,
    product_moment,
    side,
    skewness,
    weekly,
)

DIGITS = 1e-14
RELATIVE = 1e-9
YEAR = 252**0.5


def slack(name: str, twin: Series) -> float:
    """Absolute tolerance for one measure on one series."""
    if name in {"tracking_error_weekly", "correlation_weekly"}:
        return slack(name.removesuffix("_weekly"), weekly(twin))
    if name in {"beta_up", "beta_down"}:
        pairs = side(twin, 1 if name == "beta_up" else -1)
        return _of_line("beta", *pairs) if len(pairs[0]) > 1 else 0.0
    if name == "r_squared":
        return 2 * slack("correlation", twin)
    if name in {"beta", "alpha", "correlation", "information_ratio", "tracking_error"}:
        return _of_pairs(name, twin) if enough_pairs(twin) else 0.0
    return _of_one(name, twin) if enough(twin) else DIGITS


def _of_one(name: str, twin: Series) -> float:
    excess = twin.excess
    unit = DIGITS * max(map(abs, excess))
    short, spread = max(downside(excess), 1e-12), max(deviation(excess), 1e-12)
    if name == "sharpe":
        return YEAR * unit / spread * (1 + abs(mean(excess)) / spread)
    if name == "sortino":
        return YEAR * unit / short * (1 + abs(mean(excess)) / short)
    if name == "omega":
        below = max(-mean([min(value, 0.0) for value in excess]), 1e-12)
        return unit / below * (1 + abs(mean(excess)) / below)
    if name in {"skewness", "kurtosis"}:
        # The largest score, to the third or fourth power, is known to as many digits as its return.
        value = (skewness if name == "skewness" else kurtosis)(twin) or 0.0
        return DIGITS * max(map(abs, twin.returns)) / spread * (3 + 4 * abs(value))
    return YEAR * unit + DIGITS


def _of_pairs(name: str, twin: Series) -> float:
    if name in {"tracking_error", "information_ratio"}:
        return _of_active(name, twin)
    return _of_line(name, *columns(twin))


def _of_active(name: str, twin: Series) -> float:
    own, other = columns(twin)
    unit = DIGITS * YEAR * (max(map(abs, own)) + max(map(abs, other)))
    strays = max(deviation(twin.active), 1e-12)
    return unit if name == "tracking_error" else unit / strays * (1 + abs(mean(twin.active)) / strays)


def _of_line(name: str, own: list[float], other: list[float]) -> float:
    large, against = max(map(abs, own)), max(map(abs, other))
    spread, scatter = max(deviation(own), 1e-12), max(deviation(other), 1e-12)
    if name == "correlation":
        return DIGITS * (large / spread + against / scatter)
    slope = abs(product_moment(own, other)) / scatter**2
    # Only the benchmark is centred, so what its mean leaves is multiplied by the whole of the fund's returns.
    of_beta = DIGITS * ((against + scatter) * large / scatter**2 + slope * against / scatter)
    return of_beta if name == "beta" else 252 * (against * of_beta + DIGITS * (large + slope * against))
