"""The tables of one file of the plan: which there are, and what each seems to hold."""

from dataclasses import dataclass, replace
from pathlib import Path

from examday.domain.errors import DomainError, MachineTrouble
from examday.domain.messages import N_
from examday.domain.plan.rows import Answers, ParsedFile
from examday.paper.table_shape import BadTable
from examday.services.plan.tables import upload


@dataclass(frozen=True)
class Part:
    """One table of a set: the file it stands in, and how that is read.

    `kind`, `encoding` and `head` are proposals until a person says otherwise: a table of rooms read
    as one of candidates would still look like a table.
    """

    file: str
    path: Path
    kind: str = ""
    encoding: str = ""
    sheet: str = ""
    head: int = 0
    """Line of the column names, from 1; 0 where none was found, so that a person is asked."""
    trouble: DomainError | None = None
    """Why the table cannot be read, or not yet: a person may only have to choose something."""
    number: str = ""
    """How a page names the table: by a number of its own, as its place in the report changes with
    what is chosen."""


NO_ENCODING = BadTable(N_("Choose the encoding in which the names read well."))
"""Several encodings give letters; only a person sees in which of them they are names."""
NO_KIND = BadTable(
    N_("What the table holds cannot be told: no line of it has column names of the plan."),
    advice=N_("Say what the table holds and in which line its column names stand."),
)
"""Told by the names of columns alone: numbers of rooms, places and forms look alike."""


def parts_of(file: str, path: Path) -> list[Part]:
    """List the tables of one file, each with what it seems to hold; hidden sheets are left out."""
    try:
        first = upload.look(path)
        looks = [first, *(upload.look(path, sheet) for sheet in first.sheets[1:])]
    except (BadTable, MachineTrouble) as error:
        return [Part(file, path, trouble=error)]
    seen = [look for look in looks if look.sheet not in look.hidden] or looks
    # Workbooks carry sheets of notes and word lists: they are no mistake while another sheet of the
    # file belongs to the plan. Where none does, the first one is asked about.
    of_plan = [look for look in seen if look.guess.kind] or seen[:1]
    return [_part(file, path, look) for look in of_plan]


def _part(file: str, path: Path, look: upload.Look) -> Part:
    part = Part(file, path, look.guess.kind, look.encoding, look.sheet, look.head)
    # No encoding is asked for where the preview "" is: the file carries its own.
    if not look.encoding and "" not in look.previews:
        return replace(part, trouble=NO_ENCODING)
    return part if part.kind else replace(part, trouble=NO_KIND)


def settled(part: Part) -> Part:
    """Return the table without the troubles that a person's choice has put right."""
    put_right = (part.trouble is NO_ENCODING and part.encoding) or (
        part.trouble is NO_KIND and part.kind
    )
    if not put_right:
        return part
    return replace(part, trouble=None if part.kind else NO_KIND)


def look_at(part: Part) -> upload.Look | None:
    """First lines of a table, for a person to choose by; None where it cannot be opened."""
    try:
        return upload.look(part.path, part.sheet)
    except (BadTable, MachineTrouble):
        return None


def read(part: Part, answers: Answers) -> ParsedFile | DomainError:
    """Read all rows of the table, or return the error that says why that is not possible."""
    try:
        return upload.parsed(part.path, part.kind, part.encoding, part.sheet, part.head, answers)
    except (BadTable, MachineTrouble) as error:
        return error
