"""Values on disk by symbol: read at once, replaced whole, and never trusted.

One file each, written beside and moved into place, so that a reader in any process sees the old value or the
new one.  Each has a checksum; what cannot be read or was changed is as good as absent, and the log says so
once.  The newest values are remembered in memory and checked against the file's stamp.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import quote

from bot import files

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

    def remembered(self, symbol: str) -> T | None:
        """The value, where it is in memory and the file has not changed since: microseconds, no reading."""
        held = self._memory.get(symbol)
        return held[1] if held and held[0] == _stamp(self.path(symbol)) else None

    def read(self, symbol: str) -> T | None:
        """The value in memory or on disk; None where there is none that can be read."""
        value = self.remembered(symbol)
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
        """Where the value of a symbol is kept; any text whatever makes one plain file name."""
        return self._folder / f"{self._kind}-{quote(symbol, safe='', errors='surrogatepass')}"

    @staticmethod
    def _name(path: Path) -> str:
        """What a file is sealed under: a copy of another symbol's or another source's is not its own."""
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
