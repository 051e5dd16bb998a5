"""What a digest lacks, and which revision of it each message shows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add columns and an index."""
    for table in ("slots", "deliveries"):
        op.add_column(table, sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("slots", sa.Column("look_at", sa.DateTime(timezone=True)))
    op.create_index("ix_slots_look_at", "slots", ["look_at"])
