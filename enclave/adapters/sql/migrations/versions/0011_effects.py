"""What came of released outputs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "effect",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("request", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["request"], ["egress_request.id"], name="fk_effect_request"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_effect_person"),
        sa.PrimaryKeyConstraint("id", name="pk_effect"),
    )
    op.create_index("ix_effect_request", "effect", ["request"])


def downgrade() -> None:
    op.drop_index("ix_effect_request", "effect")
    op.drop_table("effect")
