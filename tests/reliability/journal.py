"""What a worker was doing: a file of lines that stays when the process is killed.

    12.345678 + post T1/C01/2026-02-02/card/R1v1
    12.390412 - post T1/C01/2026-02-02/card/R1v1 1770046200.000100
    12.390518 + record T1/C01/2026-02-02/card/R1v1

A step that has begun and not ended is what the kill cut off.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.reliability.clock import real

BEGUN, ENDED, FAILED, NOTED = "+", "-", "!", "*"


@dataclass(frozen=True)
class Line:
    """at: real monotonic seconds.  mark: one of the four above.  word: what came of it."""

    at: float
    mark: str
    step: str
    key: str
    word: str = ""


class Journal:
    """Written by one worker; a line is with the system before the step goes on."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)

    def write(self, mark: str, step: str, key: str = "", word: str = "") -> None:
        """One line."""
        said = " ".join(word.split()) or "-"
        os.write(self._file, f"{real():.6f} {mark} {step} {key or '-'} {said}\n".encode())

    @asynccontextmanager
    async def step(self, name: str, key: str = "") -> AsyncIterator[None]:
        """A step from its beginning to its end, or to what it raises."""
        self.write(BEGUN, name, key)
        try:
            yield
        except BaseException as fault:
            verdict = getattr(fault, "verdict", None)
            self.write(FAILED, name, key, verdict.name if verdict else f"{type(fault).__name__}: {fault}")
            raise
        self.write(ENDED, name, key)


def read(path: Path) -> list[Line]:
    """All whole lines."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [_line(each) for each in text.split("\n")[:-1]]


def _line(text: str) -> Line:
    at, mark, step, key, word = text.split(" ", 4)
    return Line(float(at), mark, step, "" if key == "-" else key, "" if word == "-" else word)


def cut(lines: Sequence[Line]) -> list[Line]:
    """The steps that have begun and not ended."""
    open_: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.mark == BEGUN:
            open_.setdefault((line.step, line.key), []).append(line)
        elif line.mark in (ENDED, FAILED) and open_.get((line.step, line.key)):
            open_[line.step, line.key].pop()
    return [line for waiting in open_.values() for line in waiting]


def inner(lines: Sequence[Line]) -> Iterator[str]:
    """Where the worker was, in the innermost steps: a run that does not fetch or commit decides."""
    names = {line.step for line in cut(lines)}
    for outer, (own, parts) in INSIDE.items():
        if outer in names:
            found = names & parts
            yield from sorted(found) if found else [own]


INSIDE = {
    "run": ("decide", frozenset({"fetch", "commit"})),
    "lane": ("words", frozenset({"claim", "post", "rewrite", "look", "record"})),
    "question": ("words", frozenset({"take", "fetch", "draw", "upload", "post", "look", "note"})),
}
"""The outer steps, what they are without any of their parts, and these."""
