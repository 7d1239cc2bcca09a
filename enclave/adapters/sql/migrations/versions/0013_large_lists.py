"""Large lists of people take a second officer, and governance may dispute a list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person_list") as table:
        table.add_column(sa.Column("confirmed", sa.String(32), nullable=True))
        table.add_column(sa.Column("disputed", sa.String(32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("person_list") as table:
        table.drop_column("disputed")
        table.drop_column("confirmed")
