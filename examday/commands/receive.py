"""Command that takes in what a station and its centre send each other."""

from pathlib import Path
from typing import TypedDict, Unpack

import click

from examday.commands.bundles import take_bundle
from examday.commands.options import data_option, settings_of
from examday.commands.orders_in import Answer
from examday.commands.receive_letters import take_letter
from examday.commands.refusals import refuse
from examday.commands.store import opened
from examday.domain.errors import DomainError
from examday.i18n import gettext as _


class Said(TypedDict):
    """What is answered to an order beforehand."""

    yes: bool
    copier: str | None
    reader: str | None
    asked: bool
    take_away: bool
    seen: str | None


@click.command(
    help=_(
        "At the centre: take a station's bundle in and write the receipt. At a station: take the centre's "
        "receipt in, or carry its order out. Ends with 1 when refused, with 3 when something else must come first."
    )
)
@data_option
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option(
    "--receipt",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help=_("Where the receipt is written; otherwise beside FILE."),
)
@click.option(
    "--yes",
    is_flag=True,
    help=_("Carry an order of the centre out; without it, tell what it would do."),
)
@click.option("--copier", default=None, help=_("Log-in of whoever transfers the work again."))
@click.option("--reader", default=None, help=_("Log-in of the second reader."))
@click.option(
    "--asked",
    is_flag=True,
    help=_("Both said that they had no part in the first transfer: no record tells."),
)
@click.option(
    "--take-away", is_flag=True, help=_("What the order takes away from the plan may go.")
)
@click.option(
    "--seen",
    default=None,
    help=_(
        "Number of the report that was read: where the plan has changed since, nothing is done."
    ),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON instead of text."))
def receive(
    data: Path | None,
    file: Path,
    receipt: Path | None,
    as_json: bool,
    **answer: Unpack[Said],
) -> None:
    try:
        with opened(settings_of(data=data)) as store:
            if _is_letter(file):
                take_letter(store, file, Answer(**answer), as_json)
            else:
                take_bundle(store, file, receipt, as_json)
    except DomainError as error:
        refuse(error, as_json)


def _is_letter(file: Path) -> bool:
    with file.open("rb") as source:
        return source.read(64).lstrip().startswith(b"{")
