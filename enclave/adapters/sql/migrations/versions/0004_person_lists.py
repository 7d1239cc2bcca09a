"""Lists of people who opted out or consented, as keyed tokens; versions made again from the one before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "person_list",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("population", sa.BigInteger(), nullable=False),
        sa.Column("agency", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("written", sa.String(40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.String(32), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("unusable", sa.BigInteger(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["population"], ["population.id"], name="fk_person_list_population"),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_person_list_agency"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_person_list_person"),
        sa.PrimaryKeyConstraint("id", name="pk_person_list"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_person_list_population", "person_list", ["population"])
    op.create_index("ix_person_list_agency", "person_list", ["agency"])
    op.create_table(
        "person_list_token",
        sa.Column("list", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(17), nullable=False),
        sa.ForeignKeyConstraint(["list"], ["person_list.id"], name="fk_person_list_token_list"),
        sa.PrimaryKeyConstraint("list", "token", name="pk_person_list_token"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person_trace",
        sa.Column("population", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(17), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["population"], ["population.id"], name="fk_person_trace_population"),
        sa.PrimaryKeyConstraint("population", "token", "number", name="pk_person_trace"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("upload") as table:
        table.add_column(sa.Column("rebuilt_from", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("upload") as table:
        table.drop_column("rebuilt_from")
    op.drop_table("person_trace")
    op.drop_table("person_list_token")
    op.drop_table("person_list")
