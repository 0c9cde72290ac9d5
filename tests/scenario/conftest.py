"""Fixtures of the journeys: a team with the bot at work, on both databases and over both transports."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from functools import cache, partial
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import settings

from analytics.evidence import gaps
from analytics.evidence.intervals import resample
from analytics.watch.preflight import preflight
from bot import bootstrap
from bot.bootstrap import sources
from bot.config import load
from bot.market import sample
from bot.market.sample import simulate
from bot.use_cases.gather import Computed, MarketData
from bot.use_cases.outcomes import worth
from tests.contracts.stores import emptied, own_database, sqlite_template
from tests.scenario.offices import FEW_RESAMPLES, FEW_WORLDS, USUAL, Office, office

__all__ = ["sqlite_template"]


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
    monkeypatch.setattr(worth, "preflight", partial(preflight, paths=FEW_WORLDS))


_simulate = cache(lambda sessions: simulate(np.frombuffer(sessions, dtype="datetime64[D]")))


@pytest.fixture(scope="session")
def computed() -> Computed:
    """What was worked out from the same prices before is found again."""
    return Computed(10_000)


@pytest.fixture(autouse=True)
def one_market(computed: Computed, monkeypatch: pytest.MonkeyPatch) -> None:
    """All offices have the same market, which is simulated, and worked out, once."""
    monkeypatch.setattr(sources, "MarketData", partial(MarketData, computed=computed))
    monkeypatch.setattr(sample, "simulate", lambda sessions: _simulate(sessions.tobytes()))


@pytest.fixture(scope="session")
def computed_roughly() -> Computed:
    """The same, from few resamples."""
    return Computed(10_000)


@pytest.fixture
def few_resamples(one_market: None, computed_roughly: Computed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gap is weighed in few resamples, where no figure of it is the matter."""
    monkeypatch.setattr(gaps, "resample", partial(resample, count=FEW_RESAMPLES))
    monkeypatch.setattr(sources, "MarketData", partial(MarketData, computed=computed_roughly))


@pytest.fixture(scope="session")
def charts(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Where what was drawn before is found again, whichever of the tests' processes drew it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "charts"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.fixture(scope="session")
def shared_database() -> Iterator[str]:
    """The address of a PostgreSQL database; skips where there is no server."""
    with own_database() as address:
        yield address


@pytest.fixture(scope="session")
def migrated() -> set[str]:
    """The addresses of databases that have the newest schema."""
    return set()


@pytest.fixture
async def away(
    request: pytest.FixtureRequest, charts: Path, tmp_path: Path, migrated: set[str]
) -> AsyncIterator[Office]:
    """A workspace in which the bot is not at work yet; nothing was ever asked of it."""
    kind, _, transport = request.param.partition("-")
    if kind == "postgresql":
        database = request.getfixturevalue("shared_database")
        if database not in migrated:
            await bootstrap.migrate(load(home=charts, DATABASE_URL=database))
            migrated.add(database)
    else:
        template = request.getfixturevalue("sqlite_template")
        database = f"sqlite:///{shutil.copy(template, tmp_path / 'watchpoint.db')}"
    async with office(emptied(database), transport, charts) as team:
        yield team


@pytest.fixture
async def team(away: Office) -> AsyncIterator[Office]:
    """The bot is at work."""
    async with away.at_work():
        yield away
