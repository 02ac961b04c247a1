"""A hash tree over each chain, kept by blocks of entries.

Empty at first: the schedule fills it, and an export what it needs.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

from examday.storage.row_security import guard
from examday.storage.sealing import seal

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Two new tables."""
    op.create_table(
        "tree_block",
        sa.Column("site", sa.String(16), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "row_entry",
        sa.Column("site", sa.String(16), primary_key=True),
        sa.Column("row", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
    )
    for table in ("tree_block", "row_entry"):
        seal(table)
    if op.get_bind().dialect.name == "postgresql":
        guard(op.execute, ["tree_block", "row_entry"], [])
