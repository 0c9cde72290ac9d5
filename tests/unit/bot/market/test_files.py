"""A folder of prices as a source: what is found in it, what has changed, what is wrong."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.notes import NoteKind
from analytics.panel import DoubtKind
from analytics.watch.crosscheck import Disagreement, cross_check
from bot.clock import FixedClock
from bot.errors import Unavailable, UnknownSymbols
from bot.market.files import FilesMarket, WrongFile, read_facts, reinvested
from bot.market.price_tables import TableFault
from bot.ports import Level
from tests.fakes.source import CALENDAR

FRIDAY = date(2026, 1, 16)


@pytest.fixture
def market(tmp_path: Path) -> FilesMarket:
    folder = tmp_path / "our prices"
    folder.mkdir()
    return FilesMarket(CALENDAR, FixedClock(datetime(2026, 1, 20, 13, tzinfo=UTC)), folder)


def put(market: FilesMarket, name: str, text: str) -> None:
    (market._folder / name).write_text(text, encoding="utf-8")


async def test_total_return_is_chained_from_close_and_dividends_as_by_hand(market: FilesMarket) -> None:
    """100 to 99 + 1 is nothing, 99 to 101 is 2.02 %."""
    put(market, "iscb.csv", "date,close,dividend\n2026-01-14,100,0\n2026-01-15,99,1\n2026-01-16,101,0\n")
    panel = (await market.history(["ISCB"], FRIDAY)).panel
    np.testing.assert_allclose(panel.total_return[0], [99, 99, 101])
    np.testing.assert_array_equal(panel.close[0], [100, 99, 101])
    assert [(paid.session, paid.amount) for paid in panel.distributions] == [(date(2026, 1, 15), 1.0)]
    assert (panel.source, panel.currencies, panel.doubts) == ("Files in our prices", (None,), ())


async def test_pence_are_pounds_and_the_exchange_is_that_of_the_column(market: FilesMarket) -> None:
    put(
        market,
        "CSPX.csv",
        "date,close,div,ccy,mic\n2026-01-15,5000,0,GBp,XLON\n2026-01-16,5100,10,GBp,XLON\n",
    )
    panel = (await market.history(["CSPX"], FRIDAY)).panel
    np.testing.assert_allclose(panel.close[0], [50, 51])
    assert (panel.currencies, panel.exchanges[0].code, panel.distributions[0].amount) == (
        ("GBP",),
        "XLON",
        0.1,
    )


async def test_a_missing_session_stays_missing_and_other_days_are_dropped(market: FilesMarket) -> None:
    put(market, "ISCB.csv", "date,adjclose\n2026-01-13,1\n2026-01-14,\n2026-01-16,3\n2026-01-17,4\n")
    panel = (await market.history(["ISCB"], FRIDAY)).panel
    np.testing.assert_array_equal(panel.total_return[0], [1, np.nan, np.nan, 3])
    assert panel.missing[0].tolist() == [False, True, True, False]


async def test_a_dividend_that_the_adjusted_close_lacks_is_a_doubt(market: FilesMarket) -> None:
    put(
        market,
        "ISCB.csv",
        "date,close,adjclose,dividends\n2026-01-14,100,100,0\n2026-01-15,99,99,1\n2026-01-16,101,101,0\n",
    )
    (doubt,) = (await market.history(["ISCB"], FRIDAY)).panel.doubts
    assert (doubt.kind, doubt.session) == (DoubtKind.DISTRIBUTION, date(2026, 1, 15))
    assert doubt.value == pytest.approx(-0.01, abs=2e-4)


async def test_a_changed_file_is_read_again_and_a_new_one_is_found(market: FilesMarket) -> None:
    put(market, "ISCB.csv", "date,adjclose\n2026-01-15,1\n2026-01-16,2\n")
    assert (await market.history(["ISCB"], FRIDAY)).panel.total_return[0, -1] == 2
    put(market, "ISCB.csv", "date,adjclose\n2026-01-15,1\n2026-01-16,3\n")
    os.utime(market._folder / "ISCB.csv", ns=(1, 1))  # an older file moved into its place is a change, too
    put(market, "SPSM.csv", "date,adjclose\n2026-01-16,7\n")
    panel = (await market.history(["ISCB", "SPSM"], FRIDAY)).panel
    assert panel.total_return[:, -1].tolist() == [3, 7]
    (market._folder / "ISCB.csv").unlink()
    with pytest.raises(UnknownSymbols):
        await market.history(["ISCB"], FRIDAY)


async def test_a_wrong_file_harms_no_question_about_others(market: FilesMarket) -> None:
    put(market, "ISCB.csv", "date,adjclose\n2026-01-16,1\n")
    put(market, "SPSM.csv", "date,adjclose\n2026-01-16,1x\n")
    assert (await market.history(["ISCB"], FRIDAY)).panel.as_of == FRIDAY
    with pytest.raises(WrongFile) as caught:
        await market.history(["SPSM"], FRIDAY)
    assert str(caught.value) == (
        "Files in our prices: SPSM.csv, line 2: `1x` in column `adjclose` is no number, where the total "
        "return or adjusted close stands. Correct the file; it is read again with the next question."
    )
    put(market, "SPSM.csv", "date,adjclose\n2026-01-16,1\n")
    assert (await market.history(["SPSM"], FRIDAY)).panel.as_of == FRIDAY


async def test_prices_of_one_symbol_in_two_files_are_refused(market: FilesMarket) -> None:
    put(market, "ISCB.csv", "date,adjclose\n2026-01-16,1\n")
    put(market, "all.csv", "date,symbol,adjclose\n2026-01-16,ISCB,2\n")
    with pytest.raises(
        WrongFile, match=r"all\.csv: it has prices of ISCB, and so has ISCB\.csv; keep one of them"
    ):
        await market.history(["ISCB"], FRIDAY)


async def test_an_exchange_that_nobody_knows_is_refused(market: FilesMarket) -> None:
    put(market, "ISCB.csv", "date,adjclose,exchange\n2026-01-16,1,Mars\n")
    with pytest.raises(WrongFile, match="the sessions of the exchange `Mars` are not known"):
        await market.history(["ISCB"], FRIDAY)


async def test_a_folder_that_is_not_there_is_said_without_its_path(tmp_path: Path) -> None:
    market = FilesMarket(CALENDAR, FixedClock(datetime(2026, 1, 20, tzinfo=UTC)), tmp_path / "gone")
    with pytest.raises(Unavailable) as caught:
        await market.history(["ISCB"], FRIDAY)
    assert str(tmp_path) not in str(caught.value)
    assert str(tmp_path) in caught.value.in_full
    assert [finding.level for finding in await market.examine()] == [Level.FAULT]


async def test_doctor_says_how_files_were_read_and_what_is_wrong_with_others(market: FilesMarket) -> None:
    assert [finding.level for finding in await market.examine()] == [Level.FAULT]
    put(market, "ISCB.csv", "date,close,div\n2026-01-15,1,0\n2026-01-16,2,0\n")
    put(market, "SPSM.csv", "date,close,div\n2026-01-16,2,0\n")
    put(market, "bad.csv", "x\n1\n")
    wrong, good = await market.examine()
    assert (wrong.level, wrong.what) == (
        Level.FAULT,
        "bad.csv, line 1: there is no column of days; call it `date`.",
    )
    assert (good.level, good.what) == (
        Level.OK,
        "Prices of ISCB.csv (1 symbol, 2026-01-15 to 2026-01-16), SPSM.csv (1 symbol, 2026-01-16 to "
        "2026-01-16): date from `date`, close from `close`, dividends from `div`, total return from close "
        "and dividends.",
    )


async def test_facts_carry_the_source_and_the_day_of_their_line(market: FilesMarket) -> None:
    put(
        market,
        "facts.csv",
        "symbol,name,Expense Ratio,dividend yield,assets,currency,as of,source\n"
        "ISCB,Our small caps,4 bp,1.4 %,253000000,USD,2025-12-31,Factsheet\n"
        "SPSM,,5 %,,,,2025-12-31,\n",
    )
    found = await market.profiles(["ISCB", "SPSM", "SPY"])
    iscb = found.by_symbol["ISCB"]
    assert iscb.expense_ratio is not None
    assert iscb.dividend_yield is not None
    assert (iscb.name, iscb.expense_ratio.value) == ("Our small caps", 0.0004)
    assert iscb.dividend_yield.value == pytest.approx(0.014)
    assert (iscb.expense_ratio.source, iscb.expense_ratio.as_of) == ("Factsheet", date(2025, 12, 31))
    assert found.by_symbol["SPSM"].expense_ratio is None  # 5 % a year is not plausible
    assert [(note.kind, note.symbol) for note in found.notes] == [
        (NoteKind.FACT_REFUSED, "SPSM"),
        (NoteKind.NO_PROFILE, "SPY"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("symbol,name\nISCB,x\n", "line 1: it needs the columns `symbol` and `as of`"),
        ("symbol,as of\nISCB,31.12.2025\n", "line 2: `asof` is no day like 2026-01-16."),
        ("symbol,as of,expense ratio\nISCB,2025-12-31,0.04\n", "line 2: the expense ratio needs its unit"),
        ("symbol,as of,assets\nISCB,2025-12-31,2bn\n", "line 2: the assets are no plain number"),
        ("symbol,as of\nISCB,2025-12-31\nISCB,2025-12-31\n", "line 3: ISCB is told on an earlier line, too."),
        ("symbol,as of\n!,2025-12-31\n", "line 2: the symbol is none."),
    ],
)
def test_wrong_facts_are_said_with_their_line(text: str, told: str) -> None:
    with pytest.raises(TableFault) as caught:
        read_facts(text.encode())
    assert told in str(caught.value)


@given(st.lists(st.tuples(st.floats(1, 1000), st.floats(0, 5)), min_size=2, max_size=30))
def test_total_return_is_the_product_of_every_days_own(rows: list[tuple[float, float]]) -> None:
    close, paid = np.array(rows).T
    slow = 1.0
    for day in range(1, close.size):
        slow *= (close[day] + paid[day]) / close[day - 1]
    total = reinvested(close, paid)
    assert total[-1] / total[0] == pytest.approx(slow, rel=1e-12)
    assert total[-1] == close[-1]


@pytest.mark.slow
@pytest.mark.parametrize("symbol", ["SPY", "IWM", "IJR", "TLT", "BIL"])
async def test_twenty_real_years_of_close_and_dividends_agree_with_the_adjusted_close(
    market_dir: Path, tmp_path: Path, symbol: str
) -> None:
    """Two customs of reinvesting, read from two folders: nothing is found that is no fault.

    With one distribution left out, that one is.
    """
    clock = FixedClock(datetime(2026, 4, 30, 22, tzinfo=UTC))
    text = (market_dir / "prices_ohlc_div" / f"{symbol}.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines()]
    at = {name: column for column, name in enumerate(rows[0])}
    wholes = {
        "adjusted": [[row[at["Date"]], row[at["Close"]], row[at["AdjClose"]]] for row in rows[1:]],
        "paid": [[row[at["Date"]], row[at["Close"]], row[at["Dividends"]]] for row in rows[1:]],
    }
    day = max(row[0] for row in wholes["paid"] if float(row[2]) > 0 and row[0] < "2026-04-01")
    wholes["forgotten"] = [[one, close, "0" if one == day else paid] for one, close, paid in wholes["paid"]]
    panels = {}
    for name, lines in wholes.items():
        folder = tmp_path / name
        folder.mkdir()
        head = "date,close,adjusted close" if name == "adjusted" else "date,close,dividends"
        content = "\n".join([head, *map(",".join, lines)])
        (folder / f"{symbol}.csv").write_text(content, encoding="utf-8")
        source = FilesMarket(CALENDAR, clock, folder)
        panels[name] = (await source.history([symbol], date(2026, 4, 30))).panel
    assert panels["paid"].doubts == ()
    assert cross_check(panels["adjusted"], panels["paid"], date(2005, 1, 3)) == ()
    (found,) = cross_check(panels["adjusted"], panels["forgotten"], date(2005, 1, 3))
    assert (found.kind, found.session.isoformat()) == (Disagreement.FORGOTTEN, day)
    assert found.by == "Files in forgotten"
