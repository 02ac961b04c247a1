"""The record of the protocol 2-АП with its annexes: the plain values that are signed.

How it looks on paper stands in `papers/protocol_paper.py`.
"""

from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.case import Kind
from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Capacity
from examday.domain.appeals.notes import NoteKind
from examday.domain.ledger import digest
from examday.domain.transfer.fields import sheet_order
from examday.services.appeals.cases import rules_of
from examday.services.appeals.decision.findings import findings
from examday.services.appeals.decision.procedure_check import check_of
from examday.services.appeals.hearing.appointments import held_at
from examday.services.appeals.hearing.attendance import Present
from examday.services.appeals.hearing.sitting import Sitting
from examday.services.appeals.notes import notes_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import (
    Appeal,
    Finding,
    Protocol,
)

Content = dict[str, object]
"""What is signed, as plain JSON values; once written, its words never change."""

ORAL = frozenset({"29", "30", "31", "33", "34"})
"""Subjects of the part «Говорение»: their marks stand in annex 2-АП-3."""


@dataclass(frozen=True)
class Said:
    """What the decision says beside the votes."""

    reasons: str
    against: str = ""
    """Why it goes against the findings; empty when it follows them."""
    casting: bool = False
    """The votes were equal, and the chair's vote decided."""


def write(uow: UnitOfWork, appeal: Appeal, sitting: Sitting, said: Said) -> Protocol:
    """Write the protocol of a decided case; its digest is what the members sign."""
    content = _content(uow, appeal, sitting, said)
    return uow.add(
        Protocol(
            appeal_id=appeal.id,
            content=content,
            sha256=digest(content),
            person_id=uow.actor.person_id,
            at=uow.now(),
        )
    )


def _content(uow: UnitOfWork, appeal: Appeal, sitting: Sitting, said: Said) -> Content:
    """Return the fields of 2-АП and of the annexes -1 (recognition, transfer), -2 and -3 (marks)."""
    rows = sorted(findings(uow, appeal).values(), key=lambda row: sheet_order(row.field))
    return {
        **_about(appeal),
        **_sat(uow, appeal, sitting),
        "outcome": appeal.outcome,
        "reasons": said.reasons,
        "against_findings": said.against,
        "casting_vote": said.casting,
        "check": _check(uow, appeal),
        "corrections": _corrections(uow, appeal),
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


def _check(uow: UnitOfWork, appeal: Appeal) -> Content:
    """Return the exam board's check of a procedural appeal; empty for one on the score."""
    found = check_of(uow, appeal) if appeal.kind == Kind.PROCEDURE else None
    return dict(found.facts) if found else {}


def _corrections(uow: UnitOfWork, appeal: Appeal) -> list[Content]:
    """Return what was corrected at the hearing: the wrong entry stays beside the right one."""
    return [
        {
            "what": row.about.partition(":")[0],
            "about": row.about.partition(":")[2],
            "before": row.facts["before"],
            "after": row.facts["after"],
            "reason": row.reason,
        }
        for row in notes_of(uow, appeal, NoteKind.CORRECTION)
    ]


def _sat(uow: UnitOfWork, appeal: Appeal, sitting: Sitting) -> Content:
    """Return the hearing: when and where, who came, what the appellant said, the votes."""
    meeting, own = sitting.heard()
    present = sitting.attendance
    return {
        "considered": held_at(uow, appeal, meeting).isoformat(),
        "appointed": meeting.at.isoformat(),
        "late_hearing": sitting.late,
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


def _came(present: list[Present], capacity: Capacity) -> bool:
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
