"""What people are told of a source that is away names no host, no port, no path and no user."""

from __future__ import annotations

import ast
import sqlite3
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Unavailable
from bot.render import advice
from bot.store.errors import unavailable

BOT = Path(__file__).resolve().parents[2] / "bot"
TELLING = {"str", "repr", "_name", "place_of", "_first_line"}
"""What may give an address, or a driver's words."""
PLACES = {"url", "host", "port", "path", "file", "place", "folder"}


def made() -> list[tuple[str, ast.Call]]:
    """Every Unavailable that the bot makes, with where."""
    return [
        (f"{file.relative_to(BOT)}:{node.lineno}", node)
        for file in sorted(BOT.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Unavailable", "SlackFault"}
    ]


def test_nothing_that_is_told_comes_from_an_address_or_from_a_drivers_words() -> None:
    assert len(made()) > 10
    wrong = [
        where
        for where, call in made()
        for told in (*call.args, *(each.value for each in call.keywords if each.arg != "detail"))
        for node in ast.walk(told)
        if (isinstance(node, ast.Call) and getattr(node.func, "id", "") in TELLING)
        or (isinstance(node, ast.Name) and node.id in PLACES)
        or (isinstance(node, ast.Attribute) and node.attr in PLACES)
    ]
    assert wrong == []


DRIVERS = [psycopg.OperationalError, psycopg.InterfaceError, sqlite3.OperationalError]


@pytest.mark.parametrize("driver", DRIVERS)
@settings(max_examples=50)
@given(
    secret=st.from_regex(r"[0-9]{4}[a-z]{6}", fullmatch=True),
    words=st.sampled_from(
        [
            'connection to server at "{}", port 5432 failed: Connection refused\n\tIs the server running?',
            'FATAL:  password authentication failed for user "{}"',
            'FATAL:  database "{}" does not exist',
            "unable to open database file {}",
            "{}",
            "",
        ]
    ),
)
def test_a_drivers_words_reach_the_log_and_nobody_else(
    driver: type[Exception], secret: str, words: str
) -> None:
    raised = driver(words.format(secret))
    for fault in (raised, sa.exc.OperationalError("SELECT", {}, raised)):
        away = unavailable(f"the database /srv/{secret}/rules.db", fault)
        assert away is not None
        assert secret not in str(away)
        assert secret not in advice.unavailable_message(away, "1a2b").text
        assert secret in away.in_full
        assert "\n" not in away.in_full


def test_a_fault_of_the_question_is_none_of_the_database() -> None:
    fault = sa.exc.ProgrammingError("SELECT", {}, psycopg.ProgrammingError("no such column"))
    assert unavailable("the database", fault) is None


def test_without_a_detail_nothing_is_added() -> None:
    assert (
        Unavailable("Yahoo", "timeout").in_full
        == "Yahoo did not answer: timeout. Try again in a few minutes."
    )
