"""What is expected is one line in the log; a fault of the code keeps its traceback."""

from __future__ import annotations

import json
import logging

import aiohttp
import psycopg
import pytest
import sqlalchemy as sa

from bot.errors import Unavailable, UserError
from bot.slack.errors import FaultKind, SlackFault
from bot.telemetry.logs import TEXT, AsJson, AsText, is_expected

AWAY = Unavailable("The database", "it cannot be reached", detail="PostgreSQL at db.example/rules: no route")
EXPECTED = [
    AWAY,
    SlackFault(FaultKind.BUSY, "", "no connection"),
    psycopg.OperationalError("connection failed: no route\n\tIs the server running?"),
    sa.exc.OperationalError("SELECT 1", {}, psycopg.OperationalError("terminating connection")),
    aiohttp.ClientConnectionError("cut"),
    ConnectionResetError("reset"),
    TimeoutError(),
    ExceptionGroup("two", [ConnectionResetError("reset"), AWAY]),
]
FAULTS = [
    ValueError("a fault"),
    UserError("a complaint"),
    sa.exc.ProgrammingError("SELECT", {}, psycopg.ProgrammingError("no such column")),
    ExceptionGroup("two", [ConnectionResetError("reset"), ValueError("a fault")]),
    FileNotFoundError("a file"),
]


def written(formatter: logging.Formatter, error: BaseException, words: str = "A sweep\nfailed") -> str:
    def fail() -> None:
        raise error

    try:
        fail()
    except BaseException as caught:
        told = (type(caught), caught, caught.__traceback__)
        record = logging.LogRecord("pgqueuer", logging.ERROR, __file__, 1, words, (), told)
        record.reference = "1a2b"
    return formatter.format(record)


@pytest.mark.parametrize("error", EXPECTED, ids=lambda error: type(error).__name__)
def test_what_is_expected_is_a_warning_of_one_line(error: BaseException) -> None:
    line = written(AsText(TEXT), error)
    assert len(line.splitlines()) == 1
    assert " WARNING pgqueuer: A sweep failed: " in line
    told = json.loads(written(AsJson("worker"), error))
    assert "exception" not in told
    assert (told["level"], told["reference"]) == ("WARNING", "1a2b")


@pytest.mark.parametrize("error", FAULTS, ids=lambda error: type(error).__name__)
def test_a_fault_of_the_code_keeps_its_traceback(error: BaseException) -> None:
    line = written(AsText(TEXT), error)
    assert " ERROR pgqueuer: " in line
    assert "Traceback (most recent call last)" in line
    assert "Traceback" in json.loads(written(AsJson("worker"), error))["exception"]


def test_the_log_says_what_people_are_not_told() -> None:
    assert "PostgreSQL at db.example/rules: no route" in written(AsText(TEXT), AWAY)


def test_what_was_said_already_is_not_said_again() -> None:
    line = written(AsText("%(message)s"), AWAY, f"An answer failed: {AWAY}")
    assert line == f"An answer failed: {AWAY.in_full}"


def test_the_names_are_those_of_the_errors() -> None:
    from pgqueuer.domain.errors import FailingListenerError

    assert is_expected(FailingListenerError())
