"""Values on disk by symbol: read at once, replaced whole, never trusted; and how they become bytes.

One file each, written beside and moved into place, so that a reader in any process sees the old value or the
new one.  Each has a checksum; what cannot be read or was changed is as good as absent, and the log says so
once.  The newest values are remembered in memory and checked against the file's stamp.
"""

from __future__ import annotations

import io
import json
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote

import numpy as np

from analytics.fund import FundProfile
from analytics.notes import Note, NoteKind
from analytics.panel import Distribution, Doubt, DoubtKind, Exchange
from bot import files
from bot.market.series import Series

if TYPE_CHECKING:
    from pydantic import TypeAdapter


T = TypeVar("T")
Stamp = tuple[int, int, int]

REMEMBERED = 256
"""Values kept in memory; a whole price history takes about 300 kB."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Codec(Generic[T]):
    """How values become bytes and back; `decode` may raise anything on bytes that are not its own."""

    encode: Callable[[T], bytes]
    decode: Callable[[bytes], T]


class DiskStore(Generic[T]):
    """Values of one kind in one folder; safe in threads and beside other processes."""

    def __init__(self, folder: Path, kind: str, codec: Codec[T]) -> None:
        self._folder, self._kind, self._codec = folder, kind, codec
        self._memory: OrderedDict[str, tuple[Stamp | None, T]] = OrderedDict()
        self._broken: dict[str, Stamp] = {}

    def get_remembered(self, symbol: str) -> T | None:
        """Return the value, where it is in memory and the file has not changed since: microseconds, no
        reading.
        """
        held = self._memory.get(symbol)
        return held[1] if held and held[0] == _stamp(self.path(symbol)) else None

    def read(self, symbol: str) -> T | None:
        """Read the value in memory or on disk; None where there is none that can be read."""
        value = self.get_remembered(symbol)
        if value is not None:
            return value
        path = self.path(symbol)
        stamp = _stamp(path)
        if stamp is None:
            return None
        try:
            value = self._codec.decode(files.unseal(self._name(path), path.read_bytes()))
        except Exception as fault:  # torn, changed, older or foreign bytes: it is fetched again
            if self._broken.get(symbol) != stamp:
                self._broken[symbol] = stamp
                log.warning("%s cannot be read and is ignored: %s", path, fault)
            return None
        self._remember(symbol, stamp, value)
        return value

    def write(self, symbol: str, value: T) -> None:
        """Put a value in place of the old one; where the disk refuses, memory alone keeps it."""
        path = self.path(symbol)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            files.replace(path, files.seal(self._name(path), self._codec.encode(value)))
        except OSError as fault:
            log.warning("%s cannot be written: %s", path, fault)
        self._remember(symbol, _stamp(path), value)

    def path(self, symbol: str) -> Path:
        """Name the file that keeps the value of a symbol; any text whatever makes one plain file name."""
        return self._folder / f"{self._kind}-{quote(symbol, safe='', errors='surrogatepass')}"

    @staticmethod
    def _name(path: Path) -> str:
        """Return what a file is sealed under: a copy of another symbol's or another source's is not its
        own.
        """
        return f"{path.parent.name}/{path.name}"

    def _remember(self, symbol: str, stamp: Stamp | None, value: T) -> None:
        self._memory[symbol] = (stamp, value)
        self._memory.move_to_end(symbol)
        while len(self._memory) > REMEMBERED:
            self._memory.popitem(last=False)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


FORMAT = 2
"""Of prices; raised when the bytes change: older ones are fetched again."""

PROFILE_FORMAT = 4
"""Of profiles; raised when they have more to tell."""
OLDER_PROFILES = frozenset({2, 3})
"""Formats that are still read: what they lack is asked for, and they are shown where the source is silent."""


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
    """One symbol's profile, what must be said of it, and when (UTC) it was asked for.

    outdated : written when profiles told less
    """

    profile: FundProfile
    notes: tuple[Note, ...]
    fetched: datetime
    outdated: bool = False


def _prices_to_bytes(entry: PriceEntry) -> bytes:
    head = {
        "format": FORMAT,
        "symbol": entry.series.symbol,
        "exchange": asdict(entry.series.exchange),
        "doubts": [[one.kind, one.session.isoformat(), one.value] for one in entry.series.doubts],
        "currency": entry.series.currency,
        "paid": [[paid.session.isoformat(), paid.amount] for paid in entry.series.distributions],
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
    # Entries of older versions have no distributions; they come with the next session's prices.
    paid = tuple(
        Distribution(symbol, date.fromisoformat(day), amount) for day, amount in head.get("paid", ())
    )
    exchange, currency = Exchange(**head["exchange"]), head["currency"]
    return PriceEntry(
        Series(symbol, sessions, total_return, close, volume, exchange, doubts, currency, paid),
        _notes_from_json(head["notes"]),
        head["source"],
        head["simulated"],
        datetime.fromisoformat(head["fetched"]),
    )


def _profile_to_bytes(entry: ProfileEntry) -> bytes:
    stored = {
        "format": PROFILE_FORMAT,
        "profile": _profiles().dump_python(entry.profile, mode="json"),
        "notes": _notes_to_json(entry.notes),
        "fetched": entry.fetched.isoformat(),
    }
    return json.dumps(stored).encode()


def _profile_from_bytes(data: bytes) -> ProfileEntry:
    stored = json.loads(data)
    outdated = stored["format"] in OLDER_PROFILES
    if not outdated and stored["format"] != PROFILE_FORMAT:
        raise ValueError(f"format {stored['format']}")
    profile = _profiles().validate_python(stored["profile"])
    notes, fetched = _notes_from_json(stored["notes"]), datetime.fromisoformat(stored["fetched"])
    return ProfileEntry(profile, notes, fetched, outdated)


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
