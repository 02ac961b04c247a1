"""Packets that have not left are found among those of years.

Revision: 0021, after 0020
"""

from alembic import op
from sqlalchemy import text

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """One index more."""
    packets = text("kind = 'packet'")
    op.create_index(
        "ix_item_packet",
        "item",
        ["state", "exam_id"],
        sqlite_where=packets,
        postgresql_where=packets,
    )
