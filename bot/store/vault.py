"""Secrets that platforms hand over, encrypted before they reach the database.

The cipher is Fernet (https://github.com/fernet/spec): AES-128-CBC with HMAC-SHA-256, by the `cryptography` library.
"""

from __future__ import annotations

import base64
import os
import secrets as randomness
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr
from sqlalchemy import delete, select

from bot.errors import SettingsError, StoreError
from bot.store.database import Database
from bot.store.tables import secrets

KEY_FILE = "secret.key"
MIN_KEY_LENGTH = 32  # characters


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
    """The cipher for a vault.  Reads, and at first makes, a file in `folder` where no key is set.

    Args:
        setting: `PAPERWIRE_SECRET_KEY`: a key of at least 32 characters; older ones, for reading only, follow after
            commas.
        folder: the data folder.

    Raises:
        SettingsError: a key is too short.
        StoreError: the key file cannot be read or made.
    """
    keys = setting.get_secret_value().split(",") if setting else [_key_from_file(folder / KEY_FILE)]
    return MultiFernet([Fernet(_derived(key.strip())) for key in keys])


def _derived(key: str) -> bytes:
    """A Fernet key from a key of any form, by HKDF (RFC 5869)."""
    if len(key) < MIN_KEY_LENGTH:
        raise SettingsError(
            f"PAPERWIRE_SECRET_KEY must have at least {MIN_KEY_LENGTH} characters; `openssl rand -base64 32` makes one."
        )
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"paperwire vault")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))


def _key_from_file(path: Path) -> str:
    try:
        _make_key(path)
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise StoreError(
            f"The key file {path} cannot be read or made ({error.strerror}). Check the folder's permissions, or set "
            "PAPERWIRE_SECRET_KEY."
        ) from error


def _make_key(path: Path) -> None:
    """Write a new key for this user alone, unless there is one; whole, or not at all."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{randomness.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(randomness.token_urlsafe(48))
    try:
        os.link(draft, path)  # fails where another process was faster, whose key it then is
    except FileExistsError:
        pass
    finally:
        draft.unlink()
