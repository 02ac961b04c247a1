"""How a bundle that came to the centre is taken in by a command."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from examday.commands.store import COMMAND_LINE
from examday.i18n import gettext as _
from examday.services.travel import receipts
from examday.services.travel.incoming import taking_in
from examday.services.travel.putting import write_letter
from examday.services.unit_of_work import Store

TELL_CLOCK_S = 300
"""Two laptops that were set by hand differ by minutes: nothing is said of less than this."""


def take_bundle(
    store: Store,
    file: Path,
    receipt: Path | None,
    as_json: bool,
) -> None:
    """Take a bundle in, write the receipt, and tell both."""
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
        if taken.scans:
            click.echo(_("Rows: %(rows)s, new originals: %(scans)s.", **told))
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
    if taken.clock_s is not None:
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
