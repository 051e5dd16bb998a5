"""The first tables, and the index of papers' words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# SQLite: an index of its own beside the table, kept true by triggers.  Its `rank` weighs the columns in their order.
_FTS5 = (
    """
    CREATE VIRTUAL TABLE paper_words USING fts5(
        title, abstract, authors, keywords,
        content='papers', content_rowid='number', tokenize='porter unicode61 remove_diacritics 2'
    )
    """,
    "INSERT INTO paper_words (paper_words, rank) VALUES ('rank', 'bm25(8.0, 1.0, 4.0, 4.0)')",
    """
    CREATE TRIGGER paper_words_insert AFTER INSERT ON papers BEGIN
        INSERT INTO paper_words (rowid, title, abstract, authors, keywords)
        VALUES (new.number, new.title, new.abstract, new.authors, new.keywords);
    END
    """,
    """
    CREATE TRIGGER paper_words_delete AFTER DELETE ON papers BEGIN
        INSERT INTO paper_words (paper_words, rowid, title, abstract, authors, keywords)
        VALUES ('delete', old.number, old.title, old.abstract, old.authors, old.keywords);
    END
    """,
    """
    CREATE TRIGGER paper_words_update AFTER UPDATE ON papers
    WHEN (old.title, old.abstract, old.authors, old.keywords)
        IS NOT (new.title, new.abstract, new.authors, new.keywords)
    BEGIN
        INSERT INTO paper_words (paper_words, rowid, title, abstract, authors, keywords)
        VALUES ('delete', old.number, old.title, old.abstract, old.authors, old.keywords);
        INSERT INTO paper_words (rowid, title, abstract, authors, keywords)
        VALUES (new.number, new.title, new.abstract, new.authors, new.keywords);
    END
    """,
)

# Postgres: a column that is computed from the others.  Accents and punctuation go before its parser sees the text, so
# that "self-attention" is two words, as it is to FTS5; the dictionary stems English and keeps common words.
_MARKS = r"[\u0300-\u036f]"
_PUNCTUATION = r"[\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0-\u00bf\u2000-\u206f]"
_MAX_CHARACTERS = 100_000  # of one field; a tsvector holds one megabyte


def _vector(column: str, weight: str) -> str:
    folded = f"regexp_replace(normalize(left({column}, {_MAX_CHARACTERS}), NFD), '{_MARKS}', '', 'g')"
    plain = f"regexp_replace(normalize({folded}, NFC), '{_PUNCTUATION}', ' ', 'g')"
    return f"setweight(to_tsvector('paperwire_english', coalesce({plain}, '')), '{weight}')"


_TSVECTOR = (
    "CREATE TEXT SEARCH DICTIONARY paperwire_stem (TEMPLATE = snowball, Language = english)",
    "CREATE TEXT SEARCH CONFIGURATION paperwire_english (COPY = pg_catalog.english)",
    "ALTER TEXT SEARCH CONFIGURATION paperwire_english ALTER MAPPING REPLACE english_stem WITH paperwire_stem",
    f"""
    ALTER TABLE papers ADD COLUMN words tsvector GENERATED ALWAYS AS (
        {_vector("title", "A")} || {_vector("authors", "B")} || {_vector("keywords", "B")} || {_vector("abstract", "D")}
    ) STORED
    """,
    "ALTER TABLE papers ALTER COLUMN words SET STORAGE MAIN",  # ranking reads it: not from another table, if it fits
    "CREATE INDEX ix_papers_words ON papers USING gin (words)",
)


def upgrade() -> None:
    """Build everything."""
    _create_papers()
    _create_readings()
    _create_conversations()
    _create_works()
    connection = op.get_bind()
    for statement in _FTS5 if connection.dialect.name == "sqlite" else _TSVECTOR:
        connection.exec_driver_sql(statement)


def _create_papers() -> None:
    """Papers, the lists they stand in, and how their figures moved."""
    op.create_table(
        "papers",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("abstract", sa.Text(), nullable=True),
        sa.Column("authors", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("listed", sa.Date(), nullable=True),
        sa.Column("upvotes", sa.Integer(), nullable=True),
        sa.Column("comments", sa.Integer(), nullable=True),
        sa.Column("repository", sa.Text(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("thumbnail", sa.Text(), nullable=True),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("ai_summary", sa.Text(), nullable=True),
        sa.Column("keywords", sa.Text(), nullable=True),
        sa.Column("artifacts", sa.Text(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=True),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_papers"),
        sa.UniqueConstraint("id", name="uq_papers_id"),
    )
    op.create_table(
        "lists",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("empty_because", sa.String(length=16), nullable=True),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_lists"),
    )
    op.create_index("ix_lists_day", "lists", ["day"], unique=False)
    op.create_table(
        "list_papers",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["lists.key"], name="fk_list_papers_key_lists", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_list_papers_paper_id_papers"),
        sa.PrimaryKeyConstraint("key", "position", name="pk_list_papers"),
    )
    op.create_table(
        "snapshots",
        sa.Column("paper_id", sa.Text(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("upvotes", sa.Integer(), nullable=True),
        sa.Column("comments", sa.Integer(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_snapshots_paper_id_papers"),
        sa.PrimaryKeyConstraint("paper_id", "hour", name="pk_snapshots"),
    )


def _create_readings() -> None:
    """What was made of papers, and what it cost."""
    op.create_table(
        "summaries",
        sa.Column("paper_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("prompt_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("paper_id", "version", "prompt_hash", "language", "model", name="pk_summaries"),
    )
    op.create_table(
        "reservations",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_reservations"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reservations_workspace", "reservations", ["workspace", "day"], unique=False)
    op.create_table(
        "usage",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "day", "model", "purpose", name="pk_usage"),
    )


def _create_conversations() -> None:
    """What was said and shown where, and what people keep."""
    op.create_table(
        "shown_lists",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("papers", sa.Text(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "thread", name="pk_shown_lists"),
    )
    op.create_table(
        "turns",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("papers", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_turns"),
    )
    op.create_index("ix_turns_workspace", "turns", ["workspace", "channel", "thread", "number"], unique=False)
    op.create_table(
        "saved_papers",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user", "paper_id", name="pk_saved_papers"),
    )
    op.create_table(
        "open_replies",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "thread", "message", name="pk_open_replies"),
    )


def _create_works() -> None:
    """What processes tell each other, and the secrets they were handed."""
    op.create_table(
        "events",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name="pk_events"),
    )
    op.create_index("ix_events_begun_at", "events", ["begun_at"], unique=False)
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "secrets",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "key", name="pk_secrets"),
    )
    op.create_index("ix_secrets_workspace", "secrets", ["workspace"], unique=False)
