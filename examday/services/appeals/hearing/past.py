"""What the records say of a person's part in the disputed exam and work."""

from sqlalchemy import select

from examday.domain.appeals.hearing import Past
from examday.domain.appeals.notes import NoteKind
from examday.domain.appeals.recheck import plain_code
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.transfer.readings import Source, marks_content
from examday.services.appeals.order.first_hands import first_hands
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Duty, PersonRole, Reading, Signoff
from examday.storage.tables_appeal import Appeal, CaseNote
from examday.storage.tables_sites import PersonSiteRole

ORGANISING = {
    Role.SITE_HEAD,
    Role.LEAD_ORGANISER,
    Role.ROOM_ORGANISER,
    Role.CORRIDOR_ORGANISER,
    Role.TECHNICAL_SPECIALIST,
    Role.ASSISTANT,
}
"""Duties that count as organising the exam: whoever had one neither decides nor advises on its
works."""


def _every_role(uow: UnitOfWork, person_id: str) -> set[str]:
    """Return the roles that a person has anywhere: what bars from a hearing bars at each point."""
    own = select(PersonRole.role).where(PersonRole.person_id == person_id)
    elsewhere = select(PersonSiteRole.role).where(PersonSiteRole.person_id == person_id)
    return {*uow.session.scalars(own), *uow.session.scalars(elsewhere)}


def past_of(uow: UnitOfWork, person_id: str, appeal: Appeal) -> Past:
    """Return what the records say this person did in the disputed exam and work."""
    # Membership is asked of the roles, organising of the duty on that day: a school teacher
    # organises one exam and not the next.
    roles = _every_role(uow, person_id)
    duties = set(
        uow.session.scalars(
            select(Duty.role).where(Duty.exam_id == appeal.exam_id, Duty.person_id == person_id)
        )
    )
    return Past(
        bool(duties & ORGANISING),
        _transferred(uow, person_id, appeal.booklet_id),
        _marked(uow, person_id, appeal),
        Role.EXAM_BOARD_MEMBER in roles,
        Role.SUBJECT_EXPERT in roles,
        # No record tells of kinship, nor of every expert: the secretary asks and enters it.
        False,
    )


def silent(uow: UnitOfWork, appeal: Appeal) -> list[str]:
    """Return what the records do not tell: they bar nobody, which clears nobody."""
    on_duty = select(Duty.id).where(Duty.exam_id == appeal.exam_id).limit(1)
    known = (
        (uow.session.scalar(on_duty), N_("who organised the exam")),
        (
            first_hands(uow, appeal.booklet_id, appeal.version + 1),
            N_("who transferred the work"),
        ),
    )
    return [what for found, what in known if not found]


def _transferred(uow: UnitOfWork, person_id: str, booklet_id: str) -> bool:
    """Tell whether the person had any part in the transfer of the work."""
    # Readings at a hearing and of the centre are no part of it: else a member who read at the first
    # hearing could not sit at the second.
    by_person = (
        select(Assignment.id).where(
            Assignment.booklet_id == booklet_id, Assignment.person_id == person_id
        ),
        select(Reading.id).where(
            Reading.booklet_id == booklet_id,
            Reading.person_id == person_id,
            Reading.source.not_like("hearing:%"),
            Reading.source.not_in((Source.RECOGNISED, Source.MARKS)),
        ),
        select(Signoff.id).where(Signoff.booklet_id == booklet_id, Signoff.person_id == person_id),
    )
    return any(uow.session.scalars(query).first() for query in by_person)


def _marked(uow: UnitOfWork, person_id: str, appeal: Appeal) -> bool:
    """Tell whether the records show that the person marked the work as an expert.

    The centre names experts by their codes, so a person is known by the codes under which they
    entered marks of their own. Of others the records tell nothing: the secretary asks.
    """
    rows = uow.session.execute(
        select(CaseNote, Appeal)
        .join(Appeal, Appeal.id == CaseNote.appeal_id)
        .where(CaseNote.kind == NoteKind.MARKS, CaseNote.person_id == person_id)
    ).all()
    # Left out: marks in this very case are its re-check, which is judged by a rule of its own.
    if any(of.booklet_id == appeal.booklet_id and of.id != appeal.id for _note, of in rows):
        return True
    own = {plain_code(str(note.facts["code"])) for note, _of in rows if note.facts.get("own")}
    marks = uow.session.scalars(
        select(Reading).where(
            Reading.booklet_id == appeal.booklet_id, Reading.source == Source.MARKS
        )
    )
    marked = (code for row in marks for code in marks_content(row.content).get("experts", []))
    return any(plain_code(code) in own for code in marked)
