"""The hand-over act of the tiflo-translator commission, with the protocol of «Копия верна»."""

from examday.domain.custody.lifecycle import WAY, State
from examday.domain.messages import N_
from examday.services.braille import commission
from examday.services.custody import dossier
from examday.services.printing.papers.commission.remarks import remarks
from examday.services.printing.papers.commission.things import leaving
from examday.services.printing.papers.commission.totals import totals
from examday.services.printing.papers.commission.words import (
    board_line,
    chair_line,
    receiver_line,
    signed_lines,
    work_facts,
)
from examday.services.printing.papers.frames import frame
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Exam

DONE = WAY[WAY.index(State.CERTIFIED) :]
"""States of works that may leave: the copy is certified, nothing of the work is needed here any more."""
_THERE = WAY[WAY.index(State.COLLECTED) : WAY.index(State.CERTIFIED)]
"""States of works that have come and are not finished: the act must not call them missing."""


def act(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Акт передачи оригиналов и переводов: works under «Копия верна» leave, the others remain."""
    exam, works = uow.get(Exam, exam_id), commission.works_of(uow, exam_id)
    going = [dossier.show(uow, one.id) for one in works if one.state in DONE]
    return frame(uow, exam, N_("Hand-over act of originals and transcripts")) | {
        "counts": totals(uow, going),
        "works": [leaving(uow, d) for d in going],
        "signed": [row for d in going for row in signed_lines(uow, d)],
        "remarks": remarks(uow, exam_id, going),
        # Only what came to the commission can remain there: a kit still in its room did not.
        "rest": [work_facts(one) for one in works if State(one.state) in _THERE],
        "signers": [
            chair_line(uow),
            receiver_line(),
            board_line(),
        ],
    }
