"""Secrets in memory."""

from __future__ import annotations

from typing import NamedTuple


class _Secret(NamedTuple):
    workspace: str
    secret: bytes


class FakeVault:
    """Implements `bot.ports.Vault`, without encryption."""

    def __init__(self) -> None:
        self._secrets: dict[tuple[str, str], _Secret] = {}

    async def put(self, platform: str, key: str, workspace: str, secret: bytes) -> None:
        """Insert or replace."""
        self._secrets[platform, key] = _Secret(workspace, secret)

    async def get(self, platform: str, key: str) -> bytes | None:
        """The secret; None if there is none."""
        held = self._secrets.get((platform, key))
        return held and held.secret

    async def keys(self, platform: str) -> list[str]:
        """The keys of a platform, sorted."""
        return sorted(key for own, key in self._secrets if own == platform)

    async def delete(self, platform: str, key: str) -> None:
        """Forget one."""
        self._secrets.pop((platform, key), None)

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {held.workspace for held in self._secrets.values()}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._secrets = {key: held for key, held in self._secrets.items() if held.workspace != workspace}
