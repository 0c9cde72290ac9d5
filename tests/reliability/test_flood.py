"""The short version of `python -m tests.reliability --faults flood`: four questions of each of the others."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from tests.reliability.flood import MORE, flood

pytestmark = [pytest.mark.slow, pytest.mark.thorough]


async def test_a_flood_of_one_workspace_delays_no_other_for_long(tmp_path: Path) -> None:
    found = await flood("all", f"sqlite:///{tmp_path / 'watchpoint.db'}", tmp_path, 4)
    assert found.refused > 20
    assert (found.lost, found.quiet.unanswered, found.flooded.unanswered) == (0, 0, 0)
    more = statistics.median(found.flooded.waits) - statistics.median(found.quiet.waits)
    assert more < MORE  # the longest wait, which is aimed at, takes a machine with nothing else to do
