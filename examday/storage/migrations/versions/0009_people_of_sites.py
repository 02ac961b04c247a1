"""PostgreSQL shows a site only the people whom it knows.

Nothing changes on SQLite, and no row does anywhere.

Revision: 0009, after 0008
"""

from alembic import op

from examday.storage.row_security import guard_people

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Two more tables are guarded."""
    if op.get_bind().dialect.name == "postgresql":
        guard_people(op.execute)
