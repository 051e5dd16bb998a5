"""Mail that goes nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.digests.model import Digest
from bot.digests.ports import MessageRef
from bot.testing.digests import After


@dataclass
class FakeMailer:
    """Implements `bot.digests.ports.Mailer` and `SendsCodes`; `troubles` as of `bot.testing.digests.FakePoster`."""

    per_second: float | None = None
    mailed: list[Digest] = field(default_factory=list)
    codes: list[tuple[str, str]] = field(default_factory=list)  # address and code
    troubles: list[BaseException | After | None] = field(default_factory=list)

    async def mail(self, digest: Digest, key: str) -> MessageRef:
        """Send a digest."""
        self._meet_trouble(lambda: self.mailed.append(digest))
        return MessageRef(key)

    async def send_code(self, address: str, code: str) -> None:
        """Send a code."""
        self._meet_trouble(lambda: self.codes.append((address, code)))

    def _meet_trouble(self, act: Callable[[], None]) -> None:
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, BaseException):
            raise trouble
        act()
        if trouble is not None:
            raise trouble.error
