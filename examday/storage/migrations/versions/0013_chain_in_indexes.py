"""Entries are looked for in one chain.

An index that does not name the chain lost against the key of the table, and the whole chain was read.

Revision: 0013, after 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Two indexes are made anew."""
    for name, column in {"ix_event_kind_seq": "kind", "ix_event_subject_seq": "subject"}.items():
        op.drop_index(name, "event")
        op.create_index(name, "event", [column, "site", "chain", "seq"])
