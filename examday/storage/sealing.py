"""Insert-only in the database itself: triggers that refuse UPDATE and DELETE on sealed tables."""

from collections.abc import Iterable

from alembic import op
from sqlalchemy import text
from sqlalchemy.engine import Connection

REFUSAL = " BEGIN RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME; END "
"""Body of the function that PostgreSQL's triggers call. Compared as text by the check of the seals:
a trigger that calls an emptied function seals nothing."""


def seal(table: str) -> None:
    """Make `table` insert-only on SQLite and PostgreSQL (used in migrations)."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in _sqlite_triggers(table).values():
            op.execute(statement)
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION insert_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$${REFUSAL}$$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION insert_only()"
    )
    op.execute(
        # Apart from the others, because TRUNCATE does not fire triggers for rows.
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION insert_only()"
    )


def wrong_seals(connection: Connection, tables: Iterable[str]) -> list[str]:
    """Names of triggers that are not what `seal` makes: gone, switched off, of another text, or
    strangers.

    A trigger of the right name that does nothing protects nothing, and a foreign one can change
    rows while they are written; so the text counts, not the name.
    """
    if connection.dialect.name == "sqlite":
        present, wanted = _sqlite_present(connection), _sqlite_wanted(tables)
    else:
        present, wanted = _postgres_present(connection), _postgres_wanted(tables)
    return sorted(name for name in present | wanted if present.get(name) != wanted.get(name))


def _sqlite_triggers(table: str) -> dict[str, str]:
    return {
        f"{table}_no_{verb.lower()}": f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
        for verb in ("UPDATE", "DELETE")
    }


def _sqlite_wanted(tables: Iterable[str]) -> dict[str, str]:
    return {name: sql for table in tables for name, sql in _sqlite_triggers(table).items()}


def _sqlite_present(connection: Connection) -> dict[str, str]:
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    # SQLite keeps the text as it was typed: white space is no difference.
    return {row.name: " ".join(str(row.sql).split()) for row in rows}


def _postgres_wanted(tables: Iterable[str]) -> dict[str, str]:
    """Trigger → definition as PostgreSQL tells it, whether it is on, and the body of its function."""
    # «O» is asked for: the trigger fires in normal sessions. A disabled one has «D», and seals
    # nothing.
    end = f"EXECUTE FUNCTION insert_only()|O|{REFUSAL}"
    wanted = {}
    for table in tables:
        name = f"{table}_insert_only"
        wanted[name] = (
            f"CREATE TRIGGER {name} BEFORE DELETE OR UPDATE ON {table} FOR EACH ROW {end}"
        )
        name = f"{table}_no_truncate"
        wanted[name] = f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {end}"
    return wanted


def _postgres_present(connection: Connection) -> dict[str, str]:
    """All triggers of the program's schema.

    A rewrite rule can take a change away too, so rules are told as well.
    """
    triggers = connection.execute(
        text(
            "SELECT t.tgname AS name, pg_get_triggerdef(t.oid, true) AS told,"
            " t.tgenabled::text AS state, p.prosrc AS body"
            " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
        )
    )
    found = {row.name: f"{row.told}|{row.state}|{row.body}" for row in triggers}
    # Asked too: with a rule ON UPDATE DO INSTEAD NOTHING no trigger fires at all.
    rules = connection.execute(
        text("SELECT rulename, tablename FROM pg_rules WHERE schemaname = current_schema()")
    )
    return found | {f"{row.tablename}.{row.rulename}": "rule" for row in rules}
