"""PostgreSQL shows a site only the people whom it knows.

Nothing changes on SQLite, and no row does anywhere.

Revision: 0010, after 0009
"""

from alembic import op

from examday.storage.row_security import guard_people

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Two more tables are guarded."""
    if op.get_bind().dialect.name == "postgresql":
        guard_people(op.execute)
