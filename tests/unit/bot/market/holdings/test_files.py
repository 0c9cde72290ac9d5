"""Files of holdings: the shapes that issuers and the SEC publish, their traps, and what is hostile."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.holdings import AssetKind, HoldingsList, lay_positions, share_overlap
from bot.market.holdings import files
from bot.market.holdings.files import make_list, read_list
from bot.market.holdings.lists import ListContent, UnreadableList, cusip_of, parse_number
from tests.fakes.holdings import (
    cells_xml,
    ishares,
    ishares_row,
    nport,
    nport_position,
    ssga,
    workbook,
)

REAL = Path(__file__).resolve().parents[5].parent / "shared" / "market" / "holdings"
real = pytest.mark.skipif(not REAL.is_dir(), reason=f"needs the issuers' files in {REAL}")


def listed(content: bytes, symbol: str = "AAA") -> HoldingsList:
    found = read_list(content)
    return make_list(found, found.symbol or symbol, found.as_of or date(2026, 1, 1))


def wrong(content: bytes) -> str:
    """What is said of a file, as one line of plain text with what to do."""
    with pytest.raises(UnreadableList) as fault:
        listed(content)
    said = str(fault.value)
    assert "\n" not in said
    assert fault.value.wrong.endswith((".", "…"))
    assert fault.value.advice.endswith(".")
    return fault.value.wrong


def test_an_ishares_file_with_all_its_traps() -> None:
    content = ishares(
        ishares_row(
            "BRKB",
            "BERKSHIRE HATHAWAY INC CLASS B",
            "60.00",
            sector="Financials",
            value="6,000.00",
            quantity="12.00",
            price="500.00",
        ),
        ishares_row(
            "BP.", "BP PLC", "39.80", value="3,980.00", quantity="796.00", price="3.70", traded="GBP"
        ),
        ishares_row(
            "-", "OMNIAB PRIVATE", "-", sector="Health Care", value="0.00", quantity="10.00", price="0.00"
        ),
        ishares_row(
            "USD",
            "USD CASH",
            "0.20",
            sector="Cash and/or Derivatives",
            kind="Cash",
            value="20.00",
            quantity="20.00",
            price="100.00",
        ),
        ishares_row(
            "RTYH6",
            "RUSSELL 2000 EMINI",
            "0.00",
            sector="Cash and/or Derivatives",
            kind="Futures",
            value="0.00",
            quantity="3.00",
            price="2,710.80",
        ),
    )
    found = read_list(content)
    assert (found.kind, found.symbol, found.fund) == ("iShares CSV", "", "iShares Sample ETF")
    assert found.as_of == date(2026, 1, 21)  # neither the day of inception nor that of the copyright
    assert found.total == pytest.approx(1.0)
    berkshire, bp, private, cash, future = found.positions
    assert (berkshire.symbol, berkshire.price) == ("BRKB", 500.0)
    assert berkshire.weight == pytest.approx(0.6)
    assert (bp.price, bp.currency) == (5.0, "GBP")  # in the fund's currency, not 3.70 in its own
    assert (private.symbol, private.weight) == (None, 0.0)  # a hyphen is missing, and no ticker
    assert [one.kind for one in (cash, future)] == [AssetKind.CASH, AssetKind.OTHER]
    named = listed(content)
    assert named.taxonomy == "GICS"
    assert [one.name for one in named.securities()] == [berkshire.name, bp.name]


def test_weights_come_from_market_values_where_they_agree_with_them() -> None:
    """Two thousand positions of 0.004 % are 0.00 in a list, and 8 % of the fund."""
    rows = [ishares_row(f"S{at}", f"S{at}", "0.00", value="4.00") for at in range(2000)]
    found = listed(
        ishares(ishares_row("BIG", "BIG", "92.00", value="92,000.00"), *rows).replace(b'"92.00"', b'"99.00"')
    )
    assert found.securities()[0].weight == pytest.approx(
        1.0
    )  # 99 is not what the values say: the list is believed
    found = listed(
        ishares(
            ishares_row("BIG", "BIG", "92.00", value="92,000.00"),
            *rows[:1],
            ishares_row("C", "USD CASH", "8.00", kind="Cash", value="8,000.00"),
        )
    )
    assert found.securities()[1].weight == pytest.approx(4 / 92_004)


def test_an_ssga_file() -> None:
    content = ssga(
        ["NVIDIA CORP", "NVDA", "67066G104", "2379504", 59.5, "-", 290.0, "USD"],
        ["BERKSHIRE HATHAWAY INC CL B", "BRK.B", "084670702", "2073390", 40.2, "-", 100.0, "USD"],
        ["US DOLLAR", "-", "999USDZ92", "-", 0.3, "-", 1774.5, "USD"],
        ["S+P500 EMINI FUT DEC25", "ESZ5", "-", "-", 0.0, "-", 3.0, "USD"],
    )
    found = read_list(content)
    assert (found.kind, found.symbol, found.fund) == ("SSGA XLSX", "SPX", "SPDR® Sample ETF")
    assert found.as_of == date(2025, 9, 30)
    nvidia, berkshire, cash, future = found.positions
    assert (nvidia.cusip, nvidia.sedol, nvidia.sector, nvidia.quantity) == (
        "67066G104",
        "2379504",
        None,
        290.0,
    )
    assert berkshire.symbol == "BRK.B"
    assert [one.kind for one in (cash, future)] == [AssetKind.CASH, AssetKind.OTHER]
    assert listed(content).sectors() is None


def test_a_form_n_port() -> None:
    swap = nport_position(
        "TOTAL RETURN SWAP",
        0.5,
        kind="DE",
        more="<derivativeInfo><swapDeriv><otherRefInst><name>OTHER</name><cusip>594918104</cusip><identifiers>"
        '<isin value="US5949181045"/></identifiers></otherRefInst></swapDeriv></derivativeInfo>',
    )
    content = nport(
        nport_position(
            "APPLE INC & SONS", 70.0, cusip="037833100", isin="US0378331005", balance=10, value=2500
        ),
        nport_position("PRIVATE", 29.0, cusip="000000000"),
        nport_position("MONEY MARKET FUND", 0.5, kind="STIV"),
        nport_position("COLLATERAL FUND", 8.0, kind="STIV", collateral="Y"),
        swap,
        fund="iShares Russell 2000 ETF",
    )
    found = read_list(content)
    assert (found.kind, found.symbol, found.fund) == ("N-PORT", "", "iShares Russell 2000 ETF")
    assert found.as_of == date(2025, 12, 31)  # not the end of the fund's year
    assert found.total == pytest.approx(1.0)  # without what borrowers of its shares left as a security
    apple, private, cash, other = found.positions
    assert (apple.name, apple.isin, apple.cusip, apple.price) == (
        "APPLE INC & SONS",
        "US0378331005",
        "037833100",
        250.0,
    )
    assert (private.cusip, private.isin) == (None, None)
    assert cash.kind is AssetKind.CASH
    assert (other.name, other.isin, other.kind) == ("TOTAL RETURN SWAP", None, AssetKind.OTHER)


@pytest.mark.parametrize(
    "text",
    [
        "as of 2026-01-21\nName,Ticker,Weight (%)\nX Corp,X,60\nY Corp,Y,40\n",
        "Holdings,as of,21/Jan/2026\nTicker;Name;Weight\nX;X Corp;60,00\nY;Y Corp;40,00\n",
        "Date\tTicker\tISIN\t% of Net Assets\n2026-01-21\tX\tUS0378331005\t0.6\n2026-01-21\tY\t\t0.4\n",
        'ETF,As of,Security Name,Symbol,Market Value\nAAA,"Jan 21, 2026",X,X,6\nAAA,,Y,Y,4\nTotal,,,,10\n',
        "Fund ticker,AAA\nas of 21 January 2026\nName|Ticker|Weight\nX|X|60.0%\nY|Y|40.0%\nTotal|-|100%\n",
        "as of 01/21/2026\nName,CUSIP,Weight\nX,037833100,60\nX,037833100,20\nY,594918104,20\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_table_with_named_columns(text: str, encoding: str) -> None:
    found = read_list(text.encode(encoding))
    assert found.as_of == date(2026, 1, 21)
    assert found.total == pytest.approx(1.0)
    assert sorted(one.weight for one in found.positions) == pytest.approx(
        [0.2, 0.8] if "CUSIP" in text else [0.4, 0.6]
    )
    assert found.symbol in ("", "AAA")


def test_a_ticker_that_names_two_positions_names_neither() -> None:
    found = listed(b"as of 2026-01-21\nName,Ticker,Weight\nCHINOOK,ADRO,50\nCHINOOK CVR,ADRO,49\nZ,Z,1\n")
    assert [one.symbol for one in found.positions] == [None, None, "Z"]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("1,234.56", 1234.56),
        ("-0.05", -0.05),
        ("(3.1)", -3.1),
        ("5.2%", 5.2),
        ("$7", 7.0),
        ("1e-05", 1e-5),
        (".5", 0.5),
        ("12,34", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("0x10", None),
        ("1_000", None),
        ("=1+1", None),
        ("٣", None),
        ("--5", None),
        ("9" * 400, None),
    ],
)
def test_numbers(words: str, value: float | None) -> None:
    assert parse_number(words) == (pytest.approx(value) if value is not None else None)
    assert parse_number("1.234,56", decimal_comma=True) == 1234.56


def test_a_cusip_regains_the_zeros_that_a_spreadsheet_drops() -> None:
    assert cusip_of("37833100") == "037833100"
    assert [cusip_of(words) for words in ("67066G104", "37833101", "N/A", "", "CASH_USD")] == [
        "67066G104",
        "37833101",
        None,
        None,
        None,
    ]


def bond_list(total: float) -> bytes:
    rows = [ishares_row("-", f"BOND {at}", f"{total / 10:.2f}", kind="Fixed Income") for at in range(10)]
    return ishares(*rows)


def share_list(total: float) -> bytes:
    return ishares(*(ishares_row(f"S{at}", f"S{at}", f"{total / 10:.2f}") for at in range(10)))


@pytest.mark.parametrize(
    ("content", "passes"),
    [
        (share_list(98.0), True),
        (share_list(102.0), True),
        (share_list(97.8), False),
        (share_list(102.2), False),
        (bond_list(97.0), True),
        (bond_list(105.0), True),
        (bond_list(96.8), False),
        (bond_list(105.2), False),
    ],
)
def test_weights_must_add_up(content: bytes, passes: bool) -> None:
    if passes:
        assert len(listed(content).positions) == 10
    else:
        assert wrong(content).startswith("Its weights add up to")


SPACE = 'xmlns="http://www.sec.gov/edgar/nport"'
ENTITIES = "".join(
    f'<!ENTITY lol{at} "{f"&lol{at - 1};" * 10}">' if at else '<!ENTITY lol0 "lol">' for at in range(10)
)
LAUGHS = f"<!DOCTYPE lolz [{ENTITIES}]><edgarSubmission {SPACE}><x>&lol9;</x></edgarSubmission>"
OUTSIDE = (
    f'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><edgarSubmission {SPACE}>&x;</edgarSubmission>'
)
OPEN = f"<edgarSubmission {SPACE}>".encode()
HEAD = b"as of 2026-01-21\nName,Ticker,Weight\n"


def bomb() -> bytes:
    """Make an archive that unpacks to 100 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/0.bin", bytes(100 * 2**20))
    return out.getvalue()


def lying_bomb() -> bytes:
    """It says that it unpacks to ten bytes."""
    content = bytearray(bomb())
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(content)


CELL = "<c><v>1</v></c>"
FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "It is empty."),
        (b"\xef\xbb\xbf  \r\n", "It is empty."),
        (LAUGHS.encode(), "Its XML declares a document type or entities"),
        (LAUGHS.encode("utf-16"), "Its XML declares a document type or entities"),
        (OUTSIDE.encode(), "Its XML declares a document type or entities"),
        (OPEN + b"<a>" * 100_000, "Its XML is nested too deeply."),
        (OPEN + b"<invstOrSec>" + b"<a>" * 100_000, "Its XML is nested too deeply."),
        (b"<a>" * 100_000, "Its XML is nested too deeply."),
        (workbook("<c>" + "<a>" * 100_000), "Its XML is nested too deeply."),
        (OPEN + b"<a>", "It is no XML that can be read"),
        (nport(), "It is a Form N-PORT without any position."),
        (nport(nport_position("X", "N/A")), "Position 1 has no pctVal"),
        (nport(nport_position("X", "1e999")), "Position 1 has '1e999' for pctVal."),
        (b"<?xml version='1.0'?><rss/>", "It is XML, but no Form N-PORT."),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "It is a web page, no list."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "It is a workbook of the old format (.xls)."),
        (b"PK\x03\x04" + b"x" * 100, "It is no workbook that can be read"),
        (bomb(), "It unpacks to more than 80 MB."),
        (lying_bomb(), "It unpacks to more than 80 MB."),
        (workbook(FAR), "Its cells reach to row 1,048,576 and column 16,384."),
        (workbook(FAR.replace('r="XFD1048576"', "r='XFD1048576'")), "Its cells reach to"),
        (workbook(f"<row>{CELL * 3000}</row>{'<row/>' * 999}"), "Its cells reach to row 1,000 and column"),
        (workbook('<!DOCTYPE x [<!ENTITY a "b">]>'), "It is no XML that can be read"),
        (workbook(""), "No row of it is a heading"),
        (workbook(cells_xml([["Name", "Weight"], ["=cmd()!A0", 1.0]])), "Row 2 has '=cmd()!A0', a formula"),
        (HEAD + b"@SUM(1+1),X,100\n", "Row 3 has '@SUM(1+1)', a formula"),
        (HEAD + b"X,X,=50+50\n", "Row 3 has '=50+50' where a weight belongs."),
        (HEAD + b"X,X,nan\n", "Row 3 has 'nan' where a weight belongs."),
        (HEAD + "Société,GLE,100\n".encode("latin-1"), "It is no text in UTF-8: byte 41 is none of it."),
        (HEAD + b"X\0Y,X,100\n", "It is no text: it has bytes of 0."),
        (HEAD, "There is no position below its heading."),
        (HEAD + b'"X' + b"y" * 200_000, "It is no CSV that can be read"),
        (b"date,close\n2026-01-21,100\n", "No row of it is a heading"),
        (b"Fund,Name,Weight\nAAA,X,50\nBBB,X,50\n", "It lists several funds: AAA, BBB."),
        (b"as of 03/04/2026\nName,Weight\nX,100\n", "Its date 03/04/2026 may be of two days."),
        (HEAD + b"X,X,50\nX2,X2,10\n", "Its weights add up to 60.0 %"),
        (HEAD + b"X,X,1e20\n", "Its weights add up to"),
        (HEAD + b"X,X,-100\n", "Its weights add up to -100.0 %"),
    ],
)  # fmt: skip
def test_what_is_hostile_or_broken_gets_one_clear_error(content: bytes, said: str) -> None:
    assert wrong(content).startswith(said)


def test_what_is_too_long_is_not_read() -> None:
    assert wrong(bytes(files.MOST_BYTES + 1)) == "It has more than 40 MB."
    assert wrong(HEAD + b"X,X,0\n" * 30_001) == "It has more than 30,000 positions."
    assert wrong(HEAD + b"\n" * 100_001) == "It has more than 100,000 lines."


def test_a_bomb_takes_little_memory() -> None:
    content = bomb()
    tracemalloc.start()
    try:
        wrong(content)
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()


CELLS = st.one_of(
    st.sampled_from(
        ["-", "", "1", "50", "100", "Name", "Weight", "as of 2026-01-21", "=1", '"', "a\nb", "12,5", "X"]
    ),
    st.text(max_size=8),
)


def _with(rows: Sequence[Sequence[str]], weights: Sequence[float]) -> list[list[str | float]]:
    """Rows with their last cell as a number."""
    return [[*row[:-1], weight] for row, weight in zip(rows, weights, strict=True)]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(errors="replace")


def read_or_refuse(content: bytes) -> ListContent | None:
    try:
        found = read_list(content)
        make_list(found, "AAA", date(2026, 1, 1))
    except UnreadableList:
        return None
    return found


@given(st.lists(st.lists(CELLS, max_size=5), max_size=8))
def test_any_rows_are_read_or_refused(rows: list[list[str]]) -> None:
    found = read_or_refuse(_csv([["Name", "Ticker", "Weight", "Date"], *rows]))
    if found:
        assert 0.97 <= sum(one.weight for one in found.positions) <= 1.05


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for head in (b"", b"PK\x03\x04", b"<edgarSubmission>", b"\xff\xfe", HEAD):
        read_or_refuse(head + content)


GOOD = (
    share_list(100.0),
    nport(nport_position("X", 60.0), nport_position("Y", 40.0)),
    ssga(
        ["X", "X", "67066G104", "2379504", 60.0, "-", 1.0, "USD"], ["Y", "Y", "-", "-", 40.0, "-", 1.0, "USD"]
    ),
)


@settings(max_examples=150)
@given(
    st.sampled_from(GOOD),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
    st.floats(0, 1),
)
def test_a_damaged_file_is_read_or_refused(
    content: bytes, flips: list[tuple[float, int]], cut: float
) -> None:
    damaged = bytearray(content)
    for place, value in flips:
        damaged[int(place * (len(damaged) - 1))] = value
    read_or_refuse(bytes(damaged))
    read_or_refuse(content[: int(cut * len(content))])


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=40))
def test_what_is_written_is_read(parts: list[int]) -> None:
    weights = [part / sum(parts) * 100 for part in parts]
    rows = [[f"Company {at}", f"T{at}", f"{weight!r}"] for at, weight in enumerate(weights)]
    for content in (
        _csv([["as of 2026-01-21"], ["Name", "Ticker", "Weight (%)"], *rows]),
        workbook(
            cells_xml(
                [
                    ["as of 2026-01-21"],
                    ["Name", "Ticker", "Weight"],
                    *_with(rows, weights),
                ]
            )
        ),
        nport(*(nport_position(row[0], f"{weight:.12f}") for row, weight in zip(rows, weights, strict=True))),
    ):
        found = listed(content)
        assert [one.weight * 100 for one in found.positions] == pytest.approx(weights, abs=1e-9)


def test_two_lists_of_one_day_on_one_index_are_twins() -> None:
    """IVV and SPY on one day: the same 503 shares, weights a little apart, another format and other names."""
    ours = [(f"T{at}", 1.0 / (at + 3)) for at in range(503)]
    total = sum(weight for _, weight in ours)
    shares = [
        ishares_row(
            name.replace(".", ""),
            f"{name} INC",
            f"{weight / total * 99.8:.2f}",
            value=f"{weight / total * 1e9:,.2f}",
            sector="Energy",
        )
        for name, weight in [("BRKB", ours[0][1]), *ours[1:]]
    ]
    cash = ishares_row(
        "USD",
        "USD CASH",
        "0.20",
        kind="Cash",
        value=f"{1e9 / 0.998 * 0.002:,.2f}",
        sector="Cash and/or Derivatives",
    )
    theirs = [
        ["BERKSHIRE", "BRK.B", "084670702", "-", ours[0][1] / total * 99.9 * 1.009, "-", 1.0, "USD"],
        *(
            [
                f"{name} CORP",
                name,
                f"{at:08d}0",
                "-",
                weight / total * 99.9 * (1 + 0.009 * (-1) ** at),
                "-",
                1.0,
                "USD",
            ]
            for at, (name, weight) in enumerate(ours[1:], 1)
        ),
    ]
    one, other = listed(ishares(*shares, cash)), listed(ssga(*theirs))
    matrix = lay_positions({"IVV": one.securities(), "SPY": other.securities()})
    assert len(matrix.positions) == 503
    assert share_overlap(*matrix.weights) == pytest.approx(0.9955, abs=5e-4)
    assert 0.99 < share_overlap(*matrix.weights) < 1


@real
def test_the_issuers_own_files() -> None:
    iwm = listed((REAL / "ishares_IWM_holdings_2026-01-21.csv").read_bytes())
    assert (iwm.as_of, len(iwm.securities()), iwm.taxonomy) == (date(2026, 1, 21), 1952, "GICS")
    assert iwm.securities()[0].symbol == "BE"
    assert iwm.securities()[0].weight == pytest.approx(0.0104, abs=1e-4)
    spy = listed((REAL / "ssga_holdings-daily-us-en-spy_2025-09-30.xlsx").read_bytes())
    assert (spy.symbol, spy.as_of, len(spy.securities())) == ("SPY", date(2025, 9, 30), 503)
    assert spy.total == pytest.approx(1.002459, abs=1e-6)
