"""Words sealed into tokens, by AES-SIV (RFC 5297): authenticated, unreadable, and the same each time."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from pydantic import SecretStr

from bot.store.keys import derive, keys

KEY_LENGTH = 64  # bytes: AES-256 and its MAC


class KeyedSeals:
    """Implements `bot.ports.Seals`.  The first key seals; all of them open."""

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._ciphers = [AESSIV(key) for key in keys]

    @classmethod
    def of(cls, setting: SecretStr | None, folder: Path) -> KeyedSeals:
        """With the installation's keys; arguments and errors as of `bot.store.keys.keys`."""
        return cls(derive(key, "paperwire seals", KEY_LENGTH) for key in keys(setting, folder))

    def seal(self, purpose: str, words: str) -> str:
        """The token for these words."""
        sealed = self._ciphers[0].encrypt(words.encode(), [purpose.encode()])
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def unseal(self, purpose: str, token: str) -> str | None:
        """The words of a token; None if it is none."""
        try:
            sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(sealed, [purpose.encode()]).decode()
            except (InvalidTag, ValueError):  # another key's, or too short to be one
                continue
        return None
