"""How DBOS is set up: it records JSON, and reads no pickles.

A pickle runs code as it is read, so whoever could write the database would own the bot.  Each row says in which form it
is, and DBOS reads one as a pickle wherever that stands there, whatever it is configured to write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbos import DBOSConfig

APPLICATION = "paperwire"


def config(database_url: str, name: str, version: str) -> DBOSConfig:
    """The configuration of a process of that name; the arguments are those of `open_workers`."""
    from dbos import DBOSPortableJSONSerializer

    return {
        "name": APPLICATION,
        "system_database_url": database_url,
        "executor_id": name,
        "application_version": version,
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "ERROR",  # it warns of each workflow that is under way when the process stops
        "enable_otlp": False,
    }


def refuse_pickles() -> None:
    """Have DBOS refuse, in this process, whatever a row calls a pickle."""
    from dbos._serialization import DefaultSerializer

    DefaultSerializer.deserialize = _refuse  # type: ignore[assignment,method-assign]


def _refuse(_: object, serialized_data: str) -> object:
    raise ValueError("Pickles are not read.")
