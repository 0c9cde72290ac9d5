"""One team's workspace on a day in winter, and Ann's eyes on it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.clock import FixedClock
from bot.playground.page.blocks import Blocks
from bot.playground.page.viewer import Viewer
from bot.playground.storage import ANN, seed_workspace
from bot.playground.workspace import Workspace

NOW = datetime(2026, 1, 16, 21, 15, tzinfo=UTC)


@pytest.fixture(scope="session")
def workspace() -> Workspace:
    """Nobody changes it: tests that do take their own."""
    return seed_workspace(FixedClock(NOW))


@pytest.fixture(scope="session")
def ann(workspace: Workspace) -> Viewer:
    return Viewer(workspace, ANN)


@pytest.fixture(scope="session")
def blocks(ann: Viewer) -> Blocks:
    return Blocks(ann, "m1", "/as/U0ANN/C0PORTFOLIO/messages/1/press")
