"""Findings: the diagnosis proposed for each task, and what a person found on it."""

from sqlalchemy import select

from examday.domain.appeals import case, diagnosis
from examday.domain.appeals.diagnosis import Category, Diagnosis, Layers, Proposal
from examday.domain.appeals.notes import need_reason
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.appeals.decision.layers import as_plain, layers_of
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, Finding


def proposals(uow: UnitOfWork, appeal: Appeal) -> dict[str, Proposal]:
    """Return what the program proposes for every task of the case."""
    return diagnosis.propose_all(layers_of(uow, appeal))


def findings(uow: UnitOfWork, appeal: Appeal) -> dict[str, Finding]:
    """Return the latest finding on each task."""
    rows = uow.session.scalars(
        select(Finding).where(Finding.appeal_id == appeal.id).order_by(Finding.round)
    )
    return {row.field: row for row in rows}


def earlier(uow: UnitOfWork, appeal: Appeal) -> dict[str, list[Finding]]:
    """Return the findings that were replaced, by task: a wrong one stays visible."""
    rows = uow.session.scalars(
        select(Finding).where(Finding.appeal_id == appeal.id).order_by(Finding.round)
    )
    found: dict[str, list[Finding]] = {}
    for row in rows:
        found.setdefault(row.field, []).append(row)
    return {field: made[:-1] for field, made in found.items() if len(made) > 1}


def find(
    uow: UnitOfWork,
    appeal_id: str,
    field: str,
    decided: Diagnosis,
    *,
    category: str = "",
    cause: str = "",
    reason: str = "",
) -> Finding:
    """Confirm the proposed diagnosis of one task, or override it with a reason.

    Conflict unless the hearing is open; Invalid without a decision, a reason for another diagnosis,
    or the category of a defect.
    """
    require(uow, "appeal.decide")
    appeal = uow.hold(Appeal, appeal_id)
    layers = _disputed(uow, appeal, field)
    proposal = diagnosis.propose_all(layers)[field]
    _check_finding(proposal, decided, category, reason)
    before = findings(uow, appeal).get(field)
    if before is not None and (before.decided, before.category) != (decided, category):
        need_reason(reason)
    row = uow.add(
        Finding(
            appeal_id=appeal.id,
            field=field,
            round=before.round + 1 if before else 1,
            # The layers are kept as they were seen: later readings must not change what was decided
            # on.
            layers=as_plain(layers[field]),
            proposed=proposal.diagnosis,
            certainty=proposal.certainty,
            decided=decided,
            category=category,
            cause=cause.strip(),
            reason=reason.strip(),
            version=appeal.version,
            person_id=uow.actor.person_id,
            at=uow.now(),
        )
    )
    about = {"proposed": proposal.diagnosis, "decided": decided, "category": category}
    uow.record(Event.APPEAL_FIND, f"appeal:{appeal.id}", field=field, **about)
    return row


def _disputed(uow: UnitOfWork, appeal: Appeal, field: str) -> dict[str, Layers]:
    """Return the layers of a case that is being heard; Invalid when the task is not in it."""
    if appeal.state != case.CaseState.HEARING:
        raise Conflict(
            N_("The hearing is not open."), code="not-open", advice=N_("Open the hearing first.")
        )
    layers = layers_of(uow, appeal)
    if field not in layers:
        raise Invalid(
            N_("There is no task «%(field)s» in this work."),
            code="no-field",
            params={"field": field},
        )
    return layers


def _check_finding(
    proposal: Proposal,
    decided: Diagnosis,
    category: str,
    reason: str,
) -> None:
    """Refuse a finding that says too little to be signed."""
    if decided is Diagnosis.UNKNOWN:
        raise Invalid(
            N_("Decide what happened with this task."),
            code="undecided",
            field="decided",
            advice=N_("Look at the crops; if they cannot be read, it is «the candidate's own»."),
        )
    if decided is not proposal.diagnosis and not reason.strip():
        raise Invalid(
            N_("Another diagnosis than the proposed one needs a reason."),
            code="reason",
            field="reason",
            advice=N_("Say in a few words what the crops show."),
        )
    if decided is Diagnosis.TRANSFER_DEFECT and category not in {str(c) for c in Category}:
        raise Invalid(
            N_("A transfer defect needs its category."),
            code="category",
            field="category",
            advice=N_("Choose what went wrong in the transfer."),
        )


def undecided(uow: UnitOfWork, appeal: Appeal) -> list[str]:
    """Return the tasks that still need a person: all but those without a difference."""
    done = findings(uow, appeal)
    return [
        field
        for field, one in proposals(uow, appeal).items()
        if one.diagnosis is not Diagnosis.NO_DIFFERENCE and field not in done
    ]


def defects(uow: UnitOfWork, appeal: Appeal) -> list[Finding]:
    """Return the findings that name a transfer defect, by the last word on each task."""
    latest = findings(uow, appeal).values()
    return [row for row in latest if row.decided == Diagnosis.TRANSFER_DEFECT]
