"""The tasks of a case as its pages show them: readings, proposal, finding, places on both papers."""

from dataclasses import dataclass

from examday.domain.appeals.diagnosis import Diagnosis, Layers, Proposal
from examday.domain.errors import DomainError
from examday.services.appeals.decision import findings
from examday.services.appeals.decision.layers import layers_of
from examday.services.scans.pictures import Place, places
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, Finding


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


def lines(uow: UnitOfWork, appeal: Appeal) -> list[Line]:
    """All tasks in the order of the sheet. Places of the copy are those of the disputed version
    where it is scanned."""
    layers, proposed = layers_of(uow, appeal), findings.proposals(uow, appeal)
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


def verdict(lines: list[Line]) -> dict[str, list[str]]:
    """Diagnosis → fields, as decided where a person has decided, else as proposed."""
    grouped: dict[str, list[str]] = {}
    for line in lines:
        said = line.finding.decided if line.finding else line.proposal.diagnosis
        if said != Diagnosis.NO_DIFFERENCE:
            grouped.setdefault(str(said), []).append(line.field)
    return grouped
