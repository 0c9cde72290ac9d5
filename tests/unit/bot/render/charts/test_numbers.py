"""Numbers in pictures read as those in messages, and what is not known says so."""

from __future__ import annotations

from datetime import date

import pytest

from bot.render.charts import numbers

NAN = float("nan")


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (numbers.percent(0.19), "19.0 %"),
        (numbers.percent(-0.2, 0), "-20 %"),
        (numbers.percent(-0.0001), "0.0 %"),
        (numbers.percent(NAN), "n/a"),
        (numbers.points(0.02), "+2.0 pp"),
        (numbers.points(-0.0234), "-2.3 pp"),
        (numbers.points(0.0), "0.0 pp"),
        (numbers.points(NAN), "n/a"),
        (numbers.fall(-0.2338), "-23.4 %"),
        (numbers.fall(-0.00011), "-0.01 %"),
        (numbers.level(116.13), "116.1"),
        (numbers.level(100.324, 2), "100.32"),
        (numbers.level(3944.6), "3,945"),
        (numbers.level(NAN), "n/a"),
        (numbers.ratio(1.1823), "1.18"),
        (numbers.ratio(NAN), "n/a"),
        (numbers.correlation(0.9968), "0.997"),
        (numbers.correlation(NAN), "n/a"),
        (numbers.exact(97.6, 1), "97.6"),
        (numbers.exact(98.0, 1), "98"),
        (numbers.exact(60.0, 0), "60"),
        (numbers.day(date(2026, 1, 5)), "5 Jan"),
        (numbers.month(date(2025, 3, 1)), "Mar 2025"),
    ],
)
def test_numbers(words: str, expected: str) -> None:
    assert plain(words) == expected
