"""The appeal kit: one work with its four layers, both pictures of every disputed task, and what the
records say of it. The same data makes the PDF and the text for screen readers."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from examday.braille.cells import dot_numbers
from examday.domain.appeals.case import CASE_NAMES, CaseState
from examday.domain.appeals.diagnosis import (
    DIAGNOSIS_NAMES,
    Diagnosis,
    Layer,
)
from examday.domain.braille.notebook import answers
from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.domain.transfer.answers import MARK_NAMES, Mark
from examday.paper import printing
from examday.services.appeals.casebook import CaseFile, Line
from examday.services.appeals.findings import contents
from examday.services.appeals.papers import Words, base, case_facts, day, field_name
from examday.services.braille import commission
from examday.services.scans.pictures import (
    MARGIN_MM,
    Place,
    field_box,
    field_picture,
    pages_of,
    path_of,
    picture,
)
from examday.services.transfer.readings import layout_for
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import EventRow, Handover, Page, Person, Reading, Signoff

Who = Callable[[str | None], str]
"""A person's id → name or role, as the reader of the kit may see it."""
CROP_SCALE = 0.85


def kit_data(uow: UnitOfWork, case: CaseFile, say: Words, names: bool) -> dict[str, Any]:
    """The appeal kit as plain data: four layers of every task, all readings, custody, sign-offs,
    ledger extract."""
    zone = uow.settings.time_zone

    def who(key: str | None) -> str:
        return case.names.get(key or "", "—") if names else _role(uow, key)

    return {
        "facts": [
            *case_facts(uow, case, say, names),
            [say(N_("Stands at")), say(CASE_NAMES[CaseState(case.appeal.state)])],
        ],
        "tasks": [task(line, say) for line in case.lines],
        "readings": _readings(uow, case, who),
        "signoffs": _signoffs(uow, case, who),
        "hands": _handovers(uow, case, say, who),
        "entries": _entries(uow, case),
        "cells": _braille_lines(uow, case),
        "scans": [
            [p.role, str(p.version), p.file.sha256, day(p.at, zone)] for p in _pages(uow, case)
        ],
    }


def _readings(uow: UnitOfWork, case: CaseFile, who: Who) -> list[list[str]]:
    zone = uow.settings.time_zone
    rows = uow.session.scalars(
        select(Reading)
        .where(Reading.booklet_id == case.appeal.booklet_id)
        .order_by(Reading.version, Reading.at)
    )
    return [
        [str(r.version), r.source, who(r.person_id), day(r.at, zone), r.sha256[:16]] for r in rows
    ]


def _signoffs(uow: UnitOfWork, case: CaseFile, who: Who) -> list[list[str]]:
    zone = uow.settings.time_zone
    rows = uow.session.scalars(
        select(Signoff).where(Signoff.booklet_id == case.appeal.booklet_id).order_by(Signoff.at)
    )
    return [
        [
            str(s.version),
            s.slot,
            who(s.person_id) if s.person_id else s.absent_reason,
            day(s.at, zone),
            s.content_sha256[:16],
        ]
        for s in rows
    ]


def _handovers(uow: UnitOfWork, case: CaseFile, say: Words, who: Who) -> list[list[str]]:
    zone = uow.settings.time_zone
    agreed = {True: say(N_("yes")), False: say(N_("no"))}
    rows = uow.session.scalars(
        select(Handover).where(Handover.booklet_id == case.appeal.booklet_id).order_by(Handover.at)
    )
    return [
        [day(h.at, zone), h.kind, who(h.from_id), who(h.to_id), agreed[bool(h.agreed)]]
        for h in rows
    ]


def _entries(uow: UnitOfWork, case: CaseFile) -> list[list[str]]:
    """The ledger's entries about the work and the appeal."""
    zone = uow.settings.time_zone
    subjects = (f"booklet:{case.appeal.booklet_id}", f"appeal:{case.appeal.id}")
    rows = uow.session.scalars(
        select(EventRow).where(EventRow.subject.in_(subjects)).order_by(EventRow.seq)
    )
    return [[str(e.seq), day(e.at, zone), e.kind, e.hash[:16]] for e in rows]


def task(line: Line, say: Words) -> dict[str, Any]:
    """One task of the kit: what each layer says, the diagnosis, and the keys of its pictures."""
    said = line.finding.decided if line.finding else line.proposal.diagnosis
    return {
        "field": field_name(line.field, say),
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
    if layer is None:
        return say(N_("no reading"))
    task_number = f"{say(N_('task'))} {layer.task}: " if layer.task else ""
    mark = (
        f" [{say(MARK_NAMES[Mark(layer.mark)])}]" if layer.mark and layer.mark != Mark.BLANK else ""
    )
    return task_number + (layer.text or say(N_("(empty)"))) + mark


def _braille_lines(uow: UnitOfWork, case: CaseFile) -> list[list[str]]:
    """Of a Braille work: page, line and the cells that the machine read, as dot numbers («0» is a
    blank cell). Once the pages were stated, the answer pages by their numbers: drafts and the
    candidate's data are no answers."""
    machine = contents(uow, case.appeal.booklet_id, case.appeal.version).get("machine:original")
    pages = machine.content.get("pages", []) if machine else []
    leaves = commission.leaves(uow, case.appeal.booklet_id)
    read, stated = (
        {sheet["page"]: sheet for sheet in pages},
        [(leaf.number, leaf.page) for leaf in answers(leaves)],
    )
    sheets = (
        [(n, read[key]) for n, key in stated if key in read]
        if leaves
        else list(enumerate(pages, 1))
    )
    return [
        [
            str(page),
            str(number),
            "-".join(dot_numbers(int(cell["d"])) or "0" for cell in line["cells"]),
        ]
        for page, sheet in sheets
        for number, line in enumerate(sheet["lines"], 1)
    ]


def _role(uow: UnitOfWork, person_id: str | None) -> str:
    person = uow.session.get(Person, person_id) if person_id else None
    return ", ".join(row.role for row in person.roles) if person else "—"


def _pages(uow: UnitOfWork, case: CaseFile) -> list[Page]:
    booklet = case.appeal.booklet
    found = pages_of(uow, booklet, "original")
    for version in range(case.appeal.version, booklet.version + 1):
        found += pages_of(uow, booklet, "copy", version)
    return found


def kit(uow: UnitOfWork, case: CaseFile, say: Words, large: bool, names: bool) -> bytes:
    """The appeal kit as tagged PDF: facts, tasks with both crops at one scale, every page,
    records, ledger extract."""
    title = say(N_("Appeal kit %(number)s")) % {"number": case.appeal.number}
    pictures: dict[str, bytes] = {}
    data = base(uow, title, "appeal-kit", case.appeal.exam.training) | kit_data(
        uow, case, say, names
    )
    for line, row in zip(case.lines, data["tasks"], strict=True):
        if line.differs:
            row["original-picture"] = _crop(
                uow, case, line.original, line.field, f"a-{row['key']}.jpg", pictures
            )
            row["copy-picture"] = _crop(
                uow, case, line.copy, line.field, f"b-{row['key']}.jpg", pictures
            )
            row["width"] = _width(case, line.field)
    data["sheets"] = [
        _sheet(uow, page, number, say, pictures) for number, page in enumerate(_pages(uow, case), 1)
    ]
    return printing.render("appeal-kit", data, large, pictures)


def _crop(
    uow: UnitOfWork,
    case: CaseFile,
    place: Place | None,
    field: str,
    name: str,
    pictures: dict[str, bytes],
) -> str:
    if place is None or place.box is None:
        return ""
    try:
        pictures[name] = field_picture(
            uow.settings, uow.get(Page, place.page_id), layout_for(case.appeal.exam), field
        )
    except NotFound:
        return ""
    return name


def _width(case: CaseFile, field: str) -> float:
    """Width of a field's crop on paper, mm: all crops at one scale, a whole row just fits its
    column."""
    box = field_box(layout_for(case.appeal.exam), field)
    return round(CROP_SCALE * (box[2] - box[0] + 2 * MARGIN_MM), 1) if box else 80.0


def _sheet(
    uow: UnitOfWork, page: Page, number: int, say: Words, pictures: dict[str, bytes]
) -> list[str]:
    name = f"sheet-{number}.jpg"
    try:
        if not path_of(uow.settings, page).exists():
            return ["", _sheet_name(page, number, say)]
        longest = max(
            int(page.identity.get("width") or 0), int(page.identity.get("height") or 0), 1
        )
        pictures[name] = picture(uow.settings, page, scale=min(1.0, 1400 / longest))
    except NotFound:
        return ["", _sheet_name(page, number, say)]
    return [name, _sheet_name(page, number, say)]


def _sheet_name(page: Page, number: int, say: Words) -> str:
    role = say(N_("original")) if page.role == "original" else say(N_("standard form"))
    return f"{number}. {role}, {say(N_('version'))} {page.version}"
