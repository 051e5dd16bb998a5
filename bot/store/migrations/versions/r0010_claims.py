"""Which try to send a message is the last one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add a column."""
    op.add_column("deliveries", sa.Column("claim", sa.Text(), nullable=False, server_default=""))
