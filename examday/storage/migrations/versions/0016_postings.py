"""Sending to the centre over the network is asked for by a person and done by a worker.

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

from examday.storage.row_security import guard

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "posting",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("site", sa.String(16), nullable=False, server_default=""),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("ix_posting_at", "posting", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        guard(op.execute, ["posting"], [])
