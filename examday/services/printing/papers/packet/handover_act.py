"""The hand-over act of a packet."""

from examday.domain.custody.kit import Kind
from examday.domain.messages import N_
from examday.services.custody import journal, papers
from examday.services.custody.booklets import walk_order
from examday.services.packing import commission_packages, contents
from examday.services.people import directory
from examday.services.printing.papers.packet.packet_frame import packet_frame
from examday.services.printing.things import kind
from examday.services.printing.words import moment, ru
from examday.services.printing.works import form_code, medium, seat
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Handover, Item


def handover_act(uow: UnitOfWork, packet_id: str, names: bool) -> dict[str, object]:
    """Акт приёма-передачи: filled in after the hand-over, with empty counts before it."""
    packet, people = uow.get(Item, packet_id), directory.names(uow)
    line = _hand_over_of(uow, packet)
    giver, receiver = (line.from_id, line.to_id) if line else (None, None)
    return packet_frame(
        uow,
        packet,
        N_("Hand-over act"),
        (N_("Handed over at"), moment(uow, line.at) if line else ""),
    ) | {
        "counts": _counts_at_hand_over(uow, packet, line),
        "note": line.note if line else "",
        "works": _works(uow, packet),
        "signers": [
            [ru(N_("Handed over by")), people.get(giver or "", "")],
            [ru(N_("Received by")), people.get(receiver or "", "")],
        ],
    }


def _works(uow: UnitOfWork, packet: Item) -> list[list[str]]:
    """List the works by room and place: seat, form number, medium.

    As they were given: what the commission has taken out since, too. Their step is left out, for it
    goes on after both have signed.
    """
    keys = commission_packages.works_given(uow, packet.id)
    works = sorted((uow.get(Booklet, key) for key in keys), key=walk_order)
    return [[seat(b), form_code(b), medium(b)] for b in works]


def _hand_over_of(uow: UnitOfWork, packet: Item) -> Handover | None:
    """Find the journal's entry of the last time the packet was handed over; None before that."""
    lines = journal.of_packet(uow, packet.id)
    return next((line for line in lines if line.kind == "packet"), None)


def _counts_at_hand_over(uow: UnitOfWork, packet: Item, line: Handover | None) -> list[list[str]]:
    """List kind, expected and counted number; nothing is counted before the hand-over."""
    # After the hand-over the journal's count: the packet may have been opened since.
    wanted = line.expected if line else papers.as_data(contents.contents(uow, packet))
    counted = line.counted if line else {}
    return [
        [kind(Kind(name)), str(number), str(counted.get(name, ""))]
        for name, number in wanted.items()
    ]
