"""A folder of lists: which fund and day each file is of, what is read again, what `doctor` says of each."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analytics.fund import FundProfile, Kind
from analytics.holdings import HoldingsList
from bot.clock import FixedClock
from bot.market.holdings import folder as module
from bot.market.holdings.files import MOST_BYTES, read_list
from bot.market.holdings.folder import HoldingsFolder
from bot.market.holdings.lists import ListContent
from bot.ports import Level
from tests.fakes.holdings import ishares, ishares_row, nport, nport_position, ssga

NOON = datetime(2026, 2, 2, 12, tzinfo=UTC)
IWM = FundProfile("IWM", Kind.FUND, name="iShares Russell 2000 ETF")
SPY = FundProfile("SPY", Kind.FUND, name="State Street SPDR S&P 500 ETF Trust")
PROFILES = {"IWM": IWM, "SPY": SPY}


def shares(*names: str, day: str = "Jan 21, 2026", fund: str = IWM.name) -> bytes:
    weight = f"{100 / len(names):.4f}"
    return ishares(*(ishares_row(name, f"{name} INC", weight) for name in names), fund=fund, day=day)


def spy(day: str = "30-Sep-2025") -> bytes:
    return ssga(
        ["NVIDIA CORP", "NVDA", "67066G104", "2379504", 100.0, "-", 1.0, "USD"], symbol="SPY", day=day
    )


def opened(root: Path) -> HoldingsFolder:
    return HoldingsFolder([root], FixedClock(NOON))


def lists(
    holdings: HoldingsFolder, profiles: Mapping[str, FundProfile] = PROFILES
) -> Mapping[str, tuple[HoldingsList, ...]]:
    return asyncio.run(holdings.lists(profiles))


def names(found: Mapping[str, tuple[HoldingsList, ...]], symbol: str = "IWM") -> list[str | None]:
    return [held.symbol for held in found[symbol][-1].positions]


def said(holdings: HoldingsFolder, root: Path) -> dict[str, tuple[Level, str, str]]:
    """What doctor says, by file."""
    findings = asyncio.run(holdings.examine())
    assert all("\n" not in each.what and str(root) not in each.what for each in findings)
    return {each.what.split(": ")[1]: (each.level, each.what, each.advice) for each in findings}


@pytest.mark.parametrize(
    "name",
    [
        "IWM.csv",
        "ishares_IWM_holdings_2026-01-21.csv",
        "IWM-2026-01-21.txt",
        "IWM/holdings.csv",
        "2026/IWM/fund.csv",
        "download (3).csv",  # known by the fund's name in it
    ],
)
def test_a_list_is_known_by_its_file_its_folder_or_the_funds_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(shares("X", "Y"))
    (tmp_path / "spy.xlsx").write_bytes(spy())
    found = lists(opened(tmp_path))
    assert names(found) == ["X", "Y"]
    told = [(symbol, each.symbol, each.as_of) for symbol, listed in found.items() for each in listed]
    assert sorted(told) == [
        ("IWM", "IWM", date(2026, 1, 21)),
        ("SPY", "SPY", date(2025, 9, 30)),
    ]


def test_the_symbol_in_a_file_stands_over_its_name(tmp_path: Path) -> None:
    (tmp_path / "IWM.xlsx").write_bytes(spy())
    assert lists(opened(tmp_path)).keys() == {"SPY"}


def test_lists_of_several_days_come_the_oldest_first(tmp_path: Path) -> None:
    for number, day in enumerate(("Jan 21, 2026", "Oct 15, 2025", "Jan 2, 2026")):
        (tmp_path / f"IWM_{number}.csv").write_bytes(shares(f"S{number}", day=day))
    found = lists(opened(tmp_path))["IWM"]
    assert [each.as_of.isoformat() for each in found] == ["2025-10-15", "2026-01-02", "2026-01-21"]


def test_a_file_is_read_again_when_it_changes_and_forgotten_when_it_goes(tmp_path: Path) -> None:
    path, holdings = tmp_path / "IWM.csv", opened(tmp_path)
    assert lists(holdings) == {}
    path.write_bytes(shares("X"))
    assert names(lists(holdings)) == ["X"]
    path.write_bytes(shares("X", "Y"))
    assert names(lists(holdings)) == ["X", "Y"]
    path.unlink()
    assert lists(holdings) == {}


def test_a_file_that_stays_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "IWM.csv").write_bytes(shares("X"))
    reads, holdings = list[bytes](), opened(tmp_path)

    def read(content: bytes) -> ListContent:
        reads.append(content)
        return read_list(content)

    monkeypatch.setattr(module, "read_list", read)
    for _ in range(3):
        lists(holdings)
    assert len(reads) == 1


def test_more_lists_than_are_kept_in_memory_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    for month in range(1, 7):
        (tmp_path / f"IWM_{month}.csv").write_bytes(
            shares(f"S{month}", day=date(2025, month, 1).strftime("%b %d, %Y"))
        )
    assert [each.positions[0].symbol for each in lists(opened(tmp_path))["IWM"]] == [
        f"S{month}" for month in range(1, 7)
    ]


def test_of_two_files_of_one_day_the_issuers_is_used_and_doctor_says_so(tmp_path: Path) -> None:
    (tmp_path / "IWM.csv").write_bytes(shares("X", day="Dec 31, 2025"))
    (tmp_path / "IWM.xml").write_bytes(nport(nport_position("Y", 100.0), day="2025-12-31"))
    holdings = opened(tmp_path)
    assert names(lists(holdings)) == ["X"]
    level, what, _ = said(holdings, tmp_path)["IWM.xml"]
    assert level is Level.NOTE
    assert what.endswith("the same fund and day as IWM.csv.")


def test_doctor_names_each_file_its_day_and_what_is_wrong(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes(shares("X"))
    root = tmp_path / "lists"
    root.mkdir()
    (root / "IWM.csv").write_bytes(shares("X", "Y"))
    (root / "other.csv").write_bytes(shares("X", fund="Some Fund"))
    (root / "half.csv").write_bytes(b"as of 2026-01-21\nName,Ticker,Weight\nX,X,50\n")
    (root / "SPY.csv").write_bytes(b"Name,Ticker,Weight\nX,X,100\n")
    (root / "IJR.csv").write_bytes(b"as of 2027-01-21\nName,Ticker,Weight\nX,X,100\n")
    (root / "readme.txt").write_text("Put files here.", encoding="utf-8")
    (root / "a\nb.csv").write_text("x", encoding="utf-8")
    (root / "passwd").symlink_to("/etc/passwd")
    (root / "IWM_away.csv").symlink_to(outside)
    (root / "gone.csv").symlink_to(root / "nowhere")
    (root / ".hidden.csv").write_text("x", encoding="utf-8")
    os.mkfifo(root / "pipe.csv")
    with (root / "huge.csv").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    found = said(opened(root), root)
    assert found["IWM.csv"] == (
        Level.OK,
        "Holdings: IWM.csv: iShares CSV of IWM, 2026-01-21, 2 positions.",
        "",
    )
    assert found["other.csv"][1].endswith("used for a fund of exactly this name.")
    wrong = {name: what.split(": ", 2)[2] for name, (level, what, _) in found.items() if level is Level.FAULT}
    assert wrong.pop("readme.txt").startswith("No row of it is a heading")
    assert wrong.pop("a?b.csv").startswith("No row of it is a heading")
    assert wrong.pop("half.csv").startswith("It does not say which fund it is of.")
    assert wrong == {
        "SPY.csv": "It does not say of which day it is.",
        "IJR.csv": "its day, 2027-01-21, is yet to come.",
        "passwd": "It leads out of the folder.",
        "IWM_away.csv": "It leads out of the folder.",
        "gone.csv": "It leads nowhere.",
        "pipe.csv": "It is no file.",
        "huge.csv": "It has 40 MB, more than 40.",
    }
    assert all(advice for level, _, advice in found.values() if level is Level.FAULT)
    assert names(lists(opened(root))) == ["X", "Y"]


def test_a_folder_that_is_not_there_is_a_fault_and_holds_nothing(tmp_path: Path) -> None:
    holdings = opened(tmp_path / "nowhere")
    assert lists(holdings) == {}
    (finding,) = asyncio.run(holdings.examine())
    assert finding.level is Level.FAULT
    assert "there is no folder" in finding.what


def test_a_list_is_not_known_before_its_day(tmp_path: Path) -> None:
    (tmp_path / "IWM.csv").write_bytes(shares("X", day="Feb 3, 2026"))  # it is the third elsewhere already
    (tmp_path / "SPY.xlsx").write_bytes(spy("04-Feb-2026"))
    assert lists(opened(tmp_path)).keys() == {"IWM"}
