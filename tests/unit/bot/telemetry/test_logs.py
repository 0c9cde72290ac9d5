"""Lines for people and for machines, and what stands in neither."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bot.telemetry.logs import AsJson, configure, without_secrets

log = logging.getLogger("bot.slack.handover")


@pytest.fixture(autouse=True)
def root() -> Iterator[None]:
    """The root logger is afterwards as it was."""
    logger = logging.getLogger()
    before, level = logger.handlers[:], logger.level
    yield
    logging.captureWarnings(False)
    logger.handlers, logger.level = before, level


Err = pytest.CaptureFixture[str]


def lines(err: Err) -> list[dict[str, Any]]:
    return [json.loads(line) for line in err.readouterr().err.splitlines()]


def fail(words: str) -> None:
    raise ZeroDivisionError(words)


def test_a_line_for_people(capsys: Err) -> None:
    configure("INFO", "text")
    log.info("Finishing %d answers", 3)
    log.debug("not this")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(" INFO bot.slack.handover: Finishing 3 answers")


def test_an_object_for_machines(capsys: Err) -> None:
    configure("INFO", "json", "worker")
    log.error("An answer failed (reference %s)", "a1b2", extra={"reference": "a1b2", "typed": "ISCB"})
    (told,) = lines(capsys)
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "ERROR",
        "logger": "bot.slack.handover",
        "role": "worker",
        "message": "An answer failed (reference a1b2)",
        "reference": "a1b2",
    }


def test_a_failure_stays_on_one_line(capsys: Err) -> None:
    configure("INFO", "json")
    try:
        fail("no sessions\nat all")
    except ZeroDivisionError:
        log.exception("Could not\nanswer")
    (told,) = lines(capsys)
    assert told["message"] == "Could not\nanswer"
    assert "ZeroDivisionError: no sessions" in told["exception"]


def test_a_value_that_is_no_text_is_told_all_the_same(capsys: Err) -> None:
    configure("INFO", "json")
    log.info("x", extra={"session": {"a": 1}})
    assert lines(capsys)[0]["session"] == "{'a': 1}"


def test_set_up_twice_each_line_comes_once(capsys: Err) -> None:
    configure("INFO", "text")
    configure("WARNING", "json")
    log.info("not this")
    log.warning("this")
    assert [told["message"] for told in lines(capsys)] == ["this"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("token xoxb-12-34-abCD refused", "token (token) refused"),
        ("token='xapp-1-A0-99-ff'", "token='(token)'"),
        ("to https://hooks.slack.com/commands/T0/12/abc?x=1, again", "to (reply URL) again"),
        ("to 'https://hooks.slack-gov.com/actions/T0/1'", "to '(reply URL)'"),
        ("postgresql+psycopg://bot:hunter2@db:5432/x", "postgresql+psycopg://bot:(password)@db:5432/x"),
        ("https://slack.com/api/ answers 500", "https://slack.com/api/ answers 500"),
        ("boxoxb-1 and a@b.c at 10:30", "boxoxb-1 and a@b.c at 10:30"),
    ],
)
def test_what_opens_something_is_blotted_out(line: str, shown: str) -> None:
    assert without_secrets(line) == shown


@pytest.mark.parametrize("form", ["text", "json"])
def test_in_tracebacks_too(capsys: Err, form: str) -> None:
    configure("INFO", form)
    try:
        fail("postgresql://bot:hunter2@db/x with xoxb-1-secret")
    except ZeroDivisionError:
        log.exception("No store: %s", "xoxb-1-secret")
    written = capsys.readouterr().err
    assert "(password)@db/x with (token)" in written
    assert not [word for word in ("hunter2", "secret") if word in written]


def test_words_of_any_script_are_kept() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, "Größe 円", None, None)
    assert json.loads(AsJson("all").format(record))["message"] == "Größe 円"
