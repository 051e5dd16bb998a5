"""An index by which old slots are found."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add it."""
    op.create_index("ix_slots_due", "slots", ["kind", "due"])
