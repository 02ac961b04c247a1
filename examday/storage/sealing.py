"""Insert-only in the database itself: triggers that refuse UPDATE and DELETE on sealed tables."""

from collections.abc import Iterable

from alembic import op
from sqlalchemy import text
from sqlalchemy.engine import Connection


def seal(table: str) -> None:
    """Make `table` insert-only on SQLite and PostgreSQL (used in migrations)."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                       f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END")
        return
    op.execute("CREATE OR REPLACE FUNCTION insert_only() RETURNS trigger LANGUAGE plpgsql AS "
               "$$ BEGIN RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME; END $$")
    op.execute(f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table} "
               "FOR EACH ROW EXECUTE FUNCTION insert_only()")
    op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
               "FOR EACH STATEMENT EXECUTE FUNCTION insert_only()")


def missing_seals(connection: Connection, tables: Iterable[str]) -> list[str]:
    """Names of triggers that should make `tables` insert-only and are gone or switched off."""
    if connection.dialect.name == "sqlite":
        wanted = [f"{table}_no_{verb}" for table in tables for verb in ("update", "delete")]
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        wanted = [f"{table}_{what}" for table in tables for what in ("insert_only", "no_truncate")]
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    present = set(connection.scalars(text(query)))
    return [name for name in wanted if name not in present]
