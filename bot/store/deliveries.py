"""Digests that are owed, their frozen words, and how far each message is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, RowMapping, delete, func, select, update

from bot.digests import codec
from bot.digests.completing import is_outdated, latest_look
from bot.digests.model import (
    MARKED_FROM,
    REVIVES,
    DeliveryState,
    Digest,
    Edition,
    Kind,
    Look,
    Marked,
    Owed,
    Part,
    Slot,
    Target,
)
from bot.digests.ports import Issue, MessageRef, Progress
from bot.store.database import Database
from bot.store.tables import deliveries, slots

AT_ONCE = 500  # values in one IN list; SQLite takes 999 and more
OUT = (DeliveryState.SENT, DeliveryState.UNKNOWN)  # the message is there, or may be


class SqlDeliveries:
    """Implements `bot.digests.ports.DeliveryRepository`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, limit: int = 1000) -> list[Owed]:
        """Digests that no worker was told of yet."""
        asked = select(slots).where(slots.c.handed_over_at.is_(None)).order_by(slots.c.due).limit(limit)
        async with self._database.reading() as connection:
            return [_owed(row) for row in (await connection.execute(asked)).mappings()]

    async def handed_over(self, slot_keys: Iterable[str], at: datetime) -> None:
        """A worker answers for them now."""
        keys = list(slot_keys)
        async with self._database.transaction() as connection:
            for start in range(0, len(keys), AT_ONCE):
                some = slots.c.key.in_(keys[start : start + AT_ONCE])
                await connection.execute(update(slots).where(some).values(handed_over_at=at))

    async def owed(self, slot_key: str) -> Owed | None:
        """What was written down about a slot."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(slots).where(slots.c.key == slot_key))).mappings().first()
        return _owed(row) if row else None

    async def compose(self, digest: Digest) -> None:
        """Freeze the digest; the first one stays."""
        free = (slots.c.key == digest.slot.key) & slots.c.digest.is_(None)
        async with self._database.statement() as connection:
            await connection.execute(update(slots).where(free).values(digest=codec.dump(digest)))

    async def digest(self, slot_key: str) -> Digest | None:
        """The frozen digest of a slot."""
        async with self._database.reading() as connection:
            text = (await connection.execute(select(slots.c.digest).where(slots.c.key == slot_key))).scalar()
        return codec.load(text) if text else None

    async def amend(self, digest: Digest) -> bool:
        """Put the next revision of a frozen digest in its place."""
        before = (slots.c.key == digest.slot.key) & (slots.c.revision == digest.revision - 1)
        newer = update(slots).where(before).values(digest=codec.dump(digest), revision=digest.revision)
        async with self._database.transaction() as connection:
            return bool((await connection.execute(newer)).rowcount)

    async def outdated(self, digest: Digest) -> list[int]:
        """The numbers of its messages that are to be sent yet, or show an older revision."""
        own = deliveries.c
        asked = select(own.part, own.state, own.revision).where(own.slot == digest.slot.key)
        async with self._database.reading() as connection:
            shown = {row.part: (DeliveryState(row.state), row.revision) for row in await connection.execute(asked)}
        unsent = (DeliveryState.PLANNED, 0)
        return [part.number for part in digest.parts if is_outdated(part, *shown.get(part.number, unsent))]

    async def look_again(self, slot_key: str, at: datetime | None) -> None:
        """Have a digest looked at from then on."""
        async with self._database.statement() as connection:
            await connection.execute(update(slots).where(slots.c.key == slot_key).values(look_at=at))

    async def incomplete(self, now: datetime, limit: int = 1000) -> list[Look]:
        """The looks that are due."""
        due = select(slots).where(_is_due(now)).order_by(slots.c.look_at).limit(limit)
        async with self._database.reading() as connection:
            return [Look(_owed(row), row["look_at"]) for row in (await connection.execute(due)).mappings()]

    async def looked(self, slot_keys: Iterable[str], now: datetime) -> None:
        """A worker answers for them."""
        keys = list(slot_keys)
        async with self._database.transaction() as connection:
            for start in range(0, len(keys), AT_ONCE):
                due = slots.c.key.in_(keys[start : start + AT_ONCE]) & _is_due(now)
                await connection.execute(update(slots).where(due).values(look_at=None))

    async def claim(self, slot: Slot, part: Part, at: datetime, claim: str) -> bool:
        """Mark a message as SENDING, in one statement."""
        own = deliveries.c
        is_mine = (own.state == DeliveryState.SENDING) & (own.claim == claim)
        free = (own.state == DeliveryState.PLANNED) | is_mine
        return await self._put(_row(slot, part, DeliveryState.SENDING, at, None, claim), free)

    async def mark(
        self,
        slot: Slot,
        part: Part,
        state: DeliveryState,
        at: datetime,
        ref: MessageRef | None = None,
        *,
        claim: str = "",
    ) -> Marked:
        """Move one message on, in one statement unless it had been given up."""
        row, own = _row(slot, part, state, at, ref, claim), deliveries.c
        if await self._put(row, (own.claim == claim) & own.state.in_(MARKED_FROM[state])):
            return Marked.DONE
        given_up = (own.claim == claim) & (own.state == DeliveryState.UNKNOWN)
        return Marked.REVIVED if state in REVIVES and await self._put(row, given_up) else Marked.VOID

    async def _put(self, row: dict[str, Any], where: ColumnElement[bool]) -> bool:
        keys = [deliveries.c.slot, deliveries.c.part]
        insert = self._database.insert(deliveries).values(row)
        async with self._database.statement() as connection:
            put = insert.on_conflict_do_update(index_elements=keys, set_=row, where=where)
            return (await connection.execute(put.returning(deliveries.c.part))).first() is not None

    async def state(self, slot: Slot, part: Part) -> Progress:
        """How far one message is."""
        asked = select(deliveries).where(deliveries.c.slot == slot.key, deliveries.c.part == part.number)
        async with self._database.reading() as connection:
            row = (await connection.execute(asked)).first()
        return _progress(row) if row else Progress()

    async def states(self, slot: Slot) -> Mapping[int, Progress]:
        """How far the messages of a digest are, by number."""
        asked = select(deliveries).where(deliveries.c.slot == slot.key)
        async with self._database.reading() as connection:
            return {row.part: _progress(row) for row in await connection.execute(asked)}

    async def posted(self, target: Target, paper_ids: Iterable[str]) -> set[str]:
        """Which of these papers the channel has had."""
        own, ids = deliveries.c, list(paper_ids)
        found: set[str] = set()
        async with self._database.reading() as connection:
            for start in range(0, len(ids), AT_ONCE):
                had = select(own.paper_id).where(
                    own.workspace == target.workspace,
                    own.channel == target.channel,
                    own.paper_id.in_(ids[start : start + AT_ONCE]),
                    own.state.in_(OUT),
                )
                found.update((await connection.execute(had)).scalars())
        return found

    async def posted_at(self, target: Target, paper_ids: Iterable[str]) -> Mapping[str, datetime]:
        """When each of these papers was posted in the channel."""
        own, ids = deliveries.c, list(paper_ids)
        found: dict[str, datetime] = {}
        async with self._database.reading() as connection:
            for start in range(0, len(ids), AT_ONCE):
                sent = select(own.paper_id, func.min(own.at)).where(
                    own.workspace == target.workspace,
                    own.channel == target.channel,
                    own.paper_id.in_(ids[start : start + AT_ONCE]),
                    own.state == DeliveryState.SENT,
                )
                rows = await connection.execute(sent.group_by(own.paper_id))
                found |= {row[0]: row[1] for row in rows}
        return found

    async def digests(self, target: Target, limit: int = 30) -> Sequence[Digest]:
        """The newest digests of a channel, newest first."""
        own = slots.c
        asked = select(own.digest).where(
            own.workspace == target.workspace, own.channel == target.channel, own.digest.is_not(None)
        )
        async with self._database.reading() as connection:
            texts = (await connection.execute(asked.order_by(own.due.desc()).limit(limit))).scalars()
            return [codec.load(text) for text in texts]

    async def issues(self, target: Target, kind: Kind, limit: int) -> Sequence[Issue]:
        """The newest digests that have gone out, newest first."""
        own, sent = slots.c, deliveries.c
        published = func.min(sent.at).filter(sent.part == 0)
        asked = (
            select(own.digest, published.label("published"), func.max(sent.at).label("updated"))
            .join(deliveries, sent.slot == own.key)
            .where(own.workspace == target.workspace, own.channel == target.channel, own.kind == kind.value)
            .where(own.digest.is_not(None), sent.state.in_(OUT))
            .group_by(own.key, own.digest)
            .having(published.is_not(None))
            .order_by(published.desc())
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(asked)).all()
        return [Issue(codec.load(row.digest), row.published, row.updated) for row in rows]

    async def unknown(self, target: Target, since: datetime) -> int:
        """How many messages of a channel have ended as UNKNOWN since then."""
        own = deliveries.c
        lost = select(func.count()).where(
            own.workspace == target.workspace,
            own.channel == target.channel,
            own.state == DeliveryState.UNKNOWN,
            own.at >= since,
        )
        async with self._database.reading() as connection:
            return (await connection.execute(lost)).scalar() or 0

    async def forget_before(self, kind: Kind, instant: datetime) -> int:
        """Drop old slots with their messages; how many slots."""
        old = (slots.c.kind == kind.value) & (slots.c.due < instant)
        of_old = deliveries.c.slot.in_(select(slots.c.key).where(old))
        async with self._database.transaction() as connection:
            await connection.execute(delete(deliveries).where(of_old))
            return (await connection.execute(delete(slots).where(old))).rowcount


def _row(
    slot: Slot, part: Part, state: DeliveryState, at: datetime, ref: MessageRef | None, claim: str
) -> dict[str, Any]:
    return {
        "slot": slot.key,
        "part": part.number,
        "workspace": slot.target.workspace,
        "channel": slot.target.channel,
        "paper_id": part.paper_id,
        "state": state.value,
        "at": at,
        "message": ref.message if ref else None,
        "thread": ref.thread if ref else None,
        "revision": part.revision,
        "claim": claim,
    }


def _progress(row: Row[*tuple[Any, ...]]) -> Progress:
    ref = MessageRef(row.message, row.thread) if row.message else None
    return Progress(DeliveryState(row.state), ref, row.claim, row.at)


def _owed(row: RowMapping) -> Owed:
    slot = Slot(
        target=Target(row["workspace"], row["channel"]),
        kind=Kind(row["kind"]),
        day=row["day"],
        edition=Edition(row["edition"]),
        notice=row["notice"],
    )
    return Owed(slot, tuple(date.fromisoformat(day) for day in row["days"]), row["due"])


def _is_due(now: datetime) -> ColumnElement[bool]:
    return (slots.c.look_at <= now) | (slots.c.look_at > latest_look(now))
