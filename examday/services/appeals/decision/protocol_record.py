"""The record of the protocol 2-АП with its annexes: the plain values that are signed.

How it looks on paper stands in `papers/protocol_paper.py`.
"""

from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.case import Kind
from examday.domain.ledger import digest
from examday.domain.transfer.fields import sheet_order
from examday.services.appeals.cases import rules_of
from examday.services.appeals.decision.annexes import annexes
from examday.services.appeals.decision.findings import findings
from examday.services.appeals.decision.procedure_check import check_of
from examday.services.appeals.hearing.hearing_facts import corrections_made, hearing_facts
from examday.services.appeals.hearing.sitting import Sitting
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import (
    Appeal,
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
    """Why it goes against the findings: the appellant must be able to see the reason. Empty when it
    follows them."""
    casting: bool = False
    """The votes were equal, and the chair's vote decided: the protocol has to say so."""


def write(
    uow: UnitOfWork,
    appeal: Appeal,
    sitting: Sitting,
    said: Said,
) -> Protocol:
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


def _content(
    uow: UnitOfWork,
    appeal: Appeal,
    sitting: Sitting,
    said: Said,
) -> Content:
    """Return the fields of 2-АП and of the annexes -1 (recognition, transfer), -2 and -3 (marks)."""
    rows = sorted(findings(uow, appeal).values(), key=lambda row: sheet_order(row.field))
    return {
        **_about(appeal),
        **hearing_facts(uow, appeal, sitting),
        "outcome": appeal.outcome,
        "reasons": said.reasons,
        "against_findings": said.against,
        "casting_vote": said.casting,
        "check": _check(uow, appeal),
        "corrections": corrections_made(uow, appeal),
        **annexes(rows, oral=appeal.exam.subject in ORAL),
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


def protocol_of(uow: UnitOfWork, appeal: Appeal) -> Protocol | None:
    """Return the protocol of the case; None before the decision."""
    return uow.session.scalars(select(Protocol).where(Protocol.appeal_id == appeal.id)).first()
