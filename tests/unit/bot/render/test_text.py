"""Numbers, dates and names as people read them, at the edges where rounding turns."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import text


def spaced(shown: str) -> str:
    """With ordinary spaces, so that the expectation can be read."""
    return shown.replace(text.NBSP, " ")


@pytest.mark.parametrize(
    ("fraction", "shown"),
    [
        (0.1613, "16.1 %"),
        (-0.2341, "-23.4 %"),
        (0.0, "0.0 %"),
        (-0.0004, "0.0 %"),
        (-0.0006, "-0.1 %"),
        (0.00049, "0.0 %"),
        (0.99951, "100.0 %"),
        (-0.99984, "-100.0 %"),
        (12.5, "1,250.0 %"),
    ],
)
def test_percent(fraction: float, shown: str) -> None:
    assert spaced(text.percent(fraction)) == shown


def test_percent_with_other_digits() -> None:
    assert spaced(text.percent(0.0004, 2)) == "0.04 %"
    assert spaced(text.percent(-0.2341, 0)) == "-23 %"
    assert spaced(text.percent(-0.004, 0)) == "0 %"


@pytest.mark.parametrize(
    ("difference", "shown"),
    [
        (0.048, "+4.8 pp"),
        (-0.0009, "-0.1 pp"),
        (0.0, "0.0 pp"),
        (0.0004, "0.0 pp"),
        (-0.0004, "0.0 pp"),
        (16.0, "+1,600.0 pp"),
    ],
)
def test_points(difference: float, shown: str) -> None:
    assert spaced(text.points(difference)) == shown


@pytest.mark.parametrize(
    ("difference", "shown"),
    [
        (-0.0024, "-24 bp"),
        (0.0004 - 0.0003, "+1 bp"),
        (0.00004, "0 bp"),
        (-0.00004, "0 bp"),
        (0.15, "+1,500 bp"),
    ],
)
def test_basis_points(difference: float, shown: str) -> None:
    assert spaced(text.basis_points(difference)) == shown


@pytest.mark.parametrize(
    ("value", "shown", "signed"),
    [
        (1.1823, "1.18", "+1.18"),
        (-0.004, "0.00", "0.00"),
        (-0.005001, "-0.01", "-0.01"),
        (0.0, "0.00", "0.00"),
        (0.995, "0.99", "+0.99"),
        (1216.39, "1,216.39", "+1,216.39"),
    ],
)
def test_ratio(value: float, shown: str, signed: str) -> None:
    # 0.995 lies a hair below its decimal in binary.
    assert text.ratio(value) == shown
    assert text.signed_ratio(value) == signed


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (253_450_000, "253 M"),
        (13_080_000_000, "13.1 bn"),
        (999_600_000, "1 bn"),
        (999_499_999, "999 M"),
        (999_500_000, "1 bn"),
        (99_949_000, "99.9 M"),
        (99_951_000, "100 M"),
        (1_000_000, "1 M"),
        (1_040_000, "1 M"),
        (1_060_000, "1.1 M"),
        (662_300, "662 k"),
        (999.6, "1 k"),
        (999.4, "999"),
        (169, "169"),
        (0, "0"),
        (-13_080_000_000, "-13.1 bn"),
        (712e9, "712 bn"),
        (34.2e12, "34.2 tn"),
        (4_321e12, "4321 tn"),
    ],
)
def test_money(amount: float, shown: str) -> None:
    assert spaced(text.money(amount)) == shown


@given(st.floats(1.0, 9e14))
def test_money_keeps_the_size(amount: float) -> None:
    number, _, unit = text.money(amount).partition(text.NBSP)
    size = {"": 1.0, "k": 1e3, "M": 1e6, "bn": 1e9, "tn": 1e12}[unit]
    assert float(number) * size == pytest.approx(amount, rel=0.051, abs=0.51)
    assert float(number) < 1000


@pytest.mark.parametrize(
    ("larger", "smaller", "shown"),
    [
        (13_080, 253.45, "52 times"),
        (2.34, 1, "2.3 times"),
        (9.949, 1, "9.9 times"),
        (9.951, 1, "10 times"),
        (59_916, 1, "59,916 times"),
    ],
)
def test_times(larger: float, smaller: float, shown: str) -> None:
    assert text.times(larger, smaller) == shown


def test_count() -> None:
    assert text.count(1578) == "1,578"
    assert text.count(7) == "7"


def test_days_do_not_wrap() -> None:
    assert text.day(date(2026, 1, 16)) == f"16{text.NBSP}Jan{text.NBSP}2026"
    assert spaced(text.day(date(2021, 9, 3))) == "3 Sep 2021"
    assert text.month(date(2025, 4, 8)) == "April 2025"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-3, "0 s"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "60 min"),
        (3600, "1 h"),
        (7300, "2 h"),
        (86400, "1 d"),
        (400_000, "5 d"),
    ],
)
def test_age(seconds: float, shown: str) -> None:
    assert spaced(text.age(seconds)) == shown


def test_listed() -> None:
    assert text.join_words([]) == ""
    assert text.join_words(["a"]) == "a"
    assert text.join_words(["a", "b"]) == "a and b"
    assert text.join_words(["a", "b", "c"], "or") == "a, b or c"


def test_escape_disarms_mentions_and_links() -> None:
    assert text.escape("<!channel> & <https://x|y>") == "&lt;!channel&gt; &amp; &lt;https://x|y&gt;"
    assert text.escape("&lt;") == "&amp;lt;"


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("ISCB", "ISCB"),
        ("a\u202eb\u2066c", "abc"),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("a\x00b\tc\x1b[31m", "a b c [31m"),
        ("\ud800x", "x"),
        ("Größe 12 € 😀 …", "Größe 12 € 😀 …"),
    ],
)
def test_printable_leaves_what_can_be_seen(typed: str, seen: str) -> None:
    assert text.printable(typed) == seen


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.934, "0.93"),
        (0.9949, "0.99"),
        (0.9968, "0.997"),
        (-0.9968, "-0.997"),
        (0.9996, "1.00"),
        (1.0, "1.00"),
    ],
)
def test_a_correlation_close_to_one_has_three_digits(value: float, words: str) -> None:
    assert text.correlation(value) == words


@pytest.mark.parametrize(
    ("gap", "digits", "words"),
    [
        (0.012, 1, "1.2 pp ahead"),
        (-0.0304, 1, "3.0 pp behind"),
        (0.0004, 1, "level"),
        (-0.0004, 1, "level"),
        (-0.0004, 2, "0.04 pp behind"),
        (0.0, 1, "level"),
    ],
)
def test_no_gap_that_rounds_to_nothing_has_a_side(gap: float, digits: int, words: str) -> None:
    assert text.side(gap, digits).replace("\u00a0", " ") == words
