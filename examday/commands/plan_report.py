"""What an import of the day plan would do: as JSON for scripts, in words for people."""

from collections import Counter
from typing import TYPE_CHECKING, TypedDict

import click

from examday.domain.plan.columns import KINDS
from examday.i18n import gettext as _
from examday.i18n import spoken

# not loaded here: the program starts quicker, and the command that needs the tables loads them
if TYPE_CHECKING:
    from examday.domain.plan.rows import Problem
    from examday.services.plan.proposals.proposal import Proposal
    from examday.services.plan.tables.sets import Found


class RowJson(TypedDict):
    """One row: what would happen to which entry, and why."""

    row: int
    verdict: str
    key: str
    changes: dict[str, tuple[str, str]]
    reasons: list[str]


class TableJson(TypedDict):
    """One table of a file. `row` 0 is the file itself, where it cannot be read at all."""

    file: str
    sheet: str
    kind: str
    encoding: str
    rows: list[RowJson]


def is_open(told: list[TableJson]) -> bool:
    """Whether anything stands against bringing it in."""
    return any(row["verdict"] in ("refused", "asked") for table in told for row in table["rows"])


VERDICTS = {"wrong": "refused"}
"""What JSON calls a verdict where that differs from the program. Scripts rely on these words; text is
for people and says what the report page says."""


def table_json(found: "Found") -> TableJson:
    """What an import would do with one table, as a script gets it."""
    part, trouble = found.part, found.part.trouble
    rows = [] if found.report is None else [_row(row) for row in found.report.rows]
    if trouble is not None:
        reasons = [_(trouble.message, **spoken(trouble.params)), _(trouble.advice)]
        rows = [
            RowJson(
                row=0,
                verdict="refused",
                key="",
                changes={},
                reasons=reasons,
            )
        ]
    return TableJson(
        file=part.file,
        sheet=part.sheet,
        kind=part.kind,
        encoding=part.encoding,
        rows=rows,
    )


def _row(row: "Proposal") -> RowJson:
    return RowJson(
        row=row.line,
        verdict=VERDICTS.get(row.what, row.what),
        key=row.label,
        changes=row.changes,
        reasons=[_problem(problem) for problem in (*row.problems, *row.notes)],
    )


def _problem(problem: "Problem") -> str:
    text = _(problem.message, **spoken(problem.params))
    return f"{problem.column}: {text}" if problem.column else text


def tell(told: list[TableJson]) -> None:
    """Print for people what JSON says for programs, in the words of the report page."""
    for table in told:
        place = f"{table['file']} [{table['sheet']}]" if table["sheet"] else table["file"]
        kind = _(KINDS[table["kind"]]) if table["kind"] else _("not told yet")
        click.echo(f"{place} — {kind}: {_counted(table['rows'])}")
        for row in table["rows"]:
            if row["verdict"] != "same":
                click.echo(f"  {_row_in_words(table['kind'], row)}")


def _counted(rows: list[RowJson]) -> str:
    """Count the rows of each verdict, in the order in which a report lists them."""
    from examday.services.plan.proposals.proposal import COUNT_NAMES

    counts = Counter(row["verdict"] for row in rows)
    return ", ".join(
        f"{_(name)} {counts[verdict]}"
        for what, name in COUNT_NAMES.items()
        if counts[verdict := VERDICTS.get(what, what)]
    )


def _row_in_words(kind: str, row: RowJson) -> str:
    """One row: line, entry, what happens, reasons, old and new of each column."""
    from examday.domain.plan.columns import report_name
    from examday.services.plan.file_columns import file_kinds
    from examday.services.plan.proposals.proposal import VERDICT_NAMES

    verdict = {VERDICTS.get(what, what): _(name) for what, name in VERDICT_NAMES.items()}
    changes = [
        f"{_(report_name(file_kinds()[kind], key))}: {old or '—'} → {new or '—'}"
        for key, (old, new) in row["changes"].items()
    ]
    reasons = " · ".join((*row["reasons"], "; ".join(changes))).strip(" ·")
    # Row 0 is the file itself, which could not be read: there is no entry to name.
    return " ".join(filter(None, (f"{row['row']}:", row["key"], verdict[row["verdict"]]))) + (
        f" — {reasons}" if reasons else ""
    )
