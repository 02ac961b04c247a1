"""The day plan from the command line: report what an import would do, and do it."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from examday.commands.options import data_option, settings_of, site_option
from examday.commands.plan_report import is_open, table_json, tell
from examday.commands.store import COMMAND_LINE, opened
from examday.i18n import gettext as _

# not loaded here: the program starts quicker, and the command that needs the tables loads them
if TYPE_CHECKING:
    from examday.services.plan.tables.parts import Part
    from examday.services.unit_of_work import Store

files_argument = click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(
        exists=True,
        dir_okay=False,
        path_type=Path,
    ),
)


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
@site_option
@files_argument
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON instead of text."))
def check(
    data: Path | None,
    site: str,
    files: tuple[Path, ...],
    as_json: bool,
) -> None:
    from examday.services.plan.tables import sets

    with _station(data, site) as store, _tables(files) as parts:
        told = [table_json(found) for found in sets.examine(store, COMMAND_LINE, parts)]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        tell(told)
    sys.exit(1 if is_open(told) else 0)


@plan.command(
    help=_("Bring FILES in as one set: all of them, or nothing while anything is wrong or asked.")
)
@data_option
@site_option
@files_argument
@click.option(
    "--take-away",
    is_flag=True,
    help=_("What the tables take away (needs, documents, kits, emptied cells) may go."),
)
@click.option("--leave-out", is_flag=True, help=_("Leave out totals, headings and notes."))
def load(
    data: Path | None,
    site: str,
    files: tuple[Path, ...],
    take_away: bool,
    leave_out: bool,
) -> None:
    from examday.domain.plan.rows import Answers
    from examday.services.plan.tables import sets

    answers = Answers(take_away=take_away, leave_out=leave_out)
    with opened(settings_of(data=data), site) as store, _tables(files) as parts:
        told = [table_json(found) for found in sets.examine(store, COMMAND_LINE, parts, answers)]
        if not is_open(told):
            with store.begin(COMMAND_LINE) as uow:
                sets.bring_in(uow, parts, answers)
    tell(told)
    if is_open(told):
        click.echo(_("Nothing was brought in."), err=True)
        sys.exit(1)


@contextmanager
def _station(data: Path | None, site: str) -> "Iterator[Store]":
    """The station in the folder, or an empty one that is thrown away."""
    from examday.services.unit_of_work import Store
    from examday.storage.database import migrate

    if data is not None:
        with opened(settings_of(data=data), site) as store:
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
