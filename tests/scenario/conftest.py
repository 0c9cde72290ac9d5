"""Fixtures of the journeys: a team with the bot at work, on both databases and over both transports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot import bootstrap
from bot.config import load
from tests.contracts.stores import emptied, own_database
from tests.scenario.offices import Office, office

USUAL = ("sqlite-http", "postgresql-socket")


@pytest.fixture(scope="session")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what was drawn before is found again."""
    return tmp_path_factory.mktemp("charts")


@pytest.fixture(scope="session")
def shared_database() -> Iterator[str]:
    """The address of a PostgreSQL database; skips where there is no server."""
    with own_database() as address:
        yield address


@pytest.fixture(params=USUAL)
async def away(request: pytest.FixtureRequest, charts: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """A workspace in which the bot is not at work yet; nothing was ever asked of it."""
    kind, _, transport = request.param.partition("-")
    database = f"sqlite:///{tmp_path / 'watchpoint.db'}"
    if kind == "postgresql":
        database = request.getfixturevalue("shared_database")
    await bootstrap.migrate(load(home=charts, DATABASE_URL=database))
    async with office(emptied(database), transport, charts) as team:
        yield team


@pytest.fixture
async def team(away: Office) -> AsyncIterator[Office]:
    """The bot is at work."""
    async with away.at_work():
        yield away
