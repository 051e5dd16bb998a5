"""Whether every host that shares a database has the same secret key: something sealed by the first one tells."""

from __future__ import annotations

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import select, update

from bot.store.database import Database
from bot.store.tables import secrets

_PLATFORM, _KEY = "paperwire", "key check"
_WORDS = b"paperwire"


async def is_first_key(database: Database, cipher: MultiFernet, *, keep: bool) -> bool:
    """Whether the database knows this key; True where it knows none.

    Args:
        database: which all hosts share.
        cipher: with this host's keys.
        keep: whether a database that knows no key keeps this one, and one that knows it keeps its newest.
    """
    row = (secrets.c.platform == _PLATFORM) & (secrets.c.key == _KEY)
    async with database.reading() as connection:
        sealed = (await connection.execute(select(secrets.c.secret).where(row))).scalar()
    if sealed is None:
        if keep:
            await accept_key(database, cipher, only_first=True)
        return True
    try:
        newest = cipher.rotate(sealed)
    except InvalidToken:
        return False
    if keep:
        async with database.statement() as connection:
            await connection.execute(update(secrets).where(row).values(secret=newest))
    return True


async def accept_key(database: Database, cipher: MultiFernet, *, only_first: bool = False) -> None:
    """Let this key be the one that the database knows; with `only_first`, unless it knows one."""
    sealed = {"secret": cipher.encrypt(_WORDS)}
    insert = database.insert(secrets).values(platform=_PLATFORM, key=_KEY, workspace="", **sealed)
    keys = list(secrets.primary_key)
    put = (
        insert.on_conflict_do_nothing(index_elements=keys)
        if only_first
        else insert.on_conflict_do_update(index_elements=keys, set_=sealed)
    )
    async with database.statement() as connection:
        await connection.execute(put)
