"""The appeal kit: one work with its four layers and what the records say of it.

The same data makes the PDF and the text for screen readers, so that both say the same.
"""

from collections.abc import Callable

from sqlalchemy import select

from examday.domain.appeals.case import CASE_NAMES, CaseState
from examday.domain.appeals.diagnosis import (
    DIAGNOSIS_NAMES,
    Diagnosis,
    Layer,
)
from examday.domain.events import EVENT_NAMES
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES
from examday.domain.rules.ruleset import SLOT_NAMES
from examday.domain.transfer.answers import MARK_NAMES, Mark
from examday.domain.transfer.readings import SOURCE_NAMES
from examday.services.appeals.papers.cells import braille_lines
from examday.services.appeals.papers.print_outs import (
    Data,
    Rows,
    Words,
    case_facts,
    day,
    field_name,
)
from examday.services.appeals.views.casebook import CaseFile
from examday.services.appeals.views.tasks import CaseTask
from examday.services.custody.journal import HANDING
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import EventRow, Handover, Page, Person, Reading, Signoff

Who = Callable[[str | None], str]
"""A person's id → name, or role for readers who may not see names."""


def kit_data(uow: UnitOfWork, case: CaseFile, say: Words, names: bool) -> Data:
    """Return the appeal kit as plain data: layers, readings, custody, sign-offs, ledger.

    `names`: whether the reader may see the names of people; else their roles stand there.
    """

    def who(key: str | None) -> str:
        return case.names.get(key or "", "—") if names else _role(uow, key, say)

    stands = say(CASE_NAMES[CaseState(case.appeal.state)])
    return {
        "facts": [*case_facts(uow, case, say, names), [say(N_("Stands at")), stands]],
        "tasks": [task(line, say) for line in case.tasks],
        "readings": _readings(uow, case, say, who),
        "signoffs": _signoffs(uow, case, say, who),
        "hands": _handovers(uow, case, say, who),
        "entries": _entries(uow, case, say),
        "cells": braille_lines(uow, case),
        "scans": _scans(uow, case, say),
    }


def _readings(uow: UnitOfWork, case: CaseFile, say: Words, who: Who) -> Rows:
    """Return every reading of the work, of all versions: earlier ones are evidence too."""
    zone = uow.settings.time_zone
    rows = uow.session.scalars(
        select(Reading)
        .where(Reading.booklet_id == case.appeal.booklet_id)
        .order_by(Reading.version, Reading.at)
    )
    return [
        [
            str(r.version),
            say(SOURCE_NAMES.get(r.source, N_("another reading"))),
            who(r.person_id),
            day(r.at, zone),
            r.sha256[:16],
        ]
        for r in rows
    ]


def _signoffs(uow: UnitOfWork, case: CaseFile, say: Words, who: Who) -> Rows:
    """Return every signature under the work."""
    zone = uow.settings.time_zone
    rows = uow.session.scalars(
        select(Signoff).where(Signoff.booklet_id == case.appeal.booklet_id).order_by(Signoff.at)
    )
    return [
        [
            str(s.version),
            say(SLOT_NAMES.get(s.slot, N_("another signer"))),
            # An absent signer is recorded with the reason: an empty place must not look forgotten.
            who(s.person_id) if s.person_id else s.absent_reason,
            day(s.at, zone),
            s.content_sha256[:16],
        ]
        for s in rows
    ]


def _handovers(uow: UnitOfWork, case: CaseFile, say: Words, who: Who) -> Rows:
    """Return every hand-over of the work."""
    zone = uow.settings.time_zone
    agreed = {True: say(N_("yes")), False: say(N_("no"))}
    rows = uow.session.scalars(
        select(Handover).where(Handover.booklet_id == case.appeal.booklet_id).order_by(Handover.at)
    )
    return [
        [
            day(h.at, zone),
            say(HANDING.get(h.kind, N_("handed on"))),
            who(h.from_id),
            who(h.to_id),
            agreed[bool(h.agreed)],
        ]
        for h in rows
    ]


def _entries(uow: UnitOfWork, case: CaseFile, say: Words) -> Rows:
    """Return the ledger's entries about the work and the appeal."""
    zone = uow.settings.time_zone
    subjects = (f"booklet:{case.appeal.booklet_id}", f"appeal:{case.appeal.id}")
    rows = uow.session.scalars(
        select(EventRow).where(EventRow.subject.in_(subjects)).order_by(EventRow.seq)
    )
    return [
        [
            str(e.seq),
            day(e.at, zone),
            say(EVENT_NAMES.get(e.kind, N_("another entry"))),
            e.hash[:16],
        ]
        for e in rows
    ]


def task(line: CaseTask, say: Words) -> dict[str, str | bool]:
    """Return one task: what each layer says, the diagnosis, the keys of its pictures."""
    said = line.finding.decided if line.finding else line.proposal.diagnosis
    return {
        "field": field_name(line.field, say),
        # A colon is no character of a file name on every system.
        "key": line.field.replace(":", "-"),
        "differs": line.differs,
        "original": _said(line.layers.original, say),
        "copy": _said(line.layers.copy, say),
        "recognised": _said(line.layers.recognised, say),
        "marks": " → ".join(
            x for x in (line.layers.mark_before, line.layers.mark_after) if x is not None
        ),
        "diagnosis": say(DIAGNOSIS_NAMES[Diagnosis(said)]),
        "by": say(N_("found by the commission"))
        if line.finding
        else say(N_("proposed by the program")),
    }


def _said(layer: Layer | None, say: Words) -> str:
    """Return what a layer says in words; that nobody read it is said, not left empty."""
    if layer is None:
        return say(N_("no reading"))
    task_number = f"{say(N_('task'))} {layer.task}: " if layer.task else ""
    mark = (
        f" [{say(MARK_NAMES[Mark(layer.mark)])}]" if layer.mark and layer.mark != Mark.BLANK else ""
    )
    return task_number + (layer.text or say(N_("(empty)"))) + mark


def _role(uow: UnitOfWork, person_id: str | None, say: Words) -> str:
    """Return the roles of a person in place of the name."""
    person = uow.session.get(Person, person_id) if person_id else None
    return ", ".join(say(ROLE_NAMES[row.role]) for row in person.roles) if person else "—"


def _scans(uow: UnitOfWork, case: CaseFile, say: Words) -> Rows:
    """Return every scanned page with its digest."""
    zone = uow.settings.time_zone
    return [
        [page_role(page, say), str(page.version), page.file.sha256, day(page.at, zone)]
        for page in pages_of_case(uow, case)
    ]


def page_role(page: Page, say: Words) -> str:
    """Return what a scanned page is, in words."""
    return say(N_("original")) if page.role == "original" else say(N_("standard form"))


def pages_of_case(uow: UnitOfWork, case: CaseFile) -> list[Page]:
    """Return the pages of the original, and of the copies from the disputed version on."""
    booklet = case.appeal.booklet
    found = pages_of(uow, booklet, "original")
    for version in range(case.appeal.version, booklet.version + 1):
        found += pages_of(uow, booklet, "copy", version)
    return found
