"""Which process took a lease."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add a column."""
    op.add_column("leases", sa.Column("process", sa.Text()))
