"""Tokens, in memory."""

from __future__ import annotations


class FakeSeals:
    """Implements `bot.ports.Seals` by remembering what was sealed."""

    def __init__(self) -> None:
        self._sealed: list[tuple[str, str]] = []

    def seal(self, purpose: str, words: str) -> str:
        """The token for these words."""
        if (purpose, words) not in self._sealed:
            self._sealed.append((purpose, words))
        return f"seal-{self._sealed.index((purpose, words))}"

    def unseal(self, purpose: str, token: str) -> str | None:
        """The words of a token; None if it is none."""
        known = {self.seal(*sealed): sealed for sealed in self._sealed}
        own, words = known.get(token, ("", ""))
        return words if own == purpose else None
