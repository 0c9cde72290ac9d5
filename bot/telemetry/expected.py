"""Failures that are expected, of the network and of what stands beyond it: one line each, no traceback.

A traceback tells where in the code something went wrong; where the database restarts, that is nowhere.
"""

from __future__ import annotations

import copy
import logging

_NAMES = frozenset(
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


def settled(record: logging.LogRecord) -> logging.LogRecord:
    """Give the record as it is written: of an expected failure a warning on one line, all else unchanged."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None or not is_expected(error):
        return record
    calm = copy.copy(record)
    words, cause = " ".join(record.getMessage().split()), " ".join(_words(error).split())
    said = " ".join(str(error).split())
    told = words.replace(said, cause, 1) if said else words
    calm.msg, calm.args = told if cause in told else f"{words}: {cause}", ()
    calm.exc_info = calm.exc_text = None
    calm.levelno, calm.levelname = min((record.levelno, record.levelname), _WARNING)
    return calm


def is_expected(error: BaseException) -> bool:
    """Whether an error says nothing of the code: what is beyond it is away; of a group, all of them."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(is_expected, error.exceptions))
    return any(f"{kind.__module__}.{kind.__qualname__}" in _NAMES for kind in type(error).__mro__)


_WARNING = (logging.WARNING, logging.getLevelName(logging.WARNING))


def _words(error: BaseException) -> str:
    """What it says, on its first line; of a group what the first of them says."""
    if isinstance(error, BaseExceptionGroup):
        return _words(error.exceptions[0])
    said = str(getattr(error, "in_full", "") or error).strip()
    return said.splitlines()[0] if said else type(error).__name__
