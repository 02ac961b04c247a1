"""Documents of one work."""

from examday.domain.messages import N_
from examday.services.printing.papers import scan_cover
from examday.services.printing.papers.document import Document
from examday.services.printing.papers.work.copying_sheet import copying_sheet
from examday.services.printing.papers.work.cover import cover
from examday.services.printing.papers.work.transfer_act import transfer_act
from examday.services.printing.papers.work.true_copy import true_copy

OF_WORK: dict[str, Document] = {
    "transfer-act": Document(N_("Transfer act"), transfer_act),
    "copying-sheet": Document(N_("Copying sheet"), copying_sheet),
    "true-copy": Document(N_("«Копия верна»: sign-off sheet"), true_copy),
    "cover": Document(N_("Cover sheet: original and copy"), cover),
    "scan-cover": Document(scan_cover.TITLE, scan_cover.of_work),
}
"""In the order in which a work needs them. The keys are stored in the ledger («print:cover»), so
they never change."""
