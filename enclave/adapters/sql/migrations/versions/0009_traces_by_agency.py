"""Traces of people say whose records they are of. Of those noted before nobody knows: they still find who opted out, and no consent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rebuilt(sa.Column("agency", sa.BigInteger(), autoincrement=False, nullable=False), "number, 0")


def downgrade() -> None:
    _rebuilt(None, "number")


def _rebuilt(more: sa.Column[int] | None, copied: str) -> None:
    """Another primary key: the rows move into a new table of the same name."""
    op.execute("CREATE TABLE kept_trace AS SELECT DISTINCT population, token, number FROM person_trace")
    op.drop_table("person_trace")
    key = ["population", "token", "number", *(["agency"] if more is not None else [])]
    op.create_table(
        "person_trace",
        sa.Column("population", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(17), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        *([more] if more is not None else []),
        sa.ForeignKeyConstraint(["population"], ["population.id"], name="fk_person_trace_population"),
        sa.PrimaryKeyConstraint(*key, name="pk_person_trace"),
        sqlite_with_rowid=False,
    )
    op.execute(f"INSERT INTO person_trace ({', '.join(key)}) SELECT population, token, {copied} FROM kept_trace")
    op.drop_table("kept_trace")
