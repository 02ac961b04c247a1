"""Documents of one packet."""

from examday.domain.messages import N_
from examday.services.printing.papers.document import Document
from examday.services.printing.papers.packet.handover_act import handover_act
from examday.services.printing.papers.packet.packet_contents import packet_contents

OF_PACKET: dict[str, Document] = {
    "packet-contents": Document(N_("Contents of a packet"), packet_contents),
    "handover-act": Document(N_("Hand-over act"), handover_act),
}
"""The keys are stored in the ledger («print:handover-act»), so they never change."""
