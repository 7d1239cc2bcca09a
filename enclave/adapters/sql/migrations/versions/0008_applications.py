"""Applications for projects, and what the owners of the data say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("applicant", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("proposal", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["applicant"], ["person.id"], name="fk_application_applicant"),
        sa.PrimaryKeyConstraint("id", name="pk_application"),
    )
    op.create_table(
        "application_decision",
        sa.Column("application", sa.BigInteger(), nullable=False),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("approves", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["application"], ["application.id"], name="fk_application_decision_application"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_application_decision_person"),
        sa.PrimaryKeyConstraint("application", "agency", name="pk_application_decision"),
    )


def downgrade() -> None:
    op.drop_table("application_decision")
    op.drop_table("application")
