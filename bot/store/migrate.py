"""Bringing tables up to date.  Alembic is imported only when there is something to do: it costs a tenth of a second."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from bot.errors import StoreError

HEAD = "0012"  # the newest revision in `migrations/versions`
VERSION_TABLE = "alembic_version"


def stored_revision(connection: Connection) -> str | None:
    """The revision of the tables; None for an empty database."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return revision


def upgrade(connection: Connection) -> None:
    """Run every migration that is due, within the transaction of `connection`.

    Raises:
        StoreError: the tables are of a revision that this code does not know.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            "The database was written by a newer Paperwire than this one. Install that version again, or a newer one."
        ) from error
