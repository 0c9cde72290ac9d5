"""Files of prices: how columns are read, and what is wrong on which line."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.market.price_tables import Column, TableFault, read_table, write_table
from bot.market.series import Series
from tests.fakes.source import CALENDAR

WHOLE = "Date,Open,Close,Adj Close,Dividends,Volume\n2026-01-15,1,100,99,0,5\n2026-01-16,1,101,101,0.5,\n"


def read(text: str, file: str = "ISCB.csv", symbol: str | None = "ISCB"):  # type: ignore[no-untyped-def]
    return read_table(file, text.encode(), symbol)


def test_columns_are_known_by_the_names_that_people_give_them() -> None:
    table = read(WHOLE)
    assert table.columns == {
        Column.DATE: "Date",
        Column.CLOSE: "Close",
        Column.TOTAL: "Adj Close",
        Column.DIVIDENDS: "Dividends",
        Column.VOLUME: "Volume",
    }
    assert table.unused == ("Open",)
    assert table.read_as == (
        "date from `Date`, close from `Close`, total return or adjusted close from `Adj Close`, dividends "
        "from `Dividends`, volume from `Volume`; not used: `Open`."
    )
    assert table.held == "ISCB.csv (1 symbol, 2026-01-15 to 2026-01-16)"
    rows = table.rows["ISCB"]
    assert rows.days.tolist() == [date(2026, 1, 15), date(2026, 1, 16)]
    np.testing.assert_array_equal(rows.volume, [5, np.nan])


@pytest.mark.parametrize(
    "text",
    [
        "date;total return\n20260116;1.234,5\n".replace("1.234,5", "1234,5"),  # as Excel writes it in Europe
        'date,total return\n2026-01-16,"1,234.5"\n',
        "\ufeffAs of,TRI\n2026-01-16T00:00:00Z,1234.5\n\n",
        "DATE\tTotal_Return_Level\n2026-01-16\t1.2345e3\n",
    ],
)
def test_spellings_of_one_and_the_same_row(text: str) -> None:
    rows = read(text).rows["ISCB"]
    assert (rows.days.tolist(), rows.total.tolist()) == ([date(2026, 1, 16)], [1234.5])


def test_a_long_file_has_the_rows_of_each_symbol_in_the_order_of_their_days() -> None:
    text = "ticker,date,adjclose\nspsm,2026-01-16,4\nISCB,2026-01-16,2\nISCB,2026-01-15,1\n"
    table = read(text, "all.csv", None)
    assert {symbol: rows.total.tolist() for symbol, rows in table.rows.items()} == {
        "SPSM": [4],
        "ISCB": [1, 2],
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "ISCB.csv: it is empty."),
        ("date,adjclose\n", "ISCB.csv: it has no rows beneath the names of its columns."),
        ("when,adjclose\n1,2\n", "ISCB.csv, line 1: there is no column of days; call it `date`."),
        ("date,x\n2026-01-16,2\n", "line 1: there is no column of prices"),
        ("date,close\n2026-01-16,2\n", "line 1: a close without dividends tells no total return"),
        ("date,close,Price,div\n2026-01-16,2,2,0\n", "line 1: `close` and `Price` may both be the close"),
        (
            "date,adjclose\n2026-01-16,1\n16/01/2026,2\n",
            "line 3: `16/01/2026` in column `date` is no day like",
        ),
        ("date,adjclose\n2026-02-30,1\n", "line 2: `2026-02-30` in column `date` is no day"),
        (
            "date,adjclose\n2026-01-16T21:00:00,1\n",
            "line 2: `2026-01-16T21:00:00` in column `date` is no day",
        ),
        ("date,adjclose\n2026-01-16,12.3x\n", "line 2: `12.3x` in column `adjclose` is no number"),
        ("date,adjclose\n2026-01-16,inf\n", "line 2: `inf` in column `adjclose` is no number"),
        ("date,adjclose\n2026-01-16,0\n", "line 2: `0` in column `adjclose` has to be above 0."),
        ("date,adjclose,vol\n2026-01-16,1,-2\n", "line 2: `-2` in column `vol` has to be 0 or more."),
        ("date,adjclose\n2026-01-16,1,2\n", "line 2: it has 3 columns, and the first line 2."),
        (
            "date,adjclose\n2026-01-16,1\n2026-01-15,1\n2026-01-16,2\n",
            "line 4: 2026-01-16 of ISCB is told on line 2, too.",
        ),
        ('date,adjclose\n2026-01-16,"1\n', "it cannot be read as CSV"),
        ("date,adjclose\n2026-01-16,\0\n", "line 2: it is no text."),
        (
            "date,adjclose,ccy\n2026-01-15,1,USD\n2026-01-16,1,GBp\n",
            "line 3: `GBp` in column `ccy` is not what is said of ISCB above, `USD`.",
        ),
        ("date,adjclose,symbol\n2026-01-16,1,<@U1>\n", "line 2: `<@U1>` in column `symbol` is no symbol."),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, told: str) -> None:
    with pytest.raises(TableFault) as caught:
        read(text)
    assert told in str(caught.value)


def test_what_is_no_text_is_said_with_its_line() -> None:
    with pytest.raises(TableFault) as caught:
        read_table("ISCB.csv", b"date,adjclose\n2026-01-16,\xff\n", "ISCB")
    assert str(caught.value) == "ISCB.csv, line 2: it is no text in UTF-8."


def test_a_file_that_is_named_like_no_symbol_needs_a_column_of_them() -> None:
    with pytest.raises(TableFault, match="the file's name is no symbol"):
        read("date,adjclose\n2026-01-16,1\n", "our prices.csv", None)


def test_what_a_file_shows_is_cut_and_breaks_no_code_span() -> None:
    with pytest.raises(TableFault) as caught:
        read(f"date,adjclose\n2026-01-16,`\x07{'9' * 80}x\n")
    assert f"`'?{'9' * 38}…` in column" in str(caught.value)


@given(st.text(max_size=60) | st.text("date,close0123456789-\n;.", max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except TableFault as fault:
        assert fault.what  # noqa: PT017


@given(
    st.lists(
        st.tuples(st.floats(1e-3, 1e6), st.floats(1e-3, 1e6), st.one_of(st.floats(0, 1e12), st.just(np.nan))),
        min_size=1,
        max_size=20,
    )
)
def test_what_is_written_reads_back_to_the_same_numbers(rows: list[tuple[float, float, float]]) -> None:
    sessions = CALENDAR.sessions(date(2025, 12, 1), date(2026, 1, 16))[: len(rows)]
    total, close, volume = np.array(rows).T
    written = write_table(Series("ISCB", sessions, total, close, volume, currency="GBP"), "A Source")
    found = read_table("ISCB.csv", written, "ISCB").rows["ISCB"]
    np.testing.assert_array_equal(found.days, sessions)
    for before, after in ((total, found.total), (close, found.close), (volume, found.volume)):
        np.testing.assert_array_equal(before, after)
    assert (found.currency, found.exchange, found.source) == ("GBP", "XNYS", "A Source")


def test_parquet_is_read_as_csv_is() -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: it is no dependency")
    import pandas as pd

    frame = pd.read_csv(io.StringIO(WHOLE), parse_dates=["Date"])
    for one in (frame, frame.set_index("Date")):
        out = io.BytesIO()
        one.to_parquet(out)
        found = read_table("ISCB.parquet", out.getvalue(), "ISCB").rows["ISCB"]
        plain = read(WHOLE).rows["ISCB"]
        np.testing.assert_array_equal(found.days, plain.days)
        np.testing.assert_array_equal(found.total, plain.total)
        np.testing.assert_array_equal(found.volume, plain.volume)


def test_parquet_without_its_library_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    def refuse(*given: object) -> None:
        raise ImportError("no engine")

    monkeypatch.setattr(pd, "read_parquet", refuse)
    with pytest.raises(TableFault, match="where `pyarrow` is installed beside the bot; else save it as CSV"):
        read_table("ISCB.parquet", b"PAR1", "ISCB")
