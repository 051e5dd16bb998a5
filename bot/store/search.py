"""Full-text search over papers: FTS5 on SQLite, a tsvector on Postgres, and one way to ask both.

A question is cut into its words here, and only words reach the database, so nobody has to trust its operators.  Both
sides fold accents and case and stem English; neither leaves out common words ("Attention is all you need").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Integer, Select, column, func, literal, literal_column, select, table

from bot.store.tables import papers

MAX_CHARACTERS = 2_000  # of a question; the rest is not read
MAX_WORDS = 24
MIN_PREFIX = 3  # letters that the last word needs to count as the beginning of one

# Seldom worth a match of their own, once not every word has to be there.
COMMON = frozenset(
    "a an and are as at be by can do does for from has have how i in into is it its me my not of on or our over paper "
    "papers than that the their them they this to under us using via was we what when where which who why will with "
    "you your".split()
)

_fts5 = table("paper_words", column("rowid", Integer), column("rank"))
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


def in_fts5(words: Sequence[str], *, every: bool, limit: int) -> Select[int]:
    """A query of SQLite for the numbers of papers with every word, or with any, best first.

    The order is FTS5's `rank`, BM25 with the weights that the index was made with.
    """
    terms = [f'"{word}"' for word in words]
    if len(words[-1]) >= MIN_PREFIX:
        terms[-1] += "*"
    asked = (" AND " if every else " OR ").join(terms)
    return (
        select(_fts5.c.rowid)
        .where(literal_column("paper_words").op("MATCH")(literal(asked)))
        .order_by(_fts5.c.rank)
        .limit(limit)
    )


def in_postgres(words: Sequence[str], *, every: bool, limit: int) -> Select[int]:
    """The same of Postgres; the order is `ts_rank`, a word in the title counting most."""
    terms = [f"'{word}'" for word in words]
    if len(words[-1]) >= MIN_PREFIX:
        terms[-1] += ":*"
    asked = func.to_tsquery(_CONFIGURATION, (" & " if every else " | ").join(terms))
    return (
        select(papers.c.number)
        .where(_vector.op("@@")(asked))
        .order_by(func.ts_rank(_vector, asked).desc(), papers.c.number.desc())
        .limit(limit)
    )
