"""A letter among what is received: it is told, confirmed, and taken in."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from examday.commands.letters import read_letter
from examday.commands.orders_in import Answer, take_order
from examday.commands.store import COMMAND_LINE
from examday.domain.messages import N_
from examday.domain.travel.letters import ORDER, RECEIPT
from examday.i18n import gettext as _
from examday.services.travel import confirmed, confirming
from examday.services.unit_of_work import Store


def take_letter(
    store: Store,
    file: Path,
    answer: Answer,
    as_json: bool,
) -> None:
    """Take a receipt or an order in, and tell what came of it; letters of enrolment are refused."""
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
