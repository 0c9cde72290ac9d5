"""Values, thresholds and distances: units, digits, and what a rounded value must not say."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.watch.operators import Op
from analytics.watch.rules import Condition
from bot.render.rules.conditions import distance_from_threshold, show_threshold, value_words
from bot.render.text import NBSP
from tests.unit.bot.render.rules.stories import ASSETS, EXPENSE, FALL, LAG, SECTOR, SHARE, SHARPE_GAP, SORTINO


def plain(words: str) -> str:
    return words.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("condition", "value", "words"),
    [
        (SORTINO, 0.94, "0.94"),
        (SORTINO, -0.001, "0.00"),
        (SHARPE_GAP, 0.31, "+0.31"),
        (SHARPE_GAP, -0.12, "-0.12"),
        (SHARE, 0.914, "0.91"),
        (FALL, -0.162, "-16.2 %"),
        (LAG, -0.034, "-3.4 pp"),
        (EXPENSE, 0.0004, "0.04 %"),
        (ASSETS, 240e6, "240 M"),
        (SECTOR, 0.213, "21.3 %"),
    ],
)
def test_each_value_has_the_unit_of_its_quantity(condition: Condition, value: float, words: str) -> None:
    assert plain(value_words(condition.quantity, value)) == words


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_no_value_is_a_dash(value: float | None) -> None:
    assert value_words(SORTINO.quantity, value) == "–"


@pytest.mark.parametrize(
    ("condition", "value", "words"),
    [
        (SORTINO, 0.996, "0.996"),
        (SORTINO, 0.99996, "0.99996"),
        (SORTINO, 1.0, "1.00"),
        (FALL, -0.1502, "-15.02 %"),
        (ASSETS, 249_800_000.0, "249,800,000"),
    ],
)
def test_a_value_never_rounds_to_the_other_side_of_its_threshold(
    condition: Condition, value: float, words: str
) -> None:
    assert plain(value_words(condition.quantity, value, (condition.threshold,))) == words


@pytest.mark.slow
@given(st.floats(-3, 3), st.sampled_from([1.0, 0.5, 0.0, -0.25]))
def test_what_is_shown_lies_on_the_side_of_the_value(value: float, threshold: float) -> None:
    read = float(value_words(SORTINO.quantity, value, (threshold,)))
    assert (read < threshold) <= (value < threshold)
    assert (read > threshold) <= (value > threshold)


@pytest.mark.parametrize(
    ("condition", "value", "words"),
    [
        (SORTINO, 1.0, "1.00"),
        (SORTINO, 0.125, "0.125"),
        (SORTINO, 1.1 * 1.1, "1.21"),
        (FALL, -0.15, "-15.0 %"),
        (FALL, -0.1575, "-15.75 %"),
        (EXPENSE, 0.000325, "0.0325 %"),
        (SHARPE_GAP, 0.0, "0.00"),
        (ASSETS, 250e6, "250 M"),
    ],
)
def test_a_threshold_has_the_digits_it_was_given_with(condition: Condition, value: float, words: str) -> None:
    assert plain(show_threshold(condition.quantity, value)) == words


@pytest.mark.parametrize(
    ("condition", "value", "words"),
    [
        (SORTINO, 0.94, "0.06 below"),
        (SORTINO, 1.0, "at the threshold"),
        (SORTINO, 1.0004, "0.0004 above"),
        (FALL, -0.173, "2.3 pp below"),
        (EXPENSE, 0.0005, "2 bp above"),
        (ASSETS, 240e6, "10 M below"),
        (SHARPE_GAP, 0.31, "0.31 above"),
        (SORTINO, math.inf, "–"),
    ],
)
def test_a_distance_is_a_size_and_a_side(condition: Condition, value: float, words: str) -> None:
    assert plain(distance_from_threshold(condition.quantity, value, condition.threshold)) == words


def test_numbers_beyond_all_sense_stay_short() -> None:
    for condition in (SORTINO, FALL, ASSETS, SHARPE_GAP):
        for words in (
            value_words(condition.quantity, 1e308, (1e307,)),
            show_threshold(condition.quantity, -1e308),
            distance_from_threshold(condition.quantity, 1e308, -1e300),
        ):
            assert len(words) < 20
    assert Condition(SORTINO.quantity, Op.BELOW, 1e308).recovery > 1e308
