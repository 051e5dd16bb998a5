"""Whether the steps of digests can be recorded: looked at in the database itself, without starting any work."""

from __future__ import annotations

import asyncio
from pathlib import Path

_MAY_MAKE_SCHEMA = """
    SELECT has_database_privilege(current_database(), 'CREATE')
        OR EXISTS (SELECT FROM pg_namespace WHERE nspname = 'dbos' AND has_schema_privilege(oid, 'USAGE'))
"""


async def steps_fault(database_url: str) -> str:
    """Why steps cannot be recorded there, in a sentence; "" if they can, or nobody has made the file yet.

    Args:
        database_url: as for `bot.digests.durable.open_workers`.
    """
    return await asyncio.to_thread(_look, database_url)


def _look(database_url: str) -> str:
    from sqlalchemy import create_engine, make_url, text
    from sqlalchemy.exc import SQLAlchemyError

    url, asked = make_url(database_url), "PRAGMA quick_check(1)"
    if url.get_backend_name() != "sqlite":
        url, asked = url.set(drivername="postgresql+psycopg"), _MAY_MAKE_SCHEMA
    elif not Path(url.database or "").exists():
        return ""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            answer = connection.execute(text(asked)).scalar()
    except SQLAlchemyError as error:
        return f"the database does not answer ({type(error).__name__})."
    finally:
        engine.dispose()
    return "" if answer in ("ok", True) else "the database does not allow it, or its file is damaged."
