"""The act of destruction as tagged PDF."""

from examday.domain.messages import N_
from examday.paper import printing
from examday.services.appeals.papers.print_outs import Words, base, day
from examday.services.people import directory
from examday.services.rules import exam_forms
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Exam
from examday.storage.tables_appeal import Destruction


def act(uow: UnitOfWork, act_id: str, say: Words) -> bytes:
    """Return one act: exam, basis, time, digests of the scans, both signers.

    NotFound when there is none.
    """
    row = uow.hold(Destruction, act_id)
    exam = uow.get(Exam, row.exam_id)
    names = directory.names(uow)
    about = f"{exam_forms.subject(exam)} · {day(exam.date)} · {exam.site_code}"
    data = base(uow, say(N_("Act of destruction")), "destruction-act", exam.training) | {
        "facts": [
            [say(N_("Exam")), about],
            [say(N_("Basis")), row.basis],
            [say(N_("When")), day(row.at, uow.zone)],
            [say(N_("Works")), str(len(row.booklets))],
        ],
        # Whoever finds a copy of a scan later can prove by its digest that it was one of these.
        "hashes": [[str(number), sha256] for number, sha256 in enumerate(row.hashes, 1)],
        "signers": [
            [say(N_("first signer")), names.get(row.person_id, "—")],
            [say(N_("second signer")), names.get(row.second_id, "—")],
        ],
    }
    return printing.render("destruction-act", data)
