"""Papers, the lists they stood in, and how their votes moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row, case, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.papers.model import Artifact, EmptyReason, ListState, Paper, PaperList, Rise
from bot.store import search
from bot.store.database import Database
from bot.store.instants import SKEW, instant
from bot.store.tables import list_papers, lists, papers, snapshots

DAY_KEY = "day:"  # how the keys of daily lists begin
BATCH = 500  # ids in one query; SQLite takes 32,766 parameters, Postgres 65,535
ENOUGH = 3  # papers with every word that leave no need for others

_FIELDS = tuple(field.name for field in fields(Paper))
_COLUMNS = tuple(papers.c[name] for name in _FIELDS)


class SqlPapers:
    """Implements `bot.ports.PaperRepository`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, papers: Iterable[Paper], seen_at: datetime) -> None:
        """Insert or merge: of each field the newest sighting that said something stays; none is of the future."""
        async with self._database.transaction() as connection:
            await self._save(connection, papers, seen_at)

    async def get(self, paper_id: str) -> Paper | None:
        """The paper with this id."""
        return next(iter(await self.get_many([paper_id])), None)

    async def get_many(self, paper_ids: Sequence[str]) -> list[Paper]:
        """Those that are known, in the order asked for."""
        found: dict[str, Paper] = {}
        async with self._database.reading() as connection:
            for start in range(0, len(paper_ids), BATCH):
                wanted = papers.c.id.in_(paper_ids[start : start + BATCH])
                found |= {row.id: _paper(row) for row in await connection.execute(select(*_COLUMNS).where(wanted))}
        return [found[paper_id] for paper_id in paper_ids if paper_id in found]

    async def save_list(self, key: str, papers: PaperList) -> None:
        """Remember a list, its papers and a snapshot of their figures, in one transaction."""
        async with self._database.transaction() as connection:
            await self._save(connection, papers.papers, papers.fetched_at)
            await self._save_order(connection, key, papers)
            await self._save_snapshots(connection, papers)

    async def load_list(self, key: str) -> PaperList | None:
        """The list last saved under that key, in its order, with what is known of its papers by now."""
        ranked = (
            select(lists, *_COLUMNS)
            .outerjoin(list_papers, list_papers.c.key == lists.c.key)
            .outerjoin(papers, papers.c.id == list_papers.c.paper_id)
            .where(lists.c.key == key)
            .order_by(list_papers.c.position)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(ranked)).all()
        return _list(rows) if rows else None

    async def latest_day(self, before: date) -> PaperList | None:
        """The newest non-empty daily list with a day before the one given."""
        newest = (
            select(lists.c.key)
            .where(lists.c.key.startswith(DAY_KEY), lists.c.day < before)
            .where(exists().where(list_papers.c.key == lists.c.key))
            .order_by(lists.c.day.desc(), lists.c.key.desc())
            .limit(1)
        )
        async with self._database.reading() as connection:
            key = (await connection.execute(newest)).scalar()
        return None if key is None else await self.load_list(key)

    async def search(self, words: str, *, limit: int = 10, offset: int = 0) -> list[Paper]:
        """Papers with every word, best first; where these are few, followed by those with any."""
        asked = search.words_of(words)
        if not asked:
            return []
        end = max(offset + limit, ENOUGH)
        async with self._database.reading() as connection:
            found = await self._matches(connection, asked, every=True, limit=end)
            if len(found) < ENOUGH and len(asked) > 1:
                more = await self._matches(connection, search.telling(asked), every=False, limit=end + len(found))
                found |= {paper_id: paper for paper_id, paper in more.items() if paper_id not in found}
        return list(found.values())[offset : offset + limit]

    async def rises(self, paper_ids: Sequence[str], since: datetime) -> Mapping[str, Rise]:
        """Upvotes now against the last snapshot at or before `since`, else the first one."""
        counted = snapshots.c.upvotes.is_not(None)
        mine = snapshots.c.paper_id == papers.c.id
        then = select(func.max(snapshots.c.hour)).where(mine, counted, snapshots.c.seen_at <= since)
        first = select(func.min(snapshots.c.hour)).where(mine, counted)
        before = func.coalesce(then.correlate(papers).scalar_subquery(), first.correlate(papers).scalar_subquery())
        compared = (
            select(papers.c.id, papers.c.upvotes, snapshots.c.upvotes.label("before"), snapshots.c.seen_at)
            .join(snapshots, mine & (snapshots.c.hour == before))
            .where(papers.c.upvotes.is_not(None))
        )
        found: dict[str, Rise] = {}
        async with self._database.reading() as connection:
            for start in range(0, len(paper_ids), BATCH):
                batch = compared.where(papers.c.id.in_(paper_ids[start : start + BATCH]))
                for row in await connection.execute(batch):
                    found[row.id] = Rise(before=row.before, now=row.upvotes, since=row.seen_at)
        return found

    async def count(self) -> int:
        """How many papers are known."""
        async with self._database.reading() as connection:
            return (await connection.execute(select(func.count()).select_from(papers))).scalar_one()

    async def _save(self, connection: AsyncConnection, sighted: Iterable[Paper], seen_at: datetime) -> None:
        times = {"first_seen": seen_at, "seen_at": seen_at}
        rows = [_row(paper) | times for paper in sorted(sighted, key=lambda paper: paper.id)]  # one order: no deadlock
        if not rows:
            return
        insert = self._database.insert(papers)
        new, in_future = insert.excluded, papers.c.seen_at > instant(self._database, SKEW)
        newer = (new.seen_at >= papers.c.seen_at) | in_future  # what a clock that was ahead has stamped is void
        merged = {
            name: case(
                (newer, func.coalesce(new[name], papers.c[name])), else_=func.coalesce(papers.c[name], new[name])
            )
            for name in (*_FIELDS[1:], "seen_at")
        }
        await connection.execute(insert.on_conflict_do_update(index_elements=[papers.c.id], set_=merged), rows)

    async def _save_order(self, connection: AsyncConnection, key: str, ranked: PaperList) -> None:
        head = {
            "day": ranked.day,
            "state": ranked.state,
            "empty_because": ranked.empty_because,
            "stale": ranked.stale,
            "fetched_at": ranked.fetched_at,
        }
        insert = self._database.insert(lists).values(key=key, **head)
        await connection.execute(insert.on_conflict_do_update(index_elements=[lists.c.key], set_=head))
        await connection.execute(delete(list_papers).where(list_papers.c.key == key))
        places = [
            {"key": key, "position": position, "paper_id": paper.id} for position, paper in enumerate(ranked.papers)
        ]
        if places:
            await connection.execute(list_papers.insert(), places)

    async def _save_snapshots(self, connection: AsyncConnection, ranked: PaperList) -> None:
        hour = ranked.fetched_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        rows = [
            {
                "paper_id": paper.id,
                "hour": hour,
                "day": ranked.day,
                "seen_at": ranked.fetched_at,
                "upvotes": paper.upvotes,
                "comments": paper.comments,
                "stars": paper.stars,
            }
            for paper in sorted(ranked.papers, key=lambda paper: paper.id)
        ]
        if not rows:
            return
        insert = self._database.insert(snapshots)
        seen = {name: insert.excluded[name] for name in ("day", "seen_at", "upvotes", "comments", "stars")}
        await connection.execute(
            insert.on_conflict_do_update(
                index_elements=[snapshots.c.paper_id, snapshots.c.hour],
                set_=seen,
                where=(insert.excluded.seen_at >= snapshots.c.seen_at)
                | (snapshots.c.seen_at > instant(self._database, SKEW)),
            ),
            rows,
        )

    async def _matches(
        self, connection: AsyncConnection, words: list[str], *, every: bool, limit: int
    ) -> dict[str, Paper]:
        query = search.in_fts5 if self._database.is_sqlite else search.in_postgres
        best = query(words, every=every, limit=limit)
        ranked = select(*_COLUMNS).join(best, best.c.number == papers.c.number)
        rows = await connection.execute(ranked.order_by(best.c.rank, papers.c.number.desc()))
        return {row.id: _paper(row) for row in rows}


def _row(paper: Paper) -> dict[str, Any]:
    """The paper's fields as columns; what its source did not say is None."""
    told = {name: getattr(paper, name) or None for name in _FIELDS}
    figures = {name: getattr(paper, name) for name in ("version", "upvotes", "comments", "stars")}
    artifacts = [f"{artifact.kind} {artifact.name}" for artifact in paper.artifacts]
    return {**told, **figures, "artifacts": artifacts}


def _paper(row: Row[Any]) -> Paper:
    told = {"title": ""} | {name: row._mapping[name] for name in _FIELDS if row._mapping[name] not in (None, ())}
    if "artifacts" in told:
        told["artifacts"] = tuple(Artifact(*line.split(" ", 1)) for line in told["artifacts"])
    return Paper(**told)


def _list(rows: Sequence[Row[Any]]) -> PaperList:
    """A list from rows that each hold its head, and a paper unless it is empty."""
    head = rows[0]
    return PaperList(
        papers=tuple(_paper(row) for row in rows if row.id is not None),
        day=head.day,
        state=ListState(head.state),
        fetched_at=head.fetched_at,
        stale=head.stale,
        empty_because=head.empty_because and EmptyReason(head.empty_because),
    )
