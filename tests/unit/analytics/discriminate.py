"""A number beside the numbers that likely mistakes would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

APART = 1e-4
"""Relative distance below which a mistake would not be told from the right number."""


def assert_is(actual: float, expected: float, mistakes: Mapping[str, float]) -> None:
    """The number is the expected one, and the test would see each of the mistakes."""
    assert actual == pytest.approx(expected, rel=1e-9, abs=1e-15)
    for name, wrong in mistakes.items():
        assert abs(expected - wrong) > APART * abs(expected), f"the example cannot tell {name} apart"
