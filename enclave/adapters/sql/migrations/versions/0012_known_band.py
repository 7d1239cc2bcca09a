"""The band an agency was told, once a population, so that two workers cannot both draw one; and which rows of a list mean nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_band",
        sa.Column("population", sa.BigInteger(), nullable=False),
        sa.Column("agency", sa.BigInteger(), nullable=False),
        sa.Column("band", sa.String(40), nullable=False),
        sa.Column("drawn", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["population"], ["population.id"], name="fk_known_band_population"),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_known_band_agency"),
        sa.PrimaryKeyConstraint("population", "agency", name="pk_known_band"),
    )
    with op.batch_alter_table("person_list") as table:
        table.add_column(sa.Column("unusable_rows", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("person_list") as table:
        table.drop_column("unusable_rows")
    op.drop_table("known_band")
