"""Steps of a training work at the end of the day: packed and handed over."""

from examday.services.custody import papers
from examday.services.packing import contents, handing_over, packets, sealing, works
from examday.services.training.player import WorkInPlay


class PackingSteps(WorkInPlay):
    """What organiser and head do with the packets."""

    def pack(self) -> None:
        """Standard forms and originals go into packets of their own."""
        with self.as_person(self.lead) as uow:
            booklet = self.row(uow)
            ids = []
            for purpose in self.purposes:
                packet = packets.packet_for(uow, booklet.exam_id, purpose) or packets.open_packet(
                    uow, booklet.exam_id, purpose, booklet.seat.room_id
                )
                uow.session.flush()
                ids.append(packet.id)
            # A second transfer has no new evidence: both are then the same packet.
            works.pack(uow, self.id, ids[0], ids[-1], papers.expected(uow, booklet))

    def hand_over(self) -> None:
        """The head hands both packets to the exam-board member, who confirms with the own PIN."""
        receiver = self.actor("gek").person_id
        for purpose in self.purposes:
            with self.as_person("head") as uow:
                packet = packets.packet_for(uow, self.row(uow).exam_id, purpose)
                if packet is None:
                    continue
                sealing.seal(uow, packet.id, contents.contents(uow, packet))
            with self.as_person("head") as uow:
                handing_over.hand_over(
                    uow, packet.id, receiver, self.pin, contents.contents(uow, packet)
                )
