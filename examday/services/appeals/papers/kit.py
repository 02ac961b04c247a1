"""The appeal kit: one work with its four layers and what the records say of it.

The same data makes the PDF and the text for screen readers, so that both say the same.
"""

from examday.domain.appeals.case import CASE_NAMES, CaseState
from examday.domain.messages import N_
from examday.services.appeals.papers import kit_records
from examday.services.appeals.papers.cells import braille_lines
from examday.services.appeals.papers.kit_tasks import task
from examday.services.appeals.papers.print_outs import (
    Data,
    Rows,
    Words,
    case_facts,
    day,
)
from examday.services.appeals.views.casebook import CaseFile
from examday.services.appeals.views.unread import unread
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page


def kit_data(
    uow: UnitOfWork,
    case: CaseFile,
    say: Words,
    names: bool,
) -> Data:
    """Return the appeal kit as plain data: layers, readings, custody, sign-offs, ledger.

    `names`: whether the reader may see the names of people; else their roles stand there.
    """

    def who(key: str | None) -> str:
        return case.names.get(key or "", "—") if names else kit_records.roles(uow, case, key, say)

    stands = say(CASE_NAMES[CaseState(case.appeal.state)])
    facts = [*case_facts(uow, case, say, names), [say(N_("Stands at")), stands]]
    facts += kit_records.recording(uow, case, say)
    # Else «all tasks» would leave them out in silence.
    if missing := unread(case):
        facts.append([say(N_("Nobody has read yet")), ", ".join(missing)])
    return {
        "facts": facts,
        "tasks": [task(line, say) for line in case.tasks],
        "readings": kit_records.readings(uow, case, say, who),
        "signoffs": kit_records.signoffs(uow, case, say, who),
        "hands": kit_records.handovers(uow, case, say, who),
        "entries": kit_records.entries(uow, case, say),
        "cells": braille_lines(uow, case),
        "scans": _scans(uow, case, say),
    }


def _scans(uow: UnitOfWork, case: CaseFile, say: Words) -> Rows:
    """Return every scanned page with its digest."""
    zone = uow.zone
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
    # A sheet of the copy may stand in several versions, and is listed once.
    return list(dict.fromkeys(found))
