"""Full-text search over papers: FTS5 on SQLite, a tsvector on Postgres, and one way to ask both.

A question is cut into its words here, and only words reach the database, so nobody has to trust its operators.  Both
sides fold accents and case and stem English; neither leaves out common words ("Attention is all you need").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Float, Integer, Subquery, column, func, literal, literal_column, select, table

from bot.store.tables import papers

MAX_CHARACTERS = 2_000  # of a question; the rest is not read
MAX_WORDS = 24
MIN_PREFIX = 3  # letters that the last word needs to count as the beginning of one

# Words of most questions, and of a third or more of all abstracts: BM25 gives them next to no weight, yet counting
# their matches takes most of the time.  Left out where any word will do, as long as another is there.
COMMON = frozenset(
    "a across an and are as at based be by can do does existing for framework from has have how i in into introduce is "
    "it its language large me model models my not of on or our over paper papers performance propose tasks than that "
    "the their them these they this to training under us using via was we what when where which while who why will "
    "with you your".split()
)

_fts5 = table("paper_words", column("rowid", Integer), column("rank", Float))
_vector: ColumnElement[str] = literal_column("papers.words")
_CONFIGURATION: ColumnElement[str] = literal_column("'paperwire_english'::regconfig")


def words_of(question: str) -> list[str]:
    """The distinct words of a question in lower case, without accents, in order; at most `MAX_WORDS`."""
    parts = unicodedata.normalize("NFD", question[:MAX_CHARACTERS])
    plain = unicodedata.normalize("NFC", re.sub(r"[\u0300-\u036f]", "", parts)).lower()
    return list(dict.fromkeys(re.findall(r"[^\W_]+", plain)))[:MAX_WORDS]


def telling(words: Sequence[str]) -> list[str]:
    """The words that are worth a match of their own; all of them if none is."""
    return [word for word in words if word not in COMMON] or list(words)


def in_fts5(words: Sequence[str], *, every: bool, limit: int) -> Subquery:
    """The numbers of papers with every word, or with any, and their `rank`, lowest best, asked of SQLite.

    `rank` is FTS5's: BM25 with the weights that the index was made with.
    """
    asked = (" AND " if every else " OR ").join(_terms(words, '"', "*"))
    matching = literal_column("paper_words").op("MATCH")(literal(asked))
    return (
        select(_fts5.c.rowid.label("number"), _fts5.c.rank)
        .where(matching)
        .order_by(_fts5.c.rank)
        .limit(limit)
        .subquery()
    )


def in_postgres(words: Sequence[str], *, every: bool, limit: int) -> Subquery:
    """The same of Postgres; `rank` comes of `ts_rank`, a word in the title counting most."""
    asked = func.to_tsquery(_CONFIGURATION, (" & " if every else " | ").join(_terms(words, "'", ":*")))
    rank = (-func.ts_rank(_vector, asked)).label("rank")
    return select(papers.c.number, rank).where(_vector.op("@@")(asked)).order_by(rank).limit(limit).subquery()


def _terms(words: Sequence[str], quote: str, prefix: str) -> list[str]:
    terms = [f"{quote}{word}{quote}" for word in words]
    if len(words[-1]) >= MIN_PREFIX:
        terms[-1] += prefix
    return terms
