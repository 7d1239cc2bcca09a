"""A token may be several people's; every record keeps how it is compared, sealed. Former tokens are of kinds that no longer exist."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("linkage_token")
    op.create_table(
        "linkage_token",
        sa.Column("population", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(17), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("agency", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["population"], ["population.id"], name="fk_linkage_token_population"),
        sa.PrimaryKeyConstraint("population", "token", "number", "agency", name="pk_linkage_token"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "linked_record",
        sa.Column("population", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.LargeBinary(17), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["population"], ["population.id"], name="fk_linked_record_population"),
        sa.ForeignKeyConstraint(
            ["population", "number"], ["linked_person.population", "linked_person.number"], name="fk_linked_record_population_number"
        ),
        sa.PrimaryKeyConstraint("population", "whole", name="pk_linked_record"),
    )
    op.create_index("ix_linked_record_number", "linked_record", ["population", "number"])


def downgrade() -> None:
    op.drop_table("linked_record")
    op.drop_table("linkage_token")
    op.create_table(
        "linkage_token",
        sa.Column("population", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(17), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["population", "number"], ["linked_person.population", "linked_person.number"], name="fk_linkage_token_population_number"
        ),
        sa.ForeignKeyConstraint(["population"], ["population.id"], name="fk_linkage_token_population"),
        sa.PrimaryKeyConstraint("population", "token", name="pk_linkage_token"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_linkage_token_number", "linkage_token", ["population", "number"], unique=False)
