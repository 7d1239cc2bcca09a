"""Roles end by themselves, with the day when training or accreditation ends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("role_grant") as table:
        table.add_column(sa.Column("until", sa.String(10), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("role_grant") as table:
        table.drop_column("until")
