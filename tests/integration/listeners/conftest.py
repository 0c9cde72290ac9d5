"""The desk that the listeners' tests start from."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.handler_desk import Desk, at_the_door


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with at_the_door() as desk:
        yield desk
