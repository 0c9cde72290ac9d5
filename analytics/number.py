"""A number, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """value: None exactly where `reason` says why; never NaN, never infinite."""

    value: float | None
    reason: str | None = None

    @classmethod
    def of(cls, value: float, reason: str | None = None) -> Number:
        """A defined number, or an undefined one with its reason."""
        if math.isfinite(value):
            return cls(float(value))
        return cls(None, reason or "not defined on these data")
