"""How much may be asked at once."""

from __future__ import annotations

import pytest

from bot.bootstrap.roles import request_limits
from bot.config import environment_name, load
from bot.errors import UserError
from bot.model import RequestLimits
from bot.use_cases.home import EVENTS

NAMES = ("questions_per_person", "questions_per_channel", "questions_per_workspace")


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(environment_name(name), raising=False)


def test_three_ten_and_thirty_where_nothing_else_is_said() -> None:
    assert request_limits(load()) == RequestLimits(3, 10, 30, EVENTS)


def test_numbers_are_read_and_none_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(NAMES, ("0", "1", "1000"), strict=True):
        monkeypatch.setenv(environment_name(name), value)
    assert request_limits(load()) == RequestLimits(0, 1, 1000, EVENTS)


@pytest.mark.parametrize("given", ["-1", "1001", "1.5", "nan", "three"])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_number_of_questions_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str
) -> None:
    variable = environment_name(name)
    monkeypatch.setenv(variable, given)
    with pytest.raises(UserError, match=f"{variable}: '{given}' was given") as caught:
        load()
    assert len(caught.value.args) == 1
