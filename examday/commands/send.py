"""Command that writes a station's evidence for its centre."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from examday.commands.options import data_option, settings_of
from examday.commands.refusals import refuse
from examday.commands.store import COMMAND_LINE, opened
from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.services.travel.outgoing import sending


@click.command(
    help=_(
        "At a station: write for the centre what it has not confirmed yet, as one file. Works that were "
        "handed over are the centre's from then on."
    )
)
@data_option
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option(
    "--from",
    "first",
    type=click.IntRange(1),
    default=None,
    help=_("From this entry on; 1: everything."),
)
@click.option(
    "--no-originals",
    is_flag=True,
    help=_("Name the scans alone; the centre says which it lacks."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON instead of text."))
def send(
    data: Path | None,
    target: Path,
    first: int | None,
    no_originals: bool,
    as_json: bool,
) -> None:
    try:
        with opened(settings_of(data=data)) as store:
            made = sending.send(store, COMMAND_LINE, target, first, not no_originals)
    except DomainError as error:
        refuse(error, as_json)
    if as_json:
        click.echo(json.dumps({"ok": True, **asdict(made), "path": str(made.path)}))
    else:
        _tell_sent(made)


def _tell_sent(made: sending.Sent) -> None:
    told = asdict(made)
    click.echo(_("Written: %(path)s", **told))
    click.echo(
        _(
            "Entries %(first)s … %(last)s, works: %(works)s, scans: %(scans)s, bytes: %(size)s.",
            **told,
        )
    )
    if made.training:
        click.echo(_("Works of training days, which are not counted here: %(training)s.", **told))
    if made.given:
        click.echo(_("Works that are the centre's from now on: %(given)s.", **told))
    click.echo(_("Keep everything until the centre's receipt is here: examday receive."))
