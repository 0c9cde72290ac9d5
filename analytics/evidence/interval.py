"""A range beside a number: what fits the data as well."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """Where a number lies with a given confidence, told as "between low and high".

    low, high : in the unit of the number
    level : confidence, 0.95
    method : how it was found, in words
    """

    low: float
    high: float
    level: float
    method: str
