"""Kit and protocol as plain text and as a Braille file: the same data as in the PDF."""

from examday.domain.messages import N_
from examday.paper.readout import as_brf
from examday.services.appeals.papers.kit import kit_data
from examday.services.appeals.papers.print_outs import Data, Rows, Words, base
from examday.services.appeals.papers.protocol import protocol_data
from examday.services.appeals.views.casebook import CaseFile
from examday.services.unit_of_work import UnitOfWork

TABLES = {
    "annex_1": N_("Annex 1 (2-АП-1): short answers and registration"),
    "annex_2": N_("Annex 2 (2-АП-2): expert marks"),
    "annex_3": N_("Annex 3 (2-АП-3): oral answers"),
    "cells": N_("Cells of the original"),
    "votes": N_("Votes"),
    "signed": N_("Signatures"),
    "signoffs": N_("Sign-offs"),
    "entries": N_("Ledger"),
}
"""Tables in the order in which they are read out: what changes for the appellant comes first."""


def kit_text(uow: UnitOfWork, case: CaseFile, say: Words, kind: str, names: bool) -> str:
    """Return the appeal kit line by line.

    `kind`: txt or brf; it goes into the ledger with the checkpoint.
    """
    title = say(N_("Appeal kit %(number)s")) % {"number": case.appeal.number}
    data = kit_data(uow, case, say, names)
    made = base(uow, title, f"appeal-kit-{kind}", case.appeal.exam.training)
    return as_text(title, str(made["code"]), data, say)


def protocol_text(uow: UnitOfWork, case: CaseFile, say: Words, kind: str) -> str:
    """Return the protocol line by line; NotFound before it is written."""
    title = say(N_("Protocol of the appeal %(number)s")) % {"number": case.appeal.number}
    data = protocol_data(uow, case, say)
    made = base(uow, title, f"appeal-protocol-{kind}", case.appeal.exam.training)
    return as_text(title, str(made["code"]), data, say)


def as_file(text: str, kind: str) -> bytes:
    """Return the text as it is taken along: UTF-8, or Braille ASCII for an embosser."""
    return as_brf(text).encode("ascii") if kind == "brf" else text.encode()


def as_text(title: str, code: str, data: Data, say: Words) -> str:
    """Return the same data line by line, for a screen reader or a printer of one's own."""
    lines = [title, ""]
    # The decision comes first: a listener should not have to wait for it to the end.
    if "decision" in data:
        lines += [
            f"{say(N_('decision'))}: {data['decision']}",
            f"{say(N_('reasons'))}: {data['reasons']}",
            "",
        ]
    lines += [f"{name}: {text}" for name, text in _rows(data, "facts")]
    lines += _tasks(data, say)
    for key, heading in TABLES.items():
        if rows := _rows(data, key):
            said = ("  " + " · ".join(str(part) for part in row if part) for row in rows)
            lines += ["", say(heading), *said]
    return "\n".join([*lines, "", f"{say(N_('checkpoint of the ledger'))}: {code}", ""])


def _rows(data: Data, key: str) -> Rows:
    """Return a table of the paper; empty where it has none."""
    found = data.get(key)
    return found if isinstance(found, list) else []


def _tasks(data: Data, say: Words) -> list[str]:
    """Return the tasks of a kit with what stands on each paper."""
    tasks = data.get("tasks")
    lines: list[str] = []
    for row in tasks if isinstance(tasks, list) else []:
        lines += [
            "",
            f"{say(N_('Task'))} {row['field']}: {row['diagnosis']} ({row['by']})",
            f"  {say(N_('original'))}: {row['original']}",
            f"  {say(N_('standard form'))}: {row['copy']}",
            f"  {say(N_('recognised at the centre'))}: {row['recognised']}",
        ]
    return lines
