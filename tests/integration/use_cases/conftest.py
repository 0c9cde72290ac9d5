"""The room that questions are asked in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.use_cases.room import Room, room


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Room]:
    """A channel of a workspace without rules, on a Friday evening after the close."""
    async with room(tmp_path) as made:
        yield made
