"""Datasets say how their files follow each other, and whether one like the last may be published without asking."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dataset", sa.Column("cadence", sa.String(10), server_default="replace", nullable=False))
    op.add_column("dataset", sa.Column("unasked", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("dataset", "unasked")
    op.drop_column("dataset", "cadence")
