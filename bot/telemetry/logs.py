"""Log lines for people or machines: secrets blotted out, expected failures on one line, no traceback."""

from __future__ import annotations

import copy
import json
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
EXTRAS = ("reference", "session", "team", "channel", "kind", "outcome")
"""What a record may carry beside its words; the reference is the one that a person was told."""
OFTEN = 60
"""Lines of one kind in a minute that are written."""
MINUTE = 60.0
_SECRETS = (
    (re.compile(r"\bx(?:ox[a-z]|app)-[\w-]+"), "(token)"),
    (re.compile(r"https://hooks\.slack(?:-gov)?\.com/[^\s'\"<>)]+"), "(reply URL)"),
    (re.compile(r"(?<=://)([^\s:/@]*:)[^\s/]+@"), r"\1(password)@"),
)


def configure(level: str, form: str, role: str = "all") -> None:
    """Send all logs to stderr, in place of what was set up before.

    level: "DEBUG" to "ERROR".  form: "text", or "json" with one object a line.  role: of this process.
    """
    handler = CountingHandler()
    handler.setFormatter(AsJson(role) if form == "json" else AsText(TEXT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)


def without_secrets(line: str) -> str:
    """Blot out tokens, reply URLs and passwords in addresses."""
    for secret, instead in _SECRETS:
        line = secret.sub(instead, line)
    return line


@dataclass
class _LineKind:
    """Lines of one kind since a moment (seconds since 1970), and the last that was not written."""

    since: float
    count: int = 0
    last: logging.LogRecord | None = None


class CountingHandler(logging.StreamHandler[TextIO]):
    """Writes to stderr; of each kind 60 lines a minute, then how many more there were.

    A kind is what one place in the code says: the words before their values are put in.  Lines with a
    reference, which somebody was told, are all written, and so are those for who looks for a mistake (DEBUG).
    """

    def __init__(self) -> None:
        super().__init__()
        self._kinds: dict[tuple[object, ...], _LineKind] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, or count it."""
        self._tell_of(record.created - MINUTE)
        if record.levelno <= logging.DEBUG or getattr(record, "reference", None) is not None:
            super().emit(record)
            return
        words = record.msg if record.args else record.lineno
        kind = self._kinds.setdefault((record.name, record.levelno, words), _LineKind(record.created))
        kind.count += 1
        if kind.count <= OFTEN:
            super().emit(record)
        else:
            kind.last = record

    def close(self) -> None:
        """Tell of what is not told of yet."""
        self._tell_of(float("inf"))
        super().close()

    def _tell_of(self, until: float) -> None:
        """Log how often the kinds came whose minute began before; they begin anew."""
        for key in [key for key, kind in self._kinds.items() if kind.since <= until]:
            kind = self._kinds.pop(key)
            if kind.last:
                super().emit(_count_line(kind.last, kind.count - OFTEN))


def _count_line(last: logging.LogRecord, count: int) -> logging.LogRecord:
    """Return the last of those that were not written, in place of them all."""
    line = copy.copy(last)
    line.msg = f"and {count:,} more like this in the last minute: {last.msg}"
    line.exc_info = line.exc_text = line.stack_info = None
    return line


class AsText(logging.Formatter):
    """A line for users: time, level, logger, words."""

    def format(self, record: logging.LogRecord) -> str:
        """Format the line, and the traceback below it where a fault of the code is told."""
        return without_secrets(super().format(shorten_expected(record)))


class AsJson(logging.Formatter):
    """A JSON object on one line: time (UTC, ISO 8601), level, logger, role, message, and what is known."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        """Format the object; `exception` holds the traceback, the extras are left out where there are
        none.
        """
        record = shorten_expected(record)
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "role": self._role,
            "message": without_secrets(record.getMessage()),
        }
        told |= {key: str(getattr(record, key)) for key in EXTRAS if getattr(record, key, None) is not None}
        if record.exc_info:
            told["exception"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


_EXPECTED_NAMES = frozenset(
    {
        "bot.errors.Unavailable",
        "builtins.ConnectionError",
        "builtins.TimeoutError",
        "psycopg.OperationalError",
        "psycopg.InterfaceError",
        "sqlalchemy.exc.OperationalError",
        "sqlalchemy.exc.InterfaceError",
        "aiohttp.client_exceptions.ClientError",
        "pgqueuer.domain.errors.FailingListenerError",
    }
)
"""By name: whoever logs must not import a database to know its errors."""


def shorten_expected(record: logging.LogRecord) -> logging.LogRecord:
    """Give the record as it is written: of an expected failure a warning on one line, all else unchanged."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None or not is_expected(error):
        return record
    calm = copy.copy(record)
    words, cause = " ".join(record.getMessage().split()), " ".join(_error_words(error).split())
    said = " ".join(str(error).split())
    told = words.replace(said, cause, 1) if said else words
    calm.msg, calm.args = told if cause in told else f"{words}: {cause}", ()
    calm.exc_info = calm.exc_text = None
    calm.levelno, calm.levelname = min((record.levelno, record.levelname), _WARNING)
    return calm


def is_expected(error: BaseException) -> bool:
    """Return whether an error says nothing of the code: what is beyond it is away; of a group, all of
    them.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(map(is_expected, error.exceptions))
    return any(f"{kind.__module__}.{kind.__qualname__}" in _EXPECTED_NAMES for kind in type(error).__mro__)


_WARNING = (logging.WARNING, logging.getLevelName(logging.WARNING))


def _error_words(error: BaseException) -> str:
    """Return what it says, on its first line; of a group what the first of them says."""
    if isinstance(error, BaseExceptionGroup):
        return _error_words(error.exceptions[0])
    said = str(getattr(error, "in_full", "") or error).strip()
    return said.splitlines()[0] if said else type(error).__name__
