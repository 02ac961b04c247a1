"""Cover sheets for scanning: what lies behind one belongs to the work that it names."""

from collections.abc import Sequence

from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.domain.scans.covers import cover_text
from examday.paper.printing import cover_code
from examday.services.custody import views
from examday.services.printing.papers.document import Document
from examday.services.printing.papers.frames import frame
from examday.services.printing.works import exam_line, form_code, medium, seat
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet

TITLE = N_("Cover sheet for scanning")


def of_work(uow: UnitOfWork, booklet_id: str, names: bool) -> dict[str, object]:
    """The cover sheet of one work. Conflict for a work on forms."""
    return _sheets(uow, [uow.get(Booklet, booklet_id)])


def of_room(uow: UnitOfWork, key: str, names: bool) -> dict[str, object]:
    """The cover sheets of a room's works on notebooks and print-outs, in the order of the places.

    `key`: ids of the exam and the room with a full stop between them. Conflict where there is no
    such work.
    """
    exam_id, _stop, room_id = key.partition(".")
    if not room_id:
        raise Invalid()
    return _sheets(uow, views.booklets(uow, [exam_id], room_id))


def _sheets(uow: UnitOfWork, works: Sequence[Booklet]) -> dict[str, object]:
    wanted = [work for work in works if work.is_by_pages]
    if not wanted:
        raise Conflict(
            N_("There is no notebook and no print-out here: no cover sheet is needed."),
            code="no-cover-needed",
            advice=N_("Each form bears its own number: scan forms without a cover sheet."),
        )
    return frame(uow, wanted[0].exam, TITLE) | {"sheets": [_sheet(work) for work in wanted]}


def _sheet(work: Booklet) -> dict[str, str]:
    return {
        "seat": seat(work),
        "medium": medium(work),
        "number": form_code(work) if work.code else "",
        "exam": exam_line(work.exam),
        "svg": cover_code(cover_text(work.id)),
    }


OF_ROOM: dict[str, Document] = {"scan-cover": Document(TITLE, of_room)}
"""The key is stored in the ledger («print:scan-cover»), so it never changes."""
