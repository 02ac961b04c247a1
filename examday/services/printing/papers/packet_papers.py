"""What the print-outs of a packet show: its contents, and the hand-over act."""

from examday.domain.custody.counts import PURPOSE_NAMES, Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.paper_codes import spaced
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.custody import journal, papers
from examday.services.packing import contents
from examday.services.people import directory
from examday.services.printing import words as w
from examday.services.printing.papers.frames import by_hand, frame
from examday.services.printing.words import ru
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Handover, Item


def packet_contents(uow: UnitOfWork, packet_id: str, names: bool) -> dict[str, object]:
    """Опись пакета."""
    packet = uow.get(Item, packet_id)
    inside = papers.inside(uow, packet.id)
    rows = [
        [w.code_of(i), w.thing(i), w.seat(uow.get(Booklet, i.booklet_id)) if i.booklet_id else ""]
        for i in inside
    ]
    found = contents.contents(uow, packet)
    return _packet_frame(uow, packet, N_("Contents of a packet")) | {
        "counts": [[w.kind(kind), str(number)] for kind, number in found.items()],
        "rows": rows,
        "signers": by_hand(Role.LEAD_ORGANISER, Role.EXAM_BOARD_MEMBER),
    }


def handover_act(uow: UnitOfWork, packet_id: str, names: bool) -> dict[str, object]:
    """Акт приёма-передачи: filled in after the hand-over, with empty counts before it."""
    packet, people = uow.get(Item, packet_id), directory.names(uow)
    line = _hand_over_of(uow, packet)
    giver, receiver = (line.from_id, line.to_id) if line else (None, None)
    return _packet_frame(
        uow,
        packet,
        N_("Hand-over act"),
        (N_("Handed over at"), w.moment(uow, line.at) if line else ""),
    ) | {
        "counts": _counts_at_hand_over(uow, packet, line),
        "note": line.note if line else "",
        "works": _works(uow, packet),
        "signers": [
            [ru(N_("Handed over by")), people.get(giver or "", "")],
            [ru(N_("Received by")), people.get(receiver or "", "")],
        ],
    }


def _hand_over_of(uow: UnitOfWork, packet: Item) -> Handover | None:
    """The journal's line of the last time that the packet was handed over."""
    lines = journal.of_packet(uow, packet.id)
    return next((line for line in lines if line.kind == "packet"), None)


def _works(uow: UnitOfWork, packet: Item) -> list[list[str]]:
    """The works in the packet, seat by seat."""
    keys = {i.booklet_id for i in papers.inside(uow, packet.id) if i.booklet_id}
    works = sorted((uow.get(Booklet, key) for key in keys), key=w.seat)
    return [
        [
            w.seat(b),
            w.form_code(b),
            w.medium(b),
            w.state(b),
        ]
        for b in works
    ]


def _counts_at_hand_over(uow: UnitOfWork, packet: Item, line: Handover | None) -> list[list[str]]:
    """Kind, expected, counted; nothing is counted before the hand-over."""
    wanted = line.expected if line else papers.as_data(contents.contents(uow, packet))
    counted = line.counted if line else {}
    return [
        [w.kind(Kind(kind)), str(number), str(counted.get(kind, ""))]
        for kind, number in wanted.items()
    ]


def _packet_frame(
    uow: UnitOfWork, packet: Item, title: str, *facts: tuple[str, str]
) -> dict[str, object]:
    return frame(
        uow,
        uow.get(Exam, packet.exam_id),
        title,
        (N_("Packet"), spaced(packet.code)),
        (N_("Purpose"), ru(PURPOSE_NAMES[Purpose(packet.sheet)])),
        *facts,
    )
