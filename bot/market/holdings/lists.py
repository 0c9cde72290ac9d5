"""Reads a list of positions from rows of text: finds its heading, its day, its fund; checks its numbers.

Seen in the wild: four or nine lines above the heading, "-" for what is missing, thousands commas, a cash row
called US DOLLAR, pages of small print below, a total at the end.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from analytics.holdings import AssetKind, Constituent, identifiers

MOST_ROWS = 30_000
HEAD_ROWS = 60
"""Rows among which the heading must be."""
MOST_CELL = 300
"""Characters of a cell that are kept."""


class UnreadableList(Exception):
    """A file is no list of positions that can be used.

    wrong : what is wrong with it; advice : what to do
    """

    def __init__(self, wrong: str, advice: str) -> None:
        self.wrong, self.advice = wrong, advice
        super().__init__(f"{wrong} {advice}")


@dataclass(frozen=True)
class ListContent:
    """What a file tells.

    kind : what it was read as, "iShares CSV"
    symbol : of the fund, empty where the file does not say
    fund : its name, empty where the file does not say
    as_of : None where no day stands in it
    positions : weights are fractions of net assets
    total : what its weights add up to as they stand in it, fraction
    """

    kind: str
    symbol: str
    fund: str
    as_of: date | None
    positions: tuple[Constituent, ...]
    total: float


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "symbol": ("ticker", "symbol", "ticker symbol", "holding ticker", "holdings ticker", "stock ticker"),
    "name": (
        *("name", "security name", "holding", "holding name", "holdings", "description", "security"),
        *("issuer name", "company", "company name", "security description", "issuer"),
    ),
    "isin": ("isin", "isin code"),
    "cusip": ("cusip", "identifier", "cusip number"),
    "sedol": ("sedol", "sedol code"),
    "weight": (
        *("weight", "weighting", "weights", "of net assets", "of fund", "of funds", "of nav", "of tna"),
        *("percent of net assets", "percentage of fund", "net assets", "portfolio weight", "weight percent"),
        *("percentage weight", "market value weight", "of portfolio", "of market value"),
    ),
    "sector": ("sector", "gics sector", "sector name", "economic sector"),
    "kind": ("asset class", "asset type", "security type", "asset group", "type", "instrument type"),
    "value": ("market value", "marketvalue", "value", "market value usd", "base market value"),
    "quantity": ("quantity", "shares", "shares held", "units", "shares par value", "shares par", "nominal"),
    "price": ("price", "share price", "unit price", "market price"),
    "traded": ("market currency", "local currency", "trading currency"),
    "currency": ("currency", "base currency", "ccy"),
    "coupon": ("coupon", "coupon rate", "coupon percent"),
    "fund": ("fund", "fund ticker", "fund symbol", "etf", "portfolio", "account"),
    "day": ("date", "as of", "as of date", "holdings date", "as of day", "effective date"),
}
"""What columns are called, in small letters without what stands in brackets."""
_FIELDS = {words: field for field, names in COLUMNS.items() for words in names}
_NAMES = ("name", "symbol", "isin", "cusip", "sedol")


def read_rows(rows: Sequence[Sequence[str]], what: str, *, decimal_comma: bool = False) -> ListContent:
    """Read a list of positions from rows of cells.  Raises UnreadableList.

    what : "CSV" or "XLSX"; whose it is, is told from what stands above the heading
    """
    at, columns = find_heading(rows)
    above, body = rows[:at], rows[at + 1 :]
    found = [*_positions(_Columns(columns, decimal_comma, at + 2), body)]
    if not found:
        raise UnreadableList("There is no position below its heading.", "Download it again.")
    symbol, fund = _fund_above(above)
    positions, total = scale_weights(found)
    return ListContent(
        kind=f"{_issuer(above)}{what}",
        symbol=symbol or _fund_of_column({row.fund for row in found}),
        fund=fund,
        as_of=_day_of(above, {row.day for row in found}),
        positions=merge_lots(positions),
        total=total,
    )


def find_heading(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Return where the heading stands, and the column of each field that it names.

    Raises UnreadableList where no row names a weight or a market value, and what is held.
    """
    for at, row in enumerate(rows[:HEAD_ROWS]):
        columns: dict[str, int] = {}
        for column, title in enumerate(row):
            field = _FIELDS.get(_title(title))
            if field:
                columns.setdefault(field, column)
        if ("weight" in columns or "value" in columns) and any(name in columns for name in _NAMES):
            return at, columns
    raise UnreadableList(
        "No row of it is a heading that names the weight (or market value) and the security of a position.",
        "Columns are found by their names, like Name, Ticker, ISIN, CUSIP, SEDOL, Weight (%), Sector, "
        "Asset Class, Market Value, Quantity, Price, Currency.",
    )


def _title(cell: str) -> str:
    bare = re.sub(r"\([^)]*\)|[%$]", " ", cell)
    return " ".join(re.sub(r"[^a-z ]+", " ", bare.casefold()).split())


_Cells = Mapping[str, str]
"""What stands in a row, by field, empty where it is missing."""


@dataclass(frozen=True)
class _Columns:
    """Columns by field, how numbers are written, and the number of the first row below the heading."""

    columns: Mapping[str, int]
    decimal_comma: bool
    first: int

    def cells(self, row: Sequence[str]) -> _Cells:
        """Return what stands in a row, without the signs of what is missing."""
        long, found = len(row), {}
        for field, column in self.columns.items():
            words = row[column].strip() if column < long else ""
            found[field] = "" if words in _MISSING else words[:MOST_CELL]
        return found

    def number(self, cells: _Cells, field: str, line: int) -> float | None:
        """Return the number of a cell, None where it is missing.  Raises UnreadableList for anything else."""
        words = cells.get(field)
        if not words:
            return None
        value = parse_number(words, decimal_comma=self.decimal_comma)
        if value is None:
            raise UnreadableList(
                f"Row {line} has {words[:40]!r} where a {field} belongs.",
                "Numbers are written like 1,234.56 or -0.05; what is missing is left empty or is a hyphen.",
            )
        return value


_MISSING = frozenset({"", "-", "--", "—", "–", "N/A", "n/a", "NA", "#N/A", "None", "null"})
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_PLAIN = re.compile(r"-?(?:\d{1,20}(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)


def parse_number(words: str, *, decimal_comma: bool = False) -> float | None:
    """Read "1,234.56", "(3.1)", "5.2%", "$7" or "1e-05"; None for anything else, infinities among it.

    decimal_comma : it is written "1.234,56"
    """
    if not decimal_comma and _PLAIN.fullmatch(words):
        return float(words)
    bare = words.strip().strip("%$€£").replace("\u00a0", "").replace(" ", "")
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    if decimal_comma:
        bare = bare.replace(".", "").replace(",", ".")
    if _PLAIN.fullmatch(bare):
        return float(bare)
    return float(bare.replace(",", "")) if _GROUPED.fullmatch(bare) else None


class WeighedRow(NamedTuple):
    """A row that is a position.

    facts : of the constituent, but for its weight
    weight, value : as they stand in it, None where they do not
    fund, day : what it says of the fund and the day of the list, empty where it says nothing
    """

    facts: Mapping[str, Any]
    weight: float | None
    value: float | None
    fund: str = ""
    day: str = ""


def _positions(table: _Columns, body: Sequence[Sequence[str]]) -> Iterator[WeighedRow]:
    """Yield the rows that are positions; small print and totals are none."""
    count = 0
    for line, row in enumerate(body, table.first):
        cells = table.cells(row)
        if sum(map(bool, cells.values())) < 2 or _is_total(cells):
            continue
        found = _position(table, cells, line)
        if found is None:
            continue
        count += 1
        if count > MOST_ROWS:
            raise UnreadableList(
                f"It has more than {MOST_ROWS:,} positions.", "No fund that is read has so many."
            )
        yield found


def _is_total(cells: _Cells) -> bool:
    names = [words for field in _NAMES if (words := cells.get(field))]
    return len(names) == 1 and names[0].casefold().startswith(("total", "grand total"))


def _position(table: _Columns, cells: _Cells, line: int) -> WeighedRow | None:
    """Return the position of a row; None where nothing is said to be held.  Raises UnreadableList."""
    named = [words for field in _NAMES if (words := cells.get(field))]
    for words in named:
        if words[0] in "=+@":
            raise UnreadableList(
                f"Row {line} has {words[:40]!r}, a formula, where a security is named.",
                "Save the values, not the formulas.",
            )
    weight, value = table.number(cells, "weight", line), table.number(cells, "value", line)
    if (weight is None and value is None) or not named:
        return None
    quantity, price = table.number(cells, "quantity", line), table.number(cells, "price", line)
    base = cells.get("currency", "").upper()
    traded = cells.get("traded", "").upper() or base
    facts = {
        "name": named[0],
        "symbol": cells.get("symbol") or None,
        "isin": cells.get("isin") or None,
        "cusip": cusip_of(cells.get("cusip", "")),
        "sedol": cells.get("sedol") or None,
        "sector": cells.get("sector") or None,
        "kind": asset_kind(cells, named[0]),
        "quantity": quantity,
        "price": _unit_price(value, quantity, price if not base or base == traded else None),
        "currency": traded or None,
    }
    return WeighedRow(facts, weight, value, cells.get("fund", "").upper(), cells.get("day", ""))


def _unit_price(value: float | None, quantity: float | None, price: float | None) -> float | None:
    """Return the price of one share in the fund's currency: a price told may be in the share's own."""
    if value and quantity and value > 0 and quantity > 0:
        return value / quantity
    return price if price and price > 0 else None


_KINDS: tuple[tuple[AssetKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (AssetKind.OTHER, r"\b(future|futures|swap|option|forward|derivative|derivatives|index|fx)\b"),
        (AssetKind.CASH, r"\b(cash|money market|currency|short[- ]term|repo|repurchase|stif)\b"),
        (
            AssetKind.BONDS,
            r"\b(fixed income|bond|bonds|debt|treasury|treasuries|note|notes|mortgage|mbs|loan)\b",
        ),
        (
            AssetKind.SHARES,
            r"\b(equity|equities|stock|stocks|share|shares|common|preferred|reit|adr|warrant|right)s?\b",
        ),
    )
)
_CASH_NAME = re.compile(
    r"(us|australian|canadian|hong kong|singapore) dollars?|euro( currency)?|pound sterling|japanese yen|"
    r"(.* )?cash( .*)?|.*\b(money market|liquid reserves?|liquidity fund|govt? fund|treasury fund)\b.*",
    re.IGNORECASE,
)
_DERIVATIVE_NAME = re.compile(r".*\b(fut|future|futures|emini|e-mini|swap|fwd)\b.*", re.IGNORECASE)


def asset_kind(cells: _Cells, name: str) -> AssetKind:
    """Tell what a position is: by the word of its list, else by its name and what identifies it."""
    if words := cells.get("kind"):
        return _kind_of_words(words)
    if _DERIVATIVE_NAME.fullmatch(name):
        return AssetKind.OTHER
    if not any(cells.get(field) for field in ("symbol", "isin", "sedol")) and _CASH_NAME.fullmatch(name):
        return AssetKind.CASH
    return AssetKind.BONDS if cells.get("coupon") else AssetKind.SHARES


@lru_cache(maxsize=256)
def _kind_of_words(words: str) -> AssetKind:
    """Return the kind that a list's own words name; OTHER where they name none."""
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), AssetKind.OTHER)


_ODD, _EVEN = 1, 2


def cusip_of(words: str) -> str | None:
    """Return a CUSIP; None for what is none.  A spreadsheet drops the zeros that one begins with.

    Examples
    --------
    >>> cusip_of("037833100"), cusip_of("37833100"), cusip_of("CASH_USD"), cusip_of("000000000")
    ('037833100', '037833100', None, None)
    """
    bare = words.strip().upper().removesuffix(".0")
    if not bare.isalnum() or not bare.isascii() or not bare.strip("0"):
        return None
    if bare.isdigit() and len(bare) < 9 and _checks(padded := bare.zfill(9)):
        return padded
    return bare if len(bare) in (8, 9) else None


def _checks(cusip: str) -> bool:
    total = 0
    for at, letter in enumerate(cusip[:8]):
        value = (int(letter) if letter.isdigit() else ord(letter) - ord("A") + 10) * (
            _EVEN if at % 2 else _ODD
        )
        total += value // 10 + value % 10
    return cusip[8].isdigit() and (10 - total % 10) % 10 == int(cusip[8])


ROUNDED = 0.00008
"""How far a weight may be from that of its market value where it is written in percent with two decimals."""


def scale_weights(rows: Sequence[WeighedRow]) -> tuple[list[Constituent], float]:
    """Return positions with their weights as fractions, and what the weights told add up to.

    Lists round weights to 0.01 %, which of two thousand small positions loses some percent of the whole:
    where a list tells all market values, and they agree with its weights, the values are taken.
    """
    told = [row.weight for row in rows if row.weight is not None]
    values = [row.value for row in rows if row.value is not None]
    unit = 1.0 if 0.5 <= sum(told) <= 2.0 else 100.0
    total = sum(told) / unit if told else 1.0
    whole = sum(values)
    if len(values) == len(rows) and whole > 0:
        for scale in (1.0, total):
            parts = [value / whole * scale for value in values]
            if all(
                row.weight is None or abs(row.weight / unit - part) <= ROUNDED
                for row, part in zip(rows, parts, strict=True)
            ):
                return [
                    Constituent(weight=part, **row.facts) for row, part in zip(rows, parts, strict=True)
                ], total
    told_rows = [(row.facts, row.weight / unit) for row in rows if row.weight is not None]
    return [Constituent(weight=weight, **facts) for facts, weight in told_rows], total


def merge_lots(positions: Iterable[Constituent]) -> tuple[Constituent, ...]:
    """Add up rows of one security; a ticker that names two of them in one list names neither."""
    found: dict[tuple[str | None, ...], Constituent] = {}
    for number, held in enumerate(positions):
        keys = identifiers(held)
        strong = keys[:3] if any(keys[:3]) else (keys[3], held.name)
        key = (*strong, held.kind) if any(keys) else (str(number),)
        known = found.get(key)
        found[key] = held if known is None else _add_lots(known, held)
    tickers: dict[str, int] = {}
    for held in found.values():
        if held.symbol:
            tickers[held.symbol] = tickers.get(held.symbol, 0) + 1
    return tuple(
        replace(held, symbol=None) if held.symbol and tickers[held.symbol] > 1 else held
        for held in found.values()
    )


def _add_lots(one: Constituent, other: Constituent) -> Constituent:
    both = one.quantity is not None and other.quantity is not None
    quantity = (one.quantity or 0.0) + (other.quantity or 0.0) if both else None
    return replace(one, weight=one.weight + other.weight, quantity=quantity, price=one.price or other.price)


def _issuer(above: Sequence[Sequence[str]]) -> str:
    """Tell whose list it is by what stands above its heading; empty where that is not known."""
    first = [row[0].strip().casefold() for row in above if row]
    if any(cell.startswith("fund holdings as of") for cell in first):
        return "iShares "
    return "SSGA " if "holdings:" in first and "ticker symbol:" in first else ""


def _fund_above(above: Sequence[Sequence[str]]) -> tuple[str, str]:
    """Return symbol and name of the fund as they stand above the heading, empty where they do not."""
    symbol = fund = ""
    for row in above:
        cells = [cell.strip() for cell in row if cell.strip()]
        label = cells[0].rstrip(":").casefold() if cells else ""
        if len(cells) > 1 and label in ("ticker", "ticker symbol", "fund ticker", "symbol", "fund symbol"):
            symbol = symbol or cells[1].upper()
        elif len(cells) > 1 and label in ("fund name", "fund", "name", "portfolio"):
            fund = fund or cells[1]
        elif len(cells) == 1 and not fund and not _days(cells[0]):
            fund = cells[0]
    return symbol[:20], fund[:MOST_CELL]


def _fund_of_column(named: Collection[str]) -> str:
    funds = sorted({*named} - {""})
    if len(funds) > 1:
        raise UnreadableList(
            f"It lists several funds: {', '.join(funds[:3])}.", "Put each fund into a file of its own."
        )
    return funds[0][:20] if funds else ""


def _day_of(above: Sequence[Sequence[str]], column: Collection[str]) -> date | None:
    """Return the day of a list: the newest one said to be "as of", else the newest above or in its column."""
    told = [" ".join(row) for row in above]
    said = [day for words in told if "as of" in words.casefold() for day in _days(words)]
    written = [day for words in column for day in _days(words)]
    others = [] if said or written else [day for words in told for day in _days(words)]
    return max(said or written or others, default=None)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = re.compile(
    r"\b(?:(?P<iso>\d{4}-\d{2}-\d{2})|(?P<m>[A-Za-z]{3,9})\.? (?P<d>\d{1,2}), ?(?P<y>\d{4})|"
    r"(?P<d2>\d{1,2})[-/ ](?P<m2>[A-Za-z]{3,9})[-/ ,]+(?P<y2>\d{4})|"
    r"(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<y3>\d{4}))\b"
)


def _days(words: str) -> list[date]:
    """Return the days in a text.  Raises UnreadableList for 03/04/2026, which may be either of two."""
    return [day for found in _DAYS.finditer(words) if (day := _day(found))]


def _day(found: re.Match[str]) -> date | None:
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        if found["a"]:
            return _numbered_day(int(found["a"]), int(found["b"]), int(found["y3"]), found[0])
        month = (found["m"] or found["m2"]).casefold()[:3]
        if month not in _MONTHS:
            return None
        day, year = int(found["d"] or found["d2"]), int(found["y"] or found["y2"])
        return date(year, _MONTHS.index(month) + 1, day)
    except ValueError:
        return None


def _numbered_day(one: int, other: int, year: int, words: str) -> date:
    if one <= 12 and other <= 12 and one != other:
        raise UnreadableList(
            f"Its date {words} may be of two days.", "Write it like 2026-01-21, or with the month's name."
        )
    return date(year, one, other) if one <= 12 else date(year, other, one)
