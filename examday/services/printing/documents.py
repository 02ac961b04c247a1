"""Which documents there are, of what, and who builds the data of each."""

from collections.abc import Callable

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.services.printing.papers import (
    booklet_papers,
    commission_act,
    commission_progress,
    day_papers,
    day_summary,
    label_papers,
    packet_papers,
    transfer_papers,
)
from examday.services.unit_of_work import UnitOfWork

Builder = Callable[[UnitOfWork, str, bool], dict[str, object]]


OF_BOOKLET: dict[str, Builder] = {
    "transfer-act": transfer_papers.transfer_act,
    "copying-sheet": transfer_papers.copying_sheet,
    "true-copy": booklet_papers.true_copy,
    "cover": booklet_papers.cover,
}


OF_EXAM: dict[str, Builder] = {
    "custody-journal": day_papers.custody_journal,
    "observers": day_papers.observers,
    "readiness": day_papers.readiness,
    "day-summary": day_summary.day_summary,
    "commission-progress": commission_progress.progress,
    "commission-act": commission_act.act,
}


OF_ITEM: dict[str, Builder] = {
    "packet-contents": packet_papers.packet_contents,
    "handover-act": packet_papers.handover_act,
}


OF_COMMISSION = ("commission-progress", "commission-act")


SUBJECTS = {"booklet": OF_BOOKLET, "exam": OF_EXAM, "item": OF_ITEM}


DOCUMENT_NAMES: dict[str, str] = {
    "transfer-act": N_("Transfer act"),
    "copying-sheet": N_("Copying sheet"),
    "true-copy": N_("«Копия верна»: sign-off sheet"),
    "cover": N_("Cover sheet: original and copy"),
    "custody-journal": N_("Custody journal"),
    "observers": N_("List of observers and witnesses"),
    "readiness": N_("Readiness protocol"),
    "day-summary": N_("Summary of the day"),
    "commission-progress": N_("Progress report of the commission of tiflo-translators"),
    "commission-act": N_("Hand-over act of originals and transcripts"),
    "packet-contents": N_("Contents of a packet"),
    "handover-act": N_("Hand-over act"),
    "labels": N_("Labels"),
}


def build(
    uow: UnitOfWork, document: str, kind: str, key: str, names: bool = False
) -> dict[str, object]:
    """The data of a document."""
    if document == "labels" and kind in SUBJECTS:
        return label_papers.labels(uow, kind, key)
    builder = SUBJECTS.get(kind, {}).get(document)
    if builder is None:
        raise Invalid(N_("There is no such document of this thing."), code="no-document")
    return builder(uow, key, names)
