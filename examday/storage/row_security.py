"""PostgreSQL holds rows of other sites back by itself, whatever a query forgets."""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, text

SETTING = "examday.site"
"""Of each connection: "" is the installation, which sees everything; none sees nothing."""

Run = Callable[[str], None]
"""Carries out one statement."""


def guard(run: Run, own: Iterable[str], shared: Iterable[str]) -> None:
    """Show these tables to a site by its own rows; of `shared` those of the installation too
    (used in migrations).

    FORCE, because the program owns its tables. No policy binds a superuser: `doctor` names one.
    """
    said = f"current_setting('{SETTING}', true)"
    mine = f"{said} IN ('', site)"
    for table in own:
        _policy(run, table, mine, mine)
    for table in shared:
        _policy(run, table, f"{said} = '' OR site IN ('', {said})", mine)


def _policy(
    run: Run,
    table: str,
    seen: str,
    written: str,
) -> None:
    run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    run(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    run(f"CREATE POLICY of_site ON {table} USING ({seen}) WITH CHECK ({written})")


def declare(connection: Connection, site: str) -> None:
    """Say for which site the present transaction looks and writes."""
    connection.execute(
        text("SELECT set_config(:name, :site, true)"), {"name": SETTING, "site": site}
    )


def is_bound(connection: Connection) -> bool:
    """Whether policies bind the role that the program has here."""
    found = connection.execute(
        text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    )
    return not found.scalar()
