"""The files of the plan: each is examined, then brought in whole or not at all."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.plan.rows import ParsedFile, ParsedRow, Problem
from examday.services.custody.booklets import require
from examday.services.people.sites import require_point
from examday.services.plan.proposals.proposal import (
    ASKED,
    CHANGED,
    NEW,
    SAME,
    WRONG,
    Proposal,
    refuse,
)
from examday.services.plan.proposals.proposers import PROPOSERS
from examday.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Report:
    """What a file does to the plan, row by row."""

    parsed: ParsedFile
    rows: tuple[Proposal, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many rows are new, changed, the same, wrong, asked about."""
        return Counter(row.what for row in self.rows)

    @property
    def changes(self) -> int:
        """Rows that would change the plan."""
        return self.counts[NEW] + self.counts[CHANGED]

    @property
    def good(self) -> bool:
        """True when the whole file can be brought in."""
        return (
            bool(self.rows)
            and not self.parsed.missing
            and not self.parsed.twice
            and not self.counts[WRONG]
            and not self.counts[ASKED]
        )


def permission(kind: str) -> str:
    """Who may bring in a file: staff rows give roles, so they are the head's alone."""
    return "people.edit" if kind == "staff" else "plan.edit"


def examine(uow: UnitOfWork, parsed: ParsedFile, take_away: bool = False) -> Report:
    """What the file would do; nothing is changed.

    All wrong rows are there with all their problems. What a row takes away is asked about, unless
    it was said that it may go. Conflict where the point is not known whose plan it is.
    """
    require_point(uow)
    good = [row for row in parsed.rows if row.good]
    judged = {row.line: row for row in PROPOSERS[parsed.kind.name](uow, good)}
    rows = (
        judged.get(row.line) or refuse(row, _label(parsed, row), *row.problems)
        for row in parsed.rows
    )
    return Report(parsed, tuple(_asking(row, take_away) for row in rows))


def _asking(row: Proposal, take_away: bool) -> Proposal:
    """A row that takes something away waits for its own confirmation."""
    if not row.lost or row.what != CHANGED:
        return row
    loss = Problem(
        "", N_("This takes away: %(what)s."), {"what": ", ".join(row.lost)}, asked=not take_away
    )
    return replace(row, what=CHANGED if take_away else ASKED, problems=(loss,))


def _label(parsed: ParsedFile, row: ParsedRow) -> str:
    """Return which entry a wrong row is about.

    It is the last column of its key that could be read (a code, never a name).
    """
    found = [row.values[name] for name in parsed.kind.key if isinstance(row.values.get(name), str)]
    return str(found[-1] if parsed.kind.name != "staff" else found[0]) if found else ""


def bring_in(
    uow: UnitOfWork,
    parsed: ParsedFile,
    sha256: str,
    take_away: bool = False,
) -> Report:
    """Bring the whole file in, or nothing: Invalid while any row is wrong or asked about.

    The same file again changes nothing and leaves no event.
    """
    require(uow, permission(parsed.kind.name))
    uow.queue("plan")
    report = examine(uow, parsed, take_away)
    if not report.good:
        raise Invalid(
            N_("The file has wrong rows (%(count)s); nothing was brought in."),
            code="plan-file",
            params={"count": report.counts[WRONG] + report.counts[ASKED]},
            advice=N_("Correct the rows that the report names and send the file again."),
        )
    apply(uow, report.rows)
    note(uow, report, sha256)
    return report


def note(uow: UnitOfWork, report: Report, sha256: str) -> None:
    """Write one event about a table that was brought in; none when it changed nothing."""
    if report.changes:
        uow.record(
            Event.PLAN_IMPORT,
            f"plan:{report.parsed.kind.name}",
            sha256=sha256,
            new=report.counts[NEW],
            changed=report.counts[CHANGED],
            same=report.counts[SAME],
        )


def apply(uow: UnitOfWork, rows: Iterable[Proposal]) -> None:
    """Write what the rows propose: first all step aside, then all take their places."""
    changing = [row for row in rows if row.what in (NEW, CHANGED)]
    for row in changing:
        row.prepare()
    uow.session.flush()
    for row in changing:
        row.write()
