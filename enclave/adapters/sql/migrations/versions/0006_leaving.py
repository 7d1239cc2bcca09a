"""Parties leave with notice, and stop all use of their data at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement_notice",
        sa.Column("agreement", sa.BigInteger(), nullable=False),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given", sa.String(10), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(["agreement"], ["agreement.id"], name="fk_agreement_notice_agreement"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_agreement_notice_person"),
        sa.PrimaryKeyConstraint("agreement", "agency", name="pk_agreement_notice"),
    )
    op.create_table(
        "agency_stop",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("agency", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("lifted", sa.String(32), nullable=True),
        sa.Column("lifter", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_agency_stop_agency"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_agency_stop_person"),
        sa.ForeignKeyConstraint(["lifter"], ["person.id"], name="fk_agency_stop_lifter"),
        sa.PrimaryKeyConstraint("id", name="pk_agency_stop"),
    )
    standing = sa.text("lifted IS NULL")
    op.create_index("uq_agency_stop_standing", "agency_stop", ["agency"], unique=True, sqlite_where=standing, postgresql_where=standing)


def downgrade() -> None:
    op.drop_index("uq_agency_stop_standing", "agency_stop")
    op.drop_table("agency_stop")
    op.drop_table("agreement_notice")
