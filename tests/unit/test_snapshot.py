"""Snapshots fail with the difference and say how to accept it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.snapshot import check


def test_the_same_text_passes(tmp_path: Path) -> None:
    check(tmp_path / "one.txt", "a\nb\n\n", accept=True)
    assert (tmp_path / "one.txt").read_text(encoding="utf-8") == "a\nb\n"
    check(tmp_path / "one.txt", "a\nb", accept=False)


@pytest.mark.parametrize("kept", ["a\nold", None])
def test_another_text_fails_with_the_difference(tmp_path: Path, kept: str | None) -> None:
    path = tmp_path / "one.txt"
    if kept is not None:
        check(path, kept, accept=True)
    with pytest.raises(pytest.fail.Exception) as failed:
        check(path, "a\nnew", accept=False)
    assert "+new" in str(failed.value)
    assert "--accept-snapshots" in str(failed.value)
    assert ("-old" in str(failed.value)) == (kept is not None)
