"""The desk that the messenger's tests start from."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.slack_desk import Desk


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with Desk.open() as desk:
        yield desk
