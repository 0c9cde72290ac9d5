"""A number, or the reason why there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics import Number


def test_a_defined_number_carries_no_reason() -> None:
    assert Number.of(np.float64(0.5), "never said") == Number(0.5, None)
    assert type(Number.of(np.float64(0.5)).value) is float


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_an_undefined_number_says_why(value: float) -> None:
    assert Number.of(value, "no prices") == Number(None, "no prices")
    assert Number.of(value) == Number(None, "not defined on these data")


def test_zero_is_a_number() -> None:
    assert Number.of(0.0).value == 0.0
