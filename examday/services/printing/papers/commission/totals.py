"""How much of each thing lies with the commission."""

from examday.domain.braille.notebook import answers
from examday.domain.custody.kit import ORIGINALS, Kind
from examday.domain.custody.lifecycle import Medium
from examday.domain.messages import N_
from examday.services.braille import commission
from examday.services.custody.dossier import Dossier
from examday.services.printing.papers.commission.things import things_of
from examday.services.printing.things import kind
from examday.services.printing.words import ru
from examday.services.unit_of_work import UnitOfWork


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
