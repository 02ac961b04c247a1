"""What is still open at the end of a day, as the page that closes the day lists it."""

from collections.abc import Iterator

from examday.domain.custody.lifecycle import STATE_NAMES, State
from examday.domain.custody.paper_codes import spaced
from examday.domain.messages import N_
from examday.services.board.closing import DayEnd
from examday.services.packing import packets
from examday.services.printing.words import ru, ru_params
from examday.storage.tables import Booklet, Item

NOBODY = "—"
"""An empty place would look as if it had been forgotten."""


def open_of(end: DayEnd) -> list[list[str]]:
    """List what is open: what, seat or code, who holds it, what it waits for."""
    return [
        *(_work(booklet, end) for booklet in end.works),
        *(_packet(packet, end) for packet in (*end.packets, *end.empty)),
        *_elsewhere(end),
    ]


def no_remarks(end: DayEnd) -> str:
    """Say that nothing happened on the way; «no remarks» only where nothing is open either."""
    if end.open:
        return ru(N_("Nothing was miscounted, returned or opened again."))
    return ru(N_("No remarks: nothing was miscounted, returned or opened again."))


def _work(booklet: Booklet, end: DayEnd) -> list[str]:
    return [
        ru(N_("Work: %(state)s"), state=ru(STATE_NAMES[State(booklet.state)])),
        f"{booklet.seat.room.number}-{booklet.seat.place}",
        end.names.get(booklet.holder_id or "", NOBODY),
        ru(end.waits[booklet.id]),
    ]


def _packet(packet: Item, end: DayEnd) -> list[str]:
    empty = packet in end.empty
    state = N_("packet closed") if packet.state == packets.SEALED else N_("packet open")
    return [
        ru(state),
        spaced(packet.code),
        end.names.get(packet.holder_id or "", NOBODY),
        ru(N_("empty")) if empty else ru(N_("to be handed over")),
    ]


def _elsewhere(end: DayEnd) -> Iterator[list[str]]:
    """What lies in no work and no packet."""
    for seat in end.away:
        left = ru(N_("Left the room, and nobody recorded that they came back"))
        yield [left, f"{seat.room.number}-{seat.place}", NOBODY, NOBODY]
    if end.scans:
        yield [ru(N_("Scans that wait for a decision: %(n)s"), n=end.scans), "", NOBODY, NOBODY]
    for alarm in end.undone:
        yield [ru(alarm.message, **ru_params(alarm.params)), "", NOBODY, ru(alarm.advice)]
