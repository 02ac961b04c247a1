"""Commands that save what the station keeps and bring it back."""

import datetime as dt
from pathlib import Path

import click

from examday.commands.options import data_option, settings_of
from examday.commands.store import opened
from examday.i18n import gettext as _


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
@click.argument(
    "folder",
    type=click.Path(
        file_okay=False,
        exists=True,
        path_type=Path,
    ),
)
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
