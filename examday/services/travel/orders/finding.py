"""What an order of the centre is about, by what people call it."""

from pathlib import Path

from sqlalchemy import or_, select

from examday.domain.errors import Conflict, Invalid, NotFound
from examday.domain.messages import N_
from examday.services.people.sites import require_region
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
from examday.storage.tables_travel import Station

MOST = 1 << 20
"""Bytes of one table in an order: the whole order is one letter, which goes by hand and has to be
read whole."""


def work_with(uow: UnitOfWork, code: str) -> tuple[str, str]:
    """Point and id of the work with a form code. NotFound; Conflict where two works bear it."""
    require_region(uow)
    wanted = code.replace(" ", "")
    named = or_(Booklet.code == wanted, Booklet.id == wanted)
    of = select(Booklet.site, Booklet.id).where(named, Booklet.site != "")
    found = uow.session.execute(of.limit(2)).all()
    if not found:
        raise NotFound()
    if len(found) > 1:
        raise Conflict(
            N_("Two works bear the code %(code)s."),
            code="two-works",
            advice=N_("Nothing was ordered. Name the work by its id, as its address shows it."),
            params={"code": wanted},
        )
    return str(found[0].site), str(found[0].id)


def point_of(uow: UnitOfWork, station: str) -> str:
    """The point of a station; NotFound."""
    require_region(uow)
    return uow.get(Station, station).point


def table_in(path: Path) -> str:
    """A table of the plan as text; Invalid where it is none that can go in a letter."""
    try:
        content = path.read_bytes()
    except OSError:
        raise _no_table(path.name) from None
    return as_table(path.name, content)


def as_table(name: str, content: bytes) -> str:
    """A table of the plan, or a rule set, as text; Invalid where it is none that can go in a letter."""
    try:
        if len(content) <= MOST:
            return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        """Said below: both are put right in the same way."""
    raise _no_table(name)


def _no_table(name: str) -> Invalid:
    return Invalid(
        N_(
            "«%(file)s» cannot go in an order: it is no table as text (CSV, UTF-8) of 1 MB at most."
        ),
        code="no-table",
        field="tables",
        advice=N_("Save the table as CSV in UTF-8; a larger one goes in parts."),
        params={"file": name},
    )
