"""Steps of a training work while its papers change hands: issued, enlarged, collected, packed."""

from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import Medium
from examday.services.custody import kits, papers
from examday.services.custody.room import collecting, enlarging
from examday.services.packing import contents, handing_over, packets, sealing, works
from examday.services.training.player import WorkInPlay
from examday.storage.tables import Booklet


class CustodySteps(WorkInPlay):
    """What organiser, exam-board member and head do."""

    def issue(self) -> None:
        """The organiser hands the planned kit out."""
        with self.as_person(self.lead) as uow:
            kits.issue(uow, self.id)

    def enlarge(self) -> None:
        """Answer form № 1 is enlarged under the eyes of the exam-board member: the sample sheets
        are of this form alone, and every enlarged sheet that is counted has to be scanned.
        """
        witness = self.actor("gek").person_id
        with self.as_person(self.lead) as uow:
            enlarging.enlarge(uow, self.id, witness, ("form_1",))

    def collect(self) -> None:
        """The work is counted into its envelope; a print-out is two pages."""
        with self.as_person(self.lead) as uow:
            if self.medium is Medium.TYPED:
                kits.issue_extra(uow, self.id, Kind.PRINT_OUT, 2)
                uow.session.flush()
            collecting.collect(uow, self.id, papers.countable(papers.of_booklet(uow, self.id)))

    def pack(self) -> None:
        """Standard forms and originals go into packets of their own."""
        with self.as_person(self.lead) as uow:
            booklet = uow.get(Booklet, self.id)
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
                packet = packets.packet_for(uow, uow.get(Booklet, self.id).exam_id, purpose)
                if packet is None:
                    continue
                sealing.seal(uow, packet.id, contents.contents(uow, packet))
            with self.as_person("head") as uow:
                handing_over.hand_over(
                    uow, packet.id, receiver, self.pin, contents.contents(uow, packet)
                )
