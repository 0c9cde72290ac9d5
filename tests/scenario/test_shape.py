"""What one `/compare` runs through, traced in the assembled bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shape import ROOT, trace_compare

MOST_FILES = 100
"""97 when this was written, docs/decisions/0047 says why not fewer; then came mixes of funds and lists of
holdings."""


@pytest.mark.slow
async def test_a_compare_runs_through_few_files(tmp_path: Path) -> None:
    trace = await trace_compare(tmp_path)
    assert {
        "bot/use_cases/compare.py",
        "bot/render/sections/finding.py",
        "bot/slack/messenger.py",
    } <= trace.files
    assert all((ROOT / name).is_file() for name in trace.files)
    assert len(trace.files) <= MOST_FILES, sorted(trace.files)
