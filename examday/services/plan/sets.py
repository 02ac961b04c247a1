"""Several tables of the plan as one: examined together, brought in together or not at all.

The tables of a set may come in any order; each is judged after those it refers to, as if they were
in the plan already.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from examday.domain.errors import DomainError, Invalid, MachineTrouble, Stale
from examday.domain.identity import fold
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.plan.columns import KINDS, REASONS, named
from examday.domain.plan.rows import Answers, Problem
from examday.paper import tables
from examday.paper.table_shape import BadTable
from examday.services.custody.booklets import require
from examday.services.plan import files, upload
from examday.services.plan.files import Report
from examday.services.plan.proposals.rows import ASKED, CHANGED, WRONG
from examday.services.unit_of_work import Store, UnitOfWork


@dataclass(frozen=True)
class Part:
    """One table of a set: the file it stands in, and how that is read. `kind`, `encoding` and the
    line `head` of the column names are proposals until a person says otherwise; `trouble` says why
    it cannot be read. `number`: how a page names the table."""

    file: str
    path: Path
    kind: str = ""
    encoding: str = ""
    sheet: str = ""
    head: int = 0
    trouble: DomainError | None = None
    number: str = ""


@dataclass(frozen=True)
class Found:
    """What one table would do; `report` is None where it could not be read."""

    part: Part
    report: Report | None = None


NO_ENCODING = BadTable(N_("Choose the encoding in which the names read well."))
NO_KIND = BadTable(
    N_("What the table holds cannot be told: no line of it has column names of the plan."),
    advice=N_("Say what the table holds and in which line its column names stand."),
)


class _Undone(Exception):
    """Ends a transaction in which only was looked."""


def parts_of(file: str, path: Path) -> list[Part]:
    """The tables of one file, each with what it seems to hold. Of a workbook the sheets that people
    see; those that hold nothing of the plan are left out where another one does."""
    try:
        first = upload.look(path)
        looks = [first, *(upload.look(path, sheet) for sheet in first.sheets[1:])]
    except (BadTable, MachineTrouble) as error:
        return [Part(file, path, trouble=error)]
    seen = [look for look in looks if look.sheet not in look.hidden] or looks
    told = [look for look in seen if look.guess.kind] or seen[:1]
    return [_part(file, path, look) for look in told]


def _part(file: str, path: Path, look: upload.Look) -> Part:
    part = Part(file, path, look.guess.kind, look.encoding, look.sheet, look.head)
    if not look.encoding and "" not in look.previews:
        return replace(part, trouble=NO_ENCODING)
    return part if part.kind else replace(part, trouble=NO_KIND)


def settled(part: Part) -> Part:
    """The table without the troubles that a person's choice has put right."""
    put_right = (part.trouble is NO_ENCODING and part.encoding) or (
        part.trouble is NO_KIND and part.kind
    )
    if not put_right:
        return part
    return replace(part, trouble=None if part.kind else NO_KIND)


def look_at(part: Part) -> upload.Look | None:
    """The first lines of a table, for a person to choose by; None where it cannot be opened."""
    try:
        return upload.look(part.path, part.sheet)
    except (BadTable, MachineTrouble):
        return None


def examine(
    store: Store, actor: Actor, parts: Iterable[Part], answers: Answers | None = None
) -> list[Found]:
    """What the set would do to the plan; nothing is changed. In the order in which it would be
    brought in; tables that cannot be read come first."""
    found: list[Found] = []
    with _undone(store, actor) as uow:
        found.extend(judge(uow, parts, answers or Answers()))
    return found


def judge(uow: UnitOfWork, parts: Iterable[Part], answers: Answers) -> Iterator[Found]:
    """Judge table after table; what the good rows of one do is there when the next is judged."""
    seen: dict[tuple[str, str], str] = {}
    for part in sorted(parts, key=_order):
        if part.trouble is not None:
            yield Found(part)
            continue
        try:
            parsed = upload.parsed(
                part.path, part.kind, part.encoding, part.sheet, part.head, answers
            )
        except (BadTable, MachineTrouble) as error:
            yield Found(replace(part, trouble=error))
            continue
        report = _agreeing(files.examine(uow, parsed, answers.take_away), part, seen)
        yield Found(part, report)
        files.apply(uow, report.rows)
        uow.session.flush()


def _agreeing(report: Report, part: Part, seen: dict[tuple[str, str], str]) -> Report:
    """The report, with rows refused that say something else of an entry than an earlier table of
    the set. `seen`: kind and entry → where it stood first."""
    rows = []
    for row in report.rows:
        key = (part.kind, fold(row.label))
        place = seen.setdefault(key, part.file)
        if place != part.file and row.changes and row.what in (CHANGED, ASKED):
            other = Problem(
                "", N_("The file «%(file)s» says something else of it."), {"file": place}
            )
            row = replace(row, what=WRONG, problems=(other, *row.problems))
        rows.append(row)
    return Report(report.parsed, tuple(rows))


def fingerprint(found: Iterable[Found]) -> str:
    """What a report said, as a short code: what is confirmed is what was read."""
    said = [
        (one.part.file, one.part.sheet, row.line, row.what, sorted(row.changes.items()))
        for one in found
        if one.report is not None
        for row in one.report.rows
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def with_reasons(one: Found, say: Callable[[Problem], str]) -> tuple[bytes, str]:
    """The same table with a column of what is wrong in each row, and the ending of its name."""
    part, kind = one.part, one.part.kind
    table = upload.table(part.path, part.encoding, part.sheet)
    reasons = {
        row.line: "; ".join(say(problem) for problem in row.problems)
        for row in (one.report.rows if one.report else ())
        if row.what in (WRONG, ASKED)
    }
    head = part.head or table.head_line
    width = max(len(cells) for _line, cells in table.lines)
    old = [
        place
        for place, name in enumerate(table.headed(head).header)
        if named(name) == named(REASONS)
    ]
    lines = [
        [
            *(
                cell
                for place, cell in enumerate([*cells, *[""] * (width - len(cells))])
                if place not in old
            ),
            REASONS if line == head else reasons.get(line, ""),
        ]
        for line, cells in table.lines
    ]
    if part.sheet:
        return tables.write_xlsx({kind: (lines[0], lines[1:])}), "xlsx"
    return tables.write_csv(lines[0], lines[1:]), "csv"


def _order(part: Part) -> int:
    return -1 if part.trouble is not None else list(KINDS).index(part.kind)


@contextmanager
def _undone(store: Store, actor: Actor) -> Iterator[UnitOfWork]:
    """A transaction that is rolled back whatever is done in it."""
    try:
        with store.begin(actor) as uow:
            yield uow
            raise _Undone
    except _Undone:
        return


def bring_in(
    uow: UnitOfWork, parts: Iterable[Part], answers: Answers | None = None, seen: str = ""
) -> list[Found]:
    """Bring the whole set in, or nothing: Invalid while anything of it is wrong; Stale when it would
    do something else than the report said whose `fingerprint` is `seen`."""
    uow.queue("plan")
    found = list(judge(uow, parts, answers or Answers()))
    wrong = [one for one in found if one.report is None or not one.report.good]
    if wrong:
        raise Invalid(
            N_("Nothing was brought in: %(count)s tables of the set have mistakes."),
            code="plan-set",
            params={"count": len(wrong)},
            advice=N_("Correct what the report names and send the files again."),
        )
    if seen and seen != fingerprint(found):
        raise Stale(
            N_("The plan has changed since you read the report."),
            advice=N_("Nothing was brought in. Read the report once more; it is a new one."),
        )
    for one in found:
        if one.report is not None:
            require(uow, files.permission(one.part.kind))
            files.note(uow, one.report, _digest(one.part.path))
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
