"""A whole room into its packets in one step: each work counted, the odd ones left out."""

from collections.abc import Mapping, Sequence

from examday.domain.custody.counts import Counted, Counts, Purpose, agree
from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.services.custody import papers
from examday.services.custody.booklets import require
from examday.services.packing import works
from examday.services.packing.packets import NEW, has_evidence, open_packet
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def pack(
    uow: UnitOfWork,
    counted: Mapping[str, Counts],
    standard: str,
    evidence: str,
) -> Counted:
    """Pack every work whose count agrees with the journal; by how much others differ is not said.

    `counted`: booklet id → what was counted. `standard`, `evidence`: ids of open packets, or NEW.
    Invalid when no work was chosen, Conflict when they are of two exams; a refusal of one work
    leaves all as they were.
    """
    require(uow, "pack")
    if not counted:
        raise Invalid(N_("Choose at least one work."), code="none-chosen", field="work")
    chosen = uow.hold_all(Booklet, counted)
    if len({booklet.exam_id for booklet in chosen}) > 1:
        raise Conflict(
            N_("A packet holds the works of one exam: pack each exam by itself."),
            code="two-exams",
            advice=N_("Nothing was packed. Choose works of one exam only."),
        )
    # A wrong number is counted anew, alone and with a remark, where the alarm belongs (R28).
    differing = [b for b in chosen if not _agrees(uow, b, counted[b.id])]
    fitting = [b for b in chosen if b not in differing]
    into = _packets(uow, fitting, standard, evidence)
    for booklet in fitting:
        works.pack(uow, booklet.id, *into, counted[booklet.id])
    return Counted(len(fitting), tuple(b.seat.place for b in differing))


def _agrees(uow: UnitOfWork, booklet: Booklet, counted: Counts) -> bool:
    return agree(works.to_count(uow, booklet, papers.here(uow, booklet.id)), counted)


def _packets(
    uow: UnitOfWork,
    fitting: Sequence[Booklet],
    standard: str,
    evidence: str,
) -> tuple[str, str]:
    """Return the two packets; a new one is begun only when something will lie in it."""
    if not fitting:
        return "", ""
    exam_id = fitting[0].exam_id
    if standard == NEW:
        standard = open_packet(uow, exam_id, Purpose.STANDARD).id
    if evidence == NEW:
        needed = any(has_evidence(papers.here(uow, booklet.id)) for booklet in fitting)
        evidence = open_packet(uow, exam_id, Purpose.EVIDENCE).id if needed else ""
    return standard, evidence
