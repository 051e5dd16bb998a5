"""What belongs to a workspace as a whole, over other fakes."""

from __future__ import annotations

from typing import Protocol


class Owner(Protocol):
    """Keeps something that workspaces own."""

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""


class FakeWorkspaces:
    """Implements `bot.ports.Workspaces` over the fakes that it is given."""

    def __init__(self, *owners: Owner) -> None:
        self._owners = owners

    async def forget(self, workspace: str) -> None:
        """Delete everything a workspace owns."""
        for owner in self._owners:
            owner.forget(workspace)

    async def known(self, platform: str) -> list[str]:
        """The workspaces of a platform that own anything, sorted."""
        owned = set().union(*(owner.owners() for owner in self._owners))
        return sorted(workspace for workspace in owned if workspace.startswith(f"{platform}:"))
