"""Decision, protocol 2-АП with its annexes, members' signatures."""

from collections.abc import Collection

from sqlalchemy import select

from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import VOTING, Capacity, Outcome
from examday.domain.errors import Conflict, Forbidden, Invalid, Stale
from examday.domain.events import Event
from examday.domain.ledger import digest
from examday.domain.messages import N_
from examday.domain.transfer.fields import sheet_order
from examday.services.appeals import hearings
from examday.services.appeals.cases import latest_hearing, move_case, rules_of
from examday.services.appeals.findings import findings, undecided
from examday.services.custody.booklets import require
from examday.services.people.log_in import check_secret
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import (
    Appeal,
    Attendance,
    Finding,
    Hearing,
    OwnWork,
    Protocol,
    ProtocolSignature,
)

Content = dict[str, object]
"""What is signed, as plain JSON values; once written, its words never change."""
ORAL = frozenset({"29", "30", "31", "33", "34"})
"""Subjects of the part «Говорение»: their marks stand in annex 2-АП-3."""


def decide(uow: UnitOfWork, appeal_id: str, reasons: str) -> Protocol:
    """Close the hearing: every doubtful task found, all votes in, reasons given. Writes the
    protocol to be signed."""
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    meeting = _hearing(uow, appeal)
    _check_decided(uow, appeal)
    if not reasons.strip():
        raise Invalid(
            N_("A decision needs its reasons."), code="reasons", advice=N_("Enter the reasons.")
        )
    outcome = hearings.result(uow, meeting)
    appeal.outcome, appeal.defect = outcome, _defect(uow, appeal, outcome)
    content = protocol_content(uow, appeal, meeting, outcome, reasons.strip())
    row = uow.add(
        Protocol(
            appeal_id=appeal.id,
            content=content,
            sha256=digest(content),
            person_id=uow.actor.person_id,
            at=uow.now(),
        )
    )
    move_case(uow, appeal, "decide", outcome=outcome, defect=appeal.defect, protocol=row.sha256)
    return row


def _check_decided(uow: UnitOfWork, appeal: Appeal) -> None:
    """Conflict while a task of a score appeal waits for its finding."""
    open_tasks = undecided(uow, appeal) if appeal.kind == "score" else []
    if open_tasks:
        raise Conflict(
            N_("Tasks without a finding: %(fields)s."),
            code="undecided",
            advice=N_("Confirm or override the proposed diagnosis of each."),
            params={"fields": ", ".join(open_tasks)},
        )


def _defect(uow: UnitOfWork, appeal: Appeal, outcome: Outcome) -> bool:
    """Was a transfer defect found? Conflict when the vote rejects the appeal all the same."""
    decided = {row.decided for row in findings(uow, appeal).values()}
    defect = Diagnosis.TRANSFER_DEFECT in decided
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


def _hearing(uow: UnitOfWork, appeal: Appeal) -> Hearing:
    meeting = latest_hearing(uow, appeal)
    if meeting is None:
        raise Conflict(
            N_("No hearing is appointed for this case."),
            code="no-hearing",
            advice=N_("Appoint the hearing first."),
        )
    own = uow.session.scalars(select(OwnWork).where(OwnWork.hearing_id == meeting.id)).first()
    if own is None:
        raise Conflict(
            N_("It is not recorded whether the appellant knows the works as his own."),
            code="own-work",
            advice=N_("Record the answer, or that the appellant did not come."),
        )
    return meeting


def protocol_content(
    uow: UnitOfWork, appeal: Appeal, meeting: Hearing, outcome: Outcome, reasons: str
) -> Content:
    """The fields of 2-АП and of the annexes -1 (recognition, transfer), -2 and -3 (expert marks),
    as plain values."""
    rows = sorted(findings(uow, appeal).values(), key=lambda row: sheet_order(row.field))
    return {
        **_about(appeal),
        **_sat(uow, meeting),
        "outcome": outcome,
        "reasons": reasons,
        **_annexes(rows, oral=appeal.exam.subject in ORAL),
    }


def _about(appeal: Appeal) -> Content:
    """What was disputed: the appeal, the exam, the work, the words of the rule set."""
    rules, exam = rules_of(appeal), appeal.exam
    return {
        "number": appeal.number,
        "kind": appeal.kind,
        "body": rules.text("appeal_body"),
        "defect_name": rules.text("transfer_error_name"),
        "rule_set": rules.id,
        "region": exam.region,
        "subject": exam.subject,
        "exam_date": exam.date.isoformat(),
        "site": exam.site_code,
        "room": appeal.booklet.seat.room.number,
        "code": appeal.booklet.code,
        "version": appeal.version,
        "filed": appeal.filed.isoformat(),
        "reached": appeal.reached.isoformat(),
        "late_reason": appeal.facts.get("late_reason", ""),
    }


def _sat(uow: UnitOfWork, meeting: Hearing) -> Content:
    """The hearing: when and where, who came, what the appellant said, how was voted."""
    present = hearings.attendance(uow, meeting)
    own = uow.session.scalars(select(OwnWork).where(OwnWork.hearing_id == meeting.id)).one()
    return {
        "considered": meeting.at.isoformat(),
        "place": meeting.place,
        "form": meeting.form,
        "present": [
            {"capacity": row.capacity, "person": row.person_id or "", "name": row.name}
            for row in present
        ],
        "in_presence_of": {
            "appellant": _came(present, Capacity.APPELLANT),
            "guardian": _came(present, Capacity.GUARDIAN),
        },
        "own_work": {"answer": own.answer, "way": own.way, "note": own.note},
        "votes": [
            {"person": row.person_id, "outcome": row.outcome, "dissent": row.dissent}
            for row in hearings.votes(uow, meeting)
        ],
    }


def _annexes(rows: list[Finding], oral: bool) -> Content:
    """What was found, task by task, on the annex where it belongs."""
    corrected = (Diagnosis.TRANSFER_DEFECT, Diagnosis.RECOGNITION_ERROR)
    kept = (Diagnosis.OWN_ERROR, Diagnosis.NO_DIFFERENCE)
    return {
        "annex_1": [_annex_row(row) for row in rows if row.decided in corrected],
        "annex_2": [] if oral else _marks(rows),
        "annex_3": _marks(rows) if oral else [],
        "other": [
            {"task": row.field, "decided": row.decided, "reason": row.reason}
            for row in rows
            if row.decided in kept
        ],
    }


def _marks(rows: list[Finding]) -> list[Content]:
    """Changed expert marks: of long answers (2-АП-2), of oral answers (2-АП-3)."""
    return [
        {
            "task": row.field,
            "was": row.layers.get("mark_before"),
            "becomes": row.layers.get("mark_after"),
            "reason": row.reason,
        }
        for row in rows
        if row.decided == Diagnosis.MARKING_DISPUTE
    ]


def _came(present: list[Attendance], capacity: Capacity) -> bool:
    return any(row.capacity == capacity for row in present)


def _annex_row(row: Finding) -> Content:
    def text(side: str) -> str:
        return str((row.layers.get(side) or {}).get("text", ""))

    was = text("copy") if row.decided == Diagnosis.TRANSFER_DEFECT else text("recognised")
    becomes = text("original") if row.decided == Diagnosis.TRANSFER_DEFECT else text("copy")
    return {
        "task": row.field,
        "was": was,
        "becomes": becomes,
        "decided": row.decided,
        "category": row.category,
        "cause": row.cause,
        "reason": row.reason,
    }


def protocol_of(uow: UnitOfWork, appeal: Appeal) -> Protocol | None:
    """The protocol of the case, once it is decided."""
    return uow.session.scalars(select(Protocol).where(Protocol.appeal_id == appeal.id)).first()


def signatures(uow: UnitOfWork, protocol: Protocol) -> list[ProtocolSignature]:
    """The signatures given so far."""
    return list(
        uow.session.scalars(
            select(ProtocolSignature)
            .where(ProtocolSignature.protocol_id == protocol.id)
            .order_by(ProtocolSignature.at)
        )
    )


def must_sign(uow: UnitOfWork, appeal: Appeal) -> dict[str, str]:
    """Who must sign: every member that took part, with the capacity of each."""
    meeting = latest_hearing(uow, appeal)
    return (
        {}
        if meeting is None
        else {
            row.person_id: row.capacity
            for row in hearings.attendance(uow, meeting)
            if row.capacity in VOTING and row.person_id
        }
    )


def _to_sign(uow: UnitOfWork, appeal: Appeal, content_sha256: str) -> Protocol:
    """The protocol, when it is the one that was read."""
    protocol = protocol_of(uow, appeal)
    if protocol is None:
        raise Conflict(
            N_("There is no protocol to sign yet."),
            code="no-protocol",
            advice=N_("Decide the case first."),
        )
    if protocol.sha256 != content_sha256:
        raise Stale()
    return protocol


def sign(
    uow: UnitOfWork, appeal_id: str, person_id: str, secret: str, content_sha256: str
) -> ProtocolSignature:
    """One member signs the protocol with their own secret; with the last signature the protocol is
    sealed."""
    _to_sign(
        uow, uow.get(Appeal, appeal_id), content_sha256
    )  # a page that is too old must not cost a try
    person = check_secret(uow, person_id, secret)
    appeal = uow.hold(Appeal, appeal_id)  # only now: checking the secret ended the transaction
    protocol, wanted = _to_sign(uow, appeal, content_sha256), must_sign(uow, appeal)
    _check_signer(uow, protocol, wanted, person.id)
    row = uow.add(
        ProtocolSignature(
            protocol_id=protocol.id,
            person_id=person.id,
            capacity=wanted[person.id],
            content_sha256=protocol.sha256,
            at=uow.now(),
        )
    )
    uow.session.flush()
    uow.record(
        Event.APPEAL_SIGN,
        f"appeal:{appeal.id}",
        person=person.id,
        capacity=row.capacity,
        protocol=protocol.sha256,
    )
    if {one.person_id for one in signatures(uow, protocol)} == set(wanted):
        move_case(uow, appeal, "seal_protocol", protocol=protocol.sha256)
    return row


def _check_signer(
    uow: UnitOfWork, protocol: Protocol, wanted: Collection[str], person_id: str
) -> None:
    """Forbidden for anybody who took no part, Conflict for a second signature."""
    if person_id not in wanted:
        raise Forbidden(
            N_("Only members who took part in the hearing sign its protocol."), code="not-a-member"
        )
    if person_id in {one.person_id for one in signatures(uow, protocol)}:
        raise Conflict(
            N_("This member has signed the protocol already."),
            code="signed",
            advice=N_("Nothing is lost: look who has still to sign."),
        )
