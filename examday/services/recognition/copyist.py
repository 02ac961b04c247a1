"""The copyist's hand, known from confirmed cells.

These are the cells of copies that the same person made on the same exam day and that a second
person has confirmed.

Nothing is kept for it: the pictures are read again each time, so what is known of a hand ends with
the day. EXAMDAY_HANDS=no switches it off.
"""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from examday.domain.transfer.answers import Seen
from examday.domain.transfer.duties import COPIER
from examday.domain.transfer.readings import Source
from examday.reading.hand import Hand, examples, together
from examday.reading.page import read_page
from examday.services.rules.exam_forms import FORM_1
from examday.services.scans.pictures import grey_of, pages_of
from examday.services.transfer.readings import find, values_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet, Exam

MOST_SHEETS = 3
"""Earlier copies that are read for a hand, the newest first. Each costs the time of a page; the
gain was measured with three."""


@dataclass(frozen=True)
class EarlierCopy:
    """A confirmed copy of the same hand.

    `texts`: settled text of the fields that the verifying person called the same, by field id.
    """

    booklet_id: str
    grey: np.ndarray
    subject: str
    texts: dict[str, str]


def earlier_copies(uow: UnitOfWork, booklet: Booklet) -> list[EarlierCopy] | None:
    """The newest confirmed copies that the copyist of this booklet made on the same exam day.

    None where no hand is to be learned.
    """
    if not uow.settings.hands:
        return None
    found = []
    for other in _others(uow, booklet):
        copy = _confirmed(uow, other)
        found += [copy] if copy is not None else []
        if len(found) == MOST_SHEETS:
            break
    return found


def hand_of(copies: list[EarlierCopy]) -> Hand:
    """What the confirmed copies show of the hand."""
    return together(
        examples(copy.booklet_id, page.fields, copy.texts)
        for copy in copies
        if (page := read_page(copy.grey, None, copy.subject)).readable
    )


def _others(uow: UnitOfWork, booklet: Booklet) -> list[Booklet]:
    """The other booklets of the day whose present version the same person copied, newest first."""
    copier = (
        select(Assignment.person_id)
        .where(Assignment.booklet_id == booklet.id, Assignment.version == booklet.version)
        .where(Assignment.part == COPIER)
        .scalar_subquery()
    )
    rows = (
        select(Booklet)
        .join(Assignment, Assignment.booklet_id == Booklet.id)
        .join(Exam, Exam.id == Booklet.exam_id)
        .where(Assignment.part == COPIER, Assignment.person_id == copier)
        .where(Assignment.version == Booklet.version, Booklet.id != booklet.id)
        # A hand is a person's: it is not taken over into another day without being asked for.
        .where(Exam.date == booklet.exam.date)
        .order_by(Assignment.at.desc())
    )
    return list(uow.session.scalars(rows))


def _confirmed(uow: UnitOfWork, booklet: Booklet) -> EarlierCopy | None:
    verified = find(uow, booklet, Source.VERIFIED)
    settled = find(uow, booklet, Source.SETTLED)
    pages = [p for p in pages_of(uow, booklet, "copy") if p.sheet.startswith(FORM_1)]
    if verified is None or settled is None or not pages:
        return None
    grey = grey_of(uow.settings, pages[0])
    if grey is None:
        return None
    # A hand is learned from nothing but what a second person has called the same.
    same = {f for f, c in verified.content["checks"].items() if c["seen"] == Seen.OK}
    values = values_of(settled)
    texts = {f: v.text for f, v in values.items() if f in same and v.mark is None and v.text}
    return EarlierCopy(booklet.id, grey, booklet.exam.subject, texts)
