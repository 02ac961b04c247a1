"""Entries of a station's ledger stand beside the centre's own: each row says of which chain it is.

And the stations of a region, the centre of a station, what came in, what was confirmed, and who may
write a work.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

from examday.storage.row_security import guard
from examday.storage.sealing import seal

revision = "0011"
down_revision = "0010"

CHAINS = {
    "event": ["site", "chain", "seq"],
    "tree_block": ["site", "chain", "number"],
    "row_entry": ["site", "chain", "row", "seq"],
}
"""Tables whose key the chain is a part of now: entries that came in have numbers that are taken
here."""
INDEXES = {
    "ix_event_at": ["at"],
    "ix_event_kind_seq": ["kind", "site", "seq"],
    "ix_event_subject_seq": ["subject", "site", "seq"],
}


def upgrade() -> None:
    """One column more in four tables, and five new tables."""
    for table, key in CHAINS.items():
        if op.get_bind().dialect.name == "sqlite":
            _made_anew(table, key)
            seal(table)
        else:
            op.add_column(table, _chain())
            op.drop_constraint(f"{table}_pkey", table)
            op.create_primary_key(f"{table}_pkey", table, key)
    op.add_column("checkpoint", _chain())
    _of_the_centre()
    _of_the_station()
    op.create_table(
        "work_keeper",
        sa.Column("booklet_id", sa.String(32), sa.ForeignKey("booklet.id"), primary_key=True),
        sa.Column("site", sa.String(16), nullable=False, server_default=""),
        sa.Column("keeper", sa.String(8), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    for table in ("station_key", "arrival", "receipt"):
        seal(table)
    if op.get_bind().dialect.name == "postgresql":
        guard(op.execute, ["arrival", "work_keeper"], [])


def _chain() -> sa.Column[str]:
    return sa.Column("chain", sa.String(16), nullable=False, server_default="")


def _of_the_centre() -> None:
    op.create_table(
        "station",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("point", sa.String(16), sa.ForeignKey("site.key"), nullable=False),
        sa.Column("invited_at", sa.String(32), nullable=False),
        sa.Column("confirmed_at", sa.String(32)),
        sa.Column("revoked_at", sa.String(32)),
    )
    op.create_table(
        "station_key",
        sa.Column("station_id", sa.String(16), sa.ForeignKey("station.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("public_key", sa.String(64), nullable=False, unique=True),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "arrival",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("site", sa.String(16), nullable=False, server_default=""),
        sa.Column("station_id", sa.String(16), sa.ForeignKey("station.id"), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("bundle", sa.String(64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.UniqueConstraint("station_id", "last"),
    )


def _of_the_station() -> None:
    op.create_table(
        "centre",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("point", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("centre_id", sa.String(16), sa.ForeignKey("centre.id"), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("signature", sa.String(200), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )


def _made_anew(table: str, key: list[str]) -> None:
    """SQLite changes no key of a table that is there: a new one takes the rows over.

    Foreign keys are off meanwhile (`env.py`).
    """
    before = sa.Table(table, sa.MetaData(), autoload_with=op.get_bind())
    columns = [
        sa.Column(c.name, c.type, nullable=False, server_default=_default(c.name))
        for c in before.columns
    ]
    place = 1 + next(n for n, column in enumerate(columns) if column.name == "site")
    columns.insert(place, _chain())
    unique = [sa.UniqueConstraint("site", "hash")] if table == "event" else []
    op.create_table(f"{table}_anew", *columns, sa.PrimaryKeyConstraint(*key), *unique)
    names = ", ".join(f'"{column.name}"' for column in before.columns)
    op.execute(f'INSERT INTO "{table}_anew" ({names}) SELECT {names} FROM "{table}"')  # noqa: S608
    op.drop_table(table)
    op.rename_table(f"{table}_anew", table)
    for name, of in INDEXES.items() if table == "event" else ():
        op.create_index(name, table, of)


def _default(column: str) -> str | None:
    return "" if column == "site" else None
