"""A platform that keeps what is posted, and fails as a test tells it to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.digests.model import Target
from bot.digests.ports import Leave, MessageRef, unhindered
from bot.documents.model import Document
from bot.errors import Ambiguous, TargetGone


@dataclass(frozen=True)
class Posted:
    """A message as the channel shows it.  `root` is the message it replies to, "" for a root."""

    target: Target
    document: Document
    key: str
    root: str = ""


@dataclass
class FakePoster:
    """Implements `bot.digests.ports.Poster`.

    For each post or edit the next of `troubles` is taken: an error raised when the request has left and nothing is
    posted, or, wrapped in `Before`, one raised before it leaves, or, in `After`, when the message is there already.
    With `can_look` False nobody can look for a message.
    """

    platform: str = "slack"
    seconds_between: float = 0.0
    per_second: float | None = None
    burst: int = 1
    can_edit: bool = True
    can_look: bool = True
    opens_threads: bool = False  # whether a root's thread is a request of its own
    unseen: list[Exception] = field(default_factory=list)  # why the next looks fail
    shut: list[Exception] = field(default_factory=list)  # why the next threads are not opened
    posted: list[Posted] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)  # the keys of messages that were changed
    told: list[tuple[str, str, Document]] = field(default_factory=list)
    troubles: list[BaseException | Before | After | None] = field(default_factory=list)

    def counted_with(self, target: Target) -> str:
        """All messages are counted together."""
        return self.platform

    async def post_root(
        self, target: Target, title: str, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        """Post a first message; its thread bears the same id."""
        return self._root(self._post(Posted(target, document, key), leave))

    async def open_thread(self, target: Target, root: MessageRef, title: str) -> MessageRef:
        """Give the root its thread."""
        if self.shut:
            raise self.shut.pop(0)
        return replace(root, thread=root.message)

    async def post_reply(
        self, target: Target, root: MessageRef, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        """Post into the thread."""
        return self._post(Posted(target, document, key, root.message), leave)

    async def edit(
        self, target: Target, root: MessageRef | None, ref: MessageRef, document: Document, key: str
    ) -> None:
        """Change a message in its place."""
        place = next((place for place, one in enumerate(self.posted) if one.key == ref.message), None)
        if place is None:
            raise TargetGone("The message is gone.")
        with self._trouble():
            self.posted[place] = replace(self.posted[place], document=document)
            self.edits.append(ref.message)

    async def find(
        self, target: Target, root: MessageRef | None, title: str, key: str, since: datetime
    ) -> MessageRef | None:
        """Look for a message by its key."""
        if not self.can_look:
            raise Ambiguous("Nobody can look here.")
        if self.unseen:
            raise self.unseen.pop(0)
        ref = MessageRef(key, key) if any(one.key == key for one in self.posted) else None
        return self._root(ref) if ref is not None and root is None else ref

    async def look_at(self, target: Target) -> None:
        """See whether a digest could be posted there."""
        if self.unseen:
            raise self.unseen.pop(0)

    async def tell(self, workspace: str, user: str, document: Document) -> None:
        """A private message."""
        self.told.append((workspace, user, document))

    def _root(self, ref: MessageRef) -> MessageRef:
        return replace(ref, thread=None) if self.opens_threads else ref

    def _post(self, message: Posted, leave: Leave) -> MessageRef:
        with self._trouble(leave):
            self.posted.append(message)
        return MessageRef(message.key, message.key)

    @contextmanager
    def _trouble(self, leave: Leave = unhindered) -> Iterator[None]:
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, Before):
            raise trouble.error
        leave()
        if isinstance(trouble, BaseException):
            raise trouble
        yield
        if trouble is not None:
            raise trouble.error


@dataclass(frozen=True)
class Before:
    """An error that comes before the request leaves."""

    error: BaseException


@dataclass(frozen=True)
class After:
    """An error that comes when the message has been posted."""

    error: BaseException
