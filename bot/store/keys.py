"""The secret keys of an installation: from the settings, or from a file that is made at the first need."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from bot.errors import SettingsError, StoreError
from bot.private import make_private_folder

KEY_FILE = "secret.key"
MIN_KEY_LENGTH = 32  # characters


def keys(setting: SecretStr | None, folder: Path) -> list[str]:
    """The keys, the present one first.  Reads, and at first makes, a file in `folder` where none is set.

    Args:
        setting: `PAPERWIRE_SECRET_KEY`: a key of at least 32 characters; older ones, for reading only, follow after
            commas.
        folder: the data folder.

    Raises:
        SettingsError: a key is too short.
        StoreError: the key file cannot be read or made.
    """
    given = setting.get_secret_value().split(",") if setting else [_key_from_file(folder / KEY_FILE)]
    found = [key.strip() for key in given]
    if any(len(key) < MIN_KEY_LENGTH for key in found):
        raise SettingsError(
            f"PAPERWIRE_SECRET_KEY must have at least {MIN_KEY_LENGTH} characters; `openssl rand -base64 32` makes one."
        )
    return found


def derive(key: str, purpose: str, length: int) -> bytes:
    """So many bytes from a key of any form, others for each purpose, by HKDF (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose.encode()).derive(key.encode())


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
    make_private_folder(path.parent)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)  # fails where another process was faster, whose key it then is
    except FileExistsError:
        pass
    finally:
        draft.unlink()
