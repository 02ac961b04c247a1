"""Rule sets that the centre orders stand beside those of the program.

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

from examday.storage.sealing import seal

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "rule_text",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False, unique=True),
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    seal("rule_text")
