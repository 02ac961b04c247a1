"""The tasks of a case as its pages show them."""

from dataclasses import dataclass

from examday.domain.appeals.diagnosis import Diagnosis, Layers, Proposal
from examday.domain.appeals.notes import Corrected
from examday.domain.errors import DomainError
from examday.services.appeals.decision import findings
from examday.services.appeals.decision.layers import layers_of
from examday.services.appeals.hearing.corrected import corrections
from examday.services.appeals.views.kept_pictures import has_picture
from examday.services.scans.showing.places import Place, places
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page
from examday.storage.tables_appeal import Appeal, CaseNote, Finding


@dataclass(frozen=True)
class CaseTask:
    """One task of the case: its layers, what is proposed, what was found."""

    field: str
    layers: Layers
    proposal: Proposal
    finding: Finding | None
    """None while the commission has stated none: a proposal is no finding."""
    original: Place | None
    """Where it is on the picture; None without a picture or where its place is not known, as a
    wrong crop would be believed."""
    copy: Place | None
    """As `original`, of the version that the case is about: a later copy was not disputed."""
    earlier: tuple[Finding, ...] = ()
    """Findings on this task that were made before and replaced: nothing is taken out of the
    record."""
    corrections: tuple[tuple[str, CaseNote], ...] = ()
    """Readings at the hearing that were corrected: side of the work, and the correction. Both stay
    visible."""

    @property
    def differs(self) -> bool:
        """Tell whether this task needs the commission's eyes."""
        # A finding on an equal task is shown too: somebody had a reason to make it.
        return self.proposal.diagnosis is not Diagnosis.NO_DIFFERENCE or self.finding is not None


def tasks_of(uow: UnitOfWork, appeal: Appeal) -> list[CaseTask]:
    """Return all tasks in the order of the sheet, with places of the disputed version."""
    layers = layers_of(uow, appeal)
    proposed = findings.proposals(uow, appeal)
    found = findings.findings(uow, appeal)
    corrected = _corrected(uow, appeal)
    replaced = findings.earlier(uow, appeal)
    original = _places(uow, appeal, "original")
    copy = _places(uow, appeal, "copy")
    return [
        CaseTask(
            field,
            one,
            proposed[field],
            found.get(field),
            original.get(field),
            copy.get(field),
            tuple(replaced.get(field, ())),
            tuple(corrected.get(field, ())),
        )
        for field, one in layers.items()
    ]


def _corrected(uow: UnitOfWork, appeal: Appeal) -> dict[str, list[tuple[str, CaseNote]]]:
    """Return the corrected readings of the hearing by field."""
    found: dict[str, list[tuple[str, CaseNote]]] = {}
    for key, notes in corrections(uow, appeal, Corrected.READING).items():
        side, _colon, field = key.partition(":")
        found.setdefault(field, []).extend((side, note) for note in notes)
    return found


def _places(uow: UnitOfWork, appeal: Appeal, role: str) -> dict[str, Place]:
    try:
        found = places(uow, appeal.booklet, role, version=appeal.version)
    except DomainError:
        # No pictures is no refusal, because a case can be heard without them; the page says that
        # they are missing.
        return {}
    pages = {place.page_id for place in found.values()}
    kept = {page for page in pages if has_picture(uow, uow.get(Page, page))}
    return {field: place for field, place in found.items() if place.page_id in kept}


def verdict(tasks: list[CaseTask]) -> dict[str, list[str]]:
    """Return diagnosis → fields: as decided by a person, else as proposed."""
    grouped: dict[str, list[str]] = {}
    for task in tasks:
        said = task.finding.decided if task.finding else task.proposal.diagnosis
        if said != Diagnosis.NO_DIFFERENCE:
            grouped.setdefault(str(said), []).append(task.field)
    return grouped
