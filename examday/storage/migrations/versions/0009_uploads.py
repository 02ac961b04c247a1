"""Uploads of the plan are known to the whole installation, each at its point; a job says what asked for it.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

from examday.storage.row_security import guard

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """One new table, one new column."""
    trace = sa.Column("trace", sa.String(16), nullable=False, server_default="")
    op.add_column("outbox", trace)
    op.create_table(
        "plan_upload",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("site", sa.String(16), nullable=False, server_default=""),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("ix_plan_upload_at", "plan_upload", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        guard(op.execute, ["plan_upload"], [])
