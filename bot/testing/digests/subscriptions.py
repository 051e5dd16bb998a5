"""Who gets digests, in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from bot.digests.model import Kind, Owed, Standing, Subscription, Target
from bot.digests.planning import Plan
from bot.testing.digests.deliveries import FakeDeliveries


class FakeSubscriptions:
    """Implements `bot.digests.ports.SubscriptionRepository`; what is owed goes to `deliveries`."""

    def __init__(self, deliveries: FakeDeliveries) -> None:
        self._deliveries = deliveries
        self._standings: dict[tuple[Target, Kind], Standing] = {}

    async def put(self, subscription: Subscription, next_due_at: datetime, *, paused: str = "") -> None:
        """Insert, or replace the wish."""
        key = (subscription.target, subscription.kind)
        known = self._standings.get(key, Standing(subscription=subscription, next_due_at=next_due_at))
        changed = replace(known, subscription=subscription, next_due_at=next_due_at)
        self._standings[key] = replace(changed, refusals=0, paused=paused)

    async def get(self, target: Target, kind: Kind) -> Standing | None:
        """One."""
        return self._standings.get((target, kind))

    async def of_workspace(self, workspace: str) -> list[Standing]:
        """All of a workspace, by channel."""
        keys = sorted(self._standings, key=lambda key: (key[0].channel, key[1]))
        return [self._standings[key] for key in keys if key[0].workspace == workspace]

    async def everything(self) -> list[Standing]:
        """All there are."""
        return [self._standings[key] for key in sorted(self._standings, key=lambda key: (*_place(key[0]), key[1]))]

    async def due(self, now: datetime, limit: int = 1000) -> list[Standing]:
        """Those not paused whose time has come, earliest first."""
        due = [own for own in self._standings.values() if own.next_due_at <= now and not own.paused]
        return sorted(due, key=lambda own: own.next_due_at)[:limit]

    async def running(self, platform: str) -> list[Standing]:
        """Those of a platform that are not paused."""
        keys = sorted(self._standings, key=lambda key: (key[0].workspace, key[0].channel, key[1]))
        own = (self._standings[key] for key in keys if key[0].platform == platform)
        return [standing for standing in own if not standing.paused]

    async def move_on(self, standing: Standing, plan: Plan) -> bool:
        """Owe the plan's slot and move on."""
        key = (standing.subscription.target, standing.subscription.kind)
        known = self._standings.get(key)
        if known is None or known.next_due_at != standing.next_due_at:
            return False
        self._standings[key] = replace(known, next_due_at=plan.next_due_at, last_note=plan.note or known.last_note)
        if plan.slot is not None:
            self._deliveries.owe(Owed(plan.slot, plan.days, plan.due))
        return True

    async def ran(self, target: Target, kind: Kind, at: datetime, list_day: date | None, note: str) -> None:
        """A slot has ended."""
        if known := self._standings.get((target, kind)):
            ended = replace(known, last_run_at=at, last_note=note, refusals=0)
            self._standings[target, kind] = replace(ended, last_list_day=list_day or known.last_list_day)

    async def note(self, target: Target, kind: Kind, note: str) -> None:
        """Remember a sentence."""
        if known := self._standings.get((target, kind)):
            self._standings[target, kind] = replace(known, last_note=note)

    async def refused(self, target: Target, kind: Kind, note: str) -> int:
        """Count a refusal."""
        known = self._standings.get((target, kind))
        if known is None:
            return 0
        self._standings[target, kind] = replace(known, refusals=known.refusals + 1, last_note=note)
        return known.refusals + 1

    async def pause(self, target: Target, kind: Kind, why: str) -> bool:
        """Pause, once."""
        known = self._standings.get((target, kind))
        if known is None or known.paused:
            return False
        self._standings[target, kind] = replace(known, paused=why)
        return True

    async def delete(self, target: Target, kind: Kind) -> bool:
        """Forget one."""
        return self._standings.pop((target, kind), None) is not None

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {target.workspace for target, _ in self._standings}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._standings = {key: own for key, own in self._standings.items() if key[0].workspace != workspace}


def _place(target: Target) -> tuple[str, str]:
    return target.workspace, target.channel
