"""A long ledger is checked by a worker while whoever asked for it goes on working.

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

from examday.storage.row_security import guard

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "ledger_check",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("site", sa.String(16), nullable=False, server_default=""),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("scans", sa.Boolean(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("ix_ledger_check_at", "ledger_check", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        guard(op.execute, ["ledger_check"], [])
