"""A point of a region looks for its own rows alone.

Revision: 0012, after 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
INDEXES = {
    "appeal": ["site", "closed_at", "reached", "number"],
    "booklet": ["site", "state", "since"],
    "page": ["site", "state", "at"],
    "scan_file": ["site", "received_at", "id"],
}


def upgrade() -> None:
    """Four indexes."""
    for table, columns in INDEXES.items():
        op.create_index(f"ix_{table}_site", table, columns)
