"""The decision of a case: every doubtful task found, all votes in, reasons given."""

from examday.domain.appeals.hearing import Outcome
from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.services.appeals.cases import move_case
from examday.services.appeals.decision import protocols
from examday.services.appeals.decision.findings import defects, undecided
from examday.services.appeals.hearing.sitting import sitting_of
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, Protocol


def decide(uow: UnitOfWork, appeal_id: str, reasons: str) -> Protocol:
    """Close the hearing with its decision and write the protocol to be signed.

    Conflict while a task waits for its finding or a member for their vote, or when the vote
    contradicts the findings; Invalid without reasons.
    """
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    sitting = sitting_of(uow, appeal)
    sitting.heard()
    _check_decided(uow, appeal)
    # The protocol states decision and reasons (domain.md 10.2, step 7).
    if not reasons.strip():
        raise Invalid(
            N_("A decision needs its reasons."), code="reasons", advice=N_("Enter the reasons.")
        )
    outcome = sitting.result()
    defect = _defect(uow, appeal, outcome)
    appeal.outcome = outcome
    appeal.defect = defect
    protocol = protocols.write(uow, appeal, sitting, reasons.strip())
    move_case(uow, appeal, "decide", outcome=outcome, defect=defect, protocol=protocol.sha256)
    return protocol


def _check_decided(uow: UnitOfWork, appeal: Appeal) -> None:
    """Conflict while a task of a score appeal waits for its finding."""
    # An appeal on procedure is about the exam day and disputes no answers.
    open_tasks = undecided(uow, appeal) if appeal.kind == "score" else []
    if open_tasks:
        raise Conflict(
            N_("Tasks without a finding: %(fields)s."),
            code="undecided",
            advice=N_("Confirm or override the proposed diagnosis of each."),
            params={"fields": ", ".join(open_tasks)},
        )


def _defect(uow: UnitOfWork, appeal: Appeal, outcome: Outcome) -> bool:
    """Tell whether a transfer defect was found.

    Conflict when the vote rejects the appeal all the same.
    """
    defect = bool(defects(uow, appeal))
    if defect and outcome is Outcome.REJECT:
        raise Conflict(
            N_("The findings name a transfer defect, but the vote rejects the appeal."),
            code="contradiction",
            advice=N_(
                "A transfer defect found counts for the candidate: correct "
                "the finding with its reason, or hear the case again."
            ),
        )
    return defect
