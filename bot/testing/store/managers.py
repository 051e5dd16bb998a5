"""Managers in memory."""

from __future__ import annotations


class FakeManagers:
    """Implements `bot.ports.Managers`."""

    def __init__(self) -> None:
        self._named: dict[str, set[str]] = {}

    async def add(self, workspace: str, user: str) -> bool:
        """Name somebody; False if they were named already."""
        named = self._named.setdefault(workspace, set())
        new = user not in named
        named.add(user)
        return new

    async def remove(self, workspace: str, user: str) -> bool:
        """Take the right back; False if they were not named."""
        there = user in self._named.get(workspace, set())
        self._named.get(workspace, set()).discard(user)
        return there

    async def of(self, workspace: str) -> list[str]:
        """All who are named, sorted."""
        return sorted(self._named.get(workspace, ()))

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {workspace for workspace, named in self._named.items() if named}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._named.pop(workspace, None)
