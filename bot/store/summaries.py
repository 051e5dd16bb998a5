"""Summaries that were made once and serve every workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Row, select, tuple_

from bot.reading.model import Summary, SummaryKey, SummarySource
from bot.store.database import Database
from bot.store.tables import summaries

BATCH = 500  # keys in one query

_KEY = [summaries.c[field.name] for field in fields(SummaryKey)]


class SqlSummaries:
    """Implements `bot.ports.SummaryRepository`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get_many(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        """Those that are there."""
        found: dict[SummaryKey, Summary] = {}
        async with self._database.reading() as connection:
            for start in range(0, len(keys), BATCH):
                wanted = [tuple(asdict(key).values()) for key in keys[start : start + BATCH]]
                for row in await connection.execute(select(summaries).where(tuple_(*_KEY).in_(wanted))):
                    found[_key(row)] = _summary(row)
        return found

    async def save(self, written: Mapping[SummaryKey, Summary]) -> None:
        """Insert or replace."""
        rows = [_row(key, written[key]) for key in sorted(written, key=lambda key: tuple(asdict(key).values()))]
        if not rows:
            return
        insert = self._database.insert(summaries)
        replaced = {name: insert.excluded[name] for name in rows[0] if summaries.c[name] not in _KEY}
        async with self._database.transaction() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=_KEY, set_=replaced), rows)


def _row(key: SummaryKey, summary: Summary) -> dict[str, Any]:
    return asdict(summary) | {"written_by": summary.model} | asdict(key)


def _key(row: Row[Any]) -> SummaryKey:
    return SummaryKey(*(row._mapping[column] for column in _KEY))


def _summary(row: Row[Any]) -> Summary:
    return Summary(
        paper_id=row.paper_id,
        line=row.line,
        source=SummarySource(row.source),
        problem=row.problem,
        method=row.method,
        result=row.result,
        why=row.why,
        model=row.written_by,
        question=row.question,
    )
