"""The protocol 2-АП with its annexes as plain values: what is signed."""

from sqlalchemy import select

from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Capacity
from examday.domain.ledger import digest
from examday.domain.transfer.fields import sheet_order
from examday.services.appeals.cases import rules_of
from examday.services.appeals.decision.findings import findings
from examday.services.appeals.hearing.sitting import Sitting
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import (
    Appeal,
    Attendance,
    Finding,
    Protocol,
)

Content = dict[str, object]
"""What is signed, as plain JSON values; once written, its words never change."""

ORAL = frozenset({"29", "30", "31", "33", "34"})
"""Subjects of the part «Говорение»: their marks stand in annex 2-АП-3."""


def write(uow: UnitOfWork, appeal: Appeal, sitting: Sitting, reasons: str) -> Protocol:
    """Write the protocol of a decided case; its digest is what the members sign."""
    content = _content(uow, appeal, sitting, reasons)
    return uow.add(
        Protocol(
            appeal_id=appeal.id,
            content=content,
            sha256=digest(content),
            person_id=uow.actor.person_id,
            at=uow.now(),
        )
    )


def _content(uow: UnitOfWork, appeal: Appeal, sitting: Sitting, reasons: str) -> Content:
    """Return the fields of 2-АП and of the annexes -1 (recognition, transfer), -2 and -3 (marks)."""
    rows = sorted(findings(uow, appeal).values(), key=lambda row: sheet_order(row.field))
    return {
        **_about(appeal),
        **_sat(sitting),
        "outcome": appeal.outcome,
        "reasons": reasons,
        **_annexes(rows, oral=appeal.exam.subject in ORAL),
    }


def _about(appeal: Appeal) -> Content:
    """Return what was disputed: the appeal, the exam, the work, the words of the rule set."""
    rules = rules_of(appeal)
    exam = appeal.exam
    return {
        "number": appeal.number,
        "kind": appeal.kind,
        # The words of that year are written down: the commission and the defect have changed their
        # names since (domain.md 11, R31 and R32).
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


def _sat(sitting: Sitting) -> Content:
    """Return the hearing: when and where, who came, what the appellant said, the votes."""
    meeting, own = sitting.heard()
    present = sitting.attendance
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
            for row in sitting.votes
        ],
    }


def _annexes(rows: list[Finding], oral: bool) -> Content:
    """Return what was found, task by task, on the annex where it belongs."""
    # A transfer error in a short answer is documented in 2-АП-1, as a recognition error is
    # (domain.md 10.1).
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
    """Return changed expert marks: of long answers (2-АП-2) or of oral answers (2-АП-3)."""
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
    """Tell whether somebody was present in this capacity."""
    return any(row.capacity == capacity for row in present)


def _annex_row(row: Finding) -> Content:
    """Return a row of annex 1: what stood, and what it becomes."""

    def text(side: str) -> str:
        return str((row.layers.get(side) or {}).get("text", ""))

    # A transfer defect is corrected from the copy to the original, a recognition error from the
    # recognised text to the copy.
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
    """Return the protocol of the case; None before the decision."""
    return uow.session.scalars(select(Protocol).where(Protocol.appeal_id == appeal.id)).first()
