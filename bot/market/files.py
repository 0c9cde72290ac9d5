"""The Prices and Funds ports on a folder of files: a team's own prices, read again when they change."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np

from analytics.fund import Fact, FundProfile, Kind
from analytics.notes import INTEREST_RATES, Note, NoteKind
from analytics.panel import FloatArray
from bot.errors import Unavailable, UnknownSymbols
from bot.market import reference, series
from bot.market.calendar import UNKNOWN, Listing, calendar_of
from bot.market.checks import implausible_note, is_plausible, level_doubts, price_doubts, unknown_sessions
from bot.market.price_tables import PriceRows, PriceTable, TableFault, is_symbol, read_table
from bot.market.sample import SAMPLE_SOURCE
from bot.market.series import Series, distributions_of, on_sessions, sessions_of, settle_currency
from bot.ports import Calendar, Clock, Finding, Level, PriceHistory, Profiles

FACTS = "facts.csv"
"""What a team knows of its funds, beside the prices."""
KINDS = frozenset({".csv", ".parquet"})
MOST_FILES = 5000

Stamp = tuple[int, int, int]
Reader = Callable[[str, bytes], Any]


class WrongFile(Unavailable):
    """A file of prices cannot be read: it says which line, and what to do."""

    def __init__(self, source: str, fault: TableFault) -> None:
        super().__init__(source, str(fault), permanent=True)
        self.args = (f"{source}: {fault} {self.advice}",)

    @property
    def advice(self) -> str:
        """What a person can do about it."""
        return "Correct the file; it is read again with the next question."


class FilesMarket:
    """Prices and facts of all funds that a folder has files of.

    A file is named like its symbol, or has a column of symbols.  Nothing of the folder is written, and what
    stands beside the files is left alone.

    folder : looked through at every question; only what has changed is read
    """

    def __init__(self, calendar: Calendar, clock: Clock, folder: Path) -> None:
        self._calendar, self._clock, self._folder = calendar, clock, folder
        self._tables = _Remembered(folder, _price_table)
        self._facts = _Remembered(folder, lambda _, content: read_facts(content))
        self.source = f"Files in {folder.name or folder.absolute().name}"

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """Get prices as the port says.  Raises WrongFile where a file that may hold one of the symbols is
        wrong.
        """
        return await asyncio.to_thread(self._history, list(dict.fromkeys(symbols)), through)

    def _history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        now = self._clock.now()
        found = self._find(symbols)
        rows = [self._series(symbol, *found[symbol]) for symbol in symbols]
        notes = [note for row in rows for note in unknown_sessions(row)]
        simulated = any(kept.source == SAMPLE_SOURCE for _, kept in found.values())
        panel = series.build_panel(
            rows, self._calendar, through, now, source=self.source, simulated=simulated
        )
        return PriceHistory(panel, tuple(notes))

    def _find(self, symbols: Sequence[str]) -> dict[str, tuple[str, PriceRows]]:
        """Find the file and the rows of each symbol; raises UnknownSymbols or WrongFile."""
        tables, faults = self._tables.read(self._names())
        found: dict[str, tuple[str, PriceRows]] = {}
        for file, table in tables.items():
            for symbol in set(symbols) & table.rows.keys():
                if symbol in found:
                    told = f"it has prices of {symbol}, and so has {found[symbol][0]}; keep one of them."
                    raise WrongFile(self.source, TableFault(file, 0, told))
                found[symbol] = file, table.rows[symbol]
        unknown = [symbol for symbol in symbols if symbol not in found]
        for file, fault in faults.items():
            if _symbol_of(file) in symbols or (unknown and _symbol_of(file) is None):
                raise WrongFile(self.source, fault)
        if unknown:
            held = {symbol for table in tables.values() for symbol in table.rows}
            nearest = {
                name: [like for like in reference.similar_symbols(name) if like in held] for name in unknown
            }
            raise UnknownSymbols(self.source, nearest)
        return found

    def _series(self, symbol: str, file: str, rows: PriceRows) -> Series:
        try:
            own = calendar_of(symbol, Listing(), self._calendar)
            if rows.exchange:
                own = self._calendar.of(rows.exchange)
            elif own.exchange.code == UNKNOWN:
                own = self._calendar
        except LookupError:
            told = (
                f"the sessions of the exchange `{rows.exchange[:20]}` are not known; write a code like XNYS."
            )
            raise WrongFile(self.source, TableFault(file, 0, told)) from None
        return series_of_rows(rows, symbol, own)

    def _names(self) -> list[str]:
        try:
            found = sorted(path.name for path in self._folder.iterdir() if path.suffix.lower() in KINDS)
        except OSError as fault:
            raise Unavailable(
                self.source,
                f"the folder cannot be read, {fault.strerror}",
                permanent=True,
                detail=str(self._folder),
            ) from fault
        return [name for name in found if name != FACTS and not name.startswith(".")][:MOST_FILES]

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """Get the facts that the folder's own file has; what else is known of a fund without any source."""
        return await asyncio.to_thread(self._profiles, list(dict.fromkeys(symbols)))

    def _profiles(self, symbols: Sequence[str]) -> Profiles:
        today = self._clock.now().date()
        told, faults = self._facts.read([FACTS] if (self._folder / FACTS).is_file() else [])
        facts: Mapping[str, Mapping[str, Any]] = told.get(FACTS, {})
        answers = {
            symbol: self._profile(symbol, facts.get(symbol), faults.get(FACTS), today) for symbol in symbols
        }
        notes = tuple(note for _, found in answers.values() for note in found)
        return Profiles({symbol: profile for symbol, (profile, _) in answers.items()}, notes)

    def _profile(
        self, symbol: str, facts: Mapping[str, Any] | None, fault: TableFault | None, today: date
    ) -> tuple[FundProfile, tuple[Note, ...]]:
        empty = reference.empty_profile(symbol, today)
        if empty.kind is Kind.INDEX:
            return empty, (reference.not_a_fund_note(symbol, Kind.INDEX),)
        if facts is None:
            cause = str(fault) if fault else f"{self.source} has none in {FACTS}"
            return empty, (Note(NoteKind.NO_PROFILE, symbol, {"cause": cause}),)
        return profile_of_facts(symbol, facts, self.source, today)

    async def examine(self) -> list[Finding]:
        """Say how each file was read, for `watchpoint doctor`."""
        return await asyncio.to_thread(self._examine)

    def _examine(self) -> list[Finding]:
        try:
            tables, faults = self._tables.read(self._names())
        except Unavailable as fault:
            return [Finding(Level.FAULT, fault.in_full)]
        wrong = [
            Finding(Level.FAULT, str(fault), WrongFile(self.source, fault).advice)
            for fault in faults.values()
        ]
        if not tables and not wrong:
            return [
                Finding(Level.FAULT, f"{self.source}: there is no .csv or .parquet file in {self._folder}.")
            ]
        return wrong + [Finding(Level.OK, words) for words in _table_words(tables)]


def _table_words(tables: Mapping[str, PriceTable]) -> Iterator[str]:
    """Say how files were read, those that are read alike once."""
    alike: dict[str, list[str]] = {}
    for table in tables.values():
        alike.setdefault(table.read_as, []).append(table.held)
    for read_as, held in alike.items():
        more = f" and {len(held) - SHOWN_FILES} more" if len(held) > SHOWN_FILES else ""
        yield f"Prices of {', '.join(held[:SHOWN_FILES])}{more}: {read_as}"


SHOWN_FILES = 4


class _Remembered:
    """What files were read as, until they change."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        self._folder, self._reader = folder, reader
        self._known: dict[str, tuple[Stamp, Any]] = {}

    def read(self, names: Sequence[str]) -> tuple[dict[str, Any], dict[str, TableFault]]:
        """Read what has changed; gives what the files hold, and what is wrong with the others."""
        self._known = {name: known for name, known in self._known.items() if name in set(names)}
        results = {name: self._result(name) for name in names}
        good = {name: one for name, one in results.items() if not isinstance(one, TableFault)}
        return good, {name: one for name, one in results.items() if isinstance(one, TableFault)}

    def _result(self, name: str) -> Any:
        path = self._folder / name
        try:
            stamp, known = _stamp(path), self._known.get(name)
            if known and known[0] == stamp:
                return known[1]
            content = path.read_bytes()
            if _stamp(path) != stamp:  # it is being written: what was read may be half of it
                return TableFault(name, 0, "it is being written just now.")
        except OSError as fault:
            return TableFault(name, 0, f"it cannot be read, {fault.strerror}.")
        try:
            result = self._reader(name, content)
        except TableFault as fault:
            result = fault
        self._known[name] = stamp, result
        return result


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _price_table(name: str, content: bytes) -> PriceTable:
    return read_table(name, content, _symbol_of(name))


def _symbol_of(file: str) -> str | None:
    """Read the symbol that a file is named like; None where its name is none."""
    stem = unquote(file.rpartition(".")[0]).upper()
    return stem if is_symbol(stem) else None


def series_of_rows(rows: PriceRows, symbol: str, calendar: Calendar) -> Series:
    """Make a series, with the doubts that its checks raise.

    calendar : of the symbol's own exchange.  Rows on days without a session are dropped, sessions without a
    row are NaN.  Where there is no adjusted close, total return is (close + dividends) / previous close.
    """
    currency, unit = settle_currency(rows.currency)
    sessions = sessions_of(calendar, rows.days, rows.days[-1].item())
    none = np.full(rows.days.size, np.nan)
    told = [none if one is None else one for one in (rows.close, rows.total, rows.volume)]
    close, total, volume = on_sessions(sessions, rows.days, np.stack(told))
    close = total if rows.close is None else close
    close = np.where((close != 0) | (symbol in INTEREST_RATES), close, np.nan) / unit
    events = rows.events(sessions)
    events = replace(events, dividends=events.dividends / unit)
    if rows.total is not None:
        total = total / unit
    else:
        total = close if reference.is_index(symbol) else reinvested(close, events.paid)
    with np.errstate(invalid="ignore"):
        total = np.where((close > 0) & (total > 0), total, np.nan)
    found = Series(symbol, sessions, total, close, volume, calendar.exchange, currency=currency)
    doubtful = level_doubts if rows.dividends is None else price_doubts
    paid = distributions_of(symbol, sessions, events)
    return replace(found, doubts=doubtful(found, events), distributions=paid).trim()


def reinvested(close: FloatArray, paid: FloatArray) -> FloatArray:
    """Chain (close + paid) / previous close to a level of total return that ends at the last close.

    close : (T,), NaN where there is none.  paid : (T,) a share; what is paid on a session without a close
    counts for the next one.

    >>> reinvested(np.array([100.0, 99.0, 101.0]), np.array([0.0, 1.0, 0.0])).round(4).tolist()
    [99.0, 99.0, 101.0]
    """
    total = np.full_like(close, np.nan)
    at = np.flatnonzero(close > 0)
    if at.size:
        between = np.diff(np.cumsum(paid)[at])
        growth = np.concatenate([[1.0], (close[at[1:]] + between) / close[at[:-1]]]).cumprod()
        total[at] = growth / growth[-1] * close[at[-1]]
    return total


RATIOS = {"expenseratio": "expense ratio", "dividendyield": "yield"}
"""Columns of facts.csv that hold fractions a year, with a unit, and what they are by name."""
_RATIO = re.compile(r"(\d+(?:\.\d+)?)\s*(%|bp)", re.ASCII)
_AMOUNT = re.compile(r"\d{1,18}(?:\.\d+)?", re.ASCII)
_UNITS = {"%": 100.0, "bp": 10_000.0}


def read_facts(content: bytes) -> dict[str, dict[str, Any]]:
    """Read facts.csv: by symbol, what each column says; TableFault with the line of the first fault.

    Expense ratio and dividend yield carry their unit, `0.04 %` or `4 bp`: a bare number may be either.
    """
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as fault:
        raise TableFault(FACTS, 0, f"it cannot be read as CSV in UTF-8 ({fault}).") from None
    header = ["".join(filter(str.isalnum, name.lower())) for name in (lines[0] if lines else [])]
    if "symbol" not in header or "asof" not in header:
        raise TableFault(
            FACTS, 1, "it needs the columns `symbol` and `as of`, the day that the facts are of."
        )
    found: dict[str, dict[str, Any]] = {}
    for number, cells in enumerate(lines[1:], 2):
        if any(cell.strip() for cell in cells):
            facts = _facts_of_line(number, dict(zip(header, cells, strict=False)))
            if facts["symbol"] in found:
                raise TableFault(FACTS, number, f"{facts['symbol']} is told on an earlier line, too.")
            found[facts["symbol"]] = facts
    return found


def _facts_of_line(line: int, cells: Mapping[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    facts["symbol"] = facts.get("symbol", "").upper()
    if not is_symbol(facts["symbol"]):
        raise TableFault(FACTS, line, "the symbol is none.")
    for name in ("asof", "inception"):
        try:
            facts |= {name: date.fromisoformat(facts[name])} if name in facts or name == "asof" else {}
        except (KeyError, ValueError):
            raise TableFault(FACTS, line, f"`{name}` is no day like 2026-01-16.") from None
    for name, fact in RATIOS.items():
        if name in facts:
            told = _RATIO.fullmatch(facts[name])
            if told is None:
                raise TableFault(FACTS, line, f"the {fact} needs its unit, like `0.04 %` or `4 bp`.")
            facts[name] = float(told[1]) / _UNITS[told[2]]
    if "assets" in facts:
        if not _AMOUNT.fullmatch(facts["assets"]):
            raise TableFault(FACTS, line, "the assets are no plain number, like `253000000`.")
        facts["assets"] = float(facts["assets"])
    return facts


def profile_of_facts(
    symbol: str, facts: Mapping[str, Any], source: str, today: date
) -> tuple[FundProfile, tuple[Note, ...]]:
    """Make a profile of what a team's file says, each fact with the file's source and day.

    What is not plausible is left out with a word.
    """
    day, said = facts["asof"], str(facts.get("source") or source)

    def fact(name: str) -> Any:
        return Fact(facts[name], said, day) if name in facts else None

    refused = [name for name, kind in RATIOS.items() if name in facts and not is_plausible(kind, facts[name])]
    notes = tuple(implausible_note(symbol, RATIOS[name], facts[name]) for name in refused)
    kept = {name: None if name in refused else fact(name) for name in RATIOS}
    profile = FundProfile(
        symbol,
        Kind.FUND,
        name=str(facts.get("name", "")),
        currency=settle_currency(facts.get("currency"))[0],
        category=facts.get("category"),
        provider=fact("provider"),
        inception=fact("inception"),
        expense_ratio=kept["expenseratio"],
        dividend_yield=kept["dividendyield"],
        yield_kind=None if kept["dividendyield"] is None else "trailing 12 months",
        assets=fact("assets"),
    )
    return reference.complete_profile(profile, today), notes
