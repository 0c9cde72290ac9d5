"""Measures the shape of the house: python -m tests.shape

Files and folders, how long functions are, who imports whom, and what one `/compare` runs through.
"""

from __future__ import annotations

import ast
import asyncio
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
WORKER, POST = "RequestWorker.work", "chat_postMessage"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> dict[str, Path]:
    """Return the product's modules by their names; the migrations are history, not the house."""
    found = {}
    for package in ("analytics", "bot"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            if "migrations" not in name:
                found[name] = path
    return found


def lines_of(path: Path) -> int:
    """Count the lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def functions() -> Iterator[tuple[str, Function]]:
    """Yield every function with the place where it stands."""
    for path in sources().values():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, Function):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def body_lines(function: Function) -> int:
    """Count the lines of a body, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def importers() -> Mapping[str, set[str]]:
    """Return the product's modules with those that import them.

    A name that a package passes on counts for the module that defines it.
    """
    found = sources()
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in found.items()}
    passed_on: dict[tuple[str, str], str] = {}
    for name, path in found.items():
        if path.name == "__init__.py":
            for statement in trees[name].body:
                if isinstance(statement, ast.ImportFrom) and statement.module in found:
                    passed_on |= {
                        (name, each.asname or each.name): statement.module for each in statement.names
                    }
    result: dict[str, set[str]] = {name: set() for name in found}
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for each in node.names:
                    target = f"{node.module}.{each.name}"
                    home = target if target in found else passed_on.get((node.module, each.name), node.module)
                    if home in result and home != name and found[name].name != "__init__.py":
                        result[home].add(name)
    return result


def imported_once() -> dict[str, int]:
    """Return the modules that one other module alone imports, with their lines."""
    found = sources()
    return {
        name: lines_of(found[name])
        for name, users in importers().items()
        if len(users) == 1 and found[name].name != "__init__.py"
    }


CLOCK = {"bot/bootstrap/roles.py", "bot/use_cases/scheduler.py"}
"""What looks every few seconds whether anything is due: on a busy machine during every question."""


class Trace:
    """Which of the product's files run, and by how many of its functions a post is called."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self.frames: list[str] = []

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        """Look at a call; importing a module is none."""
        path = frame.f_code.co_filename
        if event == "call" and frame.f_code.co_name == POST:
            self.frames = list(_callers(frame))
        if event != "call" or not path.startswith((f"{ROOT}/analytics/", f"{ROOT}/bot/")):
            return
        if "/playground/" in path or frame.f_code.co_name == "<module>":
            return
        self.files.add(str(Path(path).relative_to(ROOT)))

    def __enter__(self) -> Trace:
        sys.setprofile(self)
        threading.setprofile(self)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)


def _callers(frame: FrameType | None) -> Iterator[str]:
    """Yield the product's functions on the way to a frame, up to the worker that took the request."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(f"{ROOT}/bot/"):
            yield code.co_qualname
            if code.co_qualname == WORKER:
                return
        frame = frame.f_back


async def trace_compare(folder: Path) -> Trace:
    """Ask `/compare ISCB SPSM 3y` of the assembled bot before the embedded workspace, and trace it."""
    from bot.playground.storage import ANN
    from tests.scenario.offices import office

    async with office(f"sqlite:///{folder}/shape.db", "http", folder) as here, here.at_work():
        await here.type(ANN, "/compare ISCB SPSM 1y")  # what is only done once
        with Trace() as once:
            await here.type(ANN, "/compare ISCB SPSM 2y")
        with Trace() as trace:
            await here.type(ANN, "/compare ISCB SPSM 3y")
    trace.files &= once.files  # what falls due at the same time is no part of it
    trace.files -= CLOCK
    return trace


def table() -> Iterator[tuple[str, str]]:
    """Yield the measures of the shape and their values."""
    found = sources()
    counts = [lines_of(path) for path in found.values() if path.name != "__init__.py"]
    folders = {path.parent for path in found.values()}
    bodies = sorted(body_lines(node) for _, node in functions())
    once = imported_once()
    yield (
        "product files / median / biggest, lines",
        f"{len(counts)} / {statistics.median(counts):.0f} / {max(counts)}",
    )
    yield "product lines", str(sum(map(lines_of, found.values())))
    yield "test lines", str(sum(map(lines_of, sorted((ROOT / "tests").rglob("*.py")))))
    yield "folders, levels", f"{len(folders)}, {max(len(path.relative_to(ROOT).parts) for path in folders)}"
    p90, p99 = bodies[len(bodies) * 9 // 10], bodies[len(bodies) * 99 // 100]
    yield (
        "body median / p90 / p99 / longest",
        f"{statistics.median(bodies):.0f} / {p90} / {p99} / {bodies[-1]}",
    )
    short = sum(count <= 120 for count in once.values())
    yield (
        "modules imported by one module only (of these up to 120 lines)",
        f"{len(once)} / {len(counts)} ({short})",
    )
    with tempfile.TemporaryDirectory() as folder:
        trace = asyncio.run(trace_compare(Path(folder)))
    yield "product files that one /compare runs through", str(len(trace.files))
    yield "frames from the worker to Slack's call", str(len(trace.frames))


if __name__ == "__main__":
    for measure, value in table():
        print(f"{measure:66} {value}")
