"""What the cache keeps of prices and of profiles, as bytes: no pickles, only arrays and JSON."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.fund import FundProfile
from analytics.notes import Note, NoteKind
from analytics.panel import Doubt, DoubtKind, Exchange
from bot.market.disk_store import Codec
from bot.market.series import Series

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = 2
"""Raised when the bytes change: older ones are fetched again."""


@dataclass(frozen=True, eq=False)
class PriceEntry:
    """One symbol's whole history, what its checks found, and when (UTC) it was asked for."""

    series: Series
    notes: tuple[Note, ...]
    source: str
    simulated: bool
    fetched: datetime


@dataclass(frozen=True)
class ProfileEntry:
    """One symbol's profile, what must be said of it, and when (UTC) it was asked for."""

    profile: FundProfile
    notes: tuple[Note, ...]
    fetched: datetime


def _prices_to_bytes(entry: PriceEntry) -> bytes:
    head = {
        "format": FORMAT,
        "symbol": entry.series.symbol,
        "exchange": asdict(entry.series.exchange),
        "doubts": [[one.kind, one.session.isoformat(), one.value] for one in entry.series.doubts],
        "currency": entry.series.currency,
        "notes": _notes_to_json(entry.notes),
        "source": entry.source,
        "simulated": entry.simulated,
        "fetched": entry.fetched.isoformat(),
    }
    series, out = entry.series, io.BytesIO()
    np.savez(
        out,
        head=np.frombuffer(json.dumps(head).encode(), dtype=np.uint8),
        sessions=series.sessions.astype(np.int32),
        levels=np.stack([series.total_return, series.close, series.volume]),
    )
    return out.getvalue()


def _prices_from_bytes(data: bytes) -> PriceEntry:
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        head, levels = json.loads(stored["head"].tobytes()), stored["levels"]
        sessions = stored["sessions"].astype("datetime64[D]")
    if head["format"] != FORMAT or levels.shape != (3, sessions.size):
        raise ValueError(f"format {head['format']}, shapes {levels.shape} and {sessions.shape}")
    symbol, (total_return, close, volume) = head["symbol"], levels
    doubts = tuple(
        Doubt(DoubtKind(kind), symbol, date.fromisoformat(session), value)
        for kind, session, value in head["doubts"]
    )
    exchange, currency = Exchange(**head["exchange"]), head["currency"]
    return PriceEntry(
        Series(symbol, sessions, total_return, close, volume, exchange, doubts, currency),
        _notes_from_json(head["notes"]),
        head["source"],
        head["simulated"],
        datetime.fromisoformat(head["fetched"]),
    )


def _profile_to_bytes(entry: ProfileEntry) -> bytes:
    stored = {
        "format": FORMAT,
        "profile": _profiles().dump_python(entry.profile, mode="json"),
        "notes": _notes_to_json(entry.notes),
        "fetched": entry.fetched.isoformat(),
    }
    return json.dumps(stored).encode()


def _profile_from_bytes(data: bytes) -> ProfileEntry:
    stored = json.loads(data)
    if stored["format"] != FORMAT:
        raise ValueError(f"format {stored['format']}")
    profile = _profiles().validate_python(stored["profile"])
    return ProfileEntry(profile, _notes_from_json(stored["notes"]), datetime.fromisoformat(stored["fetched"]))


@cache
def _profiles() -> TypeAdapter[FundProfile]:
    from pydantic import TypeAdapter

    return TypeAdapter(FundProfile)


def _notes_to_json(notes: tuple[Note, ...]) -> list[Any]:
    def plain(value: object) -> object:
        return {"date": value.isoformat()} if isinstance(value, date) else value

    def facts(note: Note) -> dict[str, object]:
        return {name: plain(fact) for name, fact in note.facts.items()}

    return [[note.kind, note.symbol, facts(note)] for note in notes]


def _notes_from_json(stored: list[Any]) -> tuple[Note, ...]:
    def fact(value: Any) -> Any:
        return date.fromisoformat(value["date"]) if isinstance(value, dict) else value

    return tuple(
        Note(NoteKind(kind), symbol, {name: fact(value) for name, value in facts.items()})
        for kind, symbol, facts in stored
    )


PRICES = Codec(_prices_to_bytes, _prices_from_bytes)
PROFILES = Codec(_profile_to_bytes, _profile_from_bytes)
