"""Signed receipts of answers that were read off earlier ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "derivation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("project", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("noised", sa.JSON(), nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["project.id"], name="fk_derivation_project"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_derivation_person"),
        sa.PrimaryKeyConstraint("id", name="pk_derivation"),
        sa.UniqueConstraint("number", name="uq_derivation_number"),
        sa.UniqueConstraint("project", "basis", name="uq_derivation_project_basis"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("derivation")
