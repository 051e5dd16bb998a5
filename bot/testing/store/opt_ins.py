"""Which addresses have agreed to get mail, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.digests.model import Target
from bot.digests.ports import Terms

HOUR = timedelta(hours=1)
SKEW = timedelta(minutes=1)  # as `bot.store.instants` has it


@dataclass(frozen=True)
class _OptIn:
    agreed: bool = False
    code: str | None = None
    expires_at: datetime | None = None
    tries_left: int = 0
    mails: tuple[datetime, ...] = field(default=())

    def is_open(self, now: datetime) -> bool:
        """Whether its code can be redeemed."""
        lives = self.expires_at is not None and self.expires_at > now and all(mail <= now + SKEW for mail in self.mails)
        return self.code is not None and self.tries_left > 0 and lives


class FakeOptIns:
    """Implements `bot.digests.ports.OptIns`."""

    def __init__(self) -> None:
        self._opt_ins: dict[Target, _OptIn] = {}

    async def ask(self, target: Target, code: str, now: datetime, terms: Terms) -> bool:
        """Let this code be redeemed, and no other one there."""
        known = self._opt_ins.get(target, _OptIn())
        running = known.mails and -SKEW <= now - known.mails[0] < HOUR
        mails = (*known.mails, now) if running else (now,)
        if len(mails) > terms.mails_an_hour:
            return False
        self._opt_ins[target] = _OptIn(known.agreed, code, now + terms.lifetime, terms.tries, mails)
        return True

    async def take_back(self, target: Target) -> None:
        """The newest code has not been sent."""
        if known := self._opt_ins.get(target):
            self._opt_ins[target] = replace(known, code=None, mails=known.mails[:-1])

    async def redeem(self, workspace: str, code: str, now: datetime) -> Target | None:
        """The address whose code that is."""
        mine = {key: own for key, own in self._opt_ins.items() if key.workspace == workspace and own.is_open(now)}
        for target, own in mine.items():
            if own.code == code:
                self._opt_ins[target] = replace(own, agreed=True, code=None)
                return target
        self._opt_ins |= {key: replace(own, tries_left=own.tries_left - 1) for key, own in mine.items()}
        return None

    async def has_agreed(self, target: Target) -> bool:
        """Whether mail may go there."""
        return target in self._opt_ins and self._opt_ins[target].agreed

    async def withdraw(self, target: Target) -> None:
        """No more mail."""
        if known := self._opt_ins.get(target):
            self._opt_ins[target] = replace(known, agreed=False, code=None)

    async def forget_before(self, instant: datetime) -> list[Target]:
        """Drop those that have not agreed."""
        gone = [
            target
            for target, own in self._opt_ins.items()
            if not own.agreed and own.expires_at is not None and own.expires_at < instant
        ]
        for target in gone:
            del self._opt_ins[target]
        return gone

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {target.workspace for target in self._opt_ins}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._opt_ins = {key: own for key, own in self._opt_ins.items() if key.workspace != workspace}
