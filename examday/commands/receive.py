"""Command that takes in what a station and its centre send each other."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TypedDict, Unpack

import click

from examday.commands.bundles import take_bundle
from examday.commands.letters import read_letter
from examday.commands.options import data_option, settings_of
from examday.commands.orders_in import Answer, take_order
from examday.commands.refusals import refuse
from examday.commands.store import COMMAND_LINE, opened
from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.domain.travel.letters import ORDER, RECEIPT
from examday.i18n import gettext as _
from examday.services.travel import confirmed, confirming
from examday.services.unit_of_work import Store


class Said(TypedDict):
    """What is answered to an order beforehand."""

    yes: bool
    copier: str | None
    reader: str | None
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
                _take_letter(store, file, Answer(**answer), as_json)
            else:
                take_bundle(store, file, receipt, as_json)
    except DomainError as error:
        refuse(error, as_json)


def _is_letter(file: Path) -> bool:
    with file.open("rb") as source:
        return source.read(64).lstrip().startswith(b"{")


def _take_letter(
    store: Store,
    file: Path,
    answer: Answer,
    as_json: bool,
) -> None:
    advice = N_("Letters of enrolment are taken in by examday enrol.")
    letter = read_letter(file, (RECEIPT, ORDER), advice)
    if letter["format"] == ORDER:
        take_order(store, letter, answer, as_json)
        return
    with store.begin(COMMAND_LINE) as uow:
        new = confirming.take_in(uow, letter)
    with store.read() as uow:
        held = confirmed.confirmed(uow)
    if as_json:
        click.echo(json.dumps({"ok": True, "new": new, **(asdict(held) if held else {})}))
        return
    if not new:
        click.echo(_("This receipt was here before; nothing was changed."))
    if held:
        tell_confirmed(held)


def tell_confirmed(held: confirmed.Confirmed) -> None:
    """Say how much of this station the centre has confirmed."""
    told = asdict(held)
    if held.of:
        words = _(
            "Works that the centre has confirmed: %(works)s of %(of)s; entries: up to %(last)s.",
            **told,
        )
    else:
        words = _(
            "The centre has confirmed the entries up to %(last)s. No work of a real exam was handed over yet.",
            **told,
        )
    click.echo(words)
