"""What yfinance does to a process, and that none of it is felt: imports, warnings, threads, files, logs."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.market.calendar import ExchangeCalendar
from bot.market.yahoo import YahooMarket
from tests.fakes.yahoo import FakeYahoo
from tests.integration.market.conftest import FRIDAY, QUICK

pytestmark = pytest.mark.slow

LAZY = """
import sys, pathlib
import bot.market.cache, bot.market.calendar, bot.market.yahoo
calendar = bot.market.calendar.ExchangeCalendar()
bot.market.yahoo.YahooMarket(calendar, type("C", (), {"monotonic": None}), pathlib.Path("nowhere"))
print([name for name in ("yfinance", "curl_cffi", "pandas", "exchange_calendars") if name in sys.modules])
print(pathlib.Path("nowhere").exists())
"""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_importing_and_building_loads_nothing_heavy(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r})\n{LAZY}"],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["[]", "False"]


async def test_no_thread_is_left(yahoo: FakeYahoo, clock: FixedClock, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    market = YahooMarket(ExchangeCalendar(), clock, tmp_path, QUICK)
    await market.history(["ISCB", "SPSM"], FRIDAY)
    assert [thread for thread in threading.enumerate() if thread.name.startswith("yahoo")]
    market.close()
    assert {thread for thread in threading.enumerate() if "process_request" not in thread.name} <= before


async def test_no_warning_is_raised(market: YahooMarket) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        await market.history(["ISCB"], FRIDAY)
        await market.profiles(["ISCB"])
    assert [str(warning.message) for warning in caught] == []


async def test_files_are_kept_in_the_home_only(market: YahooMarket, tmp_path: Path) -> None:
    await market.history(["ISCB"], FRIDAY)
    assert names(tmp_path) == {"yfinance"}
    assert names(tmp_path / "yfinance") >= {"tkr-tz.db", "cookies.db"}


async def test_its_databases_are_opened_once_before_the_threads(
    market: YahooMarket, yahoo: FakeYahoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """yfinance opens them where they are first needed, its threads together: "database is locked"."""
    from yfinance import cache

    opened = []

    def slowly(location: str | None = None) -> None:
        opened.append(location)
        threading.Event().wait(0.05)  # time for the others to get here as well
        initialise(location)

    initialise = cache._TzDBManager._initialise
    monkeypatch.setattr(cache._TzDBManager, "_initialise", slowly)
    await market.history(["ISCB", "SPSM", "AAPL", "^IRX"], FRIDAY)
    assert len(opened) == 1


async def test_a_home_that_cannot_be_written_to_is_survived(
    yahoo: FakeYahoo, clock: FixedClock, tmp_path: Path
) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    market = YahooMarket(ExchangeCalendar(), clock, tmp_path / "home", QUICK)
    try:
        assert (await market.history(["ISCB"], FRIDAY)).panel.as_of == FRIDAY
    finally:
        market.close()


async def test_exceptions_are_not_hidden_and_yfinance_logs_nothing(
    market: YahooMarket, yahoo: FakeYahoo, caplog: pytest.LogCaptureFixture
) -> None:
    import yfinance

    caplog.set_level(logging.DEBUG)
    yahoo.fault("getcrumb", 429)
    yahoo.fault("quoteSummary", 500)
    await market.profiles(["ISCB"])
    assert yfinance.config.debug.hide_exceptions is False
    assert [record for record in caplog.records if record.name == "yfinance"] == []


async def test_the_session_class_is_looked_up_when_it_is_needed(
    clock: FixedClock, tmp_path: Path, yahoo: FakeYahoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    import curl_cffi.requests

    market = YahooMarket(ExchangeCalendar(), clock, tmp_path, QUICK)
    made: list[object] = []
    used: set[int] = set()

    class Spy(curl_cffi.requests.Session):  # type: ignore[type-arg]
        def __init__(self, **options: Any) -> None:
            made.append(options["impersonate"])
            super().__init__(**options)

        def request(self, *args: Any, **options: Any) -> Any:
            used.add(id(self))
            return super().request(*args, **options)

    monkeypatch.setattr(curl_cffi.requests, "Session", Spy)
    await market.history(["ISCB", "SPSM"], FRIDAY)
    await market.profiles(["ISCB"])
    market.close()
    assert set(made) == {"chrome"}
    assert len(used) == 1  # yfinance makes more, but all threads ask through ours
