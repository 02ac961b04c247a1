"""Steps on entries of the plan: a seat or a duty is taken out, somebody has come."""

from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody.booklets import named, require
from examday.services.plan.booklets import kit_name
from examday.services.plan.proposals.seat_problems import why_fixed
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Duty, Seat

IN_THE_PAPERS = N_("What happened to the kit is recorded with the papers, not in the plan.")


def seat_to_remove(uow: UnitOfWork, seat_id: str) -> dict[str, str]:
    """Say what would be gone with a seat, in the words of the files."""
    require(uow, "plan.edit")
    seat = uow.get(Seat, seat_id)
    booklet = _kit_to_remove(uow, seat)
    return {
        "id": seat.id,
        "candidate": seat.candidate.code,
        "subject": seat.exam.subject,
        "place": f"{seat.room.number} · {seat.place}",
        "kit": kit_name(booklet) if booklet else "",
    }


def remove_seat(uow: UnitOfWork, seat_id: str) -> None:
    """Take a candidate out of an exam, while no kit has been issued."""
    require(uow, "plan.edit")
    uow.queue("plan")
    seat = uow.hold(Seat, seat_id)
    # Held before it is asked who names them: a page that is attached meanwhile keeps the place.
    uow.hold_all(Booklet, uow.session.scalars(select(Booklet.id).where(Booklet.seat_id == seat.id)))
    booklet = _kit_to_remove(uow, seat)
    # Somebody may issue the kit at this moment. The booklet has a version number: one of the two
    # transactions fails with Stale.
    if booklet is not None:
        uow.session.delete(booklet)
        uow.session.flush()
    uow.session.delete(seat)
    uow.record(Event.PLAN_REMOVE, f"seat:{seat.id}", exam=seat.exam_id)


def _kit_to_remove(uow: UnitOfWork, seat: Seat) -> Booklet | None:
    """Return the kit that goes with a seat. Conflict where one of its kits was in use."""
    kits = uow.session.scalars(select(Booklet).where(Booklet.seat_id == seat.id)).all()
    # The spoiled ones too: their papers belong to the place as long as they are kept.
    used = next((kit for kit in kits if kit.state != State.REGISTERED), None)
    if used is not None:
        raise Conflict(
            why_fixed(used),
            advice=IN_THE_PAPERS,
        )
    # A kit that went back to the plan may be named by what is never deleted.
    if any(named(uow, kit) for kit in kits):
        raise Conflict(
            N_(
                "Scans, the custody journal or other records name the kit of this candidate: the place stays."
            ),
            advice=IN_THE_PAPERS,
        )
    return next(iter(kits), None)


def remove_duty(uow: UnitOfWork, duty_id: str) -> None:
    """Take a duty away; the person keeps the role and everything done."""
    # Duties go with roles, and whoever gives roles gives rights: the head alone.
    require(uow, "people.edit")
    duty = uow.hold(Duty, duty_id)
    uow.session.delete(duty)
    uow.record(Event.PLAN_REMOVE, f"duty:{duty.id}", exam=duty.exam_id, role=duty.role)


def set_present(uow: UnitOfWork, duty_id: str, present: bool) -> None:
    """Record that somebody has come to the point, or has not; the head ticks it in the morning."""
    require(uow, "plan.edit")
    duty = uow.hold(Duty, duty_id)
    # A second tick is no event: the ledger gets no empty entries.
    if duty.present != present:
        duty.present = present
        uow.record(Event.PLAN_PRESENT, f"duty:{duty.id}", present=present)
