"""The cache shared by real processes: who reads sees a whole value, whoever writes, and whoever is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.market.disk_store import PRICES, DiskStore

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import numpy as np
from bot.market.disk_store import PRICES, PriceEntry
from bot.market.series import Series
from bot.market.disk_store import DiskStore

folder, level, rounds = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
for i in range(rounds):
    size = 2000 + 500 * (i % 7)
    values = np.full(size, level)
    series = Series("ISCB", np.datetime64("2000-01-01") + np.arange(size), values, values, values)
    entry = PriceEntry(series, (), "Source", False, datetime(2026, 1, 16, tzinfo=UTC))
    DiskStore(folder, "prices", PRICES).write("ISCB", entry)
    if i == 0:
        print("ready", flush=True)
        sys.stdin.readline()
"""


def writer(folder: Path, level: float, rounds: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), str(level), str(rounds)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ready(*processes: subprocess.Popen[str]) -> None:
    """Wait until each has written once, then let them go on together, however long one took to start."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()


def read_whole(folder: Path) -> float:
    """The level of the value on disk; fails where it is absent, torn or mixed."""
    entry = DiskStore(folder, "prices", PRICES).read("ISCB")
    assert entry is not None
    levels = np.unique(np.stack([entry.series.total_return, entry.series.close, entry.series.volume]))
    assert levels.size == 1
    return float(levels[0])


def test_readers_never_see_a_torn_value(tmp_path: Path) -> None:
    writers = [writer(tmp_path, level, 300) for level in (1.0, 2.0, 3.0)]
    ready(*writers)
    seen, reads = set(), 0
    while any(process.poll() is None for process in writers):
        seen.add(read_whole(tmp_path))
        reads += 1
    assert [process.wait() for process in writers] == [0, 0, 0]
    assert reads > 20
    assert len(seen) > 1  # they did write over one another meanwhile
    assert [path.name for path in tmp_path.iterdir()] == ["prices-ISCB"]
    for process in writers:
        process.communicate()


def test_a_writer_killed_at_any_moment_leaves_a_whole_value(tmp_path: Path) -> None:
    for level in (1.0, 2.0, 3.0):
        process = writer(tmp_path, level, 1_000_000)
        ready(process)
        for _ in range(20):
            read_whole(tmp_path)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert read_whole(tmp_path) == level
