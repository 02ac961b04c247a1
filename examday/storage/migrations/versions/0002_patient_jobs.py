"""Jobs know who works on them, when they are to be tried again, and what the computer could not do.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Three columns; open jobs go on as they are."""
    op.add_column("outbox", sa.Column("due_at", sa.String(length=32), nullable=True))
    op.add_column("outbox", sa.Column("held_until", sa.String(length=32), nullable=True))
    op.add_column("outbox", sa.Column("troubles", sa.Integer(), nullable=False, server_default="0"))
