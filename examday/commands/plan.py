"""The day plan from the command line: report what an import would do, and do it."""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from examday.commands.options import data_option, settings_of
from examday.commands.store import COMMAND_LINE, opened
from examday.domain.plan.columns import KINDS
from examday.i18n import gettext as _
from examday.i18n import spoken

if TYPE_CHECKING:  # the tables are loaded by the command that needs them
    from examday.domain.plan.rows import Problem
    from examday.services.plan.proposals.proposal import Proposal
    from examday.services.plan.tables.parts import Part
    from examday.services.plan.tables.sets import Found
    from examday.services.unit_of_work import Store

files_argument = click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)


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


@click.group(help=_("The day plan: check tables against it, bring them in."))
def plan() -> None:
    """Group of the two commands below."""


@plan.command(
    help=_(
        "Tell what an import of FILES would do, row by row, without doing it; without --data against an "
        "empty plan. Ends with 1 when anything is refused or asked."
    )
)
@data_option
@files_argument
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON instead of text."))
def check(data: Path | None, files: tuple[Path, ...], as_json: bool) -> None:
    from examday.services.plan.tables import sets

    with _station(data) as store, _tables(files) as parts:
        told = [_table(found) for found in sets.examine(store, COMMAND_LINE, parts)]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _tell(told)
    sys.exit(1 if _open(told) else 0)


@plan.command(
    help=_("Bring FILES in as one set: all of them, or nothing while anything is wrong or asked.")
)
@data_option
@files_argument
@click.option(
    "--take-away",
    is_flag=True,
    help=_("What the tables take away (needs, documents, kits, emptied cells) may go."),
)
@click.option("--leave-out", is_flag=True, help=_("Leave out totals, headings and notes."))
def load(data: Path | None, files: tuple[Path, ...], take_away: bool, leave_out: bool) -> None:
    from examday.domain.plan.rows import Answers
    from examday.services.plan.tables import sets

    answers = Answers(take_away=take_away, leave_out=leave_out)
    with opened(settings_of(data=data)) as store, _tables(files) as parts:
        told = [_table(found) for found in sets.examine(store, COMMAND_LINE, parts, answers)]
        if not _open(told):
            with store.begin(COMMAND_LINE) as uow:
                sets.bring_in(uow, parts, answers)
    _tell(told)
    if _open(told):
        click.echo(_("Nothing was brought in."), err=True)
        sys.exit(1)


@contextmanager
def _station(data: Path | None) -> "Iterator[Store]":
    """The station in the folder, or an empty one that is thrown away."""
    from examday.services.unit_of_work import Store
    from examday.storage.database import migrate

    if data is not None:
        with opened(settings_of(data=data)) as store:
            yield store
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(
            settings_of(data=Path(folder)), database_url=f"sqlite:///{folder}/empty.sqlite"
        )
        migrate(settings.database_url)
        store = Store(settings)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def _tables(files: tuple[Path, ...]) -> "Iterator[list[Part]]":
    """The tables of the files; archives are opened into a folder that is thrown away."""
    from examday.services.plan.tables import parts, upload

    with tempfile.TemporaryDirectory() as folder:
        found = upload.unfold([(str(path), path) for path in files], Path(folder))
        yield [part for name, path in found for part in parts.parts_of(name, path)]


def _open(told: list[TableJson]) -> bool:
    """Does anything stand against bringing it in?"""
    return any(row["verdict"] in ("refused", "asked") for table in told for row in table["rows"])


VERDICTS = {"wrong": "refused"}
"""What JSON calls a verdict where that differs from the program. Scripts rely on these words; text is
for people and says what the report page says."""


def _table(found: "Found") -> TableJson:
    part, trouble = found.part, found.part.trouble
    rows = [] if found.report is None else [_row(row) for row in found.report.rows]
    if trouble is not None:
        reasons = [_(trouble.message, **spoken(trouble.params)), _(trouble.advice)]
        rows = [RowJson(row=0, verdict="refused", key="", changes={}, reasons=reasons)]
    return TableJson(
        file=part.file, sheet=part.sheet, kind=part.kind, encoding=part.encoding, rows=rows
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


def _tell(told: list[TableJson]) -> None:
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
