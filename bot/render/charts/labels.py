"""Labels that do not touch: the least movement that makes room."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.panel import FloatArray


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Centres as near to `wanted` as possible (least squares) whose extents do not overlap within low..high.

    Where all of them together are longer than the room they keep their distances and run over `high`.
    """
    order = np.argsort(wanted, kind="stable")
    size = np.asarray(sizes, dtype=np.float64)[order]
    # Less the distances that neighbours must keep, "no overlap" reads "never falling".
    offset = np.concatenate([[0.0], np.cumsum((size[:-1] + size[1:]) / 2)])
    free = _never_falling(np.asarray(wanted, dtype=np.float64)[order] - offset)
    floor = low + size[0] / 2
    ceiling = max(floor, high - size[-1] / 2 - offset[-1])
    placed = np.empty(size.size)
    placed[order] = np.clip(free, floor, ceiling) + offset
    return [float(centre) for centre in placed]


def _never_falling(values: FloatArray) -> list[float]:
    """The nearest sequence that never falls (isotonic regression): neighbours that fall share their mean."""
    pools: list[tuple[float, int]] = []
    for value in values:
        mean, count = float(value), 1
        while pools and pools[-1][0] > mean:
            before, members = pools.pop()
            mean, count = (before * members + mean * count) / (members + count), members + count
        pools.append((mean, count))
    return [mean for mean, count in pools for _ in range(count)]
