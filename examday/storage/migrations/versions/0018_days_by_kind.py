"""The newest real exam day is found beside years of training days.

Revision: 0018, after 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """One index more."""
    op.create_index("ix_exam_training_day", "exam", ["training", "date"])
