"""Command that writes a station's evidence for its centre."""

import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from examday.commands.options import data_option, settings_of
from examday.commands.receive_letters import tell_confirmed
from examday.commands.refusals import refuse
from examday.commands.store import COMMAND_LINE, opened
from examday.domain.errors import DomainError
from examday.i18n import decimal
from examday.i18n import gettext as _
from examday.services.travel import confirmed
from examday.services.travel.exchange import posting
from examday.services.travel.exchange.line import Line
from examday.services.travel.outgoing import sending
from examday.services.unit_of_work import Store


@click.command(
    help=_(
        "At a station: write for the centre what it has not confirmed yet, as one file. Works that were "
        "handed over are the centre's from then on."
    )
)
@data_option
@click.option(
    "--to", "target", required=True, help=_("A file, or the address of the centre: https://…")
)
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
@click.option(
    "--ca",
    "authority",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    default=None,
    help=_(
        "Certificate (PEM) that the centre's own is signed with; otherwise those of this computer."
    ),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON instead of text."))
def send(
    data: Path | None,
    target: str,
    first: int | None,
    no_originals: bool,
    authority: Path | None,
    as_json: bool,
) -> None:
    try:
        with opened(settings_of(data=data)) as store:
            if "://" in target:
                _post(store, target, authority, first, as_json)
                return
            path = _file(target)
            made = sending.send(store, COMMAND_LINE, path, first, not no_originals)
    except DomainError as error:
        refuse(error, as_json)
    _tell(made, as_json)


def _file(target: str) -> Path:
    path = Path(target)
    if path.is_dir():
        raise click.BadParameter(_("%(path)s is a folder: name a file in it.", path=path))
    return path


def _post(
    store: Store,
    address: str,
    authority: Path | None,
    first: int | None,
    as_json: bool,
) -> None:
    """Send over the network, and take the receipt in."""
    with closing(Line(address, authority)) as line:
        posted = posting.post(store, COMMAND_LINE, line, first)
    with store.read() as uow:
        held = confirmed.confirmed(uow)
    if as_json:
        said = {"ok": True, **asdict(posted.sent), "path": address, "posted": posted.originals}
        click.echo(json.dumps({**said, "confirmed": asdict(held) if held else None}))
        return
    told = asdict(posted.sent)
    click.echo(_("Sent to %(address)s: entries %(first)s … %(last)s.", **told, address=address))
    click.echo(_("Scans that the centre lacked: %(count)s.", count=posted.originals))
    if held:
        tell_confirmed(held)


def _tell(made: sending.Sent, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"ok": True, **asdict(made), "path": str(made.path)}))
    else:
        _tell_sent(made)


def _tell_sent(made: sending.Sent) -> None:
    told = {**asdict(made), "size": decimal(made.size / 1_000_000)}
    click.echo(_("Written: %(path)s", **told))
    click.echo(
        _(
            "Entries %(first)s … %(last)s, works: %(works)s, scans: %(scans)s, size: %(size)s MB.",
            **told,
        )
    )
    if made.training:
        click.echo(_("Works of training days, which are not counted here: %(training)s.", **told))
    if made.given:
        click.echo(_("Works that are the centre's from now on: %(given)s.", **told))
    click.echo(_("Keep everything until the centre's receipt is here: examday receive."))
