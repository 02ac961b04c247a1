"""«Copied» or a verification given by mistake is taken back with a reason, while nothing rests on it.

What was stated stays and counts no longer; whoever stated it goes on where they were.
"""

from collections.abc import Mapping

from examday.domain.transfer.duties import COPIER, VERIFIER
from examday.domain.transfer.readings import Source
from examday.services.custody import journal
from examday.services.custody.booklets import advance
from examday.services.transfer import drafts, readings
from examday.services.transfer.going_back.resting import question
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet

ACTIONS: Mapping[str, str] = {COPIER: "take_back_copy", VERIFIER: "take_back_check"}
"""Arrows of the way, by part: it alone knows where a work goes back to."""


def take_back(
    uow: UnitOfWork,
    booklet_id: str,
    part: str,
    reason: str,
    row_version: int | None = None,
) -> Booklet:
    """Take the actor's own statement back; a verification stands in its draft again.

    NotFound, SomethingRests as `question`; Invalid without a reason.
    """
    booklet = uow.hold(Booklet, booklet_id)
    question(uow, booklet_id, part)
    readings.fresh(booklet, row_version)
    why = journal.need_reason(reason)
    verified = readings.find(uow, booklet, Source.VERIFIED) if part == VERIFIER else None
    advance(uow, booklet, ACTIONS[part], reason=why)
    if verified is not None:
        drafts.save(uow, booklet.id, part, {}, checks=verified.content["checks"])
    return booklet
