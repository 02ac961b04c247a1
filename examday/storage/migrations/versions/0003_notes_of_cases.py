"""Cases keep corrections, checks and marks with their reasons; years carry their decree.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

from examday.storage.sealing import seal

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Two new tables, insert-only; nothing that is there changes."""
    op.create_table(
        "case_note",
        sa.Column("appeal_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=48), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_case_note_appeal_id"), "case_note", ["appeal_id"], unique=False)
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("decree", sa.String(length=200), nullable=False),
        sa.Column("decree_day", sa.Date(), nullable=True),
        sa.Column("transfers", sa.JSON(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_calendar_year_year"), "calendar_year", ["year"], unique=False)
    for table in ("case_note", "calendar_year"):
        seal(table)
