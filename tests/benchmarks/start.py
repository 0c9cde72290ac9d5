"""How long the command line takes to start.  Run: python -m tests.benchmarks.start

Whole processes, in turn: an empty interpreter (the physical limit), the import of bot.cli, `watchpoint
--help`, and the imports that bot.cli leaves for later.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

from bot.clock import SystemClock
from tests.benchmarks.table import print_table

ROUNDS = 7
LIMIT = 0.5
PROGRAMS = {
    "empty interpreter": "pass",
    "import bot.cli": "import bot.cli",
    "watchpoint --help": "import bot.cli; bot.cli.main(['--help'])",
    "pandas, matplotlib, yfinance, slack_bolt": "import pandas, matplotlib.figure, yfinance, slack_bolt",
}


def _seconds(program: str) -> float:
    clock = SystemClock()
    start = clock.monotonic()
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)
    return clock.monotonic() - start


def main() -> None:
    """Measure in turn and print the medians."""
    for program in PROGRAMS.values():
        _seconds(program)
    rounds = [{name: _seconds(program) for name, program in PROGRAMS.items()} for _ in range(ROUNDS)]
    medians = {name: statistics.median(each[name] for each in rounds) for name in PROGRAMS}
    own = medians["import bot.cli"]
    print_table(
        f"Start, medians of {ROUNDS} whole processes",
        [
            {
                "what": name,
                "s": f"{seconds:.3f}",
                "x import bot.cli": f"{seconds / own:.1f}",
                "limit": f"{LIMIT} s" if name == "import bot.cli" else "",
            }
            for name, seconds in medians.items()
        ],
    )


if __name__ == "__main__":
    main()
