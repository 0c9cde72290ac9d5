"""Log lines for people or for machines; what opens something is blotted out of both."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from bot.telemetry.expected import settled

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
EXTRAS = ("reference", "session", "team", "channel", "kind", "outcome")
"""What a record may carry beside its words; the reference is the one that a person was told."""
_SECRETS = (
    (re.compile(r"\bx(?:ox[a-z]|app)-[\w-]+"), "(token)"),
    (re.compile(r"https://hooks\.slack(?:-gov)?\.com/[^\s'\"<>)]+"), "(reply URL)"),
    (re.compile(r"(?<=://)([^\s:/@]*:)[^\s/]+@"), r"\1(password)@"),
)


def configure(level: str, form: str, role: str = "all") -> None:
    """Send all logs to stderr, in place of what was set up before.

    level: "DEBUG" to "ERROR".  form: "text", or "json" with one object a line.  role: of this process.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(AsJson(role) if form == "json" else AsText(TEXT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)


def without_secrets(line: str) -> str:
    """The same with tokens, reply URLs and passwords in addresses blotted out."""
    for secret, instead in _SECRETS:
        line = secret.sub(instead, line)
    return line


class AsText(logging.Formatter):
    """A line for people: time, level, logger, words."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the traceback below it where a fault of the code is told."""
        return without_secrets(super().format(settled(record)))


class AsJson(logging.Formatter):
    """A JSON object on one line: time (UTC, ISO 8601), level, logger, role, message, and what is known."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        """The object; `exception` holds the traceback, the extras are left out where there are none."""
        record = settled(record)
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
