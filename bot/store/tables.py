"""Every table.  What a workspace owns has a column `workspace`, by which it is asked for and forgotten.

Migrations build these tables, and beside `papers` the index of its words, which each database has in its own form (see
`search.py`).
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
)

from bot.store.types import Instant, Lines, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

papers = Table(  # NULL: no source has said so far
    "papers",
    metadata,
    Column("number", Integer, primary_key=True),  # what the index of words points to
    Column("id", Words, nullable=False, unique=True),
    Column("title", Words),
    Column("abstract", Words),
    Column("authors", Lines),
    Column("version", Integer),
    Column("published", Date),
    Column("listed", Date),
    Column("upvotes", Integer),
    Column("comments", Integer),
    Column("repository", Words),
    Column("stars", Integer),
    Column("project", Words),
    Column("thumbnail", Words),
    Column("organization", Words),
    Column("ai_summary", Words),
    Column("keywords", Lines),
    Column("artifacts", Lines),  # "model owner/name"
    Column("withdrawn", Boolean),
    Column("first_seen", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

snapshots = Table(  # at most one an hour
    "snapshots",
    metadata,
    Column("paper_id", Words, ForeignKey("papers.id"), nullable=False),
    Column("hour", Instant, nullable=False),
    Column("day", Date, nullable=False),  # the list day it was seen under
    Column("seen_at", Instant, nullable=False),
    Column("upvotes", Integer),
    Column("comments", Integer),
    Column("stars", Integer),
    PrimaryKeyConstraint("paper_id", "hour"),
)

lists = Table(
    "lists",
    metadata,
    Column("key", Words, primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("empty_because", String(16)),
    Column("stale", Boolean, nullable=False),
    Column("fetched_at", Instant, nullable=False),
)

list_papers = Table(
    "list_papers",
    metadata,
    Column("key", Words, ForeignKey("lists.key", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("paper_id", Words, ForeignKey("papers.id"), nullable=False),
    PrimaryKeyConstraint("key", "position"),
)

summaries = Table(
    "summaries",
    metadata,
    Column("paper_id", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("prompt_hash", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("line", Words, nullable=False),
    Column("source", String(16), nullable=False),
    Column("problem", Words, nullable=False),
    Column("method", Words, nullable=False),
    Column("result", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("written_by", Words, nullable=False),  # the model named in the summary itself
    Column("question", Words, nullable=False, server_default=""),
    PrimaryKeyConstraint("paper_id", "version", "prompt_hash", "language", "model"),
)

texts = Table(
    "texts",
    metadata,
    Column("paper_id", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("form", Integer, nullable=False),  # which parsing made it
    Column("text", Words, nullable=False),  # JSON
    PrimaryKeyConstraint("paper_id", "version"),
)

answers = Table(
    "answers",
    metadata,
    Column("key", Words, primary_key=True),
    Column("reply", Words, nullable=False),  # JSON
    Column("at", Instant, nullable=False),
)

reservations = Table(
    "reservations",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("workspace", Words, nullable=False),
    Column("day", Date, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Index("ix_reservations_workspace", "workspace", "day"),
    sqlite_autoincrement=True,  # a number is never used again: settling an old one twice must not touch a new one
)

usage = Table(
    "usage",
    metadata,
    Column("workspace", Words, nullable=False),
    Column("day", Date, nullable=False),
    Column("model", Words, nullable=False),
    Column("purpose", Words, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("cost", Float(53)),  # US dollars
    PrimaryKeyConstraint("workspace", "day", "model", "purpose"),
)

shown_lists = Table(
    "shown_lists",
    metadata,
    Column("workspace", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("thread", Words, nullable=False),
    Column("papers", Lines),
    Column("shown_at", Instant, nullable=False),
    PrimaryKeyConstraint("workspace", "channel", "thread"),
)

seen_lists = Table(
    "seen_lists",
    metadata,
    Column("workspace", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("user", Words, nullable=False),  # "": everybody
    Column("papers", Lines),
    Column("seen_at", Instant, nullable=False),
    PrimaryKeyConstraint("workspace", "channel", "user"),
)

turns = Table(
    "turns",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("workspace", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("thread", Words, nullable=False),
    Column("role", String(8), nullable=False),
    Column("text", Words, nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("papers", Lines),
    Index("ix_turns_workspace", "workspace", "channel", "thread", "number"),
)

saved_papers = Table(
    "saved_papers",
    metadata,
    Column("workspace", Words, nullable=False),
    Column("user", Words, nullable=False),
    Column("paper_id", Words, nullable=False),
    Column("saved_at", Instant, nullable=False),
    PrimaryKeyConstraint("workspace", "user", "paper_id"),
)

events = Table(
    "events",
    metadata,
    Column("event", Words, primary_key=True),
    Column("begun_at", Instant, nullable=False, index=True),
    Column("lease_ends", Instant, nullable=False),
    Column("finished", Boolean, nullable=False),
)

open_replies = Table(
    "open_replies",
    metadata,
    Column("workspace", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("thread", Words, nullable=False),
    Column("message", Words, nullable=False),
    Column("opened_at", Instant, nullable=False),
    PrimaryKeyConstraint("workspace", "channel", "thread", "message"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Words, primary_key=True),
    Column("owner", Words),  # NULL: given back; the row stays, so that the token grows on
    Column("token", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("process", Words),  # which took it, as `alive.py` names it; NULL: others cannot see whether it lives
)

secrets = Table(
    "secrets",
    metadata,
    Column("platform", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("workspace", Words, nullable=False, index=True),
    Column("secret", LargeBinary, nullable=False),  # encrypted
    PrimaryKeyConstraint("platform", "key"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("workspace", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("owner", Words, nullable=False),
    Column("wall_time", String(5), nullable=False),  # 09:00
    Column("zone", Words, nullable=False),
    Column("weekdays", String(7), nullable=False),  # 01234: Monday to Friday
    Column("edition", String(8), nullable=False),
    Column("top", Integer, nullable=False),
    Column("topics", Lines),
    Column("muted", Lines),
    Column("language", Words, nullable=False),
    Column("empty_days", String(8), nullable=False),
    Column("next_due_at", Instant, nullable=False, index=True),
    Column("last_list_day", Date),
    Column("last_run_at", Instant),
    Column("last_note", Words, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("paused", Words, nullable=False),
    PrimaryKeyConstraint("workspace", "channel", "kind"),
)

slots = Table(  # every digest that was ever owed, once
    "slots",
    metadata,
    Column("key", Words, primary_key=True),
    Column("workspace", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("day", Date, nullable=False),
    Column("edition", String(8), nullable=False),
    Column("notice", Boolean, nullable=False),
    Column("days", Lines),  # the list days to draw papers from
    Column("due", Instant, nullable=False),
    Column("handed_over_at", Instant),  # NULL: no worker has been told yet
    Column("digest", Words),  # JSON; NULL: not composed yet
    Column("revision", Integer, nullable=False, server_default="0"),  # of the digest
    Column("look_at", Instant),  # when to look again for what it lacked; NULL: nothing is lacking, or somebody looks
    Index("ix_slots_workspace", "workspace", "channel", "due"),
    Index("ix_slots_waiting", "handed_over_at", "due"),
    Index("ix_slots_look_at", "look_at"),
    Index("ix_slots_due", "kind", "due"),
)

deliveries = Table(  # a row a message
    "deliveries",
    metadata,
    Column("slot", Words, nullable=False),
    Column("part", Integer, nullable=False),
    Column("workspace", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("paper_id", Words, nullable=False),
    Column("state", String(8), nullable=False),
    Column("at", Instant, nullable=False),
    Column("message", Words),
    Column("thread", Words),
    Column("revision", Integer, nullable=False, server_default="0"),  # of the digest, as the message shows it
    Column("claim", Words, nullable=False, server_default=""),  # the last try to send it
    PrimaryKeyConstraint("slot", "part"),
    Index("ix_deliveries_workspace", "workspace", "channel", "paper_id"),
)

opt_ins = Table(
    "opt_ins",
    metadata,
    Column("workspace", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("agreed", Boolean, nullable=False),
    Column("code", Words),  # a hash of it; NULL: none can be redeemed
    Column("expires_at", Instant, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("mails", Integer, nullable=False),  # sent in the hour that began then
    Column("mails_since", Instant, nullable=False),
    PrimaryKeyConstraint("workspace", "address"),
)

shared_turns = Table(
    "shared_turns",
    metadata,
    Column("name", Words, primary_key=True),
    Column("free_from", Float(53), nullable=False),  # seconds since 1970 by the database's own clock
)

managers = Table(
    "managers",
    metadata,
    Column("workspace", Words, nullable=False),
    Column("user", Words, nullable=False),
    PrimaryKeyConstraint("workspace", "user"),
)

OWNED = tuple(table for table in metadata.sorted_tables if "workspace" in table.columns)
