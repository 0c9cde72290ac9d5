"""Numbers in pictures read as those in messages, and what is not known says so."""

from __future__ import annotations

from datetime import date

import pytest

from bot.render import chart_text

NAN = float("nan")


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (chart_text.percent(0.19), "19.0 %"),
        (chart_text.percent(-0.2, 0), "-20 %"),
        (chart_text.percent(-0.0001), "0.0 %"),
        (chart_text.percent(NAN), "n/a"),
        (chart_text.points(0.02), "+2.0 pp"),
        (chart_text.points(-0.0234), "-2.3 pp"),
        (chart_text.points(0.0), "0.0 pp"),
        (chart_text.points(NAN), "n/a"),
        (chart_text.fall(-0.2338), "-23.4 %"),
        (chart_text.fall(-0.00011), "-0.01 %"),
        (chart_text.level(116.13), "116.1"),
        (chart_text.level(100.324, 2), "100.32"),
        (chart_text.level(3944.6), "3,945"),
        (chart_text.level(NAN), "n/a"),
        (chart_text.ratio(1.1823), "1.18"),
        (chart_text.ratio(NAN), "n/a"),
        (chart_text.correlation(0.9968), "0.997"),
        (chart_text.correlation(NAN), "n/a"),
        (chart_text.exact(97.6, 1), "97.6"),
        (chart_text.exact(98.0, 1), "98"),
        (chart_text.exact(60.0, 0), "60"),
        (chart_text.day(date(2026, 1, 5)), "5 Jan"),
        (chart_text.month(date(2025, 3, 1)), "Mar 2025"),
    ],
)
def test_numbers(words: str, expected: str) -> None:
    assert plain(words) == expected
