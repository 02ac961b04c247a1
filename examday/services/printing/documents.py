"""Which documents there are of which thing; `build` makes the data of one."""

from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.services.printing.papers.document import Document
from examday.services.printing.papers.label_papers import labels
from examday.services.printing.papers.of_exam import OF_COMMISSION, OF_EXAM
from examday.services.printing.papers.packet.of_packet import OF_PACKET
from examday.services.printing.papers.scan_cover import OF_ROOM
from examday.services.printing.papers.work.of_work import OF_WORK
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet

__all__ = [
    "DOCUMENT_NAMES",
    "OF_COMMISSION",
    "OF_EXAM",
    "OF_WORK",
    "SUBJECTS",
    "build",
    "documents_of",
    "documents_of_exam",
]

SUBJECTS: dict[str, dict[str, Document]] = {
    "booklet": OF_WORK,
    "exam": OF_EXAM,
    "item": OF_PACKET,
    "room": OF_ROOM,
}
"""By kind of subject («booklet:<id>»), as the ledger names things: a print-out's entry says whose paper it was."""
DOCUMENT_NAMES: dict[str, str] = {
    **{key: document.name for of in SUBJECTS.values() for key, document in of.items()},
    "labels": N_("Labels"),
}
"""Key of a document → words. Labels are no document of one kind of thing: all three have them."""


def documents_of_exam(uow: UnitOfWork, exam_id: str) -> list[str]:
    """The documents that can be made of this exam: the commission's only where Braille is written."""
    braille = (Booklet.exam_id == exam_id, Booklet.medium == Medium.BRAILLE)
    written = uow.session.scalar(select(Booklet.id).where(*braille).limit(1))
    unneeded = () if written else OF_COMMISSION
    return [key for key in (*OF_EXAM, "labels") if key not in unneeded]


def documents_of(booklet: Booklet) -> list[str]:
    """The documents that can be made of this work."""
    unneeded = set() if booklet.is_by_pages else {"scan-cover"}
    return [key for key in (*OF_WORK, "labels") if key not in unneeded]


def build(
    uow: UnitOfWork,
    document: str,
    kind: str,
    key: str,
    names: bool = False,
) -> dict[str, object]:
    """Build the data of a document; Invalid where there is none of such a thing."""
    if document == "labels" and kind != "room":
        return labels(uow, kind, key)
    found = SUBJECTS.get(kind, {}).get(document)
    if found is None:
        raise Invalid(N_("There is no such document of this thing."), code="no-document")
    return found.build(uow, key, names)
