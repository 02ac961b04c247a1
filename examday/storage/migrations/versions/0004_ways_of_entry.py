"""People at the Braille desk keep their way of entry on every computer.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One new table, no part of the ledger; nothing that is there changes."""
    op.create_table(
        "entry_habit",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("way", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
