"""The contents of a packet (опись)."""

from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.custody import papers
from examday.services.packing import contents
from examday.services.printing.papers.frames import by_hand
from examday.services.printing.papers.packet.packet_frame import packet_frame
from examday.services.printing.things import code_of, kind, thing
from examday.services.printing.works import seat
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item


def packet_contents(uow: UnitOfWork, packet_id: str, names: bool) -> dict[str, object]:
    """Опись пакета."""
    packet = uow.get(Item, packet_id)
    inside = papers.inside(uow, packet.id)
    rows = [
        [code_of(i), thing(i), seat(uow.get(Booklet, i.booklet_id)) if i.booklet_id else ""]
        for i in inside
    ]
    found = contents.contents(uow, packet)
    return packet_frame(uow, packet, N_("Contents of a packet")) | {
        "counts": [[kind(name), str(number)] for name, number in found.items()],
        "rows": rows,
        "signers": by_hand(Role.LEAD_ORGANISER, Role.EXAM_BOARD_MEMBER),
    }
