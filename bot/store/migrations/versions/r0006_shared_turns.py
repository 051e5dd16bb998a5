"""Lines of turns that processes share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "shared_turns",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("free_from", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_shared_turns"),
    )
