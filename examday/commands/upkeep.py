"""Commands that bring a station's database and files up to date: migrate, requeue."""

from pathlib import Path

import click

from examday.commands.options import data_option, settings_of
from examday.commands.store import COMMAND_LINE, opened
from examday.i18n import gettext as _


@click.command(help=_("Bring the database to the newest form; harmless when it is there already."))
@data_option
def migrate(data: Path | None) -> None:
    """Bring the database to the newest form. A region runs this before its servers start."""
    from examday.services.jobs.preparation import prepare_database

    prepare_database(settings_of(data=data), demo=False)


@click.command(
    help=_("Look at quarantined files once more: all of them, or the ones whose numbers are given.")
)
@data_option
@click.option(
    "--pictures", is_flag=True, help=_("Make missing pictures of accepted files again instead.")
)
@click.argument("scans", nargs=-1)
def requeue(data: Path | None, pictures: bool, scans: tuple[str, ...]) -> None:
    """Send quarantined files to the intake again, or make missing pictures again.

    Files land in quarantine for reasons that an upgrade may remove; the picture cache may be
    deleted by hand, because everything in it can be made again.
    """
    from examday.services.jobs import upkeep
    from examday.services.scans.files import retrying
    from examday.services.scans.views import quarantined_ids

    with opened(settings_of(data=data)) as store:
        if pictures:
            made = upkeep.remake_pictures(store)
            click.echo(_("Files whose pictures were made again: %(count)s.", count=made))
            return
        chosen = scans or tuple(quarantined_ids(store))
        for scan_id in chosen:
            retrying.requeue(store, scan_id, COMMAND_LINE)
    click.echo(_("Files to be looked at again: %(count)s.", count=len(chosen)))
