"""Open jobs are found without reading what was done.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Two indexes; no row changes."""
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["created_at"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index("ix_outbox_job", "outbox", ["task", "arg"])
