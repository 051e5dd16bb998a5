"""The HTTP cache's file.  A cache may be lost at any time: one that cannot be opened is begun anew, or done without."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import structlog
from hishel import AsyncSqliteStorage

from bot.private import make_private_file, make_private_folder

log = structlog.get_logger(__name__)

FILE = "http-cache.db"
MAX_SIZE = 256_000_000  # bytes on disk; the least recently used answers go first
MAX_ANSWER = 8_000_000  # bytes; larger answers (long PDFs) are not kept


def open_cache(folder: Path) -> AsyncSqliteStorage | None:
    """The cache in `folder`, or None if nothing can be kept there.  Touches the disk: not for the event loop."""
    logging.getLogger("hishel").setLevel(logging.CRITICAL)  # a cache that fails is one that misses: no tracebacks
    path = folder / FILE
    try:
        make_private_folder(folder)
        make_private_file(path)
        if not _is_usable(path):
            log.warning("http_cache_begun_anew", action="open_cache")
            _remove(path)
            if not _is_usable(path):
                raise OSError("a fresh cache file cannot be used")
    except (OSError, sqlite3.Error) as error:
        log.warning("http_cache_off", action="open_cache", reason=type(error).__name__)
        return None
    return AsyncSqliteStorage(database_path=path, max_size=MAX_SIZE, max_stream_size=MAX_ANSWER)


def _is_usable(path: Path) -> bool:
    """Whether this is, or can become, a database that can be written to; told by its header, however large it is.

    Damage further in is found as answers are looked up, and makes the cache miss.

    Raises:
        OSError: it is a database, but cannot be written to.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as database:
            database.execute("PRAGMA user_version = 1")  # a write, the smallest there is
    except sqlite3.OperationalError as error:
        raise OSError("the cache cannot be written to") from error
    except sqlite3.DatabaseError:
        return False
    return True


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
