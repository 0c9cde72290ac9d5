"""The playground on this machine: how soon it answers, and how much memory it takes.

Run: python -m tests.benchmarks.playground

A whole process from its first moment (`watchpoint playground --script`), cold, with an empty folder.  Memory
is the proportional share (PSS) of every process of its tree, summed, the largest sum of samples taken every
20 ms; "resident" is the same with shared pages counted in each process.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.clock import SystemClock
from tests.benchmarks.table import print_table

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
PAUSE = 0.02
LIMIT_SECONDS, LIMIT_MB = 5.0, 250.0
FIRST = "#portfolio ann: /compare ISCB SPSM 3y\n"
MORE = "".join(
    f"#research-private ben: /compare {funds} {window}\n"
    for funds in ("IWM SPSM", "ISCB IJR VB AVUV SPMD SPY", "SPY QQQ TLT")
    for window in ("1y", "5y", "10y")
)


@dataclass(frozen=True)
class Run:
    """One process.  first: seconds to the first answer; peak, resident: MB; processes: at the peak."""

    first: float
    peak: float
    resident: float
    processes: int


class Scale:
    """Weighs a process and all its children until it is told to stop."""

    def __init__(self, pid: int) -> None:
        self.peak, self.resident, self.processes = 0.0, 0.0, 0
        self._pid, self._stop = pid, threading.Event()
        self._thread = threading.Thread(target=self._weigh)
        self._thread.start()

    def stop(self) -> None:
        """The last sample is taken."""
        self._stop.set()
        self._thread.join()

    def _weigh(self) -> None:
        while not self._stop.is_set():
            pids = [self._pid, *children(self._pid)]
            shares, whole = zip(*map(memory, pids), strict=True)
            if sum(shares) > self.peak:
                self.peak, self.processes = sum(shares), sum(share > 0 for share in shares)
            self.resident = max(self.resident, sum(whole))
            time.sleep(PAUSE)


def children(pid: int) -> list[int]:
    """All processes below one."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *children(int(child))]
    return found


def memory(pid: int) -> tuple[float, float]:
    """Proportional and resident MB; zeros for a process that has ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        facts = dict(line.split()[:2] for line in lines[1:])
        return float(facts["Pss:"]) / 1024, float(facts["Rss:"]) / 1024
    return 0.0, 0.0


def one_run(script: str) -> Run:
    """Start it, wait for the answers, weigh it all the while."""
    clock = SystemClock()
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(script)
        file.flush()
        began = clock.monotonic()
        command = [sys.executable, "-m", "bot", "playground", "--script", file.name]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            scale = Scale(process.pid)
            assert process.stdout is not None
            first = next(clock.monotonic() - began for line in process.stdout if "[picture:" in line)
            process.stdout.read()
            scale.stop()
    return Run(first, scale.peak, scale.resident, scale.processes)


def main() -> None:
    """Measure and print."""
    one = [one_run(FIRST) for _ in range(ROUNDS)]
    many = [one_run(FIRST + MORE) for _ in range(ROUNDS)]
    rows = [_row("one question", one), _row("ten questions, up to six funds", many)]
    limits = {
        "what": "limit",
        "first answer, s": f"{LIMIT_SECONDS:.1f}",
        "peak MB": f"{LIMIT_MB:.0f}",
        "resident MB": "",
        "processes": "",
    }
    print_table(f"The playground, medians of {ROUNDS} cold starts", [*rows, limits])


def _row(what: str, runs: list[Run]) -> dict[str, str]:
    return {
        "what": what,
        "first answer, s": f"{statistics.median(run.first for run in runs):.2f}",
        "peak MB": f"{statistics.median(run.peak for run in runs):.0f}",
        "resident MB": f"{statistics.median(run.resident for run in runs):.0f}",
        "processes": f"{statistics.median(run.processes for run in runs):.0f}",
    }


if __name__ == "__main__":
    main()
