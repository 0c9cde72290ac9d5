"""Tables of prices that people keep in files: which column is what, and what is wrong on which line.

Nothing is guessed but the names of columns, and `watchpoint doctor` says how those were read.  A number that
is none, a day that may be two, a price told twice are refused, with file and line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from analytics.panel import DateArray, FloatArray
from bot.market.series import Events, IntArray, Series, place_events

MOST_BYTES = 256 * 2**20
"""Of one file: thirty thousand fund years of closes."""
SHOWN = 40
"""Characters of what a file holds that are shown."""


class Column(StrEnum):
    """What a column may hold."""

    DATE = "date"
    SYMBOL = "symbol"
    CLOSE = "close"
    TOTAL = "total return or adjusted close"
    DIVIDENDS = "dividends"
    SPLITS = "splits"
    VOLUME = "volume"
    CURRENCY = "currency"
    EXCHANGE = "exchange"
    SOURCE = "source"


_NAMED = """
date        date day session asof tradedate pricedate valuedate timestamp datum
symbol      symbol ticker fund security instrument
close       close closeprice closingprice price nav pxlast last schlusskurs
total       adjclose adjustedclose adjclosingprice totalreturn totalreturnindex totalreturnlevel tri tr
            totrethlinddvds totretindexgrossdvds
dividends   dividend dividends div divcash distribution distributions
splits      split splits stocksplits splitfactor
volume      volume vol shares sharestraded pxvolume
currency    currency ccy
exchange    exchange mic
source      source vendor
"""


def _names() -> dict[Column, frozenset[str]]:
    lines = _NAMED.replace("\n            ", " ").strip().splitlines()
    return {Column[line.split()[0].upper()]: frozenset(line.split()[1:]) for line in lines}


NAMES: Mapping[Column, frozenset[str]] = _names()
"""How columns are called, without blanks, points and capitals."""

_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?)?")
_MISSING = frozenset({"", "nan", "na", "n/a", "#n/a", "null", "none", "-"})


class TableFault(Exception):
    """What is wrong with a file.  line: as an editor counts them, 0: the file as a whole."""

    def __init__(self, file: str, line: int, what: str) -> None:
        self.file, self.line, self.what = file, line, what
        super().__init__(f"{file}, line {line}: {what}" if line else f"{file}: {what}")


@dataclass(frozen=True, eq=False)
class PriceRows:
    """The rows of one symbol, by day.

    days : (D,) strictly increasing
    total, close, dividends, volume, splits : (D,), NaN where a cell is empty; None without a column
    currency, exchange, source : as the file writes them, empty where it does not
    """

    days: DateArray
    total: FloatArray | None = None
    close: FloatArray | None = None
    dividends: FloatArray | None = None
    volume: FloatArray | None = None
    splits: FloatArray | None = None
    currency: str = ""
    exchange: str = ""
    source: str = ""

    def events(self, sessions: DateArray) -> Events:
        """Put dividends and splits on sessions."""
        none = np.zeros(sessions.size)
        paid = none if self.dividends is None else place_events(sessions, self.days, self.dividends)
        if self.splits is None:
            return Events(paid, none, none + 1.0)
        factors = np.log(np.where(self.splits > 0, self.splits, 1.0))
        return Events(paid, none, np.exp(place_events(sessions, self.days, factors)))


@dataclass(frozen=True, eq=False)
class PriceTable:
    """One file: its rows by symbol, and how its columns were read.

    columns : by what it holds, the name in the file;  unused : names that mean nothing here
    """

    file: str
    rows: Mapping[str, PriceRows]
    columns: Mapping[Column, str]
    unused: tuple[str, ...] = ()

    @property
    def read_as(self) -> str:
        """How the columns were read, for `watchpoint doctor`."""
        read = [f"{held.value} from {_shown(name)}" for held, name in self.columns.items()]
        total = [] if Column.TOTAL in self.columns else ["total return from close and dividends"]
        unused = f"; not used: {', '.join(map(_shown, self.unused))}" if self.unused else ""
        return f"{', '.join([*read, *total])}{unused}."

    @property
    def held(self) -> str:
        """What it has prices of, and for which days."""
        first = min(rows.days[0] for rows in self.rows.values())
        last = max(rows.days[-1] for rows in self.rows.values())
        named = "1 symbol" if len(self.rows) == 1 else f"{len(self.rows)} symbols"
        return f"{self.file} ({named}, {first} to {last})"


@dataclass(frozen=True)
class _Cells:
    """A file as text: names of columns, then rows, each with its line."""

    file: str
    header: Sequence[str]
    columns: Sequence[Sequence[str]]
    lines: Sequence[int]
    decimal_comma: bool = False


def read_table(file: str, content: bytes, symbol: str | None) -> PriceTable:
    """Read the prices of a file.

    Parameters
    ----------
    file : its name; one that ends in .parquet is read as Parquet, any other as CSV
    symbol : whose prices they are where no column says so; None where its name is no symbol

    Raises
    ------
    TableFault with the line of the first thing that is wrong.
    """
    if len(content) > MOST_BYTES:
        raise TableFault(
            file, 0, f"it has {len(content) / 2**20:.0f} MB; at most {MOST_BYTES // 2**20} are read."
        )
    cells = _parquet(file, content) if file.lower().endswith(".parquet") else _csv(file, content)
    columns = _roles(cells)
    named = {held: cells.header[at] for held, at in columns.items()}
    unused = tuple(name for at, name in enumerate(cells.header) if at not in columns.values())
    _require_columns(file, columns, symbol)
    days = _days(cells, columns[Column.DATE])
    numbers = {held: _numbers(cells, columns[held], held) for held in _NUMERIC if held in columns}
    table = _ColumnsRead(cells, days, numbers, columns)
    rows = {name: table.rows_of(at, name) for name, at in _by_symbol(cells, columns, symbol)}
    return PriceTable(file, rows, named, unused)


_NUMERIC = (Column.TOTAL, Column.CLOSE, Column.DIVIDENDS, Column.VOLUME, Column.SPLITS)


@dataclass(frozen=True, eq=False)
class _ColumnsRead:
    """The columns of a file, read; each has one entry a row."""

    cells: _Cells
    days: DateArray
    numbers: Mapping[Column, FloatArray]
    columns: Mapping[Column, int]

    def rows_of(self, at: IntArray, symbol: str) -> PriceRows:
        """Pick the rows of one symbol in the order of their days; TableFault where a day is told twice."""
        order = at[np.argsort(self.days[at], kind="stable")]
        days = self.days[order]
        twice = np.flatnonzero(days[1:] == days[:-1])
        if twice.size:
            one, other = sorted(self.cells.lines[row] for row in order[twice[0] : twice[0] + 2])
            raise TableFault(
                self.cells.file, other, f"{days[twice[0]]} of {symbol} is told on line {one}, too."
            )
        self._check_signs(order)
        own = {held: values[order] for held, values in self.numbers.items()}
        return PriceRows(
            days,
            own.get(Column.TOTAL),
            own.get(Column.CLOSE),
            own.get(Column.DIVIDENDS),
            own.get(Column.VOLUME),
            own.get(Column.SPLITS),
            self._same(Column.CURRENCY, order, symbol),
            self._same(Column.EXCHANGE, order, symbol),
            self._same(Column.SOURCE, order, symbol),
        )

    def _check_signs(self, order: IntArray) -> None:
        for held, values in self.numbers.items():
            low = values[order] <= 0 if held is Column.TOTAL else values[order] < 0
            if held is not Column.CLOSE and low.any():  # a future may be priced below zero
                row = int(order[np.argmax(low)])
                least = "above 0" if held is Column.TOTAL else "0 or more"
                raise _cell_fault(self.cells, self.columns[held], row, f"has to be {least}.")

    def _same(self, held: Column, order: IntArray, symbol: str) -> str:
        """Return the one thing that a column says of a symbol, empty where it says nothing."""
        if held not in self.columns:
            return ""
        column = self.columns[held]
        said = [self.cells.columns[column][row].strip() for row in order]
        first = next(filter(None, said), "")
        for row, word in zip(order.tolist(), said, strict=True):
            if word and word != first:
                raise _cell_fault(
                    self.cells, column, row, f"is not what is said of {symbol} above, {_shown(first)}."
                )
        return first


def _by_symbol(
    cells: _Cells, columns: Mapping[Column, int], symbol: str | None
) -> Iterator[tuple[str, IntArray]]:
    """Yield the rows of each symbol."""
    if Column.SYMBOL not in columns:
        assert symbol, "asked for where it is missing"
        yield symbol, np.arange(len(cells.lines))
        return
    at: dict[str, list[int]] = {}
    for row, name in enumerate(cells.columns[columns[Column.SYMBOL]]):
        at.setdefault(name.strip().upper(), []).append(row)
    for name, found in at.items():
        if not is_symbol(name):
            raise _cell_fault(cells, columns[Column.SYMBOL], found[0], "is no symbol.")
        yield name, np.array(found)


_SYMBOL = re.compile(r"\^?[A-Z0-9][A-Z0-9.=-]{0,14}")


def is_symbol(text: str) -> bool:
    """Tell whether a text could be the symbol of a fund or an index."""
    return _SYMBOL.fullmatch(text) is not None


def _roles(cells: _Cells) -> dict[Column, int]:
    """Find what each column holds by its name; TableFault where two may hold the same."""
    found: dict[Column, int] = {}
    for held, names in NAMES.items():
        meant = [at for at, name in enumerate(cells.header) if _plain(name) in names]
        if len(meant) > 1:
            both = " and ".join(_shown(cells.header[at]) for at in meant)
            raise TableFault(
                cells.file, 1, f"{both} may both be the {held.value}; name one of them otherwise."
            )
        if meant:
            found[held] = meant[0]
    return found


def _require_columns(file: str, columns: Mapping[Column, int], symbol: str | None) -> None:
    if Column.DATE not in columns:
        raise TableFault(file, 1, "there is no column of days; call it `date`.")
    if Column.SYMBOL not in columns and symbol is None:
        told = "there is no column `symbol`, and the file's name is no symbol: call it like `ISCB.csv`."
        raise TableFault(file, 1, told)
    if Column.TOTAL in columns:
        return
    if Column.CLOSE not in columns:
        told = "there is no column of prices; call it `close`, `adjusted close` or `total return`."
        raise TableFault(file, 1, told)
    index = symbol is not None and Column.SYMBOL not in columns and symbol.startswith("^")
    if Column.DIVIDENDS not in columns and not index:
        raise TableFault(
            file,
            1,
            "a close without dividends tells no total return: add a column `dividends` (0 where none is "
            "paid), or `adjusted close`.",
        )


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _shown(text: str) -> str:
    """Show what a file holds, safe between backticks."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text).replace("`", "'")
    return f"`{plain if len(plain) <= SHOWN else plain[:SHOWN] + '…'}`"


def _cell_fault(cells: _Cells, column: int, row: int, what: str) -> TableFault:
    given, name = _shown(cells.columns[column][row]), _shown(cells.header[column])
    return TableFault(cells.file, cells.lines[row], f"{given} in column {name} {what}")


def _days(cells: _Cells, column: int) -> DateArray:
    days = np.empty(len(cells.lines), dtype="datetime64[D]")
    for row, text in enumerate(cells.columns[column]):
        found = _DAY.fullmatch(text.strip())
        try:
            days[row] = date(*map(int, found.groups())) if found else _no_day()
        except ValueError:
            raise _cell_fault(cells, column, row, "is no day like 2026-01-16.") from None
    return days


def _no_day() -> date:
    raise ValueError("no day")


def _numbers(cells: _Cells, column: int, held: Column) -> FloatArray:
    """Read a column of numbers, NaN where a cell is empty."""
    texts = cells.columns[column]
    values = np.empty(len(texts))
    for row, text in enumerate(texts):
        values[row] = _number(text, decimal_comma=cells.decimal_comma)
        if np.isinf(values[row]):
            raise _cell_fault(cells, column, row, f"is no number, where the {held.value} stands.")
    return values


_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)


def _number(text: str, *, decimal_comma: bool) -> float:
    """Read a number; NaN for none, infinity for what is none.

    decimal_comma : the comma stands before the fraction, as it may where semicolons part the columns
    """
    plain = text.strip()
    if plain.lower() in _MISSING:
        return float("nan")
    if decimal_comma and "." not in plain:
        plain = plain.replace(",", ".")
    elif _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    return float(plain) if _NUMBER.fullmatch(plain) else float("inf")


def _csv(file: str, content: bytes) -> _Cells:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise TableFault(file, line, "it is no text in UTF-8.") from None
    if "\0" in text:
        raise TableFault(file, text[: text.index("\0")].count("\n") + 1, "it is no text.")
    first = next(iter(text.splitlines()), "")
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                continue
            if len(cells) != len(header):
                told = f"it has {len(cells)} columns, and the first line {len(header)}."
                raise TableFault(file, reader.line_num, told)
            rows.append(cells)
            lines.append(reader.line_num)
    except csv.Error as fault:
        raise TableFault(file, reader.line_num, f"it cannot be read as CSV ({fault}).") from None
    return _filled(_Cells(file, header, list(zip(*rows, strict=True)), lines, separator == ";"))


def _parquet(file: str, content: bytes) -> _Cells:
    import pandas as pd

    try:
        frame = pd.read_parquet(io.BytesIO(content))
    except ImportError:
        told = "Parquet is read where `pyarrow` is installed beside the bot; else save it as CSV."
        raise TableFault(file, 0, told) from None
    except Exception as fault:  # whatever the reader of a foreign format stumbles on
        raise TableFault(file, 0, f"it cannot be read as Parquet ({type(fault).__name__}).") from None
    if frame.index.name is not None:
        frame = frame.reset_index()
    header = [str(name) for name in frame.columns]
    columns = [_texts(frame.iloc[:, at].tolist()) for at in range(len(header))]
    return _filled(_Cells(file, header, columns, range(1, len(frame) + 1)))


def _texts(values: Iterable[object]) -> list[str]:
    return ["" if value is None or value != value else str(value) for value in values]


def _filled(cells: _Cells) -> _Cells:
    if not cells.header:
        raise TableFault(cells.file, 0, "it is empty.")
    if not cells.lines:
        raise TableFault(cells.file, 0, "it has no rows beneath the names of its columns.")
    return cells


def write_table(series: Series, source: str) -> bytes:
    """Write a series as CSV that reads back to the same numbers, and says whose they are.

    A session without a price has a row without one, so that the file says it is missing; what was paid in
    another currency is left out.
    """
    paid = {each.session: each.amount for each in series.distributions if each.amount is not None}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ("date", "close", "adjusted close", "dividends", "volume", "currency", "exchange", "source")
    )
    values = np.stack([series.close, series.total_return, series.volume], axis=1).tolist()
    for day, (close, total, volume) in zip(series.sessions.tolist(), values, strict=True):
        cells = [day.isoformat(), _cell(close), _cell(total), _cell(paid.get(day, 0.0)), _cell(volume)]
        writer.writerow([*cells, series.currency or "", series.exchange.code, source])
    return out.getvalue().encode()


def _cell(value: float) -> str:
    """Write a number with all its digits, empty where it is not known."""
    if value != value:
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
