"""Suspension of a translator in a conflict situation, and the return to work."""

from examday.domain.errors import Forbidden, Invalid
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.braille.notes import keep
from examday.services.braille.release import free
from examday.services.custody.booklets import require
from examday.services.people.directory import acting
from examday.services.people.log_in import Part, prove_oneself
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person
from examday.storage.tables_braille import CommissionNote


def suspend(
    uow: UnitOfWork,
    person_id: str,
    reason: str,
    consent_id: str,
    secret: str,
    resume: bool = False,
) -> CommissionNote:
    """Take a translator off work, or back on with `resume`.

    The chair does it with consent of an exam-board member, who signs with the own secret ([12]).
    Works in hand are free again. Forbidden without that consent; Invalid without a name or a reason.
    """
    if not person_id:
        raise Invalid(
            N_("Nobody is chosen: say whom it is about."), code="nobody", field="translator"
        )
    consenting = prove_oneself(uow, consent_id, secret, Part.CONFIRMS)
    uow.hold(Person, person_id)
    require(uow, "braille.lead")
    if Role.EXAM_BOARD_MEMBER not in acting(uow, consenting).roles:
        raise Forbidden(
            N_("An exam-board member must consent."), code="consent", field="consent_id"
        )
    if not reason.strip():
        raise Invalid(
            N_("A suspension needs its reason."),
            code="reason",
            field="reason",
            advice=N_("Say what the conflict is."),
        )
    if not resume:
        free(uow, person_id)
    return keep(uow, "resume" if resume else "suspend", person_id, reason, consent=consenting.id)
