"""Fixtures that several folders of unit tests share."""

from __future__ import annotations

from typing import Any

import exchange_calendars
import pytest

from bot.market import calendar


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
