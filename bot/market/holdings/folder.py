"""All files of a folder: found, read, kept while they stay as they are, told of to `watchpoint doctor`."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import stat
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from threading import Lock

from analytics.fund import FundProfile
from analytics.holdings import HoldingsList
from bot.market.holdings.files import MOST_BYTES, make_list, read_list
from bot.market.holdings.lists import ListContent, UnreadableList
from bot.ports import Clock, Finding, Level

log = logging.getLogger(__name__)

MOST_FILES = 2_000
AHEAD = timedelta(days=1)
"""How far ahead a list may be dated: the day begins earlier elsewhere."""
DEEPEST = 3
"""Folders within the folder."""
KEPT = 24
"""Lists that stay in memory, a megabyte for two thousand positions; others are read again when asked for."""
_SYMBOL = re.compile(r"[A-Z][A-Z0-9]{0,5}(?:\.[A-Z]{1,3})?")
_NO_SYMBOLS = frozenset(
    (
        *("A", "AN", "AS", "AT", "BY", "CSV", "DATA", "DAILY", "EN", "ETF", "ETFS", "EU", "FEED", "FILE"),
        *("FUND", "FUNDS", "HOLDING", "HOLDINGS", "I", "IN", "ISHARES", "LIST", "NPORT", "OF", "ON", "PORT"),
        *("SEC", "SPDR", "SSGA", "THE", "TO", "TXT", "UK", "US", "USD", "V", "XLS", "XLSX", "XML"),
    )
)
"""Words in names of files that are no symbols."""
_FIRST_CHOICE = ("iShares CSV", "SSGA XLSX")
_ISO = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")

_Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class FoundFile:
    """A file as it was read.

    path : within its folder
    symbol : of its fund, empty where only the fund's name is known
    fund : the fund's name, empty where it is not told
    wrong, advice : why it cannot be used, empty where it can be
    """

    path: Path
    stamp: _Stamp
    kind: str = ""
    symbol: str = ""
    fund: str = ""
    as_of: date | None = None
    positions: int = 0
    wrong: str = ""
    advice: str = ""


class HoldingsFolder:
    """Lists of holdings in folders, read again where a file has changed.

    folders : looked through in this order; one that is not there holds nothing
    """

    def __init__(self, folders: Sequence[Path], clock: Clock) -> None:
        self._folders, self._clock = tuple(folders), clock
        self._found: dict[Path, FoundFile] = {}
        self._lists: OrderedDict[tuple[Path, _Stamp], HoldingsList] = OrderedDict()
        self._lock = Lock()

    async def lists(self, profiles: Mapping[str, FundProfile]) -> Mapping[str, tuple[HoldingsList, ...]]:
        """Return all lists of funds by symbol, the oldest first.

        profiles : of the funds asked about; a list that names its fund but no symbol is known by the name
        """
        return await asyncio.to_thread(self._lists_of, profiles)

    async def examine(self) -> tuple[Finding, ...]:
        """Say of each file what it is, of which day, and what is wrong with it."""
        return tuple(await asyncio.to_thread(lambda: [*self._findings()]))

    def _lists_of(self, profiles: Mapping[str, FundProfile]) -> dict[str, tuple[HoldingsList, ...]]:
        with self._lock:
            self._look()
            found: dict[str, dict[date, tuple[tuple[int, int], HoldingsList]]] = {}
            named = {_plain(profile.name): symbol for symbol, profile in profiles.items() if profile.name}
            for file in self._found.values():
                symbol = file.symbol or named.get(_plain(file.fund), "")
                if symbol not in profiles or file.wrong or file.as_of is None or self._is_to_come(file):
                    continue
                rank = (file.kind in _FIRST_CHOICE, file.stamp[0])
                known = found.setdefault(symbol, {}).get(file.as_of)
                if known is None or known[0] < rank:
                    listed = self._list(file)
                    if listed:
                        found[symbol][file.as_of] = rank, replace(listed, symbol=symbol)
        return {
            symbol: tuple(by_day[day][1] for day in sorted(by_day))
            for symbol, by_day in found.items()
            if by_day
        }

    def _list(self, file: FoundFile) -> HoldingsList | None:
        key = file.path, file.stamp
        if key in self._lists:
            self._lists.move_to_end(key)
            return self._lists[key]
        self._read(file.path, file.stamp)  # it is not in memory any more
        return self._lists.get(key)

    def _look(self) -> None:
        """Find all files; read those that are new or have changed, forget those that are gone."""
        there = {}
        for root in self._folders:
            for path, stamp, wrong in _files(root):
                known = self._found.get(path)
                if wrong:
                    there[path] = FoundFile(path, stamp, wrong=wrong, advice="Take it out of the folder.")
                elif known and known.stamp == stamp:
                    there[path] = known
                else:
                    there[path] = self._read(path, stamp)
        self._found = there

    def _is_to_come(self, file: FoundFile) -> bool:
        return file.as_of is not None and file.as_of > self._clock.now().date() + AHEAD

    def _read(self, path: Path, stamp: _Stamp) -> FoundFile:
        try:
            content = read_list(_bytes(path))
            symbol, as_of = _fund_and_day(content, path, self._folders)
            listed = make_list(content, symbol, as_of)
        except UnreadableList as fault:
            return FoundFile(path, stamp, wrong=fault.wrong, advice=fault.advice)
        except OSError as error:
            told = error.strerror or type(error).__name__
            return FoundFile(
                path, stamp, wrong=f"It cannot be opened: {told}.", advice="Let the bot read it."
            )
        self._lists[path, stamp] = listed
        while len(self._lists) > KEPT:
            self._lists.popitem(last=False)
        return FoundFile(path, stamp, content.kind, symbol, content.fund, as_of, len(listed.positions))

    def _findings(self) -> Iterator[Finding]:
        with self._lock:
            self._look()
            files = sorted(
                self._found.values(), key=lambda file: (file.symbol, file.as_of or date.min, file.path)
            )
        for root in self._folders:
            if not root.is_dir():
                yield Finding(
                    Level.FAULT,
                    f"Holdings: there is no folder {root}.",
                    "Make it, or correct WATCHPOINT_HOLDINGS.",
                )
        seen: dict[tuple[str, date | None], Path] = {}
        for file in files:
            name = self._shown(file.path)
            if file.wrong:
                yield Finding(Level.FAULT, f"Holdings: {name}: {file.wrong}", file.advice)
                continue
            if self._is_to_come(file):
                ahead = f"Holdings: {name}: its day, {file.as_of}, is yet to come."
                yield Finding(Level.FAULT, ahead, "Correct its date.")
                continue
            fund = file.symbol or file.fund
            told = f"{file.kind} of {fund}, {file.as_of}, {file.positions:,} positions"
            twin = seen.setdefault((fund, file.as_of), file.path)
            if twin is not file.path:
                twice = f"Holdings: {name}: {told}; the same fund and day as {self._shown(twin)}."
                yield Finding(Level.NOTE, twice, "One of them is used; take the other out.")
            elif not file.symbol:
                yield Finding(Level.OK, f"Holdings: {name}: {told}; used for a fund of exactly this name.")
            else:
                yield Finding(Level.OK, f"Holdings: {name}: {told}.")

    def _shown(self, path: Path) -> str:
        root = next((root for root in self._folders if path.is_relative_to(root)), path.parent)
        shown = str(path.relative_to(root))
        return "".join(letter if letter.isprintable() else "?" for letter in shown)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()


def _fund_and_day(content: ListContent, path: Path, roots: Sequence[Path]) -> tuple[str, date]:
    """Return the symbol of a file's fund, empty where only its name is known, and its day."""
    symbol = content.symbol or _symbol_of_path(path, roots)
    if not symbol and not content.fund:
        raise UnreadableList(
            "It does not say which fund it is of.", "Name it with the symbol, like IWM_2026-01-21.csv."
        )
    as_of = content.as_of or _day_of_name(path.name)
    if as_of is None:
        raise UnreadableList(
            "It does not say of which day it is.",
            "Write the day into it, above the heading: as of 2026-01-21; or into its name.",
        )
    return symbol, as_of


def _files(root: Path) -> Iterator[tuple[Path, _Stamp, str]]:
    """Yield the files of a folder, each with what is wrong with it before it is opened.

    What leads out of the folder, and what is no file, is never opened.
    """
    inside = os.path.realpath(root)
    count = 0
    for folder, folders, names in os.walk(root):
        depth = len(Path(folder).relative_to(root).parts)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and depth < DEEPEST)
        for name in sorted(names):
            if name.startswith(".") or name.endswith(("~", ".part", ".tmp")):
                continue
            count += 1
            if count > MOST_FILES:
                log.warning("%s has more than %d files; the others are not looked at", root, MOST_FILES)
                return
            path = Path(folder) / name
            try:
                found = path.stat()
            except (OSError, ValueError):
                yield path, (0, 0, 0), "It leads nowhere."
                continue
            stamp = found.st_mtime_ns, found.st_size, found.st_ctime_ns
            yield path, stamp, _wrong_before_opening(path, found, inside)


def _wrong_before_opening(path: Path, found: os.stat_result, inside: str) -> str:
    real = os.path.realpath(path)
    if os.path.commonpath([real, inside]) != inside:
        return "It leads out of the folder."
    if not stat.S_ISREG(found.st_mode):
        return "It is no file."
    if found.st_size > MOST_BYTES:
        return f"It has {found.st_size / 2**20:,.0f} MB, more than {MOST_BYTES // 2**20}."
    return ""


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _symbol_of_path(path: Path, roots: Sequence[Path]) -> str:
    """Find the one symbol in capitals in a file's name, else in that of its folder; else return nothing."""
    words = re.split(r"[^A-Za-z0-9.]+", _ISO.sub(" ", path.stem))
    named = [word for word in words if _SYMBOL.fullmatch(word) and word not in _NO_SYMBOLS]
    if len(set(named)) == 1:
        return named[0]
    folder = path.parent
    if not named and folder not in roots and _SYMBOL.fullmatch(folder.name):
        return folder.name
    return ""


def _day_of_name(name: str) -> date | None:
    for year, month, day in _ISO.findall(name):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None
