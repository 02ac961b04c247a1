"""Commands that bring a station's evidence to its centre, and the centre's word back."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import click

from examday.commands.options import data_option, settings_of
from examday.commands.store import COMMAND_LINE, opened
from examday.domain.errors import DomainError, Invalid
from examday.domain.messages import N_
from examday.domain.travel.letters import LONGEST, RECEIPT, parse
from examday.i18n import gettext as _
from examday.i18n import spoken
from examday.services.travel import confirmed, receipts
from examday.services.travel.incoming import taking_in
from examday.services.travel.outgoing import sending
from examday.services.travel.putting import write_letter
from examday.services.unit_of_work import Store

FILE = click.Path(dir_okay=False, path_type=Path)
WAITS = frozenset({"gap", "lacking"})
"""Refusals after which the same file will do, when something else has come: they end with 3."""
TELL_CLOCK_S = 300


@click.command(
    help=_(
        "At a station: write for the centre what it has not confirmed yet, as one file. Works that were "
        "handed over are the centre's from then on."
    )
)
@data_option
@click.option("--to", "target", type=FILE, required=True)
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
        _refuse(error, as_json)
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
    if made.given:
        click.echo(_("Works that are the centre's from now on: %(given)s.", **told))
    if made.training:
        click.echo(_("Works of training days among them: %(training)s.", **told))
    click.echo(_("Keep everything until the centre's receipt is here: examday receive."))


@click.command(
    help=_(
        "At the centre: take a station's bundle in and write the receipt. At a station: take the centre's "
        "receipt in. Ends with 1 when refused, with 3 when something else must come first."
    )
)
@data_option
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option(
    "--receipt",
    type=FILE,
    default=None,
    help=_("Where the receipt is written; otherwise beside FILE."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON instead of text."))
def receive(
    data: Path | None,
    file: Path,
    receipt: Path | None,
    as_json: bool,
) -> None:
    try:
        with opened(settings_of(data=data)) as store:
            if _is_letter(file):
                _take_letter(store, file, as_json)
            else:
                _take_bundle(store, file, receipt, as_json)
    except DomainError as error:
        _refuse(error, as_json)


def _is_letter(file: Path) -> bool:
    with file.open("rb") as source:
        return source.read(64).lstrip().startswith(b"{")


def _take_letter(store: Store, file: Path, as_json: bool) -> None:
    with file.open("rb") as source:
        letter = parse(source.read(LONGEST + 1))
    if letter["format"] != RECEIPT:
        raise Invalid(
            N_("This is another letter: %(format)s."),
            code="other-letter",
            advice=N_("Letters of enrolment are taken in by examday enrol."),
            params={"format": letter["format"]},
        )
    with store.begin(COMMAND_LINE) as uow:
        new = receipts.take_in(uow, letter)
    with store.read() as uow:
        held = confirmed.confirmed(uow)
    told = asdict(held) if held else {}
    if as_json:
        click.echo(json.dumps({"ok": True, "new": new, **told}))
        return
    if not new:
        click.echo(_("This receipt was here before; nothing was changed."))
    click.echo(
        _("The centre has confirmed %(works)s of %(of)s works, entries up to %(last)s.", **told)
    )


def _take_bundle(
    store: Store,
    file: Path,
    receipt: Path | None,
    as_json: bool,
) -> None:
    taken = taking_in.take_in(store, COMMAND_LINE, file)
    target = receipt or file.with_name(f"{file.stem}.receipt.json")
    write_letter(receipts.write(store, taken.station), target)
    if as_json:
        click.echo(json.dumps({"ok": True, **asdict(taken), "receipt": str(target)}))
        return
    _tell_taken(taken)
    click.echo(_("Receipt: %(path)s", path=target))


def _tell_taken(taken: taking_in.TakenIn) -> None:
    told: dict[str, Any] = asdict(taken)
    if not taken.new:
        click.echo(
            _(
                "All of it was here before: entries %(first)s … %(last)s of %(point)s. Nothing was changed.",
                **told,
            )
        )
        return
    click.echo(
        _("Taken in: station %(station)s of %(point)s, entries %(first)s … %(last)s.", **told)
    )
    click.echo(_("Rows: %(rows)s, new originals: %(scans)s.", **told))
    for day, count in taken.days.items():
        click.echo(_("%(day)s: %(count)s works.", day=day, count=count))
    for day, count in taken.training.items():
        apart = _(
            "%(day)s: %(count)s works of a training day. They stay apart from real ones.",
            day=day,
            count=count,
        )
        click.echo(apart)
    _tell_clock(taken.clock_s)


def _tell_clock(seconds: int) -> None:
    if abs(seconds) <= TELL_CLOCK_S:
        return
    minutes = abs(seconds) // 60
    click.echo(
        _(
            "The station's clock is ahead by at least %(minutes)s minutes; the order of the entries holds.",
            minutes=minutes,
        )
        if seconds > 0
        else _(
            "The station's clock is behind by at least %(minutes)s minutes; the order of the entries holds.",
            minutes=minutes,
        )
    )


def _refuse(error: DomainError, as_json: bool) -> NoReturn:
    """Say what was refused, and end: 3 where the same file will do later."""
    params = spoken(error.params)
    what, advice = _(error.message) % params, _(error.advice) % params
    if as_json:
        told = {**error.params, "ok": False, "code": error.code, "what": what, "advice": advice}
        click.echo(json.dumps(told, ensure_ascii=False, default=str))
    else:
        click.echo(_("Refused: %(what)s", what=what), err=True)
        click.echo(_("What to do: %(advice)s", advice=advice), err=True)
    sys.exit(3 if error.code in WAITS else 1)
