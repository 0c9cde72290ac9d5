"""A journal says what was cut off, whatever was going on beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import Unavailable
from tests.reliability.journal import FAILED, NOTED, Journal, Line, cut, inner, read


def lines(text: str) -> list[Line]:
    """Short for a journal: "+post:a" a second, one after the other."""
    parts = enumerate(text.split())
    return [Line(float(at), each[0], *each[1:].split(":")) for at, each in parts]


async def test_what_is_written_is_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.journal")
    with pytest.raises(Unavailable):
        async with journal.step("run", "2026-01-20"), journal.step("fetch"):
            raise Unavailable("the source", "no\nanswer")
    journal.write(NOTED, "notice", "card", "possibly repeated")
    found = read(tmp_path / "a.journal")
    assert [(line.mark, line.step, line.key) for line in found] == [
        ("+", "run", "2026-01-20"),
        ("+", "fetch", ""),
        ("!", "fetch", ""),
        ("!", "run", "2026-01-20"),
        ("*", "notice", "card"),
    ]
    assert found[2].word.startswith("Unavailable: the source did not answer: no answer.")
    assert found[4].word == "possibly repeated"
    assert [line.at for line in found] == sorted(line.at for line in found)


def test_half_a_line_was_never_written(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    path.write_text("1.0 + post a -\n2.0 - po")
    assert read(path) == [Line(1.0, "+", "post", "a")]
    assert read(tmp_path / "none.journal") == []


def test_what_has_begun_and_not_ended_was_cut_off() -> None:
    text = "+lane:a +lane:b +claim:a -claim:a +post:a +claim:b !claim:b -lane:b"
    assert [(line.step, line.key) for line in cut(lines(text))] == [("lane", "a"), ("post", "a")]
    assert cut(lines("+post:a -post:a +post:a"))[0].at == 2.0


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("+run:d +fetch:-", ["fetch"]),
        ("+run:d +fetch:- -fetch:-", ["decide"]),
        ("+lane:a +lane:b +post:a +claim:b", ["claim", "post"]),
        ("+lane:a", ["words"]),
        ("+question:a +take:-", ["take"]),
        ("+question:a +question:b +take:- -take:- +note:b", ["note"]),
        ("+question:a", ["words"]),
        ("+lane:a -lane:a", []),
    ],
)
def test_where_a_worker_was(text: str, steps: list[str]) -> None:
    assert list(inner(lines(text))) == steps
    assert FAILED not in steps
