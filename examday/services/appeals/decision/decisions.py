"""The decision of a case: every doubtful task found, all votes in, reasons given."""

from examday.domain.appeals.case import Kind
from examday.domain.appeals.diagnosis import IN_FAVOUR
from examday.domain.appeals.hearing import by_casting_vote, check_against_findings, count_votes
from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.services.appeals.cases import move_case
from examday.services.appeals.decision import protocol_record
from examday.services.appeals.decision.findings import defects, findings, undecided
from examday.services.appeals.decision.procedure_check import check_of, need_check
from examday.services.appeals.hearing.own_work import check_came
from examday.services.appeals.hearing.sitting import check_quorum, sitting_of
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, Protocol


def decide(
    uow: UnitOfWork,
    appeal_id: str,
    reasons: str,
    against: str = "",
) -> Protocol:
    """Close the hearing with its decision and write the protocol to be signed.

    Conflict while a task waits for its finding or a member for their vote, without a quorum, or
    when the vote goes against the findings without saying why (`against`); Invalid without reasons.
    """
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    sitting = sitting_of(uow, appeal)
    _meeting, own = sitting.heard()
    check_came(uow, appeal, own.answer)
    _check_decided(uow, appeal)
    # The protocol states decision and reasons (domain.md 10.2, step 7).
    if not reasons.strip():
        raise Invalid(
            N_("A decision needs its reasons."), code="reasons", advice=N_("Enter the reasons.")
        )
    check_quorum(uow, appeal, sitting)
    counted = sitting.counted()
    outcome = count_votes(counted)
    otherwise = check_against_findings(outcome, _supported(uow, appeal), against)
    appeal.outcome = outcome
    appeal.defect = bool(defects(uow, appeal))
    said = protocol_record.Said(
        reasons.strip(), against.strip() if otherwise else "", by_casting_vote(counted)
    )
    protocol = protocol_record.write(uow, appeal, sitting, said)
    move_case(
        uow,
        appeal,
        "decide",
        outcome=outcome,
        defect=appeal.defect,
        protocol=protocol.sha256,
    )
    return protocol


def _supported(uow: UnitOfWork, appeal: Appeal) -> bool:
    """Tell whether something was found in the appellant's favour."""
    if appeal.kind == Kind.PROCEDURE:
        check = check_of(uow, appeal)
        return check is not None and check.facts["confirmed"] == "yes"
    return any(row.decided in IN_FAVOUR for row in findings(uow, appeal).values())


def _check_decided(uow: UnitOfWork, appeal: Appeal) -> None:
    """Conflict while a task of a score appeal waits for its finding, or the check is missing."""
    # Its check is asked for and no findings: an appeal on procedure is about the exam day and
    # disputes no answers.
    if appeal.kind == Kind.PROCEDURE:
        need_check(uow, appeal)
        return
    open_tasks = undecided(uow, appeal)
    if open_tasks:
        raise Conflict(
            N_("Tasks without a finding: %(fields)s."),
            code="undecided",
            advice=N_("Confirm or override the proposed diagnosis of each."),
            params={"fields": ", ".join(open_tasks)},
        )
