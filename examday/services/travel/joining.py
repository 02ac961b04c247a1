"""A station joins its centre."""

from sqlalchemy import select

from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.ledger import Subject
from examday.domain.messages import N_
from examday.domain.travel.letters import ANSWER, Letter
from examday.services.ledger.checkpoints import public_key
from examday.services.ledger.writing import of_chain
from examday.services.travel.letters import require_signed, signed
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import plain
from examday.storage.sites import has_sites
from examday.storage.tables import EventRow
from examday.storage.tables_travel import Centre


def join(uow: UnitOfWork, letter: Letter) -> Letter:
    """Take the centre's letter in at the station, and answer with the station's key.

    Twice gives the same answer. Conflict in an installation of several points.
    """
    require_signed(letter, str(letter["centre_key"]))
    uow.queue("centre")
    if has_sites(uow.session):
        raise Conflict(
            N_("Here are the points of a region: this is no station."),
            code="no-station",
            advice=N_(
                "Take the letter in at the laptop of the point: name its folder with --data."
            ),
        )
    if uow.session.get(Centre, letter["station"]) is None:
        uow.add(
            Centre(
                id=str(letter["station"]),
                point=str(letter["site"]),
                name=str(letter["name"])[:200],
                public_key=str(letter["centre_key"]),
                at=uow.now(),
            )
        )
        uow.record(Event.CENTRE_JOIN, f"centre:{letter['station']}", site=letter["site"])
    return signed(
        uow.settings.keys,
        {
            "format": ANSWER,
            "station": letter["station"],
            "site": letter["site"],
            "public_key": public_key(uow.settings.keys),
            "at": plain(uow.now()),
        },
    )


def require_centre(uow: UnitOfWork) -> Centre:
    """The centre that this station sends to; Conflict where it has none."""
    found = centre_of(uow)
    if found is None:
        raise Conflict(
            N_("This station has no centre to send to."),
            code="no-centre",
            advice=N_("Take the centre's invitation in first: examday enrol join."),
        )
    return found


def centre_of(uow: UnitOfWork) -> Centre | None:
    """The centre that this station sends to: the one that it joined last. None where it has none."""
    found = uow.session.scalars(select(Centre)).all()
    return found[0] if len(found) == 1 else _joined_last(uow) if found else None


def _joined_last(uow: UnitOfWork) -> Centre:
    """By the ledger: a clock that was set back would put an earlier centre last."""
    joined = (of_chain(EventRow, ""), EventRow.kind == Event.CENTRE_JOIN)
    newest = select(EventRow.subject).where(*joined).order_by(EventRow.seq.desc()).limit(1)
    return uow.get(Centre, Subject.parse(uow.session.scalar(newest) or "").key)
