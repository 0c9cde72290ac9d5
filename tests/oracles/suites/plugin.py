"""A pytest plugin: empyrical's functions are ours while its own tests run; what came of each is written down.

    python -m pytest FOLDER -p tests.oracles.suites.plugin --verdicts FILE

A test that calls a function which no measure stands in for is skipped.
"""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable, Generator
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.oracles.suites.stand_in import STAND_INS, UNDEFINED, NotHere

LIBRARY = "empyrical"


class Verdicts:
    """Remembers which of our functions each test called, and how it ended."""

    def __init__(self) -> None:
        self.called: set[str] = set()
        self.tests: list[dict[str, object]] = []

    def instead(self, name: str) -> Callable[..., Any]:
        """Make what stands in for a function of that name."""

        def call(*args: Any, **kwargs: Any) -> Any:
            if name not in STAND_INS:
                pytest.skip(f"{name} is not here")
            self.called.add(name)
            try:
                return STAND_INS[name](*args, **kwargs)
            except NotHere as gone:
                pytest.skip(f"{name}: {gone}")

        call.__name__ = name
        return call

    def note(self, report: pytest.TestReport) -> None:
        """Write one test down."""
        parts = {"called": sorted(self.called), "undefined": sorted(UNDEFINED)}
        self.tests.append({"id": report.nodeid, "outcome": report.outcome, **parts})


VERDICTS = Verdicts()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--verdicts", type=Path, required=True, help="file to write what came of each test to")


def pytest_configure() -> None:
    """Replace before their test modules are imported, which take functions by name."""
    package = importlib.import_module(LIBRARY)
    stats = importlib.import_module(f"{LIBRARY}.stats")
    for name in functions(stats):
        replacement = wraps(getattr(stats, name))(VERDICTS.instead(name))
        for module in (package, stats):
            if hasattr(module, name):
                setattr(module, name, replacement)


def functions(stats: ModuleType) -> list[str]:
    """Names of what the library computes."""
    return [
        name
        for name, value in vars(stats).items()
        if inspect.isfunction(value) and not name.startswith("_") and value.__module__.startswith(LIBRARY)
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None]:
    VERDICTS.called.clear()
    UNDEFINED.clear()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call":
        VERDICTS.note(report)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    path: Path = session.config.getoption("--verdicts")
    path.write_text(json.dumps(VERDICTS.tests), encoding="utf-8")
