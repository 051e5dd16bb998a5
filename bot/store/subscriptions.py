"""Subscriptions, and what has become of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, select, update

from bot.digests.model import Edition, EmptyDays, Kind, Slot, Standing, Subscription, Target
from bot.digests.planning import Plan
from bot.digests.schedule import Schedule
from bot.store.database import Database
from bot.store.tables import slots, subscriptions

own = subscriptions.c


class SqlSubscriptions:
    """Implements `bot.digests.ports.SubscriptionRepository`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, subscription: Subscription, next_due_at: datetime, *, paused: str = "") -> None:
        """Insert, or replace the wish; a pause ends or begins, the history stays."""
        wish = _row(subscription) | {"next_due_at": next_due_at, "refusals": 0, "paused": paused}
        insert = self._database.insert(subscriptions).values(wish | {"last_note": ""})
        keys = [own.workspace, own.channel, own.kind]
        async with self._database.transaction() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=wish))

    async def get(self, target: Target, kind: Kind) -> Standing | None:
        """One."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(subscriptions).where(_is(target, kind)))).mappings().first()
        return _standing(row) if row else None

    async def of_workspace(self, workspace: str) -> list[Standing]:
        """All of a workspace, by channel."""
        asked = select(subscriptions).where(own.workspace == workspace).order_by(own.channel, own.kind)
        async with self._database.reading() as connection:
            return [_standing(row) for row in (await connection.execute(asked)).mappings()]

    async def everything(self) -> list[Standing]:
        """All there are."""
        asked = select(subscriptions).order_by(own.workspace, own.channel, own.kind)
        async with self._database.reading() as connection:
            return [_standing(row) for row in (await connection.execute(asked)).mappings()]

    async def due(self, now: datetime, limit: int = 1000) -> list[Standing]:
        """Those not paused whose time has come, earliest first."""
        asked = select(subscriptions).where(own.next_due_at <= now, own.paused == "")
        async with self._database.reading() as connection:
            rows = await connection.execute(asked.order_by(own.next_due_at).limit(limit))
            return [_standing(row) for row in rows.mappings()]

    async def running(self, platform: str) -> list[Standing]:
        """Those of a platform that are not paused."""
        there = own.workspace.startswith(f"{platform}:", autoescape=True)
        asked = select(subscriptions).where(there, own.paused == "")
        async with self._database.reading() as connection:
            rows = await connection.execute(asked.order_by(own.workspace, own.channel, own.kind))
            return [_standing(row) for row in rows.mappings()]

    async def move_on(self, standing: Standing, plan: Plan) -> bool:
        """Owe the plan's slot and move on.  The comparison with `next_due_at` lets one of many replicas through."""
        subscription = standing.subscription
        unmoved = _is(subscription.target, subscription.kind) & (own.next_due_at == standing.next_due_at)
        changes = {"next_due_at": plan.next_due_at} | ({"last_note": plan.note} if plan.note else {})
        async with self._database.transaction() as connection:
            moved = await connection.execute(update(subscriptions).where(unmoved).values(changes))
            if moved.rowcount == 1 and plan.slot is not None:
                await connection.execute(
                    self._database.insert(slots).values(_slot(plan.slot, plan)).on_conflict_do_nothing()
                )
            return moved.rowcount == 1

    async def ran(self, target: Target, kind: Kind, at: datetime, list_day: date | None, note: str) -> None:
        """A slot has ended; None leaves the newest list day as it was."""
        ended: dict[str, Any] = {"last_run_at": at, "last_note": note, "refusals": 0}
        await self._change(target, kind, ended | ({"last_list_day": list_day} if list_day else {}))

    async def note(self, target: Target, kind: Kind, note: str) -> None:
        """Remember a sentence."""
        await self._change(target, kind, {"last_note": note})

    async def refused(self, target: Target, kind: Kind, note: str) -> int:
        """Count a refusal."""
        counted = update(subscriptions).where(_is(target, kind)).values(refusals=own.refusals + 1, last_note=note)
        async with self._database.transaction() as connection:
            return (await connection.execute(counted.returning(own.refusals))).scalar() or 0

    async def pause(self, target: Target, kind: Kind, why: str) -> bool:
        """Pause, once."""
        running = _is(target, kind) & (own.paused == "")
        async with self._database.transaction() as connection:
            return (await connection.execute(update(subscriptions).where(running).values(paused=why))).rowcount == 1

    async def delete(self, target: Target, kind: Kind) -> bool:
        """Forget one."""
        async with self._database.transaction() as connection:
            return (await connection.execute(delete(subscriptions).where(_is(target, kind)))).rowcount == 1

    async def _change(self, target: Target, kind: Kind, values: Mapping[str, Any]) -> None:
        async with self._database.statement() as connection:
            await connection.execute(update(subscriptions).where(_is(target, kind)).values(values))


def _is(target: Target, kind: Kind) -> ColumnElement[bool]:
    return (own.workspace == target.workspace) & (own.channel == target.channel) & (own.kind == kind.value)


def _row(subscription: Subscription) -> dict[str, Any]:
    schedule = subscription.schedule
    return {
        "workspace": subscription.target.workspace,
        "channel": subscription.target.channel,
        "kind": subscription.kind.value,
        "owner": subscription.owner,
        "wall_time": f"{schedule.at:%H:%M}",
        "zone": schedule.zone,
        "weekdays": "".join(map(str, sorted(schedule.weekdays))),
        "edition": subscription.edition.value,
        "top": subscription.top,
        "topics": subscription.topics,
        "muted": subscription.muted,
        "language": subscription.language,
        "empty_days": subscription.empty_days.value,
    }


def _slot(slot: Slot, plan: Plan) -> dict[str, Any]:
    return {
        "key": slot.key,
        "workspace": slot.target.workspace,
        "channel": slot.target.channel,
        "kind": slot.kind.value,
        "day": slot.day,
        "edition": slot.edition.value,
        "notice": slot.notice,
        "days": tuple(day.isoformat() for day in plan.days),
        "due": plan.due,
    }


def _standing(row: RowMapping) -> Standing:
    subscription = Subscription(
        target=Target(row["workspace"], row["channel"]),
        owner=row["owner"],
        schedule=Schedule(
            at=time.fromisoformat(row["wall_time"]),
            zone=row["zone"],
            weekdays=frozenset(map(int, row["weekdays"])),
        ),
        kind=Kind(row["kind"]),
        edition=Edition(row["edition"]),
        top=row["top"],
        topics=row["topics"],
        muted=row["muted"],
        language=row["language"],
        empty_days=EmptyDays(row["empty_days"]),
    )
    kept = ("next_due_at", "last_list_day", "last_run_at", "last_note", "refusals", "paused")
    return replace(
        Standing(subscription=subscription, next_due_at=row["next_due_at"]), **{name: row[name] for name in kept}
    )
