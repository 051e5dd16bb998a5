"""Subscriptions, the digests they are owed, and each message of those."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tables."""
    _subscriptions()
    _slots()
    _deliveries()


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("wall_time", sa.String(5), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("weekdays", sa.String(7), nullable=False),
        sa.Column("edition", sa.String(8), nullable=False),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("topics", sa.Text()),
        sa.Column("muted", sa.Text()),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("empty_days", sa.String(8), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_list_day", sa.Date()),
        sa.Column("last_run_at", sa.DateTime(timezone=True)),
        sa.Column("last_note", sa.Text(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "kind", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_next_due_at", "subscriptions", ["next_due_at"])


def _slots() -> None:
    op.create_table(
        "slots",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("edition", sa.String(8), nullable=False),
        sa.Column("notice", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Text()),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True)),
        sa.Column("digest", sa.Text()),
        sa.PrimaryKeyConstraint("key", name="pk_slots"),
    )
    op.create_index("ix_slots_workspace", "slots", ["workspace", "channel", "due"])
    op.create_index("ix_slots_waiting", "slots", ["handed_over_at", "due"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Text(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message", sa.Text()),
        sa.Column("thread", sa.Text()),
        sa.PrimaryKeyConstraint("slot", "part", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_workspace", "deliveries", ["workspace", "channel", "paper_id"])
