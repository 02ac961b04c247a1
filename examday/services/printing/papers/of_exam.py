"""Documents of one exam."""

from examday.domain.messages import N_
from examday.services.printing.papers import custody_journal, day_papers
from examday.services.printing.papers.commission.act import act
from examday.services.printing.papers.commission.progress import progress
from examday.services.printing.papers.day_summary import day_summary
from examday.services.printing.papers.document import Document

OF_EXAM: dict[str, Document] = {
    "custody-journal": Document(N_("Custody journal"), custody_journal.custody_journal),
    "observers": Document(N_("List of observers and witnesses"), day_papers.observers),
    "readiness": Document(N_("Readiness protocol"), day_papers.readiness),
    "day-summary": Document(N_("Summary of the day"), day_summary),
    "commission-progress": Document(
        N_("Progress report of the commission of tiflo-translators"), progress
    ),
    "commission-act": Document(N_("Hand-over act of originals and transcripts"), act),
}
"""The keys are stored in the ledger («print:readiness»), so they never change."""
OF_COMMISSION = ("commission-progress", "commission-act")
"""Documents of an exam that the commission of tiflo-translators prints itself: pages of the
headquarters do not offer them."""
