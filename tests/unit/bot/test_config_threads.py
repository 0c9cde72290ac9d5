"""How long the bot remembers what a thread is about."""

from __future__ import annotations

import pytest

from bot.config import environment_name, load
from bot.errors import UserError


def test_ninety_days_where_nothing_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHPOINT_THREAD_DAYS", raising=False)
    assert load().thread_days == 90
    assert environment_name("thread_days") == "WATCHPOINT_THREAD_DAYS"


@pytest.mark.parametrize("days", [1, 90, 3650])
def test_days_are_read(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    monkeypatch.setenv("WATCHPOINT_THREAD_DAYS", str(days))
    assert load().thread_days == days


@pytest.mark.parametrize("given", ["0", "-1", "3651", "1.5", "nan", "inf", "ninety", "1e3"])
def test_what_is_no_number_of_days_is_named(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("WATCHPOINT_THREAD_DAYS", given)
    with pytest.raises(UserError, match=f"WATCHPOINT_THREAD_DAYS: '{given}' was given") as caught:
        load()
    assert len(caught.value.args) == 1
