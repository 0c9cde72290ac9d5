"""Lists of holdings: 2,000 joined with 500, 2,000 rows read of each kind; beside what reads the same bytes.

    python -m tests.benchmarks.holdings

Seconds of processor time, the best of some runs.  The peer of a reader is what only splits or parses the same
bytes (csv.reader, calamine, ElementTree): nothing that makes positions of them can be faster.
"""

from __future__ import annotations

import csv
import gc
import io
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import date
from functools import partial

import numpy as np
from python_calamine import CalamineWorkbook

from analytics.holdings import Constituent, lay_positions, share_overlap
from bot.market.holdings.files import make_list, read_list
from tests.benchmarks.table import print_table
from tests.fakes.holdings import ishares, ishares_row, nport, nport_position, ssga

ROWS, FEW = 2_000, 500
MOST = 0.05
"""Seconds for each."""
RUNS = 9


def best(run: Callable[[], object]) -> float:
    """Return the least processor time of some runs."""
    taken = []
    gc.collect()
    for _ in range(RUNS):
        begun = time.process_time()
        run()
        taken.append(time.process_time() - begun)
    return min(taken)


def positions(count: int, first: int, *, isin: bool) -> list[Constituent]:
    weights = np.random.default_rng(first).random(count)
    return [
        Constituent(
            f"Company {at}",
            float(weight),
            symbol=f"T{at}",
            isin=f"US{at:09d}0" if isin else None,
            cusip=None if isin else f"{at:09d}",
        )
        for at, weight in enumerate(weights / weights.sum(), first)
    ]


def join() -> float:
    ours, theirs = positions(ROWS, 0, isin=True), positions(FEW, ROWS - FEW // 2, isin=False)
    return best(lambda: share_overlap(*lay_positions({"ours": ours, "theirs": theirs}).weights))


def ssga_row(at: int, part: float) -> list[str | float]:
    return [f"COMPANY {at}", f"T{at}", f"{at:08d}0", "-", part, "-", 1000.0, "USD"]


def files() -> dict[str, tuple[bytes, Callable[[bytes], object]]]:
    part = 100 / ROWS
    lines = [
        ishares_row(
            f"T{at}", f"COMPANY {at}", f"{part:.2f}", value="50,000.00", quantity="1,000.00", price="50.00"
        )
        for at in range(ROWS)
    ]
    rows = [ssga_row(at, part) for at in range(ROWS)]
    forms = [
        nport_position(f"Company {at}", part, cusip=f"{at:08d}0", isin=f"US{at:09d}9") for at in range(ROWS)
    ]
    return {
        "iShares CSV": (ishares(*lines), lambda content: list(csv.reader(io.StringIO(content.decode())))),
        "SSGA XLSX": (
            ssga(*rows),
            lambda content: (
                CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
            ),
        ),
        "N-PORT XML": (nport(*forms), lambda content: ET.fromstring(content.strip())),
    }


def read(content: bytes) -> object:
    return make_list(read_list(content), "AAA", date(2026, 1, 1))


def main() -> list[str]:
    """Print all of them; return the targets that are missed."""
    joined = join()
    table = [
        {"": f"{ROWS:,} joined with {FEW}", "ms": f"{joined * 1e3:.0f}", "only parsed, ms": "", "ratio": ""}
    ]
    taken = {f"{ROWS:,} joined with {FEW}": joined}
    for name, (content, parse) in files().items():
        seconds = best(partial(read, content))
        bare = best(partial(parse, content))
        taken[name] = seconds
        table.append(
            {
                "": f"{name}, {ROWS:,} rows",
                "ms": f"{seconds * 1e3:.0f}",
                "only parsed, ms": f"{bare * 1e3:.0f}",
                "ratio": f"{seconds / bare:.1f}",
            }
        )
    print_table("Lists of holdings", table)
    return [
        f"{seconds * 1e3:.0f} ms for {name}, target {MOST * 1e3:.0f}"
        for name, seconds in taken.items()
        if seconds > MOST
    ]


if __name__ == "__main__":
    missed = main()
    print("Targets missed: " + "; ".join(missed) if missed else "All targets met.")
