"""Entries become bytes and the same entries again; bytes of anything else are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from analytics.fund import FundProfile, Kind
from analytics.notes import Note, NoteKind
from analytics.panel import Doubt, DoubtKind, Exchange
from bot.market.disk_store import PRICES, PROFILE_FORMAT, PROFILES, PriceEntry, ProfileEntry
from bot.market.series import Series
from tests.fakes.source import profile

FETCHED = datetime(2026, 1, 16, 21, 16, 1, 250_000, tzinfo=UTC)
NOTES = (
    Note(NoteKind.INDEX_CHANGED, "ISCB", {"on": date(2025, 8, 28), "to": "Another Index"}),
    Note(NoteKind.NOT_A_FUND, "ISCB", {"kind": "2026-01-16"}),  # a text that looks like a day stays a text
    Note(NoteKind.MISSING_SESSIONS, None, {"count": 3}),
)
DOUBTS = (
    Doubt(DoubtKind.UNIT, "^IRX", date(2026, 1, 6), -0.99),
    Doubt(DoubtKind.NEGATIVE, "^IRX", date(2026, 1, 7), -37.63),
)
PROFILE = ProfileEntry(profile("ISCB"), NOTES, FETCHED)


def prices(size: int = 3) -> PriceEntry:
    sessions = np.datetime64("2026-01-05") + np.arange(size)
    levels = np.linspace(10, 11, size)
    levels[1:2] = np.nan
    there = Exchange("24/7", 365, 24.0)
    series = Series("^IRX", sessions, levels, levels * 3, levels * 5, there, DOUBTS, "GBP")
    return PriceEntry(series, NOTES, "Source", True, FETCHED)


@pytest.mark.parametrize("size", [0, 1, 3])
def test_prices_there_and_back(size: int) -> None:
    before = prices(size)
    after = PRICES.decode(PRICES.encode(before))
    assert after.series.symbol == "^IRX"
    assert after.series.exchange == before.series.exchange
    assert (after.series.doubts, after.series.currency) == (DOUBTS, "GBP")
    assert after.series.sessions.dtype == np.dtype("datetime64[D]")
    for name in ("sessions", "total_return", "close", "volume"):
        np.testing.assert_array_equal(getattr(after.series, name), getattr(before.series, name))
    kept = (after.notes, after.source, after.simulated, after.fetched)
    assert kept == (NOTES, "Source", True, FETCHED)


def test_a_profile_there_and_back_with_every_field() -> None:
    assert PROFILES.decode(PROFILES.encode(PROFILE)) == PROFILE


def test_a_profile_of_nothing_there_and_back() -> None:
    before = ProfileEntry(FundProfile("^IRX", Kind.INDEX), (), FETCHED)
    assert PROFILES.decode(PROFILES.encode(before)) == before


@pytest.mark.parametrize("size", [0, 10, -1, -200])
def test_a_torn_file_of_prices_is_refused(size: int) -> None:
    with pytest.raises(Exception, match=r"."):
        PRICES.decode(PRICES.encode(prices())[:size])


@pytest.mark.parametrize("size", [0, 10, -1])
def test_a_torn_profile_is_refused(size: int) -> None:
    entry = ProfileEntry(profile("ISCB"), (), FETCHED)
    with pytest.raises(ValueError, match=r"."):
        PROFILES.decode(PROFILES.encode(entry)[:size])


def test_a_flipped_byte_among_the_prices_is_refused() -> None:
    data = bytearray(PRICES.encode(prices(200)))
    at = bytes(data).index(np.float64(10.0).tobytes())
    data[at] ^= 0xFF
    with pytest.raises(Exception, match="CRC"):
        PRICES.decode(bytes(data))


def test_another_format_is_refused() -> None:
    entry = ProfileEntry(profile("ISCB"), (), FETCHED)
    with pytest.raises(ValueError, match="format 0"):
        PROFILES.decode(in_format(0, PROFILES.encode(entry)))


def in_format(number: int, data: bytes) -> bytes:
    assert data.count(f'"format": {PROFILE_FORMAT}'.encode()) == 1
    return data.replace(f'"format": {PROFILE_FORMAT}'.encode(), f'"format": {number}'.encode())


def test_a_profile_written_before_it_told_provider_and_index_is_read_and_known_to_be_old() -> None:
    """The bytes are those of format 2, as they lie on the disks of those who run the bot."""
    data = (
        b'{"format": 2, "profile": {"symbol": "ISCB", "kind": "fund", "name": "ISCB Fund", '
        b'"currency": "EUR", "category": "Small Blend", "expense_ratio": {"value": 0.0004, '
        b'"source": "Scripted", "as_of": "2026-01-16"}, "dividend_yield": null, '
        b'"yield_kind": null, "assets": null, "holdings_count": null, "bonds": null, '
        b'"sectors": null, "holdings": null, "index_changes": '
        b'[{"on": "2021-03-19", "to": "Another Index"}]}, "notes": [], '
        b'"fetched": "2026-01-16T21:16:01.250000+00:00"}'
    )
    found = PROFILES.decode(data)
    assert found.outdated
    assert (found.profile.name, found.profile.provider, found.profile.inception) == ("ISCB Fund", None, None)
    assert found.profile.expense_ratio == PROFILE.profile.expense_ratio
    assert found.profile.index_changes == PROFILE.profile.index_changes
    assert not PROFILES.decode(PROFILES.encode(found)).outdated


def test_a_pickle_is_never_opened() -> None:
    import io

    out = io.BytesIO()
    np.savez(out, head=np.array([{"format": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        PRICES.decode(out.getvalue())
