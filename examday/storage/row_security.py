"""PostgreSQL holds rows of other sites back by itself, whatever a query forgets."""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, text

from examday.storage.base import OfSite, models

SETTING = "examday.site"
"""Of each connection: "" is the installation, which sees everything; none sees nothing."""

Run = Callable[[str], None]
"""Carries out one statement: a migration and a test bring their own."""

_DECLARE = f"SELECT set_config('{SETTING}', %s, true)"
_SAID = f"current_setting('{SETTING}', true)"
"""«true»: where nothing was said the value is NULL, which is equal to nothing, so no row is
shown."""
_OWN = f"{_SAID} IN ('', site)"
"""The empty name is the installation itself, which sees all points."""
_OF_SHARED = f"{_SAID} = '' OR site IN ('', {_SAID})"
_SERVES = f"person_site s WHERE s.person_id = person.id AND s.site = {_SAID}"
_PEOPLE = f"{_OF_SHARED} OR EXISTS (SELECT 1 FROM {_SERVES})"  # noqa: S608 (of constants)
_ROLES = "EXISTS (SELECT 1 FROM person p WHERE p.id = person_role.person_id)"


def guard(run: Run, own: Iterable[str], shared: Iterable[str]) -> None:
    """Show these tables to a site by its own rows; of `shared` those of the installation too
    (used in migrations).

    FORCE, because the program owns its tables. No policy binds a superuser: `doctor` names one.
    """
    for table in own:
        _policy(run, table, _OWN)
    for table in shared:
        _policy(run, table, _OF_SHARED)


def guard_people(run: Run) -> None:
    """Show a site the people whom it knows (`sites.known_at`) and their roles (used in migrations).

    `person_site` is open: it holds no names, and a policy that asked for the person would ask itself.
    """
    _policy(run, "person", _PEOPLE)
    _policy(run, "person_role", _ROLES)


def _policy(run: Run, table: str, seen: str) -> None:
    run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    run(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    run(f"CREATE POLICY of_site ON {table} USING ({seen}) WITH CHECK ({_OWN})")


def wrong_tables(connection: Connection) -> list[str]:
    """Names of tables on which a policy is not what `guard` and `guard_people` make: gone, switched
    off, of another text, or one more that lets rows through.

    The connection must have begun nothing: it is rolled back.
    """
    own = [model.__tablename__ for model in models() if issubclass(model, OfSite)]
    shared = ["calendar_year"]
    tables = [*own, *shared, "person", "person_role"]
    present = _policies(connection, "public")
    if gone := [table for table in ["person_site", *tables] if table not in present]:
        connection.rollback()
        return gone
    for table in ["person_site", *tables]:
        # PostgreSQL keeps a condition in words of its own: ours must be put into them too.
        connection.execute(text(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table})"))

    def run(statement: str) -> None:
        connection.execute(text(statement))

    guard(run, own, shared)
    guard_people(run)
    wanted = _policies(connection, "pg_temp%")
    connection.rollback()
    return [table for table in tables if present.get(table) != wanted[table]]


def _policies(connection: Connection, schema: str) -> dict[str, list[tuple[object, ...]]]:
    """What each table of a schema is guarded by."""
    rows = connection.execute(
        text(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname, p.polpermissive,"
            " p.polcmd, p.polroles, pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " LEFT JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE c.relkind = 'r' AND n.nspname LIKE :schema ORDER BY 1, 4"
        ),
        {"schema": schema},
    )
    found: dict[str, list[tuple[object, ...]]] = {}
    for table, *said in rows:
        found.setdefault(table, []).append(tuple(map(str, said)))
    return found


def declare(connection: Connection, site: str) -> None:
    """Say for which site the present transaction looks and writes."""
    # As the driver takes it: each transaction of a region begins with it.
    connection.exec_driver_sql(_DECLARE, (site,))


def is_bound(connection: Connection) -> bool:
    """Whether policies bind the role that the program has here."""
    found = connection.execute(
        text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    )
    return not found.scalar()
