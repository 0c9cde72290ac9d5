"""A number is the same number in whatever style people write it, in every place that takes one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Unclear
from bot.language import FollowUp, Watch, read_compare, read_follow, read_watch
from bot.language.compare import Compare

TODAY = date(2026, 1, 20)
SEPARATORS = (
    *("\u2019", "'", "`", "\u02bc", "\u2032", "_", " ", "\u00a0", "\u2009", "\u202f", "\u2007"),
    *(",", "."),
)
"""Between the thousands; behind the last two the decimal mark is the other one."""
UNITS = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    " M": 10**6,
    "mn": 10**6,
    " million": 10**6,
    "bn": 10**9,
    " mrd": 10**9,
}


def grouped(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


def size(text: str) -> float | None:
    found = read_follow(f"cost size={text}", TODAY)
    assert isinstance(found, FollowUp)
    assert found.symbols == ()
    return found.amount


def spoken(text: str) -> float | None:
    found = read_follow(f"what would an order of {text} cost in ISCB", TODAY)
    assert isinstance(found, FollowUp)
    assert found.symbols == ("ISCB",)
    return found.amount


def threshold(text: str) -> float:
    found = read_watch(f"ISCB assets < {text} for 5 sessions then SPSM", TODAY)
    assert isinstance(found, Watch)
    return found.rule.conditions[0].threshold


def recovery(text: str) -> float | None:
    found = read_watch(f"ISCB assets < 10k recover {text}", TODAY)
    assert isinstance(found, Watch)
    return found.rule.conditions[0].recovery


PLACES = (size, spoken, threshold, recovery)


@settings(max_examples=150)
@given(
    st.sampled_from(PLACES),
    st.integers(1_000_000, 999_999_999_999),
    st.sampled_from(SEPARATORS),
    st.sampled_from(["", "5", "25"]),
)
def test_whole_numbers_in_groups(
    place: Callable[[str], float | None], number: int, separator: str, decimals: str
) -> None:
    point = "," if separator == "." else "."
    typed = grouped(number, separator) + (f"{point}{decimals}" if decimals else "")
    assert place(typed) == float(f"{number}.{decimals or 0}")


@settings(max_examples=150)
@given(
    st.sampled_from(PLACES),
    st.integers(1, 999),
    st.sampled_from(["", "5", "25", "05"]),
    st.sampled_from(".,"),
    st.sampled_from(sorted(UNITS.keys() - {"", "k"})),
)
def test_numbers_with_a_unit(
    place: Callable[[str], float | None], number: int, decimals: str, point: str, unit: str
) -> None:
    typed = f"{number}{point}{decimals}" if decimals else f"{number}"
    assert place(f"{typed}{unit}") == float(Decimal(f"{number}.{decimals or 0}") * UNITS[unit])


@settings(max_examples=60)
@given(
    st.sampled_from(PLACES), st.integers(1, 999), st.integers(0, 999), st.sampled_from(["k", "m", "bn", ""])
)
def test_what_can_be_two_numbers_is_asked_back(
    place: Callable[[str], float | None], first: int, second: int, unit: str
) -> None:
    with pytest.raises(
        Unclear, match=f"`{first},{second:03}` can be {first}{second:03} and {first}.{second:03}"
    ):
        place(f"{first},{second:03}{unit}")


@settings(max_examples=60)
@given(
    st.integers(1, 49),
    st.sampled_from(["", "5", "25", "125"]),
    st.sampled_from(".,"),
    st.sampled_from(["%", " %"]),
)
def test_rates(number: int, decimals: str, point: str, sign: str) -> None:
    typed = f"rf={number}{f'{point}{decimals}' if decimals else ''}{sign}"
    compared, asked = read_compare(f"ISCB SPSM {typed}", TODAY), read_follow(f"sectors {typed}", TODAY)
    watched = read_watch(f"ISCB sortino < 1 {typed}", TODAY)
    assert isinstance(compared, Compare)
    assert isinstance(asked, FollowUp)
    assert isinstance(watched, Watch)
    rates = {compared.rate, asked.rate, watched.rule.conditions[0].quantity.rate}
    assert [rate.annual for rate in rates if rate] == [
        pytest.approx(float(f"{number}.{decimals or 0}") / 100)
    ]
