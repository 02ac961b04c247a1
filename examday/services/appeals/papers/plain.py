"""The papers of a case as plain text and as a Braille file: the same data as in the PDF."""

from collections.abc import Callable

from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.paper.readout import as_brf
from examday.services.appeals.papers.kit import kit_data
from examday.services.appeals.papers.letters import NOTICE, RECEIPT, notice_data, receipt_data
from examday.services.appeals.papers.order_paper import order_data
from examday.services.appeals.papers.print_outs import Data, Rows, Words, of_case
from examday.services.appeals.papers.protocol_paper import protocol_data
from examday.services.appeals.papers.table_heads import COLUMNS, TABLES
from examday.services.appeals.views.casebook import CaseFile
from examday.services.unit_of_work import UnitOfWork

LINES = {
    "body": N_("Commission"),
    "decision": N_("decision"),
    "reasons": N_("reasons"),
    "asked": N_("What is asked for"),
    "until": N_("To be considered by"),
    "digest": N_("Digest of the content:"),
}
"""Single values of a paper → what they are called: whoever cannot see the print-out hears the
same words."""


def kit_text(
    uow: UnitOfWork,
    case: CaseFile,
    say: Words,
    kind: str,
    names: bool,
) -> str:
    """Return the appeal kit line by line.

    `kind`: txt or brf; it goes into the ledger with the checkpoint.
    """
    title = say(N_("Appeal kit %(number)s")) % {"number": case.appeal.number}
    data = kit_data(uow, case, say, names)
    made = of_case(uow, case, title, f"appeal-kit-{kind}")
    return as_text(title, str(made["code"]), data, say)


Say = Callable[[UnitOfWork, CaseFile, Words], Data]
"""What a paper says, as plain data, so that it can be shown, heard and embossed alike; NotFound
when it does not exist yet."""


def paper_text(
    uow: UnitOfWork,
    case: CaseFile,
    say: Words,
    kind: str,
    what: str,
) -> str:
    """Return protocol, notice, receipt or order line by line, with all that its PDF says.

    NotFound for another paper, or before there is one.
    """
    if what not in PAPERS:
        raise NotFound()
    words, read = PAPERS[what]
    title = say(words) % {"number": case.appeal.number} if "%" in words else say(words)
    data = read(uow, case, say)
    made = of_case(uow, case, title, f"appeal-{what}-{kind}")
    return as_text(title, str(made["code"]), data, say)


PAPERS: dict[str, tuple[str, Say]] = {
    "protocol": (N_("Protocol of the appeal %(number)s"), protocol_data),
    "notice": (NOTICE, notice_data),
    "receipt": (RECEIPT, receipt_data),
    "order": (N_("Order for a second transfer: appeal %(number)s"), order_data),
}
"""Name in the address → heading, and what the paper says: whoever cannot see the print-out gets the
same words."""


def as_file(text: str, kind: str) -> bytes:
    """Return the text as it is taken along: UTF-8, or Braille ASCII for an embosser."""
    return as_brf(text).encode("ascii") if kind == "brf" else text.encode()


def as_text(
    title: str,
    code: str,
    data: Data,
    say: Words,
) -> str:
    """Return the same data line by line, for a screen reader or a printer of one's own."""
    lines = [title, ""]
    # The decision comes first: a listener should not have to wait for it to the end.
    for key in ("decision", "reasons"):
        lines += _line(data, key, say)
    remarks = data.get("remarks")
    lines += [str(one) for one in remarks] if isinstance(remarks, list) else []
    lines += [f"{name}: {text}" for name, text in _rows(data, "facts") if text]
    for key in ("body", "asked", "until", "digest"):
        lines += _line(data, key, say)
    lines += _tasks(data, say)
    for key, heading in TABLES.items():
        if rows := _rows(data, key):
            said = (f"  {_joined(row, COLUMNS.get(key, ()), say)}" for row in rows)
            lines += ["", say(heading), *said]
    return "\n".join([*lines, "", f"{say(N_('checkpoint of the ledger'))}: {code}", ""])


def _joined(row: list[str] | str, columns: tuple[str, ...], say: Words) -> str:
    """Return a row in one line, each value with its column; a list of single words has its word."""
    if isinstance(row, str):
        return row
    if not columns:
        return " · ".join(str(part) for part in row if part)
    named = zip(columns, row, strict=True)
    return "; ".join(f"{say(name)}: {part}" for name, part in named if part)


def _line(data: Data, key: str, say: Words) -> list[str]:
    """Return a single value with its name; nothing where the paper has none."""
    return [f"{say(LINES[key]).rstrip(':')}: {data[key]}"] if data.get(key) else []


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
            *([f"  {say(N_('expert marks'))}: {row['marks']}"] if row["marks"] else []),
        ]
    return lines
