"""Bundles that were sent in at the centre wait for a person's yes.

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

from examday.storage.row_security import guard

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("site", sa.String(16), nullable=False, server_default=""),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("ix_delivery_at", "delivery", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        guard(op.execute, ["delivery"], [])
