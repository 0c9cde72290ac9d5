"""The short version of `python -m tests.reliability --faults http`: five seconds, a process that does all."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from tests.reliability.siege import FILES, LOG, MEMORY, besiege

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

SLACKS = 3.0
"""Seconds until Slack gives up; the second that is aimed at takes a machine with nothing else to do."""


async def test_under_attack_at_1024_files_it_answers_and_posts_its_digest(tmp_path: Path) -> None:
    siege = await besiege("all", f"sqlite:///{tmp_path / 'watchpoint.db'}", tmp_path, 5.0, hasty=True)
    assert siege.done["half-open"] >= 2000
    assert siege.done["unsigned"] >= 500
    assert siege.refused["crowded"] >= 1000
    assert (siege.failed, siege.lost) == ([], 0)
    assert statistics.median(siege.waits) < SLACKS
    assert siege.late < 30
    assert siege.memory < MEMORY
    assert siege.log < LOG
    assert siege.files < FILES
