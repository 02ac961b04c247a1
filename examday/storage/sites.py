"""The one gate between sites: what a session of a site reads and writes is of this site.

A session says whose it is by `of_site`; one that says nothing is the installation's own, which
sees every site.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, event, inspect, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from examday.domain.people.sites import EVERYWHERE
from examday.storage import row_security
from examday.storage.base import Base, OfSite, models
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
    _declare_again(session, site)
    try:
        yield
    finally:
        session.flush()
        _declare_again(session, before)


def _declare_again(session: Session, site: str) -> None:
    of_site(session, site)
    if session.in_transaction():
        _declare(session, None, session.connection())


@event.listens_for(Session, "after_begin")
def _declare(session: Session, _transaction: Any, connection: Any) -> None:
    if connection.dialect.name == "postgresql":
        row_security.declare(connection, site_of(session))


@event.listens_for(Session, "do_orm_execute")
def _hold_back(state: ORMExecuteState) -> None:
    """Queries find no rows of other sites, whichever way they ask."""
    site = site_of(state.session)
    # What a found row loads later carries the options of the query that found it.
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
def _give_a_site(session: Session, _context: Any, _instances: Any) -> None:
    """A new row is of the session's site; where the installation writes, of what it belongs to."""
    new = [row for row in session.new if hasattr(row, "site") and row.site is None]
    site = site_of(session)
    if site == EVERYWHERE and new and has_sites(session):
        # Twice, because rows of one flush belong to each other.
        for row in (*new, *new):
            row.site = row.site or _of_its_owner(session, row)
        known = {row.site for row in new if row.site}
        # A job belongs to no row, but to what is changed with it.
        site = known.pop() if len(known) == 1 else EVERYWHERE
    for row in new:
        row.site = row.site or site


def has_sites(session: Session) -> bool:
    """Whether this is an installation of several points, and not a station."""
    if not session.info.get("sites"):
        session.info["sites"] = session.scalar(select(Site.key).limit(1)) is not None
    return bool(session.info["sites"])


def _of_its_owner(session: Session, row: Base) -> str | None:
    """The site of the first row that this one points at; a person is none, who serves at many."""
    owners = (*_in_memory(row), *_in_database(session, row))
    return next((owner.site for owner in owners if owner and owner.site), None)


def _in_memory(row: Base) -> Iterator[OfSite]:
    for relation in inspect(type(row)).relationships:
        owner = row.__dict__.get(relation.key)
        if isinstance(owner, OfSite):
            yield owner


def _in_database(session: Session, row: Base) -> Iterator[OfSite | None]:
    owners = _owners()
    for column in row.__table__.columns:
        for pointed in column.foreign_keys:
            model, key = owners.get(pointed.column.table.name), getattr(row, str(column.key))
            if model and key:
                yield session.get(model, key)


@cache
def _owners() -> dict[str, type[OfSite]]:
    """The tables whose rows are of one site."""
    return {str(model.__tablename__): model for model in models() if issubclass(model, OfSite)}
