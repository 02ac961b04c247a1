"""What the print-outs of a packet share: title and facts, the works inside."""

from examday.domain.custody.paper_codes import spaced
from examday.domain.messages import N_
from examday.services.custody import papers
from examday.services.printing.papers.frames import frame
from examday.services.printing.things import purpose
from examday.services.printing.works import form_code, medium, seat, state
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Item


def packet_frame(
    uow: UnitOfWork,
    packet: Item,
    title: str,
    *facts: tuple[str, str],
) -> dict[str, object]:
    """Begin the data of a document about a packet: title, exam, number, purpose, further facts."""
    return frame(
        uow,
        uow.get(Exam, packet.exam_id),
        title,
        (N_("Packet"), spaced(packet.code)),
        (N_("Purpose"), purpose(packet)),
        *facts,
    )


def works_in(uow: UnitOfWork, packet: Item) -> list[list[str]]:
    """List the works in the packet by room and place: seat, form number, medium, state."""
    keys = {i.booklet_id for i in papers.inside(uow, packet.id) if i.booklet_id}
    works = sorted((uow.get(Booklet, key) for key in keys), key=seat)
    return [[seat(b), form_code(b), medium(b), state(b)] for b in works]
