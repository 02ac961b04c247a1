"""Commands that prove and save what the station keeps: ledger, export, backup, restore."""

import datetime as dt
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from examday.commands.options import data_option, settings_of
from examday.domain.errors import NotFound
from examday.domain.ledger import FAULT_WORDS, Fault, printable
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.i18n import gettext as _
from examday.settings import Settings
from examday.storage.uow import Store

COMMAND_LINE = Actor.system("command-line")


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The store of a station that is there; NotFound for an empty folder, so that none is made by
    a misspelt name."""
    url = settings.database_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        raise NotFound(
            N_("There is no station in %(folder)s."),
            params={"folder": str(settings.data)},
            advice=N_("Name its folder with --data, or start it once with `examday station`."),
        )
    store = Store(settings)
    try:
        yield store
    finally:
        store.close()


def in_words(fault: Fault, places: Mapping[str, str]) -> str:
    """A finding as a sentence, with the work it is about."""
    place = places.get(fault.detail)
    said = _(FAULT_WORDS[fault.code], seq=fault.seq, detail=fault.detail)
    return printable(said + (f" ({place})" if place else ""))


@click.group(help=_("Check the ledger, or make a signed checkpoint."))
def ledger() -> None:
    """Group of the two commands below."""


@ledger.command(
    help=_(
        "Check every entry, every recorded row and every signature. Ends with 1 when something is "
        "wrong, and names the first wrong entry."
    )
)
@data_option
@click.option(
    "--code", default=None, help=_("A checkpoint code from paper, to be found in this ledger.")
)
@click.option("--scans", is_flag=True, help=_("Read all originals on the disk too."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON instead of text."))
def verify(data: Path | None, code: str | None, scans: bool, as_json: bool) -> None:
    from examday.services.ledger import audit

    with opened(settings_of(data=data)) as store:
        report = audit.verify(store, code, scans)
    if as_json:
        words = [in_words(fault, report.places) for fault in report.faults]
        said = json.dumps(
            {**asdict(report), "ok": report.ok, "words": words}, ensure_ascii=False, indent=1
        )
        click.echo("\n".join(printable(line) for line in said.split("\n")))
        sys.exit(0 if report.ok else 1)
    click.echo(
        _(
            "Checked: %(entries)s entries, %(rows)s rows, %(checkpoints)s checkpoints.",
            entries=report.entries,
            rows=report.rows,
            checkpoints=report.checkpoints,
        )
    )
    if report.scans is not None:
        click.echo(_("Originals read: %(scans)s.", scans=report.scans))
    for note in report.notes:
        click.echo(_("Note: %(what)s", what=in_words(note, report.places)))
    if report.ok:
        click.echo(
            _("Everything is as it was written. Checkpoint code: %(code)s", code=report.code)
        )
        return
    click.echo(
        _("WRONG. First finding: %(what)s", what=in_words(report.faults[0], report.places)),
        err=True,
    )
    for fault in report.faults[1:50]:
        click.echo("  " + in_words(fault, report.places), err=True)
    click.echo(
        _(
            "Findings: %(count)s. Stop work on what is named and keep the machine as it is.",
            count=len(report.faults),
        ),
        err=True,
    )
    sys.exit(1)


@ledger.command(help=_("Sign the ledger as it stands now and print the code to be noted on paper."))
@data_option
def checkpoint(data: Path | None) -> None:
    from examday.services.ledger import checkpoints

    with opened(settings_of(data=data)) as store:
        with store.begin(COMMAND_LINE) as uow:
            made = checkpoints.checkpoint(uow, "by-hand")
            uow.record("ledger:checkpoint", f"checkpoint:{made.seq}", code=made.code)
        click.echo(made.code)
        click.echo(_("Key: %(key)s", key=checkpoints.public_key(store.settings.keys)))


@click.command(
    help=_(
        "Write a bundle of one booklet (form code or id) or one day (YYYY-MM-DD) that can be checked "
        "without this program, with tools/verify_export.py."
    )
)
@data_option
@click.argument("what")
@click.option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help=_("File to write; otherwise named after the booklet or the day, here."),
)
@click.option("--names", is_flag=True, help=_("Put the names of the candidates in as well."))
def export(data: Path | None, what: str, target: Path | None, names: bool) -> None:
    from examday.services.ledger import bundle

    with opened(settings_of(data=data)) as store:
        made = bundle.export(
            store, COMMAND_LINE, what, target or Path(f"examday-{what}.zip"), names
        )
    click.echo(_("Written: %(path)s", path=made.path))
    click.echo(
        _(
            "Booklets: %(booklets)s, entries: %(entries)s, scans: %(scans)s.",
            booklets=made.booklets,
            entries=made.entries,
            scans=made.scans,
        )
    )
    click.echo(_("Checkpoint code: %(code)s", code=made.code))


@click.command(
    help=_(
        "Save everything the station keeps into a new folder, while it runs, and check the copy."
    )
)
@data_option
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
def backup(data: Path | None, folder: Path | None) -> None:
    from examday.services.jobs import backup as saving

    target = folder or Path(f"examday-backup-{dt.datetime.now():%Y%m%d-%H%M%S}")
    with opened(settings_of(data=data)) as store:
        saved = saving.backup(store, target)
    click.echo(_("Saved and checked: %(folder)s", folder=saved.folder))
    click.echo(
        _(
            "Entries: %(entries)s, originals: %(originals)s. Checkpoint code: %(code)s",
            entries=saved.entries,
            originals=saved.originals,
            code=saved.code,
        )
    )


@click.command(help=_("Bring a backup back into an empty folder, and check it."))
@data_option
@click.argument("folder", type=click.Path(file_okay=False, exists=True, path_type=Path))
def restore(data: Path | None, folder: Path) -> None:
    from examday.services.jobs import backup as saving

    saved = saving.restore(folder, settings_of(data=data))
    click.echo(_("Restored and checked: %(folder)s", folder=saved.folder))
    click.echo(
        _(
            "Entries: %(entries)s, originals: %(originals)s. Checkpoint code: %(code)s",
            entries=saved.entries,
            originals=saved.originals,
            code=saved.code,
        )
    )
