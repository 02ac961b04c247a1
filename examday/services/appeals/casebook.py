"""A case as its pages show it: everything about one appeal, gathered in one read."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from examday.domain.appeals import reprocessing
from examday.domain.appeals.case import CaseState
from examday.domain.appeals.diagnosis import Diagnosis, Layers, Proposal
from examday.domain.appeals.hearing import Required, required
from examday.domain.appeals.reprocessing import Progress, Step
from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.domain.rules.calendar import Deadline, countdown
from examday.domain.rules.ruleset import RuleSet
from examday.services.appeals import cases, decisions, findings, hearings, orders
from examday.services.custody.booklets import require
from examday.services.people import directory
from examday.services.scans.pictures import Place, places
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import (
    Appeal,
    Attendance,
    CaseVote,
    Finding,
    Hearing,
    OrderStep,
    OwnWork,
    Protocol,
    ProtocolSignature,
)


@dataclass(frozen=True)
class Line:
    """One task of the case: four layers, what is proposed, what was found, where it is on both
    papers."""

    field: str
    layers: Layers
    proposal: Proposal
    finding: Finding | None
    original: Place | None
    copy: Place | None

    @property
    def differs(self) -> bool:
        """Does this task need the commission's eyes?"""
        return self.proposal.diagnosis is not Diagnosis.NO_DIFFERENCE or self.finding is not None


@dataclass(frozen=True)
class Due:
    """What a case has to come to next, and until when."""

    what: str
    until: Deadline


@dataclass(frozen=True)
class CaseFile:
    """One appeal with everything that belongs to it."""

    appeal: Appeal
    rules: RuleSet
    term: Deadline
    due: Due | None
    lines: list[Line]
    hearing: Hearing | None
    attendance: list[Attendance]
    own_work: OwnWork | None
    votes: list[CaseVote]
    protocol: Protocol | None
    signatures: list[ProtocolSignature]
    must_sign: dict[str, str]
    steps: dict[Step, OrderStep]
    progress: Progress
    called: tuple[Required, ...]
    names: dict[str, str]

    @property
    def open(self) -> bool:
        """Is there still something to do?"""
        return self.appeal.state not in (CaseState.CLOSED, CaseState.WITHDRAWN)


def open_case(uow: UnitOfWork, appeal_id: str) -> CaseFile:
    """The whole case by id; NotFound when there is none."""
    require(uow, "appeal.see")
    appeal = uow.get(Appeal, appeal_id)
    meeting = cases.latest_hearing(uow, appeal)
    protocol = decisions.protocol_of(uow, appeal)
    steps = orders.steps(uow, appeal)
    own = (
        uow.session.scalars(select(OwnWork).where(OwnWork.hearing_id == meeting.id)).first()
        if meeting
        else None
    )
    return CaseFile(
        appeal,
        cases.rules_of(appeal),
        cases.term(uow, appeal),
        due(uow, appeal),
        lines(uow, appeal),
        meeting,
        hearings.attendance(uow, meeting) if meeting else [],
        own,
        hearings.votes(uow, meeting) if meeting else [],
        protocol,
        decisions.signatures(uow, protocol) if protocol else [],
        decisions.must_sign(uow, appeal),
        steps,
        reprocessing.progress(
            {step: row.state for step, row in steps.items()}
            if steps
            else dict.fromkeys(Step, reprocessing.DONE)
        ),
        required(cases.rules_of(appeal), appeal.booklet.seat.candidate.needs),
        directory.names(uow),
    )


def lines(uow: UnitOfWork, appeal: Appeal) -> list[Line]:
    """All tasks in the order of the sheet. Places of the copy are those of the disputed version
    where it is scanned."""
    layers, proposed = findings.layers_of(uow, appeal), findings.proposals(uow, appeal)
    found = findings.findings(uow, appeal)
    original, copy = _places(uow, appeal, "original"), _places(uow, appeal, "copy")
    return [
        Line(field, one, proposed[field], found.get(field), original.get(field), copy.get(field))
        for field, one in layers.items()
    ]


def _places(uow: UnitOfWork, appeal: Appeal, role: str) -> dict[str, Place]:
    try:
        return places(uow, appeal.booklet, role, version=appeal.version)
    except DomainError:
        return {}  # a case can be heard without pictures; the page says that they are missing


def due(uow: UnitOfWork, appeal: Appeal) -> Due | None:
    """The term that runs now: consideration until the commission decides, then the next step of
    the order. None when none runs: a decision made in time is not late because the work is still
    being processed again."""
    if appeal.state in (CaseState.REGISTERED, CaseState.SCHEDULED, CaseState.HEARING):
        return Due(N_("consider the appeal"), cases.term(uow, appeal))
    steps = orders.steps(uow, appeal)
    following = reprocessing.progress({step: row.state for step, row in steps.items()}).next
    if appeal.state != CaseState.REPROCESSING or following is None:
        return None
    today = uow.today()
    return Due(
        reprocessing.STEP_NAMES[following],
        countdown(cases.calendar_of(uow), today, steps[following].due, today),
    )


def all_cases(uow: UnitOfWork) -> list[tuple[Appeal, Due | None]]:
    """Every case with what is due in it: open ones first, the most urgent on top."""
    require(uow, "appeal.see")
    rows = [(appeal, due(uow, appeal)) for appeal in uow.session.scalars(select(Appeal))]
    return sorted(
        rows,
        key=lambda row: (
            row[0].closed_at is not None,
            row[1].until.last_day if row[1] else date.max,
            row[0].number,
        ),
    )
