"""Table of the regional centre: recognised text and expert marks of one work."""

from dataclasses import dataclass
from typing import IO

from examday.domain.appeals import centre
from examday.domain.events import Event
from examday.domain.transfer.readings import Source
from examday.paper import outside
from examday.services.appeals.decision.fields_read import Fields
from examday.services.appeals.decision.readings import add_new_reading
from examday.services.custody.booklets import require
from examday.services.rules.exam_forms import fields_for
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal


@dataclass(frozen=True)
class TakenIn:
    """What a table of the centre brought."""

    tasks: int
    written: int
    """Readings written: none when the same table was taken in before, which must not be told as
    something new."""


def take_in_table(
    uow: UnitOfWork,
    appeal_id: str,
    stream: IO[bytes] | None,
    rest_blank: bool = False,
) -> TakenIn:
    """Take in the table that the regional centre sent; BadTable when it is none.

    `rest_blank`: a person says that tasks without a line are blank on the form. Invalid when such
    tasks are left out and nobody says so: a part of a table would make defects of the rest.
    """
    # The file is foreign: it is read in a limited child, before the database is asked anything.
    rows = outside.read_note(stream.read(outside.MAX_NOTE + 1) if stream else b"")
    exam = uow.get(Appeal, appeal_id).exam
    given = centre.read(rows, exam.long_tasks)
    if not rest_blank:
        given.check_whole(fields_for(exam).ids)
    written = import_recognised(
        uow, appeal_id, given.fields, given.before, given.after, given.experts
    )
    return TakenIn(len(given.fields), written)


def import_recognised(
    uow: UnitOfWork,
    appeal_id: str,
    fields: Fields,
    before: dict[str, str],
    after: dict[str, str],
    experts: list[str],
) -> int:
    """Record recognised text per task, marks before and after, and the experts' codes.

    Returns the number of readings written; the same content twice changes nothing.
    """
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    # Another case about the same work may bring readings too; their rounds must not meet.
    uow.hold(Booklet, appeal.booklet_id)
    written = 0
    for source, content in (
        (Source.RECOGNISED, {"fields": fields}),
        (Source.MARKS, {"before": before, "after": after, "experts": experts}),
    ):
        # A table with marks alone must not replace the recognised text by nothing.
        if any(content.values()) and add_new_reading(uow, appeal, source, content):
            written += 1
    if written:
        uow.record(Event.APPEAL_IMPORT, f"appeal:{appeal.id}", readings=written, fields=len(fields))
    return written
