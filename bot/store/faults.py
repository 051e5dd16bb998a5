"""What a driver's error means, in one plain sentence that says what to do.

SQLite's errors are told apart by their result codes (https://sqlite.org/rescode.html), Postgres' by their SQLSTATE
(https://www.postgresql.org/docs/current/errcodes-appendix.html); a connection that never came about has only a text.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import StoreError

_SQLITE = {
    "SQLITE_BUSY": "{place} is locked by another program. Close that program, or try again in a moment.",
    "SQLITE_LOCKED": "{place} is locked by another program. Close that program, or try again in a moment.",
    "SQLITE_CORRUPT": "{place} is damaged. Put a backup in its place, or move it away: a new one is made at the start.",
    "SQLITE_NOTADB": "{place} is damaged or no SQLite file. Put a backup in its place, or move it away: a new one is "
    "made at the start.",
    "SQLITE_FULL": "The disk is full, so {place} cannot grow. Free some space; nothing that was stored is lost.",
    "SQLITE_IOERR": "{place} cannot be read or written: the disk is failing or full. Check the disk.",
    "SQLITE_CANTOPEN": "{place} cannot be opened. Check that its folder exists and that this user may write there.",
    "SQLITE_READONLY": "{place} cannot be written. Check that this user may write it and its folder.",
    "SQLITE_PERM": "{place} cannot be opened. Check that this user may write it and its folder.",
}

_POSTGRES = {
    "28": "{place} refuses the user or the password. Check both in DATABASE_URL.",
    "3D000": "{place} has no such database. Create it (createdb), or check the name in DATABASE_URL.",
    "42501": "{place} does not let this user create or change tables. Grant it the rights on its schema.",
    "53100": "The disk of {place} is full. Free some space; nothing that was stored is lost.",
    "53300": "{place} takes no more connections. Raise max_connections, or run fewer replicas.",
    "57P03": "{place} is still starting, or shutting down. Try again in a moment.",
    "08": "{place} cannot be reached. Check that it runs, and the host and port in DATABASE_URL.",
}

_POSTGRES_AT_CONNECT = {
    "password authentication failed": "28",
    "no password supplied": "28",
    'role "': "28",
    "does not exist": "3D000",
    "too many clients": "53300",
    "is starting up": "57P03",
    "is shutting down": "57P03",
}


@contextmanager
def plain_errors(place: str) -> Iterator[None]:
    """Turn whatever the driver raises into a `StoreError`; `place` is the database's name for a person."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreError(explain(error, place)) from error


def explain(error: SQLAlchemyError, place: str) -> str:
    """The sentence for an error."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        sentence = _by_prefix(_SQLITE, getattr(cause, "sqlite_errorname", ""))
    elif cause is not None:
        sentence = _by_prefix(_POSTGRES, _sqlstate(cause))
    else:
        sentence = None
    return _capital((sentence or f"{{place}} refused that ({type(cause or error).__name__}).").format(place=place))


def is_locked(error: SQLAlchemyError) -> bool:
    """Whether another program writes to the same SQLite file."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    return getattr(cause, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def forbids_writing(error: StoreError) -> bool:
    """Whether a SQLite file could perhaps still be read where it cannot be written."""
    cause = error.__cause__.orig if isinstance(error.__cause__, DBAPIError) else None
    return getattr(cause, "sqlite_errorname", "").startswith(_UNWRITABLE)


_UNWRITABLE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")


def _sqlstate(cause: BaseException) -> str:
    state: str | None = getattr(cause, "sqlstate", None)
    if state:
        return state
    text = str(cause)
    return next((code for words, code in _POSTGRES_AT_CONNECT.items() if words in text), "08")


def _by_prefix(sentences: dict[str, str], code: str) -> str | None:
    return next((sentence for start, sentence in sentences.items() if code.startswith(start)), None)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
