"""Things of paper that the tiflo-translator commission hands over."""

from examday.domain.custody.counts import tally
from examday.domain.custody.kit import Kind
from examday.domain.custody.paper_codes import spaced
from examday.services.custody import papers
from examday.services.custody.dossier import Dossier
from examday.services.printing.papers.commission.words import pages, work_facts
from examday.services.unit_of_work import UnitOfWork


def things_of(d: Dossier) -> dict[Kind, int]:
    """Count the things of a work by kind, without those out of use."""
    return tally(Kind(i.kind) for i in d.items if i.state not in papers.VOID)


def leaving(uow: UnitOfWork, d: Dossier) -> list[str]:
    """One work that leaves: seat, number, envelope, notebooks, sheets, pages, forms, state."""
    have, envelope = things_of(d), papers.envelope_of(d.items)
    place, number, state = work_facts(d.booklet)
    return [
        place,
        number,
        spaced(envelope.code) if envelope else "—",
        str(have.get(Kind.NOTEBOOK, 0)),
        str(have.get(Kind.BRAILLE_SHEET, 0)),
        pages(uow, d.booklet),
        str(have.get(Kind.STANDARD_SHEET, 0)),
        state,
    ]
