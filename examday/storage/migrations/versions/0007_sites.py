"""Rows are of a site, and each site has a chain of the ledger of its own.

What is there belongs to "", the installation itself: a station notices nothing. The digests of rows
and the hashes of entries stay as they are.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

from examday.storage.row_security import guard
from examday.storage.sealing import seal

revision = "0007"
down_revision = "0006"

OF_SITES = (
    *("exam", "room", "candidate", "seat", "duty", "booklet", "item", "handover"),
    *("scan_file", "page", "reading", "assignment", "signoff", "checkpoint", "draft", "outbox"),
    *("appeal", "hearing", "attendance", "own_work", "finding", "case_vote", "protocol"),
    *("protocol_signature", "order_step", "case_note", "destruction", "commission_note", "event"),
)
SHARED = ("person", "person_role", "calendar_year")
"""Rows of the installation are seen from every site, people also where they serve: each has its own
condition (`sites.py`)."""
UNIQUE = {
    "exam": (
        ["date", "kind", "subject", "site_code", "training"],
        "exam_date_kind_subject_site_code_training_key",
    ),
    "room": (["site_code", "number"], "room_site_code_number_key"),
    "candidate": (["code"], "candidate_code_key"),
    "event": (["hash"], "event_hash_key"),
}
"""What is unique within a site, and how PostgreSQL calls the constraint that held it for all: it is
dropped by name."""


def upgrade() -> None:
    """New columns and tables; four tables are unique within a site alone."""
    op.create_table(
        "site",
        sa.Column("key", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("zone", sa.String(40), nullable=False),
    )
    op.create_table(
        "person_site",
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("site", sa.String(16), sa.ForeignKey("site.key"), primary_key=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
    )
    for table in (*OF_SITES, *SHARED):
        op.add_column(table, sa.Column("site", sa.String(16), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":
        for table in UNIQUE:
            _made_anew(table)
        seal("event")
    else:
        for table, (columns, name) in UNIQUE.items():
            op.drop_constraint(name, table)
            op.create_unique_constraint(None, table, ["site", *columns])
        op.drop_constraint("event_pkey", "event")
        op.create_primary_key("event_pkey", "event", ["site", "seq"])
        guard(op.execute, OF_SITES, ["calendar_year"])
    for name, column in {"ix_event_kind_seq": "kind", "ix_event_subject_seq": "subject"}.items():
        op.drop_index(name, "event")
        op.create_index(name, "event", [column, "site", "seq"])
    # The list of all candidates of the installation goes by their codes, and would else be sorted
    # anew each time.
    op.create_index("ix_candidate_code", "candidate", ["code"])


def _made_anew(table: str) -> None:
    """SQLite changes no constraint of a table that is there: a new one takes the rows over.

    Foreign keys are off meanwhile (`env.py`): others point at its name.
    """
    before = sa.Table(table, sa.MetaData(), autoload_with=op.get_bind())
    columns = [
        sa.Column(c.name, c.type, nullable=False, server_default="" if c.name == "site" else None)
        for c in before.columns
    ]
    op.create_table(
        f"{table}_anew",
        *columns,
        sa.PrimaryKeyConstraint(*(["site", "seq"] if table == "event" else ["id"])),
        sa.UniqueConstraint("site", *UNIQUE[table][0]),
    )
    indexes = [(i.name, [c.name for c in i.columns]) for i in before.indexes]
    names = ", ".join(f'"{column.name}"' for column in columns)
    op.execute(f'INSERT INTO "{table}_anew" ({names}) SELECT {names} FROM "{table}"')  # noqa: S608
    op.drop_table(table)
    op.rename_table(f"{table}_anew", table)
    for name, of in indexes:
        op.create_index(name, table, of)
