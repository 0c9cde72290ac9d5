"""The room that questions are asked in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from analytics.watch.preflight import preflight
from bot.use_cases.outcomes import worth
from tests.integration.use_cases.room import Room, room


@pytest.fixture(autouse=True)
def few_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule is weighed in few worlds: its words are the matter here, the oracles weigh the figures."""
    monkeypatch.setattr(worth, "preflight", partial(preflight, paths=50))


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Room]:
    """A channel of a workspace without rules, on a Friday evening after the close."""
    async with room(tmp_path) as made:
        yield made
