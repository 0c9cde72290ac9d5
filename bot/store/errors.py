"""What a database's errors mean, in words that name neither host, path nor user."""

from __future__ import annotations

import re
import sqlite3

import sqlalchemy as sa
from pydantic import ValidationError

from bot.errors import Unavailable

FULL = "its disk is full"
READ_ONLY = "it can be read but not written to"
DAMAGED = "its file is damaged, or is no database"
UNREACHED = "it cannot be reached"
UNOPENED = "its file cannot be opened"
REFUSED = "it refuses the user or the password"
SPOILT = "its data are damaged"
MISREAD = "its address has an option that cannot be used"
_LASTING = frozenset({READ_ONLY, DAMAGED, UNOPENED, REFUSED, MISREAD, SPOILT})
"""What does not pass by itself."""

_SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_CANTOPEN: UNOPENED,
    sqlite3.SQLITE_PERM: UNOPENED,
    sqlite3.SQLITE_IOERR: "its disk gives errors",
    sqlite3.SQLITE_BUSY: "others have been writing to it for too long",
    sqlite3.SQLITE_LOCKED: "others have been writing to it for too long",
}
_PRIMARY = 0xFF
"""The part of SQLite's codes that is in the table; the rest says more than is told."""
_STATES = {
    "53100": FULL,
    "53300": "it takes no more connections",
    "25006": READ_ONLY,
    "3D000": "it has no database of that name",
    "28": REFUSED,
    "XX001": SPOILT,
    "XX002": SPOILT,
    "58": "its disk gives errors",
    "57P": "it is starting or stopping",
    "55P03": "others have been writing to it for too long",
}
"""By SQLSTATE, or the beginning of one."""
_SAID = (
    (r"invalid (?:\w+ value|port number)|invalid integer value|definition of service", MISREAD),
    (r"password authentication failed|no password supplied|role \"[^\"]*\" does not exist", REFUSED),
    (r"pg_hba\.conf|permission denied for database|certificate|SSL", "it refuses the connection"),
    (r"database \"[^\"]*\" does not exist", "it has no database of that name"),
    (r"too many (?:clients|connections)|remaining connection slots", "it takes no more connections"),
    (r"starting up|shutting down|in recovery mode", "it is starting or stopping"),
    (r"No space left on device", FULL),
)
"""Refused connections have no SQLSTATE; what is said in another language is only not reached."""


_UNPARSED = re.compile(
    r"Couldn't parse \w+ string|Invalid isoformat string|not enough values to unpack|.* is not a valid \w+$"
)
"""What is said of a date, or of one word of several, that cannot be read back."""
_AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
_AWAY_BY_NAME = frozenset({"OperationalError", "InterfaceError"})
"""Of drivers, where SQLAlchemy has not wrapped what a new connection raised."""


def unavailable(place: str, fault: Exception) -> Unavailable | None:
    """Return what a driver's error means; None where the question is at fault and not the database.

    place: the database as who runs the bot knows it.  fault: of SQLAlchemy, or of a driver.
    """
    if isinstance(fault, ValueError):
        return _of_content(place, fault)
    driver = getattr(fault, "orig", None) or fault
    # What SQLite cannot decode it repeats, and that is somebody's.
    said = str(driver).partition(" with text ")[0].strip() or type(driver).__name__
    cause = _of_sqlite(driver) if isinstance(driver, sqlite3.Error) else _of_postgres(driver, said)
    if cause is None and not isinstance(fault, _AWAY) and type(driver).__name__ not in _AWAY_BY_NAME:
        return None
    # What follows the driver's first line is advice.
    detail = f"{place}: {' '.join(said.splitlines()[0].split())}"
    cause = cause or ("it cannot be used" if isinstance(driver, sqlite3.Error) else UNREACHED)
    return Unavailable("The database", cause, permanent=cause in _LASTING, detail=detail)


def _of_content(place: str, fault: ValueError) -> Unavailable | None:
    """Tell that something kept cannot be read back: it was damaged since."""
    said = str(fault).splitlines()[0] if str(fault) else ""
    if not (isinstance(fault, UnicodeDecodeError | ValidationError) or _UNPARSED.match(said)):
        return None
    return Unavailable("The database", SPOILT, permanent=True, detail=f"{place}: {said}")


def _of_sqlite(driver: sqlite3.Error) -> str | None:
    if str(driver).startswith("Could not decode to UTF-8"):
        return SPOILT
    code = getattr(driver, "sqlite_errorcode", None)
    return None if code is None else _SQLITE.get(code & _PRIMARY)


def _of_postgres(driver: Exception, said: str) -> str | None:
    state = str(getattr(driver, "sqlstate", None) or "")
    known = (cause for begins, cause in _STATES.items() if state.startswith(begins))
    heard = (cause for words, cause in _SAID if re.search(words, said))
    return next(known, None) if state else next(heard, None)
