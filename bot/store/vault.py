"""Secrets that platforms hand over, encrypted before they reach the database.

The cipher is Fernet (https://github.com/fernet/spec): AES-128-CBC with HMAC-SHA-256, by the `cryptography` library.
"""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr
from sqlalchemy import delete, select

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.keys import derive, keys
from bot.store.tables import secrets


class SqlVault:
    """Implements `bot.ports.Vault`."""

    def __init__(self, database: Database, cipher: MultiFernet) -> None:
        self._database = database
        self._cipher = cipher

    async def put(self, platform: str, key: str, workspace: str, secret: bytes) -> None:
        """Insert or replace."""
        held = {"workspace": workspace, "secret": self._cipher.encrypt(secret)}
        insert = self._database.insert(secrets).values(platform=platform, key=key, **held)
        async with self._database.transaction() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=list(secrets.primary_key), set_=held))

    async def get(self, platform: str, key: str) -> bytes | None:
        """The secret, decrypted; None if there is none.

        Raises:
            StoreError: it was encrypted with a key that is not known any more.
        """
        held = select(secrets.c.secret).where(secrets.c.platform == platform, secrets.c.key == key)
        async with self._database.reading() as connection:
            found = (await connection.execute(held)).scalar()
        if found is None:
            return None
        try:
            return self._cipher.decrypt(found)
        except InvalidToken:
            raise StoreError(
                "A stored token cannot be decrypted. Put the key it was stored with into PAPERWIRE_SECRET_KEY, after "
                "the present one and a comma, or install the app anew."
            ) from None

    async def keys(self, platform: str) -> list[str]:
        """The keys of a platform, sorted."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(secrets.c.key).where(secrets.c.platform == platform))
            return sorted(found.scalars())

    async def delete(self, platform: str, key: str) -> None:
        """Forget one."""
        async with self._database.transaction() as connection:
            await connection.execute(delete(secrets).where(secrets.c.platform == platform, secrets.c.key == key))


def cipher(setting: SecretStr | None, folder: Path) -> MultiFernet:
    """The cipher for a vault; arguments and errors as of `bot.store.keys.keys`."""
    derived = (derive(key, "paperwire vault", 32) for key in keys(setting, folder))
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])
