"""Reading lists in memory."""

from __future__ import annotations

from datetime import datetime


class FakeSavedPapers:
    """Implements `bot.ports.SavedPapers`."""

    def __init__(self) -> None:
        self._saved: dict[tuple[str, str], dict[str, datetime]] = {}

    async def save(self, workspace: str, user: str, paper_id: str, at: datetime) -> bool:
        """Add; False if it was there already."""
        own = self._saved.setdefault((workspace, user), {})
        if paper_id in own:
            return False
        own[paper_id] = at
        return True

    async def remove(self, workspace: str, user: str, paper_id: str) -> bool:
        """Take out; False if it was not there."""
        return self._saved.get((workspace, user), {}).pop(paper_id, None) is not None

    async def saved(self, workspace: str, user: str) -> list[str]:
        """Paper ids, newest first."""
        own = self._saved.get((workspace, user), {})
        return sorted(own, key=lambda paper_id: (own[paper_id], paper_id), reverse=True)

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {workspace for workspace, _ in self._saved}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._saved = {key: own for key, own in self._saved.items() if key[0] != workspace}
