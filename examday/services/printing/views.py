"""What the pages of printing show. Read only."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.errors import NotFound
from examday.services.custody import views as custody
from examday.services.custody.booklets import for_page
from examday.services.people import directory
from examday.services.plan.exam_day import exams_of, other_days
from examday.services.printing import print_entries, print_files
from examday.services.printing.documents import DOCUMENT_NAMES, documents_of_exam
from examday.services.printing.print_entries import Printed, Recent
from examday.services.printing.whose import whose
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam


@dataclass(frozen=True)
class DayPage:
    """The exams of the day with their rooms, and what was printed last, of anything."""

    exams: Sequence[Exam]
    documents: dict[str, list[str]]
    """Exam → keys of the documents that can be made of it: no button leads to a refusal."""
    rooms: Sequence[custody.RoomLine]
    recent: Recent
    names: dict[str, str]
    whose: dict[str, str]
    """Subject of a print-out → the seat, packet or room that it is of: an id says nothing to
    people."""
    others: Sequence[dt.date]
    """The exam days of the plan before and after this one, whose papers may still be printed."""


@dataclass(frozen=True)
class BookletPage:
    """One work, and what was printed of it."""

    booklet: Booklet
    recent: Recent
    names: dict[str, str]


@dataclass(frozen=True)
class MadePage:
    """Print-outs that were made just now, in the order in which they were asked for."""

    papers: Sequence[Printed]
    names: dict[str, str]
    whose: dict[str, str]


def day(uow: UnitOfWork, before: int | None = None, wanted: dt.date | None = None) -> DayPage:
    """What can be printed of the wanted day, and what was printed before entry `before`."""
    recent, exams = print_entries.recent(uow, before=before), exams_of(uow, wanted)
    return DayPage(
        exams,
        {exam.id: documents_of_exam(uow, exam.id) for exam in exams},
        custody.rooms(uow, wanted),
        recent,
        directory.names(uow),
        whose(uow, recent.papers),
        other_days(uow, exams[0].date if exams else wanted),
    )


def booklet(uow: UnitOfWork, booklet_id: str, before: int | None = None) -> BookletPage:
    """What can be printed of one work, with its seat and room; NotFound when there is none."""
    found = for_page(uow, booklet_id)
    printed = print_entries.recent(uow, f"booklet:{booklet_id}", before)
    return BookletPage(found, printed, directory.names(uow))


def made(uow: UnitOfWork, digests: Sequence[str]) -> MadePage:
    """What was printed just now; NotFound and Forbidden as `print_entries.find`."""
    papers = [print_entries.find(uow, one) for one in digests]
    return MadePage(papers, directory.names(uow), whose(uow, papers))


def file(uow: UnitOfWork, digests: Sequence[str], kind: str = "pdf") -> tuple[str, bytes]:
    """Return the name and the content of one file with these print-outs; Broken as `print_files.pdf`.

    `kind`: «pdf»; of a single one also «txt» or «brf», its words for ear or hand.
    """
    papers = [print_entries.find(uow, one) for one in digests]
    # Refused here, because papers of appeals are kept the same way and shown by their own room.
    if not papers or any(paper.document not in DOCUMENT_NAMES for paper in papers):
        raise NotFound()
    numbers = dict.fromkeys((papers[0].seq, papers[-1].seq))
    name = "-".join([papers[0].document, *map(str, numbers)])
    if kind == "pdf":
        return f"{name}.pdf", print_files.together(uow, digests)
    return f"{name}.{kind}", print_files.read_out(uow, digests[0], kind)
