"""A person who serves at several points has roles of its own at each.

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """One new table, as open as that of who serves where."""
    op.create_table(
        "person_site_role",
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("site", sa.String(16), sa.ForeignKey("site.key"), primary_key=True),
        sa.Column("role", sa.String(40), primary_key=True),
    )
