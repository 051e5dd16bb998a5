"""The store with two years of papers in it: search, and the list of a day, beside a bare query of FTS5."""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from sqlalchemy import text

from bot.papers.huggingface_parsing import parse_paper
from bot.papers.model import ListState, Paper, PaperList
from bot.store.database import Database
from bot.store.papers import SqlPapers
from bot.store.search import words_of

NAME = "library"
ARCHIVE = Path("../shared/data/huggingface/archive.jsonl.gz")
QUESTIONS = 400
SEED = 20260710
RESULTS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which papers to load, and where."""
    parser.add_argument("--archive", type=Path, default=ARCHIVE, help='rows {"date", "entry"}, JSON Lines, gzipped')
    parser.add_argument("--database", default=None, help="postgresql://…, empty; default: a new SQLite file")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Load the archive day by day, then ask."""
    lists = list(_read(options.archive))
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(lists, options.database, Path(folder)))


async def _measure(lists: list[PaperList], url: str | None, folder: Path) -> dict[str, Any]:
    database = await Database.open(url, folder)
    library = SqlPapers(database)
    began = perf_counter()
    for ranked in lists:
        await library.save_list(f"day:{ranked.day}", ranked)
    loaded = perf_counter() - began
    if not database.is_sqlite:  # whose autovacuum does it within a minute
        async with database.transaction() as connection:
            await connection.execute(text("ANALYZE"))
    every = [paper for ranked in lists for paper in ranked.papers]
    questions = _questions(every)
    days = random.Random(SEED).sample([f"day:{ranked.day}" for ranked in lists], 50)  # noqa: S311
    search = await _times(lambda words: library.search(words, limit=RESULTS), questions)
    today = await _times(library.load_list, days)
    papers = await library.count()
    await database.aclose()
    bare = await _bare(every, questions)
    return {
        "rows": len(every),
        "papers": papers,
        "load_s": round(loaded, 2),
        "search_p50_ms": _ms(median(search)),
        "search_p99_ms": _ms(_p99(search)),
        "bare_fts5_p50_ms": _ms(median(bare)),
        "bare_fts5_p99_ms": _ms(_p99(bare)),
        "today_ms": _ms(median(today)),
        "today_p99_ms": _ms(_p99(today)),
    }


def _read(archive: Path) -> Iterable[PaperList]:
    """The recorded days, in their order."""
    days: defaultdict[date, list[Paper]] = defaultdict(list)
    with gzip.open(archive, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            day = date.fromisoformat(row["date"])
            paper = parse_paper(row["entry"], day)
            if paper is not None:
                days[day].append(paper)
    for day, papers in sorted(days.items()):
        evening = datetime.combine(day + timedelta(days=1), time(2), UTC)
        yield PaperList(papers=tuple(papers), day=day, state=ListState.FINAL, fetched_at=evening)


def _questions(papers: list[Paper]) -> list[str]:
    """What people type: a few words of a title, a beginning of one, an author, a whole sentence."""
    dice = random.Random(SEED)  # noqa: S311
    asked = []
    for paper in dice.sample(papers, QUESTIONS):
        words = paper.title.split()
        start = dice.randrange(max(1, len(words) - 2))
        few = " ".join(words[start : start + dice.randint(1, 3)])
        author = dice.choice(paper.authors) if paper.authors else few
        asked.append(
            dice.choice([few, few, few[:-2] or few, author, f"what is the best way to do {few} with language models"])
        )
    return asked


async def _times(ask: Callable[[str], Awaitable[object]], questions: list[str]) -> list[float]:
    await ask(questions[0])
    times = []
    for question in questions:
        began = perf_counter()
        await ask(question)
        times.append(perf_counter() - began)
    return times


async def _bare(papers: list[Paper], questions: list[str]) -> list[float]:
    """The yardstick: sqlite3 and FTS5 with nothing around them, every word, ids and titles only."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE bare USING fts5(id UNINDEXED, title, abstract, tokenize='porter unicode61')"
        )
        rows = [(paper.id, paper.title, paper.abstract) for paper in papers]
        connection.executemany("INSERT INTO bare VALUES (?, ?, ?)", rows)

        async def ask(question: str) -> object:
            asked = " ".join(f'"{word}"' for word in words_of(question))
            query = "SELECT id, title FROM bare WHERE bare MATCH ? ORDER BY rank LIMIT ?"
            return connection.execute(query, (asked, RESULTS)).fetchall()

        return await _times(ask, questions)


def _p99(times: list[float]) -> float:
    return quantiles(times, n=100)[98]


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
