"""The tables in which steps are recorded, as somebody sees them who may write the database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text


def steps_of(database_url: str, folder: Path) -> str:
    """Where steps are recorded: in the same Postgres database, or in a second file."""
    return database_url if "postgres" in database_url else f"sqlite:///{folder / 'steps.db'}"


def execute(steps: str, statement: str, values: Mapping[str, Any] | None = None) -> list[Any]:
    """Run a statement, in which `{0}` stands before a table's name; its rows, if it has any."""
    url = make_url(steps)
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = create_engine(url if is_sqlite else url.set(drivername="postgresql+psycopg"))
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement.format("" if is_sqlite else "dbos.")), values or {})
            return list(result.all()) if result.returns_rows else []
    finally:
        engine.dispose()
