"""Things of paper that the tiflo-translator commission hands over."""

from examday.domain.braille.notebook import answers
from examday.domain.custody.counts import tally
from examday.domain.custody.kit import ORIGINALS, Kind
from examday.domain.custody.lifecycle import Medium
from examday.domain.custody.paper_codes import spaced
from examday.domain.messages import N_
from examday.services.braille import commission
from examday.services.custody import papers
from examday.services.custody.dossier import Dossier
from examday.services.printing.papers.commission.words import pages, work_facts
from examday.services.printing.things import kind
from examday.services.printing.words import ru
from examday.services.unit_of_work import UnitOfWork


def things_of(d: Dossier) -> dict[Kind, int]:
    """Count the things of a work by kind, without those out of use."""
    return tally(Kind(i.kind) for i in d.items if i.state not in papers.VOID)


def totals(uow: UnitOfWork, going: list[Dossier]) -> list[list[str]]:
    """Count what changes hands; the last two columns are empty, for the counts of giver and
    receiver.
    """
    kinds = (Kind.ENVELOPE, *ORIGINALS[Medium.BRAILLE], Kind.STANDARD_SHEET)
    counted = [(kind(one), sum(things_of(d).get(one, 0) for d in going)) for one in kinds]
    rows = [(ru(N_("Braille works")), str(len(going)))]
    rows += [(name, str(number)) for name, number in counted]
    rows.append((ru(N_("notebook pages with answers")), _pages(uow, going)))
    return [[name, number, "", ""] for name, number in rows]


def _pages(uow: UnitOfWork, going: list[Dossier]) -> str:
    """Count the pages with answers; "—" while those of one work are not stated."""
    stated = [commission.leaves(uow, d.booklet.id) for d in going]
    # A sum without the unknown ones would be signed as if it were all of them.
    return str(sum(len(answers(leaves)) for leaves in stated)) if all(stated) else "—"


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
