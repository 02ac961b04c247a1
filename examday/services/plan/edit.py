"""Single entries of the plan by hand, checked like a row of a file."""

from collections.abc import Iterable, Mapping

from examday.domain.errors import Invalid, NotFound
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Actor, forbidden
from examday.domain.plan.rows import Answers, ParsedFile, Problem, parse
from examday.services.custody.booklets import require
from examday.services.plan import export, files
from examday.services.plan.file_columns import file_kinds
from examday.services.plan.proposals.proposal import Proposal
from examday.services.unit_of_work import UnitOfWork


class RowProblems(Invalid):
    """The entry has faults; `problems` names each with its column."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


def check_kind(actor: Actor, kind: str) -> None:
    """Raise NotFound for an unknown kind of entries, Forbidden where the role may not enter it."""
    if kind not in file_kinds():
        raise NotFound()
    if not actor.may(files.permission(kind)):
        raise forbidden(files.permission(kind))


def present(uow: UnitOfWork, kind: str, key: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of the entry that the key columns in `key` name.

    Without such an entry `key` itself is returned: what the address gives to start with.
    """
    names = [name for name in file_kinds()[kind].key if key.get(name)]
    # An entry that is begun without a key is a new one: nothing has to be looked for.
    for row in export.cells(uow, kind) if names else ():
        if all(row.get(name) == key[name] for name in names):
            return row
    return dict(key)


def enter(
    uow: UnitOfWork,
    kind: str,
    cells: Mapping[str, str],
    take_away: bool = False,
) -> Proposal:
    """Add or change one entry from cells by column key; return what was done, with its notes.

    RowProblems where a cell is wrong, or while what the entry takes away was not confirmed.
    """
    require(uow, files.permission(kind))
    uow.queue("plan")
    parsed = _parsed(kind, cells)
    report = files.examine(uow, parsed, take_away)
    proposal = report.rows[0]
    if not report.good:
        raise RowProblems(proposal.problems)
    files.apply(uow, report.rows)
    # The names of the fields alone: the ledger is exported, and values may be personal data.
    if report.changes:
        uow.record(
            Event.PLAN_EDIT, f"plan:{kind}", what=proposal.what, fields=list(proposal.changed)
        )
    return proposal


def _parsed(kind: str, cells: Mapping[str, str]) -> ParsedFile:
    """Read the cells as a file of one row, so that both ways in have the same rules."""
    titles = {column.key: column.title for column in file_kinds()[kind].columns}
    given = {key: text for key, text in cells.items() if key in titles}
    # `sure`: a form is filled in on purpose; its only row cannot be a heading or a total.
    parsed = parse(
        file_kinds()[kind],
        [titles[key] for key in given],
        [(1, list(given.values()))],
        Answers(sure=True),
    )
    if parsed.missing or not parsed.rows:
        raise RowProblems(Problem(title, N_("The cell is empty.")) for title in parsed.missing)
    if not parsed.rows[0].good:
        raise RowProblems(parsed.rows[0].problems)
    return parsed
