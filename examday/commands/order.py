"""Commands of the centre that order something at a point."""

from pathlib import Path

import click

from examday.commands.letters import write_and_tell
from examday.commands.options import data_option, settings_of
from examday.commands.refusals import refuse
from examday.commands.store import COMMAND_LINE, opened
from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.services.travel.orders import finding, ordering, ordering_plan, ordering_rules

TARGET = click.Path(dir_okay=False, path_type=Path)
"""Need not exist: the letter is written to it, and a folder is refused before any work is done."""


@click.group(
    help=_("At the centre: order something at a point; the letter is carried to its station.")
)
def order() -> None:
    """Group of the commands below."""


@order.command(
    help=_(
        "Hand the work with this form code back to its point, which transfers it again; its next bundle "
        "returns it. As long as it has not come back, the letter can be written again."
    )
)
@data_option
@click.argument("code")
@click.option(
    "--reason", default="", help=_("What is wrong with the transfer; stands in the ledger.")
)
@click.option("--to", "target", type=TARGET, required=True)
def transfer(
    data: Path | None,
    code: str,
    reason: str,
    target: Path,
) -> None:
    try:
        with opened(settings_of(data=data)) as store:
            with store.read() as uow:
                site, work = finding.work_with(uow, code)
            with store.at(site).begin(COMMAND_LINE) as uow:
                letter = ordering.order_transfer(uow, work, reason)
                write_and_tell(letter, target)
    except DomainError as error:
        refuse(error, as_json=False)
    click.echo(_("Bring it to the station. There: examday receive %(file)s", file=target.name))


@order.command(help=_("Send tables of the day plan, staff among them, to a station."))
@data_option
@click.argument("station")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--to", "target", type=TARGET, required=True)
def plan(
    data: Path | None,
    station: str,
    files: tuple[Path, ...],
    target: Path,
) -> None:
    try:
        tables = {path.name: finding.table_in(path) for path in files}
        with opened(settings_of(data=data)) as store:
            with store.read() as uow:
                site = finding.point_of(uow, station)
            with store.at(site).begin(COMMAND_LINE) as uow:
                letter = ordering_plan.order_plan(uow, station, tables)
                write_and_tell(letter, target)
    except DomainError as error:
        refuse(error, as_json=False)
    click.echo(_("Bring it to the station. There: examday receive %(file)s", file=target.name))


@order.command(
    help=_(
        "Send a rule set to a station. It holds at the centre from then on, and at the station when the order "
        "is carried out; not for exams whose works were issued."
    )
)
@data_option
@click.argument("station")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", "target", type=TARGET, required=True)
def rules(
    data: Path | None,
    station: str,
    file: Path,
    target: Path,
) -> None:
    try:
        with opened(settings_of(data=data)) as store:
            text = finding.table_in(file)
            letter = ordering_rules.order(store, COMMAND_LINE, station, text)
            write_and_tell(letter, target)
    except DomainError as error:
        refuse(error, as_json=False)
    click.echo(_("Bring it to the station. There: examday receive %(file)s", file=target.name))
