"""Reads one file: recognised by its shape, not by its name, bounded before it is unpacked, then checked."""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from xml.parsers import expat

from analytics.holdings import AssetKind, HoldingsList, name_sectors
from bot.market.holdings.lists import (
    HEAD_ROWS,
    ListContent,
    UnreadableList,
    find_heading,
    parse_number,
    read_rows,
)
from bot.market.holdings.nport import NAMESPACE, parse_xml, read_nport, watch_depth

MOST_BYTES = 40 * 2**20
"""Of a file; the largest bond funds' N-PORT has half of it."""
MOST_UNPACKED = 80 * 2**20
"""Of all parts of an XLSX together."""
MOST_PARTS = 500
PIECE = 2**18
"""Bytes that are unpacked at a time."""
MOST_LINES = 100_000
MOST_AREA = 2_000_000
"""Cells of a sheet, empty ones among them: a sheet is unpacked into a full rectangle."""
GATES: Mapping[AssetKind, tuple[float, float]] = {
    AssetKind.SHARES: (0.98, 1.02),
    AssetKind.BONDS: (0.97, 1.05),
}
"""What the weights of a list may add up to, by what the fund is about: bond funds hold derivatives too."""
DUST = 1e-9
"""What sums of decimal fractions may be off."""
_AGAIN = "Download it again from where it was published."


def read_list(content: bytes) -> ListContent:
    """Read a file, whatever it is called.  Raises UnreadableList, which says what is wrong and what to do."""
    if len(content) > MOST_BYTES:
        raise UnreadableList(
            f"It has more than {MOST_BYTES // 2**20} MB.", "No list is so long: take it out of the folder."
        )
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise UnreadableList("It is empty.", _AGAIN)
    if head.startswith(b"PK\x03\x04"):
        return read_rows(_sheet_rows(content), "XLSX")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableList("It is a workbook of the old format (.xls).", "Save it as .xlsx or CSV.")
    if head.startswith(b"<") or (content[:2] in (b"\xff\xfe", b"\xfe\xff") and b"<" in content[2:4]):
        return _read_markup(content, head)
    return _read_csv(content)


def make_list(content: ListContent, symbol: str, as_of: date) -> HoldingsList:
    """Return the list of a fund, its sectors in one taxonomy's words.  Raises UnreadableList.

    Its weights must add up to what those of a whole list can: a part of a list is not taken for all of it.
    """
    positions, taxonomy = name_sectors(content.positions)
    found = HoldingsList(symbol, as_of, content.kind, positions, taxonomy)
    low, high = GATES[found.sleeve]
    if not low - DUST <= content.total <= high + DUST:
        raise UnreadableList(
            f"Its weights add up to {content.total:.1%}; those of a fund of {found.sleeve.value} lie between "
            f"{low:.0%} and {high:.0%}.".replace("%", " %"),
            "A part of a list, or several days or funds in one file, are not read: one whole list a file.",
        )
    return found


def _read_markup(content: bytes, head: bytes) -> ListContent:
    if NAMESPACE in head or b"edgarSubmission" in head:
        return read_nport(content)
    if re.match(rb"<(!doctype html|html)", head, re.IGNORECASE):
        raise UnreadableList(
            "It is a web page, no list.", "Download the list itself: CSV, XLSX or N-PORT's XML."
        )
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise UnreadableList("It is a workbook written as XML.", "Download the CSV, or save it as .xlsx.")
    parse_xml(content, watch_depth)
    raise UnreadableList("It is XML, but no Form N-PORT.", "Of XML only the SEC's Form N-PORT is read.")


def _read_csv(content: bytes) -> ListContent:
    lines = _text(content)
    try:
        fault: UnreadableList | None = None
        for delimiter in (",", ";", "\t", "|"):
            rows = _split(lines, delimiter)
            try:
                find_heading(rows[:HEAD_ROWS])
            except UnreadableList as none:
                fault = fault or none
                continue
            return read_rows(rows, "CSV", decimal_comma=delimiter != "," and _has_decimal_commas(rows))
    except csv.Error as error:
        raise UnreadableList(f"It is no CSV that can be read: {error}.", _AGAIN) from None
    assert fault
    raise fault


def _text(content: bytes) -> str:
    """Decode a text.  Raises UnreadableList where it is neither UTF-8 nor, by its mark, UTF-16."""
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableList(
            f"It is no text in {'UTF-16' if wide else 'UTF-8'}: byte {error.start + 1} is none of it.",
            "Save it as CSV in UTF-8.",
        ) from None
    if "\0" in text:
        raise UnreadableList("It is no text: it has bytes of 0.", "Save it as CSV in UTF-8.")
    return text


def _split(text: str, delimiter: str) -> list[list[str]]:
    rows = []
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        rows.append(row)
        if len(rows) > MOST_LINES:
            raise UnreadableList(f"It has more than {MOST_LINES:,} lines.", "No list is so long.")
    return rows


def _has_decimal_commas(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether weights are written 0,52: no other way of writing them reads them all."""
    at, columns = find_heading(rows)
    column = columns.get("weight", columns.get("value", 0))
    cells = [
        row[column] for row in rows[at + 1 :] if len(row) > column and any(map(str.isdigit, row[column]))
    ]
    commas = [cell for cell in cells if "," in cell]
    plain = all(parse_number(cell) is not None for cell in cells)
    return bool(commas) and (not plain or all(re.search(r",\d{1,2}$", cell.strip(" %")) for cell in commas))


def _sheet_rows(content: bytes) -> list[list[str]]:
    """Return the cells of the first sheet that has a heading, else of the first one."""
    _check_archive(content)
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            _cells(workbook.get_sheet_by_index(at)) for at in range(len(workbook.sheet_names[:MOST_SHEETS]))
        ]
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableList(f"It is no workbook that can be read: {error}.", _AGAIN) from None
    if not sheets:
        raise UnreadableList("It is a workbook without a sheet.", _AGAIN)
    for rows in sheets:
        try:
            find_heading(rows)
        except UnreadableList:
            continue
        return rows
    return sheets[0]


MOST_SHEETS = 10


def _cells(sheet: object) -> list[list[str]]:
    return [[_cell(value) for value in row] for row in sheet.to_python()]  # type: ignore[attr-defined]


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, bool | time):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError, OSError, ValueError)
"""What zipfile raises for archives that are damaged, or packed in a way that it does not know."""


def _check_archive(content: bytes) -> None:
    """Unpack an XLSX piece by piece, and look how large its sheets are.  Raises UnreadableList.

    What an archive says of its sizes is not believed: it is counted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise UnreadableList(f"It has {len(parts)} parts, more than {MOST_PARTS}.", _AGAIN)
            left = MOST_UNPACKED
            for part in parts:
                sheet = re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename, re.IGNORECASE)
                kept = []
                for piece in _unpacked(content, part):
                    left -= len(piece)
                    if left < 0:
                        raise UnreadableList(
                            f"It unpacks to more than {MOST_UNPACKED // 2**20} MB.",
                            "Take it out of the folder.",
                        )
                    if sheet:
                        kept.append(piece)
                if sheet:
                    _check_area(b"".join(kept))
    except _BROKEN as error:
        raise UnreadableList(f"It is no workbook that can be read: {error}.", _AGAIN) from None


def _unpacked(content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a part unpacks to: zipfile itself would stop at the size that the archive claims."""
    if part.flag_bits & 0x1:
        raise UnreadableList("It is locked with a password.", "Save it without one.")
    name, extra = struct.unpack_from("<HH", content, part.header_offset + 26)
    begin = part.header_offset + 30 + name + extra
    packed = content[begin : begin + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise UnreadableList("It is packed in an unusual way.", "Save it again as .xlsx.")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while piece := inflate.decompress(packed, PIECE):
        yield piece
        packed = inflate.unconsumed_tail


_CELL_PLACE = re.compile(rb"<c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,4})(\d{1,9})[\"']")
_ROW_PLACE = re.compile(rb"<row\s[^>]*?\br\s*=\s*[\"'](\d{1,9})[\"']")
_ENDS = b" >/\t\r\n"
"""What may follow the name of an element."""


def _count(sheet: bytes, name: bytes) -> int:
    return sum(sheet.count(b"<" + name + _ENDS[at : at + 1]) for at in range(len(_ENDS)))


def _check_area(sheet: bytes) -> None:
    """Refuse a sheet whose cells lie far apart: it would fill the memory.

    Where every row and every cell says where it is, they are looked for in the bytes, which is ten times as
    fast as to parse them.
    """
    cells, rows = _CELL_PLACE.findall(sheet), _ROW_PLACE.findall(sheet)
    plain = len(cells) == _count(sheet, b"c") and len(rows) == _count(sheet, b"row")
    if plain and not any(odd in sheet for odd in (b"<!DOCTYPE", b"\0", b":c", b":row")):
        columns = {letters for letters, _ in cells}
        column = max((_column(letters.decode()) for letters in columns), default=0)
        row = max(map(int, {*rows, *(number for _, number in cells)}), default=0)
    else:
        row, column = _parse_area(sheet)
    if row * column > MOST_AREA:
        raise UnreadableList(f"Its cells reach to row {row:,} and column {column:,}.", "Save the list alone.")


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _parse_area(sheet: bytes) -> tuple[int, int]:
    row = column = rows = cells = 0

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal row, column, rows, cells
        place = re.fullmatch(r"([A-Za-z]{0,4})(\d{1,9})", attributes.get("r", ""))
        name = name[name.find(":") + 1 :]
        if name == "row":
            rows, cells = rows + 1, 0
        elif name == "c":
            cells += 1
        else:
            return
        row = max(row, rows, int(place[2]) if place else 0)
        column = max(column, cells, _column(place[1]) if place else 0)

    def listen(parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = start

    parse_xml(sheet, watch_depth)
    parse_xml(sheet, listen)
    return row, column
