"""Lines for people and for machines, and what stands in neither."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bot.telemetry.logs import OFTEN, AsJson, configure, without_secrets

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


class TestTooMany:
    """Lines of one kind; time is moved by the records' own."""

    @staticmethod
    def say(words: str, *values: object, at: float = 0.0, level: int = logging.INFO, **extra: object) -> None:
        record = log.makeRecord(log.name, level, "x.py", 7, words, values, None, extra=extra)
        record.created = 1_768_000_000.0 + at
        log.handle(record)

    def test_the_first_are_written_then_they_are_counted(self, capsys: Err) -> None:
        configure("INFO", "json")
        for number in range(4372):
            self.say("refused %d", number, at=number / 100)
        assert [told["message"] for told in lines(capsys)] == [f"refused {number}" for number in range(OFTEN)]
        self.say("something else", at=61.0)
        counted, other = lines(capsys)
        assert counted["message"] == "and 4,312 more like this in the last minute: refused 4371"
        assert other["message"] == "something else"
        self.say("refused %d", 1, at=62.0)
        assert [told["message"] for told in lines(capsys)] == ["refused 1"]

    def test_kinds_are_counted_apart_by_words_and_level(self, capsys: Err) -> None:
        configure("INFO", "json")
        for number in range(OFTEN + 5):
            for words, level in (("a %d", logging.INFO), ("b %d", logging.INFO), ("a %d", logging.ERROR)):
                self.say(words, number, level=level)
        assert len(lines(capsys)) == 3 * OFTEN

    def test_words_that_were_put_together_before_are_known_by_their_place(self, capsys: Err) -> None:
        configure("INFO", "json")
        for number in range(OFTEN + 5):
            self.say(f"refused {number}")
        assert len(lines(capsys)) == OFTEN

    def test_one_with_a_reference_is_always_written(self, capsys: Err) -> None:
        configure("DEBUG", "json")
        for number in range(OFTEN + 5):
            self.say("failed (reference %d)", number, reference=number)
            self.say("details of %d", number, level=logging.DEBUG)
        assert len(lines(capsys)) == 2 * (OFTEN + 5)

    def test_at_the_end_the_rest_is_told_without_its_traceback(self, capsys: Err) -> None:
        configure("INFO", "json")
        for number in range(OFTEN + 2):
            try:
                fail("broken")
            except ZeroDivisionError:
                log.exception("It failed %d times", number)
        assert all("exception" in told for told in lines(capsys))
        logging.getLogger().handlers[0].close()
        (told,) = lines(capsys)
        assert told["message"] == "and 2 more like this in the last minute: It failed 61 times"
        assert "exception" not in told
