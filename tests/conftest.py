"""Fixtures that every level of test shares."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import exchange_calendars
import pytest
from hypothesis import HealthCheck, settings

from bot.market import calendar
from tests.snapshot import pytest_addoption, snapshot

__all__ = ["pytest_addoption", "snapshot"]

# How long an example takes says how busy the machine is, not whether the property holds.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The check tries the same examples each time, so that it judges the change and not the draw;
# `--hypothesis-profile thorough` draws new ones.
settings.register_profile("house", _PATIENT, derandomize=True)
settings.register_profile("thorough", _PATIENT)
settings.load_profile("house")

# Some wait two seconds for a database at most, and a busy disk may take longer to keep a page.
_MEMORY, _ENOUGH = Path("/dev/shm"), 4_000_000_000
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))  # noqa: TID251

MARKET = Path(__file__).resolve().parents[2] / "shared" / "market"


@pytest.fixture(scope="session")
def market_dir() -> Path:
    """The folder of real prices beside the checkout; tests that need it skip where it is absent."""
    if not MARKET.is_dir():
        pytest.skip("real prices are not on this machine (no ../shared/market beside the checkout)")
    return MARKET


def pytest_xdist_auto_num_workers() -> int:
    """Two more than the cores: while a test waits for a server or a browser, another one computes."""
    return len(os.sched_getaffinity(0)) + 2


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only the thorough profile tries, and put the trials first: they keep whole processes
    busy for long.

    So they fill no gap at the end, and stand beside no test that a browser or Slack's three seconds hold to
    a time.
    """
    if settings.get_current_profile_name() != "thorough":
        left_out = [item for item in items if item.get_closest_marker("thorough")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: "tests/reliability/" not in item.nodeid)


@pytest.fixture
def no_athens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library cannot build the calendar of Athens, as it cannot with pandas 3.1 and could before."""
    real = exchange_calendars.get_calendar
    calendar._exchange.cache_clear()  # other tests may have built it
    calendar._table.cache_clear()

    def without(name: str, *days: Any, **options: Any) -> Any:
        if name == "ASEX":
            raise NotImplementedError("implemented by subclasses")
        return real(name, *days, **options)

    monkeypatch.setattr(exchange_calendars, "get_calendar", without)
