"""What the commission's act remarks: nothing that somebody wrote a reason for is left out."""

from collections.abc import Sequence

from sqlalchemy import select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.messages import N_
from examday.services.braille import commission
from examday.services.custody.dossier import Dossier
from examday.services.printing.papers.commission.words import work_facts
from examday.services.printing.papers.work.copying_sheet import reasons
from examday.services.printing.words import ru
from examday.services.transfer import readings
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Handover, Item


def remarks(uow: UnitOfWork, exam_id: str, going: Sequence[Dossier]) -> list[list[str]]:
    """List place, what it is about, and why: counts of packages first, then each work."""
    return [*_of_packages(uow, exam_id), *(row for d in going for row in _of_work(uow, d))]


def _of_packages(uow: UnitOfWork, exam_id: str) -> list[list[str]]:
    """List the remarks with which packages were opened: a number that differed stays in sight."""
    rows = uow.session.execute(
        select(Item.code, Handover.note)
        .join(Item, Item.id == Handover.item_id)
        .where(
            Handover.exam_id == exam_id,
            Handover.kind == "open",
            Handover.note != "",
            Item.kind == Kind.PACKET,
            Item.sheet == Purpose.COMMISSION,
        )
        .order_by(Handover.at)
    )
    return [[code, ru(N_("count of the envelopes")), note] for code, note in rows]


def _of_work(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """List why pages were stated so, and what readers remarked on values the form does not hold."""
    stated = commission.statement(uow, d.booklet.id).reason
    pages = [[ru(N_("pages of the notebook")), stated]] if stated else []
    settled = readings.values_of(readings.settled(uow, d.booklet))
    return [[work_facts(d.booklet)[0], *row] for row in [*pages, *reasons(settled)]]
