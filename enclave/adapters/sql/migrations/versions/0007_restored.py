"""What a restored backup forgot: records debited again, and datasets frozen until two custodians have looked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replayed_reserve",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_replayed_reserve"),
    )
    op.create_table(
        "frozen_dataset",
        sa.Column("dataset", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["dataset"], ["dataset.id"], name="fk_frozen_dataset_dataset"),
        sa.ForeignKeyConstraint(["first"], ["person.id"], name="fk_frozen_dataset_first"),
        sa.PrimaryKeyConstraint("dataset", name="pk_frozen_dataset"),
    )


def downgrade() -> None:
    op.drop_table("frozen_dataset")
    op.drop_table("replayed_reserve")
