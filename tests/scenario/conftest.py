"""Fixtures of the journeys: a team with the bot at work, on both databases and over both transports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings

from analytics.watch.preflight import preflight
from bot import bootstrap
from bot.config import load
from bot.use_cases import rule_status
from tests.contracts.stores import emptied, own_database
from tests.scenario.offices import FEW_WORLDS, USUAL, Office, office


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play a journey that names no offices in one of the usual two, always the same; thoroughly in both.

    What the databases and the transports do is the matter of the contracts and of the journeys that name
    both; of the others each plays half.
    """
    named = {word for mark in metafunc.definition.iter_markers("parametrize") for word in mark.args[0:1]}
    if "away" in metafunc.fixturenames and "away" not in named:
        one = USUAL[crc32(metafunc.definition.nodeid.encode()) % len(USUAL)]
        thorough = settings.get_current_profile_name() == "thorough"
        metafunc.parametrize("away", USUAL if thorough else (one,), indirect=True)


@pytest.fixture(autouse=True)
def few_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule is weighed in few worlds: its words are the matter here, the oracles weigh the figures."""
    monkeypatch.setattr(rule_status, "preflight", partial(preflight, paths=FEW_WORLDS))


@pytest.fixture(scope="session")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what was drawn before is found again."""
    return tmp_path_factory.mktemp("charts")


@pytest.fixture(scope="session")
def shared_database() -> Iterator[str]:
    """The address of a PostgreSQL database; skips where there is no server."""
    with own_database() as address:
        yield address


@pytest.fixture
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
