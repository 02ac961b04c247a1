"""What the hand-over act of the tiflo-translator commission shows, with the protocol of
«Копия верна»."""

from examday.domain.custody.counts import tally
from examday.domain.custody.kit import ORIGINALS, Kind
from examday.domain.custody.lifecycle import WAY, Medium, State
from examday.domain.custody.paper_codes import spaced
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.braille import commission
from examday.services.custody import dossier, papers
from examday.services.custody.dossier import Dossier
from examday.services.printing import words as w
from examday.services.printing.papers.booklet_papers import signed
from examday.services.printing.papers.commission_words import chair, pages
from examday.services.printing.papers.frames import frame
from examday.services.printing.words import ru
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam

DONE = WAY[WAY.index(State.CERTIFIED) :]


def act(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Акт передачи оригиналов и переводов: only works under «Копия верна» leave; the others are
    named as remaining."""
    exam, works = uow.get(Exam, exam_id), commission.works_of(uow, exam_id)
    going = [dossier.show(uow, one.id) for one in works if one.state in DONE]
    return frame(uow, exam, N_("Hand-over act of originals and transcripts")) | {
        "counts": _totals(going),
        "works": [_leaving(uow, d) for d in going],
        "signed": [row for d in going for row in _signed(uow, d)],
        "rest": [_remaining(one) for one in works if one.state not in DONE],
        "signers": [
            [w.role(Role.BRAILLE_CHAIR), chair(uow)],
            [ru(N_("Received by")), ""],
            [w.role(Role.EXAM_BOARD_MEMBER), ""],
        ],
    }


def _remaining(booklet: Booklet) -> list[str]:
    return [w.seat(booklet), w.form_code(booklet), w.state(booklet)]


def _things(d: Dossier) -> dict[Kind, int]:
    return tally(Kind(i.kind) for i in d.items if i.state not in papers.VOID)


def _totals(going: list[Dossier]) -> list[list[str]]:
    """What changes hands, by the journal; the last column is for whoever counts it."""
    kinds = (Kind.ENVELOPE, *ORIGINALS[Medium.BRAILLE], Kind.STANDARD_SHEET)
    counted = [(w.kind(kind), sum(_things(d).get(kind, 0) for d in going)) for kind in kinds]
    return [
        [name, str(number), ""]
        for name, number in ((ru(N_("Braille works")), len(going)), *counted)
    ]


def _leaving(uow: UnitOfWork, d: Dossier) -> list[str]:
    have, envelope = _things(d), papers.envelope_of(d.items)
    return [
        w.seat(d.booklet),
        w.form_code(d.booklet),
        spaced(envelope.code) if envelope else "—",
        str(have.get(Kind.NOTEBOOK, 0)),
        str(have.get(Kind.BRAILLE_SHEET, 0)),
        pages(uow, d.booklet),
        str(have.get(Kind.STANDARD_SHEET, 0)),
        w.state(d.booklet),
    ]


def _signed(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """«Копия верна», signature by signature, or the recorded absence with its reason."""
    return [
        [
            w.seat(d.booklet),
            slot,
            who or "—",
            at,
            place.given.content_sha256[:12] if place.given else "",
        ]
        for place, (slot, who, at) in zip(d.signatures, signed(uow, d), strict=True)
    ]
