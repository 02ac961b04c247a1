"""The one gate between sites: what a session of a site reads and writes is of this site.

A session says whose it is by `of_site`; one that says nothing is the installation's own, which
sees every site.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, event, inspect, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from examday.domain.errors import NotFound
from examday.domain.people.sites import EVERYWHERE
from examday.storage import keepers, row_security
from examday.storage.base import OfSite, models
from examday.storage.tables import Person
from examday.storage.tables_calendar import CalendarYear
from examday.storage.tables_sites import PersonSite, Site


def of_site(session: Session, site: str) -> None:
    """Bind the session to a site before its first query."""
    session.info["site"] = site


def site_of(session: Session) -> str:
    """Whose session it is."""
    return str(session.info.get("site", EVERYWHERE))


@contextmanager
def looking_at(session: Session, site: str) -> Iterator[None]:
    """Look and write as another site inside the block."""
    before = site_of(session)
    if before == site:
        yield
        return
    _declare_again(session, site)
    try:
        yield
        # What was written here is of that site.
        session.flush()
    finally:
        _declare_again(session, before)


def _declare_again(session: Session, site: str) -> None:
    of_site(session, site)
    # A transaction that has failed takes no more statements, and its own error must be heard.
    if session.in_transaction() and session.is_active:
        _declare(session, None, session.connection())


@event.listens_for(Session, "after_begin")
def _declare(session: Session, _transaction: Any, connection: Any) -> None:
    if connection.dialect.name == "postgresql":
        row_security.declare(connection, site_of(session))


@event.listens_for(Session, "do_orm_execute")
def _hold_back(state: ORMExecuteState) -> None:
    """Queries find no rows of other sites, whichever way they ask."""
    site = site_of(state.session)
    # Not added twice: what a found row loads later carries the options of the query that found it.
    later = state.is_column_load or state.is_relationship_load
    if site == EVERYWHERE or later or not state.is_orm_statement:
        return
    state.statement = state.statement.options(
        with_loader_criteria(OfSite, lambda model: model.site == site, include_aliases=True),
        with_loader_criteria(Person, known_at(site), include_aliases=True),
        with_loader_criteria(
            CalendarYear, CalendarYear.site.in_((EVERYWHERE, site)), include_aliases=True
        ),
    )


def known_at(site: str) -> ColumnElement[bool]:
    """Whom a site knows by name: its own people, those who serve or have served there, and those
    of the installation.
    """
    serves = select(PersonSite.person_id).where(
        PersonSite.person_id == Person.id, PersonSite.site == site
    )
    return or_(Person.site.in_((EVERYWHERE, site)), serves.exists())


@event.listens_for(Session, "before_flush")
def _keep_apart(session: Session, _context: Any, _instances: Any) -> None:
    """Give new rows their site, and let no row belong to one of another site."""
    if not (session.new or session.dirty or session.deleted):
        return
    keepers.require_ours(session)
    if any(isinstance(row, Site) for row in session.new):
        session.info.pop("sites", None)
    site = site_of(session)
    new = [row for row in session.new if hasattr(row, "site") and row.site is None]
    if site == EVERYWHERE and not has_sites(session):
        _be_of(new, EVERYWHERE)
        return
    owners = _Owners(session)
    if site == EVERYWHERE:
        site = _give_sites_of_owners(owners, new)
    _be_of(new, site)
    for row in (*session.new, *session.dirty):
        if isinstance(row, OfSite) and any(o.site != row.site for o in owners.of(row)):
            # The same answer as for an owner that is not there, so that nobody learns which ids
            # exist elsewhere.
            raise NotFound()


def _be_of(rows: Iterable[Any], site: str) -> None:
    for row in rows:
        row.site = row.site or site


def _give_sites_of_owners(owners: "_Owners", new: Sequence[Any]) -> str:
    """What the installation writes is of the site of what it belongs to.

    Returns the site of what belongs to nothing: a job is of what is changed with it.
    """
    # Twice, because rows of one flush belong to each other.
    for row in (*new, *new):
        row.site = row.site or owners.site_of(row)
    known = {row.site for row in new if row.site}
    return str(known.pop()) if len(known) == 1 else EVERYWHERE


def has_sites(session: Session) -> bool:
    """Whether this is an installation of several points, and not a station."""
    if "sites" not in session.info:
        session.info["sites"] = session.scalar(select(Site.key).limit(1)) is not None
    return bool(session.info["sites"])


class _Owners:
    """The rows of a site that others point at, as the session sees them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        # Remembered here, because no query finds what is not written yet.
        self._pending = {(type(r), r.id): r for r in session.new if getattr(r, "id", None)}

    def of(self, row: Any) -> Iterator[OfSite]:
        """What a row points at; NotFound where that is not there, or of another site.

        A person is no owner: people serve at many sites.
        """
        tables = _tables_of_sites()
        for relation in inspect(type(row)).relationships:
            owner = row.__dict__.get(relation.key)
            if isinstance(owner, OfSite):
                yield owner
        for column in row.__table__.columns:
            key = getattr(row, inspect(type(row)).get_property_by_column(column).key)
            for pointed in column.foreign_keys if key else ():
                model = tables.get(pointed.column.table.name)
                if model:
                    yield self._get(model, key)

    def site_of(self, row: Any) -> str | None:
        """The site of what a row belongs to, else that of the person it is about."""
        sites = (owner.site for owner in self.of(row))
        return next((site for site in sites if site), None) or self._site_of_person(row)

    def _site_of_person(self, row: Any) -> str | None:
        person = (
            self._session.get(Person, key) if (key := getattr(row, "person_id", None)) else None
        )
        return person.site if person else None

    def _get(self, model: type[OfSite], key: Any) -> OfSite:
        found = self._pending.get((model, key)) or self._session.get(model, key)
        if found is None:
            raise NotFound()
        return found


@cache
def _tables_of_sites() -> dict[str, type[OfSite]]:
    """The tables whose rows are of one site."""
    return {str(model.__tablename__): model for model in models() if issubclass(model, OfSite)}
