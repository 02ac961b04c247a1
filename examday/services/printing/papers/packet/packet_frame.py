"""What the print-outs of a packet share: title and facts."""

from examday.domain.custody.paper_codes import spaced
from examday.domain.messages import N_
from examday.services.printing.papers.frames import frame
from examday.services.printing.things import purpose
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Exam, Item


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
