"""Readable snapshots: texts kept in tests/snapshots, compared as a person would read them.

    def test_it(snapshot):
        snapshot("name", text)

A text that differs fails with the difference; `pytest --accept-snapshots` writes what there is now.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "snapshots"
Snapshot = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept-snapshots", action="store_true", help="write the texts of tests/snapshots as they are now"
    )


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """Compares a text with the snapshot of that name."""
    accept = bool(request.config.getoption("--accept-snapshots"))
    return lambda name, text: check(FOLDER / f"{name}.txt", text, accept=accept)


def check(path: Path, text: str, *, accept: bool) -> None:
    """Fail where the text differs from the file; with `accept` write it instead."""
    now = f"{text.rstrip()}\n"
    if accept:
        path.write_text(now, encoding="utf-8")
        return
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if now != before:
        lines = difflib.unified_diff(
            before.splitlines(), now.splitlines(), "accepted", "now", lineterm="", n=2
        )
        how = "Where this is better, accept it: pytest tests/unit/bot/render --accept-snapshots"
        pytest.fail("\n".join([f"{path.name} reads differently.", *lines, how]), pytrace=False)
