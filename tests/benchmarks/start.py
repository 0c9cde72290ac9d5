"""How long the command line and the roles take to start, and what they weigh.

Run: python -m tests.benchmarks.start

Whole processes, in turn.  Commands: an empty interpreter (the physical limit), the import of bot.cli,
`watchpoint --help`, and the imports that bot.cli leaves for later.  Roles: from the first moment to the word
that the process listens, and the proportional share (PSS) of its memory then, with its children's; beside
them the import of slack_bolt alone, which every Slack app in Python has.  The roles `web` and `worker` are
started where TEST_DATABASE_URL names a server.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.clock import SystemClock
from bot.jobs.postgres import install
from bot.store import migrate
from tests.benchmarks.playground import children, memory
from tests.benchmarks.table import print_table
from tests.contracts.stores import own_database, server

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 7
LIMIT = 0.5
BOLT = "slack_bolt alone"
PROGRAMS = {
    "empty interpreter": "pass",
    "import bot.cli": "import bot.cli",
    "watchpoint --help": "import bot.cli; bot.cli.main(['--help'])",
    "pandas, matplotlib, yfinance, slack_bolt": "import pandas, matplotlib.figure, yfinance, slack_bolt",
}
IMPORT = "import slack_bolt.async_app, time; print('Listening', flush=True); time.sleep(60)"
SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "1",
    "WATCHPOINT_DATA": "sample",
    "WATCHPOINT_PORT": "0",
    "WATCHPOINT_TRANSPORT": "http",
}
READY = ("Listening", "Working")


def _seconds(program: str) -> float:
    clock = SystemClock()
    start = clock.monotonic()
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)
    return clock.monotonic() - start


def _commands() -> list[dict[str, str]]:
    for program in PROGRAMS.values():
        _seconds(program)
    rounds = [{name: _seconds(program) for name, program in PROGRAMS.items()} for _ in range(ROUNDS)]
    medians = {name: statistics.median(each[name] for each in rounds) for name in PROGRAMS}
    own = medians["import bot.cli"]
    return [
        {
            "what": name,
            "s": f"{seconds:.3f}",
            "x import bot.cli": f"{seconds / own:.1f}",
            "limit": f"{LIMIT} s" if name == "import bot.cli" else "",
        }
        for name, seconds in medians.items()
    ]


def _served(arguments: list[str], address: str) -> tuple[float, float]:
    """Seconds until it says that it is ready, and MB then."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as home:
        about = {"WATCHPOINT_HOME": home, "DATABASE_URL": address}
        began = clock.monotonic()
        with subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **SETTINGS, **about},  # noqa: TID251
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            said: list[str] = []
            if not any(_is_ready(line, said) for line in process.stdout):
                raise RuntimeError("".join(said))
            took = clock.monotonic() - began
            weight = sum(memory(pid)[0] for pid in (process.pid, *children(process.pid)))
            process.terminate()
            process.stdout.read()
    return took, weight


def _is_ready(line: str, said: list[str]) -> bool:
    said.append(line)
    return any(word in line for word in READY)


@contextmanager
def _shared() -> Iterator[str]:
    """A PostgreSQL database that is migrated."""
    with own_database() as address:
        migrate(address)
        asyncio.run(install(address))
        yield address


def _roles() -> list[dict[str, str]]:
    with ExitStack() as stack:
        address = stack.enter_context(_shared()) if server() else ""
        cases = {BOLT: (["-c", IMPORT], "")}
        for role in ("web", "worker", "all") if address else ("all",):
            cases[role] = (["-m", "bot", "serve", "--role", role], "" if role == "all" else address)
        rounds = [{name: _served(*case) for name, case in cases.items()} for _ in range(ROUNDS)]
    seconds = {name: statistics.median(each[name][0] for each in rounds) for name in cases}
    weights = {name: statistics.median(each[name][1] for each in rounds) for name in cases}
    return [
        {
            "role": name,
            "s": f"{seconds[name]:.2f}",
            "x slack_bolt": f"{seconds[name] / seconds[BOLT]:.1f}",
            "MB": f"{weights[name]:.0f}",
        }
        for name in cases
    ]


def main() -> None:
    """Measure in turn and print the medians."""
    print_table(f"Start, medians of {ROUNDS} whole processes", _commands())
    print_table(f"The roles, medians of {ROUNDS} cold starts", _roles())


if __name__ == "__main__":
    main()
